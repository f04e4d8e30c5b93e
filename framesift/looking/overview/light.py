"""Day, night or infra-red, by how bright and how coloured a camera's frames are."""

from collections.abc import Sequence

import cv2
import numpy as np

from framesift.frames.light import Light
from framesift.frames.reader.brightness import GREY
from framesift.looking.overview.sightings import Sighting

_TWO_GROUPS = 0.7
"""A camera's darker frames are its night where their shadows are at most this share of those of the brighter ones."""
_DARK = 40
"""Mean grey level below which a camera that knows one light only stands in the dark."""


def classify_light(sightings: Sequence[Sighting]) -> list[Light | None]:
    """Tell for each frame of one camera what light it was taken by; None where its pixels were not read.

    Without colour it is infra-red (or a camera that has none). The others split into two groups by their shadows (Otsu,
    IEEE Trans. SMC 9, 1979): a camera's exposure makes the night as bright as the day, but it cannot lift the shadows.
    """
    coloured = [s for s in sightings if s.brightness is not None and not _is_grey(s)]
    limit = _find_night_limit([s.shadows for s in coloured if s.shadows is not None])
    return [_classify(sighting, limit) for sighting in sightings]


def _classify(sighting: Sighting, limit: float | None) -> Light | None:
    if sighting.brightness is None or sighting.shadows is None:
        return None
    if _is_grey(sighting):
        return Light.INFRARED
    dark = sighting.brightness < _DARK if limit is None else sighting.shadows <= limit
    return Light.NIGHT if dark else Light.DAY


def _is_grey(sighting: Sighting) -> bool:
    return sighting.colour is not None and sighting.colour <= GREY


def _find_night_limit(shadows: list[float]) -> float | None:
    """Return the grey level up to which shadows are those of the night; None where there is one group only."""
    if not shadows:
        return None
    levels = np.array(shadows)
    limit, _ = cv2.threshold(levels.astype(np.uint8), 0, 255, cv2.THRESH_OTSU)
    dark, bright = levels[levels < limit + 1], levels[levels >= limit + 1]
    if len(dark) and len(bright) and dark.mean() <= _TWO_GROUPS * bright.mean():
        return float(dark.max())
    return None
