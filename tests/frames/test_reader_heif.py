"""HEIC and AVIF: turned upright, of 10 bits the upper 8, bounded, and refused where they are not whole."""

import io
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from framesift.errors import UnreadableFrame
from framesift.frames.reader import decode_picture, read_capture_time, read_size
from tests.frames.test_reader_pages import count_pictures

pillow_heif = pytest.importorskip("pillow_heif", reason="needs the extra heif")
KINDS = ("HEIC", "AVIF")


def draw(opacity=None):
    y, x = np.mgrid[0:96, 0:128]
    noise = np.random.default_rng(0).normal(0, 8, (96, 128))
    grey = np.clip(110 + 40 * np.sin(x / 9) + 40 * np.cos(y / 11) + noise, 0, 255).astype(np.uint8)
    colours = np.dstack([grey, grey[::-1], 255 - grey])
    return colours if opacity is None else np.dstack([colours, opacity])


def encode(kind, pixels, **more):
    file = io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(Image.fromarray(pixels)).save(file, quality=95, **more)
    else:
        Image.fromarray(pixels).save(file, "AVIF", quality=95, **more)
    return file.getvalue()


ENCODED = {kind: encode(kind, draw()) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_colours(tmp_path, kind):
    pixels = decode_picture(ENCODED[kind])
    assert pixels.shape == (96, 128, 3) and pixels.flags.c_contiguous
    assert np.abs(pixels[..., ::-1].astype(int) - draw()).mean() < 8
    (tmp_path / "x").write_bytes(ENCODED[kind])
    assert read_size(tmp_path / "x", 10**6) == (128, 96)
    assert count_pictures(tmp_path / "x") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_orientation_and_time(tmp_path, kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2021:03:27 10:36:36"
    content = encode(kind, draw(), exif=exif.tobytes())
    (tmp_path / "x").write_bytes(content)
    assert decode_picture(content).shape == (128, 96, 3)
    assert read_size(tmp_path / "x", 10**6) == (96, 128)
    assert read_capture_time(tmp_path / "x") == ("2021:03:27 10:36:36", None)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_transparent_is_black(kind):
    opacity = np.full((96, 128), 255, np.uint8)
    opacity[:48] = 0
    pixels = decode_picture(encode(kind, draw(opacity)))
    assert pixels[:40].max() == 0 and pixels[60:].max() > 100


def test_ten_bits():
    levels = (draw().astype(np.uint16) << 8).tobytes()
    file = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (128, 96), levels).save(file, quality=95)
    assert pillow_heif.open_heif(file, convert_hdr_to_8bit=False).info["bit_depth"] > 8
    assert np.abs(decode_picture(file.getvalue())[..., ::-1].astype(int) - draw()).mean() < 8


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_is_bounded_before_anything_is_decoded(kind):
    with pytest.raises(UnreadableFrame, match=r"too many pixels \(128x96\)"):
        decode_picture(ENCODED[kind], 10_000)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(KINDS), st.data())
def test_cut_or_with_a_hole_it_is_refused(kind, data):
    content = ENCODED[kind]
    at = data.draw(st.integers(12, len(content) - 513))
    hole = bytes(data.draw(st.sampled_from([64, 512, len(content) - at])))
    for damaged in (content[:at], content[:at] + hole + content[at + len(hole) :]):
        with pytest.raises(UnreadableFrame):
            decode_picture(damaged)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_is_named_and_left(kind):
    with pytest.raises(UnreadableFrame, match="not read: a sequence of pictures"):
        decode_picture(ENCODED[kind] + b"\0\0\0\x08moov")


@pytest.mark.parametrize("kind, package", [("HEIC", "pillow_heif"), ("AVIF", "PIL")])
def test_without_the_extra_it_is_said_what_to_install(monkeypatch, kind, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UnreadableFrame, match=f"{kind} is read with the extra heif"):
        decode_picture(ENCODED[kind])
