"""The media data file: what is known of each image that remains, for programs that compare on their own."""

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

from numpy.typing import NDArray

from framesift import __version__
from framesift.actions import storage_errors
from framesift.actions.files.outputs import replace_output
from framesift.comparators.perceptual_hash import show_hash
from framesift.duplicates.groups import Item
from framesift.errors import PathLike, UsageError

SCHEMA = 1
_START = b'{"framesift": '
_CHUNK = 1 << 20


def check_export(path: PathLike) -> None:
    """Raise UsageError for a file that is not a media data file: an export replaces nothing else."""
    if not os.path.lexists(path):
        return
    if not os.path.isfile(path):
        raise UsageError("--export takes a file", path)
    if not _is_media_data(path):
        raise UsageError("is not a media data file of framesift: choose another name", path)


def export_media_data(path: PathLike, method: str, media: Iterable[tuple[Item, NDArray[Any]]]) -> None:
    """Write images and their descriptors, replacing an earlier export at once and as a whole.

    Per path: resolution in px, size in bytes, time of modification in ns, and of the methods that have them the hash
    in hexadecimal digits and the histograms of blue, green, red. Raises UsageError (`check_export`) and StorageError.
    """
    check_export(path)
    with replace_output(path, _is_media_data) as file:
        file.writelines(_join(_lines(method, media)))


def _is_media_data(path: PathLike) -> bool:
    with storage_errors(os.fsdecode(path)), open(path, "rb") as file:
        return file.read(len(_START)) == _START


def _lines(method: str, media: Iterable[tuple[Item, NDArray[Any]]]) -> Iterator[str]:
    head = json.dumps({"framesift": __version__, "schema": SCHEMA, "method": method})[:-1]
    yield f'{head}, "media": {{'
    separator = "\n"
    for item, descriptor in media:
        yield f"{separator}{json.dumps(item.path)}: {json.dumps(_describe(item, descriptor))}"
        separator = ",\n"
    yield "\n}}\n"


def _describe(item: Item, descriptor: NDArray[Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"resolution": list(item.size), "size": item.file_size, "mtime_ns": item.mtime_ns}
    parts = descriptor.dtype.names or ()
    if "hash" in parts:
        entry["hash"] = show_hash(descriptor["hash"])
    if "histogram" in parts:
        entry["histogram"] = descriptor["histogram"].tolist()
    return entry


def _join(lines: Iterable[str]) -> Iterator[bytes]:
    """Put lines together into pieces that are worth a write."""
    waiting, size = [], 0
    for line in lines:
        waiting.append(line.encode("ascii"))
        size += len(line)
        if size >= _CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
