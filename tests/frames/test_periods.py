"""Frames chosen by their time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.errors import UsageError
from framesift.filtering.reading_settings import read_settings
from framesift.frames.choosing import Choice, LeftOut
from framesift.frames.finding import find_frames
from framesift.frames.periods import Period
from tests.conftest import encode, make_image

JPEG = encode(make_image(), ".jpg")
BERLIN = ZoneInfo("Europe/Berlin")

times = st.datetimes(datetime(2020, 1, 1), datetime(2023, 1, 1), timezones=st.just(UTC))
clocks = st.tuples(st.integers(0, 23), st.integers(0, 59))


def at(text: str, zone: object = UTC) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", "2021-01-01 00:00:00", "2021-12-31 23:59:59.999999"),
        ("2021-03", "2021-03-01 00:00:00", "2021-03-31 23:59:59.999999"),
        ("2021-12", "2021-12-01 00:00:00", "2021-12-31 23:59:59.999999"),
        ("2021-03-27", "2021-03-27 00:00:00", "2021-03-27 23:59:59.999999"),
        ("20210327", "2021-03-27 00:00:00", "2021-03-27 23:59:59.999999"),
        ("2021-03-27 12:53", "2021-03-27 12:53:00", "2021-03-27 12:53:59.999999"),
        ("2021-03-27T12:53:37", "2021-03-27 12:53:37", "2021-03-27 12:53:37.999999"),
        ("20210327T125337", "2021-03-27 12:53:37", "2021-03-27 12:53:37.999999"),
        ("2021-03-27 12:53:37.5", "2021-03-27 12:53:37.5", "2021-03-27 12:53:37.5"),
        ("2021-03-27 12:53+02:00", "2021-03-27 10:53", "2021-03-27 10:53:59.999999"),
        ("2021-03-27 12:53 Z", "2021-03-27 12:53", "2021-03-27 12:53:59.999999"),
    ],
)
def test_both_ends_are_meant_as_a_whole(text, first, last):
    tick = timedelta(microseconds=1)
    period = Period(text, text)
    assert period.holds(at(first)) and period.holds(at(last))
    assert not period.holds(at(first) - tick) and not period.holds(at(last) + tick)
    assert Period(start=text).holds(at(last) + tick) and Period(end=text).holds(at(first) - tick)


def test_days_are_those_of_the_time_zone():
    period = Period("2021-03-28", "2021-03-28", timezone="Europe/Berlin")  # of 23 hours
    assert period.holds(at("2021-03-27 23:00")) and not period.holds(at("2021-03-28 22:00"))


def test_an_hour_that_comes_twice_is_all_meant():
    period = Period("2021-10-31 02:30", "2021-10-31 02:30", timezone="Europe/Berlin")
    assert period.holds(at("2021-10-31 00:30")) and period.holds(at("2021-10-31 01:30"))


@pytest.mark.parametrize(
    ("hours", "yes", "no"),
    [
        ("6-20", ["06:00", "19:59:59"], ["05:59:59", "20:00"]),
        ("22-5", ["22:00", "00:00", "04:59"], ["05:00", "21:59"]),
        ("6:30-20:15", ["06:30", "20:14"], ["06:29", "20:15"]),
        ("6-8, 20-22", ["06:00", "21:00"], ["08:00", "12:00"]),
        ("18-24", ["23:59"], ["00:00"]),
        ("0-24", ["00:00", "23:59"], []),
        ("18-0", ["23:59"], ["00:00"]),
    ],
)
def test_hours(hours, yes, no):
    period = Period(hours=hours)
    assert [clock for clock in yes if not period.holds(at(f"2021-03-27 {clock}"))] == []
    assert [clock for clock in no if period.holds(at(f"2021-03-27 {clock}"))] == []


def test_hours_are_those_of_the_time_zone():
    period = Period(hours="6-20", timezone="Europe/Berlin")
    assert period.holds(at("2021-07-01 04:00")) and not period.holds(at("2021-12-01 04:00"))


@given(times, clocks, clocks)
def test_hours_and_the_rest_of_the_day_hold_each_time_once(time, one, other):
    first, last = (f"{hour}:{minute:02}" for hour, minute in (one, other))
    if one != other:
        assert Period(hours=f"{first}-{last}").holds(time) != Period(hours=f"{last}-{first}").holds(time)


@given(times, st.integers(0, 40 * 3600), st.floats(0, 1), clocks, clocks, times)
def test_a_span_that_holds_a_time_of_the_period_overlaps_it(start, seconds, share, one, other, first):
    hours = None if one == other else f"{one[0]}:{one[1]:02}-{other[0]}:{other[1]:02}"
    period = Period(start=f"{first:%Y-%m-%d}", hours=hours, timezone="Europe/Berlin")
    if period.holds(start + share * timedelta(seconds=seconds)):
        assert period.overlaps(start, start + timedelta(seconds=seconds))


@given(times)
def test_nothing_asked_for_holds_everything(time):
    assert not Period() and Period().holds(time)


@pytest.mark.parametrize("text", ["", "yesterday", "2021-13", "2021-02-30", "27.03.2021", "12:53", "2021-03-27 25:00"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(UsageError, match="--from takes a day or time such as 2021-03-27"):
        Period(start=text)
    with pytest.raises(UsageError, match="--to takes a day or time such as 2021-03-27"):
        Period(end=text)


@pytest.mark.parametrize("text", ["", "6", "6-", "6-6", "25-3", "6-24:30", "6:60-8", "6-8,", "6\u20138", "24-6"])
def test_what_are_no_hours_is_refused(text):
    with pytest.raises(UsageError, match="--hours takes times of the day such as 6-20"):
        Period(hours=text)


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(UsageError, match="--to 2021-03-26 is before --from 2021-03-27"):
        Period("2021-03-27", "2021-03-26")
    Period("2021-03-27 12:00", "2021-03-27")


def test_the_library_takes_times_of_python():
    settings = read_settings(start=date(2021, 3, 27), end=datetime(2021, 3, 27, 12, 53), timezone="Europe/Berlin")
    assert settings.choice.period == Period("2021-03-27", "2021-03-27T12:53:00", timezone="Europe/Berlin")
    aware = read_settings(start=datetime(2021, 3, 27, 12, 53, 1, 5, tzinfo=BERLIN)).choice.period
    assert aware.holds(at("2021-03-27 11:53:01.000005")) and not aware.holds(at("2021-03-27 11:53:01"))


class TestFinding:
    def test_frames_of_other_times_and_without_one_are_counted(self, write_tree):
        names = [f"c1_2021_03_{day}__10_00_00.jpg" for day in (26, 27, 28)]
        listing = find_frames(
            write_tree(dict.fromkeys([*names, "latest.jpg"], JPEG)),
            choice=Choice(period=Period("2021-03-27", "2021-03-27")),
        )
        assert [frame.path for frame in listing.frames] == [names[1]]
        assert listing.left_out.describe() == "not looked at: at other times (2 frames), without a time (1 frame)"

    def test_it_is_said_when_none_is_left(self, write_tree):
        folder = write_tree({"c1_2021_03_26__10_00_00.jpg": JPEG})
        with pytest.raises(UsageError) as error:
            find_frames(folder, choice=Choice(period=Period(hours="11-12")))
        assert error.value.reason == "holds no frame of these times (not looked at: at other times (1 frame))"

    def test_not_when_the_others_are_decided(self, write_tree):
        folder = write_tree(dict.fromkeys(["c1_2021_03_26__10_00_00.jpg", "c1_2021_03_26__11_00_00.jpg"], JPEG))
        choice = Choice(period=Period(hours="11-12"))
        assert find_frames(folder, is_decided=lambda path, _: "11_" in path, choice=choice).frames == []

    def test_without_a_period_time_does_not_matter(self):
        left_out = LeftOut()
        assert Choice().takes_time(None, left_out) and not left_out.files
