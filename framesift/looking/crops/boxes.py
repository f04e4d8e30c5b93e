"""Which parts of a frame are cut out: few, with something around them, and each px once."""

from collections.abc import Iterable
from itertools import combinations

Box = tuple[int, int, int, int]
"""x0, y0, x1 and y1 in px, half-open."""
Size = tuple[int, int]

AROUND = 0.35
"""Of its longer side, so much is left around what changed: a model has to see where it stands,
and of somebody before a wall of his colour not all has changed."""
LEAST = 96
"""px of each side, where the frame has them: of less a model makes out nothing."""
MOST = 4
"""So many crops a frame."""
WHOLE = 0.6
"""Where crops have more of the frame, all of it is one."""


def choose_boxes(changed: Iterable[Box], size: Size) -> list[Box]:
    """Return what to cut out of a frame of this width and height, given boxes around what changed in it.

    Boxes grow by `AROUND`, those that touch become one, and so do the nearest until there are at most `MOST`. All of
    the frame is one where nothing is known to have changed, or so much that crops would save little.
    """
    boxes = [_grow(box, size) for box in changed]
    while joined := _find_touching(boxes) or (_find_nearest(boxes) if len(boxes) > MOST else None):
        one, other = joined
        boxes = [box for box in boxes if box not in joined] + [_around(one, other)]
    boxes = sorted(set(boxes), key=lambda box: (box[1], box[0]))
    if not boxes or sum(map(_area, boxes)) > WHOLE * size[0] * size[1]:
        return [(0, 0, *size)]
    return boxes


def _grow(box: Box, size: Size) -> Box:
    margin = AROUND * max(box[2] - box[0], box[3] - box[1])
    (x0, x1), (y0, y1) = (
        _widen(start, end, margin, whole) for start, end, whole in zip(box[:2], box[2:], size, strict=True)
    )
    return x0, y0, x1, y1


def _widen(start: int, end: int, margin: float, whole: int) -> tuple[int, int]:
    """Return a side with so much more at either end, and as long as `LEAST`, within the frame."""
    margin = max(margin, (min(LEAST, whole) - (end - start)) / 2)
    first, last = int(start - margin), int(end + margin + 0.999)
    if first < 0:
        first, last = 0, max(last, min(LEAST, whole))
    if last > whole:
        first, last = min(first, whole - min(LEAST, whole)), whole
    return max(first, 0), last


def _find_touching(boxes: list[Box]) -> tuple[Box, Box] | None:
    return next(((a, b) for a, b in combinations(boxes, 2) if _apart(a, b) == 0), None)


def _find_nearest(boxes: list[Box]) -> tuple[Box, Box]:
    return min(combinations(boxes, 2), key=lambda pair: _area(_around(*pair)) - _area(pair[0]) - _area(pair[1]))


def _apart(one: Box, other: Box) -> int:
    across = max(one[0] - other[2], other[0] - one[2], 0)
    return across + max(one[1] - other[3], other[1] - one[3], 0)


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
