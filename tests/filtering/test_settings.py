import json
from dataclasses import fields, replace

import pytest

from framesift.comparators.masks import Mask
from framesift.comparators.thresholds import Threshold
from framesift.errors import UsageError
from framesift.filtering.option_values import (
    Decoding,
    Lateness,
    Method,
    Placement,
    ResultsBy,
    parse_budget,
    parse_every,
    parse_spacing,
    write_spacing,
)
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.sections import Section
from framesift.filtering.settings import ADDED, NAMES, Settings
from framesift.frames.choosing import Choice
from framesift.frames.naming import Naming
from framesift.frames.periods import Period

UNUSUAL = Settings(
    Threshold.parse(500),
    Threshold.parse("1.5%"),
    (3, 7),
    (0, 2.5, 0, 10),
    (320, 240),
    20,
    10**6,
    Naming(r"(?P<camera>\w+)/(?P<time>\d+)", "Europe/Berlin", "folder", "%H%M%S"),
    Placement.HARD,
    Decoding.FAST,
    2.5,
    Method.TOLERANCE,
    640,
    (
        Mask("c1", (((0.0, 0.0), (0.5, 0.25), (0.1, 1.0)),), (), (4, 2), "3 5"),
        Mask(only=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),)),
    ),
    3,
    62.5,
    Choice(("*_thumb.jpg", "night/"), ("@eaDir",), period=Period("2021", "2021-03-27 12:53", "22-5", "Europe/Berlin")),
    True,
    Lateness.DECIDE,
    "20/camera/day",
    600.0,
    3600.0,
    ResultsBy.DAY,
    (
        Section(
            "door-*",
            None,
            (("method", Method.FRAMEDIFF), ("min_contour_area", Threshold.parse("0.1%"))),
            timezone="Europe/Berlin",
        ),
        Section(
            "c2",
            "22:00-06:00",
            (
                ("score_threshold", Threshold.parse(700)),
                ("width", 480),
                ("blur", (3,)),
                ("border_mask", (0, 1, 0, 1)),
                ("masks", (Mask(only=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),)),)),
                ("most", 80.0),
                ("at_most", 60.0),
                ("at_least", None),
                ("min_size", 12),
                ("decode", Decoding.EXACT),
            ),
            timezone="Europe/Berlin",
        ),
        Section("c2", None, (("size", None), ("against", 4)), exclude=True, timezone="Europe/Berlin"),
    ),
)


@pytest.mark.parametrize("settings", [Settings(), UNUSUAL], ids=["default", "unusual"])
def test_what_a_manifest_records_comes_back_whole(settings):
    """But what is done with late frames, which may differ from run to run."""
    assert Settings.from_record(json.loads(json.dumps(settings.record()))) == replace(settings, late=Lateness.LEAVE)


def test_the_unusual_settings_differ_in_every_field():
    same = {
        field.name
        for field in fields(Settings)
        if field.init and getattr(UNUSUAL, field.name) == getattr(Settings(), field.name)
    }
    assert same == set()


@pytest.mark.parametrize("key", sorted(Settings().record().keys() - ADDED.keys()))
def test_a_record_without_a_setting_is_refused(key):
    record = Settings().record()
    del record[key]
    with pytest.raises(UsageError, match="settings that this version cannot read"):
        Settings.from_record(record)


def test_what_came_later_is_as_usual_in_a_record_without_it():
    record = {key: value for key, value in Settings().record().items() if key not in ADDED}
    assert Settings.from_record(record) == Settings()
    assert {key: Settings().record()[key] for key in ADDED} == {**ADDED, "reading_of_names": NAMES}


@pytest.mark.parametrize("against", [0, -1, 1.5])
def test_frames_are_compared_with_at_least_one(against):
    with pytest.raises(UsageError, match=f"--against takes a whole number of at least 1, not {against}"):
        Settings(against=against)


@pytest.mark.parametrize("most", [0, -1, 100.5])
def test_a_share_of_the_picture_is_one(most):
    with pytest.raises(UsageError, match=f"--most takes a share of the picture of up to 100%, not {most:g}%"):
        Settings(most=most)


@pytest.mark.parametrize(("text", "seconds"), [("1s", 1), ("500ms", 0.5), ("2min", 120), ("1.5", 1.5), ("1h", 3600)])
def test_times(text, seconds):
    assert parse_every(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1s", "1d", "1e3s"])
def test_refuses_what_is_no_time(text):
    with pytest.raises(UsageError, match="--every takes a time"):
        parse_every(text)


@pytest.mark.parametrize(
    ("text", "seconds", "written"),
    [
        ("1/10min", 600, "1/10min"),
        ("4/hour", 900, "1/15min"),
        ("1/day", 86400, "1/1d"),
        ("2/3s", 1.5, "1/1.5s"),
        ("1 / 36h", 129600, "1/36h"),
        ("1/500ms", 0.5, "1/0.5s"),
    ],
)
def test_frames_in_a_time(text, seconds, written):
    assert parse_spacing("--at-most")(text) == seconds
    assert write_spacing(seconds) == written
    assert parse_spacing("--at-most")(written) == seconds


@pytest.mark.parametrize("text", ["", "10min", "0/h", "1/", "1/week", "-1/h", "1/10", "1.5/h", "a/h"])
def test_what_is_no_number_of_frames_in_a_time(text):
    with pytest.raises(UsageError, match="--at-least takes frames in a time, such as 1/10min, 4/hour or 1/day, not"):
        read_settings(at_least=text)


@pytest.mark.parametrize("given", ["500", 500, "20/camera", "20/camera/day", " 20 / camera"])
def test_budgets(given):
    assert read_settings(keep=given).keep == str(given).replace(" ", "")
    assert str(read_settings(keep=given).score_threshold) == "0%"


@pytest.mark.parametrize("text", ["0", "-1", "20/day", "20/camera/hour", "a", "1.5", "", "20/"])
def test_what_is_no_budget(text):
    with pytest.raises(UsageError, match="--keep takes a number of frames such as 500, 20/camera or 20/camera/day"):
        parse_budget(text)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"keep": "5", "score_threshold": 500}, "with --keep a threshold is a share such as 0.5%, not 500 px"),
        ({"at_most": "1/h", "at_least": "1/min"}, "--at-most wants frames 1 h apart, --at-least one in 1 min"),
        ({"at_most": 0.0}, "--at-most takes a time from 1ms to 1000000000s"),
    ],
)
def test_numbers_of_frames_that_cannot_be(given, line):
    with pytest.raises(UsageError, match=line):
        read_settings(**given)
