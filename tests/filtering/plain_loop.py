"""The main job as the contract says it, in the plainest way: one frame at a time, nothing clever, nothing shared."""

from collections.abc import Iterable
from pathlib import Path

import cv2


def plain_describe(path: Path, blur: Iterable[int] = (5,), border=(5, 10, 5, 0)):
    grey = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2GRAY)
    for kernel in blur:
        grey = cv2.GaussianBlur(grey, (kernel, kernel), 0)
    height, width = grey.shape
    left, top, right, bottom = (int(p * s / 100) for p, s in zip(border, (width, height) * 2, strict=True))
    grey[:, : left + (border[0] > 0)] = 0
    grey[: top + (border[1] > 0)] = 0
    grey[:, width - right :] = 0
    grey[height - bottom :] = 0
    area = (width - left - (border[0] > 0) - right) * (height - top - (border[1] > 0) - bottom)
    return grey, area


def plain_score(first, second, min_contour_area: float) -> float:
    _, changed = cv2.threshold(cv2.absdiff(first, second), 45, 255, cv2.THRESH_BINARY)
    contours, _ = cv2.findContours(cv2.dilate(changed, None, iterations=2), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return sum(a for a in map(cv2.contourArea, contours) if a >= min_contour_area)


def plain_filter(
    paths: Iterable[Path], area: float, score: float, relative: bool
) -> dict[str, tuple[str, float | None]]:
    """{name: (verdict, score)} of one camera's frames, given in order of time; thresholds in px or percent."""
    decisions, references = {}, {}
    for path in paths:
        grey, compared = plain_describe(path)
        factor = compared / 100 if relative else 1
        reference = references.get(grey.shape)
        value = None if reference is None else plain_score(reference, grey, area * factor)
        keep = value is None or value > score * factor
        if keep:
            references[grey.shape] = grey
        decisions[path.name] = ("keep" if keep else "drop", value)
    return decisions
