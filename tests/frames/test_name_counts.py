"""Numbers that may be clocks: right, or no time."""

from datetime import UTC, datetime, timedelta

import pytest

from framesift.errors import UsageError
from framesift.frames.frame import Frame
from framesift.frames.naming import Names, Naming

DAY = datetime(2021, 4, 30, tzinfo=UTC)


def read(*paths: str, known: tuple[Frame, ...] = ()) -> dict[str, tuple[str, str | None]]:
    found = Names(Naming(), known, "own").read_all(paths)
    return {path: (camera, f"{time:%d %H:%M:%S}" if time else None) for path, camera, time in found}


def times(*paths: str) -> list[str | None]:
    found = read(*paths)
    return [found[path][1] for path in paths]


def minutes(*numbers: str, day: str = "20210430") -> list[str | None]:
    return times(*(f"door_{day}_{number}.jpg" for number in numbers))


@pytest.mark.parametrize(
    "numbers",
    [
        ("1121", "1134", "1147", "1200"),
        ("1121", "1122", "1135", "1203"),
        ("1158", "1159", "1200", "1201"),
        ("0600", "0700", "0800", "0900"),
        ("0000", "0600", "1200", "1800"),
        ("0003", "0142", "0311", "0555", "0748", "1109", "1631", "2250"),
    ],
)
def test_four_digits_behind_a_day_are_a_clock(numbers: tuple[str, ...]) -> None:
    assert minutes(*numbers) == [f"30 {number[:2]}:{number[2:]}:00" for number in numbers]
    assert minutes(*numbers, day="30.04.2021") == minutes(*numbers)
    assert read(f"door_20210430_{numbers[0]}.jpg") == {f"door_20210430_{numbers[0]}.jpg": ("own", None)}


@pytest.mark.parametrize(
    "numbers",
    [
        [f"{number:04}" for number in range(1, 100)],
        [f"{number:04}" for number in range(60)],
        ["1121"],
        ["1121", "1134", "1147"],
        ["1121", "1122", "1123", "1124"],
        ["1121", "1134", "1160", "1200"],
        ["1121", "1134", "1147", "2400"],
        ["0003", "0142", "0311", "0555"],
        ["0100", "0200", "0300", "0400"],
        ["0101", "0102", "0103", "0201", "0202", "0203"],
        ["1920"],
    ],
)
def test_four_digits_that_may_count_say_no_time(numbers: list[str]) -> None:
    paths = [f"door_20210430_{number}.jpg" for number in numbers]
    assert read(*paths) == dict.fromkeys(paths, ("own", None))


def days(*numbers: str) -> list[tuple[str, str]]:
    return [(f"{DAY - timedelta(days):%Y%m%d}", number) for days, number in enumerate(reversed(numbers))]


@pytest.mark.parametrize(
    ("found", "timed"),
    [
        ([(day, number) for day, _ in days(*"abcd") for number in ("0600", "1800")], True),
        ([(day, f"{number:04}") for day, _ in days(*"abcd") for number in range(1, 56)], False),
        (days(*(f"{number}" for number in range(1121, 1160, 2))), False),
        (days(*["1920"] * 9), False),
    ],
)
def test_the_numbers_of_several_days_tell_together(found: list[tuple[str, str]], timed: bool) -> None:
    assert [time is not None for time in times(*(f"{day}_{number}.jpg" for day, number in found))] == [timed] * len(
        found
    )


def test_the_cameras_of_a_folder_are_told_apart() -> None:
    clocks = [f"door_20210430_{number}.jpg" for number in ("1121", "1134", "1147", "1200")]
    counts = [f"cam1_20210430_{number:04}.jpg" for number in range(1, 99)]
    found = read(*clocks, *counts)
    assert {found[path][0] for path in clocks} == {"door"} and {found[path][1] for path in counts} == {None}


def test_what_was_decided_of_numbers_holds() -> None:
    path, later = "door_20210430_1200.jpg", "door_20210430_1213.jpg"
    assert read(later, known=(Frame(path, "door", DAY.replace(hour=12)),)) == {later: ("door", "30 12:13:00")}
    assert read(later, known=(Frame(path, "own", None),)) == {later: ("own", None)}
    exif = Frame(path, "own", DAY.replace(hour=9))
    more = [f"door_20210430_{number}.jpg" for number in ("1213", "1226", "1239", "1252", "1305")]
    assert read(*more, known=(exif,)) == dict.fromkeys(more, ("own", None))


def test_a_pattern_that_finds_a_minute_says_that_it_is_one() -> None:
    naming = Naming(r"(?P<camera>[a-z]+)_(?P<time>\d{8}_\d{4})")
    assert naming.read("door_20210430_1121.jpg") == ("door", DAY.replace(hour=11, minute=21))
    with pytest.raises(UsageError, match="'20210430_1160', the time that --name-pattern finds, cannot be read"):
        list(Names(naming).read_all(["door_20210430_1160.jpg"], strict=True))


def test_what_says_the_camera_says_it_of_clocks_too() -> None:
    paths = [f"site/door_20210430_{number}.jpg" for number in ("1121", "1134", "1147", "1200")]
    for by, camera in (("folder", "site"), ("name", "door"), ("one", "own")):
        assert {each for _, each, time in Names(Naming(camera=by), (), "own").read_all(paths) if time} == {camera}


SESSIONS = ("20210430_100000", "20210430_110000")


@pytest.mark.parametrize("form", ["{:06}", "{:08}", "img_{:06}", "{:04}", "{:03}", "00-00-{:02}"])
def test_numbers_in_the_folder_of_a_session_are_of_its_time(form: str) -> None:
    paths = [f"cam1/{session}/{form.format(number)}.jpg" for session in SESSIONS for number in range(1, 60)]
    assert read(*paths) == {path: ("cam1", f"30 {path[14:16]}:00:00") for path in paths}
    assert Naming().read(paths[2]) == (None, DAY.replace(hour=10))


def test_numbers_of_sessions_say_nothing_of_clocks_below_days() -> None:
    assert times("c/20210430_100000/000003.jpg", "c/20210501/112105.jpg") == ["30 10:00:00", "01 11:21:05"]


def test_clocks_in_the_folder_of_a_session_are_clocks() -> None:
    assert times(*(f"cam1/20210430_100000/{clock}.jpg" for clock in ("095958", "100005", "113000"))) == [
        "30 09:59:58",
        "30 10:00:05",
        "30 11:30:00",
    ]
    assert times("c/20210430_233000/233005.jpg", "c/20210430_233000/000010.jpg") == ["30 23:30:05", "01 00:00:10"]
    assert times("c/2021-04-30_10-00/10-00-05.jpg", "c/20210430/10/100005.jpg") == ["30 10:00:05"] * 2


def test_six_digits_below_a_day_are_a_clock_where_all_can_be() -> None:
    assert times("c/20210430/000005.jpg", "c/20210430/000105.jpg") == ["30 00:00:05", "30 00:01:05"]
    assert times("c/20210430/000005.jpg", "c/20210430/000065.jpg") == [None] * 2
    assert times(*(f"c/20210430/{number:06}.jpg" for number in range(1, 50))) == [None] * 49
    assert times("c/20210430/112105.jpg") == ["30 11:21:05"]


@pytest.mark.parametrize(
    "name", ["20210430", "IMG_20210430", "c_2021-04-30", "20210430-x", "30-04-2021", "c_30.04.2021"]
)
@pytest.mark.parametrize("folder", ["20210430", "30-04-2021"])
def test_the_day_that_a_folder_says_is_no_clock(name: str, folder: str) -> None:
    assert Naming().read(f"c/{folder}/{name}.jpg")[1] is None


@pytest.mark.parametrize(
    ("names", "timed"),
    [
        ([f"image{1619781660 + 60 * number}" for number in range(5)], True),
        ([f"image{1619781660 + number}" for number in range(5)], True),
        ([f"image{1619781660 + 60 * number}123" for number in range(5)], True),
        (["image1619781660"], False),
        (["image1619781660", "image1619781720"], False),
        ([f"image{1500000000 + number}" for number in range(5)], False),
        (["image1619781660", "image1619781720", "image2619781660"], False),
        (["image1619781660", "image1619781720", "image9619781660"], False),
        ([f"cam2{1619781660 + 60 * number}" for number in range(5)], False),
    ],
)
def test_ten_digits_behind_a_word_are_seconds_where_all_can_be(names: list[str], timed: bool) -> None:
    found = read(*(f"{name}.jpg" for name in names))
    assert {camera for camera, _ in found.values()} == {"own"}
    assert [time is not None for _, time in found.values()] == [timed] * len(names)


def test_two_clocks_are_no_day_and_a_clock() -> None:
    names = Names(Naming())
    ranges = [f"11.{minute}.00-11.{minute}.59[R][0@0][0].jpg" for minute in range(10, 30)]
    assert {time for _, _, time in names.read_all(ranges)} == {None} and not names.contrary
    clocks = [f"10.05.{year}-{hour}.06.00.jpg" for year, hour in ((20, 10), (21, 10), (21, 15))]
    assert None not in times(*clocks)


@pytest.mark.parametrize(
    ("name", "second"),
    [("2021-4-30_11-21-5", 5), ("2021-04-30_11-21-5", 0), ("30-4-2021_11-21-5", 5), ("30-04-2021_11-21-5", 0)],
)
def test_a_last_single_digit_is_a_second_where_others_are_single_too(name: str, second: int) -> None:
    assert Naming().read(f"c/{name}.jpg")[1] == DAY.replace(hour=11, minute=21, second=second)


@pytest.mark.parametrize(
    ("path", "camera"),
    [
        ("c/20210430/night/30_22/x_20210430_220015.jpg", "c/x"),
        ("c/20210430/night/01_03/x_20210501_030015.jpg", "c/x"),
        ("c/20210430/31_22/x_20210430_220015.jpg", "c/31_22/x"),
        ("c/night/x_20210430_220015.jpg", "c/night/x"),
        ("c/20210430_1000/000003.jpg", "c"),
        ("c/20210430100000/000003.jpg", "c"),
        ("c/20210430998877/000003.jpg", "c/20210430998877"),
    ],
)
def test_folders_of_nights_and_sessions_are_no_cameras(path: str, camera: str) -> None:
    assert Naming().take_apart(path).camera == camera
