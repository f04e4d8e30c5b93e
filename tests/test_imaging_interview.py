"""The image functions against the words of their contract, computed here by other means."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging_interview import (
    compare_frames_change_detection,
    draw_color_mask,
    kept_rectangle,
    preprocess_image_change_detection,
)

SIDES = st.integers(1, 40)


def random_image(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def plain_grey(image: np.ndarray, kernels: list[int]) -> np.ndarray:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    for kernel in kernels:
        grey = cv2.GaussianBlur(grey, (kernel, kernel), 0)
    return grey


def plain_strips(width: int, height: int, borders: tuple[float, ...]) -> np.ndarray:
    """True where a border strip lies: one pixel at a time, as the contract says it."""
    left, top, right, bottom = borders
    strips = np.zeros((height, width), bool)
    for y in range(height):
        for x in range(width):
            strips[y, x] = (
                (left > 0 and x <= int(left * width / 100))
                or (top > 0 and y <= int(top * height / 100))
                or x >= width - int(right * width / 100)
                or y >= height - int(bottom * height / 100)
            )
    return strips


class TestDrawColorMask:
    @given(SIDES, SIDES, st.tuples(*[st.sampled_from([0, 1, 5, 10, 12.5, 33, 49])] * 4))
    def test_paints_the_strips_and_nothing_else(self, width, height, borders):
        image = random_image(height, width)
        strips = plain_strips(width, height, borders)
        masked = draw_color_mask(image, borders, (1, 2, 3))
        assert (masked[strips] == (1, 2, 3)).all()
        assert (masked[~strips] == image[~strips]).all()

    def test_known_widths(self):
        masked = draw_color_mask(np.full((480, 640), 9, np.uint8), (5, 10, 5, 0))
        assert (masked[240] == 0).sum() == 33 + 32
        assert (masked[:, 320] == 0).sum() == 49

    def test_zero_percent_paints_nothing(self):
        image = random_image(7, 9)
        assert (draw_color_mask(image, (0, 0, 0, 0)) == image).all()

    def test_leaves_its_input(self):
        image = random_image(20, 20)
        before = image.copy()
        draw_color_mask(image, (5, 10, 5, 0))
        assert (image == before).all()

    @pytest.mark.parametrize(
        "borders", [(50, 0, 50, 0), (0, 60, 0, 60), (100, 0, 0, 0), (-1, 0, 0, 0), (5, 5, 5), (float("nan"), 0, 0, 0)]
    )
    def test_refuses_borders_that_leave_nothing(self, borders):
        with pytest.raises(ValueError, match="borders"):
            draw_color_mask(random_image(20, 20), borders)

    def test_tiny_pictures_may_be_painted_whole(self):
        assert (draw_color_mask(random_image(1, 1), (5, 10, 5, 0)) == 0).all()
        assert kept_rectangle(1, 1, (5, 10, 5, 0)) == (1, 1, 1, 1)


class TestPreprocess:
    @given(SIDES, SIDES, st.lists(st.sampled_from([1, 3, 5, 7]), max_size=3))
    def test_is_grey_then_blur_then_mask(self, width, height, kernels):
        image = random_image(height, width)
        expected = plain_grey(image, kernels)
        expected[plain_strips(width, height, (5, 10, 5, 0))] = 0
        assert (preprocess_image_change_detection(image, kernels) == expected).all()

    @pytest.mark.parametrize("kernels", [[], [5], [31, 9], [201]])
    @pytest.mark.parametrize("borders", [(0, 0, 0, 0), (5, 10, 5, 0), (30, 0, 0.2, 45)])
    def test_tall_pictures_show_no_seams_between_strips(self, kernels, borders):
        image = random_image(700, 61)
        expected = plain_grey(image, kernels)
        x0, y0, x1, y1 = kept_rectangle(61, 700, borders)
        inside = np.zeros_like(expected)
        inside[y0:y1, x0:x1] = expected[y0:y1, x0:x1]
        assert (preprocess_image_change_detection(image, kernels, borders) == inside).all()

    def test_mask_comes_last_so_its_edge_is_sharp(self):
        grey = preprocess_image_change_detection(np.full((100, 100, 3), 200, np.uint8), [9])
        assert set(np.unique(grey)) == {0, 200}

    def test_no_blur_by_default(self):
        image = random_image(30, 30)
        assert (preprocess_image_change_detection(image, None, (0, 0, 0, 0)) == plain_grey(image, [])).all()

    def test_a_grey_picture_is_grey_already(self):
        image = random_image(30, 40)
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        before = grey.copy()
        for kernels in ([], [5]):
            expected = preprocess_image_change_detection(image, kernels)
            assert (preprocess_image_change_detection(grey, kernels) == expected).all()
        assert (grey == before).all()

    def test_leaves_its_input(self):
        image = random_image(30, 30)
        before = image.copy()
        preprocess_image_change_detection(image, [5])
        assert (image == before).all()

    @pytest.mark.parametrize("kernel", [0, -3, 4, 2.5, "5", None])
    def test_refuses_kernels_that_are_not_odd(self, kernel):
        with pytest.raises(ValueError, match=f"not {kernel!r}"):
            preprocess_image_change_detection(random_image(9, 9), [kernel])

    @pytest.mark.parametrize(
        "image",
        [
            np.zeros(5, np.uint8),
            np.zeros((5, 5, 4), np.uint8),
            np.zeros((0, 5, 3), np.uint8),
            np.zeros((5, 5, 3)),
            [],
        ],
    )
    def test_refuses_what_is_not_a_bgr_picture(self, image):
        with pytest.raises(ValueError, match="a frame must"):
            preprocess_image_change_detection(image)


class TestCompare:
    def test_equal_frames_score_nothing(self):
        frame = plain_grey(random_image(50, 60), [])
        score, contours, thresh = compare_frames_change_detection(frame, frame, 0)
        assert (score, contours, thresh.any()) == (0.0, [], False)

    @pytest.mark.parametrize(("level", "changed"), [(45, False), (46, True)])
    def test_changed_is_above_45(self, level, changed):
        dark, bright = np.zeros((20, 20), np.uint8), np.full((20, 20), level, np.uint8)
        assert (compare_frames_change_detection(dark, bright, 0)[0] > 0) is changed
        assert (compare_frames_change_detection(bright, dark, 0)[0] > 0) is changed

    def test_a_square_grows_by_two_px_on_each_side(self):
        dark, bright = np.zeros((60, 80), np.uint8), np.zeros((60, 80), np.uint8)
        bright[20:30, 30:50] = 255
        score, contours, thresh = compare_frames_change_detection(dark, bright, 0)
        assert score == 13 * 23  # contourArea measures between pixel centres
        assert thresh.sum() == 255 * 14 * 24
        assert cv2.boundingRect(contours[0]) == (28, 18, 24, 14)

    def test_an_area_equal_to_the_minimum_counts(self):
        dark, bright = np.zeros((60, 80), np.uint8), np.zeros((60, 80), np.uint8)
        bright[20:30, 30:50] = 255
        assert compare_frames_change_detection(dark, bright, 13 * 23)[0] == 13 * 23
        assert compare_frames_change_detection(dark, bright, 13 * 23 + 0.5)[:2] == (0.0, [])

    def test_only_large_contours_are_summed(self):
        dark, bright = np.zeros((100, 100), np.uint8), np.zeros((100, 100), np.uint8)
        bright[10:12, 10:12] = bright[40:60, 40:60] = bright[80:95, 10:30] = 255
        score, contours, _ = compare_frames_change_detection(dark, bright, 100)
        assert (score, len(contours)) == (23 * 23 + 18 * 23, 2)

    @given(st.integers(0, 2**32 - 1))
    @settings(max_examples=20)
    def test_laws(self, seed):
        rng = np.random.default_rng(seed)
        first, second = (cv2.blur(rng.integers(0, 256, (30, 40), np.uint8), (3, 3)) for _ in range(2))
        before = first.copy(), second.copy()
        score = compare_frames_change_detection(first, second, 5)[0]
        assert score == compare_frames_change_detection(second, first, 5)[0] >= 0
        assert (first == before[0]).all() and (second == before[1]).all()

    @pytest.mark.parametrize(
        "other", [np.zeros((5, 6), np.uint8), np.zeros((5, 5)), np.zeros((5, 5, 3), np.uint8), None]
    )
    def test_refuses_frames_that_do_not_match(self, other):
        with pytest.raises(ValueError, match=r"shape|uint8"):
            compare_frames_change_detection(np.zeros((5, 5), np.uint8), other, 0)

    @pytest.mark.parametrize("area", [-1, float("nan")])
    def test_refuses_an_area_that_is_none(self, area):
        frame = np.zeros((5, 5), np.uint8)
        with pytest.raises(ValueError, match="min_contour_area"):
            compare_frames_change_detection(frame, frame, area)

    @given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60), st.sampled_from([0, 1, 3, 40]))
    @settings(max_examples=200)
    def test_is_difference_threshold_dilate_contours(self, seed, width, height, spots):
        """Spots anywhere, the corners included, against the plain chain over the whole picture."""
        rng = np.random.default_rng(seed)
        first = rng.integers(0, 256, (height, width), np.uint8)
        second = first.copy()
        for _ in range(spots):
            second[rng.integers(height), rng.integers(width)] ^= 128
        changed = np.where(cv2.absdiff(first, second) > 45, 255, 0).astype(np.uint8)
        expected = cv2.dilate(changed, None, iterations=2)
        outer, _ = cv2.findContours(expected, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        outer = [contour for contour in outer if cv2.contourArea(contour) >= 17]
        score, contours, thresh = compare_frames_change_detection(first, second, 17)
        assert (thresh == expected).all()
        assert [contour.tolist() for contour in contours] == [contour.tolist() for contour in outer]
        assert score == sum(map(cv2.contourArea, outer))
