"""Pictures made smaller by averaging squares of their pixels: by libjpeg as it decodes, and by ourselves."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.errors import UnreadableFrame
from framesift.frames.reader import jpeg, read_averaged, read_picture
from framesift.frames.reader.averaging import average_pixels, average_size
from tests.comparators.test_comparators import paint
from tests.conftest import encode

lengths = st.integers(1, 300)
sides = st.integers(8, 64)


def average_plainly(pixels: np.ndarray, factor: int) -> np.ndarray:
    """Each square by itself, with copies of the last row and column."""
    right, below = -pixels.shape[1] % factor, -pixels.shape[0] % factor
    padded = np.pad(pixels, ((0, below), (0, right), (0, 0)), mode="edge").astype(np.float64)
    rows = padded.reshape(padded.shape[0] // factor, factor, padded.shape[1] // factor, factor, 3)
    return rows.mean(axis=(1, 3))


@given(lengths, lengths, sides, st.integers(0, 2**32))
@settings(deadline=None)
def test_each_pixel_is_the_mean_of_a_square(width, height, side, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    found = average_pixels(pixels, side)
    assert found.shape[1::-1] == average_size((width, height), side)
    factor = next((factor for factor in (8, 4, 2) if min(width, height) // factor >= side), 1)
    assert np.abs(found - average_plainly(pixels, factor)).max() <= 0.5


@given(lengths, lengths, sides)
def test_no_side_gets_smaller_than_asked_and_a_larger_square_would_make_one(width, height, side):
    averaged = average_size((width, height), side)
    if averaged != (width, height):
        assert min(averaged) >= side
    factor = max(-(-width // averaged[0]), -(-height // averaged[1]))
    assert factor == 8 or min(width, height) < 2 * side * factor
    assert average_size((height, width), side) == averaged[::-1]
    assert average_size((width, height), 0) == (width, height)


@pytest.mark.parametrize("sampling", [cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444])
@pytest.mark.parametrize("side", [20, 40, 80, 160])
@pytest.mark.parametrize("size", [(320, 240), (333, 187), (171, 490)], ids=str)
def test_a_jpeg_is_averaged_as_it_is_decoded(size, side, sampling):
    image = cv2.GaussianBlur(paint(3, *size), (5, 5), 0)
    options = [cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    content = cv2.imencode(".jpg", image, options)[1].tobytes()
    shown, averaged = jpeg.decode_averaged(content, 10**6, side)
    expected = average_pixels(jpeg.decode(content, 10**6), side)
    assert shown == size
    assert averaged.shape == expected.shape
    assert np.abs(averaged.astype(int) - expected).mean() < 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_averages_lie_as_the_picture_is_shown(orientation, tmp_path):
    exif = pytest.importorskip("PIL.Image", reason="needs Pillow, which writes EXIF").Exif()
    exif[0x0112] = orientation
    from PIL import Image

    Image.fromarray(cv2.GaussianBlur(paint(2, 320, 240), (9, 9), 0)).save(tmp_path / "a.jpg", quality=95, exif=exif)
    full, averaged = read_picture(tmp_path / "a.jpg"), read_averaged(tmp_path / "a.jpg", 60)
    assert averaged.size == full.size == ((240, 320) if orientation > 4 else (320, 240))
    assert averaged.pixels.shape[1::-1] == (full.size[0] // 4, full.size[1] // 4)
    assert np.abs(averaged.pixels.astype(int) - average_pixels(full.pixels, 60)).mean() < 1


def test_what_is_no_jpeg_comes_in_full(tmp_path):
    (tmp_path / "a.png").write_bytes(encode(paint(1, 320, 240)))
    assert np.array_equal(read_averaged(tmp_path / "a.png", 20).pixels, read_picture(tmp_path / "a.png").pixels)


@pytest.mark.parametrize("side", [0, 20, 500])
def test_a_cut_jpeg_is_refused_at_any_size(tmp_path, side):
    content = cv2.imencode(".jpg", paint(1, 320, 240))[1].tobytes()
    (tmp_path / "a.jpg").write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(UnreadableFrame, match="truncated"):
        read_averaged(tmp_path / "a.jpg", side)
