"""One stream from its opening to its end, of whatever kind it is."""

import time
from collections.abc import Callable, Iterator

from framesift.frames.streams.addresses import Address
from framesift.frames.streams.decoding import pace, walk_parts, walk_stream
from framesift.frames.streams.faults import NO_STREAM, Broken, Refused
from framesift.frames.streams.fetching import Answer, Fetcher
from framesift.frames.streams.shots import Capture, Taken, check_picture
from framesift.frames.videos import Sampling

_LISTS = {"application/vnd.apple.mpegurl", "application/x-mpegurl", "audio/mpegurl", "audio/x-mpegurl"}
_FILMS = {"video/mp2t", "video/mpeg", "video/x-flv", "video/x-matroska"}
"""What can go on for ever."""
_UNSAID = {"", "application/octet-stream", "binary/octet-stream"}
"""Of what FFmpeg has to find out what it is."""


def walk_address(address: Address, sampling: Sampling, wait: Callable[[float], object]) -> Iterator[Capture]:
    """Yield the frames that a stream gives from now on. Does not end but by Broken; raises MissingLibrary.

    `wait` is called with seconds until a picture is to be fetched, or a frame of HLS is to be shown.
    """
    how = sampling.key_frames, sampling.max_pixels
    if address.scheme.startswith("rtsp"):
        yield from walk_stream(address.url, *how)
    elif address.path.lower().endswith((".m3u8", ".m3u")):
        yield from pace(walk_stream(address.url, *how), wait)
    else:
        yield from _walk_answer(address, sampling, wait)


def _walk_answer(address: Address, sampling: Sampling, wait: Callable[[float], object]) -> Iterator[Capture]:
    how = sampling.key_frames, sampling.max_pixels
    with Fetcher(address) as fetcher:
        with fetcher.open() as answer:
            kind = answer.kind
            if kind.startswith("multipart/"):
                yield from walk_parts(answer, *how, "mpjpeg")
            elif kind in _FILMS:
                yield from walk_parts(answer, *how)
            elif kind.startswith("video/") or kind in _UNSAID:
                yield from _try_parts(answer, how)
            elif kind.startswith("image/"):
                first = answer.read_whole()
        if kind in _LISTS:
            yield from pace(walk_stream(address.url, *how), wait)
        if not kind.startswith("image/"):
            raise _refuse(kind)
        if not sampling.every:
            raise Refused("is a picture, which is fetched again and again: --every says how often, such as 1s")
        yield from _fetch_again(fetcher, first, sampling.every, wait)


def _try_parts(answer: Answer, how: tuple[bool, int]) -> Iterator[Capture]:
    """Yield the frames of what may be a film without an end. Raises Refused where it is nothing of that kind."""
    has_begun = False
    try:
        for capture in walk_parts(answer, *how):
            has_begun = True
            yield capture
    except Broken as fault:
        if has_begun or fault.reason != NO_STREAM:
            raise
        raise _refuse(answer.kind) from None


def _refuse(kind: str) -> Refused:
    what = kind if kind.isprintable() and len(kind) < 80 else ""
    known = "a stream is multipart/..., HLS, a film without an end, or a picture"
    hint = "of a list of files fetch the files, and name their folder"
    return Refused(f"answers with {what or 'an unknown type'}: {known}; {hint}")


def _fetch_again(fetcher: Fetcher, first: bytes, every: float, wait: Callable[[float], object]) -> Iterator[Capture]:
    """Yield a picture now, and for each period what it is then, if that is another one.

    One that is the same to the byte has not been taken anew: it was asked for sooner than the camera makes the next.
    """
    content, before, due = first, b"", time.monotonic()
    while True:
        check_picture(content)
        if content != before:
            yield Capture(lambda picture=content: Taken(content=picture), chosen=True)  # type: ignore[misc]
        before = content
        due = max(due + every, time.monotonic() + every / 2)  # a camera that is slow is not asked without a pause
        wait(due - time.monotonic())
        content = fetcher.fetch()
