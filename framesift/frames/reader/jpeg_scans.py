"""Whether the data of each scan of a JPEG are all that it needs and no more, whatever the sampling.

libjpeg only warns of damage, and simplejpeg, which raises its warnings, takes no sampling that it has no name for. What
makes a sampling unusual is how many blocks of which colour follow each other where a scan has several: there the codes
are followed here, without a picture being made of them (ITU-T T.81, annex F). A scan of one colour has the blocks of a
grey picture, and libjpeg reads it as one.
"""

import re
import struct
from dataclasses import dataclass, field
from math import prod

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from framesift.errors import UnreadableFrame
from framesift.frames.reader.jpeg_data import HOLE, Scan, ends_in_hole, find_scans
from framesift.frames.reader.jpeg_filler import take_out_filler
from framesift.frames.reader.jpeg_structure import Frame, find_segments

_BASELINE, _PROGRESSIVE = 0xC1, 0xC2
_RESTART = re.compile(rb"\xff+([\xd0-\xd7])")
_MOST_FILLER = 16
"""Bytes of NUL and FF between the data of an interval and the marker behind it."""
_MOST_BLOCKS = 10
"""Of a unit that is repeated, in T.81."""
_PIECE, _MARGIN = 1 << 15, 1 << 12
"""Bytes that are looked up at once, and more than the longest unit has."""
_END_OF_BLOCK, _BAD = 100, 200
"""What the number of coefficients grows by, so that it tells afterwards how a block has ended."""
_FLAT = b"\xff\xdb" + struct.pack(">HB", 67, 0) + b"\1" * 64
"""A table of quantization."""
_ONE_CODE = b"\xff\xc4" + struct.pack(">HB", 20, 0) + b"\1" + bytes(15) + b"\0"
"""A Huffman table in which a bit of 0 says that the mean of a block is that of the one before it."""

Codes = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""By the next 16 bits: the bits of a code with its number, 0 where there is no such code; and by how many coefficients
the block is further."""
Side = tuple[int, int]


@dataclass(slots=True)
class _Grey:
    """The scans that one colour has to itself, as those of a grey picture."""

    size: Side
    scans: list[Scan] = field(default_factory=list)


def check_scans(content: bytes, frame: Frame) -> None:
    """Raise UnreadableFrame for a JPEG that is not arithmetic-coded, of any sampling, where the data are damaged."""
    segments = find_segments(content)
    sides = _read_sides(next(part.body for part in segments if part.marker == frame.marker))
    greys: dict[int, _Grey] = {}
    for scan in find_scans(content, segments):
        components = scan.components
        if any(component not in sides for component, _ in components):
            raise UnreadableFrame("damaged JPEG: a scan of no colour")
        if ends_in_hole(scan, frame):  # here no filler is that long
            raise UnreadableFrame(HOLE)
        if len(components) == 1 and not (frame.progressive and scan.header[-3] == 0):
            component = components[0][0]
            greys.setdefault(component, _Grey(_measure(frame, sides, component))).scans.append(scan)
        elif not _is_whole(scan, frame, sides):
            raise UnreadableFrame("damaged JPEG: bad or not enough data")
    for component, grey in greys.items():
        _check_grey(_make_grey(component, grey, frame.progressive))


def _read_sides(body: bytes) -> dict[int, Side]:
    """Return how many blocks of each colour lie side by side in a unit, and one above the other."""
    sides = {body[at]: (body[at + 1] >> 4, body[at + 1] & 15) for at in range(6, 6 + 3 * body[5], 3)}
    if not all(1 <= side <= 4 for both in sides.values() for side in both):
        raise UnreadableFrame("damaged JPEG: bad sampling")
    return sides


def _measure(frame: Frame, sides: dict[int, Side], component: int) -> Side:
    """Return the width and height of one colour, in px of its own."""
    width, height = sides[component]
    most_width, most_height = (max(side[axis] for side in sides.values()) for axis in (0, 1))
    return -(-frame.width * width // most_width), -(-frame.height * height // most_height)


def _is_whole(scan: Scan, frame: Frame, sides: dict[int, Side]) -> bool:
    """Tell whether a scan of several colours, or of the means of blocks, has the data that it needs and no more."""
    components = scan.components
    if len(components) == 1:
        repeats = [1]
        units = prod(-(-side // 8) for side in _measure(frame, sides, components[0][0]))
    else:
        repeats = [prod(sides[component]) for component, _ in components]
        units = prod(
            -(-whole // (8 * max(side[axis] for side in sides.values())))
            for axis, whole in enumerate((frame.width, frame.height))
        )
    if sum(repeats) > _MOST_BLOCKS:
        return False
    intervals, order = _split(scan.data)
    length = scan.interval or units
    counts = [min(length, units - start) for start in range(0, units, length)]
    if len(counts) != len(intervals) or order != [0xD0 + number % 8 for number in range(len(order))]:
        return False
    if frame.progressive and scan.header[-1] >> 4:  # one bit more of each mean
        return all(_ends(data, sum(repeats) * count) for data, count in zip(intervals, counts, strict=True))
    blocks = [
        (_find_codes(scan, tables >> 4), None if frame.progressive else _find_codes(scan, 0x10 | tables & 15))
        for (_, tables), repeat in zip(components, repeats, strict=True)
        for _ in range(repeat)
    ]
    return all(_ends(data, _follow(data, blocks, count)) for data, count in zip(intervals, counts, strict=True))


def _split(data: bytes) -> tuple[list[bytes], list[int]]:
    """Return the intervals of a scan, FF 00 being FF there, and the markers between them."""
    pieces = _RESTART.split(data)
    return [piece.replace(b"\xff\0", b"\xff") for piece in pieces[::2]], [marker[0] for marker in pieces[1::2]]


def _ends(data: bytes, bits: int | None) -> bool:
    """Tell whether what an interval needs, `bits`, is there and is followed by filler at most."""
    if bits is None or bits > 8 * len(data):
        return False
    rest = data[-(-bits // 8) :]
    return len(rest) <= _MOST_FILLER and not rest.strip(b"\0\xff")


def _find_codes(scan: Scan, table: int) -> Codes:
    """Return the codes of a Huffman table. Raises UnreadableFrame where there is no such table, or a broken one."""
    body = scan.tables.get(table)
    if body is None:
        raise UnreadableFrame("damaged JPEG: a table is missing")
    bits, steps = np.zeros(1 << 16, np.uint8), np.full(1 << 16, _BAD, np.uint8)
    start, symbols = 0, iter(body[16:])
    for length in range(1, 17):
        for _ in range(body[length - 1]):
            end, symbol = start + (1 << 16 - length), next(symbols, None)
            if symbol is None or end > 1 << 16:
                raise UnreadableFrame("damaged JPEG: bad table")
            run, number = symbol >> 4, symbol & 15
            if table & 0x10 or symbol < 16:
                bits[start:end] = length + number
                steps[start:end] = run + 1 if number or run == 15 else _END_OF_BLOCK
            start = end
    return bits, steps


def _follow(data: bytes, blocks: list[tuple[Codes, Codes | None]], count: int) -> int | None:
    """Return how many bits so many units of these blocks have; None where a code is none, or the data end."""
    try:
        return _count_bits(data, blocks, count)
    except IndexError:
        return None


def _count_bits(data: bytes, blocks: list[tuple[Codes, Codes | None]], count: int) -> int | None:
    base, at = 0, 0
    tables = _look_up(data, base, blocks)
    for _ in range(count):
        if at > 8 * (_PIECE - _MARGIN):
            base, at = base + at // 8, at % 8
            tables = _look_up(data, base, blocks)
        for means, others in tables:
            if not means[at]:
                return None
            at += means[at]
            if others is None:
                continue
            bits, steps = others
            k = 1
            while k < 64:
                k += steps[at]
                at += bits[at]
            if k != 64 and not _END_OF_BLOCK < k < _BAD:
                return None
    return 8 * base + at


def _look_up(
    data: bytes, base: int, blocks: list[tuple[Codes, Codes | None]]
) -> list[tuple[bytes, tuple[bytes, bytes] | None]]:
    """Return for each block what a code means that begins at any of the bits behind the byte `base`."""
    piece = np.frombuffer(data[base : base + _PIECE] + b"\0\0", np.uint8).astype(np.uint32)
    words = piece[:-2] << 16 | piece[1:-1] << 8 | piece[2:]
    following = (words[:, None] >> np.arange(8, 0, -1, dtype=np.uint32) & 0xFFFF).ravel()
    seen: dict[int, tuple[bytes, bytes]] = {}
    for codes in {id(codes): codes for block in blocks for codes in block if codes is not None}.values():
        seen[id(codes)] = codes[0][following].tobytes(), codes[1][following].tobytes()
    return [(seen[id(means)][0], None if others is None else seen[id(others)]) for means, others in blocks]


def _make_grey(component: int, grey: _Grey, progressive: bool) -> bytes:
    """Return a grey JPEG of the scans of one colour; a progressive one gets means of 0, which are not among them."""
    width, height = grey.size
    size = struct.pack(">BHHB", 8, height, width, 1)
    head = bytes([0xFF, _PROGRESSIVE if progressive else _BASELINE, 0, 11]) + size + bytes([component, 0x11, 0])
    parts = [b"\xff\xd8", _FLAT, head]
    if progressive:
        blocks = -(-width // 8) * -(-height // 8)
        parts += [_ONE_CODE, b"\xff\xda\0\x08\1", bytes([component]), bytes(4), bytes(-(-blocks // 8))]
    for scan in grey.scans:
        header = scan.header if progressive else scan.header[:-3] + b"\0\x3f\0"
        parts += [scan.settings, b"\xff\xda", struct.pack(">H", len(header) + 2), header, scan.data]
    return b"".join([*parts, b"\xff\xd9"])


def _check_grey(content: bytes) -> None:
    for tried in (content, None):
        tidied = tried or take_out_filler(content)
        try:
            if tidied is not None:
                simplejpeg.decode_jpeg(tidied, "GRAY", min_width=1, min_height=1)
                return
        except ValueError:
            continue
    raise UnreadableFrame("damaged JPEG: bad or not enough data")
