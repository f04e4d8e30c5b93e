"""Camera and time out of names."""

import zoneinfo
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.errors import UsageError
from framesift.frames.frame import Frame
from framesift.frames.naming import Names, Naming
from framesift.frames.suffixes import split_suffix

NOON = datetime(2021, 3, 27, 12, 53, 37, tzinfo=UTC)

CAMERA_AND_NOON = {
    "c21_2021_03_27__12_53_37.png": "c21",
    "c10-1616849617.png": "c10",
    "c10-1616849617000.png": "c10",
    "c10-1616849617000000.png": "c10",
    "c10-1616849617000000000.png": "c10",
    "frontdoor_20210327_125337.jpg": "frontdoor",
    "front door 20210327125337.jpg": "front door",
    "frontdoor-20210327-125337.JPG": "frontdoor",
    "frontdoor.20210327T125337.jpg": "frontdoor",
    "frontdoor20210327T125337Z.jpg": "frontdoor",
    "192.168.1.64_01_20210327125337.jpg": "192.168.1.64_01",
    "1234567890_1616849617000.png": "1234567890",
    "1234567890_20210327_125337.png": "1234567890",
    "c1_20210327_125337_1616849617000.png": "c1",
    "kamera-süd_2021-03-27_12-53-37.jpg": "kamera-süd",
    "c10_2021-03-27T12:53:37Z.png": "c10",
    "c10_2021-03-27T14-53-37+02:00.png": "c10",
    "c10_2021-03-27T14:53:37+0200": "c10",
    "c10_2021-03-27T14:53:37+02": "c10",
    "c10_2021-03-27T07-53-37-05:00.png": "c10",
    "c10_2021-03-27T07-53-37-0500.png": "c10",
    "c10_2021-03-27T09-23-37-03-30.png": "c10",
    "c10_20210327_125337_0001.png": "c10",
    "c10_20210327_125337-0500.png": "c10",
    "c10_20210327_125337-2.png": "c10",
    "c10_20210327_125337 (1).png": "c10",
    "c10_20210327_125337(1).png": "c10",
    "c10_20210327_125337 - Copy (2).png": "c10",
    "c10_20210327_125337_3 copy.png": "c10",
    "c10_20210327_125337_20210327_125340.png": "c10",
    "c10-1616849617000_2.png": "c10",
    "c10-1616849617000_gate.png": "c10",
    "c10_20210327_125337_HDR.png": "c10",
    "c10_20210327_125337_4_trg.png": "c10",
    "20210327_125337_frontdoor.png": "frontdoor",
    "20210327_125337_000_Front Door.png": "Front Door",
    "2021-03-27_12-53-37_cam 2.png": "cam 2",
    "2021-03-27_12-53-37_00626E4E2B5C.png": "00626E4E2B5C",
    "front_MDAlarm_20210327-125337.jpg": "front",
    "Alarm_12_front_20210327-125337.jpg": "front",
    "Copy of front_20210327-125337.jpg": "front",
    "IMG1_frontdoor_20210327_125337.jpg": "IMG1_frontdoor",
    "webcam2_20210327_125337.jpg": "webcam2",
    "c\n1_20210327_125337.jpg": "c\n1",
    "c\udcff_20210327_125337.jpg": "c\udcff",
    "20210327_125337.jpg": None,
    "20210327_125337_HDR.jpg": None,
    "20210327_125337_a1b2c3d4.jpg": None,
    "20210327_125337_1920x1080_person.jpg": None,
    "1616849617.0-a1b2c3.jpg": None,
    "MDAlarm_20210327-125337.jpg": None,
    "MOTION_2021-03-27-12-53-37_001.jpg": None,
    "event_0012_20210327-125337.jpg": None,
    "0012_20210327-125337.jpg": None,
    "086_20210327-125337.jpg": None,
    "2021-03-27 12.53.37": None,
    "2021-03-27 12:53:37 UTC.png": None,
    "1616849617000.png": None,
    "IMG_20210327_125337.jpg": None,
    "IMG20210327125337.jpg": None,
    "img-0012_20210327_125337.jpg": None,
    "DSC_20210327_125337.jpg": None,
    "DSCF0001 20210327_125337.jpg": None,
    "PXL_20210327_125337000.jpg": None,
    "frame_1616849617000.png": None,
    "Snapshot-20210327T125337.png": None,
    "Screenshot from 2021-03-27 12-53-37.png": None,
    "Screen Shot 2021-03-27 at 12.53.37.png": None,
    "WhatsApp Image 2021-03-27 at 12.53.37 (1).jpeg": None,
}

NO_TIME = [
    "frame_9.png",
    "c10_0001.png",
    "0000000001.png",
    "2021032712.png",
    "c10-162387109886.png",
    "c10-16238710988650.png",
    "c101616849617000.png",
    "c10_2021_13_27__12_53_37.png",
    "c10_2021_02_30__12_53_37.png",
    "c10_2021_03_27__24_53_37.png",
    "c10_2021_03_27__12_60_37.png",
    "c10_20210327_1253371.png",
    "c10_20210327_0001.png",
    "c10_20210327.png",
    "c10_2021_03-27__12_53_37.png",
    "c10_120210327_125337.png",
    "c10_٢٠٢١٠٣٢٧_١٢٥٣٣٧.png",
    "c10_2021-03-27T12:53:37+99:00.png",
    "",
    ".png",
    "²",
]


@pytest.mark.parametrize(("name", "camera"), CAMERA_AND_NOON.items())
def test_camera_and_time_come_from_the_name(name: str, camera: str | None) -> None:
    assert Naming().read(name) == (camera, NOON)
    assert Naming().read(f"2020-01-01_00-00-00/{name}") == (camera, NOON)


@pytest.mark.parametrize("name", NO_TIME)
def test_name_without_a_possible_time_gives_nothing(name: str) -> None:
    assert Naming().read(name) == (None, None)


@pytest.mark.parametrize(
    ("name", "microsecond"),
    [
        ("c10-1616849617865.png", 865_000),
        ("c10-1616849617865123.png", 865_123),
        ("1616849617.86.png", 860_000),
        ("c10_2021-03-27T12-53-37.865.png", 865_000),
        ("c10_2021-03-27T12-53-37,5Z.png", 500_000),
        ("c10_20210327_125337.123456789.png", 123_456),
        ("PXL_20210327_125337123.jpg", 123_000),
        ("c10_20210327125337123456.png", 123_456),
        ("2021-03-27 12.53.37.25", 250_000),
    ],
)
def test_fractions_of_seconds(name: str, microsecond: int) -> None:
    assert Naming().read(name)[1] == NOON.replace(microsecond=microsecond)


def test_seconds_may_be_missing_where_a_mark_shows_the_time() -> None:
    minute = NOON.replace(second=0)
    names = ["c10_2021-03-27_12-53.png", "c10_2021-03-27T12:53Z.png", "c10_20210327T1253.png"]
    assert [Naming().read(name) for name in names] == [("c10", minute)] * 3


def test_epochs_before_2001_are_read_with_13_digits() -> None:
    assert Naming().read("c1-0000000001500.png") == ("c1", datetime(1970, 1, 1, 0, 0, 1, 500_000, UTC))


def test_wall_clocks_are_read_in_the_time_zone_and_epochs_and_offsets_are_not() -> None:
    berlin = Naming(timezone="Europe/Berlin")
    assert berlin.read("c1_20210327_135337.png") == ("c1", NOON)
    assert berlin.read("c1_20210328_145337.png") == ("c1", NOON.replace(day=28, hour=12))
    assert berlin.read("c1-1616849617.png") == ("c1", NOON)
    assert berlin.read("c1_2021-03-27T12:53:37Z.png") == ("c1", NOON)
    assert berlin.read("c1_2021-03-27T07:53:37-05:00.png") == ("c1", NOON)


@pytest.mark.parametrize(("zone", "hour"), [("UTC", 12), ("+02:00", 14), ("-03:30", 9), ("Asia/Singapore", 20)])
def test_time_zones(zone: str, hour: int) -> None:
    minute = 23 if zone == "-03:30" else 53
    time = Naming(timezone=zone).read(f"c1_20210327_{hour:02}{minute}37.png")[1]
    assert time == NOON
    assert time.tzinfo is UTC


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "/etc/localtime", "../x", "+25:00", "+2", "Europe", "a\0b", "\udcff"]
)
def test_unknown_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(UsageError) as raised:
        Naming(timezone=zone)
    assert str(raised.value) == (
        f"--timezone {zone!r} is neither a time zone such as Europe/Berlin nor an offset such as +02:00"
    )


def test_missing_time_zone_data_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    with pytest.raises(UsageError, match=r"\(this machine has no time zone data: pip install tzdata\)$"):
        Naming(timezone="Nowhere/Known")


def test_pattern_is_searched_in_the_name() -> None:
    naming = Naming(r"^(?P<time>\d{8}_\d{6})_(?P<camera>[a-z]+)")
    assert naming.read("gate/20210327_125337_frontdoor_alarm.jpg") == ("frontdoor", NOON)
    assert naming.matches("gate/20210327_125337_frontdoor_alarm.jpg")


def test_pattern_with_a_slash_is_searched_in_the_path() -> None:
    naming = Naming(r"^(?P<camera>[^/]+)/.*/(?P<time>\d+-\d+-\d+_.*)\.jpg$")
    assert naming.read("gate/a/2021-03-27_12-53-37.jpg") == ("gate", NOON)


def test_what_the_pattern_does_not_give_is_read_as_usual() -> None:
    assert Naming(r"^(?P<camera>c\d+)").read("c10_west_20210327_125337.jpg") == ("c10", NOON)
    assert Naming(r"(?P<time>\d{8}_\d{6})").read("c10_20210327_125337.jpg") == ("c10", NOON)
    assert Naming(r"^(?P<camera>d\d+)?").read("c10_20210327_125337.jpg") == ("c10", NOON)
    assert Naming(r"^(?P<camera>d\d+)").read("c10_20210327_125337.jpg") == ("c10", NOON)


def test_time_group_without_a_time_gives_none() -> None:
    naming = Naming(r"(?P<time>\d+)")
    assert naming.read("gate_125337.jpg") == (None, None)
    assert not naming.matches("gate_125337.jpg")
    assert not Naming().matches("c10_20210327_125337.jpg")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "is not a regular expression: missing ), unterminated subpattern at position 0"),
        ("a", "has neither a group (?P<camera>...) nor (?P<time>...)"),
        ("(?P<when>a)", "has neither a group (?P<camera>...) nor (?P<time>...)"),
    ],
)
def test_pattern_that_cannot_be_used_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(UsageError) as raised:
        Naming(pattern)
    assert str(raised.value) == f"--name-pattern {pattern!r} {reason}"


def test_naming_is_a_value() -> None:
    assert Naming("(?P<time>x)", "+01:00") == Naming("(?P<time>x)", "+01:00")
    assert Naming() != Naming(timezone="+01:00")
    assert Naming(camera="one") != Naming()


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2021:03:27 12:53:37", NOON),
        ("2021:03:27 12:53:37.5", NOON.replace(microsecond=500_000)),
        ("2021:03:27 14:53:37+02:00", NOON),
        ("2021:03:27 07:53:37-05:00", NOON),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2021:03:27 12:53:37 x", None),
        ("", None),
    ],
)
def test_exif_times(text: str, time: datetime | None) -> None:
    assert Naming().read_time(text) == time


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.b.PNG", ("a.b", "png")),
        ("2021-03-27 12.53.37", ("2021-03-27 12.53.37", "")),
        (".png", (".png", "")),
        ("a.", ("a.", "")),
        ("a", ("a", "")),
        ("a.png (1)", ("a.png (1)", "")),
    ],
)
def test_suffix(name: str, parts: tuple[str, str]) -> None:
    assert split_suffix(name) == parts


@given(st.text(st.characters(codec=None)))
def test_any_name_is_read_without_an_error(name: str) -> None:
    Naming().read(name)
    split_suffix(name)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)), st.sampled_from(["c1", "front door", "süd-2"]))
def test_what_was_written_is_read(clock: datetime, camera: str) -> None:
    time = clock.replace(tzinfo=UTC)
    milliseconds = time.replace(microsecond=time.microsecond // 1000 * 1000)
    second = time.replace(microsecond=0)
    assert Naming().read(f"{camera}_{time.isoformat()}.png") == (camera, time)
    assert Naming().read(f"{camera}_{clock:%Y_%m_%d__%H_%M_%S}.png") == (camera, second)
    assert Naming().read(f"{camera}_{clock:%Y%m%d_%H%M%S}.png") == (camera, second)
    epoch = (milliseconds - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000
    assert Naming().read(f"{camera}-{round(epoch):013d}.png") == (camera, milliseconds)


@pytest.mark.parametrize("marks", [" (1)", " copy", " -_.", "_1", " - Copy", "_-_1", "_(1)", "-20210327_125337"])
def test_long_names_are_read_at_once(marks: str) -> None:
    # A part of the expression that can match a text in two ways would take 2 ** 50 steps here.
    for name in ("c1_20210327_125337", "20210327_125337", "c1-1616849617", "c1", "12-03-2021_12.53.37", "5 Mar 2021"):
        Naming().read(name + marks * 60 + "x.png")
        Naming().read(f"2021-03-27/{marks * 60}{name}.png")
        Naming(time_format="%d-%m-%Y_%H.%M.%S").read(name + marks * 60 + "x.png")


@pytest.mark.parametrize(
    ("time_format", "path", "camera"),
    [
        ("%d-%m-%Y_%H.%M.%S", "cam1/27-03-2021_12.53.37.jpg", None),
        ("%d-%m-%Y_%H.%M.%S", "cam1/gate_27-03-2021_12.53.37_trg.jpg", "cam1/gate"),
        ("%m-%d-%y %I-%M-%S %p", "03-27-21 12-53-37 PM.jpg", None),
        ("%y%j%H%M%S", "gate_21086125337.jpg", "gate"),
        ("%Y/%d.%m./%H/%M%S", "gate/2021/27.03./12/5337.jpg", None),
        ("%H%M%S", "gate/2021-03-27/xx125337.jpg", "gate/xx"),
        ("%d %B %Y %H:%M:%S %z", "27 March 2021 14:53:37 +0200", None),
        ("%H:%M:%S", "gate_20210327_125337.jpg", "gate"),
    ],
)
def test_times_in_a_format_of_the_user(time_format: str, path: str, camera: str | None) -> None:
    assert Naming(time_format=time_format).read(path) == (camera, NOON)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_number_before_the_first_or_last_day_of_all_is_no_part_of_it(day: str) -> None:
    camera, time = Naming(time_format="%Y-%m-%d_%H").read(f"gate-123_{day}_00.png")
    assert camera == "gate-123" and f"{time:%m-%d}" == day[5:]


@pytest.mark.parametrize(
    ("time_format", "reason"),
    [
        ("%d-%m-%Q", "has %Q, which is none of %Y %y %m %d %j %H %I %M %S %f %b %B %a %A %p %z %Z %%"),
        ("%d-%", "has %, which is none of %Y %y %m %d %j %H %I %M %S %f %b %B %a %A %p %z %Z %%"),
        ("%M", "has neither a day nor an hour: such as %d-%m-%Y_%H.%M.%S"),
        ("%f%f%f%f_%H", "has %f more than once"),
    ],
)
def test_format_that_cannot_be_used_is_refused(time_format: str, reason: str) -> None:
    with pytest.raises(UsageError) as raised:
        Naming(time_format=time_format)
    assert str(raised.value) == f"--time-format {time_format!r} {reason}"


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        (r"^(?P<camera>\w+)/(?P<date>[\d-]+)/(?P<time>[\d-]+)", "gate/2021-03-27/12-53-37.jpg"),
        (r"^(?P<camera>\w+)/(?P<time>[\d-]+/[\d-]+)\.", "gate/2021-03-27/12-53-37.jpg"),
        (r"^(?P<camera>\w+)/(?P<time>\d+/\d\d/\d{4})", "gate/20210327/12/5337.mp4"),
        (r"^(?P<time>[\d. ]+)/(?P<camera>\w+)", "27.03.2021 12.53.37/gate.jpg"),
        (r"(?P<time>\d\d-\d\d-\d{4}_[\d.]+)_(?P<camera>[a-z]+)", "27-03-2021_12.53.37_gate.jpg"),
    ],
)
def test_a_pattern_reaches_over_folders(pattern: str, path: str) -> None:
    assert Naming(pattern).read(path) == ("gate", NOON)
    assert Naming(pattern).matches(path)


@pytest.mark.parametrize(
    ("by", "cameras"),
    [
        (None, ["site/gate", "site/door", "site2/gate", "own"]),
        ("folder", ["site", "site", "site2", "own"]),
        ("name", ["gate", "door", "gate", "own"]),
        ("one", ["own"] * 4),
    ],
)
def test_what_says_the_camera(by: str | None, cameras: list[str]) -> None:
    names = Names(Naming(camera=by), (), "own")
    paths = [
        "site/2021-03-27/gate_20210327_125337.jpg",
        "site/door_20210327_125337.jpg",
        "site2/gate_2021_03_27_12_53_37_motion.jpg",
        "20210327_125337.jpg",
    ]
    assert [names.read(path) for path in paths] == [(camera, NOON) for camera in cameras]


def test_another_word_for_the_camera_is_refused() -> None:
    with pytest.raises(UsageError, match="--camera is folder, name or one, not 'x'"):
        Naming(camera="x")


def test_days_are_read_as_all_of_a_camera_can_be() -> None:
    def read(*dates: str) -> list[str]:
        paths = [f"c/{date}_12-53-37.jpg" for date in dates]
        found = {path: time for path, _, time in Names(Naming()).read_all(paths)}
        return [f"{found[path]:%m-%d}" for path in paths]

    assert read("05-04-2021", "13-04-2021") == ["04-05", "04-13"]
    assert read("05-04-2021", "05-13-2021") == ["05-04", "05-13"]
    assert read("05-04-2021", "05-05-2021", "05-06-2021") == ["05-04", "05-05", "05-06"]
    assert read("04-05-2021", "05-05-2021", "06-05-2021") == ["05-04", "05-05", "05-06"]
    assert read("05-04-2021") == ["04-05"]


def test_what_was_decided_of_days_holds() -> None:
    first = Frame("c/05-04-2021_12-53-37.jpg", "c", datetime(2021, 5, 4, 12, 53, 37, tzinfo=UTC))
    names = Names(Naming(), [first])
    assert names.read("c/06-04-2021_12-53-37.jpg")[1] == datetime(2021, 6, 4, 12, 53, 37, tzinfo=UTC)
    assert names.read("d/06-04-2021_12-53-37.jpg")[1] == datetime(2021, 4, 6, 12, 53, 37, tzinfo=UTC)


def first_day(date: str, order: str) -> Frame:
    day = datetime.strptime(f"{date}_12-53-37", f"{order}_%H-%M-%S").replace(tzinfo=UTC)
    return Frame(f"c/{date}_12-53-37.jpg", "c", day)


@pytest.mark.parametrize(
    ("decided", "order", "dates", "contrary"),
    [
        ("03-04-2021", "%d-%m-%Y", ["03-25-2021", "04-04-2021"], ["03-25-2021"]),
        ("03-04-2021", "%m-%d-%Y", ["25-03-2021"], ["25-03-2021"]),
        ("03-04-2021", "%d-%m-%Y", ["03-05-2021", "03-06-2021"], ["03-05-2021", "03-06-2021"]),
        ("03-04-2021", "%d-%m-%Y", ["04-04-2021", "13-04-2021"], []),
        ("03-04-2021", "%d-%m-%Y", ["03-07-2022"], []),
        ("05-05-2021", "%m-%d-%Y", ["06-06-2021"], []),
        ("12-04-2021", "%d-%m-%Y", ["01-05-2021"], []),
        ("11-30-2021", "%m-%d-%Y", ["12-01-2021", "12-02-2021"], []),
        ("21-03-04", "%d-%m-%y", ["21-03-25", "21-03-26"], ["21-03-25", "21-03-26"]),
    ],
)
def test_days_that_say_another_order_than_what_was_decided_are_noted(decided, order, dates, contrary) -> None:
    names = Names(Naming(), [first_day(decided, order)])
    list(names.read_all(f"c/{date}_12-53-37.jpg" for date in dates))
    assert names.contrary == ({"c": [f"c/{date}_12-53-37.jpg" for date in contrary]} if contrary else {})


def test_what_is_of_another_order_among_the_first_is_noted_too() -> None:
    names = Names(Naming())
    found = list(names.read_all(f"c/{date}_12-53-37.jpg" for date in ("05-13-2021", "05-14-2021", "15-05-2021")))
    assert [time is None for _, _, time in found] == [False, False, True] and len(names.contrary["c"]) == 1


def test_the_last_frame_of_a_film_tells_the_order_of_its_day() -> None:
    late = Frame("c/05-04-2021_23-53-37.mp4", "c", datetime(2021, 5, 5, 2, 13, tzinfo=UTC))
    assert Names(Naming(), [late]).read("c/05-06-2021_10-00-00.mp4")[1] == datetime(2021, 5, 6, 10, tzinfo=UTC)


def test_times_are_shown_in_their_zone() -> None:
    assert Naming().show(NOON) + Naming().zone_name == "2021-03-27 12:53"
    tokyo = Naming(timezone="Asia/Tokyo")
    assert tokyo.show(NOON) + tokyo.zone_name == "2021-03-27 21:53 Asia/Tokyo"
