"""Label files are bounded, and lie where they are said to: who sends them may mean no good."""

import json
import os
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as Xml

from framesift.errors import PathLike, StorageError, UnreadableFrame, UsageError
from framesift.frames.reader.source import open_regular

MOST_BYTES = 512 * 2**20
"""Of a file of many pictures."""
MOST_BYTES_OF_ONE = 16 * 2**20
"""Of a file of one picture."""
_MOST_FILES = 2_000_000


def read_bytes(path: PathLike, most: int = MOST_BYTES) -> bytes:
    """Return what is in a regular file. Raises UsageError for what is none, StorageError where it cannot be read."""
    try:
        with open_regular(path, None) as (descriptor, status):
            if status.st_size > most:
                raise UsageError(f"is larger than {most >> 20} MiB: too large for a file of labels", path)
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(most)
    except UnreadableFrame as error:
        if error.reason == "empty file":
            return b""
        raise UsageError(error.reason, path) from None
    except OSError as error:
        raise StorageError.of(error, path) from error


def read_json(path: PathLike) -> Any:
    """Return what a JSON file holds. Raises UsageError for what is none."""
    try:
        return json.loads(read_bytes(path))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"is not JSON: {error}", path) from None


def read_xml(path: PathLike, most: int = MOST_BYTES) -> Xml.Element:
    """Return the root of an XML file. Raises UsageError for what is none, and for one that declares entities."""
    parser = Xml.XMLParser(target=_Plain())
    try:
        parser.feed(read_bytes(path, most))
        root = parser.close()
    except Xml.ParseError as error:
        raise UsageError(f"is not XML: {error}", path) from None
    except UsageError as error:
        raise UsageError(error.reason, path) from None
    if depth(root) > 30:
        raise UsageError("has elements in elements in elements: no labels are like that", path)
    return root


class _Plain(Xml.TreeBuilder):
    """Refuses what can grow without end."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise UsageError("declares a document type, which no file of labels does")


def depth(root: Xml.Element) -> int:
    """Return how deep elements lie in each other."""
    level, found = [root], 0
    while level:
        found += 1
        level = [child for element in level for child in element]
    return found


def write_xml(root: Xml.Element, path: str) -> bytes:
    """Return an XML file. Raises UsageError for a name that XML cannot carry."""
    try:
        content: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
        return content + b"\n"
    except UnicodeEncodeError:
        raise UsageError("a name of a frame that XML cannot carry", path) from None


def walk_files(folder: PathLike, suffix: str) -> Iterator[str]:
    """Yield the paths below a folder of the files that end so, with `/`, in order; links are not followed.

    Raises UsageError where there are more than anyone has, StorageError.
    """
    root, number = os.fsdecode(folder), 0

    def refuse(error: OSError) -> None:
        raise StorageError.of(error, folder) from error

    for place, folders, names in os.walk(root, onerror=refuse):
        folders.sort()
        number += len(names)
        if number > _MOST_FILES:
            raise UsageError("holds more files than any data set: name the folder of the labels", folder)
        for name in sorted(names):
            path = os.path.join(place, name)
            if name.lower().endswith(suffix) and os.path.isfile(path) and not os.path.islink(path):
                yield os.path.relpath(path, root).replace(os.sep, "/")
