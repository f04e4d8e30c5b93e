"""Intervals, twins and clocks, on times alone."""

from datetime import UTC, datetime, timedelta

import pytest

from framesift.frames.frame import Frame, order_key
from framesift.frames.naming import Naming
from framesift.looking.overview.times import find_clock_faults, find_clock_jumps, find_equal_times, measure_intervals

START = datetime(2021, 3, 27, 10, tzinfo=UTC)


def frames_at(*seconds: float | None) -> list[Frame]:
    return [Frame(f"{n}.png", "c1", None if s is None else START + timedelta(seconds=s)) for n, s in enumerate(seconds)]


def frames_after(*intervals: float) -> list[Frame]:
    return frames_at(0, *(sum(intervals[: n + 1]) for n in range(len(intervals))))


def test_mean_and_median():
    found = measure_intervals(frames_after(300, 300, 600))
    assert (found.mean, found.median) == (400, 300)


@pytest.mark.parametrize("seconds", [(), (5,), (5, 5), (None, None)])
def test_without_two_times_there_is_no_interval(seconds):
    assert measure_intervals(frames_at(*seconds)) is None


def test_outliers_of_a_camera_that_keeps_time():
    """What a person noted of a real camera that sends about every 5 min 45 s."""
    usual = [345, 344, 346, 345, 360, 343, 345, 330] * 4
    odd = [26, 44, 62, 1129]
    found = measure_intervals(frames_after(*usual[:10], *odd[:2], *usual[10:], *odd[2:], 345))
    assert [interval.seconds for interval in found.outliers] == odd
    assert [gap.seconds for gap in found.gaps] == [1129]


def test_gaps_come_longest_first():
    found = measure_intervals(frames_after(*[60] * 9, 5000, 60, 200_000, 60, 300))
    assert [gap.seconds for gap in found.gaps] == [200_000, 5000, 300]


def test_a_second_more_is_no_outlier():
    assert measure_intervals(frames_after(*[300] * 50, 301, 299)).outliers == []


def test_a_camera_that_sends_when_it_likes_has_few_outliers():
    found = measure_intervals(frames_after(*[30, 100, 400, 1200, 60, 250, 900, 40, 600, 150] * 5, 86400))
    assert [interval.seconds for interval in found.outliers] == [86400]


def test_equal_times_are_no_intervals():
    frames = frames_at(0, 0, 60, 120, 120, 120, None, None)
    assert measure_intervals(frames).median == 60
    assert [[f.path for f in twins] for _, twins in find_equal_times(frames)] == [
        ["0.png", "1.png"],
        ["3.png", "4.png", "5.png"],
    ]


def read(*paths: str, naming: Naming | None = None) -> list[tuple[str, float]]:
    naming = naming or Naming()
    frames = [Frame(path, "c", naming.read(path)[1]) for path in paths]
    return [(jump.after.path, jump.seconds) for jump in find_clock_jumps(sorted(frames, key=order_key), naming)]


def test_a_clock_set_back_is_seen_by_the_sequence_number():
    names = [
        "g_20210327_100000_8.png",
        "g_20210327_100500_9.png",
        "g_20210327_091000_10.png",
        "g_20210327_091500_11.png",
    ]
    assert read(*names) == [(names[2], -3300.0)]


def test_a_number_before_the_time_will_do():
    names = ["IMG_0001_2021-03-27_10-00-00.jpg", "IMG_0002_2021-03-27_09-00-00.jpg"]
    assert read(*names) == [(names[1], -3600.0)]


def test_a_pattern_of_the_user_is_cut_out_too():
    naming = Naming(r"/(?P<time>\d{10})_")
    assert read("a/1616839200_1.png", "a/1616835600_2.png", naming=naming) == [("a/1616835600_2.png", -3600.0)]


@pytest.mark.parametrize(
    "names",
    [
        ["c1_20210327_100000.png", "c1_20210327_090000.png"],
        ["c1-1616839200000.png", "c1_2021_03_27__09_00_00.png"],
        ["c1_20210327_100000_1.png", "c1_20210327_100000_2.png", "c1_20210327_090000_1.png"],
        ["c1_20210327_100000 (1).png", "c1_20210327_090000 (2).png"],
        ["a/1_20210327_100000.png", "b/2_20210327_090000.png"],
    ],
    ids=["no number", "two kinds of time", "numbers of a burst", "copies", "folders"],
)
def test_without_a_sequence_there_is_no_jump(names):
    assert read(*names) == []


def test_times_that_cannot_be_right_are_clock_faults():
    usual = [Frame(f"{n}.jpg", "c1", datetime(2021, 4, 29, 20, n, tzinfo=UTC)) for n in range(9)]
    odd = [Frame(f"{year}.jpg", "c1", datetime(year, 1, 1, tzinfo=UTC)) for year in (2000, 2106)]
    assert sorted(frame.path for frame in find_clock_faults([odd[0], *usual, odd[1]])) == ["2000.jpg", "2106.jpg"]
    assert find_clock_faults(usual) == []
