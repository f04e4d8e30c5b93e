"""Ways of choosing frames: framesift's own, and the simple ones that need nothing but OpenCV.

A method describes each frame once; each of its settings then chooses from all descriptors of a camera, in order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.comparators.thresholds import Threshold
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.describing import read_frame
from framesift.filtering.option_values import Method
from framesift.filtering.options import DEFAULT_THRESHOLDS, THOROUGH_THRESHOLDS
from framesift.filtering.selection import Observation, Rule, Verdict, select_frames
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame

Chosen = list[int]
"""Indices of the kept frames."""
WIDTH: Final = 320
"""px: SSIM and MOG2 look at frames of at most this width, which spares them noise and time."""


@dataclass(frozen=True)
class Shot:
    """A frame while it is described."""

    path: Path

    @cached_property
    def image(self) -> NDArray[np.uint8]:
        """(height, width, 3) BGR. Raises ValueError for what is not a picture."""
        image = cv2.imread(str(self.path))
        if image is None:
            raise ValueError(f"{self.path} is not a picture")
        return np.asarray(image, np.uint8)

    @cached_property
    def small(self) -> NDArray[np.uint8]:
        """The grey picture, at most `WIDTH` wide."""
        grey = cv2.cvtColor(self.image, cv2.COLOR_BGR2GRAY)
        height, width = grey.shape
        if width > WIDTH:
            grey = cv2.resize(grey, (WIDTH, max(1, round(height * WIDTH / width))), interpolation=cv2.INTER_AREA)
        return np.asarray(grey, np.uint8)


@dataclass(frozen=True)
class Setting:
    """One way of using a method."""

    text: str
    choose: Callable[[Sequence[Any]], Chosen]
    """Of the descriptors of one camera in order."""


@dataclass(frozen=True)
class Contender:
    """A method with its settings."""

    name: str
    describe: Callable[[Shot], Any]
    settings: tuple[Setting, ...]
    """Of framesift's methods the first is the default."""
    ours: bool = False
    distance: Callable[[Any, Any], float] | None = None
    """Of two descriptors, growing with change; None where a method needs more than two frames."""


def choose_all(paths: Iterable[Path], contenders: Sequence[Contender]) -> Iterator[tuple[Contender, Setting, Chosen]]:
    """What every setting keeps of one camera's frames; each frame is read once.

    The descriptors of all frames of the camera are held in memory: about 2 bytes for each px.
    """
    described: dict[Callable[[Shot], Any], list[Any]] = {contender.describe: [] for contender in contenders}
    for path in paths:
        shot = Shot(path)
        for describe, descriptors in described.items():
            descriptors.append(describe(shot))
    for contender in contenders:
        for setting in contender.settings:
            yield contender, setting, setting.choose(described[contender.describe])


def keep_new(descriptors: Sequence[Any], is_new: Callable[[Any, Any], bool]) -> Chosen:
    """Against the last kept frame."""
    kept = [0]
    for index in range(1, len(descriptors)):
        if is_new(descriptors[kept[-1]], descriptors[index]):
            kept.append(index)
    return kept


def framesift(name: str, method: Method, thresholds: Iterable[tuple[str, str]]) -> Contender:
    """A method of framesift: frames read, described and selected by its own functions."""
    usual = Settings(method=method)
    pairs = list(thresholds)
    settings = tuple(Setting(f"{area} {score}", _select(usual, area, score)) for area, score in pairs)
    return Contender(name, observe_by(method), settings, ours=True, distance=_score(usual, *pairs[0]))


@cache
def observe_by(method: Method) -> Callable[[Shot], Observation[Any]]:
    """What framesift sees of a frame: read and described as in a run with the default settings."""
    usual = Settings(method=method)
    comparator = comparator_of(usual, "")

    def observe(shot: Shot) -> Observation[Any]:
        picture = read_frame(str(shot.path), usual)
        descriptor = comparator.describe(picture.pixels)
        return Observation(Frame(str(shot.path), "", None), picture.size, descriptor, picture.size)

    return observe


def see_small(shot: Shot) -> NDArray[np.uint8]:
    """The small grey picture."""
    return shot.small


def _select(usual: Settings, area: str, score: str) -> Callable[[Sequence[Observation[Any]]], Chosen]:
    limit = Threshold.parse(score)
    comparator = comparator_of(_thresholds_of(usual, area, score), "")

    def choose(observations: Sequence[Observation[Any]]) -> Chosen:
        rule = Rule(comparator.score, lambda descriptor: limit.px(comparator.compared_area(descriptor)))
        decided = select_frames(observations, rule, {})
        return [index for index, (_, decision) in enumerate(decided) if decision.verdict is Verdict.KEEP]

    return choose


def _thresholds_of(usual: Settings, area: str, score: str) -> Settings:
    return replace(usual, min_contour_area=Threshold.parse(area), score_threshold=Threshold.parse(score))


def _score(usual: Settings, area: str, score: str) -> Callable[[Observation[Any], Observation[Any]], float]:
    comparator = comparator_of(_thresholds_of(usual, area, score), "")

    def measure(one: Observation[Any], other: Observation[Any]) -> float:
        if one.size != other.size:
            return float("inf")
        before: Any = one.descriptor
        after: Any = other.descriptor
        # A share of the compared area, so that one threshold means the same for cameras of all sizes.
        return float(comparator.score(before, after) / comparator.compared_area(after))

    return measure


def consecutive() -> Contender:
    """Frame differencing against the frame before, kept or not, as motion detectors do it."""
    comparator = comparator_of(Settings(), "")

    def choose_by(limit: Threshold) -> Callable[[Sequence[Observation[Any]]], Chosen]:
        def choose(observations: Sequence[Observation[Any]]) -> Chosen:
            found: list[Any] = [seen.descriptor for seen in observations]
            return [0, *(i for i in range(1, len(found)) if differ(found[i - 1], found[i], limit))]

        return choose

    def differ(before: NDArray[np.uint8], after: NDArray[np.uint8], limit: Threshold) -> bool:
        if before.shape != after.shape:
            return True
        return comparator.score(before, after) > limit.px(comparator.compared_area(after))

    shares = ("0.05%", "0.2%", "0.75%", "2%")
    settings = tuple(Setting(share, choose_by(Threshold.parse(share))) for share in shares)
    return Contender("consecutive frames", observe_by(Method.FRAMEDIFF), settings)


def uniform() -> Contender:
    """So many of so many frames, evenly, whatever they show."""

    def choose_by(part: int, whole: int) -> Callable[[Sequence[Any]], Chosen]:
        return lambda frames: [i for i in range(len(frames)) if i * part // whole != (i - 1) * part // whole]

    shares = ((19, 20), (9, 10), (4, 5), (1, 2), (1, 3), (1, 5))
    settings = tuple(Setting(f"{part} of {whole}", choose_by(part, whole)) for part, whole in shares)
    return Contender("uniform sampling", lambda shot: None, settings)


def histogram() -> Contender:
    """The correlation of colour histograms of 8x8x8 bins with the last kept frame's."""

    def describe(shot: Shot) -> NDArray[np.float32]:
        return np.asarray(cv2.calcHist([shot.image], [0, 1, 2], None, [8, 8, 8], [0, 256] * 3), np.float32)

    def choose_by(limit: float) -> Callable[[Sequence[Any]], Chosen]:
        return lambda found: keep_new(found, lambda a, b: cv2.compareHist(a, b, cv2.HISTCMP_CORREL) < limit)

    limits = (0.99995, 0.9998, 0.9995, 0.998, 0.99, 0.97, 0.9)
    settings = tuple(Setting(f"< {limit}", choose_by(limit)) for limit in limits)
    distance: Callable[[Any, Any], float] = lambda a, b: 1 - cv2.compareHist(a, b, cv2.HISTCMP_CORREL)  # noqa: E731
    return Contender("histogram", describe, settings, distance=distance)


def mog2() -> Contender:
    """Background subtraction: a frame is kept where so much of it is foreground (shadows are not)."""

    def choose_by(share: float) -> Callable[[Sequence[NDArray[np.uint8]]], Chosen]:
        def choose(pictures: Sequence[NDArray[np.uint8]]) -> Chosen:
            subtractor = cv2.createBackgroundSubtractorMOG2()
            masks = [np.asarray(subtractor.apply(picture)) for picture in pictures]
            shares = [measure_foreground(mask) for mask in masks]
            return [0, *(i for i in range(1, len(shares)) if shares[i] > share)]

        return choose

    shares = (0.0001, 0.0003, 0.001, 0.003, 0.0075, 0.02, 0.05)
    settings = tuple(Setting(f"> {100 * share:g}%", choose_by(share)) for share in shares)
    return Contender("MOG2", see_small, settings)


def measure_foreground(mask: NDArray[Any]) -> float:
    """The share of a picture that is foreground (255), without what is a grain."""
    opened = cv2.morphologyEx((mask == 255).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return float(np.count_nonzero(opened)) / mask.size


def own_contenders() -> list[Contender]:
    """framesift's methods, then the simple ones."""
    framediff = (DEFAULT_THRESHOLDS[Method.FRAMEDIFF], ("0.02%", "0.02%"), ("0.1%", "1.5%"), ("0.5%", "3%"))
    tolerance = (DEFAULT_THRESHOLDS[Method.TOLERANCE], ("0.3%", "0.3%"), ("1.5%", "1.5%"), ("3%", "3%"))
    return [
        framesift("framesift framediff", Method.FRAMEDIFF, framediff),
        framesift("framesift tolerance", Method.TOLERANCE, tolerance),
        framesift("framesift thorough", Method.TOLERANCE, (THOROUGH_THRESHOLDS,)),
        consecutive(),
        uniform(),
        histogram(),
        mog2(),
    ]
