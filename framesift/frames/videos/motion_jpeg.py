"""The frames of Motion JPEG as the pictures that they are, read strictly: FFmpeg fills in what is missing of one."""

import cv2
import numpy as np

from framesift.errors import UnreadableFrame
from framesift.frames.reader import decode_picture

CODECS = {"mjpg", "jpeg", "dmb1", "avi1", "avrn"}
"""By their four letters."""
_END = b"\xff\xd9"
_DAMAGE = "damaged", "truncated", "JPEG without image data"
_ROUNDING_S = 1e-6


class JpegFrames:
    """The frames of a film as they lie in the file, found by their stamps, in order."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture
        self._works = bool(capture.set(cv2.CAP_PROP_FORMAT, -1))
        """Raw data instead of decoded frames."""

    def is_damaged(self, stamp: float, max_pixels: int) -> bool:
        """Tell whether the frame of a stamp, in s, is no whole JPEG; not where it is none, or of a kind not read."""
        while self._works and self._capture.grab():
            found = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if found > stamp + _ROUNDING_S:
                self._works = False
            elif found > stamp - _ROUNDING_S:
                return self._judge(max_pixels)
        return False

    def close(self) -> None:
        """Release what reads."""
        self._capture.release()

    def _judge(self, max_pixels: int) -> bool:
        found, data = self._capture.retrieve()
        content = np.asarray(data, np.uint8).tobytes() if found else b""
        if not content.startswith(b"\xff\xd8"):
            return False
        try:
            decode_picture(content + _END, max_pixels)  # many cameras leave out the end marker
        except UnreadableFrame as error:
            return error.reason.startswith(_DAMAGE)
        return False
