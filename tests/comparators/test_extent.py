"""The share of a picture that is another one, and what is told of it sooner."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators import extent
from framesift.comparators.change import Look, Pair
from framesift.comparators.extent import measure_extent
from tests.comparators.painting import add_person, paint, street


def see(image: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (5, 5), 0), np.uint8)


@given(st.integers(0, 99), st.integers(-12, 12), st.integers(0, 320), st.floats(0.01, 1), st.booleans())
@settings(max_examples=50, deadline=None)
def test_it_is_left_out_only_where_it_is_less_than_what_is_asked_for(seed, right, across, least, masked):
    before, after = paint(), add_person(paint(shift=(right, 0), noise=seed), seed * 2, 150 - seed, seed)
    after[:, across:] = street(1)[:, across:]
    looked_at = np.full(before.shape[:2], 255, np.uint8) if masked else None
    if looked_at is not None:
        looked_at[40:120, 100:] = 0
    pair = Pair(Look(see(before), looked_at), Look(see(after), looked_at))
    exact, found = measure_extent(pair), measure_extent(pair, least)
    assert found == exact or (found == 0 and exact < least)


@pytest.mark.parametrize(("least", "calls"), [(0.0, 1), (0.01, 1), (0.55, 0)])
def test_who_comes_is_not_measured_where_only_the_whole_is_asked_for(least, calls, monkeypatch):
    pair, seen = Pair(Look(see(paint())), Look(see(add_person(paint(noise=1))))), []
    find = extent.find_change
    monkeypatch.setattr(extent, "find_change", lambda pair: seen.append(1) or find(pair))
    assert (measure_extent(pair, least) > 0) == (calls > 0) and len(seen) == calls
