"""Which of the last pictures of a stream are not whole: those of a camera that was switched off while it was recording.

Streams have an end nowhere, and decoders fill in what is missing of a picture: it comes smeared, as any other. What
tells it is that its data go on. Behind the data of a whole picture any bytes may follow, and nothing changes; where a
picture is cut, the decoder takes them for a part of it, and each try gives another picture.
"""

import os
import random
import tempfile
import zlib
from itertools import pairwise

import cv2
import numpy as np

from framesift.frames.videos.capture import open_capture
from framesift.frames.videos.endings import ends_early, lacks_rows
from framesift.frames.videos.units import find_units

_TAIL = 2**18
"""Bytes that are decoded first; eight times as many while there is no picture in them."""
_FILLINGS = (
    *(bytes([byte]) for byte in (0xAA, 0x55, 0xFF, 0xCC, 0x33, 0x6D, 0x7F, 0x01)),
    *(bytes(random.Random(seed).choices(range(1, 255), k=1500)) for seed in range(3)),
)
"""What follows a stream in a try. Every coding takes some of it for a part of a picture; none is the beginning of
anything."""
_MOST = 16
"""Pictures from the end that are looked at: none is put further back by the order of decoding."""
_FILLED = 1500
"""Bytes that are filled."""
_PACKET, _SYNC = 188, 0x47
_JPEG_START, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
_TRIED = {"h264", "avc1", "hevc", "hev1", "hvc1"}
"""Codecs, by their four letters, whose slices end by themselves."""
_PARAMETERS = {"H.264": ({7, 8}, 0, 0x1F), "H.265": ({32, 33, 34}, 1, 0x3F)}
"""Types of the units without which nothing of a raw stream can be decoded, and where they stand in the first byte."""


def find_torn(descriptor: int, kind: str, size: int, codec: str, key_frames: bool = False) -> frozenset[int]:
    """Return which pictures of a video are torn, counted from the last one, 0, in the order in which they are shown.

    With `key_frames` only these are counted. Empty for other containers: a part of a picture is
    flagged there, and discarded.
    """
    content = os.pread(descriptor, _TAIL, max(size - _TAIL, 0))
    if kind == "MJPEG":
        return frozenset({0} if content.rfind(_JPEG_START) > content.rfind(_JPEG_END) else ())
    if kind == "TS" and _ends_whole(_find_video_packets(*_read_end(descriptor, kind, size, _TAIL))):
        return frozenset()
    if kind in ("TS", "H.264", "H.265", "MPEG") and codec.lower() in _TRIED:
        return _try(descriptor, kind, size, key_frames)
    torn = (
        kind == "TS"
        or (kind == "WMV" and ends_early(descriptor, kind, size))
        or (kind == "MPEG" and _miss(content) > 0)
        or (kind in ("MPEG", "MPEG video") and lacks_rows(content))
    )
    return frozenset({0} if torn else ())


def _try(descriptor: int, kind: str, size: int, key_frames: bool) -> frozenset[int]:
    """Decode the end of a stream as it is, and with one filling after the other behind it, until something differs."""
    length = _TAIL
    while True:
        content, packet = _read_end(descriptor, kind, size, length)
        start = b"" if length >= size else _read_parameters(descriptor, kind)
        shown = _decode(start + content, kind, key_frames)
        if shown or length >= size:
            tries = (start + content + _fill(content, kind, packet, filling) for filling in _FILLINGS)
            found = (_compare(shown, _decode(each, kind, key_frames)) for each in tries)
            return next(filter(None, found), frozenset())
        length *= 8


def _compare(shown: list[int], others: list[int]) -> frozenset[int]:
    """Return which of the last pictures differ, counted from the last; what follows in `others` is of no interest."""
    last = len(shown) - 1
    places = range(max(last + 1 - _MOST, 0), last + 1)
    return frozenset(last - place for place in places if shown[place] not in others[place : place + 1])


def _decode(content: bytes, kind: str, key_frames: bool) -> list[int]:
    """Return a checksum of each picture."""
    sums = []
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        capture = open_capture(file.fileno(), kind, key_frames)
        while capture.grab():
            if not key_frames or capture.get(cv2.CAP_PROP_FRAME_TYPE) == ord("I"):
                whole, image = capture.retrieve()
                sums.append(zlib.crc32(np.ascontiguousarray(image, np.uint8).data) if whole else 0)
        capture.release()
    return sums


def _fill(content: bytes, kind: str, packet: int, filling: bytes) -> bytes:
    """Return bytes that would go on with the last picture of `content`."""
    if kind == "TS":
        return _fill_packets(content, packet, filling)
    if kind == "MPEG":
        start = _find_piece(content)
        if start is None:
            return b""
        head = b"\0\0\x01" + content[start : start + 1] + (_FILLED + 3).to_bytes(2, "big") + b"\x80\0\0"
        return _repeat(filling, max(_miss(content), 0)) + head + _repeat(filling, _FILLED)
    return _repeat(filling, _FILLED)


def _find_piece(content: bytes) -> int | None:
    """Return where the last piece of the pictures of an MPEG programme begins: the byte that names the stream."""
    return max((at for at in find_units(content) if 0xE0 <= content[at] <= 0xEF), default=None)


def _miss(content: bytes) -> int:
    """Return how many bytes of that piece are missing; less than 0 where something follows."""
    start = _find_piece(content)
    if start is None:
        return 0
    return start + 3 + int.from_bytes(content[start + 1 : start + 3], "big") - len(content)


def _repeat(filling: bytes, length: int) -> bytes:
    return (filling * (length // len(filling) + 1))[:length]


def _read_parameters(descriptor: int, kind: str) -> bytes:
    """Return the first units of a raw stream, up to the first picture."""
    if kind not in _PARAMETERS:
        return b""
    types, shift, mask = _PARAMETERS[kind]
    head = os.pread(descriptor, 4096, 0)
    units = [*find_units(head), len(head) + 3]
    wanted = ((at, end) for at, end in pairwise(units) if head[at] >> shift & mask in types)
    return b"".join(b"\0\0\x01" + head[at : end - 3] for at, end in wanted)


def _read_end(descriptor: int, kind: str, size: int, length: int) -> tuple[bytes, int]:
    """Return the last bytes of a file, of a transport stream whole packets, and the length of a packet.

    On discs each has four bytes before it.
    """
    packet = 1
    if kind == "TS":
        packet = _PACKET if os.pread(descriptor, _PACKET + 1, 0)[::_PACKET] == b"GG" else _PACKET + 4
    end = size // packet * packet
    start = max(end - length // packet * packet, 0)
    return os.pread(descriptor, end - start, start), packet


def _find_video_packets(content: bytes, packet: int) -> list[bytes]:
    """Return the last packets of the pictures, from that on that begins one; none where there is no such."""
    found: list[bytes] = []
    packets = [content[at + packet - _PACKET : at + packet] for at in range(0, len(content), packet)]
    for number in range(len(packets) - 1, -1, -1):
        if _begins_picture(packets[number]):
            stream = _read_stream(packets[number])
            found = [each for each in packets[number:] if _read_stream(each) == stream]
            break
    return found


def _read_stream(packet: bytes) -> int:
    return int.from_bytes(packet[1:3], "big") & 0x1FFF


def _begins_picture(packet: bytes) -> bool:
    start = 4 + (packet[4] + 1 if packet[3] & 0x20 else 0)
    return bool(packet[1] & 0x40) and packet[start : start + 3] == b"\0\0\x01" and packet[start + 3] >> 4 == 0xE


def _ends_whole(packets: list[bytes]) -> bool:
    """Tell whether the last packet of a picture is filled up, as only the end of one has to be."""
    if not packets:
        return True
    if not packets[-1][3] & 0x20:
        return False
    length, flags = packets[-1][4:6]
    return length == 0 or length > 1 + 6 * bool(flags & 0x10) + 6 * bool(flags & 8) or (length == 1 and not flags)


def _fill_packets(content: bytes, packet: int, filling: bytes) -> bytes:
    packets = _find_video_packets(content, packet)
    if not packets:
        return b""
    high, low, counter = packets[-1][1] & 0x1F, packets[-1][2], packets[-1][3]
    return b"".join(
        bytes(packet - _PACKET)
        + bytes([_SYNC, high, low, 0x10 | (counter + number) & 15])
        + _repeat(filling, _PACKET - 4)
        for number in range(1, _FILLED // _PACKET + 1)
    )
