"""Labels of pictures as a tool has written them down: what is read of them, and what goes back as it was.

Of an entry only what is needed is understood: which picture it is of, where it lies, what it is called. The rest, ids,
attributes, keys that nobody here knows, goes along with it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from framesift.errors import UsageError

Point = tuple[float, float]
Outline = tuple[tuple[Point, ...], ...]
"""Polygons of points (x, y) in shares of the picture's width and height, 0 to 1."""
WHOLE: Outline = (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),)
_MOST_POINTS = 100_000


@dataclass(frozen=True, slots=True)
class Label:
    """One thing that somebody has labelled."""

    name: str
    """What it is called: its class."""
    outline: Outline
    """Where it lies; of what says something of the picture as a whole, that is `WHOLE`."""
    entry: Any
    """As the file has it."""


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture as a label file has it."""

    name: str
    """Path, address or name; of YOLO that of its text file, without suffix."""
    size: tuple[int, int] | None
    """Width and height in px of the picture that was labelled; None where the file does not say it."""
    labels: tuple[Label, ...]
    entry: Any
    """As the file has it, without the labels."""
    is_labelled: bool = True
    """Whether somebody has labelled it; no labels can also mean that nobody has looked at it yet."""


@dataclass(frozen=True, slots=True)
class Addition:
    """A picture that is written down with labels of another one."""

    like: LabelledPicture
    """Whose labels it has."""
    name: str
    """In the way in which the file names pictures."""
    kept: str
    """Path of the frame whose labels it has."""
    time: str | None
    """ISO 8601."""
    labels: Sequence[Label]


class LabelFiles(ABC):
    """The labels of one data set."""

    form: str
    """The name of the format."""
    has_suffixes = True
    """Whether names of pictures have theirs."""
    lists_unlabelled = False
    """Whether it may name pictures that nobody has looked at, and does not say which."""
    pictures: Sequence[LabelledPicture]

    @abstractmethod
    def encode(self, additions: Iterable[Addition], own: bool = True) -> Iterator[tuple[str, bytes]]:
        """Yield the files of the same format, path and content: with `own` all that was read, and the additions.

        Without, the additions alone, as what is yet to be checked.
        """


def read_number(value: Any, what: str) -> float:
    """Return a finite number. Raises UsageError, which says of `what`, for anything else."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        number = None
    if number is None or not isfinite(number):
        raise UsageError(f"{what} has {str(value)[:40]!r} where a number has to be")
    return number


def read_size(width: Any, height: Any, what: str) -> tuple[int, int] | None:
    """Return width and height in px; None where the file says neither. Raises UsageError for what is no size."""
    if width in (None, "", 0, "0") or height in (None, "", 0, "0"):
        return None
    sides = tuple(round(read_number(side, what)) for side in (width, height))
    if not all(1 <= side <= 10**6 for side in sides):
        raise UsageError(f"{what} says that the picture has {width}x{height} px")
    return sides[0], sides[1]


def box_outline(left: float, top: float, right: float, bottom: float) -> Outline:
    """Return the outline of a box; its sides are in shares of the picture."""
    return (((left, top), (right, top), (right, bottom), (left, bottom)),)


def bound(points: Sequence[Point], least: float = 0.0) -> Outline:
    """Return the box around points, which has at least these sides, as of single points."""
    xs, ys = zip(*points, strict=True)
    return box_outline(min(xs) - least, min(ys) - least, max(xs) + least, max(ys) + least)


def check_points(points: Sequence[Point], what: str) -> tuple[Point, ...]:
    """Return the points of a polygon. Raises UsageError for too few, and for more than anyone draws."""
    if not 3 <= len(points) <= _MOST_POINTS:
        raise UsageError(f"{what} has a polygon of {len(points)} points")
    return tuple(points)


def require_list(value: Any, what: str) -> list[Any]:
    """Return a list of objects. Raises UsageError, which says of `what`, for anything else."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise UsageError(f"{what} is not a list of objects")
    return value


def next_number(taken: Iterable[Any]) -> int:
    """Return the first whole number above all that are taken."""
    return max((each for each in taken if type(each) is int), default=0) + 1
