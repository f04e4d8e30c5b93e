"""Landmarks tell pictures that lie upon each other from those that were moved, cropped or are of another place."""

import cv2
import numpy as np
import pytest

from framesift.comparators.landmarks import Landmarks, Match, Sketch, find_landmarks, follow, match
from tests.comparators.painting import paint


def plane(image: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 0.8), cv2.COLOR_BGR2YCrCb)


def yard(noise: int = 0) -> np.ndarray:
    """A place with corners all over it."""
    random = np.random.default_rng(7)
    image = paint(640, 480)
    for _ in range(120):
        (x, y), (width, height) = random.integers(0, (600, 440)), random.integers(8, 40, 2)
        level = [int(each) for each in random.integers(40, 220, 3)]
        cv2.rectangle(image, (int(x), int(y)), (int(x + width), int(y + height)), level, -1)
    shaken = image + np.random.default_rng(noise).normal(0, 2 if noise else 0, image.shape)
    return np.clip(shaken, 0, 255).astype(np.uint8)


def warp(image: np.ndarray, zoom: float = 1, right: float = 0, down: float = 0) -> np.ndarray:
    matrix = np.array([[zoom, 0, right], [0, zoom, down]], np.float32)
    return cv2.warpAffine(image, matrix, image.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


def compare(keeper: np.ndarray, *members: np.ndarray) -> Match:
    landmarks = find_landmarks(plane(keeper))
    assert landmarks.are_enough
    sketches = [landmarks.draw(plane(each)) for each in members]
    return match(
        landmarks, landmarks.draw(plane(keeper)), Sketch(*(np.array(each) for each in zip(*sketches, strict=True)))
    )


def test_a_fixed_camera_lies_upon_itself():
    found = compare(yard(), yard(1), cv2.GaussianBlur(yard(2), (0, 0), 0.7), yard())
    assert found.lies_upon.all() and (found.shift < 0.5).all() and not found.gains.is_lit[[0, 2]].any()
    assert (found.gains.least < 1).all() and (found.gains.most > 1).all() and (found.gains.most < 1.3).all()


@pytest.mark.parametrize("gain", [0.75, 0.9, 1.2])
def test_light_is_told(gain):
    found = compare(yard(), cv2.convertScaleAbs(yard(1), alpha=gain))
    assert found.lies_upon[0] and found.gains.is_lit[0]
    assert found.gains.least[0] < gain < found.gains.most[0]


@pytest.mark.parametrize("way", [{"right": 3}, {"down": -2}, {"zoom": 1.01}, {"zoom": 1.05, "right": -16, "down": -12}])
def test_what_was_moved_or_cropped_does_not(way):
    assert not compare(yard(), warp(yard(1), **way)).lies_upon[0]


def test_nor_does_a_crop_of_which_the_middle_has_hardly_moved():
    """Of soft things: a corner that is blurred is still like itself a px or two away."""
    soft = cv2.GaussianBlur(yard(), (0, 0), 3)
    assert not compare(soft, warp(soft, zoom=1.008, right=-2.56, down=-1.92)).lies_upon[0]


def test_nor_does_another_place():
    assert not compare(yard(), yard()[:, ::-1], yard()[::-1], cv2.resize(paint(320, 240), (640, 480))).lies_upon.any()


@pytest.mark.parametrize("right", [0.2, 0.4])
def test_a_shift_of_less_than_a_px_is_measured(right):
    found = compare(yard(), warp(yard(), right=right))
    assert found.lies_upon[0] and found.shift[0] >= right
    assert (found.paths[0, :, 1] > right / 3).all() and (found.paths[0, :, 1] < 1.3 * right).all()
    assert np.abs(found.paths[0, :, 0]).max() < 0.15


def test_ways_by_way_of_others_add_up():
    right, left = compare(yard(), warp(yard(), right=0.3), warp(yard(), right=-0.3)).paths
    near, shift = follow(np.array([right - right, right - left, 2 * (right - left)]))
    assert near.tolist() == [True, True, False]
    assert shift[0] < 0.6 < shift[1]


def test_what_stands_before_half_of_a_place_is_no_move():
    hidden = yard(1)
    hidden[:, :300] = 90
    hidden[:60] = 90
    assert not compare(yard(), hidden).lies_upon[0]
    hidden = yard(1)
    hidden[:200, :260] = 90
    assert compare(yard(), hidden).lies_upon[0]


def test_plain_ground_has_no_landmarks():
    assert not find_landmarks(plane(np.full((480, 640, 3), 128, np.uint8))).are_enough
    assert find_landmarks(plane(np.full((9, 900, 3), 128, np.uint8))) is not None
    assert not Landmarks((), np.zeros((4, 0), np.float32)).are_enough
