"""The sizes and formats of frames that are measured, and what the rendered ones show."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """Frames of one size and format."""

    title: str
    size: tuple[int, int]
    """Width and height in px."""
    suffix: str
    bytes_per_frame: int
    """About; to refuse a disk that is too small before it is full."""
    alike: int = 1
    """How many frames in turn show the same, with fresh noise."""
    adaptive: bool = False
    """Of PNG: each row has the filter that suits it, as most programs but OpenCV write them."""


KINDS: Final = {
    "tiny": Kind("PNG 160x120", (160, 120), ".png", 40_000),
    "png480": Kind("PNG 640x480", (640, 480), ".png", 500_000),
    "png1080": Kind("PNG 1920x1080", (1920, 1080), ".png", 3_200_000),
    "adaptive1080": Kind("PNG 1920x1080, adaptive filters", (1920, 1080), ".png", 3_200_000, adaptive=True),
    "jpeg1080": Kind("JPEG 1920x1080", (1920, 1080), ".jpg", 450_000),
    "jpeg2160": Kind("JPEG 3840x2160", (3840, 2160), ".jpg", 1_600_000, alike=4),
}
REAL_KINDS: Final = ("png480", "png1080", "jpeg1080", "jpeg2160")
CAMERAS: Final = ("c10", "c20")
SEED: Final = 5
ACTIVITY: Final = 0.12
"""About the share of frames that show something else than the one before."""
