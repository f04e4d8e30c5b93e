"""The light of many frames is told by looking at some of them."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from math import cos, pi

import pytest

from framesift.filtering.manifest import Record
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.light import Light
from framesift.looking.overview.sightings import Sighting
from framesift.looking.report import lights
from framesift.looking.report.lights import Lit, tell_lights

START = datetime(2021, 3, 27, tzinfo=UTC)


@pytest.fixture
def tell(monkeypatch, tmp_path):
    """Tells lights where it is night from 20:30 to 5:10, and infra-red in some frames; and what it has looked at."""

    def tell(
        frames: list[Frame],
        kept: Sequence[int] = (),
        infrared: Sequence[int] = (),
        gone: Sequence[int] = (),
        shadows: Callable[[int], float] = lambda n: 60.0 if is_day(n) else 10.0,
    ) -> tuple[list[Light | None], list[str]]:
        looked: list[str] = []

        def look(frame: Frame, *_: object, **__: object) -> Sighting:
            looked.append(frame.path)
            n = int(frame.path)
            if n in gone:
                return Sighting(frame, None, "cannot be read", 0)
            return Sighting(frame, (640, 480), "", 1, 2 * shadows(n), shadows(n), 0.0 if n in infrared else 0.5, 200)

        monkeypatch.setattr(lights, "look_at_frame", look)
        record = Record(str(tmp_path), str(tmp_path), Settings(), str(tmp_path / "manifest.jsonl"))
        asked = [Lit(n, frame, n in kept) for n, frame in enumerate(frames)]
        with ThreadPoolExecutor(2) as workers:
            return tell_lights(record, asked, workers), looked

    return tell


def is_day(n: int) -> bool:
    return 310 <= (5 * n) % 1440 < 1230


def frames_of(number: int, interval: timedelta = timedelta(minutes=5), timed: bool = True) -> list[Frame]:
    return [Frame(str(n), "c1", START + n * interval if timed else None) for n in range(number)]


def test_days_and_nights_are_told_by_a_fifth_of_the_frames(tell):
    told, looked = tell(frames_of(1000))
    assert told == [Light.DAY if is_day(n) else Light.NIGHT for n in range(1000)]
    assert len(looked) == len(set(looked)) < 200


@pytest.mark.parametrize("busy", [range(25), range(45, 61)], ids=["night", "day"])
def test_where_most_kept_frames_are_of_one_light_the_limit_is_that_of_all(tell, busy):
    def shadows(n: int) -> float:
        return round(35 + 25 * cos(2 * pi * n / 288))

    kept = [n for n in range(0, 576, 3) if shadows(n) in busy]
    told, looked = tell(frames_of(576), kept, shadows=shadows)
    expected, _ = tell(frames_of(576), range(576), shadows=shadows)
    assert sum(a != b for a, b in zip(told, expected, strict=True)) <= 4 and len(looked) < 200


def test_a_kept_frame_is_looked_at_and_so_are_those_around_it_where_it_shows_another_light(tell):
    told, looked = tell(frames_of(288), kept=(150,), infrared=(149, 150, 151))
    assert [n for n, light in enumerate(told) if light is Light.INFRARED] == [149, 150, 151]
    assert {"148", "149", "150", "151", "152"} <= set(looked)


def test_frames_far_apart_and_without_times_are_all_looked_at(tell):
    for frames in (frames_of(40, timedelta(hours=3)), frames_of(40, timed=False)):
        assert sorted(tell(frames)[1], key=int) == [frame.path for frame in frames]


def test_of_what_cannot_be_read_nothing_is_told(tell):
    told, _ = tell(frames_of(20), kept=(7, 8), gone=(7, 8, 9))
    assert [n for n, light in enumerate(told) if light is None] == [7, 8, 9]
    assert tell([])[0] == []
