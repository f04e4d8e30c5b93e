"""What tolerance differencing forgives, what it must not forgive, and its parts computed by other means."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift import filter_frames
from framesift.comparators.change import LIGHT_ONLY
from framesift.comparators.comparison import Bearing, Comparison
from framesift.comparators.masks import Mask
from framesift.comparators.thresholds import Threshold
from framesift.comparators.tolerance import ToleranceDifferencing
from framesift.filtering.selection import WHOLE, Verdict
from tests.comparators.painting import add_person, paint, shade, street

COMPARATOR = ToleranceDifferencing(Threshold.parse("0.2%"))


def score(before: np.ndarray, after: np.ndarray, comparator: ToleranceDifferencing = COMPARATOR) -> float:
    value = comparator.score(comparator.describe(before), comparator.describe(after))
    assert value == examine(before, after, comparator).score
    return value


def examine(before: np.ndarray, after: np.ndarray, comparator: ToleranceDifferencing = COMPARATOR) -> Comparison:
    return comparator.examine(comparator.describe(before), comparator.describe(after))


def extent(before: np.ndarray, after: np.ndarray, comparator: ToleranceDifferencing = COMPARATOR) -> float:
    return comparator.extent(comparator.describe(before), comparator.describe(after))


class TestForgives:
    @pytest.mark.parametrize("shift", [(1, 0), (3, -3), (0, 4), (12, 0), (-9, 11)])
    def test_shake(self, shift):
        assert score(paint(), paint(shift=shift, noise=1)) == 0

    def test_noise(self):
        assert score(paint(noise=1), paint(noise=2)) == 0

    @pytest.mark.parametrize("gain", [0.5, 0.7, 1.2])
    def test_light_that_falls_softly_on_a_part(self, gain):
        assert score(paint(), shade(paint(noise=1), gain, (80, 60, 160, 140), soft=20)) == 0

    @pytest.mark.parametrize("gain", [0.6, 0.8, 1.25, 1.5])
    def test_light_on_all(self, gain):
        darker = [(paint(noise=n) * level).astype(np.uint8) for n, level in ((0, 0.6), (1, 0.6 * gain))]
        assert score(*darker) == 0

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
        found = examine(paint(), add_person(pushed))
        [region] = [region for region in found.regions if region.bearing is Bearing.COUNTED]
        x, y, width, height = cv2.boundingRect(region.contour)
        assert abs(x - 150) <= 4 and abs(y - 120) <= 4 and abs(width - 24) <= 8 and abs(height - 60) <= 8
        across, down = region.contour[:, 0].T
        assert (found.threshold[down, across] == 255).all(), "the picture and the contours lie in one place"

    def test_who_comes_in_fog(self):
        def fog(image: np.ndarray) -> np.ndarray:
            return np.asarray(190 + (image.astype(float) - 128) * 0.12, np.uint8)

        assert score(fog(paint()), fog(add_person(paint(noise=1)))) > 0

    def test_what_is_small_only_with_a_smaller_area(self):
        after = paint(noise=1)
        after[150:154, 150:154] = 255 - after[150:154, 150:154]
        assert score(paint(), after) == 0 < score(paint(), after, ToleranceDifferencing(Threshold.parse("0.05%")))


class TestSizes:
    @pytest.mark.parametrize(
        ("size", "compared"),
        [
            *(((1920, 1080), (320, 180)), ((320, 240), (320, 240)), ((160, 120), (320, 240)), ((1, 1), (320, 320))),
            *(((100, 900), (100, 900)), ((64, 200), (205, 640)), ((640, 3000), (320, 1500))),
        ],
    )
    def test_all_frames_are_compared_at_one_width(self, size, compared):
        """But a strip that would become too tall is not enlarged so far."""
        assert COMPARATOR.compared_size(size) == compared
        assert COMPARATOR.describe(np.zeros(size[::-1], np.uint8)).shape == compared[::-1]

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
        strip = COMPARATOR.describe(paint(1000, 2))
        assert COMPARATOR.compared_area(strip) == COMPARATOR.score(strip, strip) == COMPARATOR.extent(strip, strip) == 0
        assert COMPARATOR.examine(strip, strip).regions == ()

    def test_other_shapes_are_refused(self):
        with pytest.raises(ValueError, match="same shape"):
            COMPARATOR.score(COMPARATOR.describe(paint()), COMPARATOR.describe(paint(320, 200)))


class TestScore:
    @given(st.integers(0, 99), st.integers(-20, 20), st.integers(-20, 20))
    @settings(max_examples=20, deadline=None)
    def test_is_the_same_both_ways_round_also_when_the_camera_is_pushed(self, seed, right, down):
        one = COMPARATOR.describe(paint())
        other = COMPARATOR.describe(add_person(paint(shift=(right, down), noise=seed), seed * 2, 150 - seed, seed))
        assert COMPARATOR.score(one, other) == COMPARATOR.score(other, one)
        assert COMPARATOR.extent(one, other) == COMPARATOR.extent(other, one)
        regions = [sorted(map(tuple, COMPARATOR.measure(*pair))) for pair in ((one, other), (other, one))]
        assert regions[0] == regions[1]

    @pytest.mark.parametrize("least", [0, 50, 200, 1000, 5000])
    def test_is_the_sum_of_what_reaches_far_enough(self, least):
        after = add_person(street(2), 60, 40)
        after[150:162, 250:262] = 20
        one, other = COMPARATOR.describe(street(1)), COMPARATOR.describe(shade(after, 0.7, (120, 120, 60, 60)))
        areas, reaches = ToleranceDifferencing(Threshold.parse(0)).measure(one, other).T
        assert (reaches == LIGHT_ONLY).any() and (reaches > 0).sum() >= 3
        comparator = ToleranceDifferencing(Threshold.parse(least))
        assert comparator.score(one, other) == areas[reaches >= least].sum() == comparator.examine(one, other).score

    def test_a_picture_that_was_changed_is_looked_at_anew(self):
        """What is remembered of a reference is remembered only of what cannot change."""
        reference, person = COMPARATOR.describe(paint()), COMPARATOR.describe(add_person(paint()))
        with pytest.raises(ValueError, match="read-only"):
            reference[:] = 0
        changing = reference.copy()
        assert COMPARATOR.score(changing, person) > 0
        changing[:] = person
        assert COMPARATOR.score(changing, person) == 0 < COMPARATOR.score(reference, person)

    def test_the_same_picture_is_another_to_other_settings(self):
        half = Mask(ignore=(((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)),))
        masked = ToleranceDifferencing(Threshold.parse("0.2%"), masks=(half,))
        one, other = COMPARATOR.describe(paint()), COMPARATOR.describe(add_person(paint(), 250))
        for _ in range(2):
            assert COMPARATOR.score(one, other) > 0 == masked.score(one, other)


class TestShadows:
    """On plain ground before houses: what is steeper than a part of their contrast is no shadow."""

    @pytest.mark.parametrize("gain", [0.65, 0.8, 1.25])
    def test_a_hard_one_that_wanders_is_light_whatever_its_area(self, gain):
        one, other = (shade(street(n), gain, (x, 130, 100, 80)) for n, x in ((1, 20), (2, 180)))
        found = examine(one, other)
        light = [region.area for region in found.regions if region.bearing is Bearing.LIGHT]
        assert found.score == 0 and sum(light) > 0.2 * COMPARATOR.compared_area_of((320, 240))

    def test_something_of_the_same_size_counts(self):
        one, other = street(1), street(2)
        one[130:210, 20:120], other[130:210, 180:280] = 30, 30
        found = examine(one, other)
        assert [region.bearing for region in found.regions] == [Bearing.COUNTED] * 2
        assert found.score > 0.2 * COMPARATOR.compared_area_of((320, 240))

    def test_the_soft_border_of_a_deep_one_is_light(self):
        found = examine(street(1), shade(street(2), 0.5, (120, 130, 100, 80), soft=3))
        assert Bearing.LIGHT in {region.bearing for region in found.regions} and found.score == 0

    def test_who_stands_in_a_shadow_counts(self):
        shadows = [shade(street(n), 0.65, (60, 120, 160, 100)) for n in (1, 2)]
        assert score(shadows[0], add_person(shadows[1], 130, 140, 10)) > 24 * 60

    def test_one_strong_spot_lets_the_whole_region_count(self):
        lit = shade(street(2), 0.65, (120, 130, 100, 80))
        after = lit.copy()
        after[165:175, 119:125] = 10
        assert score(street(1), lit) == 0 < 6000 < score(street(1), after)


class TestCaption:
    """What the recorder writes over the picture stays where it is when the camera moves."""

    def write(self, image: np.ndarray, text: str = "CAM 1  08:15:26") -> np.ndarray:
        return cv2.putText(image.copy(), text, (24, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.35, (230, 230, 230), 1)

    @pytest.mark.parametrize("shift", [(0, 0), (8, 0), (-7, 9)])
    def test_does_not_count(self, shift):
        pushed = self.write(paint(shift=shift, noise=1))
        assert score(self.write(paint()), pushed) == 0
        assert score(self.write(paint()), add_person(pushed)) > 24 * 60

    def test_counts_where_it_is_gone(self):
        assert score(self.write(paint()), paint(shift=(8, 0), noise=1)) > 500


class TestExtent:
    def test_of_the_same_picture_is_0(self):
        assert extent(paint(), paint()) == 0
        assert extent(paint(), paint(noise=1)) < 0.02

    def test_of_another_place_is_the_whole(self):
        assert extent(paint(), street(1)) >= WHOLE
        assert extent(paint(), np.ascontiguousarray(paint()[:, ::-1])) >= WHOLE

    @pytest.mark.parametrize("level", [0, 70, 255])
    def test_of_a_covered_camera_is_the_whole(self, level):
        cover = np.clip(np.random.default_rng(1).normal(level, 2, (240, 320, 3)), 0, 255).astype(np.uint8)
        assert extent(paint(), cover) == extent(cover, paint()) >= WHOLE

    def test_of_who_comes_is_little(self):
        assert 0 < extent(paint(), add_person(paint(noise=1))) < 0.2
        assert 0 < extent(street(1), add_person(street(2))) < 0.2

    def test_in_the_dark_is_little_too(self):
        """Where hardly anything is seen, one thing is all that is seen, and not the whole picture."""
        dark = [np.clip(np.random.default_rng(n).normal(6, 1, (240, 320, 3)), 0, 255).astype(np.uint8) for n in (1, 2)]
        assert 0 < extent(dark[0], add_person(dark[1], level=150)) < 0.3

    def test_is_of_what_is_looked_at(self):
        half = Mask(ignore=(((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)),))
        masked = ToleranceDifferencing(Threshold.parse("0.2%"), masks=(half,))
        after = paint(noise=1)
        after[:, 165:] = street(1)[:, 165:]
        assert extent(paint(), after, masked) < 0.02 < 0.4 < extent(paint(), after)
        assert extent(paint(), np.ascontiguousarray(after[:, ::-1]), masked) >= WHOLE
