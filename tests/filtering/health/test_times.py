"""Clocks that cannot be right, and cameras that are silent for longer than is their habit."""

from datetime import UTC, datetime, timedelta

import pytest

from framesift.filtering.health.checkup import Checkup
from framesift.filtering.health.fault import FaultKind
from framesift.filtering.health.habit import Habit
from framesift.filtering.selection import Order
from framesift.frames.frame import Frame
from tests.filtering.health.scenes import NOON


def follow(times, order=None):
    """What is told of frames taken at some minutes after noon."""
    checkup = Checkup("c1")
    frames = [Frame(f"c1/{minute}.jpg", "c1", NOON + timedelta(minutes=minute)) for minute in times]
    return checkup, [fault for frame in frames for fault in checkup.follow(frame, order, None)]


def test_a_gap_longer_than_the_habit_is_a_silence_told_with_the_frame_before_it():
    _, (silence,) = follow([*range(0, 300, 10), 420, 430, 440])
    assert (silence.kind, silence.amount, silence.is_over) == (FaultKind.SILENT, 130 * 60.0, True)
    assert (silence.path, silence.begin) == ("c1/290.jpg", NOON + timedelta(minutes=290))


def test_a_camera_that_sleeps_every_night_is_silent_by_day_only():
    days = [day * 1440 + minute for day in range(12) for minute in range(0, 600, 10)]
    times = [minute for minute in days if not 11 * 1440 + 100 < minute < 11 * 1440 + 400]
    _, told = follow(times)
    first_night, by_day = told
    assert first_night.begin == NOON + timedelta(minutes=590)
    assert by_day.begin == NOON + timedelta(days=11, minutes=100)


def test_a_silence_is_told_while_nobody_sends_and_ends_with_the_next_frame():
    checkup, told = follow(range(0, 300, 10))
    assert told == []
    assert list(checkup.wait(1000.0)) == []
    assert list(checkup.wait(1000.0 + 25 * 60)) == []
    (begun,) = checkup.wait(1000.0 + 35 * 60)
    assert (begun.kind, begun.path, begun.is_over) == (FaultKind.SILENT, "c1/290.jpg", False)
    assert list(checkup.wait(1000.0 + 36 * 60)) == []
    frame = Frame("c1/next.jpg", "c1", NOON + timedelta(minutes=350))
    (over,) = checkup.follow(frame, None, None)
    assert (over.kind, over.end, over.amount, over.is_over) == (FaultKind.SILENT, frame.time, 3600.0, True)


def test_nobody_knows_the_habit_of_few_intervals():
    habit = Habit()
    for _ in range(19):
        habit.learn(600.0, 12)
    assert habit.limit(12) is None
    habit.learn(600.0, 12)
    assert habit.limit(12) == pytest.approx(1800, rel=0.1)


@pytest.mark.parametrize("year", [1970, 1980, 2000])
def test_a_clock_that_was_reset_is_wrong(year):
    checkup, _ = follow([0, 10])
    (wrong,) = checkup.follow(Frame("c1/reset.jpg", "c1", datetime(year, 1, 1, 0, 3, tzinfo=UTC)), None, None)
    assert (wrong.kind, wrong.path) == (FaultKind.CLOCK, "c1/reset.jpg")
    assert wrong.words.startswith("clock wrong by ") and wrong.words.endswith(" years")


def test_a_frame_whose_time_the_run_does_not_believe_has_a_wrong_clock():
    _, (wrong,) = follow([0], Order.FAULT)
    assert wrong.kind is FaultKind.CLOCK
