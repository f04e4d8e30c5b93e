"""16-bit files as they are read: all bits as OpenCV gives them, fewer in the range that suits or is asked for."""

import cv2
import numpy as np
import pytest

from framesift.frames.levels import WHOLE, Levels
from framesift.frames.reader import decode_levels, decode_picture, is_deep_file, read_picture, read_reduced
from tests.conftest import encode
from tests.frames.test_reader import decode_as_opencv, make_scene

SUFFIXES = [".png", ".tif"]


def deepen(image: np.ndarray, bits: int) -> np.ndarray:
    return image.astype(np.uint16) << (bits - 8)


def make_grey() -> np.ndarray:
    return make_scene()[..., 0]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("image", [make_grey(), make_scene()], ids=["grey", "colours"])
def test_16_bits_that_are_all_used_are_opencvs_picture(suffix, image):
    content = encode(deepen(image, 16) + np.uint16(200), suffix)
    decoded = decode_levels(content)
    assert decoded.levels == WHOLE and not decoded.beyond
    assert np.array_equal(decoded.pixels, decode_as_opencv(content))
    assert np.array_equal(decode_levels(content, levels=WHOLE).pixels, decoded.pixels)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("bits", [10, 12, 14])
@pytest.mark.parametrize("image", [make_grey(), make_scene()], ids=["grey", "colours"])
def test_fewer_bits_are_the_picture_of_8(suffix, bits, image):
    decoded = decode_levels(encode(deepen(image, bits), suffix))
    assert decoded.levels == Levels(0, 1 << bits)
    assert np.array_equal(decoded.pixels, decode_picture(encode(image)))


def test_transparent_parts_lie_over_black():
    opacity = np.zeros((50, 66), np.uint8)
    opacity[:, :30] = 255
    image = np.dstack([make_scene(), opacity])
    deep = np.dstack([deepen(make_scene(), 12), deepen(opacity, 16)])
    assert np.array_equal(decode_picture(encode(deep)), decode_picture(encode(image)))


def test_a_range_that_is_asked_for_is_used_and_what_lies_beyond_is_told():
    content = encode(np.full((20, 30), 5000, np.uint16))
    decoded = decode_levels(content, levels=Levels(0, 1024))
    assert decoded == (decoded.pixels, Levels(0, 1024), True) and (decoded.pixels == 255).all()
    assert (decode_levels(content, levels=Levels(4872, 5128)).pixels == 128).all()


def test_8_bits_have_no_range_whatever_is_asked_for():
    content = encode(make_scene())
    decoded = decode_levels(content, levels=Levels(7000, 8000))
    assert decoded.levels is None and np.array_equal(decoded.pixels, decode_as_opencv(content))


def test_numbers_with_a_sign_are_told_apart_too():
    image = (7400 + make_grey().astype(np.int16) * 3).astype(np.int16)
    done, content = cv2.imencode(".tif", image)
    assert done
    decoded = decode_levels(content.tobytes())
    assert decoded.levels is not None and np.ptp(decoded.pixels) > 100


def test_pictures_of_files(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encode(deepen(make_scene(), 12)))
    picture, (size, reduced) = read_picture(path), read_reduced(path)
    assert picture.levels == reduced.levels == Levels(0, 4096)
    assert picture.size == size == (66, 50)
    assert np.array_equal(reduced.pixels, picture.pixels[::8, ::8])
    assert read_picture(path, levels=Levels(0, 1024)).levels == Levels(0, 1024)


@pytest.mark.parametrize(
    ("name", "content", "deep"),
    [
        ("a.png", encode(deepen(make_grey(), 12)), True),
        ("a.tiff", encode(deepen(make_scene(), 16), ".tif"), True),
        ("a.PNG", encode(make_scene()), False),
        ("a.tif", encode(make_scene(), ".tif"), False),
        ("a.png", b"\x89PNG\r\n\x1a\n", False),
        ("a.tif", b"II*\0", False),
        ("a", b"notes", False),
        ("a.JPG", None, False),  # is not looked into
    ],
)
def test_a_file_of_16_bits_is_told_by_its_header(tmp_path, name, content, deep):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert is_deep_file(tmp_path / name) is deep
