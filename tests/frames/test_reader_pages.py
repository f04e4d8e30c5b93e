"""Files of several pictures: how many there are, and what each of them shows."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from framesift.errors import UnreadableFrame
from framesift.frames.reader import count_pages

MANY = ("TIFF", "GIF", "WEBP", "PNG")
"""The formats of Pillow that hold several pictures."""


def draw(number, size=(48, 32)):
    """A picture unlike that of any other number."""
    pixels = np.full((size[1], size[0], 3), (40, 90, 140), np.uint8)
    pixels[4:14, 3 * number : 3 * number + 10] = (220, 30, 10 + number)
    return Image.fromarray(pixels)


def encode(kind, pictures, **more):
    """The bytes of one file with these pictures."""
    file = io.BytesIO()
    if len(pictures) > 1:
        more |= {"save_all": True, "append_images": pictures[1:]}
    pictures[0].save(file, kind, **more)
    return file.getvalue()


def thumbnail_after(content, kind):
    """A TIFF of two pages, little-endian, with the kind of the second one written into it."""
    content = bytearray(content)
    (first,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, first)
    (second,) = struct.unpack_from("<I", content, first + 2 + 12 * count)
    struct.pack_into("<HHII", content, second + 2, 254, 4, 1, kind)  # in place of the width, which is nobody's here
    return bytes(content)


@pytest.mark.parametrize("kind", MANY)
@pytest.mark.parametrize("number", [1, 2, 7])
def test_pages_are_counted(tmp_path, kind, number):
    (tmp_path / "x").write_bytes(encode(kind, [draw(n) for n in range(number)]))
    assert count_pages(tmp_path / "x") == number


@pytest.mark.parametrize("kind", ["JPEG", "BMP"])
def test_other_formats_have_one_picture(tmp_path, kind):
    (tmp_path / "x").write_bytes(encode(kind, [draw(0)]))
    assert count_pages(tmp_path / "x") == 1


def test_the_second_view_of_a_camera_is_no_page(tmp_path):
    (tmp_path / "x.mpo").write_bytes(encode("MPO", [draw(0), draw(1)]))
    assert count_pages(tmp_path / "x.mpo") == 1


@pytest.mark.parametrize("kind, pages", [(0, 2), (1, 1), (2, 2), (4, 1)])
def test_a_thumbnail_is_no_page(tmp_path, kind, pages):
    """By the kind of the second page: itself, reduced, of a document, mask."""
    (tmp_path / "x.tif").write_bytes(thumbnail_after(encode("TIFF", [draw(0), draw(1)]), kind))
    assert count_pages(tmp_path / "x.tif") == pages


def test_a_large_stack_of_imagej_has_one_directory_and_says_how_many(tmp_path):
    tags = {270: "ImageJ=1.53t\nimages=4000\nslices=4000\n"}
    (tmp_path / "x.tif").write_bytes(encode("TIFF", [draw(0)], tiffinfo=tags))
    assert count_pages(tmp_path / "x.tif") == 4000


@pytest.mark.parametrize("kind", MANY)
def test_a_file_that_breaks_off_has_what_stands_before(tmp_path, kind):
    content = encode(kind, [draw(n) for n in range(5)])
    for end in range(1, len(content), 41):
        (tmp_path / "x").write_bytes(content[:end])
        assert 1 <= count_pages(tmp_path / "x") <= 5


def test_a_circle_of_directories_ends(tmp_path):
    content = bytearray(encode("TIFF", [draw(0)]))
    (first,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * count, first)
    (tmp_path / "x").write_bytes(content)
    assert count_pages(tmp_path / "x") == 1


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(UnreadableFrame):
        count_pages(tmp_path / "none.tif")
