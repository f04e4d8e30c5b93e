"""Named sets of settings, each for a kind of place. What each is good for, with figures: docs/settings.md."""

from collections.abc import Mapping
from typing import Any

from framesift.filtering.config import lay_over
from framesift.filtering.option_values import Preset
from framesift.filtering.options import OPTIONS

PRESETS: dict[Preset, Mapping[str, Any]] = {
    # Sun, clouds, lamps and wet ground change all day, cars and persons come and go.
    Preset.CAR_PARK: {"method": "tolerance"},
    # There is always a car somewhere: what is far away, and fills less than half a percent, does not count.
    Preset.ROAD: {"method": "tolerance", "min_contour_area": "0.5%", "score_threshold": "0.5%"},
    # As a car park; and of days on which nothing changes one frame, for the record.
    Preset.SITE: {"method": "tolerance", "at_least": "1/day"},
    # What comes is small and rare, in leaves that move and in infra-red.
    Preset.WILDLIFE: {"method": "tolerance", "thorough": True},
    # Lamps change and the sun does not: what is small can be asked for.
    Preset.INDOOR: {"method": "tolerance", "thorough": True},
}


def expand_preset(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with those of their preset below them, where they name one. Raises UsageError."""
    preset = OPTIONS["preset"].value(values.get("preset"))
    rest = {name: value for name, value in values.items() if name != "preset"}
    return rest if preset is None else lay_over(PRESETS[preset], rest)
