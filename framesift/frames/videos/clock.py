"""The clock of an MPEG transport stream, read here and there: where it goes back, a time is no place in the file."""

import os

_PACKET, _SYNC = 188, 0x47
_PROBES = 256
_PIECE = 2**18
"""Bytes that are read in each place: more than a picture has of a stream of 40 Mbit/s."""
_TICKS = 90_000
"""Of the clock, in a second."""
_SLACK = _TICKS
"""Pictures are stored in another order than they are shown in, but not by so much."""


def goes_back(descriptor: int, size: int, stream: int) -> bool:
    """Tell whether the stamps of a stream, given its number, fall anywhere in a file, as far as a look at it tells."""
    highest = -1
    for probe in range(_PROBES):
        stamp = _find_stamp(os.pread(descriptor, _PIECE, size * probe // _PROBES), stream)
        if stamp is None:
            continue
        if stamp < highest - _SLACK:
            return True
        highest = max(highest, stamp)
    return highest < 0


def _find_stamp(content: bytes, stream: int) -> int | None:
    """Return the first stamp of a picture of the stream; None where there is none."""
    at = content.find(_SYNC)
    while 0 <= at < len(content) - 3 * (_PACKET + 4):
        step = next((each for each in (_PACKET, _PACKET + 4) if content[at : at + 3 * each : each] == b"GGG"), 0)
        if not step:
            at = content.find(_SYNC, at + 1)
            continue
        packet = content[at : at + _PACKET]
        if int.from_bytes(packet[1:3], "big") & 0x5FFF == 0x4000 | stream:
            start = 4 + (packet[4] + 1 if packet[3] & 0x20 else 0)
            head = packet[start : start + 14]
            if head[:3] == b"\0\0\x01" and len(head) == 14 and head[7] & 0x80:
                return (
                    (head[9] >> 1 & 7) << 30
                    | int.from_bytes(head[10:12], "big") >> 1 << 15
                    | (int.from_bytes(head[12:14], "big") >> 1)
                )
        at += step
    return None
