"""How cameras and their programs name pictures: each layout with its cameras, and its frames in the order of time."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from framesift.frames.frame import Frame, name_frames, order_key
from framesift.frames.naming import Names, Naming

START = datetime(2021, 4, 29, 20, tzinfo=UTC)
Layout = Callable[[str, int, datetime], str]
"""The path of the picture `n` that a camera takes at a time."""

TIMED: dict[str, Layout] = {
    "prefix": lambda c, n, t: f"{c}_{t:%Y_%m_%d__%H_%M_%S}.png",
    "folder": lambda c, n, t: f"{c}/{t:%Y%m%d_%H%M%S}.jpg",
    "folder and prefix": lambda c, n, t: f"{c}/{c}_{t:%Y%m%d_%H%M%S}.jpg",
    "Foscam": lambda c, n, t: f"{c}/snap/MDAlarm_{t:%Y%m%d-%H%M%S}.jpg",
    "Foscam, two kinds": lambda c, n, t: f"{c}/snap/{['MDAlarm', 'Schedule'][n % 2]}_{t:%Y%m%d-%H%M%S}.jpg",
    "Instar": lambda c, n, t: f"{c}/{t:%Y%m%d}/images00{n // 4}/{'AP'[n % 2]}{t:%y%m%d%H%M%S}{n % 3}0.jpg",
    "GeoVision": lambda c, n, t: f"{c}/MOTION/{t:%Y-%m-%d/%H/MOTION_%Y-%m-%d-%H-%M-%S}-123_{n:03}.jpg",
    "GeoVision, two kinds": lambda c, n, t: (
        f"{c}/{(k := ['MOTION', 'TRIPWIRE'][n % 2])}/{t:%Y-%m-%d/%H}/{k}_{t:%Y-%m-%d-%H-%M-%S}-123_001.jpg"
    ),
    "Motion": lambda c, n, t: f"{c}/{n // 2 + 1:02}-{t:%Y%m%d%H%M%S}-{n % 2:02}.jpg",
    "Motion with the name of the camera": lambda c, n, t: f"{c}-{n // 2 + 1:02}-{t:%Y%m%d%H%M%S}-{n % 2:02}.jpg",
    "RMS": lambda c, n, t: f"{c}_{t:%j_%Y%m%d_%H%M%S}_123_{n:07}.png",
    "RMS in a folder": lambda c, n, t: f"{c}/{t:%Y/%Y-%j/%j_%Y%m%d_%H%M%S}.png",
    "Agent DVR": lambda c, n, t: f"{t:%Y-%m-%d_%H-%M-%S}_000_{c}.jpg",
    "Agent DVR in a folder": lambda c, n, t: f"{c}/grabs/{n}_{t:%Y-%m-%d_%H-%M-%S}_123.jpg",
    "zmNinja": lambda c, n, t: f"{t:%Y-%m-%dT%H-%M-%S}-{c}.jpg",
    "behind, with a remark": lambda c, n, t: f"{t:%Y%m%d%H%M%S}_{c}{['', '_motion'][n % 2]}.jpg",
    "motionEye": lambda c, n, t: f"{c}/{t:%Y-%m-%d/%H-%M-%S}.jpg",
    "motionEye, event": lambda c, n, t: f"{c}/{t:%Y-%m-%d/%H-%M-%S}-{n:02}.jpg",
    "days of folders": lambda c, n, t: f"{t:%Y/%m/%d}/{c}_{t:%Y%m%d_%H%M%S}.jpg",
    "days of folders below the camera": lambda c, n, t: f"{c}/{t:%Y/%m/%d/%H-%M-%S}.jpg",
    "days of folders, and hours": lambda c, n, t: f"{c}/{t:%Y/%m/%d/%H/%M-%S}.jpg",
    "months by name": lambda c, n, t: f"{c}/{t:%Y/%B/%d/%H%M%S}.jpg",
    "month and day": lambda c, n, t: f"{c}/{t:%Y-%m/%d/%H.%M.%S}.jpg",
    "LevelOne": lambda c, n, t: f"{c}/Img_{t:%Y-%m-%d}/Snap_{t:%H%M%S}_021_{n}.jpg",
    "ABUS": lambda c, n, t: f"{c}/{['Period', 'Event'][n % 2]}/{t:%Y%m%d/%H/%M%S}.jpg",
    "yi-hack": lambda c, n, t: f"{c}/{t:%YY%mM%dD%HH/%MM%SS}.jpg",
    "yi-hack, event": lambda c, n, t: f"{c}/{t:%YY%mM%dD%HH/E1%MM%SS}60.jpg",
    "Dahua": lambda c, n, t: f"{c}/{t:%Y-%m-%d}/001/jpg/{t:%H/%M/%S}[M][0@0][0].jpg",
    "Dahua, ranges": lambda c, n, t: f"{c}/{t:%Y-%m-%d}/001/jpg/{t:%H/%H.%M.%S}-{t:%H.%M.59}[M][0@0][0].jpg",
    "Dahua, recorder": lambda c, n, t: f"{t:%Y-%m-%d}/{c}_ch1_main_{t:%Y%m%d%H%M%S}_{t:%Y%m%d%H%M59}.jpg",
    "Vivotek": lambda c, n, t: f"{c}_{t:%Y%m%d%H%M%S}{['', '_4_trg'][n % 2]}.jpg",
    "Dafang": lambda c, n, t: f"{c}/{t:%d-%m-%Y_%H.%M.%S}.jpg",
    "Dafang, folder": lambda c, n, t: f"{c}/{t:%d-%m-%Y/%H.%M.%S}.jpg",
    "Chinese": lambda c, n, t: f"{c}_{t:%Y年%m月%d日%H时%M分%S秒}.jpg",
    "Chinese, folders": lambda c, n, t: f"{c}/{t:%Y年/%m月/%d日/%H时/%M分%S秒}.jpg",
    "Japanese": lambda c, n, t: f"{t:%Y年%m月%d日 %H時%M分%S秒}_{c}.jpg",
    "Korean": lambda c, n, t: f"{c}/{t:%Y년%m월%d일/%H시%M분%S초}.jpg",
    "American": lambda c, n, t: f"{c}_{t:%m-%d-%Y_%H-%M-%S}.jpg",
    "month by name": lambda c, n, t: f"{c}/{t:%d-%b-%Y_%H-%M-%S}.jpg",
    "month by name first": lambda c, n, t: f"{c}/{t:%b-%d}th-{t:%y_%H-%M-%S}.jpg",
    "date(1)": lambda c, n, t: f"{c}/{t:%a_%b_%d_%H-%M-%S}_UTC_{t:%Y}.jpg",
    "UniFi": lambda c, n, t: f"{c} {t:%-m-%-d-%Y, %-I.%M.%S %p}.jpg",
    "UniFi, offset": lambda c, n, t: f"{c} {t:%-m-%-d-%Y, %I.%M.%S %p} GMT+0 - {t:%-m-%-d-%Y, %I.%M.59 %p}.jpg",
    "screenshots": lambda c, n, t: f"{c}/Screenshot {t:%Y-%m-%d at %-I.%M.%S %p}.jpg",
    "thingino": lambda c, n, t: f"{c}/{t:%Y%m%d%H%M}.jpg",
    "ACTi": lambda c, n, t: f"{c}-{t:%Y-%m-%d@%H%M%S}.jpg",
    "AXIS": lambda c, n, t: f"{c}/image{t:%y-%m-%d_%H-%M-%S}-{n:02}.jpg",
    "AXIS, card": lambda c, n, t: f"{c}/{t:%Y%m%d/%H/%Y%m%d_%H%M%S}_{n:04X}/{t:%Y%m%d_%H%M%S}_{n}.jpg",
    "two digits of the year": lambda c, n, t: f"{c}_{t:%y%m%d%H%M%S}.jpg",
    "two digits of the year, day first": lambda c, n, t: f"{c}/{t:%d-%m-%y_%H-%M-%S}.jpg",
    "packed, day first": lambda c, n, t: f"{c}_{t:%d%m%Y_%H%M%S}.jpg",
    "Reolink": lambda c, n, t: f"{c}/{t:%Y/%m/%d}/{c}_00_{t:%Y%m%d%H%M%S}.jpg",
    "Hikvision": lambda c, n, t: (
        f"192.168.1.6{c[-1]}_01_{t:%Y%m%d%H%M%S}123_{['TIMING', 'MOTION_DETECTION'][n % 2]}.jpg"
    ),
    "Wyze": lambda c, n, t: f"{c}/alarm/{t:%Y%m%d/%H}/alarm_{t:%Y%m%d_%H%M%S}.jpg",
    "Wyze, minutes": lambda c, n, t: f"{c}/record/{t:%Y%m%d/%H/%M}.jpg",
    "Blink": lambda c, n, t: f"{c}_{t:%Y-%m-%dT%H_%M_%S}+00_00.jpg",
    "Frigate": lambda c, n, t: f"{c}-{t.timestamp()}-{random.Random(f'{c}{n}').randbytes(3).hex()}.jpg",
    "Ring": lambda c, n, t: f"{c}_{t.timestamp():.0f}_motion.jpg",
    "ZoneMinder, deep": lambda c, n, t: f"{c}/{t:%y/%m/%d/%H/%M/%S}/{n:03}-capture.jpg",
    "ZoneMinder, deep, by number": lambda c, n, t: f"{c[-1]}/{t:%y/%m/%d/%H/%M/%S}/001-capture.jpg",
    "an event a folder": lambda c, n, t: f"{c}/event_{t:%Y%m%d_%H%M%S}/{n:03}.jpg",
    "an epoch a folder": lambda c, n, t: f"{c}/{t.timestamp():.0f}/{t:%Y-%m-%d_%H-%M-%S}.jpg",
    "camera and day": lambda c, n, t: f"{c}_{t:%Y-%m-%d/%H-%M-%S}.jpg",
    "chunks": lambda c, n, t: f"{c}/{n // 3:04}/{t:%Y%m%d_%H%M%S}.jpg",
    "chunks without zeros": lambda c, n, t: f"{c}/{n // 2 + 1}/{t:%Y%m%d_%H%M%S}.jpg",
    "trail camera": lambda c, n, t: f"{c}/DCIM/{100 + n // 3}RECNX/{t:%Y%m%d_%H%M%S}.jpg",
    "counter first": lambda c, n, t: f"{c}/{n:06}_{t:%Y%m%d_%H%M%S}.jpg",
    "weekdays": lambda c, n, t: f"{t:%A}/{c}_{t:%Y%m%d_%H%M%S}.jpg",
    "numbered cameras": lambda c, n, t: f"{c[-1]}_{t:%Y%m%d_%H%M%S}.jpg",
    "folders with numbers": lambda c, n, t: f"{c[-1]}/{t:%Y%m%d_%H%M%S}.jpg",
    "an hour a folder, packed": lambda c, n, t: f"{c}/{t:%Y%m%d%H/%M%S}.jpg",
    "days above the camera": lambda c, n, t: f"{t:%Y-%m-%d/%H}/{c}/{t:%M.%S}.jpg",
    "minutes of folders": lambda c, n, t: f"{c}/{t:%Y-%m-%d_%H-%M}/{t:%S}.jpg",
    "behind, in brackets": lambda c, n, t: f"{t:%Y-%m-%d %H.%M.%S} ({c}).jpg",
    "behind, two digits": lambda c, n, t: f"{t:%Y%m%d%H%M%S}_0{1 + (c == 'gate2')}.jpg",
    "hour first": lambda c, n, t: f"{c}_{t:%H-%M-%S_%d-%m-%Y}.jpg",
    "hour first, packed": lambda c, n, t: f"{c}_{t:%H%M%S_%Y%m%d}.jpg",
    "number of an event, with a letter": lambda c, n, t: f"{c}/E{n:04}_{t:%Y%m%d%H%M%S}.jpg",
    "number of an alarm": lambda c, n, t: f"{c}/alarm{n:03}_{t:%Y%m%d%H%M%S}.jpg",
    "AXIS, event": lambda c, n, t: f"{c}/{t:%Y%m%d/%H}/ev_{n}_{t:%y-%m-%d_%H-%M-%S}-12.jpg",
    "Synology": lambda c, n, t: f"{c}/{t:%Y%m%d%p}/{c}{t:%Y%m%d-%H%M%S}-{t.timestamp():.0f}.jpg",
    "Synology, picture": lambda c, n, t: f"{c}-{t:%Y%m%d-%H%M%S}{t.timestamp():.0f}.jpg",
    "Trendnet": lambda c, n, t: f"{c}/{t:%Y%m%d}/M{t:%H%M%S}0{n % 3}.jpg",
    "D-Link": lambda c, n, t: f"{c}/{t:%Y%m%d/%H/%Y%m%d_%H%M%S}01.jpg",
    "Blue Iris": lambda c, n, t: f"{c}.{t:%Y%m%d_%H%M%S}.{n}.3-1.jpg",
    "lettered": lambda c, n, t: f"{c}_{t:%Y-%m-%d_%Hh%Mm%Ss}.jpg",
    "lettered, in a day": lambda c, n, t: f"{c}/{t:%Y-%m-%d/%Hh%Mm%Ss}.jpg",
    "Blink, disk": lambda c, n, t: f"{t:%y-%m/%y-%m-%d/%H-%M-%S}_{c}_{n + 101}.jpg",
    "two-digit years, day first": lambda c, n, t: f"{c}/{t:%d.%m.%y/%H.%M.%S}.jpg",
    "Xiaomi": lambda c, n, t: f"{c}/{t:%Y%m%d%H/%MM%SS}_{t.timestamp():.0f}.jpg",
    "Genetec": lambda c, n, t: f"{c}_{t:%Y-%m-%d_%Hh%Mmin%Ss}157ms.jpg",
    "UniFi Video": lambda c, n, t: f"{c}/{t.timestamp():.0f}000_{t.timestamp():.0f}900_ab12cd.jpg",
    "Hikvision, events": lambda c, n, t: f"{c}_{t:%Y%m%d%H%M%S}123_{HIKVISION[n % len(HIKVISION)]}.jpg",
    "Pixel": lambda c, n, t: f"{c}/PXL_{t:%Y%m%d_%H%M%S}123{('', '.NIGHT', '.PORTRAIT', '.MP')[n % 4]}.jpg",
    "Huawei": lambda c, n, t: f"{c}/IMG_{t:%Y%m%d_%H%M%S}{('', '_HDR', '_BURST001_COVER', '_BURST002')[n % 4]}.jpg",
}
TIMED |= {
    "minutes": lambda c, n, t: f"{c}_{t:%Y%m%d_%H%M}.jpg",
    "minutes in a folder": lambda c, n, t: f"{c}/{t:%Y%m%d-%H%M}.jpg",
    "minutes, with a number": lambda c, n, t: f"{c}-{t:%Y-%m-%d_%H%M}_{n:03}.jpg",
    "minutes, day first": lambda c, n, t: f"{c} {t:%d.%m.%Y %H%M}.jpg",
    "minutes, month by name": lambda c, n, t: f"{c} {t:%d %b %Y %H%M}.jpg",
    "minutes, day in a folder": lambda c, n, t: f"{c}/{t:%Y-%m-%d/%H%M}.jpg",
    "minutes, day in both": lambda c, n, t: f"{c}/{t:%Y%m%d/%Y%m%d_%H%M}.jpg",
    "minutes, dashes": lambda c, n, t: f"{c}/{t:%Y-%m-%d_%H-%M}.jpg",
    "minutes, lettered": lambda c, n, t: f"{c} {t:%Y-%m-%d %Hh%M}.jpg",
    "minutes, French": lambda c, n, t: f"{c} {t.day} {'mai' if t.month == 5 else 'avril'} {t:%Y à %Hh%M}.jpg",
    "sessions": lambda c, n, t: f"{c}/{t:%Y%m%d_%H%M%S}/{n:06}.jpg",
    "sessions, longer numbers": lambda c, n, t: f"{c}/{t:%Y%m%d_%H%M%S}/{n:08}.jpg",
    "sessions, packed": lambda c, n, t: f"{c}/{t:%Y%m%d%H%M%S}/{n:06}.jpg",
    "sessions, day first": lambda c, n, t: f"{c}/{t:%d-%m-%Y_%H-%M-%S}/{n:06}.jpg",
    "sessions, two digits of the year": lambda c, n, t: f"{c}/{t:%y%m%d_%H%M%S}/{n:06}.jpg",
    "an epoch behind a word": lambda c, n, t: f"{c.rstrip('2')}{t.timestamp():.0f}.jpg",
    "raspistill": lambda c, n, t: f"{c}/image{t.timestamp():.0f}.jpg",
    "milliseconds behind a word": lambda c, n, t: f"{c}/img{t.timestamp():.0f}123.jpg",
    "not padded": lambda c, n, t: f"{c}/{t:%Y-%-m-%-d_%-H-%-M-%-S}.jpg",
    "not padded, day first": lambda c, n, t: f"{c}/{t:%-d.%-m.%Y %-H.%-M.%-S}.jpg",
    "indi-allsky": lambda c, n, t: (
        f"{c}/{t:%Y%m%d}/{'day' if 6 < t.hour < 18 else 'night'}/{t:%d_%H/ccd_%Y%m%d_%H%M%S}.jpg"
    ),
    "Argus": lambda c, n, t: f"{t.timestamp():.0f}.{t:%a.%b.%d_%H_%M_%S.GMT.%Y}.{c}.c1.snap.jpg",
    "SecuritySpy": lambda c, n, t: f"{t:%d-%m-%Y %H-%M-%S} {'MC'[n % 2]} {c}.jpg",
    "BlackVue": lambda c, n, t: f"{t:%Y%m%d_%H%M%S}_{'NEPM'[n % 4]}{LENS[c]}.jpg",
    "VIOFO": lambda c, n, t: f"{t:%Y_%m%d_%H%M%S}_{n:04}{'P' * (n % 2)}{LENS[c]}.jpg",
    "VIOFO, packed": lambda c, n, t: f"{t:%Y%m%d%H%M%S}_{n:06}{'AB'[c == 'gate2']}.jpg",
    "70mai": lambda c, n, t: f"{('NO', 'EV', 'PA')[n % 3]}{t:%Y%m%d-%H%M%S}-{n:06}{LENS[c]}.jpg",
    "Thinkware": lambda c, n, t: f"{('REC', 'EVT', 'PARK')[n % 3]}_{t:%Y_%m_%d_%H_%M_%S}_{LENS[c]}.jpg",
    "Vantrue": lambda c, n, t: f"{t:%Y%m%d_%H%M%S}_{n:04}_{'NEP'[n % 3]}_{'AB'[c == 'gate2']}.jpg",
    "DJI": lambda c, n, t: f"DJI_{t:%Y%m%d%H%M%S}_{n:04}_{'WT'[c == 'gate2']}.jpg",
    "dashcam": lambda c, n, t: f"{c}/{t:%Y_%m%d_%H%M%S}_{n:03}.jpg",
    "Spypoint": lambda c, n, t: f"{c}/PICT{n:04}_S_{t:%Y%m%d%H%M}.jpg",
}
LENS = {"door": "F", "gate2": "R"}
HIKVISION = ("TIMING", "MOTION_DETECTION", "LINE_CROSSING", "FIELD_DETECTION", "REGION_EXITING", "FACE_DETECTION")

COUNTED: dict[str, Layout] = {
    "Moultrie": lambda c, n, t: f"{c}/MFDC{n:04}_{t:%Y%m%d_%H%M%S}.jpg",
    "GoPro, fetched": lambda c, n, t: f"{c}/GOPR{n:04}_{t.timestamp():.0f}000.jpg",
    "Tapo": lambda c, n, t: f"{c}/{t:%Y%m%d_%H%M%S}_tp{n:05}.jpg",
    "Mobotix": lambda c, n, t: f"{c}/{t:%Y-%m-%d_%H-%M-%S}_{n:06}_E{n // 2:05}.jpg",
    "bursts": lambda c, n, t: f"{c}/RCNX{n // 3:04}_{t:%Y%m%d_%H%M%S}.jpg",
}
"""Only many names together tell that the number is no camera's."""

UNTIMED: dict[str, Layout] = {
    "ZoneMinder": lambda c, n, t: f"{c}/{t:%Y-%m-%d}/{n // 2 + 1200}/{n:05}-capture.jpg",
    "Sanyo": lambda c, n, t: f"{c}/{n // 3:05}/{n:08}.jpg",
    "trail camera": lambda c, n, t: f"{c}/DCIM/{100 + n // 3}RECNX/IMG_{n:04}.JPG",
    "Instar, folders": lambda c, n, t: f"{c}/images{n // 3:03}/{n:04}.jpg",
    "Brinno": lambda c, n, t: f"{c}/DCIM/{100 + n // 3}TLC/TLC{n:05}.JPG",
    "day and number of four digits": lambda c, n, t: f"{c}/{t:%Y%m%d}_{n:04}.jpg",
    "day and number of six digits": lambda c, n, t: f"{c}/{t:%Y-%m-%d}/{n:06}.jpg",
    "hour and number of six digits": lambda c, n, t: f"{c}/{t:%Y%m%d/%H}/{n:06}.jpg",
    "session of minutes": lambda c, n, t: f"{c}/{t:%Y%m%d_%H%M}/{n:06}.jpg",
    "day and number": lambda c, n, t: f"{c}/{t:%Y-%m-%d}/IMG_{n:04}.jpg",
}


def write(layout: Layout, cameras: tuple[str, ...] = ("door", "gate2"), count: int = 12) -> dict[str, list[str]]:
    return {c: [layout(c, n, START + n * timedelta(hours=5, minutes=7)) for n in range(count)] for c in cameras}


def read(paths: list[str], naming: Naming | None = None, known: list[Frame] | None = None) -> list[Frame]:
    paths = random.Random(1).sample(paths, len(paths))
    return sorted(name_frames(paths, Names(naming or Naming(), known or (), "own")), key=order_key)


def by_camera(frames: list[Frame]) -> dict[str, list[str]]:
    cameras = defaultdict(list)
    for frame in frames:
        cameras[frame.camera].append(frame.path)
    return cameras


@pytest.mark.parametrize("name", TIMED)
def test_times_are_read(name: str) -> None:
    written = write(TIMED[name])
    for frame in read([*chain(*written.values())]):
        camera = next(c for c, paths in written.items() if frame.path in paths)
        time = START + written[camera].index(frame.path) * timedelta(hours=5, minutes=7)
        assert frame.time is not None
        assert frame.time.replace(microsecond=0) == time


@pytest.mark.parametrize("name", TIMED | UNTIMED | COUNTED)
def test_cameras_are_told_apart_and_their_frames_in_order(name: str) -> None:
    written = write((TIMED | UNTIMED | COUNTED)[name])
    assert sorted(by_camera(read([*chain(*written.values())])).values()) == sorted(written.values())


def test_four_digits_behind_the_day_of_a_folder_are_cameras_that_take_pictures_at_the_same_times() -> None:
    written = write(lambda c, n, t: f"{t:%Y%m%d}_{c}/{t:%H-%M-%S}.jpg", ("0001", "0002"))
    assert by_camera(read([*chain(*written.values())])) == written
    sessions = [f"{START + n * timedelta(minutes=20):%Y%m%d_%H%M/%H-%M-%S}.jpg" for n in range(12)]
    assert by_camera(read(sessions)) == {"own": sessions}


def test_a_camera_in_brackets_is_whole() -> None:
    written = write(lambda c, n, t: f"{c}_{t:%Y%m%d%H%M%S}.jpg", ("C6N(D12345678)", "door(left)"))
    assert by_camera(read([*chain(*written.values())])) == written


def test_numbers_behind_letters_are_cameras_that_take_pictures_at_the_same_times() -> None:
    written = write(lambda c, n, t: f"{c}_{t:%Y%m%d_%H%M%S}.jpg", ("CAM0001", "CAM0002", "CAM0003"))
    assert by_camera(read([*chain(*written.values())])) == written


@pytest.mark.parametrize("cameras", [("4.12", "4.13"), ("12-34", "12-35"), ("1²", "2²", "120²")])
def test_numbers_of_several_parts_are_cameras_too(cameras: tuple[str, ...]) -> None:
    written = write(lambda c, n, t: f"{c}_{t:%Y_%m_%d__%H_%M_%S}.png", cameras)
    assert by_camera(read([*chain(*written.values())])) == written
    [paths] = write(lambda c, n, t: f"{c}_{t:%Y_%m_%d__%H_%M_%S}.png", cameras[:1]).values()
    assert list(by_camera(read(paths)).values()) == [paths]


@pytest.mark.parametrize("name", TIMED | UNTIMED)
def test_one_camera_is_one(name: str) -> None:
    [paths] = write((TIMED | UNTIMED)[name], ("door",)).values()
    assert list(by_camera(read(paths)).values()) == [paths]


@pytest.mark.parametrize("name", TIMED | UNTIMED)
def test_what_is_decided_holds_when_more_comes(name: str) -> None:
    """Each frame is of the camera, and of the time, that earlier runs would have said, were there one each frame."""
    written = write((TIMED | UNTIMED)[name])
    paths = [path for both in zip(*written.values(), strict=True) for path in both]
    seen: dict[str, Frame] = {}
    for n in range(1, len(paths) + 1):
        last = {frame.camera: frame for frame in seen.values()}
        for frame in read([path for path in paths[:n] if path not in seen], known=list(last.values())):
            seen[frame.path] = frame
        again = {
            frame.path: frame for frame in read(paths[:n], known=list({f.camera: f for f in seen.values()}.values()))
        }
        assert again == seen
