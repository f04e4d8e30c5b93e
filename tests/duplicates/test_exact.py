"""What may be deleted for good: only what its keeper has pixel for pixel, with nothing beside the pixels."""

import os

import cv2
import numpy as np
import pytest

from framesift.duplicates import is_exact
from framesift.errors import UnreadableFrame
from tests.comparators.test_comparators import paint
from tests.conftest import encode
from tests.duplicates.test_search import jpeg

PICTURE = paint(1, 64, 48)
MORE = b"\xff\xe2\0\x08MPF\0\0\0"
OPAQUE = np.dstack([PICTURE, np.full((48, 64), 255, np.uint8)])


def other(image: np.ndarray) -> np.ndarray:
    changed = image.copy()
    changed[0, 0] ^= 1
    return changed


CASES = {
    "same bytes": (encode(PICTURE), encode(PICTURE), True),
    "stored otherwise": (encode(PICTURE), encode(PICTURE, ".bmp"), True),
    "a level of a pixel": (encode(PICTURE), encode(other(PICTURE)), False),
    "compressed": (encode(PICTURE), jpeg(PICTURE, 100), False),
    "smaller": (encode(PICTURE), encode(cv2.resize(PICTURE, (32, 24))), False),
    "bits": (encode(PICTURE.astype(np.uint16) * 257), encode(PICTURE), False),
    "lowest bits": (encode(PICTURE.astype(np.uint16) * 257), encode(PICTURE.astype(np.uint16) * 256), False),
    "alpha": (encode(OPAQUE), encode(PICTURE), False),
    "what is under transparency": (encode(OPAQUE * [1, 1, 1, 0]), encode(other(OPAQUE) * [1, 1, 1, 0]), False),
    "a film behind it": (jpeg(PICTURE) + b"\0\0\0\x18ftypmp42film", jpeg(PICTURE), False),
    "more pictures behind it": (
        jpeg(PICTURE)[:2] + b"\xff\xe2\0\x08MPF\0\0\0" + jpeg(PICTURE)[2:],
        jpeg(PICTURE),
        False,
    ),
    "webp": (encode(PICTURE, ".webp"), encode(PICTURE, ".webp") + b"\0", False),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_exact(tmp_path, case):
    one, two, expected = CASES[case]
    (tmp_path / "one").write_bytes(one)
    (tmp_path / "two").write_bytes(two)
    assert is_exact(str(tmp_path / "one"), str(tmp_path / "two"))[0] == expected
    if case not in ("a film behind it", "more pictures behind it"):
        assert is_exact(str(tmp_path / "two"), str(tmp_path / "one"))[0] == expected


def test_exif_that_only_the_other_has(tmp_path):
    image = pytest.importorskip("PIL.Image", reason="needs Pillow, which writes EXIF")
    exif = image.Exif()
    exif[0x010F] = "Maker"
    image.fromarray(PICTURE).save(tmp_path / "taken.png", exif=exif)
    image.fromarray(PICTURE).save(tmp_path / "bare.png")
    assert not is_exact(str(tmp_path / "taken.png"), str(tmp_path / "bare.png"))[0]
    assert is_exact(str(tmp_path / "bare.png"), str(tmp_path / "taken.png"))[0]


def test_one_file_under_two_names_and_damaged_ones(tmp_path):
    (tmp_path / "one.png").write_bytes(encode(PICTURE))
    os.link(tmp_path / "one.png", tmp_path / "two.png")
    assert not is_exact(str(tmp_path / "one.png"), str(tmp_path / "two.png"))[0]
    (tmp_path / "cut.png").write_bytes(encode(PICTURE)[:-20])
    for name in ("cut.png", "none.png"):
        with pytest.raises(UnreadableFrame):
            is_exact(str(tmp_path / name), str(tmp_path / "one.png"))
