"""The parts that an animation is drawn of, each a picture of its own with its place and what becomes of it.

CompuServe, GIF 89a (1990); RFC 9649, WebP (2024); W3C, PNG third edition (2025), section 11.3.6 on animation.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from framesift.errors import UnreadableFrame
from framesift.frames.reader import webp
from framesift.frames.reader.formats import sniff_format
from framesift.frames.reader.gif import find_images, read_screen
from framesift.frames.reader.png_chunks import SIGNATURE_SIZE, find_chunks, split_chunk

_SHARED = {b"PLTE", b"tRNS"}
"""Chunks of a PNG that all its pictures need."""


class After(Enum):
    """What becomes of a part when the next one is drawn."""

    STAYS = 0
    CLEARED = 1
    UNDONE = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One picture to be drawn onto the canvas."""

    picture: bytes
    size: tuple[int, int]
    """Width and height."""
    left: int
    top: int
    over: bool
    """Whether what is transparent shows what was there before."""
    after: After


def read_canvas(content: bytes) -> tuple[int, int]:
    """Return width and height of what an animation is drawn on."""
    match sniff_format(content[:12]):
        case "GIF":
            return read_screen(content)
        case "PNG":
            width, height = struct.unpack_from(">II", content, 16)
            return width, height
        case _:
            return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")


def find_parts(content: bytes) -> Iterator[Part]:
    """Yield the parts of an animation. Raises UnreadableFrame, and struct.error or IndexError where it breaks off."""
    match sniff_format(content[:12]):
        case "GIF":
            yield from _find_gif_parts(content)
        case "PNG":
            yield from _find_png_parts(content)
        case _:
            yield from _find_webp_parts(content)


def _find_gif_parts(content: bytes) -> Iterator[Part]:
    flags = content[10]
    table = content[13 : 13 + (3 << ((flags & 7) + 1))] if flags & 0x80 else b""
    for image in find_images(content):
        screen = struct.pack("<HHBBB", image.width, image.height, flags, content[11], 0)
        placed = b"\x2c" + struct.pack("<HH", 0, 0) + content[image.start + 5 : image.end]
        picture = b"".join([b"GIF89a", screen, table, image.control, placed, b"\x3b"])
        disposal = image.control[3] >> 2 & 7 if len(image.control) > 3 else 0
        after = {2: After.CLEARED, 3: After.UNDONE}.get(disposal, After.STAYS)
        yield Part(picture, (image.width, image.height), image.left, image.top, True, after)


def _find_webp_parts(content: bytes) -> Iterator[Part]:
    position = 12
    while position + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, position)
        if kind == b"ANMF":
            body = content[position + 8 : position + 8 + length]
            left, top = 2 * int.from_bytes(body[:3], "little"), 2 * int.from_bytes(body[3:6], "little")
            flags = body[15]
            after = After.CLEARED if flags & 1 else After.STAYS
            picture = _wrap_webp(body[16:], body[6:12])
            yield Part(picture, webp.read_header(picture)[:2], left, top, not flags & 2, after)
        position += 8 + length + length % 2


def _wrap_webp(data: bytes, size: bytes) -> bytes:
    """Return the picture of a part, of which `size` has the width and height, as a file."""
    if data[:4] == b"ALPH":
        data = b"VP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + size + data
    return b"RIFF" + struct.pack("<I", len(data) + 4) + b"WEBP" + data


def _find_png_parts(content: bytes) -> Iterator[Part]:
    chunks = find_chunks(content)
    header = content[16:33]
    shared = b"".join(content[chunk.start : chunk.end] for chunk in chunks if chunk.kind in _SHARED)
    control, data = b"", list[bytes]()
    for chunk in chunks:
        body = b"".join(part[4:] for part, _ in split_chunk(content, chunk))
        if chunk.kind in (b"fcTL", b"fdAT"):
            (checksum,) = struct.unpack_from(">I", content, chunk.end - 4)
            if zlib.crc32(body, zlib.crc32(chunk.kind)) != checksum:
                raise UnreadableFrame(f"damaged PNG: CRC error in {chunk.kind.decode()}")
        if control and data and chunk.kind in (b"fcTL", b"IEND"):
            yield _make_png_part(header, shared, control, data)
        if chunk.kind == b"fcTL":
            control, data = body, []
        elif control and chunk.kind == b"IDAT":
            data.append(body)
        elif control and chunk.kind == b"fdAT":
            data.append(body[4:])


def _make_png_part(header: bytes, shared: bytes, control: bytes, data: list[bytes]) -> Part:
    width, height, left, top = struct.unpack_from(">IIII", control, 4)
    dispose, blend = control[24], control[25]
    size = struct.pack(">II", width, height) + header[8:13]
    picture = [
        b"\x89PNG\r\n\x1a\n"[:SIGNATURE_SIZE],
        _make_chunk(b"IHDR", size),
        shared,
        _make_chunk(b"IDAT", b"".join(data)),
        _make_chunk(b"IEND", b""),
    ]
    after = {1: After.CLEARED, 2: After.UNDONE}.get(dispose, After.STAYS)
    return Part(b"".join(picture), (width, height), left, top, blend == 1, after)


def _make_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))
