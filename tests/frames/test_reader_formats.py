"""Formats that are read beside the usual ones, and what is said of those that are not."""

import io

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from framesift.errors import UnreadableFrame
from framesift.frames.reader import decode_levels, decode_picture, is_deep_file, read_size
from tests.conftest import encode, make_image

COLOUR = np.random.default_rng(0).integers(0, 256, (9, 21, 3), np.uint8)
GREY, BITS = COLOUR[..., 0], np.where(COLOUR[..., 0] > 99, 255, 0).astype(np.uint8)
NETPBM = [(".ppm", COLOUR), (".pgm", GREY), (".pbm", BITS)]


@pytest.mark.parametrize("binary", [0, 1])
@pytest.mark.parametrize("suffix, image", NETPBM, ids=["ppm", "pgm", "pbm"])
def test_netpbm(tmp_path, suffix, image, binary):
    content = cv2.imencode(suffix, image, [cv2.IMWRITE_PXM_BINARY, binary])[1].tobytes()
    expected = image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    np.testing.assert_array_equal(decode_picture(content), expected)
    (tmp_path / "x").write_bytes(content)
    assert read_size(tmp_path / "x", 10**6) == (21, 9) and not is_deep_file(tmp_path / "x")


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(NETPBM), st.data())
def test_a_cut_netpbm_is_damaged(kind, data):
    content = encode(kind[1], kind[0])
    with pytest.raises(UnreadableFrame):
        decode_picture(content[: data.draw(st.integers(2, len(content) - 1))])


def test_netpbm_with_comments_and_few_levels():
    content = b"P5\n# by a camera\n3 # wide\n1\n15\n" + bytes([0, 5, 15])
    np.testing.assert_array_equal(decode_picture(content)[0, :, 0], [0, 85, 255])
    assert decode_picture(b"P2 3 1 15 # levels\n0 # black\n5 15")[0, 1, 0] == 85
    assert decode_picture(b"P1 3 1\n101")[0, :, 0].tolist() == [0, 255, 0]


@pytest.mark.parametrize(
    "content",
    [
        b"P5 3 1 0\n\0\0\0",
        b"P5 3 1 70000\n" + bytes(6),
        b"P5 3 1 15\n\0\0\x10",
        b"P2 3 1 255\n1 2 x",
        b"P2 3 1 255\n1 2 256",
        b"P5 0 1 255\n\0",
        b"P5 99999 99999 255\n\0",
        b"P5 3 1 255\n\0\0\0" * 2,
        b"P1 3 1\n102",
    ],
)
def test_a_netpbm_that_cannot_be(content):
    with pytest.raises(UnreadableFrame):
        decode_picture(content)


def test_a_netpbm_of_12_bits_is_seen_in_its_own_levels():
    counts = (np.arange(240).reshape(12, 20) * 17).astype(np.uint16)
    decoded = decode_levels(b"P5 20 12 4095\n" + counts.astype(">u2").tobytes())
    assert decoded.levels is not None and decoded.levels.high == 4096
    np.testing.assert_array_equal(decoded.pixels[..., 0], counts >> 4)


def test_the_first_view_of_a_camera_with_two_lenses():
    file = io.BytesIO()
    first, second = (Image.fromarray(make_image(box=box)) for box in (None, (4, 4, 20, 20)))
    first.save(file, "MPO", save_all=True, append_images=[second])
    assert np.ptp(decode_picture(file.getvalue())) < 4


@pytest.mark.parametrize("dtype, words", [(np.float32, "32-bit floating point"), (np.int32, "32-bit signed numbers")])
def test_numbers_that_are_not_read_are_no_damage(dtype, words):
    file = io.BytesIO()
    Image.fromarray(np.zeros((8, 8), dtype)).save(file, "TIFF")
    with pytest.raises(UnreadableFrame, match=f"not supported: a TIFF of {words}"):
        decode_picture(file.getvalue())


@pytest.mark.parametrize(
    "head, reason",
    [(b"\xff\x0a" + bytes(20), "JPEG XL is not read"), (b"SIMPLE  =                    T", "FITS is not read")],
)
def test_what_is_not_read_is_named(head, reason):
    with pytest.raises(UnreadableFrame, match=reason):
        decode_picture(head)
