"""JPEGs with more in them than the picture needs are whole; those with less of it are damaged, filled up or not."""

import io
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from framesift.errors import UnreadableFrame
from framesift.frames.reader import decode_picture

FILLERS = [b"\0", b"\0" * 3, b"\0" * 9, b"\xff", b"\xff" * 4, b"\0\0\xff", b"\x12\x34\x56\x78"]
jpegs = st.fixed_dictionaries(
    {
        "restart_marker_blocks": st.sampled_from([1, 3, 8, 25]),
        "quality": st.sampled_from([15, 60, 92]),
        "subsampling": st.sampled_from([0, 1, 2]),
        "optimize": st.booleans(),
    }
)
colours = st.booleans()


def encode(colour=True, **how):
    y, x = np.mgrid[0:90, 0:150]
    noise = np.random.default_rng(3).normal(0, 6, (90, 150))
    grey = np.clip(110 + 50 * np.sin(x / 9) + 40 * np.cos(y / 7) + noise, 0, 255).astype(np.uint8)
    pixels = np.dstack([grey, grey[::-1], grey[:, ::-1]]) if colour else grey
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", **how)
    return file.getvalue()


def take_apart(content):
    """What comes before the one scan, its intervals, the markers between them, and the end marker."""
    start = content.index(b"\xff\xda")
    start += 2 + int.from_bytes(content[start + 2 : start + 4], "big")
    pieces = re.split(rb"(\xff[\xd0-\xd7])", content[start:-2])
    return content[:start], pieces[::2], pieces[1::2], content[-2:]


def join(head, intervals, markers, end):
    scan = b"".join(part + marker for part, marker in zip(intervals, [*markers, b""], strict=False))
    return head + scan + end


def put_before(content, filler, markers):
    """Filler before each of some markers, wherever it stands."""
    return re.sub(rb"\xff[" + bytes(markers) + b"]", lambda match: filler + match[0], content)


def assert_same(content, original):
    np.testing.assert_array_equal(decode_picture(content), decode_picture(original))


@settings(deadline=None, max_examples=40)
@given(jpegs, colours, st.sampled_from(FILLERS))
def test_filler_behind_every_interval_is_no_damage(how, colour, filler):
    content = encode(colour, **how)
    head, intervals, markers, end = take_apart(content)
    assert_same(join(head, [part + filler for part in intervals], markers, end), content)


@settings(deadline=None, max_examples=40)
@given(jpegs, st.sampled_from([b"\0", b"\xff"]), st.data())
def test_filler_may_be_of_any_length(how, byte, data):
    """As of a camera that fills up to whole words."""
    content = encode(**how)
    head, intervals, markers, end = take_apart(content)
    lengths = data.draw(st.lists(st.integers(0, 7), min_size=len(intervals), max_size=len(intervals)))
    filled = [part + byte * length for part, length in zip(intervals, lengths, strict=True)]
    assert_same(join(head, filled, markers, end), content)


@settings(deadline=None, max_examples=60)
@given(jpegs, st.sampled_from([b"", *FILLERS]), st.data())
def test_what_is_missing_is_damage_with_filler_and_without(how, filler, data):
    head, intervals, markers, end = take_apart(encode(**how))
    number = data.draw(st.integers(0, len(intervals) - 2))
    if data.draw(st.booleans()):  # an interval and its marker are gone
        del intervals[number], markers[number]
    else:  # the scan breaks off, and has its end marker put back
        del intervals[number + 1 :], markers[number:]
        intervals[-1] = intervals[-1][: len(intervals[-1]) // 2]
    with pytest.raises(UnreadableFrame):
        decode_picture(join(head, [part + filler for part in intervals], markers, end))


def test_intervals_that_have_changed_places_are_damage():
    head, intervals, markers, end = take_apart(encode(restart_marker_blocks=8))
    markers[1], markers[2] = markers[2], markers[1]
    with pytest.raises(UnreadableFrame, match="damaged JPEG"):
        decode_picture(join(head, [part + b"\0\0\0" for part in intervals], markers, end))


def test_a_hole_of_zeros_is_not_taken_for_filler():
    head, intervals, markers, end = take_apart(encode(restart_marker_blocks=25, quality=92))
    intervals[2] = intervals[2][: len(intervals[2]) // 2] + bytes(len(intervals[2]) // 2)
    with pytest.raises(UnreadableFrame):
        decode_picture(join(head, intervals, markers, end))


@pytest.mark.parametrize("filler", [b"\0", b"\0" * 4, b"\xff\xff", b"\0" * 15])
@pytest.mark.parametrize("more", [{}, {"restart_marker_blocks": 25}], ids=str)
@pytest.mark.parametrize("progressive", [False, True])
def test_filler_before_any_marker_is_no_damage(progressive, more, filler):
    content = encode(progressive=progressive, **more)
    before = [0xC0, 0xC2, 0xC4, 0xD9, 0xDA, 0xDB, 0xDD]
    assert_same(put_before(content, filler, before), content)


def test_filler_within_the_scans_of_a_progressive_jpeg_is_no_damage():
    content = encode(progressive=True, restart_marker_blocks=100)
    assert_same(put_before(content, b"\0\0\0", range(0xD0, 0xD8)), content)


@pytest.mark.parametrize("filler", [b"", b"\0" * 3, b"\0" * 600])
def test_a_cut_progressive_jpeg_is_damaged_whatever_fills_it_up(filler):
    content = encode(progressive=True)
    cut = content[: len(content) * 2 // 3] + filler + b"\xff\xd9"
    with pytest.raises(UnreadableFrame):
        decode_picture(put_before(cut, b"\0\0", [0xDA]))


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:2] + b"\xff\xe1\x00\x05abc\x12\x34\x55" + content[2:],
        lambda content: content.replace(b"JFIF\0\x01", b"JFIF\0\x02"),
        lambda content: content[:2] + b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\x09" + content[2:],
        lambda content: content[:-2] + b"\xff\xdc\0\x04\0\x5a" + content[-2:],
        lambda content: content[:-2] + b"\0\0\0\xff\xff" + content[-2:] + b"and more" * 9,
        lambda content: content.replace(b"\0\x3f\0", b"\0\0\0"),
    ],
    ids=[
        "segment longer than it says",
        "JFIF 2",
        "unknown colours",
        "DNL",
        "behind the scan",
        "scan of no coefficients",
    ],
)
def test_odd_and_harmless(change):
    content = encode()
    changed = change(content)
    assert changed != content
    assert_same(changed, content)


def test_a_table_that_is_lost_is_damage():
    content = encode(optimize=True)
    start = content.index(b"\xff\xc4")
    length = int.from_bytes(content[start + 2 : start + 4], "big")
    with pytest.raises(UnreadableFrame):
        decode_picture(content[:start] + bytes(length + 2) + content[start + length + 2 :])
