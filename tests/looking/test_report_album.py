"""The pictures of a report."""

import cv2
import numpy as np
import pytest

from framesift.looking.report.album import encode, may_be_halved


@pytest.mark.parametrize(("size", "width"), [((1920, 1080), 320), ((1920, 1080), 256), ((3840, 2160), 256)])
def test_a_picture_that_is_made_small_in_steps_looks_as_one_that_is_averaged_at_once(size, width):
    rng = np.random.default_rng(1)
    coarse = cv2.resize(rng.integers(0, 256, (size[1] // 12, size[0] // 12, 3), np.uint8), size)
    large = cv2.add(coarse, rng.integers(0, 20, (size[1], size[0], 3), np.uint8))
    once = cv2.resize(large, (width, width * 9 // 16), interpolation=cv2.INTER_AREA)
    content = encode(large, width)
    shown = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    expected = cv2.imencode(".webp", once, [cv2.IMWRITE_WEBP_QUALITY, 50])[1]
    alike = cv2.imdecode(expected, cv2.IMREAD_COLOR)
    assert shown.shape == once.shape
    assert abs(cv2.PSNR(shown, once) - cv2.PSNR(alike, once)) < 0.2, "no farther from what there was to see"


@pytest.mark.parametrize(
    ("size", "goal", "halved"),
    [
        ((1920, 1080), (320, 180), True),
        ((1920, 1080), (256, 144), True),
        ((1920, 1080), (448, 252), False),
        ((1921, 1080), (200, 112), False),
        ((640, 480), (640, 480), False),
    ],
)
def test_only_what_is_whole_or_much_larger_is_halved(size, goal, halved):
    assert may_be_halved(np.zeros((size[1], size[0], 3), np.uint8), goal) is halved
