"""Each fault of a camera is told by the third frame that shows it, and nothing that is none."""

import cv2
import numpy as np
import pytest

from framesift.filtering.health.checkup import Checkup
from framesift.filtering.health.fault import FaultKind
from tests.filtering.health.scenes import SIZE, draw_scene, follow, name, see

BEFORE = 12


@pytest.fixture
def checkup() -> Checkup:
    """Of a camera that has been well for some frames."""
    known = Checkup("c1")
    assert follow(known, [see(number) for number in range(BEFORE)]) == []
    return known


def cover(number):
    return np.asarray(np.random.default_rng(number).normal(60, 2, (SIZE[1], SIZE[0], 3)), np.uint8)


def blur(number):
    return np.asarray(cv2.GaussianBlur(see(number), (0, 0), 3.0), np.uint8)


def dazzle(number):
    picture = see(number)
    cv2.circle(picture, (160, 130), 95, (255, 255, 255), cv2.FILLED)
    return picture


FAULTS = {
    FaultKind.COVERED: cover,
    FaultKind.DEFOCUSED: blur,
    FaultKind.BLINDED: dazzle,
    FaultKind.MOVED: lambda number: see(number, right=20, down=-9),
    FaultKind.FROZEN: lambda number: see(BEFORE - 1),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_told_by_its_third_frame_and_ends_with_the_first_that_is_well(checkup, kind):
    numbers = range(BEFORE, BEFORE + 3)
    (begun,) = follow(checkup, [FAULTS[kind](number) for number in numbers], BEFORE)
    assert (begun.kind, begun.path, begun.begin) == (kind, name(BEFORE).path, name(BEFORE).time)
    (over,) = follow(checkup, [see(100 + number) for number in numbers], BEFORE + 3)
    assert (over.kind, over.end, over.is_over) == (kind, name(BEFORE + 3).time, True)


def test_how_far_a_camera_was_moved_is_told_in_px_and_as_a_share_of_the_width(checkup):
    (moved,) = follow(checkup, [see(50 + number, right=20, down=-9) for number in range(3)], BEFORE)
    assert moved.amount == pytest.approx(np.hypot(20, 9), abs=2)
    assert moved.share == pytest.approx(moved.amount / SIZE[0])


def test_a_tilted_camera_has_moved(checkup):
    turn = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), 8, 1.0)
    tilted = [
        np.asarray(cv2.warpAffine(see(50 + number), turn, SIZE, borderMode=cv2.BORDER_REFLECT)) for number in range(3)
    ]
    assert [fault.kind for fault in follow(checkup, tilted, BEFORE)] == [FaultKind.MOVED]


def test_a_camera_that_looks_elsewhere_has_moved_nobody_knows_how_far(checkup):
    elsewhere = draw_scene(seed=1)
    (moved,) = follow(checkup, [see(50 + number, scene=elsewhere) for number in range(3)], BEFORE)
    assert (moved.kind, moved.amount) == (FaultKind.MOVED, None)


@pytest.mark.parametrize("sort", ["grey", "smeared", "shifted"])
def test_a_torn_frame_is_told_at_once(checkup, sort):
    torn, row = see(50), 130
    below = {"grey": 128, "smeared": torn[row], "shifted": np.roll(torn[row:], 80, axis=1)}
    torn[row:] = below[sort]
    (begun,) = follow(checkup, [torn], BEFORE)
    assert begun.kind is FaultKind.TORN
    assert begun.amount == pytest.approx(1 - row / SIZE[1], abs=0.15)
    assert [fault.is_over for fault in follow(checkup, [see(51)], BEFORE + 1)] == [True]


@pytest.mark.parametrize("sort", ["grey", "smeared"])
def test_a_tear_is_told_where_nothing_below_it_stands_still(sort):
    def sway(number):
        swaying = draw_scene(seed=100 + number)
        swaying[:150] = draw_scene()[:150]
        return see(number, scene=swaying)

    known = Checkup("c1")
    assert follow(known, [sway(number) for number in range(BEFORE)]) == []
    torn, row = sway(50), 180
    torn[row:] = 128 if sort == "grey" else torn[row]
    (begun,) = follow(known, [torn], BEFORE)
    assert begun.kind is FaultKind.TORN and begun.amount == pytest.approx(1 - row / SIZE[1], abs=0.1)
    assert [fault.is_over for fault in follow(known, [sway(51)], BEFORE + 1)] == [True]


def test_ground_that_never_had_rows_of_its_own_is_not_torn_off():
    lawn = draw_scene()
    lawn[160:] = lawn[159]
    known = Checkup("c1")
    assert follow(known, [see(number, scene=lawn) for number in range(20)]) == []
    still = see(99, scene=lawn)
    still[150:] = still[150]
    assert follow(known, [still], 20) == []


def test_a_picture_that_is_mostly_white_is_blinded_whatever_edges_are_left(checkup):
    bright = [np.where(see(50 + number) > 60, 255, see(50 + number)).astype(np.uint8) for number in range(3)]
    (begun,) = follow(checkup, bright, BEFORE)
    assert begun.kind is FaultKind.BLINDED and begun.amount is not None and begun.amount > 0.5


def test_a_clock_that_runs_over_the_same_picture_does_not_hide_that_it_is_the_same(checkup):
    frozen = []
    for number in range(3):
        picture = see(BEFORE - 1)
        cv2.putText(picture, f"12:00:{number:02}", (20, 225), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255))
        frozen.append(picture)
    assert [fault.kind for fault in follow(checkup, frozen, BEFORE)] == [FaultKind.FROZEN]


def stand_before(number):
    picture = see(number)
    cv2.rectangle(picture, (0, 60), (160, 240), (140, 150, 160), cv2.FILLED)  # a truck, over half of what is looked at
    return picture


def spread_fog(number):
    return np.asarray(see(number) * 0.35 + 110, np.uint8)


QUIET = {
    "a truck over half of it": stand_before,
    "fog": spread_fog,
    "lights out": lambda number: see(number, light=0.3),
    "lights on": lambda number: see(number, light=1.15),
    "infra-red, where dark is bright": lambda number: 255 - see(number),
    "wind": lambda number: see(number, right=int(np.random.default_rng(number).integers(-4, 5))),
}


@pytest.mark.parametrize("change", QUIET)
def test_what_is_no_fault_is_not_told(checkup, change):
    assert follow(checkup, [QUIET[change](50 + number) for number in range(10)], BEFORE) == []


def test_one_odd_frame_is_no_fault(checkup):
    pictures = [cover(1), see(50), blur(2), see(51), see(52, right=20), cover(3), see(53), see(54)]
    assert follow(checkup, pictures, BEFORE) == []


def test_frames_that_show_nothing_are_not_the_same_picture(checkup):
    dark = Checkup("c1")
    assert follow(dark, [np.zeros((240, 320, 3), np.uint8)] * 5) == []
