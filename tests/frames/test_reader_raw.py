"""Raw files of cameras, drawn: directories as the cameras write them, with previews and no pixels of a sensor."""

import struct

import numpy as np
import pytest

from framesift.errors import UnreadableFrame
from framesift.frames.finding import find_frames
from framesift.frames.reader import decode_levels, decode_picture, is_deep_file, read_size
from tests.conftest import encode, make_image
from tests.frames.test_reader_pages import count_pictures

FULL, SMALL = make_image(300, 200, box=(20, 20, 90, 90)), make_image(60, 40)
SENSOR = {256: 304, 257: 204, 258: 14, 262: 32803}


def write_raw(*directories, parts=(), mark=b"", order="<"):
    """A TIFF of these directories in a row, the first of which has `parts`. A value of bytes is put elsewhere."""
    start = 8 + len(mark)
    content = bytearray((b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, start) + mark)
    for number, directory in enumerate(directories):
        is_last = number == len(directories) - 1
        put_directory(content, directory, order, parts if number == 0 else (), is_last)
    return bytes(content)


def put_directory(content, directory, order, parts=(), is_last=True):
    directory = dict(directory)
    if parts:
        directory[330] = b""
    start, entries = len(content), sorted(directory)
    content += bytes(2 + 12 * len(entries) + 4)
    struct.pack_into(order + "H", content, start, len(entries))
    for number, tag in enumerate(entries):
        value, count = directory[tag], 1
        if tag == 330:
            offsets = []
            for part in parts:
                offsets.append(len(content))
                put_directory(content, part, order)
            count, value = len(offsets), offsets[0] if len(offsets) == 1 else len(content)
            content += b"".join(struct.pack(order + "I", offset) for offset in offsets) if count > 1 else b""
        elif isinstance(value, bytes):
            content += value
            value = len(content) - len(value)
        struct.pack_into(order + "HHII", content, start + 2 + 12 * number, tag, 4, count, value)
    following = 0 if is_last else len(content)
    struct.pack_into(order + "I", content, start + 2 + 12 * len(entries), following)


def in_strip(image, **more):
    data = encode(image, ".jpg")
    height, width = image.shape[:2]
    return {256: width, 257: height, 258: 8, 259: 7, 262: 6, 273: data, 279: len(data), **more}


def embedded(image):
    data = encode(image, ".jpg")
    return {513: data, 514: len(data)}


RAWS = {
    "DNG": write_raw(in_strip(SMALL) | {254: 1, 50706: 0x01040000}, parts=[SENSOR, in_strip(FULL) | {254: 1}]),
    "DNG, big-endian": write_raw({254: 0, 50706: 1, **SENSOR}, parts=[in_strip(FULL)], order=">"),
    "NEF": write_raw({254: 1, 256: 60, 257: 40}, parts=[embedded(FULL), SENSOR]),
    "CR2": write_raw(in_strip(FULL) | {259: 6}, embedded(SMALL), in_strip(SMALL), mark=b"CR\x02\0" + bytes(4)),
    "PEF": write_raw(SENSOR, embedded(SMALL), embedded(FULL)),
}


@pytest.mark.parametrize("content", RAWS.values(), ids=RAWS)
def test_the_preview_of_full_size_is_the_picture(tmp_path, content):
    expected = decode_picture(encode(FULL, ".jpg"))
    np.testing.assert_array_equal(decode_picture(content), expected)
    assert decode_levels(content).levels is None
    (tmp_path / "x.dng").write_bytes(content)
    assert read_size(tmp_path / "x.dng", 10**6) == (300, 200)
    assert count_pictures(tmp_path / "x.dng") == 1 and not is_deep_file(tmp_path / "x.dng")


def test_it_is_turned_upright_as_the_raw_file_says(tmp_path):
    content = write_raw({274: 6, **SENSOR}, embedded(FULL))
    (tmp_path / "x").write_bytes(content)
    assert decode_picture(content).shape == (300, 200, 3)
    assert read_size(tmp_path / "x", 10**6) == (200, 300)


def test_a_preview_that_is_smaller_is_not_the_picture():
    with pytest.raises(UnreadableFrame, match="not read: a raw file whose preview has 60x40 of 304x204 px"):
        decode_picture(write_raw(SENSOR, embedded(SMALL)))


def test_a_raw_file_without_a_preview_is_named():
    with pytest.raises(UnreadableFrame, match="not read: a raw file without a preview"):
        decode_picture(write_raw(SENSOR))


@pytest.mark.parametrize("content", RAWS.values(), ids=RAWS)
def test_a_cut_raw_file_is_refused_or_its_preview_is_whole(content):
    whole = decode_picture(encode(FULL, ".jpg"))
    for end in range(12, len(content), 97):
        try:
            np.testing.assert_array_equal(decode_picture(content[:end]), whole)
        except UnreadableFrame:
            continue


def test_a_raw_file_beside_its_picture_is_no_frame(write_tree):
    names = ["a.dng", "b.NEF", "b.JPG", "c.cr2", "c.jpg", "d.arw", "e.jpg"]
    listing = find_frames(write_tree(dict.fromkeys(names, b"\0")))
    assert [frame.path for frame in listing.frames] == ["a.dng", "b.JPG", "c.jpg", "d.arw", "e.jpg"]
    assert listing.others == {"nef": 1, "cr2": 1}
