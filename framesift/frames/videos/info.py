"""What the header of a video says of it."""

from dataclasses import dataclass

import cv2

from framesift.errors import PathLike, UnreadableFrame


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What the header of a video says."""

    duration_s: float
    width: int
    height: int
    """px, turned as the video says."""
    frame_rate: float
    """Frames a second on average; 0 where it is not known."""
    frames: int
    """Some formats only tell the duration: the number is reckoned from it."""


def read_info(capture: cv2.VideoCapture) -> VideoInfo:
    """Return what an open capture knows from the header; 0 for what cannot be true."""
    rate, frames = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    rate = rate if 0 < rate < 100_000 else 0.0
    frames = frames if 0 < frames < 1e12 else 0.0
    width, height = (int(capture.get(key)) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    return VideoInfo(frames / rate if rate else 0.0, width, height, rate, int(frames))


def check_pixels(info: VideoInfo, most: int, path: PathLike) -> None:
    """Raise UnreadableFrame for a video without a size, or with more than `most` px in a frame."""
    if info.width <= 0 or info.height <= 0:
        raise UnreadableFrame(f"bad size ({info.width}x{info.height})", path)
    if info.width * info.height > most:
        raise UnreadableFrame(f"too many pixels ({info.width}x{info.height})", path)
