"""What tolerance differencing forgives, what it must not forgive, and its parts computed by other means."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift import filter_frames
from framesift.comparators import tolerance as parts
from framesift.comparators.comparison import Bearing
from framesift.comparators.thresholds import Threshold
from framesift.comparators.tolerance import ToleranceDifferencing
from framesift.filtering.selection import Verdict

COMPARATOR = ToleranceDifferencing(Threshold.parse("0.75%"))


def paint(width: int = 320, height: int = 240, shift: tuple[int, int] = (0, 0), noise: int = 0) -> np.ndarray:
    """A place with walls, windows and gravel, (height, width, 3) uint8, seen by a camera that was pushed."""
    random = np.random.default_rng(3)
    place = np.full((height + 80, width + 80, 3), 110, np.uint8)
    place[: height // 2] = cv2.resize(random.integers(60, 200, (9, 12, 3)).astype(np.uint8), (width + 80, height // 2))
    for x, y in random.integers(0, (width, height), (30, 2)):
        shade = tuple(int(v) for v in random.integers(20, 235, 3))
        cv2.rectangle(place, (int(x), int(y)), (int(x) + 30, int(y) + 24), shade, -1)
    right, down = shift
    seen = place[40 - down : 40 - down + height, 40 - right : 40 - right + width].astype(int)
    return np.clip(seen + np.random.default_rng(noise).normal(0, 2, seen.shape), 0, 255).astype(np.uint8)


def add_person(image: np.ndarray, x: int = 150, y: int = 120, level: int = 20) -> np.ndarray:
    """A dark figure with a lighter middle, 24 x 60 px."""
    changed = image.copy()
    changed[y : y + 60, x : x + 24] = level
    changed[y + 15 : y + 35, x + 6 : x + 18] = 255 - level
    return changed


def score(before: np.ndarray, after: np.ndarray, comparator: ToleranceDifferencing = COMPARATOR) -> float:
    value = comparator.score(comparator.describe(before), comparator.describe(after))
    assert value == comparator.examine(comparator.describe(before), comparator.describe(after)).score
    return value


class TestForgives:
    @pytest.mark.parametrize("shift", [(1, 0), (3, -3), (0, 4), (12, 0), (-9, 11)])
    def test_shake(self, shift):
        assert score(paint(), paint(shift=shift, noise=1)) == 0

    def test_noise(self):
        assert score(paint(noise=1), paint(noise=2)) == 0

    @pytest.mark.parametrize("gain", [0.7, 0.85, 1.2])
    def test_light_that_falls_softly_on_a_part(self, gain):
        light = np.ones((240, 320, 1))
        light[60:200, 80:240] = gain
        light = cv2.GaussianBlur(light, (0, 0), 20)[:, :, None]
        after = np.clip(paint(noise=1) * light, 0, 255).astype(np.uint8)
        found = COMPARATOR.examine(COMPARATOR.describe(paint()), COMPARATOR.describe(after))
        assert found.score == 0
        assert Bearing.LIGHT in {region.bearing for region in found.regions}

    def test_leaves_that_move_a_little(self):
        after = paint()
        random = np.random.default_rng(9)
        for x, y in random.integers(40, 200, (200, 2)):
            dx, dy = random.integers(-3, 4, 2)
            after[y : y + 8, x : x + 8] = paint()[y + dy : y + dy + 8, x + dx : x + dx + 8]
        assert score(paint(), after) == 0

    def test_the_light_camera_of_the_real_frames(self, shared):
        decisions = list(filter_frames(shared / "frames" / "c103", method="tolerance"))
        assert [decision.verdict for decision in decisions] == [Verdict.KEEP] + [Verdict.DROP] * (len(decisions) - 1)


class TestSees:
    def test_who_comes_and_who_goes(self):
        assert score(paint(), add_person(paint(noise=1))) == score(add_person(paint(noise=1)), paint()) > 24 * 60

    def test_who_comes_while_the_camera_is_pushed(self):
        pushed = paint(shift=(10, 6), noise=1)
        found = COMPARATOR.examine(COMPARATOR.describe(paint()), COMPARATOR.describe(add_person(pushed)))
        [region] = [region for region in found.regions if region.bearing is Bearing.COUNTED]
        x, y, width, height = cv2.boundingRect(region.contour)
        assert abs(x - 150) <= 4 and abs(y - 120) <= 4 and abs(width - 24) <= 6 and abs(height - 60) <= 6
        assert found.threshold[y + height // 2, x : x + 3].max() == 255, "the picture and the contours lie in one place"

    def test_who_comes_in_fog(self):
        def fog(image: np.ndarray) -> np.ndarray:
            return np.asarray(190 + (image.astype(float) - 128) * 0.12, np.uint8)

        assert score(fog(paint()), fog(add_person(paint(noise=1)))) > 0

    def test_what_is_small_only_with_a_smaller_area(self):
        after = paint(noise=1)
        after[150:162, 150:162] = 255 - after[150:162, 150:162]
        thorough = ToleranceDifferencing(Threshold.parse("0.1%"))
        assert score(paint(), after) == 0 < score(paint(), after, thorough)


class TestSizes:
    @pytest.mark.parametrize(
        ("size", "compared"), [((1920, 1080), (320, 180)), ((320, 240), (320, 240)), ((100, 900), (100, 900))]
    )
    def test_only_wider_frames_are_made_smaller(self, size, compared):
        assert COMPARATOR.compared_size(size) == compared
        assert COMPARATOR.describe(paint(*size)).shape == compared[::-1]

    def test_width_and_size(self):
        wide = ToleranceDifferencing(Threshold.parse(1), width=640)
        assert wide.compared_size((1920, 1080)) == (640, 360)
        assert ToleranceDifferencing(Threshold.parse(1), size=(400, 100)).compared_size((1920, 1080)) == (320, 80)

    def test_the_area_is_what_the_border_mask_leaves(self):
        descriptor = COMPARATOR.describe(paint())
        assert (
            COMPARATOR.compared_area(descriptor) == COMPARATOR.compared_area_of((1280, 960)) == (320 - 33) * (240 - 25)
        )

    def test_pictures_of_nothing_but_border(self):
        tiny = COMPARATOR.describe(np.full((1, 1, 3), 9, np.uint8))
        assert COMPARATOR.score(tiny, tiny) == 0
        assert COMPARATOR.examine(tiny, tiny).regions == ()

    def test_other_shapes_are_refused(self):
        with pytest.raises(ValueError, match="same shape"):
            COMPARATOR.score(COMPARATOR.describe(paint()), COMPARATOR.describe(paint(320, 200)))


class TestParts:
    @given(st.integers(0, 99), st.integers(-16, 16), st.integers(-16, 16))
    @settings(max_examples=30, deadline=None)
    def test_a_shift_is_found_both_ways(self, seed, right, down):
        scene = np.random.default_rng(seed).integers(0, 256, (110, 150)).astype(np.uint8)
        scene = cv2.resize(scene, (300, 220))  # of fine structure: in a smooth scene 1 px explains too little
        before, after = scene[20:180, 20:270], scene[20 - down : 180 - down, 20 - right : 270 - right]
        assert parts.find_shift(before, after) == (right, down)
        assert parts.find_shift(after, before) == (-right, -down)

    @given(st.integers(0, 999))
    @settings(max_examples=20, deadline=None)
    def test_changed_pixels_pixel_by_pixel(self, seed):
        random = np.random.default_rng(seed)
        before, after = random.integers(0, 256, (2, 24, 31)).astype(np.uint8)
        before[:12], after[:12] = 90, 90 + np.arange(31)
        beyond, changed, level = parts.find_changed(before, after)
        expected = np.zeros((24, 31), int)
        for y in range(24):
            for x in range(31):
                for ranged, image in ((before, after), (after, before)):
                    near = ranged[max(y - 4, 0) : y + 5, max(x - 4, 0) : x + 5].astype(int)
                    outside = max(int(image[y, x]) - near.max(), near.min() - int(image[y, x]), 0)
                    expected[y, x] = max(expected[y, x], outside)
        assert (beyond == expected).all()
        grown = cv2.dilate((expected > level).astype(np.uint8), np.ones((3, 3), np.uint8))
        assert (changed == 255 * grown).all()

    @pytest.mark.parametrize(("contrast", "level"), [(200, 15), (90, 15), (60, 10), (30, 6), (0, 6)])
    def test_the_level_falls_with_the_contrast(self, contrast, level):
        picture = np.tile(np.linspace(20, 20 + contrast, 101), (10, 1))
        measured = np.asarray(np.rint(picture), np.uint8)
        assert abs(parts.measure_contrast(measured) - 0.9 * contrast) <= 2
        full = np.zeros((10, 100), np.uint8)
        full[:, 50:] = contrast
        assert parts.find_changed(full, full)[2] == level

    def test_the_correlation_is_that_of_each_window(self):
        before, after = np.random.default_rng(5).normal(100, 30, (2, 20, 22))
        map_ = parts.correlate(before, after)
        for y, x in ((4, 4), (10, 12), (15, 17)):
            a, b = (image[y - 4 : y + 5, x - 4 : x + 5] for image in (before, after))
            floor = parts.TEXTURE_FLOOR
            together = ((a - a.mean()) * (b - b.mean())).mean() + floor
            assert map_[y, x] == pytest.approx(together / np.sqrt((a.var() + floor) * (b.var() + floor)))

    def test_the_area_is_all_that_the_contour_holds(self):
        changed = np.zeros((40, 40), np.uint8)
        changed[5:25, 5:25] = 255
        changed[10:20, 10:20] = 0
        before, after = np.random.default_rng(1).integers(0, 256, (2, 40, 40)).astype(np.uint8)
        [region] = parts.measure_regions(changed, before, after, 1)
        assert region.area == 400 and region.bearing is Bearing.COUNTED
        [region] = parts.measure_regions(changed, before, before, 1)
        assert region.bearing is Bearing.LIGHT
        [region] = parts.measure_regions(changed, before, after, 401)
        assert region.bearing is Bearing.SMALL
