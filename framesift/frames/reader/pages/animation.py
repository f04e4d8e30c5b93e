"""The pictures of an animation as they are seen: each is drawn over what the ones before it have left.

OpenCV's own reader of animations forgets what is to be undone, and a damaged APNG ends the process in it.
"""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.errors import UnreadableFrame
from framesift.frames.reader.decoding import Pixels, check_size
from framesift.frames.reader.pages.parts import After, Part, find_parts, read_canvas

_OF_THREAD = threading.local()


def draw_page(key: Hashable, read: Callable[[], bytes], number: int, max_pixels: int) -> Pixels:
    """Return the picture, counted from 1, of the animation that `read` returns the bytes of.

    Each thread remembers how far it has drawn the one of this `key`: whoever asks in order waits for no picture twice.
    Raises UnreadableFrame.
    """
    player: _Player | None = getattr(_OF_THREAD, "player", None)
    if player is None or player.key != key or player.number >= number:
        player = _OF_THREAD.player = _Player(key, read(), max_pixels)
    return player.go_to(number)


class _Player:
    def __init__(self, key: Hashable, content: bytes, max_pixels: int) -> None:
        self.key, self.number = key, 0
        """The picture drawn last."""
        self._pictures = _draw(content, max_pixels)

    def go_to(self, number: int) -> Pixels:
        """Return a picture; what is wrong with one is told of that alone, whoever was asked for before."""
        while self.number < number - 1:
            self.number += 1
            with suppress(UnreadableFrame):
                next(self._pictures, None)
        self.number = number
        picture = next(self._pictures, None)
        if picture is None:
            raise UnreadableFrame("comes after a picture that is damaged, or is not there")
        return picture.copy()


def _draw(content: bytes, max_pixels: int) -> Iterator[Pixels]:
    """Yield the canvas, (height, width, 3) BGR, as it is with each picture; what is transparent is black."""
    width, height = read_canvas(content)
    check_size(width, height, max_pixels)
    canvas = np.zeros((height, width, 3), np.uint8)
    for part in find_parts(content):
        check_size(*part.size, max_pixels)
        before = canvas.copy() if part.after is After.UNDONE else canvas
        place = _draw_part(canvas, part)
        yield canvas
        if part.after is After.CLEARED:
            canvas[place] = 0
        canvas = before


def _draw_part(canvas: Pixels, part: Part) -> tuple[slice, slice]:
    """Draw a part; return the rows and columns that it covers."""
    image: Any = cv2.imdecode(np.frombuffer(part.picture, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise UnreadableFrame("damaged picture of an animation")
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    rows, columns = slice(part.top, part.top + image.shape[0]), slice(part.left, part.left + image.shape[1])
    room = canvas[rows, columns]
    image = image[: room.shape[0], : room.shape[1]]
    colours, opacity = _split(image)
    if opacity is None:
        room[:] = colours
        return rows, columns
    share = opacity[..., None].astype(np.float32) / 255
    under = room * (1 - share) if part.over else 0
    room[:] = np.rint(colours * share + under).astype(np.uint8)
    return rows, columns


def _split(image: NDArray[Any]) -> tuple[Pixels, NDArray[np.uint8] | None]:
    if image.ndim == 2:
        return cast(Pixels, cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)), None
    return (image[..., :3], image[..., 3]) if image.shape[2] == 4 else (image, None)
