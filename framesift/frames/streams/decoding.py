"""Frames out of a stream, with FFmpeg by PyAV, which is imported when it is needed.

PyAV and not OpenCV, whose FFmpeg it is as well: it tells a wrong password from a camera that is away, waits for each
stream as long as it is told, and gives JPEGs as they were sent.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from framesift.errors import MissingLibrary, pip_install
from framesift.frames.streams.faults import NO_STREAM, SILENCE, SILENT, Broken, Refused, explain_status
from framesift.frames.streams.fetching import MOST_BYTES, Answer
from framesift.frames.streams.shots import Capture, Taken, check_picture

_OVER_RTSP = {"rtsp_transport": "tcp", "allowed_media_types": "video"}
_OVER_HTTP = {"allowed_extensions": "ALL", "user_agent": "framesift"}
_USUAL = {
    "analyzeduration": "1000000",  # µs: what is read to find out what a stream is comes late
    "fpsprobesize": "0",
    "protocol_whitelist": "rtsp,rtp,tcp,tls,http,https,httpproxy,crypto",  # a list of a server names no file of ours
}
_PACE = 10.0
"""Seconds that a frame is waited for at most until it is its turn."""


def walk_stream(url: str, key_frames: bool, max_pixels: int) -> Iterator[Capture]:
    """Yield the frames of rtsp:// or HLS as they come. Raises Broken at the end, MissingLibrary."""
    options = _USUAL | (_OVER_RTSP if url.lower().startswith("rtsp") else _OVER_HTTP)
    yield from _walk(url, None, options, key_frames, max_pixels)


def walk_parts(answer: Answer, key_frames: bool, max_pixels: int, form: str | None = None) -> Iterator[Capture]:
    """Yield the frames of a body that never ends: JPEGs one after the other (`form` is mpjpeg), or a film."""
    for capture in _walk(answer, form, _USUAL, key_frames, max_pixels):
        answer.renew()
        yield capture


def pace(captures: Iterator[Capture], wait: Any = time.sleep) -> Iterator[Capture]:
    """Yield frames when it is their turn: those of HLS come many at once, in files of some seconds."""
    ahead: float | None = None
    for capture in captures:
        if capture.seconds is not None:
            now = time.monotonic()
            if ahead is None or not -_PACE < capture.seconds - ahead - now < _PACE:
                ahead = capture.seconds - now
            wait(max(capture.seconds - ahead - now, 0.0))
        yield capture


def _walk(
    place: Any, form: str | None, options: dict[str, str], key_frames: bool, max_pixels: int
) -> Iterator[Capture]:
    try:
        import av
    except ImportError:
        raise MissingLibrary(f"streams need PyAV: {pip_install('streams')}") from None
    has_login = isinstance(place, str) and "@" in place.split("/")[2]
    with (
        _explained(has_login),
        av.open(place, format=form, options=options, timeout=(SILENCE, SILENCE)) as container,
    ):
        # The fragments of an MP4 that goes on say how long they are, and FFmpeg takes that for the whole.
        is_endless = isinstance(place, Answer) and place.is_endless and "mp4" in container.format.name
        yield from _walk_packets(container, key_frames, max_pixels, is_endless)


@contextmanager
def _explained(has_login: bool = False) -> Iterator[None]:
    """Turn what PyAV raises into Broken or Refused: its texts may hold the URL."""
    import av

    try:
        yield
    except av.FFmpegError as error:
        raise explain_error(error, has_login) from None
    except (ValueError, RuntimeError):  # of frames that it cannot convert
        raise Broken("sends frames that cannot be read") from None


def _walk_packets(container: Any, key_frames: bool, max_pixels: int, is_endless: bool) -> Iterator[Capture]:
    if not container.streams.video:
        raise Refused("carries no pictures")
    if (container.duration or 0) > 0 and not is_endless:
        raise Refused("is a film with an end, not a stream: fetch it, and filter the folder that it is in")
    stream = container.streams.video[0]
    if key_frames:
        stream.codec_context.skip_frame = "NONKEY"
    last = time.monotonic()
    for packet in container.demux():
        if time.monotonic() - last > SILENCE:  # sound may go on, and FFmpeg give in the end what it has held back
            raise Broken(SILENT)
        if packet.stream.index == stream.index:
            for capture in _open_packet(packet, stream.codec_context.name, max_pixels):
                yield capture
                last = time.monotonic()
    raise Broken("the stream ended")


def _open_packet(packet: Any, codec: str, max_pixels: int) -> Iterator[Capture]:
    """Yield the frames that a packet brings: a JPEG as it was sent, or what is decoded."""
    import av

    if codec == "mjpeg":
        if 0 < packet.size <= MOST_BYTES:
            yield Capture(partial(_copy, packet), _seconds_of(packet))
        return
    try:
        frames = packet.decode()
    except av.error.InvalidDataError:  # of a packet that was lost; the next key frame mends it
        return
    for frame in frames:
        if not frame.is_corrupt:
            yield Capture(partial(_convert, frame, max_pixels), _seconds_of(frame))


def _seconds_of(item: Any) -> float | None:
    return None if item.pts is None or item.time_base is None else float(item.pts * item.time_base)


def _copy(packet: Any) -> Taken:
    content = bytes(packet)
    check_picture(content)
    return Taken(content=content)


def _convert(frame: Any, max_pixels: int) -> Taken:
    if frame.width * frame.height > max_pixels:
        raise Broken(f"its frames of {frame.width}x{frame.height} px are more than --max-pixels {max_pixels}")
    with _explained():
        return Taken(frame.to_ndarray(format="bgr24"))


def explain_error(error: Any, has_login: bool) -> Broken:
    """Return what an error of FFmpeg means, in words without its URL."""
    import av

    kinds = {
        av.error.HTTPUnauthorizedError: 401,
        av.error.HTTPForbiddenError: 403,
        av.error.HTTPNotFoundError: 404,
    }
    if status := kinds.get(type(error)):
        return explain_status(status, has_login)
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return Broken(SILENT)
    if isinstance(error, av.error.ProtocolNotFoundError):
        return Refused("this FFmpeg cannot ask in this way")
    if isinstance(error, OSError) and error.errno and 0 < error.errno < 200:
        return Broken(f"cannot be reached: {os.strerror(error.errno).lower()}")
    return Broken(NO_STREAM)
