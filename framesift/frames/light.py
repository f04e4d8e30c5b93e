"""By what light a frame was taken."""

from enum import StrEnum


class Light(StrEnum):
    """What a frame was taken by."""

    DAY = "day"
    NIGHT = "night"
    INFRARED = "infrared"
