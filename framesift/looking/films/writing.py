"""Encodes a film with PyAV, picture by picture."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, BinaryIO

import cv2
import numpy as np

from framesift.cluster.parallel import count_cores, map_ordered, open_workers
from framesift.errors import MissingLibrary, pip_install
from framesift.filtering.manifest import Record
from framesift.filtering.selection import Decision
from framesift.frames.naming import Naming
from framesift.looking.films.pace import LEAST_MS
from framesift.looking.films.shots import FilmPlan, Size
from framesift.looking.rereading import read_pixels
from imaging_interview import Image

CODECS = {
    "libx264": {"crf": "23", "preset": "fast"},
    "libvpx-vp9": {"crf": "32", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"},
}
"""Encoders with their options, of which the first that this PyAV has is taken: H.264 plays everywhere, VP9 in browsers.
Quality is constant, and so the size follows what happens."""
_BT709, _LIMITED = 1, 1
"""As H.273 numbers them: what players take for granted for larger pictures, and are told for small ones."""
_KEY_FRAMES = 60
"""Pictures from one that stands alone to the next: so soon can a player jump."""


def require_av() -> Any:
    """Return PyAV. Raises MissingLibrary."""
    try:
        import av
    except ImportError:
        raise MissingLibrary(f"films need PyAV: {pip_install('films')}") from None
    return av


def write_film(
    record: Record,
    plan: FilmPlan,
    file: BinaryIO,
    clock: bool = True,
    jobs: int | None = None,
    follow: Callable[[], object] = lambda: None,
) -> list[tuple[str, str]]:
    """Write a film to `file`, which can be sought in; with `clock` the time of each picture is written into it.

    `follow` is called for each picture. Returns the paths of the frames that are not in it, each with the reason: what
    cannot be read any more has no picture, and the one before is shown on. Raises UsageError as
    `Record.require_source`, OSError.
    """
    av = require_av()
    unread: list[tuple[str, str]] = []
    jobs = jobs or count_cores()

    def draw(shot: tuple[Decision, int]) -> Image | str:
        return _draw(record, shot[0], plan.size, clock)

    with av.open(file, "w", format="mp4") as container, open_workers(None, jobs) as workers:
        stream = _add_stream(av, container, plan.size)
        start, latest, picture = 0, 0, None
        for shot, drawn in zip(plan.shots, map_ordered(workers, draw, plan.shots, 2 * jobs), strict=True):
            follow()
            if isinstance(drawn, str):
                unread.append((shot[0].frame.path, drawn))
            else:
                picture = drawn
                _encode(av, container, stream, picture, start)
                latest = start
            start += shot[1]
        if picture is not None:  # again at the very end: a player knows by it for how long the last one is shown
            _encode(av, container, stream, picture, max(start - LEAST_MS, latest + 1))
        container.mux(stream.encode(None))
    return unread


def _add_stream(av: Any, container: Any, size: Size) -> Any:
    name = next((name for name in CODECS if name in av.codecs_available), None)
    if name is None:
        raise MissingLibrary(f"this PyAV has no encoder for films ({' or '.join(CODECS)}): {pip_install('', 'av')}")
    stream = container.add_stream(name, rate=1000 // LEAST_MS, options=CODECS[name])
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    coded = stream.codec_context
    stream.time_base = coded.time_base = Fraction(1, 1000)
    coded.gop_size = _KEY_FRAMES
    coded.colorspace = coded.color_primaries = coded.color_trc = _BT709
    coded.color_range = _LIMITED
    return stream


def _encode(av: Any, container: Any, stream: Any, picture: Image, ms: int) -> None:
    colours = {"dst_colorspace": "ITU709", "dst_color_range": "MPEG"}
    frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p", **colours)
    frame.pts, frame.time_base = ms, Fraction(1, 1000)
    container.mux(stream.encode(frame))


def _draw(record: Record, decision: Decision, size: Size, clock: bool) -> Image | str:
    """Return a picture of the film, (height, width, 3) BGR uint8, or why there is none."""
    pixels = read_pixels(record, decision.frame.camera, decision.frame.path)
    if isinstance(pixels, str):
        return pixels
    picture = _lay(pixels, size)
    if clock:
        write_clock(picture, _name_moment(decision, record.settings.naming))
    return picture


def _lay(pixels: Image, size: Size) -> Image:
    """Return a picture as large as it fits on a black one of this size; one px more or less is no reason to scale."""
    height, width = pixels.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    if not (0 <= size[0] - width <= 1 and 0 <= size[1] - height <= 1):
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        fitted = min(size[0], max(1, round(width * scale))), min(size[1], max(1, round(height * scale)))
        pixels = np.asarray(cv2.resize(pixels, fitted, interpolation=way), np.uint8)
    laid = np.zeros((size[1], size[0], 3), np.uint8)
    top, left = (size[1] - pixels.shape[0]) // 2, (size[0] - pixels.shape[1]) // 2
    laid[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return laid


def _name_moment(decision: Decision, naming: Naming) -> str:
    time = decision.frame.time
    if time is None:
        return decision.frame.path.rpartition("/")[2]
    return naming.show(time, "%Y-%m-%d %H:%M:%S") + naming.zone_name


def write_clock(picture: Image, text: str) -> None:
    """Write a line at the lower left, white on dark, into a picture, (height, width, 3) BGR uint8."""
    height, width = picture.shape[:2]
    plain = "".join(letter if " " <= letter <= "~" else "?" for letter in text)
    scale = max(0.3, min(width, 1.4 * height) / 1100)
    (across, up), below = cv2.getTextSize(plain, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    if across + 12 > width:
        scale *= (width - 12) / across
        (across, up), below = cv2.getTextSize(plain, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    plate = picture[max(height - up - below - 8, 0) :, : across + 12]
    plate[:] = plate // 4
    place = (6, height - below - 3)
    cv2.putText(picture, plain, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255), 1, cv2.LINE_AA)
