"""Captures of OpenCV's FFmpeg: what they are to do they are told by the environment alone, while they are opened.

FFmpeg gets the demuxer that the beginning of the file asks for, and no other: it would also follow play lists to other
files. What a file that ends too early has of its last picture is discarded, for decoders fill in what is missing.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_ATTEMPTS = "OPENCV_FFMPEG_READ_ATTEMPTS"
"""Packets of sound that may lie between two pictures; OpenCV's own 4096 are 90 seconds, and then the film is over."""
_LOGGING = "OPENCV_FFMPEG_LOGLEVEL"
_QUIET = "-8"
"""FFmpeg would write lines of its own about each damaged picture."""
DEMUXERS = {
    "AVI": "avi",
    "DAV": "dhav",
    "FLV": "flv",
    "H.264": "h264",
    "H.265": "hevc",
    "MJPEG": "mjpeg",
    "MP4": "mov",
    "MPEG": "mpeg",
    "MPEG video": "mpegvideo",
    "Matroska": "matroska",
    "Ogg": "ogg",
    "TS": "mpegts",
    "WMV": "asf",
}
"""What FFmpeg calls the formats that `sniff_video` names."""
_PATIENCE = "analyzeduration;86400000000|probesize;2000000000"
"""Microseconds and bytes in which the first picture is looked for."""
_LOCK = threading.Lock()
"""The environment belongs to the whole process. OpenCV opens one capture after the other anyway."""


def open_capture(
    descriptor: int, kind: str, key_frames: bool = False, frame_rate: float | None = None
) -> cv2.VideoCapture:
    """Return a capture of an open file of a kind that `sniff_video` names; it is not opened where FFmpeg refuses it.

    With `key_frames` nothing else is decoded, where the codec can do that. A stream without stamps has `frame_rate`.
    Where FFmpeg has not met a picture in the first seconds, all is read until there is one.
    """
    capture = _open(descriptor, kind, key_frames, frame_rate)
    if capture.isOpened() and not capture.get(cv2.CAP_PROP_FRAME_WIDTH):
        capture.release()
        capture = _open(descriptor, kind, key_frames, frame_rate, _PATIENCE)
    return capture


def _open(descriptor: int, kind: str, key_frames: bool, frame_rate: float | None, *more: str) -> cv2.VideoCapture:
    options = [f"input_format;{DEMUXERS[kind]}", "fflags;+discardcorrupt", *more]
    if key_frames:
        options.append("avdiscard;nonkey")
    if frame_rate:
        options.append(f"framerate;{frame_rate:.6f}")
    with _LOCK, _environment("|".join(options)):
        return cv2.VideoCapture(f"/dev/fd/{descriptor}", cv2.CAP_FFMPEG)


@contextmanager
def _environment(options: str) -> Iterator[None]:
    """Add options to those that are there, and leave the environment as it was."""
    os.environ.setdefault(_ATTEMPTS, str(2**31))
    os.environ.setdefault(_LOGGING, _QUIET)
    before = os.environ.get(_OPTIONS)
    os.environ[_OPTIONS] = f"{before}|{options}" if before else options
    try:
        yield
    finally:
        if before is None:
            del os.environ[_OPTIONS]
        else:
            os.environ[_OPTIONS] = before
