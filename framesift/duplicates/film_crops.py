"""Which part of the frames of one film another one shows: where it was cropped, or framed by bars.

Features of frames at the same moments are matched, and the one rectangle is looked for that all moments agree on: a
scale and a shift for each axis. What is set into a frame, as a picture in a picture, has an edge in it where the
rectangle ends; what was cropped has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.duplicates.film_features import SIDE, Features, Scales, find_features, fit_matches, match_features
from framesift.frames.videos import (
    Fingerprint,
    Image,
    Window,
    compare_fingerprints,
    measure_changes,
    open_video,
    read_fingerprint,
)
from framesift.frames.videos.fingerprint import STEP_S

_MOMENTS = 5
_SMALL = 96, 54
_NEAR_S = 0.2
"""So far around a moment the keeper is looked at: the offset is known to an eighth of a second."""
_FINEST_S = 1 / 30
_COARSE, _FINE = (16 / SIDE, 8 / SIDE), (3 / SIDE, 1.5 / SIDE, 1 / SIDE)
"""Shares of a side of the keeper by which two features may miss each other: as long as it is not known to the frame
when the film begins, and then."""
_TRIED, _ENOUGH = 6, 0.6
"""Frames that are tried around a moment, and the share of features that is enough to try no more."""
_LEAST_SIDE, _LEAST_AREA, _LARGEST_STRETCH = 0.3, 0.2, 1.5
"""Of the keeper's picture, what a crop has; and how much wider or higher it may have been drawn."""
_LEAST_DETAIL = 0.4
"""px of the keeper for one of the member: what is zoomed more may have come from a larger film."""
_OVERHANG = 0.012
"""Share of the sides by which a rectangle may reach beyond the keeper's picture: it is not known to the last px."""
_EDGE, _EDGE_LEVELS, _AROUND = 3.0, 4.0, 12
"""Times as much as nearby, and levels, by which the picture changes where something is set into it; px around."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What of the frames of two films shows the same."""

    keeper: Window
    member: Window
    is_part: bool
    """Whether the keeper's picture has more."""


class Placement(NamedTuple):
    """How a film lies in its keeper."""

    cut: Cut
    offset_s: float
    similarity: float


class _Picture(NamedTuple):
    """The size of a film's frames in px, and its picture in them."""

    size: tuple[int, int]
    window: Window


def find_placement(
    keeper: str, member: str, offset_s: float, windows: tuple[Window | None, Window | None], part: Fingerprint
) -> Placement | None:
    """Return how a film lies in another one, in which it begins about `offset_s` later; None where it does not.

    `windows` are their pictures within bars, `part` is the fingerprint of the member's. Raises UnreadableFrame and
    StorageError as `open_video` and `Video.sample`.
    """
    cut = find_cut(keeper, member, offset_s, windows, part)
    if cut is None:
        return None
    fingerprint, _, _ = read_fingerprint(keeper, window=cut.keeper)
    match = compare_fingerprints(fingerprint, read_fingerprint(member, window=cut.member)[0])
    return Placement(cut, match.offset_s, match.similarity) if match else None


def find_cut(
    keeper: str, member: str, offset_s: float, windows: tuple[Window | None, Window | None], part: Fingerprint
) -> Cut | None:
    """Return what of the frames shows the same, by their features alone. Raises as `find_placement`."""
    times = _choose_moments(part, offset_s)
    seen = [(time + frames[0][0], frames[0][1]) for time, frames in _gather(member, times, 0) if frames]
    around = dict(_gather(keeper, [time + offset_s for time, _ in seen], _NEAR_S))
    moments = [_Moment(image, near) for time, image in seen if (near := around.get(time + offset_s))]
    if not moments:
        return None
    frames = [moment.image for moment in moments], [moment.find_near(0) for moment in moments]
    one, other = (
        _Picture(images[0].shape[1::-1], window or Window(0, 0, *images[0].shape[1::-1]))
        for images, window in zip(frames[::-1], windows, strict=True)
    )
    features = [find_features(image) for image in frames[0]]
    fit = fit_matches(
        [match_features(find_features(near), own) for near, own in zip(frames[1], features, strict=True)], _COARSE
    )
    cut = None if fit is None else _lay_windows(fit.scales, one, other)
    return None if cut is None else _refine(moments, features, cut, one, other)


def _refine(
    moments: list["_Moment"], features: list[Features], cut: Cut, keeper: "_Picture", member: "_Picture"
) -> Cut | None:
    """Return to the px what a cut is roughly: it is known to the frame then when the film begins."""
    best: tuple[float, Cut, list[Image]] | None = None
    for shift in _sort_shifts(moments, cut)[:_TRIED]:
        nearest = [moment.find_near(shift) for moment in moments]
        fit = fit_matches(
            [match_features(find_features(near), own) for near, own in zip(nearest, features, strict=True)], _FINE
        )
        fine = None if fit is None else _lay_windows(fit.scales, keeper, member)
        if fit is not None and fine is not None and (best is None or fit.share > best[0]):
            best = fit.share, fine, nearest
        if best is not None and best[0] > _ENOUGH:
            break
    if best is None or (best[1].is_part and _is_set_in(best[2], best[1].keeper, keeper.window)):
        return None
    return best[1]


class _Moment(NamedTuple):
    """A frame of the member, and those of the keeper around it with their times from it, s."""

    image: Image
    near: list[tuple[float, Image]]

    def find_near(self, shift: float) -> Image:
        """Return the frame of the keeper that is nearest to a time."""
        return min(self.near, key=lambda frame: abs(frame[0] - shift))[1]


def _choose_moments(part: Fingerprint, offset_s: float) -> list[float]:
    """Return times in the member, s, spread over it, at which little moves: it matters less then when they are."""
    changes = np.square(measure_changes(part)).sum(axis=1)
    first = max(int(np.ceil(-offset_s / STEP_S)), 0)
    pieces = np.array_split(np.arange(first, len(changes)), min(_MOMENTS, max(len(changes) - first, 1)))
    return [float(piece[changes[piece].argmin()] + 2) * STEP_S for piece in pieces if len(piece)]


def _gather(path: str, times: list[float], reach: float) -> Iterator[tuple[float, list[tuple[float, Image]]]]:
    """Yield for each time, in order, the frames at most `reach` from it, or for 0 the first at or after it.

    With them stand their times from it.
    """
    waiting = [(time, list[tuple[float, Image]]()) for time in times]
    with open_video(path) as video:
        for moment, image in video.sample(_FINEST_S):
            for time, frames in waiting:
                if abs(moment - time) <= reach if reach else not frames and moment >= time:
                    frames.append((moment - time, image))
            while waiting and moment > waiting[0][0] + reach:
                yield waiting.pop(0)
    yield from waiting


def _lay_windows(fit: Scales, keeper: _Picture, member: _Picture) -> Cut | None:
    """Return what both show, where that is all of the member's picture and enough of the keeper's."""
    spans = [_lay_span(fit[axis], axis, keeper, member) for axis in range(2)]
    across, down = spans
    if across is None or down is None:
        return None
    shares = across.length / keeper.window.width, down.length / keeper.window.height
    stretch = (across.length / down.length) / (across.own_length / down.own_length)
    if shares[0] * shares[1] < _LEAST_AREA or not 1 / _LARGEST_STRETCH <= stretch <= _LARGEST_STRETCH:
        return None
    window = Window(across.start, down.start, across.length, down.length)
    own = Window(across.own_start, down.own_start, across.own_length, down.own_length)
    return Cut(window, own, min(shares) < 1 - 2 * _OVERHANG)


class _Span(NamedTuple):
    """One axis of what both show, px."""

    start: float
    length: float
    own_start: float
    """In the member."""
    own_length: float


def _lay_span(fit: NDArray[np.float64], axis: int, keeper: _Picture, member: _Picture) -> _Span | None:
    scale = float(fit[0]) * keeper.size[axis] / member.size[axis]
    shift = float(fit[1]) * keeper.size[axis]
    least, extent = keeper.window.span(axis)
    low, length = member.window.span(axis)
    start, end = scale * low + shift, scale * (low + length) + shift
    slack = _OVERHANG * (end - start) + 1.5
    if start < least - slack or end > least + extent + slack:
        return None
    start, end = max(start, least), min(end, least + extent)
    if end - start < max(_LEAST_SIDE * extent, _LEAST_DETAIL * length):
        return None
    own_start, own_end = max((start - shift) / scale, low), min((end - shift) / scale, low + length)
    return _Span(start, end - start, own_start, own_end - own_start)


def _sort_shifts(moments: list[_Moment], cut: Cut) -> list[float]:
    """Return how much later than was thought the keeper's frames may show what the member's do, s, likeliest first."""
    shifts = [time for time, _ in moments[0].near]
    differences = np.zeros(len(shifts))
    for moment in moments:
        small = cv2.resize(cut.member.cut(moment.image), _SMALL, interpolation=cv2.INTER_AREA)
        for number, shift in enumerate(shifts):
            other = cv2.resize(cut.keeper.cut(moment.find_near(shift)), _SMALL, interpolation=cv2.INTER_AREA)
            differences[number] += cv2.norm(small, other, cv2.NORM_L1)
    return [shifts[number] for number in differences.argsort()]


def _is_set_in(frames: list[Image], window: Window, picture: Window) -> bool:
    """Tell whether something ends, in the frames of the keeper, just where a window ends."""
    for axis in range(2):
        (low, length), (least, extent), across = window.span(axis), picture.span(axis), window.span(1 - axis)
        for edge in (low, low + length):
            if least + _AROUND < edge < least + extent - _AROUND:
                steps = np.mean([_measure_steps(frame, axis, edge, *across) for frame in frames], axis=0)
                at_edge, around = steps[_AROUND - 3 : _AROUND + 3].max(), float(np.median(steps))
                if at_edge > max(_EDGE * around, around + _EDGE_LEVELS):
                    return True
    return False


def _measure_steps(frame: Image, axis: int, edge: float, start: float, length: float) -> NDArray[np.float64]:
    """Return the mean step from each line to the next, on both sides of an edge."""
    lines = frame if axis == 0 else frame.transpose(1, 0, 2)
    middle = round(edge)
    part = lines[int(start) : int(start + length), middle - _AROUND - 1 : middle + _AROUND].astype(np.float64)
    return np.asarray(np.abs(np.diff(part.mean(axis=2), axis=1)).mean(axis=0), np.float64)
