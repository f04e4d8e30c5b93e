"""JPEGs of any sampling, which neither OpenCV nor Pillow writes: a small coder with the usual tables."""

import io
import struct
from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Sampling = list[tuple[int, int]]
"""For each colour, how many of its blocks lie side by side in a unit, and one above the other."""

_ZIGZAG = sorted(range(64), key=lambda k: (k // 8 + k % 8, k // 8 if (k // 8 + k % 8) % 2 else k % 8))


def make_picture(width: int = 150, height: int = 90) -> NDArray[np.uint8]:
    y, x = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(3).normal(0, 6, (height, width))
    grey = np.clip(110 + 50 * np.sin(x / 9) + 40 * np.cos(y / 7) + noise, 0, 255).astype(np.uint8)
    return np.dstack([grey, grey[::-1], grey[:, ::-1]])


def encode_sampled(image: NDArray[np.uint8], sampling: Sampling, restart: int = 0, progressive: bool = False) -> bytes:
    """Encode BGR; with `restart`, a marker after each so many units. A progressive one has its means in one scan."""
    codes = _read_codes()
    height, width = image.shape[:2]
    colours = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb))
    most = [max(side[axis] for side in sampling) for axis in (0, 1)]
    planes = [_find_blocks(colours[at], side, most) for at, side in zip((0, 2, 1), sampling, strict=True)]
    across, down = -(-width // (8 * most[0])), -(-height // (8 * most[1]))
    units = [
        [(colour, y * v + b, x * h + a) for colour, (h, v) in enumerate(sampling) for b in range(v) for a in range(h)]
        for y in range(down)
        for x in range(across)
    ]
    head = b"\xff\xd8\xff\xdb" + struct.pack(">HB", 67, 0) + bytes([6] * 64)
    head += _segment(
        0xC2 if progressive else 0xC0,
        struct.pack(">BHHB", 8, height, width, 3)
        + bytes(chain.from_iterable((number + 1, h << 4 | v, 0) for number, (h, v) in enumerate(sampling))),
    )
    head += b"".join(_segment(0xC4, bytes([name]) + table) for name, (table, _) in codes.items())
    head += _segment(0xDD, struct.pack(">H", restart)) if restart else b""
    names = bytes([3, 1, 0x00, 2, 0x11, 3, 0x11])
    scan = _write(units, planes, codes, restart, "means" if progressive else "all")
    parts = [head, _segment(0xDA, names + (b"\0\0\0" if progressive else b"\0\x3f\0")), scan]
    for colour, (h, v) in enumerate(sampling if progressive else []):
        rows, columns = _divide(_divide(height * v, most[1]), 8), _divide(_divide(width * h, most[0]), 8)
        own = [[(colour, y, x)] for y in range(rows) for x in range(columns)]
        parts.append(_segment(0xDA, bytes([1, colour + 1, 0x11 * bool(colour), 1, 63, 0])))
        parts.append(_write(own, planes, codes, restart, "rest"))
    return b"".join([*parts, b"\xff\xd9"])


def _divide(number: int, by: int) -> int:
    """Round up."""
    return -(-number // by)


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _read_codes() -> dict[int, tuple[bytes, dict[int, str]]]:
    """Return the usual tables, as Pillow writes them, by class and number; each with the bits of its codes."""
    file = io.BytesIO()
    Image.fromarray(make_picture(16, 16)).save(file, "JPEG", optimize=False)
    content, found, at = file.getvalue(), {}, 2
    while content[at + 1] != 0xDA:
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        body = content[at + 4 : at + 2 + length] if content[at + 1] == 0xC4 else b""
        while body:
            size = 17 + sum(body[1:17])
            found[body[0]] = body[1:size], _number(body[1:17], body[17:size])
            body = body[size:]
        at += 2 + length
    return found


def _number(counts: bytes, symbols: bytes) -> dict[int, str]:
    codes, code, order = {}, 0, iter(symbols)
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            codes[next(order)] = f"{code:0{length}b}"
            code += 1
        code *= 2
    return codes


def _find_blocks(plane: NDArray[np.uint8], side: tuple[int, int], most: list[int]) -> NDArray[np.int64]:
    """Return the coefficients of the blocks of one colour, (rows, columns, 64), as many as whole units have."""
    height, width = plane.shape
    h, v = side
    rows, columns = -(-height // (8 * most[1])) * v, -(-width // (8 * most[0])) * h
    padded = cv2.copyMakeBorder(plane, 0, rows // v * 8 * most[1] - height, 0, columns // h * 8 * most[0] - width, 1)
    small = cv2.resize(padded, (columns * 8, rows * 8), interpolation=cv2.INTER_AREA).astype(np.float32) - 128
    blocks = small.reshape(rows, 8, columns, 8).swapaxes(1, 2)
    found = np.array([[np.rint(cv2.dct(np.ascontiguousarray(block)) / 6) for block in row] for row in blocks])
    return found.reshape(rows, columns, 64)[:, :, _ZIGZAG].astype(np.int64)


def _write(units, planes, codes, restart, what) -> bytes:  # type: ignore[no-untyped-def]
    parts: list[bytes] = []
    bits: list[str] = []
    before = [0] * len(planes)
    for number, unit in enumerate(units):
        if restart and number and number % restart == 0:
            parts += [_pack(bits), bytes([0xFF, 0xD0 + (number // restart - 1) % 8])]
            bits, before = [], [0] * len(planes)
        for colour, y, x in unit:
            block, tables = planes[colour][y, x], (codes[bool(colour)][1], codes[0x10 | bool(colour)][1])
            if what != "rest":
                bits += _say(tables[0], 0, int(block[0]) - before[colour])
                before[colour] = int(block[0])
            if what != "means":
                bits += _say_others(tables[1], block)
    return b"".join([*parts, _pack(bits)])


def _say(table: dict[int, str], run: int, value: int) -> list[str]:
    size = abs(value).bit_length()
    number = value if value >= 0 else value + (1 << size) - 1
    return [table[run << 4 | size], f"{number:0{size}b}" if size else ""]


def _say_others(table: dict[int, str], block: NDArray[np.int64]) -> list[str]:
    bits, run = [], 0
    for value in block[1:].tolist():
        if not value:
            run += 1
            continue
        bits += [table[0xF0]] * (run // 16) + _say(table, run % 16, value)
        run = 0
    return bits + ([table[0]] if run else [])


def _pack(bits: list[str]) -> bytes:
    joined = "".join(bits)
    joined += "1" * (-len(joined) % 8)
    return int("1" + joined, 2).to_bytes(len(joined) // 8 + 1, "big")[1:].replace(b"\xff", b"\xff\0")
