"""Files whose end was never written are damaged, and black pictures are not; rare kinds are not called damaged."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from framesift.errors import UnreadableFrame
from framesift.frames.reader import decode_picture
from framesift.frames.reader.zeros import MANY, has_zeros, rows_end_in_zeros
from tests.frames.jpegs import make_picture
from tests.frames.test_reader import find_refusal

FORMATS = [
    ("BMP", {}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"compression": "tiff_adobe_deflate"}),
    ("TIFF", {"compression": "packbits"}),
    ("WEBP", {"quality": 90}),
    ("WEBP", {"lossless": True}),
    ("PNG", {}),
    ("JPEG", {"quality": 90}),
]


def is_refused(content: bytes) -> bool:
    try:
        decode_picture(content)
    except UnreadableFrame:
        return True
    return False


def write(pixels, kind, how) -> bytes:  # type: ignore[no-untyped-def]
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **how)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "how"), FORMATS)
@pytest.mark.parametrize("sector", [512, 4096])
def test_no_file_whose_end_was_never_written_is_read(kind, how, sector) -> None:  # type: ignore[no-untyped-def]
    picture = np.maximum(make_picture(311, 207), 1)
    content = write(picture, kind, how)
    written = range(sector * (len(content) // 20 // sector + 1), int(len(content) * 0.85), sector)
    refused = [is_refused(content[:at].ljust(len(content), b"\0")) for at in written]
    # One that ends with a row cannot be told from a black bar.
    assert len(written) > 2 and sum(refused) >= len(refused) - len(refused) // 20


@settings(deadline=None, max_examples=40)
@given(
    st.integers(20, 300), st.integers(20, 200), st.floats(0, 1), st.sampled_from(["bar", "night", "black"]),
    st.sampled_from(FORMATS), st.integers(0, 99),
)  # fmt: skip
def test_dark_pictures_are_whole(width, height, share, look, form, seed) -> None:  # type: ignore[no-untyped-def]
    picture = np.maximum(make_picture(width, height), 1)
    if look == "bar":
        picture[: int(height * share)] = 0
        picture[height - int(height * share / 2) :] = 0
    elif look == "night":
        noise = np.random.default_rng(seed).random((height, width, 3))
        picture = np.where(noise < share, 0, noise * 9).astype(np.uint8)
    else:
        picture[:] = 0
    assert decode_picture(write(picture, *form)).shape == picture.shape


@settings(deadline=None)
@given(st.integers(3, 400), st.integers(1, 60), st.integers(0, 60), st.integers(26, 1100))
def test_a_black_bar_is_no_hole_wherever_a_sector_begins(row, full, black, start) -> None:  # type: ignore[no-untyped-def]
    content = bytes(start) + b"\1" * (row * full) + bytes(row * black)
    assert not rows_end_in_zeros(content, start, len(content), row)


@given(
    st.binary(max_size=40).filter(lambda before: not before.endswith(b"\0")),
    st.integers(0, 2 * MANY),
    st.binary(max_size=40).filter(lambda after: not after.startswith(b"\0")),
    st.integers(0, 60),
)
def test_many_zeros_are_found_wherever_they_stand(before: bytes, zeros: int, after: bytes, start: int) -> None:
    data = before + bytes(zeros) + after

    assert has_zeros(data, start) == (bytes(MANY) in data[start:])


def make_bmp(header: int, masks: tuple[int, int, int]) -> bytes:
    """16 bits; one row of red, green and blue, and black."""
    row = struct.pack("<4H", *masks, 0)
    head = struct.pack("<IiiHHIIiiII", header, 4, 1, 1, 16, 3, len(row), 0, 0, 0, 0) + struct.pack("<3I", *masks)
    head = head.ljust(header, b"\0")
    return b"BM" + struct.pack("<IHHI", 14 + len(head) + len(row), 0, 0, 14 + len(head)) + head + row


@pytest.mark.parametrize("header", [40, 52, 56, 108, 124])
@pytest.mark.parametrize("masks", [(0xF800, 0x7E0, 0x1F), (0x7C00, 0x3E0, 0x1F)])
def test_bmp_of_16_bits_with_any_header(header: int, masks: tuple[int, int, int]) -> None:
    red, green, blue, black = decode_picture(make_bmp(header, masks))[0].tolist()
    assert min(red[2], green[1], blue[0]) >= 248
    assert max(*red[:2], green[0], green[2], *blue[1:], *black) == 0


def make_tiff(bits: int, compression: int = 1) -> bytes:
    data = bytes(range(1, 1 + 20 * bits // 8 + 1)) * 10
    tags = [(256, 20), (257, 10), (258, bits), (259, compression), (262, 1), (273, 8), (278, 10), (279, len(data))]
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    start = 8 + len(data)
    return b"II*\0" + struct.pack("<I", start) + data + struct.pack("<H", len(tags)) + directory + bytes(4)


@pytest.mark.parametrize("bits", [2, 4, 12])
def test_tiff_of_few_bits_is_not_called_damaged(bits: int) -> None:
    assert find_refusal(make_tiff(bits)) == f"not supported: a TIFF of {bits} bits"


@pytest.mark.parametrize(("number", "name"), [(6, "old-style JPEG"), (34925, "LZMA"), (65000, "compression 65000")])
def test_tiff_of_rare_compression_is_not_called_damaged(number: int, name: str) -> None:
    assert find_refusal(make_tiff(8, number)) == f"not supported: a TIFF with {name}"


def test_a_jpeg_whose_profile_is_odd_is_read() -> None:
    file = io.BytesIO()
    Image.fromarray(make_picture()).save(file, "JPEG", icc_profile=bytes(300))
    content = file.getvalue()
    odd = content.replace(b"ICC_PROFILE\0\1\1", b"ICC_PROFILE\0\1\2")
    start = content.index(b"\xff\xe2")
    end = start + 2 + int.from_bytes(content[start + 2 : start + 4], "big")
    tables = content.index(b"\xff\xc4")
    moved = content[:start] + content[end:tables] + content[start:end] + content[tables:]
    for each in (odd, moved):
        assert each != content and np.array_equal(decode_picture(each), decode_picture(content))


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (300, 200)])
@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_of_one_colour_is_read(size: tuple[int, int], lossless: bool) -> None:
    file = io.BytesIO()
    Image.new("RGB", size, 0).save(file, "WEBP", lossless=lossless)
    assert not decode_picture(file.getvalue()).any()
