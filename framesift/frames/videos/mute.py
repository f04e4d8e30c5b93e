"""Whether a video has one track of pictures and nothing beside it: no sound, no subtitles, no data.

Told from what its container says of its tracks, and only where all of them are understood. Where in doubt, a video may
have more.
"""

import re
from collections.abc import Iterator

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.videos.formats import RAW
from framesift.frames.videos.sound import read_container

_MP4_HANDLER = re.compile(rb"hdlr.{8}(.{4})", re.DOTALL)
_MP4_NO_TRACKS = {b"alis", b"url ", b"mdir", b"mdta"}
"""Handlers of where the data of a track are, and of what is said about the film."""
_AVI_STREAM = re.compile(rb"strh.{4}(.{4})", re.DOTALL)
_AVI_FRAMES = re.compile(rb"LIST.{4}movi", re.DOTALL)
_SEGMENT, _TRACKS, _TRACK, _TRACK_TYPE = 0x18538067, 0x1654AE6B, 0xAE, 0x83
_CHECKSUM, _FILLING = 0xBF, 0xEC


def is_mute(path: PathLike) -> bool:
    """Tell whether it is certain that a video has nothing but one track of pictures; False for what cannot be read."""
    try:
        kind, head, moov = read_container(path)
    except (OSError, UnreadableFrame):
        return False
    if kind == "MP4":
        return _is_mute_mp4(moov)
    if kind == "AVI":
        frames = _AVI_FRAMES.search(head)
        return frames is not None and _AVI_STREAM.findall(head[: frames.start()]) == [b"vids"]
    return kind in RAW or (kind == "Matroska" and _read_matroska_tracks(head) == [b"\x01"])


def _is_mute_mp4(moov: bytes) -> bool:
    length = int.from_bytes(moov[:4], "big")
    if length not in (len(moov), 1):  # of a longer header only a part was read
        return False
    handlers = [handler for handler in _MP4_HANDLER.findall(moov) if handler not in _MP4_NO_TRACKS]
    return moov.count(b"trak") == 1 and handlers == [b"vide"]


def _read_matroska_tracks(head: bytes) -> list[bytes]:
    """Return the types of the tracks of a Matroska file; none where they do not stand at its beginning."""
    for kind, start, end in _walk_elements(head, 0, len(head)):
        if kind == _SEGMENT:
            for inner, begin, stop in _walk_elements(head, start, min(end, len(head))):
                if inner == _TRACKS and stop <= len(head):
                    tracks = _walk_elements(head, begin, stop)
                    return [_find_type(head, *track) for track in tracks if track[0] not in (_CHECKSUM, _FILLING)]
    return []


def _find_type(head: bytes, kind: int, start: int, end: int) -> bytes:
    types = [head[begin:stop] for inner, begin, stop in _walk_elements(head, start, end) if inner == _TRACK_TYPE]
    return types[0].lstrip(b"\0") if kind == _TRACK and len(types) == 1 else b""


def _walk_elements(head: bytes, position: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the id of each EBML element in a range, and where its content begins and ends."""
    while position + 2 <= end:
        width = 9 - head[position].bit_length()
        kind, position = int.from_bytes(head[position : position + width], "big"), position + width
        width = 9 - head[position].bit_length() if position < len(head) else 9
        if width > 8:
            return
        size = int.from_bytes(head[position : position + width], "big") & ~(1 << 7 * width)
        position += width
        unknown = size == (1 << 7 * width) - 1
        yield kind, position, end if unknown else position + size
        position = end if unknown else position + size
