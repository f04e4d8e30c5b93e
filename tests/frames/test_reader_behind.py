"""What stands behind a picture in its file: second pictures and films, and what is neither."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from framesift.frames.reader.behind import find_behind
from framesift.frames.reader.source import read_from
from tests.comparators.test_comparators import paint

FILM = struct.pack(">I4s4sI4s", 20, b"ftyp", b"mp42", 0, b"isom") + struct.pack(">I4s", 600, b"mdat") + bytes(592)


def find(content: bytes) -> int | None:
    return find_behind(read_from(content), len(content))


def jpeg(seed: int = 1, **options) -> bytes:
    file = io.BytesIO()
    Image.fromarray(paint(seed, 160, 120)).save(file, "JPEG", **options)
    return file.getvalue()


def several(*seeds: int) -> bytes:
    """An MPO."""
    file = io.BytesIO()
    first, *rest = (Image.fromarray(paint(seed, 160, 120)) for seed in seeds)
    first.save(file, "MPO", save_all=True, append_images=rest)
    return file.getvalue()


def with_note(content: bytes, note: bytes, marker: int = 0xE1) -> bytes:
    return content[:2] + struct.pack(">BBH", 0xFF, marker, len(note) + 2) + note + content[2:]


def with_kind(content: bytes, kind: int) -> bytes:
    """Give the second picture of an MPO of Pillow another type."""
    entries = content.index(b"MPF\0") + 4 + 8 + 2 + 3 * 12 + 4
    return content[: entries + 16] + struct.pack("<I", kind) + content[entries + 20 :]


def with_map(content: bytes) -> bytes:
    """Let the second picture of an MPO be one of how bright the first is to be shown."""
    at = content.rindex(b"\xff\xd8\xff")
    return content[:at] + with_note(content[at:], b"http://ns.adobe.com/xap/1.0/\0<x hdrgm:Version='1.0'/>")


@pytest.mark.parametrize(
    "options",
    [{}, {"progressive": True}, {"exif": b"Exif\0\0" + bytes(65_500)}],
    ids=["baseline", "progressive", "long head"],
)
@pytest.mark.parametrize("note", [b"", b"http://ns.adobe.com/xap/1.0/\0<x GCamera:MotionPhoto='1'/>"], ids=["", "XMP"])
def test_a_film_is_found_where_the_picture_ends(options, note):
    still = with_note(jpeg(**options), note) if note else jpeg(**options)
    assert find(still) is None
    assert find(still + FILM) == len(still)
    assert find(still + b"maker's note" + FILM + b"SEFT") == len(still)
    if note:  # of others it is not looked for where the file ends as a picture does
        assert find(still + FILM + b"\xff\xd9") == len(still)


def test_a_second_picture_is_found_where_the_first_ends():
    content = several(1, 2)
    end = find(content)
    assert end is not None and content[end - 2 : end] == b"\xff\xd9" and content[end:].startswith(b"\xff\xd8")
    assert find(several(1, 2, 3)) is not None
    assert find(with_note(content, b"edited", 0xFE)) == end + 10
    assert find(content + FILM) == end


def test_smaller_pictures_and_maps_of_brightness_are_no_second_ones():
    assert find(with_kind(several(1, 2), 0x020002)) is not None
    assert find(with_kind(several(1, 2), 0x010002)) is None
    assert find(with_map(several(1, 2))) is None
    assert find(with_map(several(1, 2)) + FILM) is not None


def box(kind: bytes, body: bytes = b"", large: bool = False) -> bytes:
    if large:
        return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body
    return struct.pack(">I4s", len(body) + 8, kind) + body


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
@pytest.mark.parametrize("large", [False, True])
def test_the_film_of_a_heic_is_found(brand, large):
    still = box(b"ftyp", brand + bytes(4) + brand) + box(b"meta", bytes(40)) + box(b"mdat", bytes(500) + FILM, large)
    assert find(still) is None
    assert find(still + box(b"mpvd", FILM, large)) == len(still)
    assert find(still + FILM) == len(still)
    assert find(still + b"\0\0\x09\x0aMotionPhoto_Data" + FILM + b"SEFT") == len(still)
    for rest in (bytes(4000), box(b"free", bytes(90)), b"SEFH of a maker", box(b"uuid", FILM), b"\0\0\0\0mdat" + FILM):
        assert find(still + rest) is None
    whole = still + box(b"mpvd", FILM)
    for end in range(0, len(whole), 7):
        find(whole[:end])


@pytest.mark.parametrize(
    "rest",
    [
        *(b"\0" * 4000, b"\n", b"\r\n", b"\xff" * 16, b"junk of a maker", jpeg(2), jpeg(2) + b"SEFHe\0\0\0SEFT"),
        *(b"a text about ftyp boxes", b"\0\0\0\x18ftypmp42", FILM[4:]),
    ],
    ids=["zeros", "newline", "CR LF", "fill", "note", "preview", "trailer", "text", "type alone", "cut type"],
)
@pytest.mark.parametrize("marked", [False, True])
def test_what_makers_leave_behind_a_picture_is_neither(rest, marked):
    still = with_note(jpeg(), b"GCamera:MotionPhoto='0'") if marked else jpeg()
    assert find(still + rest) is None


def test_a_small_picture_in_exif_is_no_second_one():
    assert find(with_note(jpeg(), b"Exif\0\0MM\0*\0\0\0\x08\0\0" + jpeg(2, quality=20) + FILM)) is None


def test_no_bytes_end_it():
    content = with_note(several(1, 2), b"MotionPhoto") + FILM
    for end in range(0, len(content), 97):
        find(content[:end])
    random = np.random.default_rng(1)
    for _ in range(300):
        damaged = bytearray(content)
        for at in random.integers(2, 400, 8):
            damaged[at] = random.integers(256)
        find(bytes(damaged))


def test_of_an_ordinary_picture_only_the_ends_are_read():
    content, read = jpeg(quality=100) + b"\n", []

    def read_noting(length: int, offset: int) -> bytes:
        read.append(length)
        return content[offset : offset + length]

    assert find_behind(read_noting, len(content)) is None
    assert read == [1 << 16, 1 << 10]
