"""What stands in a JPEG and is no part of the picture: filler, and numbers that a decoder warns of and does not need.

Cameras fill up to whole words before a marker, pad their headers, and write versions of their own. libjpeg warns of all
this as it warns of damage. Taken out, it leaves warnings of damage only: each restart interval is proved whole.
"""

import re
import struct
from collections.abc import Iterator
from itertools import pairwise

import simplejpeg

from framesift.frames.reader.jpeg_structure import Frame, Segment, find_frame, find_segments

_START_OF_SCAN, _END_OF_IMAGE, _RESTART_INTERVAL = 0xDA, 0xD9, 0xDD
_ALL_AT_ONCE = b"\0\x3f\0"
"""The coefficients of a scan that has them all, to the last bit."""
_JFIF, _ADOBE = 0xE0, 0xEE
_PROFILE = 0xE2
"""Of the colours, which no decoder here applies."""
_OF_APPLICATIONS = {*range(0xE0, 0xF0), 0xFE} - {_ADOBE}
"""Nothing of them is needed; of Adobe's, how the colours are meant."""
_RESTART = re.compile(rb"\xff([\xd0-\xd7])")
_SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_MOST_PADDING = 16
"""Bytes between two segments; a table that was lost leaves more. Behind what an application writes, any number."""
_MOST_NEEDED = 4
"""So many of the last bytes of an interval can look like filler and be none."""
_LEAST_COMMON = 2
"""Intervals that end in the same bytes, which then are filler whatever they are."""
_LONGEST_ROW = 1 << 11
"""Units of 32 px at most: libjpeg takes no more than 65500 px."""
_MANY_SCANS = 100
_MOST_TRIES = 500
"""Of a JPEG of several scans, which has to be decoded as a whole to see where one of them ends."""


def take_out_filler(content: bytes) -> bytes | None:
    """Return the same picture without filler; None where what is too much cannot be told from damage."""
    segments = find_segments(content)
    frame = find_frame(segments)
    if frame is None or segments[-1].marker != _START_OF_SCAN:
        return None
    head = _tidy_head(content, segments, 2, frame.progressive)
    if head is None:
        return None
    head = content[:2] + head
    rest = content[segments[-1].end :]
    end = _SCAN_END.search(rest)
    if end is None:
        return None
    if frame.progressive or rest[end.start() + 1] != _END_OF_IMAGE:
        return _tidy_scans(head, rest, frame.progressive)
    tidied = _tidy_scan(rest[: end.start()], find_segments(head), frame)
    return None if tidied is None else head + tidied + rest[end.start() :]


def _tidy_head(content: bytes, segments: list[Segment], start: int, progressive: bool) -> bytes | None:
    """Return the segments from `start` on with nothing between them, and with what libjpeg expects in them."""
    parts, last = [], start
    for before, part in pairwise([Segment(0, b"", start), *segments]):
        at = part.end - len(part.body) - 4
        junk = content[last:at]
        if junk.strip(b"\xff") and before.marker not in _OF_APPLICATIONS and not _is_padding(junk):
            return None
        last = part.end
        if part.marker != _PROFILE:
            parts += [content[at : at + 4], _tidy_body(part, progressive)]
    return b"".join(parts)


def _is_padding(junk: bytes) -> bool:
    return len(junk) <= _MOST_PADDING and not junk.strip(b"\0\xff")


def _tidy_body(part: Segment, progressive: bool) -> bytes:
    body = part.body
    if part.marker == _START_OF_SCAN and not progressive and len(body) > 3:
        return body[:-3] + _ALL_AT_ONCE
    if part.marker == _JFIF and body.startswith(b"JFIF\0") and len(body) > 5:
        return body[:5] + b"\x01" + body[6:]
    if part.marker == _ADOBE and body.startswith(b"Adobe") and len(body) == 12 and body[11] > 2:
        return body[:11] + b"\x01"  # what libjpeg takes a number for that it does not know
    return body


def _tidy_scan(scan: bytes, segments: list[Segment], frame: Frame) -> bytes | None:
    """Return the one scan of a JPEG that is not progressive, each of its restart intervals ending where its data ends.

    None where an interval is not there, is not whole, or has more behind it than filler.
    """
    intervals, order = _split(scan)
    if order != [0xD0 + number % 8 for number in range(len(order))]:
        return None
    probe = _Probe(segments, frame)
    if len(intervals) != probe.count:
        return None
    common = _find_common([interval for interval in intervals if _strip(interval) == interval])
    parts = []
    for number, interval in enumerate(intervals):
        ends = _possible_ends(interval, common)
        whole = next((interval[:at] for at in ends if probe.is_whole(interval[:at], number)), None)
        if whole is None:
            return None
        parts.append(whole)
    return _join(parts, order)


def _split(scan: bytes) -> tuple[list[bytes], list[int]]:
    """Return the intervals of a scan, and the markers between them."""
    pieces = _RESTART.split(scan)
    return pieces[::2], [marker[0] for marker in pieces[1::2]]


def _join(intervals: list[bytes], order: list[int]) -> bytes:
    return intervals[0] + b"".join(bytes([0xFF, m]) + part for m, part in zip(order, intervals[1:], strict=True))


def _possible_ends(interval: bytes, common: bytes) -> Iterator[int]:
    """Yield where the data of an interval may end: before the filler, or, where that is data, somewhat later."""
    least = len(_strip(interval))
    if least < len(interval):
        yield from range(least, min(least + _MOST_NEEDED, len(interval)) + 1)
        return
    yield from range(len(interval) - len(common), len(interval) + 1)


def _strip(data: bytes) -> bytes:
    """Return the data less the filler at its end. A NUL behind FF belongs to it."""
    bare = data.rstrip(b"\xff").rstrip(b"\0")
    if bare.endswith(b"\xff"):
        bare += b"\0"
    return bare


def _find_common(intervals: list[bytes]) -> bytes:
    """Return the bytes that all intervals end in; none where they are too few."""
    if len(intervals) < _LEAST_COMMON:
        return b""
    shortest = min(intervals, key=len)
    lengths = range(min(len(shortest), _MOST_PADDING), 0, -1)
    ends = (shortest[-length:] for length in lengths)
    return next((end for end in ends if all(interval.endswith(end) for interval in intervals)), b"")


class _Probe:
    """Has libjpeg decode one restart interval of a scan, as a picture of its own."""

    def __init__(self, segments: list[Segment], frame: Frame) -> None:
        header = next(part for part in segments if part.marker == frame.marker)
        sides = [(part >> 4, part & 15) for part in header.body[7 : 6 + 3 * header.body[5] : 3]]
        several = len(sides) > 1
        self._width = 8 * (max(width for width, _ in sides) if several else 1)
        self._height = 8 * (max(height for _, height in sides) if several else 1)
        self._units = max(1, -(-frame.width // self._width) * -(-frame.height // self._height))
        length = next((_read_interval(part) for part in segments if part.marker == _RESTART_INTERVAL), 0)
        self._interval = length or self._units
        self.count = -(-self._units // self._interval)
        """Of the intervals that there have to be."""
        self._before, self._body, self._after = _cut_head(segments, frame)

    def is_whole(self, data: bytes, number: int) -> bool:
        """Tell whether the data of an interval are all that it needs, and no more."""
        units = min(self._interval, self._units - number * self._interval)
        rows = next((rows for rows in range(1, units + 1) if units % rows == 0 and units // rows < _LONGEST_ROW), 1)
        # Twice: only before a marker does libjpeg look for what is too much.
        size = struct.pack(">HH", 2 * self._height * rows, self._width * units // rows)
        body = self._body[:1] + size + self._body[5:]
        restart = struct.pack(">BBHH", 0xFF, _RESTART_INTERVAL, 4, units)
        twice = data + b"\xff\xd0" + data + b"\xff\xd9"
        try:
            simplejpeg.decode_jpeg(
                self._before + body + restart + self._after + twice, "GRAY", min_width=1, min_height=1
            )
        except ValueError:
            return False
        return True


def _read_interval(part: Segment) -> int:
    return int.from_bytes(part.body[:2], "big")


def _cut_head(segments: list[Segment], frame: Frame) -> tuple[bytes, bytes, bytes]:
    """Return what a decoder needs: all before the body of the frame header, that body, and all behind it."""
    before, after, body = b"\xff\xd8", b"", b""
    for part in segments:
        head = bytes([0xFF, part.marker]) + struct.pack(">H", len(part.body) + 2)
        if part.marker == frame.marker:
            before, body = before + head, part.body
        elif part.marker not in _OF_APPLICATIONS and part.marker != _RESTART_INTERVAL:
            before, after = (before, after + head + part.body) if body else (before + head + part.body, after)
    return before, body, after


def _tidy_scans(done: bytes, rest: bytes, progressive: bool) -> bytes | None:
    """Return a JPEG of several scans, `done` up to its first, without filler; None where data are missing."""
    tries = iter(range(_MOST_TRIES))
    for _ in range(_MANY_SCANS):
        end = _SCAN_END.search(rest)
        if end is None:
            return None
        intervals, order = _split(rest[: end.start()])
        for number, interval in enumerate(intervals):
            whole = interval
            if len(_strip(interval)) < len(interval):
                for at in _possible_ends(interval, b""):
                    if next(tries, None) is None:
                        return None
                    whole = interval[:at]
                    tried = [*intervals[:number], whole, *intervals[number + 1 :]]
                    if not _breaks_off(done + _join(tried, order) + rest[end.start() :]):
                        break
            intervals[number] = whole
        done += _join(intervals, order)
        segments = find_segments(rest, end.start())
        if not segments or segments[-1].marker != _START_OF_SCAN:
            return done + rest[end.start() :]
        head = _tidy_head(rest, segments, end.start(), progressive)
        if head is None:
            return None
        done, rest = done + head, rest[segments[-1].end :]
    return None


def _breaks_off(content: bytes) -> bool:
    """Tell whether the first thing that libjpeg warns of is that data are missing."""
    try:
        simplejpeg.decode_jpeg(content, "GRAY", min_width=1, min_height=1)
    except ValueError as error:
        return "extraneous" not in str(error)
    return False
