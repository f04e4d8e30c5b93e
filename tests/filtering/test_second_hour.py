"""Times that come twice in autumn."""

from datetime import timedelta

import pytest

from framesift.filtering.second_hour import SecondHour
from framesift.frames.frame import Frame
from framesift.frames.naming import Naming


def read(name: str, zone: str) -> tuple[Frame, Frame | None]:
    naming = Naming(timezone=zone)
    frame = Frame(name, "gate", naming.read(name)[1])
    return frame, SecondHour("/frames", naming).read(frame)


@pytest.mark.parametrize(
    ("clock", "zone", "twice"),
    [
        ("2021-10-31_02-01-03", "Europe/Berlin", True),
        ("2021-10-31_03-01-03", "Europe/Berlin", False),
        ("2021-10-30_02-01-03", "Europe/Berlin", False),
        ("2021-11-07_01-30-00", "America/New_York", True),
        ("2021-11-07_02-30-00", "America/New_York", False),
        ("2021-04-04_02-30-00", "Australia/Sydney", True),
        ("2021-10-31_02-01-03", "+02:00", False),
        ("2021-10-31T02-01-03Z", "Europe/Berlin", False),
    ],
)
def test_with_a_zone_the_second_is_an_hour_later(clock, zone, twice):
    frame, second = read(f"gate_{clock}.jpg", zone)
    assert (second is not None) == twice
    assert second is None or second.time - frame.time == timedelta(hours=1)


@pytest.mark.parametrize(
    ("clock", "twice"),
    [
        ("2021-10-31_02-01-03", True),
        ("2021-10-31_01-59-03", True),
        ("2021-11-07_01-30-00", True),
        ("2021-04-04_02-30-00", True),
        ("2021-10-31_12-00-00", False),
        ("2021-10-27_02-30-00", False),
        ("2021-07-04_02-30-00", False),
    ],
)
def test_without_a_zone_it_is_left_as_it_is_read_where_it_comes_twice_anywhere(clock, twice):
    frame, second = read(f"gate_{clock}.jpg", "UTC")
    assert second == (frame if twice else None)


def test_a_time_that_names_its_zone_or_an_epoch_comes_once():
    assert read("gate_1635638463.jpg", "Europe/Berlin")[1] is None
    assert read("gate_1635638463.jpg", "UTC")[1] is None
    assert SecondHour("/frames", Naming()).read(Frame("a.jpg", "c", None)) is None
