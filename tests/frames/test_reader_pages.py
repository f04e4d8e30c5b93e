"""Files of several pictures: how many there are, and what each of them shows."""

import io
import os
import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from framesift.errors import UnreadableFrame
from framesift.frames.reader import decode_picture, read_picture
from framesift.frames.reader.pages import (
    animation,
    count_pages,
    count_to_decide,
    encode_page,
    name_page,
    read_page,
    split_page,
)
from framesift.frames.reader.pages.parts import After, Part
from framesift.frames.reader.source import read_from

MANY = ("TIFF", "GIF", "WEBP", "PNG")
"""The formats of Pillow that hold several pictures."""


def count_pictures(path):
    """How many pictures a file has."""
    content = path.read_bytes()
    return count_pages(read_from(content), len(content))


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
    assert count_pictures(tmp_path / "x") == number


@pytest.mark.parametrize("kind", ["JPEG", "BMP"])
def test_other_formats_have_one_picture(tmp_path, kind):
    (tmp_path / "x").write_bytes(encode(kind, [draw(0)]))
    assert count_pictures(tmp_path / "x") == 1


def test_the_second_view_of_a_camera_is_no_page(tmp_path):
    (tmp_path / "x.mpo").write_bytes(encode("MPO", [draw(0), draw(1)]))
    assert count_pictures(tmp_path / "x.mpo") == 1


@pytest.mark.parametrize("kind, pages", [(0, 2), (1, 1), (2, 2), (4, 1)])
def test_a_thumbnail_is_no_page(tmp_path, kind, pages):
    """By the kind of the second page: itself, reduced, of a document, mask."""
    (tmp_path / "x.tif").write_bytes(thumbnail_after(encode("TIFF", [draw(0), draw(1)]), kind))
    assert count_pictures(tmp_path / "x.tif") == pages


def test_a_large_stack_of_imagej_has_one_directory_and_says_how_many(tmp_path):
    tags = {270: "ImageJ=1.53t\nimages=4000\nslices=4000\n"}
    (tmp_path / "x.tif").write_bytes(encode("TIFF", [draw(0)], tiffinfo=tags))
    assert count_pictures(tmp_path / "x.tif") == 4000


@pytest.mark.parametrize("kind", MANY)
def test_a_file_that_breaks_off_has_what_stands_before(tmp_path, kind):
    content = encode(kind, [draw(n) for n in range(5)])
    for end in range(1, len(content), 41):
        (tmp_path / "x").write_bytes(content[:end])
        assert 1 <= count_pictures(tmp_path / "x") <= 5


def test_a_circle_of_directories_ends(tmp_path):
    content = bytearray(encode("TIFF", [draw(0)]))
    (first,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * count, first)
    (tmp_path / "x").write_bytes(content)
    assert count_pictures(tmp_path / "x") == 1


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(UnreadableFrame):
        count_to_decide(tmp_path / "none.tif")


WAYS = [
    *[("GIF", {"disposal": disposal}) for disposal in (0, 1, 2)],
    *[("PNG", {"disposal": disposal, "blend": 0}) for disposal in (0, 1, 2)],
    ("WEBP", {"lossless": True}),
    ("WEBP", {"quality": 80}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"compression": "jpeg"}),
    ("TIFF", {"compression": "tiff_adobe_deflate", "big_tiff": True}),
]


def draw_transparent(number):
    picture = np.dstack([np.asarray(draw(number)), np.full((32, 48), 255, np.uint8)])
    picture[:3, : 20 + number, 3] = 0
    return Image.fromarray(picture)


@pytest.mark.parametrize("transparent", [False, True])
@pytest.mark.parametrize("kind, how", WAYS, ids=str)
def test_a_page_is_what_pillow_shows(tmp_path, kind, how, transparent):
    path = tmp_path / "x"
    if transparent and how.get("compression") == "jpeg":
        pytest.skip("a JPEG has no transparency")
    path.write_bytes(encode(kind, [draw_transparent(n) if transparent else draw(n) for n in range(6)], **how))
    with Image.open(path) as image:
        for number in [1, 2, 3, 6, 4, 4]:
            image.seek(number - 1)
            shown = np.asarray(image.convert("RGBA"), np.uint16)
            over_black = np.rint(shown[..., :3] * (shown[..., 3:] / 255))[..., ::-1]
            content, status = read_page(str(path), number, 10**6)
            np.testing.assert_array_equal(decode_picture(content), over_black)
            np.testing.assert_array_equal(decode_picture(encode_page(content)), over_black)
            assert status.st_size == path.stat().st_size


def test_what_becomes_of_a_part_when_the_next_is_drawn(monkeypatch):
    """Pillow writes few such files right: here the parts are given."""
    small = encode("PNG", [draw(0).crop((0, 4, 8, 12))])
    parts = [
        Part(encode("PNG", [draw(5)]), (48, 32), 0, 0, True, After.STAYS),
        Part(small, (8, 8), 20, 10, True, After.UNDONE),
        Part(small, (8, 8), 30, 20, True, After.CLEARED),
        Part(small, (8, 8), 44, 30, True, After.STAYS),
    ]
    monkeypatch.setattr(animation, "find_parts", lambda content: iter(parts))
    monkeypatch.setattr(animation, "read_canvas", lambda content: (48, 32))
    shown = [animation.draw_page("a key", lambda: b"", number, 10**6) for number in (1, 2, 3, 4)]
    expected = np.asarray(draw(5))[..., ::-1].copy()
    np.testing.assert_array_equal(shown[0], expected)
    undone = expected.copy()
    undone[10:18, 20:28] = (10, 30, 220)
    np.testing.assert_array_equal(shown[1], undone)
    cleared = expected.copy()
    cleared[20:28, 30:38] = (10, 30, 220)
    np.testing.assert_array_equal(shown[2], cleared)
    cleared[20:28, 30:38] = 0
    cleared[30:, 44:] = (10, 30, 220)  # no more of it than the canvas has room for
    np.testing.assert_array_equal(shown[3], cleared)


def test_a_large_stack_of_imagej_is_read_by_place(tmp_path):
    first = encode("TIFF", [draw(0)], tiffinfo={270: "ImageJ=1.53t\nimages=3\n"})
    more = b"".join(np.asarray(draw(n)).tobytes() for n in (1, 2))
    (offset,) = struct.unpack_from("<I", first, 4)
    assert offset < first.find(np.asarray(draw(0)).tobytes()), "Pillow writes the pixels last"
    (tmp_path / "x").write_bytes(first + more)
    for number in (1, 2, 3):
        pixels = decode_picture(read_page(str(tmp_path / "x"), number, 10**6)[0])
        np.testing.assert_array_equal(pixels, np.asarray(draw(number - 1))[..., ::-1])
    with pytest.raises(UnreadableFrame, match="no such page"):
        read_page(str(tmp_path / "x"), 4, 10**6)


def test_no_more_of_a_stack_is_read_than_a_page(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(encode("TIFF", [draw(n) for n in range(40)]))
    read, taken = os.pread, []
    monkeypatch.setattr(os, "pread", lambda *about: taken.append(about[1]) or read(*about))
    read_page(str(tmp_path / "x"), 3, 10**6)
    assert sum(length for length in taken if length > 512) == 48 * 32 * 3


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_damaged_picture_of_an_animation_and_what_is_drawn_over_it_are_refused(tmp_path, kind):
    content = bytearray(encode(kind, [draw(n) for n in range(6)], **({"lossless": True} if kind == "WEBP" else {})))
    at = len(content) // 2
    content[at : at + 20] = bytes(20)
    (tmp_path / "x").write_bytes(content)
    reasons = [refuse_page(tmp_path / "x", number) for number in range(1, 7)]
    first = next(number for number, reason in enumerate(reasons, 1) if reason)
    after = "comes after a picture that is damaged, or is not there"
    assert not any(reasons[: first - 1]) and reasons[first - 1] != after and reasons[first:] == [after] * (6 - first)
    with ThreadPoolExecutor(1) as another:  # of the pages before it has not been asked for any
        for number in (6, first + 1, first):
            assert another.submit(refuse_page, tmp_path / "x", number).result() == reasons[number - 1]


def refuse_page(path, number):
    """Return why a page is refused, if it is."""
    try:
        read_page(str(path), number, 10**6)
    except UnreadableFrame as error:
        return error.reason
    return None


def test_a_page_is_addressed_below_its_file(tmp_path):
    path = str(tmp_path / "a.tif")
    assert name_page("c/a.tif", 2) == "c/a.tif/a_0002.png"
    assert split_page("c/a.tif/a_0002.png") == ("c/a.tif", 2)
    assert split_page(name_page(f"c/{'ä' * 120}.tif", 12345)) == (f"c/{'ä' * 120}.tif", 12345)
    assert len(os.fsencode(name_page(f"{'ä' * 120}.tif", 1)).rpartition(b"/")[2]) < 255
    for other in ("c/a.tif", "c/a.tif/b_0002.png", "c/a.tif/a_2.png", "c/a.jpg/a_0002.png", "a_0002.png"):
        assert split_page(other) is None
    (tmp_path / "a.tif").write_bytes(encode("TIFF", [draw(0), draw(1)]))
    assert read_picture(name_page(path, 2)).pixels.shape == (32, 48, 3)
    with pytest.raises(UnreadableFrame):
        read_picture(name_page(path, 3))


def test_a_canvas_is_bounded_before_it_is_drawn(tmp_path):
    (tmp_path / "x").write_bytes(encode("GIF", [draw(0), draw(1)]))
    with pytest.raises(UnreadableFrame, match="too many pixels"):
        read_page(str(tmp_path / "x"), 1, 1000)
