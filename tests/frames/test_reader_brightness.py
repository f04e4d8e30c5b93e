"""By what light a picture was taken, told by it alone."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift.frames.light import Light
from framesift.frames.reader import GreyDecoding, read_picture, tell_light, tell_light_of
from tests.conftest import SHARED

REAL = SHARED / "frames"


@pytest.mark.parametrize(("colour", "light"), [
    ((150, 120, 90), Light.DAY), ((60, 30, 20), Light.NIGHT), ((120, 120, 120), Light.INFRARED),
    ((10, 10, 10), Light.INFRARED), ((124, 120, 118), Light.INFRARED),
])  # fmt: skip
def test_colour_and_brightness_tell_the_light(colour, light):
    assert tell_light(np.full((48, 64, 3), colour, np.uint8)) == light


def test_a_clock_written_in_yellow_is_no_colour():
    image = np.full((480, 640, 3), 90, np.uint8)
    cv2.putText(image, "2021-03-27 10:31:04", (10, 30), cv2.FONT_HERSHEY_PLAIN, 1, (0, 255, 255))
    assert tell_light(image) == Light.INFRARED


def test_the_light_is_the_same_however_the_pixels_were_asked_for(tmp_path):
    path = tmp_path / "a.jpg"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(60, 100, (200, 300, 3), np.uint8))
    assert len({tell_light_of(read_picture(path, grey=grey)) for grey in (None, GreyDecoding(32, 1))}) == 1


@pytest.mark.skipif(not REAL.is_dir(), reason="needs shared/frames, which lies beside the project")
def test_real_cameras_by_day_by_night_and_in_infrared():
    def lights(camera: str, step: int = 1) -> list[Light]:
        paths = sorted(path for path in Path(REAL / camera).iterdir() if path.suffix in (".jpg", ".png"))
        return [tell_light_of(read_picture(path)) for path in paths[::step]]

    assert set(lights("c104", 10)) == set(lights("c319", 10)) == {Light.DAY}
    assert set(lights("c315", 5)) == set(lights("c210", 5)) == {Light.INFRARED}
    assert 60 <= lights("c7").count(Light.NIGHT) <= 70
