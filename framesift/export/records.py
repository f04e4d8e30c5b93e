"""JSON: COCO, Label Studio and FiftyOne. Each list is written as its items come."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from framesift import __version__
from framesift.export.rows import Row

_ENCODED = re.compile(r"https?://|/data/local-files/\?d=", re.IGNORECASE)
"""What makes an address of a path. A store takes the key as it stands: an encoded one names another object."""

_FIFTYONE_FIELDS = {
    "filepath": "String",
    "tags": "List(fiftyone.core.fields.StringField)",
    "camera": "String",
    "time": "String",
    "verdict": "String",
    "score": "Float",
    "represented_by": "String",
}


def write_coco(rows: Iterable[Row]) -> Iterator[str]:
    """Yield images without annotations: https://cocodataset.org/#format-data. Our own keys are beside COCO's."""
    info = {"description": "frames kept by framesift", "version": __version__}
    yield f'{{"info": {json.dumps(info)}, "licenses": [], "categories": [], "annotations": [], "images": [\n'
    yield from _join(map(_as_coco, rows))
    yield "\n]}\n"


def write_label_studio(rows: Iterable[Row]) -> Iterator[str]:
    """Yield tasks: https://labelstud.io/guide/tasks. The labelling configuration reads `$image`."""
    yield "[\n"
    yield from _join(map(_as_task, rows))
    yield "\n]\n"


def write_fiftyone(rows: Iterable[Row]) -> Iterator[str]:
    """Yield what `fiftyone.Dataset.to_json` writes and `from_json` reads."""
    fields = {name: _fiftyone_field(kind) for name, kind in _FIFTYONE_FIELDS.items()}
    head = {"name": "framesift", "media_type": "image", "sample_fields": fields, "info": {"framesift": __version__}}
    yield json.dumps(head)[:-1] + ', "samples": [\n'
    yield from _join(map(_as_sample, rows))
    yield "\n]}\n"


def _join(items: Iterable[dict[str, Any]]) -> Iterator[str]:
    separator = ""
    for item in items:
        yield separator + json.dumps(item)
        separator = ",\n"


def _as_coco(row: Row) -> dict[str, Any]:
    return {
        "id": row.number,
        "file_name": row.name,
        "width": row.width,
        "height": row.height,
        "date_captured": row.time,
        **_evidence(row),
    }


def _as_task(row: Row) -> dict[str, Any]:
    prefix, image = row.name.removesuffix(row.file), row.name
    if _ENCODED.match(prefix):
        image = prefix + quote(row.file.encode("utf-8", "surrogateescape"))
    return {"data": {"image": image, "path": row.path, "time": row.time, **_evidence(row)}}


def _as_sample(row: Row) -> dict[str, Any]:
    return {"filepath": row.name, "tags": [str(row.verdict)], "time": row.time, **_evidence(row)}


def _evidence(row: Row) -> dict[str, Any]:
    return {
        "camera": row.camera,
        "verdict": str(row.verdict),
        "score": row.score,
        "represented_by": row.represented_by,
    }


def _fiftyone_field(kind: str) -> str:
    name, _, rest = kind.partition("(")
    return f"fiftyone.core.fields.{name}Field" + (f"({rest}" if rest else "")
