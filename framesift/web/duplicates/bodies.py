"""What may be sent about folders, their near-duplicates and removals."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import ConfigDict, Field

from framesift.duplicates.preference import CRITERIA
from framesift.web.bodies import Strict

Ids = Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=50_000)]
ImageIds = Annotated[list[Annotated[str, Field(max_length=400)]], Field(max_length=50_000)]
Width = Annotated[int, Query(ge=16, le=4096, description="px; rounded up to 120, 240, 480 or 960.")]


BACKUP = (
    "Whether the files stay in the backup, so that they can come back. Without one, only what is pixel for pixel what "
    "is kept is removed, for good; the rest is left, and the answer names it."
)


class SearchBody(Strict):
    """What to search, and how."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"collection_ids": ["1f712ffba28d76f9"], "method": "combined"}]}
    )
    collection_ids: Ids
    method: Literal["combined", "hash", "framediff"] = "combined"
    similarity: Annotated[str, Field(max_length=20, examples=["90%"])] | None = Field(
        None, description="For the method combined: near-duplicates are at least so similar (default 55%)."
    )
    distance: Annotated[int, Field(ge=0, le=64)] | None = Field(
        None, description="For the method hash: bits of 64 that may differ (default 8)."
    )
    keep: Annotated[str, Field(max_length=200)] = Field(
        "largest-resolution", description=f"Which of a group is kept: {', '.join(CRITERIA)}; several with commas."
    )
    turned: bool = Field(False, description="Find pictures too that were turned by quarters or mirrored.")


class GroupBody(Strict):
    """What to change of a group."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"keeper": "cDEucG5n"}, {"excluded": ["cDIucG5n"]}, {"excluded": []}]}
    )
    keeper: Annotated[str, Field(max_length=400)] | None = Field(None, description="Id of the image to keep instead.")
    excluded: ImageIds | None = Field(None, description="Ids of all members that stay.")


class NotDuplicatesBody(Strict):
    """Images that show something else than the rest of their group."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"image_ids": ["cDIucG5n"]}]})
    image_ids: Annotated[ImageIds, Field(min_length=1)]


class RemovalBody(Strict):
    """What to remove."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"collection_ids": ["1f712ffba28d76f9"], "group_ids": None, "create_backup": True}]
        }
    )
    collection_ids: Ids
    group_ids: Ids | None = Field(None, description="Only these groups; left out: all of the collections.")
    create_backup: bool = Field(True, description=BACKUP)


class PersonsBody(Strict):
    """Whose duplicates to remove."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person_ids": ["PERSON-0001", "PERSON-0002"], "create_backup": True}]}
    )
    person_ids: Annotated[list[Annotated[str, Field(max_length=300)]], Field(min_length=1, max_length=10_000)]
    create_backup: bool = Field(True, description=BACKUP)
