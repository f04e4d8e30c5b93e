"""With the extra `fast` or without it, a PNG gives the same pixels, or the same refusal."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.errors import UnreadableFrame
from framesift.reader import decode_picture, png_rows
from framesift.reader.png import find_chunks

pytest.importorskip("deflate", reason="needs the extra fast")


def outcome(content: bytes, max_pixels: int = 10**6) -> bytes | str:
    try:
        pixels = decode_picture(content, max_pixels)
    except UnreadableFrame as error:
        return error.reason
    return repr(pixels.shape).encode() + pixels.tobytes()


def outcome_of_libpng(content: bytes, max_pixels: int = 10**6) -> bytes | str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png_rows, "deflate", None)
        return outcome(content, max_pixels)


def is_plain(content: bytes) -> bool:
    return png_rows.decode_rows(content, find_chunks(content)) is not None


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def encode_png(image: np.ndarray, filters: list[int] | None = None, **header) -> bytes:
    """A PNG written by hand; `filters` for each row. Rows are stored as filtered already: any bytes are a picture."""
    height, width = image.shape[:2]
    fields = {"width": width, "height": height, "depth": 8, "colour": 2, "rest": bytes(3)} | header
    rows = np.concatenate([np.array(filters or [1] * height, np.uint8)[:, None], image.reshape(height, -1)], axis=1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    size = struct.pack(">IIBB", fields["width"], fields["height"], fields["depth"], fields["colour"])
    data = chunk(b"IDAT", zlib.compress(rows.tobytes()))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + fields["rest"]) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize(("height", "width"), [(1, 2), (1, 300), (300, 2), (48, 64), (480, 640)])
def test_what_opencv_writes_is_of_the_plain_kind(height, width):
    image = noise(height, width)
    content = cv2.imencode(".png", image)[1].tobytes()
    assert is_plain(content)
    assert (decode_picture(content) == image).all()


@given(st.integers(1, 20), st.integers(1, 20), st.data())
@settings(max_examples=60)
def test_any_filters_give_the_pixels_of_libpng(width, height, data):
    filters = data.draw(st.just([1] * height) | st.lists(st.integers(0, 4), min_size=height, max_size=height))
    content = encode_png(noise(height, width), filters)
    assert is_plain(content) == (set(filters) == {1})
    assert outcome(content) == outcome_of_libpng(content)


@given(st.integers(0, 10**6), st.integers(1, 255))
@settings(max_examples=150)
def test_a_changed_byte_anywhere_is_the_same_to_both(position, change):
    content = bytearray(encode_png(noise(12, 10)))
    content[position % len(content)] ^= change
    assert outcome(bytes(content)) == outcome_of_libpng(bytes(content))


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
