"""The regions of a change, and where none can be."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators.change import (
    CHANGED,
    LIGHT_ONLY,
    STRONG,
    Change,
    Look,
    Pair,
    bound_change,
    find_change,
    find_changed,
    find_contours,
    measure_region,
    measure_regions,
    measure_score,
)
from framesift.comparators.comparison import Bearing
from framesift.comparators.structure import find_gradients
from tests.comparators.painting import add_person, paint


def look(image: np.ndarray, looked_at: np.ndarray | None = None) -> Look:
    return Look(image, looked_at)


def spot(seed: int, size: tuple[int, int], spots: int) -> tuple[np.ndarray, np.ndarray]:
    """A picture of boxes, blurred, and the same with other boxes, rings and noise in some places."""
    random = np.random.default_rng(seed)
    (width, height), pictures = size, []
    picture = np.full((height, width), 120, np.uint8)
    for number in (12, spots):
        for x, y, wide, high in random.integers((0, 0, 1, 1), (width, height, 25, 25), (number, 4)).tolist():
            thickness = int(random.choice([-1, 1, 2]))
            cv2.rectangle(picture, (x, y), (x + wide, y + high), int(random.integers(60, 200)), thickness)
        noisy = picture + random.normal(0, random.choice([0, 1, 3]), picture.shape)
        pictures.append(np.asarray(cv2.GaussianBlur(np.clip(noisy, 0, 255).astype(np.uint8), (5, 5), 0), np.uint8))
    return pictures[0], pictures[1]


sizes = st.tuples(st.integers(1, 90), st.integers(1, 70))


@given(st.integers(0, 9999), sizes, st.integers(0, 6), st.floats(0, 300), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_score_is_that_of_the_whole_picture(seed, size, spots, least, masked):
    before, after = spot(seed, size, spots)
    looked_at = None
    if masked:
        looked_at = np.full(before.shape, 255, np.uint8)
        looked_at[size[1] // 3 : size[1] // 2, size[0] // 4 :] = 0
    pair = Pair(look(before, looked_at), look(after, looked_at))
    change = find_change(pair)
    regions = [measure_region(contour, change) for contour in find_contours(change.changed)]
    assert measure_score(pair, least) == sum(area for area, reach in regions if area >= least and reach != LIGHT_ONLY)


class TestBound:
    def test_of_nothing_is_nothing(self):
        one = cv2.cvtColor(paint(), cv2.COLOR_BGR2GRAY)
        assert bound_change(Pair(look(one), look(one)), 0) is None

    @pytest.mark.parametrize(("x", "y"), [(60, 80), (61, 81), (3, 5)])
    def test_of_who_comes_is_where_he_stands(self, x, y):
        one, other = (cv2.cvtColor(each, cv2.COLOR_BGR2GRAY) for each in (paint(), add_person(paint(), x, y)))
        differing = np.argwhere(one != other)
        (top, left), (bottom, right) = differing.min(axis=0), differing.max(axis=0) + 1
        rows, columns = bound_change(Pair(look(one), look(other)), 0)
        assert top - 8 < rows.start <= top < bottom <= rows.stop < bottom + 8
        assert left - 8 < columns.start <= left < right <= columns.stop < right + 8

    def test_of_what_is_too_small_is_nothing(self):
        one, other = (cv2.cvtColor(each, cv2.COLOR_BGR2GRAY) for each in (paint(), add_person(paint())))
        assert bound_change(Pair(look(one), look(other)), one.size) is None

    @pytest.mark.parametrize(("step", "is_strong"), [(3, False), (9, True)])
    def test_of_what_is_never_strong_is_nothing(self, step, is_strong):
        one = np.full((60, 80), 120, np.uint8)
        other = one.copy()
        other[20:40, 20:50] += np.uint8(step)
        pair = Pair(look(one), look(other))
        strongest = find_change(pair).difference.max()
        assert strongest > CHANGED and (strongest > STRONG) == is_strong == (bound_change(pair, 0) is not None)

    def test_of_noise_is_found_without_the_gradients_of_the_second(self):
        one = cv2.cvtColor(paint(), cv2.COLOR_BGR2GRAY)
        other = one.copy()
        other[::7, ::5] += 1
        pair = Pair(look(one), look(other))
        assert bound_change(pair, 0) is None and "gradients" not in vars(pair.after)

    @given(st.integers(0, 9999), st.booleans())
    @settings(max_examples=50, deadline=None)
    def test_of_the_edge_is_no_more_than_the_edge(self, seed, masked):
        before, after = spot(seed, (60, 40), 2)
        looked_at = None
        if masked:
            looked_at = np.full(before.shape, 255, np.uint8)
            looked_at[10:30, 20:] = 0
        pair = Pair(look(before, looked_at), look(after, looked_at))
        assert pair.bound_edge(np.asarray(cv2.absdiff(before, after), np.uint8)) <= pair.edge


class TestRegions:
    def make(self, changed: np.ndarray, difference: int, looked_at: np.ndarray | None = None) -> Change:
        gradients = find_gradients(changed)
        differences = np.full_like(changed, difference)
        return Change(gradients, gradients, 30.0, differences, changed, looked_at, (0, 0))

    @pytest.mark.parametrize(
        ("difference", "least", "bearing"),
        [
            (STRONG + 1, 400, Bearing.COUNTED),
            (STRONG, 400, Bearing.LIGHT),
            (STRONG + 1, 401, Bearing.SMALL),
            (STRONG, 401, Bearing.SMALL),
        ],
    )
    def test_the_area_is_all_that_the_contour_holds(self, difference, least, bearing):
        changed = np.zeros((40, 40), np.uint8)
        changed[5:25, 5:25] = 255
        changed[10:20, 10:20] = 0
        [region] = measure_regions(self.make(changed, difference), least)
        assert region.area == 400 and region.bearing is bearing

    def test_but_what_is_masked(self):
        changed, looked_at = np.zeros((40, 40), np.uint8), np.full((40, 40), 255, np.uint8)
        changed[5:25, 5:25], looked_at[10:20, 10:20] = 255, 0
        change = self.make(changed & looked_at, STRONG + 1, looked_at)
        change.difference[11, 11] = 255
        [region] = measure_regions(change, 0)
        assert region.area == 300 and region.bearing is Bearing.COUNTED

    def test_a_strong_spot_elsewhere_makes_no_region_count(self):
        changed = np.zeros((40, 40), np.uint8)
        changed[5:15, 5:15] = changed[5:15, 20:30] = 255
        change = self.make(changed, CHANGED + 1)
        change.difference[7, 7] = STRONG + 1
        bearings = {int(region.contour[0, 0, 0]): region.bearing for region in measure_regions(change, 0)}
        assert bearings == {5: Bearing.COUNTED, 20: Bearing.LIGHT}

    def test_what_changed_is_grown_but_not_into_masks(self):
        difference, looked_at = np.zeros((9, 9), np.uint8), np.full((9, 9), 255, np.uint8)
        difference[4, 4], difference[0, 8], looked_at[:, 5:] = CHANGED + 1, CHANGED, 0
        assert (find_changed(difference) > 0).sum() == 9 and (find_changed(difference, looked_at) > 0).sum() == 6
