"""What is late, and what is of a wrong clock, told by times alone."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.filtering.clocks import CONFIRMED, Clock, Judgement, Stamp, judge
from framesift.filtering.selection import Order
from framesift.frames.frame import Frame

START = datetime(2021, 4, 29, 20, tzinfo=UTC)
NOW = datetime(2026, 11, 29, tzinfo=UTC)
MINUTES, DAYS = timedelta(minutes=10), timedelta(days=1)


def at(time: datetime | None, name: str = "") -> Frame:
    return Frame(f"c1/{name or time}.jpg", "c1", time)


def row(number: int, start: datetime = START, step: timedelta = MINUTES) -> list[Frame]:
    return [at(start + step * place) for place in range(number)]


def decide(clock: Clock, found: Judgement, written=lambda frame: None) -> Clock:
    for frame in found.frames:
        if frame.time is not None:
            order = Order.FAULT if frame in found.faults else None
            clock = clock.after(Stamp(frame.path, frame.time, written(frame)), order)
    return clock


def day(clock: Clock, frames: list[Frame], written=lambda frame: None, now=NOW) -> tuple[Clock, Judgement]:
    """A run of a day: every frame is either decided or late."""
    found = judge(clock, frames, written, now)
    assert sorted(map(str, [*found.frames, *found.late])) == sorted(map(str, frames))
    return decide(clock, found, written), found


def test_what_comes_before_the_last_decided_frame_is_late():
    clock, _ = day(Clock(), row(5))
    _, found = day(clock, [*row(2, START + MINUTES / 2), at(START + 9 * MINUTES)])
    assert found.late == row(2, START + MINUTES / 2) and found.frames == [at(START + 9 * MINUTES)]
    assert not found.faults and not found.ahead


def test_a_frame_without_a_time_makes_nothing_late_and_is_not_late():
    clock, found = day(Clock(), [at(None, "latest"), *row(2)])
    assert found.frames[-1].time is None and clock.mark == START + MINUTES
    _, found = day(clock, [*row(3, START + 2 * MINUTES), at(None, "a"), at(None, "lastsnap")])
    assert not found.late and [frame.time is None for frame in found.frames] == [False] * 3 + [True] * 2


@pytest.mark.parametrize("year", [2027, 2036, 2106])
def test_a_frame_from_the_future_moves_nothing(year):
    glitch = at(datetime(year, 2, 7, 6, 28, tzinfo=UTC))
    clock, found = day(Clock(), [*row(1), glitch])
    assert found.faults == [glitch] and clock.mark == START
    for number in range(1, 4):
        clock, found = day(clock, row(3, START + number * DAYS))
        assert not found.late and not found.faults


def test_tomorrow_is_no_future_where_the_zone_is_unknown():
    _, found = day(Clock(), [at(NOW + timedelta(hours=14))])
    assert not found.faults


@pytest.mark.parametrize("start", [datetime(1970, 1, 1), datetime(2000, 1, 1), datetime(2021, 1, 1)])
def test_a_clock_that_was_set_back_goes_on(start):
    """Day after day; it is believed when enough frames have come, and when it is set right again too."""
    start, frames = start.replace(tzinfo=UTC), []
    clock, _ = day(Clock(), row(20))
    for number in range(4):
        clock, found = day(clock, row(6, start + number * DAYS))
        assert not found.late and found.frames == row(6, start + number * DAYS)
        frames.append(len(found.faults))
    assert sum(frames) == CONFIRMED and frames[0] == 6
    for number in range(4):
        clock, found = day(clock, row(6, START + (number + 9) * DAYS))
        assert not found.late
    assert clock.mark == row(6, START + 12 * DAYS)[-1].time


def test_a_single_frame_of_long_ago_is_a_fault_and_decided_last():
    old = at(datetime(2000, 1, 1, tzinfo=UTC))
    clock, _ = day(Clock(), row(20))
    clock, found = day(clock, [old, *row(20, START + DAYS)])
    assert found.faults == [old] and found.frames[-1] == old and not found.late
    assert clock.mark == row(20, START + DAYS)[-1].time


def test_among_the_first_frames_the_few_that_are_far_from_most_are_faults():
    odd = [at(datetime(year, 1, 1, tzinfo=UTC)) for year in (2000, 2024)]
    clock, found = day(Clock(), [*row(24), *odd])
    assert found.faults == odd and clock.mark == row(24)[-1].time
    _, found = day(clock, row(24, START + DAYS))
    assert not found.late


def test_a_camera_that_rests_for_years_is_right_when_many_follow_or_its_files_say_the_same():
    clock, _ = day(Clock(), row(5))
    later = START.replace(year=2024)
    assert day(clock, row(CONFIRMED, later))[1].faults == []
    assert day(clock, row(1, later), written=lambda frame: frame.time)[1].faults == []
    assert day(clock, row(1, later))[1].faults == row(1, later)
    assert day(Clock(), row(9, START, 365 * DAYS), now=NOW.replace(year=2040))[1].faults == []


def test_what_was_taken_after_its_file_was_written_is_a_fault():
    """Unless all are: then the files were copied with a wrong date."""
    glitch = at(START + 60 * DAYS)
    clock, found = day(Clock(), [*row(24), glitch], written=lambda frame: min(frame.time, START + DAYS))
    assert found.faults == [glitch] and clock.mark == row(24)[-1].time
    clock, found = day(Clock(), row(24), written=lambda frame: datetime(1980, 1, 1, tzinfo=UTC))
    assert not found.faults and clock.mark == row(24)[-1].time
    clock, found = day(clock, row(1, START + DAYS), written=lambda frame: datetime(1980, 1, 1, tzinfo=UTC))
    assert not found.faults


def test_the_clocks_of_cameras_and_files_may_differ_by_an_hour_or_two():
    """Local time that is read as UTC, over a change to summer time."""
    clock, _ = day(Clock(), row(24), written=lambda frame: frame.time - timedelta(hours=1))
    _, found = day(clock, row(24, START + DAYS), written=lambda frame: frame.time - timedelta(hours=2))
    assert not found.faults and not found.late


def test_few_frames_that_are_ahead_of_more_that_follow_are_no_mark():
    """Files say nothing here: a week ahead, by a wrong clock, which only those that follow tell."""
    clock, _ = day(Clock(), [*row(24), at(START + 7 * DAYS)])
    clock, found = day(clock, row(1, START + DAYS))
    assert found.late == row(1, START + DAYS)
    clock, found = day(clock, [*row(1, START + DAYS), *row(3, START + 2 * DAYS)])
    assert not found.late and found.ahead[0].time == START + 7 * DAYS
    _, found = day(clock, row(3, START + 3 * DAYS))
    assert not found.late and not found.ahead


def test_a_backlog_is_late_however_long_it_is():
    clock, _ = day(Clock(), row(16, START + 20 * MINUTES))
    assert len(day(clock, row(20))[1].late) == 20


def test_where_late_frames_are_decided_none_is_outvoted():
    clock, _ = day(Clock(), [*row(24), at(START + 7 * DAYS)])
    frames = row(5, START + DAYS)
    assert judge(clock, frames, lambda frame: None, NOW, outvote=False).late == frames


def test_the_second_of_two_hours_goes_on():
    clock, _ = day(Clock(), row(5))

    def read_second(frame):
        return Frame(frame.path, "c1", frame.time + timedelta(hours=1))

    found = judge(clock, row(3, START + MINUTES / 2), lambda frame: None, NOW, read_second)
    assert [frame.time for frame in found.frames] == [each.time for each in row(3, START + 6.5 * MINUTES)]
    assert judge(clock, row(1, START - 2 * DAYS), lambda frame: None, NOW, read_second).late


def test_at_once_the_files_tell_the_second_hour():
    first, second = row(6), row(6, START + MINUTES / 2)
    hour = timedelta(hours=1)
    written = {frame.path: frame.time for frame in first} | {frame.path: frame.time + hour for frame in second}
    found = judge(
        Clock(),
        [*first, *second],
        lambda frame: written[frame.path] + timedelta(seconds=3),
        NOW,
        lambda frame: Frame(frame.path, "c1", frame.time + hour),
    )
    assert [frame.path for frame in found.frames] == [frame.path for frame in (*first, *second)]


times = st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2040, 1, 1)).map(lambda time: time.replace(tzinfo=UTC))


@given(st.lists(st.lists(times, max_size=12), max_size=4), st.randoms())
def test_every_frame_is_decided_or_late_in_whatever_order_they_are_listed(days, rng: random.Random):
    clock = Clock()
    for number, each in enumerate(days):
        frames = [at(time, f"{number}-{place}") for place, time in enumerate(each)]
        shuffled = rng.sample(frames, len(frames))
        (clock, found), (_, other) = day(clock, frames), day(clock, shuffled)
        assert found == other
        assert all(frame.time is not None for frame in found.late)


@given(st.lists(times, min_size=1, max_size=12), st.lists(times, min_size=1, max_size=25), st.integers(0, 25))
def test_a_run_that_was_stopped_goes_on_with_the_same(first, second, stop):
    clock = decide(Clock(), judge(Clock(), [at(t, f"a{n}") for n, t in enumerate(first)], lambda frame: None, NOW))
    frames = [at(t, f"b{n}") for n, t in enumerate(second)]
    whole = judge(clock, frames, lambda frame: None, NOW)
    done = whole.frames[:stop]
    after = decide(clock, Judgement(done, [], [f for f in whole.faults if f in done]))
    rest = judge(after, [frame for frame in frames if frame not in done], lambda frame: None, NOW)
    assert {f.path for f in rest.frames} >= {f.path for f in whole.frames[stop:]} - {f.path for f in rest.late}


STEPS = st.sampled_from(
    ["-200d", "-1d", "-1h", "-1us", "0", "1us", "29min", "1h", "91min", "1d", "25h", "2y", "3y", "9y"]
)
UNITS = {"us": timedelta(microseconds=1), "min": MINUTES / 10, "h": 6 * MINUTES, "d": DAYS, "y": 365 * DAYS}


def span(text: str) -> timedelta:
    unit = text.lstrip("-0123456789")
    return int(text.removesuffix(unit)) * UNITS.get(unit, DAYS)


@given(st.lists(STEPS, max_size=8), st.lists(st.tuples(STEPS, st.none() | STEPS), max_size=12), st.booleans())
def test_what_is_usual_is_decided_as_in_many_steps(earlier, steps, outvote):
    """Frames that go on, some of them far, and files written before or after: with and without the short way."""
    frames, written, time = [], {}, START
    decided = [(step, None) for step in earlier]
    for number, (step, lag) in enumerate([*decided, *steps]):
        time += span(step)
        frames.append(at(time, str(number)))
        written[frames[-1].path] = lag and time + span(lag)
    second = lambda frame: at(frame.time + 6 * MINUTES, frame.path[3:-4])  # noqa: E731
    ask = lambda frame: written[frame.path]  # noqa: E731
    clock = decide(Clock(), judge(Clock(), frames[: len(earlier)], ask, NOW), ask)
    with pytest.MonkeyPatch.context() as patch:
        quick = judge(clock, frames[len(earlier) :], ask, NOW, second, outvote)
        patch.setattr("framesift.filtering.clocks._is_usual", lambda *_: False)
        assert quick == judge(clock, frames[len(earlier) :], ask, NOW, second, outvote)
