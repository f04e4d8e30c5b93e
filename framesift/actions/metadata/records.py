"""The text of a folder's `metadata.json` after files have left the folder. Only text: nothing here touches a disk.

    {"person": "P1", "total_images": 2, "images": [{"filename": "a.jpg", "score": 0.90}, {"filename": "b.jpg"}]}

Out of lists go the file names, and the objects that name such a file; out of objects the members keyed by one. Counts
of images beside or above what has gone become smaller, and `removed_at` says when. All else stays as it is written.
"""

import json
import re
from collections.abc import Set

from framesift.actions.metadata.json_text import Edit, Node, apply_edits, cut, outline, read_strictly

REMOVED_AT = "removed_at"

_NAMING = {"image", "image_path", "image_name", "file", "file_name", "filename", "frame", "name", "path", "photo"}
"""Keys of an object that name its file."""
_LISTING = {"persons", "images", "frames", "files", "photos", "pictures"}
"""Keys that hold lists."""
_COUNT = re.compile(
    r"(?:total|num|number|n)_?(?:of)?_?(?:images|frames|files|photos|pictures|detections)|count|images"
    r"|(?:images?|frames?|files?|photos?|pictures?|detections?)_?(?:count|total)",
    re.IGNORECASE,
)
_BOM = "\ufeff"


class UnreadableMetadata(ValueError):
    """Why a metadata file is left as it is."""


def without_files(content: bytes, names: set[str], time: str, companions: Set[str] = frozenset()) -> bytes:
    """Return the content of a metadata file of a folder that has lost the files `names` at `time` (ISO 8601), and
    `companions` that belonged to them, which count as no images.

    Raises UnreadableMetadata for what is not a JSON object in UTF-8 that can be rewritten without losing anything.
    """
    text = _read_text(content)
    mark, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    try:
        if not isinstance(read_strictly(text), dict):
            raise UnreadableMetadata("is not an object")
        edits = _Removal(text, names, companions).edits(outline(text), time)
    except RecursionError:
        raise UnreadableMetadata("is nested too deeply") from None
    except UnreadableMetadata:
        raise
    except ValueError as error:
        raise UnreadableMetadata(str(error)) from None
    return (mark + apply_edits(text, edits)).encode("utf-8")


def _read_text(content: bytes) -> str:
    if not content:
        raise UnreadableMetadata("is empty")
    if b"\0" in content:
        raise UnreadableMetadata("has NUL bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableMetadata("is not UTF-8") from None


class _Removal:
    """The edits that take files out of an outline."""

    def __init__(self, text: str, names: set[str], companions: Set[str]) -> None:
        self._text = text
        self._names = names
        self._companions = companions
        self._edits: list[Edit] = []

    def edits(self, top: Node, time: str) -> list[Edit]:
        lost = self._visit(top)
        if not lost:
            self._lower_counts(top, len(self._names))
        self._stamp(top, json.dumps(time))
        return self._edits

    def _visit(self, node: Node) -> set[str]:
        """Note the edits within a list or object; return the names of the files that it loses."""
        if node.text == "[":
            elements = [(element, self._named_by(element)) for element in node.children]
            spans = [(element.start, element.end) for element in node.children]
        elif node.text == "{":
            self._check_members(node)
            elements = [(value, self._known(key)) for key, value in node.members()]
            spans = [(key.start, value.end) for key, value in node.members()]
        else:
            return set()
        lost: set[str] = set()
        for element, name in elements:
            lost |= {name} if name else self._visit(element)
        doomed = [name != "" for _, name in elements]
        if any(doomed):
            self._edits += cut(spans, doomed, (node.start + 1, node.end - 1))
        lost &= self._names
        if lost:
            self._lower_counts(node, len(lost))
        return lost

    def _named_by(self, element: Node) -> str:
        """Return the removed file that an element of a list is or names; an empty string where it is none."""
        if element.text == "{":
            return next(
                (found for key, value in element.members() if key.string in _NAMING and (found := self._known(value))),
                "",
            )
        return self._known(element)

    def _known(self, node: Node) -> str:
        name = (node.string or "").removeprefix("./")
        return name if name in self._names or name in self._companions else ""

    def _check_members(self, node: Node) -> None:
        for key, value in node.members():
            if key.string in _LISTING and value.string is not None:
                raise UnreadableMetadata(f"its {key.string} are a text, not a list")
            if key.string in _NAMING:
                _check_name(value)
            elif key.string in _LISTING and value.text == "[":
                for element in value.children:
                    _check_name(element)

    def _lower_counts(self, node: Node, by: int) -> None:
        for key, value in node.members():
            if _COUNT.fullmatch(key.string or "") and re.fullmatch(r"\d+", value.text, re.ASCII):
                self._edits.append(Edit(value.start, value.end, str(max(0, int(value.text) - by))))

    def _stamp(self, top: Node, time: str) -> None:
        """Put the time where it stood before, or behind the last member, spaced as the others are."""
        members = list(top.members())
        for key, value in members:
            if key.string == REMOVED_AT:
                self._edits.append(Edit(value.start, value.end, time))
                return
        if all(self._known(key) for key, _ in members):
            self._edits.append(Edit(top.end - 1, top.end - 1, f'"{REMOVED_AT}": {time}'))
            return
        key, value = members[-1]
        colon = self._text[key.end : value.start]
        before = members[-2][1].end if len(members) > 1 else top.start + 1
        gap = self._text[before : key.start].lstrip(",") or " " * colon.endswith(" ")
        self._edits.append(Edit(value.end, value.end, f',{gap}"{REMOVED_AT}"{colon}{time}'))


def _check_name(node: Node) -> None:
    name = node.string
    if name is None:
        return
    if name.startswith("/") or ".." in name.split("/"):
        raise UnreadableMetadata("names a file outside its folder")
    if "\0" in name:
        raise UnreadableMetadata("has a NUL in a file name")
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise UnreadableMetadata("has a file name that is not Unicode") from None
