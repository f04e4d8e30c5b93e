"""JPEGs of any sampling and coding are read where they are whole, and refused where data are missing or wrong."""

import base64
import io
import re

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from framesift.errors import UnreadableFrame
from framesift.frames.reader import decode_picture
from tests.frames.jpegs import encode_sampled, make_picture
from tests.frames.test_reader import find_refusal

SAMPLINGS = [
    [(4, 2), (1, 1), (1, 1)],
    [(2, 4), (1, 1), (1, 1)],
    [(3, 1), (1, 1), (1, 1)],
    [(3, 2), (1, 1), (1, 1)],
    [(1, 3), (1, 1), (1, 1)],
    [(2, 3), (1, 1), (1, 1)],
    [(2, 2), (2, 1), (1, 2)],
    [(2, 1), (1, 2), (1, 1)],
    [(1, 1), (2, 2), (2, 2)],
]
COMMON = [[(1, 1)] * 3, [(2, 1), (1, 1), (1, 1)], [(2, 2), (1, 1), (1, 1)]]
"""Those that simplejpeg has names for."""
KINDS = [{}, {"restart": 1}, {"restart": 3}, {"progressive": True}, {"progressive": True, "restart": 2}]
PICTURE = make_picture()
WHOLE = [encode_sampled(PICTURE, sampling, **how) for sampling in SAMPLINGS for how in KINDS]

ARITHMETIC = base64.b85decode(
    "|JeWF01!$>Nk#wx0RR9200961|JwjV02B@n5)Ta&5)cv>6%-gAG9exu93DL^E+jHZKuk+VKt@GST61DhRc%&9Mr4R(ZFhTtf`Lw8"
    "jhBplmUDiAeE-`3Lje^R7akfOJ0T%Ed{ahKe0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0=}O"
    "01*fPC;&JE0U`hb5di}c0sqVZ3IGrg1pyEd1^?Or3<CiG0ucid06zfucQX{@bSqOFg=zq}h=eh?^Dv(3GovXIWKxey(Ln+v*frH)"
    "2tzaWGD|L+^^N!(dZA0Wf`g?-s5=c7&oc=K7ZfV`AfHA7;0;{RwevJmR*gTjQW6hv;5(rT%>Mv@&jp@sS133g_6vvVYi!nhk0-%&"
    "nXX-Ts?*LDXXNNs(O_eOaI#3!8^u=h=(0CGk}`k=gK3L9-1~z@Ii%OemG&Lya3%u@6vp*szN}!m)BZa_<M@CTVjHJY=Cre5wLewo"
    "6ap%NzpZ#Grz#I748D2S0k+^{(*M~"
)
"""Of 56x40 px, by cjpeg -arithmetic."""


def find_data(content: bytes) -> int:
    return content.index(b"\xff\xda") + 20


def looks_like(content: bytes, original: bytes) -> bool:
    """Whether a damaged JPEG is refused, or nobody would see the damage."""
    try:
        pixels = decode_picture(content)
    except UnreadableFrame:
        return True
    change = np.abs(pixels.astype(int) - decode_picture(original)).max(axis=2)
    return bool((change > 24).mean() <= 0.002)


@pytest.mark.parametrize("content", WHOLE)
def test_whole_ones_are_read(content: bytes) -> None:
    pixels = decode_picture(content)
    assert np.array_equal(pixels, cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR))
    assert np.abs(pixels.astype(int) - PICTURE)[:, :, 1].mean() < 40


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 70), st.integers(1, 70), st.sampled_from(SAMPLINGS), st.sampled_from(KINDS), st.integers(0, 255))
def test_whole_ones_of_any_size_are_read(width: int, height: int, sampling, how, level: int) -> None:  # type: ignore[no-untyped-def]
    flat = np.full((height, width, 3), level, np.uint8)
    for image in (make_picture(width, height), flat):
        assert decode_picture(encode_sampled(image, sampling, **how)).shape == (height, width, 3)


@pytest.mark.parametrize("content", WHOLE)
def test_no_cut_is_read_with_or_without_its_end(content: bytes) -> None:
    for length in range(find_data(content), len(content) - 8, 211):
        assert find_refusal(content[:length])
        assert find_refusal(content[:length] + b"\xff\xd9")


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.sampled_from(WHOLE), st.floats(0, 1), st.sampled_from([64, 300, 512]))
def test_no_hole_of_zeros_is_used(content: bytes, place: float, length: int) -> None:
    start = find_data(content)
    at = start + int(place * (len(content) - 2 - start - length))
    assert looks_like(content[:at] + bytes(length) + content[at + length :], content)


@pytest.mark.parametrize("sampling", [SAMPLINGS[0], *COMMON], ids=str)
@pytest.mark.parametrize("restart", [1, 3])
def test_no_hole_of_zeros_that_ends_before_a_marker_is_used(sampling, restart: int) -> None:  # type: ignore[no-untyped-def]
    """Its last zeros may be taken for all the blocks that are lacking, so that nothing is too much."""
    content = encode_sampled(PICTURE, sampling, restart=restart)
    start = find_data(content)
    ends = [start + found.start() for found in re.finditer(rb"\xff[\xd0-\xd7\xd9]", content[start:])]
    for end in ends[:: len(ends) // 30 + 1]:
        for length in (33, 100, 300):
            if end - length > start:
                assert looks_like(content[: end - length] + bytes(length) + content[end:], content)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.sampled_from(WHOLE), st.floats(0, 1))
def test_no_missing_piece_is_used(content: bytes, place: float) -> None:
    start = find_data(content)
    at = start + int(place * (len(content) - 514 - start))
    assert looks_like(content[:at] + content[at + 512 :], content)


@pytest.mark.parametrize("filler", [b"\0", b"\0\0\0", b"\xff" * 5])
def test_filler_is_no_damage(filler: bytes) -> None:
    content = WHOLE[0]
    assert np.array_equal(decode_picture(content[:-2] + filler + content[-2:]), decode_picture(content))


def test_too_much_is_refused() -> None:
    content = WHOLE[0]
    assert find_refusal(content[:-2] + b"\x5a" * 4 + content[-2:]).startswith("damaged JPEG")


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("restart", [0, 1])
def test_no_hole_of_zeros_is_used_in_usual_ones(subsampling: int, restart: int) -> None:
    file = io.BytesIO()
    how = {"restart_marker_rows": restart} if restart else {}
    Image.fromarray(make_picture(320, 240)).save(file, "JPEG", quality=85, subsampling=subsampling, **how)
    content = file.getvalue()
    for at in range(find_data(content) + 700, len(content) - 100, 97):
        assert find_refusal(content[:at] + bytes(64) + content[at + 64 :])


def test_a_flat_picture_may_be_coded_as_zeros() -> None:
    file = io.BytesIO()
    Image.new("L", (640, 480), 0).save(file, "JPEG", optimize=True)
    assert bytes(64) in file.getvalue()
    assert not decode_picture(file.getvalue()).any()


def test_arithmetic_coding_of_unusual_sampling_is_named() -> None:
    content = WHOLE[0].replace(b"\xff\xc0\0\x11", b"\xff\xc9\0\x11")
    assert find_refusal(content) == "not supported: a JPEG with arithmetic coding and unusual sampling"


def test_arithmetic_coding_is_read_where_it_is_whole() -> None:
    assert decode_picture(ARITHMETIC).shape == (40, 56, 3)
    for length in range(find_data(ARITHMETIC), len(ARITHMETIC) - 8):
        assert find_refusal(ARITHMETIC[:length])
        assert find_refusal(ARITHMETIC[:length] + b"\xff\xd9")
