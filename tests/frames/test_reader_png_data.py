"""Inflated by ISA-L and its filters undone here, or all by libpng, a PNG gives the same pixels, or the same refusal."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.errors import UnreadableFrame
from framesift.frames.reader import decode_picture, png, png_data
from framesift.frames.reader.png_chunks import Chunk, find_chunks, split_chunk

pytest.importorskip("isal", reason="needs isal, which has nothing for this processor")
pytest.importorskip("pyspng", reason="needs the extra fast")


def outcome(content: bytes, max_pixels: int = 10**6) -> bytes | str:
    try:
        pixels = decode_picture(content, max_pixels)
    except UnreadableFrame as error:
        return error.reason
    return repr(pixels.shape).encode() + pixels.tobytes()


def outcome_of_libpng(content: bytes, max_pixels: int = 10**6) -> bytes | str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png, "inflate_rows", lambda *_: None)
        return outcome(content, max_pixels)


def is_plain(content: bytes) -> bool:
    chunks = find_chunks(content)
    rows = png_data.inflate_rows(content, chunks)
    return rows is not None and png_data.undo_filters(content, chunks, rows) is not None


def is_inflated(content: bytes) -> bool:
    return png_data.inflate_rows(content, find_chunks(content)) is not None


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def write_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def encode_png(image: np.ndarray, filters: list[int] | None = None, compress=zlib.compress, **header) -> bytes:
    """A PNG written by hand; `filters` for each row. Rows are stored as filtered already: any bytes are a picture."""
    height, width = image.shape[:2]
    fields = {"width": width, "height": height, "depth": 8, "colour": 2, "rest": bytes(3)} | header
    rows = np.concatenate([np.array(filters or [1] * height, np.uint8)[:, None], image.reshape(height, -1)], axis=1)

    size = struct.pack(">IIBB", fields["width"], fields["height"], fields["depth"], fields["colour"])
    data = write_chunk(b"IDAT", compress(rows.tobytes()))
    return b"\x89PNG\r\n\x1a\n" + write_chunk(b"IHDR", size + fields["rest"]) + data + write_chunk(b"IEND", b"")


@pytest.mark.parametrize(("height", "width"), [(1, 2), (1, 300), (300, 2), (48, 64), (480, 640)])
def test_what_opencv_writes_is_of_the_plain_kind(height, width):
    image = noise(height, width)
    content = cv2.imencode(".png", image)[1].tobytes()
    assert is_plain(content)
    assert (decode_picture(content) == image).all()


@given(st.integers(1, 300), st.integers(1, 20), st.data())
@settings(max_examples=60)
def test_any_filters_give_the_pixels_of_libpng(width, height, data):
    filters = data.draw(
        st.sampled_from([[0] * height, [1] * height]) | st.lists(st.integers(0, 4), min_size=height, max_size=height)
    )
    content = encode_png(noise(height, width), filters)
    assert is_plain(content)
    assert outcome(content) == outcome_of_libpng(content)


@given(st.integers(0, 10**6), st.integers(1, 255))
@settings(max_examples=150)
def test_a_changed_byte_anywhere_is_the_same_to_both(position, change):
    content = bytearray(encode_png(noise(12, 10)))
    content[position % len(content)] ^= change
    assert outcome(bytes(content)) == outcome_of_libpng(bytes(content))


@given(st.integers(1, 700), st.integers(1, 70), st.integers(0, 255))
@settings(max_examples=40)
def test_running_sums_are_those_of_numpy(width, height, least):
    filtered = np.random.default_rng(width).integers(least, 256, (height, width, 3), np.uint8)
    content = encode_png(filtered)
    assert is_plain(content)
    sums = np.add.accumulate(filtered.astype(np.uint64), axis=1) % 256
    assert np.array_equal(decode_picture(content), sums[:, :, ::-1])


@pytest.mark.parametrize("width", [100_000, 8_500_000])
def test_rows_whose_sums_do_not_fit_are_left_to_libpng(width):
    content = encode_png(np.full((1, width, 3), 255, np.uint8))
    assert is_plain(content) == (width == 100_000)
    assert outcome(content, 10**7) == outcome_of_libpng(content, 10**7)


def test_without_isal_all_is_left_to_libpng(monkeypatch):
    monkeypatch.setattr(png_data, "isal_zlib", None)
    content = encode_png(noise(12, 10))
    assert not is_inflated(content)
    assert outcome(content) == outcome_of_libpng(content)


def test_without_pyspng_libpng_undoes_all_filters_but_sub(monkeypatch):
    monkeypatch.setattr(png_data, "pyspng", None)
    adaptive = encode_png(noise(12, 10), [0, 1, 2, 3, 4] + [4] * 7)
    assert is_plain(encode_png(noise(12, 10))) and not is_plain(adaptive)
    assert outcome(adaptive) == outcome_of_libpng(adaptive)


@pytest.mark.parametrize("filters", [[5], [0, 255], [4, 4, 6]])
def test_a_filter_that_does_not_exist_is_left_to_libpng(filters):
    content = encode_png(noise(len(filters), 10), filters)
    assert not is_plain(content)
    assert outcome(content) == outcome_of_libpng(content) == "damaged PNG: bad or not enough image data"


@pytest.mark.parametrize("height", [11, 13], ids=["more rows than declared", "fewer rows than declared"])
def test_a_size_that_does_not_fit_is_left_to_libpng(height):
    content = encode_png(noise(12, 10), height=height)
    assert not is_plain(content)
    assert outcome(content) == outcome_of_libpng(content)


def test_the_size_is_checked_first():
    assert outcome(encode_png(noise(12, 10)), 119) == "too many pixels (10x12)"


def test_the_whole_corpus_is_the_same_to_both(shared):
    paths = [*(shared / "bad_inputs").rglob("*.png"), *(shared / "frames" / "c104").glob("*.png")]
    assert len(paths) > 100
    for path in paths:
        content = path.read_bytes()
        if content.startswith(b"\x89PNG"):
            assert outcome(content) == outcome_of_libpng(content), path


KINDS = [
    (depth, colour)
    for colour, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (8,), 4: (8, 16), 6: (8, 16)}.items()
    for depth in depths
]


@given(st.integers(1, 40), st.integers(1, 12), st.sampled_from(KINDS), st.data())
@settings(max_examples=120)
def test_every_kind_of_pixel_gives_the_pixels_of_libpng(width, height, kind, data):
    depth, colour = kind
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    rows = np.random.default_rng(width).integers(0, 256, (height, (width * samples * depth + 7) // 8), np.uint8)
    filters = data.draw(st.lists(st.integers(0, 5), min_size=height, max_size=height))
    content = encode_png(rows, filters, width=width, depth=depth, colour=colour)
    if colour == 3:
        body = b"PLTE" + noise(256, 1).tobytes()
        palette = struct.pack(">I", 768) + body + struct.pack(">I", zlib.crc32(body))
        content = content[:33] + palette + content[33:]
    assert is_inflated(content)
    assert outcome(content) == outcome_of_libpng(content)


@given(st.integers(0, 10**6), st.integers(1, 255), st.integers(0, 4))
@settings(max_examples=150)
def test_a_changed_byte_in_other_kinds_is_the_same_to_both(position, change, kind):
    content = bytearray(encode_png(noise(12, 10), [kind] * 6 + [4] * 6))
    content[position % len(content)] ^= change
    assert outcome(bytes(content)) == outcome_of_libpng(bytes(content))


@given(st.binary(max_size=400), st.integers(0, 400), st.integers(1, 255))
@settings(max_examples=150)
def test_damaged_data_with_right_checksums_is_the_same_to_both(tail, position, change):
    def damage(rows: bytes) -> bytes:
        stream = bytearray(zlib.compress(rows) + tail)
        stream[position % len(stream)] ^= change
        return bytes(stream)

    content = encode_png(noise(12, 10), [4] * 12, compress=damage)
    assert outcome(content) == outcome_of_libpng(content)


@pytest.mark.parametrize("declared", [8, 12, 15, 16, 23])
def test_a_stream_that_reaches_beyond_its_window_is_left_to_libpng(declared):
    def compress(rows: bytes) -> bytes:
        method = (declared - 8) << 4 | 8
        return bytes([method, 31 - method * 256 % 31]) + zlib.compress(rows)[2:]

    image = np.tile(noise(1, 1000), (40, 1, 1))
    content = encode_png(image, [0] * 40, compress=compress)
    assert is_inflated(content) == (declared == 15)
    assert outcome(content) == outcome_of_libpng(content)


def test_a_second_header_is_left_to_libpng():
    content = encode_png(noise(12, 10))
    twice = content[:33] + content[8:]
    assert not is_plain(twice)
    assert outcome(twice) == outcome_of_libpng(twice) == "damaged PNG: bad or not enough image data"


@pytest.mark.parametrize(("width", "height"), [(1_000_001, 1), (1, 1_000_001)])
def test_a_side_longer_than_libpng_takes_is_left_to_it(width, height):
    content = encode_png(np.zeros((height, width, 3), np.uint8))
    assert not is_inflated(content)
    assert outcome(content, 10**7) == outcome_of_libpng(content, 10**7) == "damaged PNG: bad or not enough image data"


def test_a_chunk_larger_than_opencv_takes_is_left_to_it():
    content = encode_png(np.zeros((2000, 2000, 3), np.uint8), compress=lambda rows: zlib.compress(rows, 1))
    loaded = content[:33] + write_chunk(b"pHYs", bytes(8_000_001)) + content[33:]
    assert is_plain(content) and not is_plain(loaded)
    assert outcome(loaded, 10**7) == outcome_of_libpng(loaded, 10**7) == "damaged PNG: bad or not enough image data"


def test_where_nothing_is_gained_all_is_left_to_libpng():
    image = np.random.default_rng(1).integers(0, 16, (200, 300, 3), np.uint8)
    content = encode_png(image)
    few, many, text = cut_up(content, 64), cut_up(content, 8), write_chunk(b"tEXt", b"a\0" + bytes(200_000))
    assert is_inflated(content) and is_inflated(few) and not is_inflated(many)
    assert not is_inflated(content[:33] + text + content[33:]) and not is_inflated(content + bytes(200_000))
    assert outcome(many) == outcome(content + bytes(200_000)) == outcome_of_libpng(content)


@pytest.mark.parametrize("filters", [[0] * 40, [1] * 40, [4] * 40, [1] * 20 + [4] * 20], ids=["0", "1", "4", "1, 4"])
def test_of_large_pictures_nothing_is_stored(monkeypatch, filters):
    content = encode_png(np.tile(noise(1, 100), (40, 1, 1)), filters)
    monkeypatch.setattr(png_data, "_MOST_STORED", 10_000)
    assert is_inflated(content) == (filters[0] != 4) and is_plain(content) == (filters[39] != 4)
    monkeypatch.setattr(png_data, "_store", None)
    assert outcome(content) == outcome_of_libpng(content)


def test_more_data_between_other_chunks_is_left_to_libpng():
    whole = encode_png(noise(12, 10))
    text = struct.pack(">I", 3) + b"tEXta\0b" + struct.pack(">I", zlib.crc32(b"tEXta\0b"))
    data = next(chunk for chunk in find_chunks(whole) if chunk.kind == b"IDAT")
    body = whole[data.start + 8 : data.end - 4]
    parts = [
        struct.pack(">I", len(part)) + b"IDAT" + part + struct.pack(">I", zlib.crc32(b"IDAT" + part))
        for part in (body[:50], body[50:])
    ]
    split = whole[: data.start] + b"".join(parts) + whole[data.end :]
    broken = whole[: data.start] + parts[0] + text + parts[1] + whole[data.end :]
    assert is_inflated(split) and not is_inflated(broken)
    assert outcome(split) == outcome_of_libpng(split) == outcome(whole)
    assert outcome(broken) == outcome_of_libpng(broken)


def cut_up(content: bytes, length: int) -> bytes:
    """The same PNG with its data in chunks of so many bytes."""
    (data,) = (chunk for chunk in find_chunks(content) if chunk.kind == b"IDAT")
    body = content[data.start + 8 : data.end - 4]
    parts = (b"IDAT" + body[start : start + length] for start in range(0, len(body), length))
    row = b"".join(struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in parts)
    return content[: data.start] + row + content[data.end :]


def test_a_row_of_data_chunks_is_found_as_one_and_split_into_each():
    whole = encode_png(noise(12, 10))
    content = cut_up(whole, 50)
    found = find_chunks(content)
    assert [chunk.kind for chunk in found] == [b"IHDR", b"IDAT", b"IDAT", b"IEND"]
    assert [chunk.end for chunk in found] == [*(chunk.start for chunk in found[1:]), len(content)]
    assert [len(list(split_chunk(content, chunk))) > 3 for chunk in found] == [False, True, False, False]
    parts = [part for chunk in found[1:3] for part in split_chunk(content, chunk)]
    assert all(part[:4] == b"IDAT" and zlib.crc32(part) == checksum for part, checksum in parts)
    data = find_chunks(whole)[1]
    assert b"".join(part[4:] for part, _ in parts) == whole[data.start + 8 : data.end - 4]


def walk_chunks(content: bytes) -> list[tuple[bytes, int, int]]:
    """The kind, start and end of each chunk, one after the other."""
    found, position = [], 8
    while position + 12 <= len(content) and (not found or found[-1][0] != b"IEND"):
        length, kind = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        if end > len(content) or not kind.isalpha():
            break
        found.append((kind, position, end))
        position = end
    return found


@given(
    st.lists(st.tuples(st.sampled_from([b"IDAT", b"tEXt", b"fdAT", b"IEND", b"I0AT"]), st.integers(0, 2), st.just(1))),
    st.tuples(st.sampled_from([b"IDAT", b"tEXt"]), st.integers(0, 2), st.integers(1, 600)),
    st.integers(0, 30),
)
def test_rows_stand_for_the_chunks_that_one_walks_over_singly(chunks, many, cut):
    middle = len(chunks) // 2
    body = b"".join(
        (struct.pack(">I", size) + kind + bytes(size + 4)) * times
        for kind, size, times in (*chunks[:middle], many, *chunks[middle:])
    )
    content = b"\x89PNG\r\n\x1a\n" + body[: len(body) - cut]
    rows = find_chunks(content)
    singly = [(row.kind, start, start + row.size) for row in rows for start in range(row.start, row.end, row.size)]
    assert singly == walk_chunks(content)
    assert all(row.end - row.start == row.size or row.kind == b"IDAT" for row in rows)
    assert sum(len(list(split_chunk(content, row))) for row in rows) == len(singly)


def test_a_row_that_breaks_off_ends_with_its_last_whole_chunk():
    content = cut_up(encode_png(noise(12, 10)), 50)
    row = find_chunks(content)[1]
    assert find_chunks(content[: row.start + 2 * 62 + 61])[1:] == [Chunk(b"IDAT", row.start, row.start + 2 * 62, 62)]


def test_a_wrong_checksum_within_a_row_is_told():
    content = bytearray(cut_up(encode_png(noise(12, 10)), 50))
    content[find_chunks(bytes(content))[1].start + 2 * 62 - 1] ^= 1
    assert not is_inflated(bytes(content))
    assert outcome(bytes(content)) == outcome_of_libpng(bytes(content)) == "damaged PNG: CRC error in IDAT"
