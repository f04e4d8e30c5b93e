"""What the API answers about folders, their near-duplicates and removals, as its documentation has it."""

from typing import Literal

from pydantic import BaseModel, Field

from framesift.web.answers import Page, example

COLLECTION = {
    "id": "1f712ffba28d76f9", "name": "deck/PERSON-0001", "person_id": "PERSON-0001", "images": 12, "bytes": 556632,
    "cover": "cDAucG5n", "searched": "0f47f8423bc3c92f", "groups": 1, "surplus": 2,
}  # fmt: skip
IMAGE = {
    "id": "cDAucG5n", "name": "p0.png", "width": 768, "height": 432, "bytes": 46386, "modified": "2021-03-27T10:36:36Z"
}  # fmt: skip
REMOVAL = {
    "id": "20210327-104100-086c2023", "job": "8a14ce6628497afd", "undo_job": None,
    "collections": [
        {
            "collection_id": "1f712ffba28d76f9", "name": "deck/PERSON-0001", "person_id": "PERSON-0001", "found": 2,
            "removed": 2, "bytes": 92772, "left": [],
            "backup": "people-output/duplicates_backup/PERSON-0001/20210327-104100-086c2023", "state": "removed",
        }
    ],
    "removed": 2, "bytes": 92772, "create_backup": True, "created": "2021-03-27T10:41:00.000Z", "state": "removed",
}  # fmt: skip


class CollectionAnswer(BaseModel):
    """A folder with images."""

    model_config = example(COLLECTION)
    id: str
    name: str = Field(description="Its path below what is served, printable.")
    person_id: str | None
    images: int
    bytes: int
    cover: str | None = Field(description="Id of an image.")
    searched: str | None = Field(description="Id of the job that searched it last.")
    groups: int | None
    surplus: int | None = Field(description="Images that a removal would take.")


class ImageAnswer(BaseModel):
    """An image; width and height in px are null where it cannot be read."""

    model_config = example(IMAGE)
    id: str
    name: str
    width: int | None
    height: int | None
    bytes: int
    modified: str


class CollectionPage(Page[CollectionAnswer]):
    """Collections in natural order of their names, with the totals of all that fit."""

    model_config = example({"total": 1, "images": 12, "bytes": 556632, "scanning": False, "items": [COLLECTION]})
    images: int
    bytes: int
    scanning: bool = Field(description="Whether folders are being looked for.")


class CombinedScore(BaseModel):
    """Percent: 100 is the same picture."""

    similarity: float
    limit: float
    hash: float
    ssim: float
    colours: float
    near: bool


class HashScore(BaseModel):
    """Bits of 64; `near` also needs colours and levels to agree."""

    distance: int
    limit: int
    near: bool


class FramediffScore(BaseModel):
    """px of 320x240 that changed."""

    score: float
    limit: float
    near: bool


class ScoresAnswer(BaseModel):
    """What each method says of a member and the keeper."""

    combined: CombinedScore
    hash: HashScore
    framediff: FramediffScore


class MemberAnswer(ImageAnswer):
    """A near-duplicate of a keeper."""

    similarity: float = Field(description="Percent, by the method of the search.")
    lies: str | None = Field(
        description="How it lies beside the keeper, such as `turned by 90 degrees`; null as it is."
    )
    excluded: bool = Field(description="Stays, because somebody said so.")
    within: bool = Field(description="Whether it is near the keeper; a member that is not stays.")


class ScoredMemberAnswer(MemberAnswer):
    """With the scores of each method; null beyond the first hundred, and where a file has changed."""

    scores: ScoresAnswer | None


_MEMBER = IMAGE | {
    "id": "cDEucG5n",
    "name": "p1.png",
    "similarity": 98.4,
    "lies": None,
    "excluded": False,
    "within": True,
}
_SCORES = {
    "combined": {"similarity": 98.4, "limit": 55.0, "hash": 99.2, "ssim": 96.0, "colours": 99.7, "near": True},
    "hash": {"distance": 0, "limit": 8, "near": True},
    "framediff": {"score": 0.0, "limit": 1000.0, "near": True},
}
GROUP = {
    "id": "c0d6e503c2d69b8c", "collection_id": "1f712ffba28d76f9", "keeper": IMAGE, "members": [_MEMBER],
    "reason": "largest resolution 768x432", "reviewed": False,
}  # fmt: skip


class GroupAnswer(BaseModel):
    """An image that is kept and its near-duplicates."""

    model_config = example(GROUP)
    id: str
    collection_id: str
    keeper: ImageAnswer
    members: list[MemberAnswer]
    reason: str = Field(description="Why the keeper is kept.")
    reviewed: bool = Field(description="Whether somebody has changed it.")


class GroupsSoFar(Page[GroupAnswer]):
    """Groups that a search has found so far: to look at, until it is done. They may grow, come together or fall apart.

    Their ids are of no group that can be changed or removed, and `excluded` is not known yet.
    """

    model_config = example({"total": 1, "complete": False, "job": "0f47f8423bc3c92f", "items": [GROUP]})
    complete: Literal[False] = Field(description="These are never all: once the job is done, `groups` has them.")
    job: str | None = Field(description="Id of the job that searches; null where none does, and nothing is listed.")


class ScoredGroupAnswer(BaseModel):
    """A group with the scores of its members."""

    model_config = example(GROUP | {"members": [_MEMBER | {"scores": _SCORES}]})
    id: str
    collection_id: str
    keeper: ImageAnswer
    members: list[ScoredMemberAnswer]
    reason: str
    reviewed: bool


class VerdictAnswer(BaseModel):
    """What was remembered, and what is left of the group: none, one, or several.

    Of one that is taken back, the group as it was before; none where it has changed since: the next search may find it.
    """

    model_config = example({"id": "449f966231084ee6", "groups": [GROUP]})
    id: str = Field(description="Of the verdict, to take it back.")
    groups: list[GroupAnswer]


class LeftAnswer(BaseModel):
    """A file that was left as it is."""

    name: str
    reason: str


class PartAnswer(BaseModel):
    """What a removal did to one collection."""

    collection_id: str
    name: str
    person_id: str | None
    found: int
    removed: int
    bytes: int
    left: list[LeftAnswer]
    backup: str
    state: Literal["planned", "removed", "emptied", "undone", "partly", "failed"]


class RemovalAnswer(BaseModel):
    """A removal."""

    model_config = example(REMOVAL)
    id: str
    job: str
    undo_job: str | None
    collections: list[PartAnswer]
    removed: int
    bytes: int
    create_backup: bool
    created: str
    state: Literal["planned", "removed", "emptied", "undone", "partly"]


class CrossingAnswer(BaseModel):
    """What of files is lost on the way to a backup on another disk, or will not come back. Nothing is removed."""

    model_config = example({"note": "1 file with another name that stays will come back as one of its own"})
    note: str = Field(description="One line; empty where all comes back.")


class TakenAnswer(BaseModel):
    """A file that a removal took, or was to take."""

    model_config = example({"id": "cDEucG5n", "name": "p1.png", "keeper": "p0.png", "bytes": 46386, "in_backup": True})
    id: str
    name: str
    keeper: str = Field(description="Name of the file that stays in its place.")
    bytes: int
    in_backup: bool = Field(description="Whether it lies in the backup now.")


class PersonResult(BaseModel):
    """What came of one person."""

    person_id: str
    duplicates_found: int
    duplicates_removed: int
    left: list[LeftAnswer] = Field(
        [], description="What was found and stays, with the reason; not there where nothing was left."
    )


class PersonsAnswer(BaseModel):
    """What came of all."""

    model_config = example(
        {
            "success": True,
            "results": [
                {
                    "person_id": "PERSON-0001",
                    "duplicates_found": 3,
                    "duplicates_removed": 2,
                    "left": [
                        {
                            "name": "p3.png",
                            "reason": "is not pixel for pixel p0.png, which is kept: without a backup it stays",
                        }
                    ],
                }
            ],
            "total_removed": 2,
            "backup_created": False,
        }
    )
    success: bool
    results: list[PersonResult]
    total_removed: int
    backup_created: bool
