"""YOLO: a text file for each picture, a line for each label: number of its class, then shares of the picture.

A box is `x y width height` of its middle, perhaps with a confidence; a polygon is `x y` for each point:
https://docs.ultralytics.com/datasets/. What else a data set has (its classes, its YAML) is copied as it is.
"""

import os
import re
from collections.abc import Iterable, Iterator

from framesift.errors import PathLike, UsageError, show
from framesift.export.labels.document import (
    Addition,
    Label,
    LabelFiles,
    LabelledPicture,
    Outline,
    box_outline,
    check_points,
    read_number,
)
from framesift.export.labels.reading import MOST_BYTES_OF_ONE, read_bytes, walk_files

_LISTS = {"classes.txt", "train.txt", "val.txt", "valid.txt", "test.txt", "trainval.txt", "readme.txt", "notes.txt"}
"""Text files that are no labels. A README of Roboflow is one too, with dots in its name."""
_CLASSES = ("classes.txt", "obj.names", "data.yaml", "data.yml", "dataset.yaml", "obj.data")
_NAMED = re.compile(r"^\s+(\d+)\s*:\s*['\"]?(.*?)['\"]?\s*$")
_LISTED = re.compile(r"^\s*-\s*['\"]?(.*?)['\"]?\s*$")


class YoloFiles(LabelFiles):
    """A folder of text files."""

    form = "YOLO"
    has_suffixes = False

    def __init__(self, folder: PathLike) -> None:
        root = os.fsdecode(folder)
        self._copied = {
            name: read_bytes(os.path.join(root, name), MOST_BYTES_OF_ONE)
            for name in _CLASSES
            if os.path.isfile(os.path.join(root, name)) and not os.path.islink(os.path.join(root, name))
        }
        self._classes = _read_classes(self._copied)
        self._texts = {path: read_bytes(os.path.join(root, path), MOST_BYTES_OF_ONE) for path in list_texts(root)}
        self.pictures = [self._read_text(path, content) for path, content in self._texts.items()]

    def encode(self, additions: Iterable[Addition], own: bool = True) -> Iterator[tuple[str, bytes]]:
        yield from self._copied.items()
        if own:
            yield from self._texts.items()
        for addition in additions:
            yield f"{addition.name}.txt", "".join(f"{label.entry}\n" for label in addition.labels).encode()

    def _read_text(self, path: str, content: bytes) -> LabelledPicture:
        try:
            lines = content.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise UsageError(f"{show(path)} is not a text in UTF-8") from None
        labels = [
            self._read_line(line.strip(), f"{show(path)} line {number}")
            for number, line in enumerate(lines, start=1)
            if line.strip()
        ]
        return LabelledPicture(path.removesuffix(".txt"), None, tuple(labels), None)

    def _read_line(self, line: str, what: str) -> Label:
        name, *values = line.split()
        if not name.isdecimal() or len(name) > 6:
            raise UsageError(f"{what} begins with {name[:40]!r}, which is no number of a class")
        number = int(name)
        if self._classes and number not in self._classes:
            raise UsageError(f"{what} has the class {number}, which the data set does not name")
        shares = [read_number(value, what) for value in values]
        return Label(self._classes.get(number, str(number)), _read_outline(shares, what), line)


def list_texts(folder: str) -> list[str]:
    """Return the label files of a folder: those in folders called `labels`, if there are such, else all."""
    named = [(path, path.rpartition("/")[2].lower()) for path in walk_files(folder, ".txt")]
    texts = [path for path, name in named if name not in _LISTS and "readme" not in name]
    among = [path for path in texts if "labels" in path.split("/")[:-1]]
    return among or texts


def _read_outline(shares: list[float], what: str) -> Outline:
    if len(shares) < 4 or any(not -0.01 <= share <= 1.01 for share in shares[:4]):
        raise UsageError(f"{what} is neither a box nor a polygon in shares of the picture")
    if len(shares) >= 6 and len(shares) % 2 == 0:
        points = check_points(list(zip(shares[::2], shares[1::2], strict=True)), what)
        if all(-0.01 <= share <= 1.01 for share in shares):
            return (points, _box(shares)) if _is_pose(shares) else (points,)
    return (_box(shares),)


def _is_pose(shares: list[float]) -> bool:
    """Tell whether a polygon may as well be a box with keypoints: its first points would lie around the others."""
    x, y, width, height = shares[:4]
    rest = list(zip(shares[4::2], shares[5::2], strict=True))
    return all(abs(px - x) <= width / 2 + 0.01 and abs(py - y) <= height / 2 + 0.01 for px, py in rest)


def _box(shares: list[float]) -> tuple[tuple[float, float], ...]:
    x, y, width, height = shares[:4]
    return box_outline(x - width / 2, y - height / 2, x + width / 2, y + height / 2)[0]


def _read_classes(files: dict[str, bytes]) -> dict[int, str]:
    """Return the names of the classes by their numbers; none where no file says them in a way that is understood."""
    for name in ("classes.txt", "obj.names"):
        if name in files:
            lines = files[name].decode("utf-8-sig", "replace").splitlines()
            return {number: line.strip() for number, line in enumerate(lines) if line.strip()}
    for name in ("data.yaml", "data.yml", "dataset.yaml"):
        if name in files:
            return _read_yaml(files[name].decode("utf-8", "replace"))
    return {}


def _read_yaml(text: str) -> dict[int, str]:
    """Return what follows `names:` in one of the ways in which tools write it."""
    _, found, rest = ("\n" + text).partition("\nnames:")
    first, *lines = rest.split("\n")
    if not found:
        return {}
    if first.strip().startswith("["):
        inner = rest[rest.index("[") + 1 :].partition("]")[0]
        return {number: name.strip().strip("'\"") for number, name in enumerate(inner.split(",")) if name.strip()}
    named: dict[int, str] = {}
    for line in lines:
        if each := _NAMED.match(line):
            named[int(each[1][:6])] = each[2]
        elif each := _LISTED.match(line):
            named[len(named)] = each[1]
        elif line.strip() and not line.lstrip().startswith("#"):
            break
    return named
