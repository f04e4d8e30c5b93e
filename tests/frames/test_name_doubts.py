"""What looks wrong in how names are read, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest

from framesift.frames.frame import name_frames, order_key
from framesift.frames.names.doubts import Tally, find_doubts
from framesift.frames.naming import Names, Naming

START = datetime(2021, 4, 29, 20, tzinfo=UTC)


def doubt(*paths: str, naming: Naming | None = None) -> list[str]:
    tallies: dict[str, Tally] = {}
    for frame in sorted(name_frames(paths, Names(naming or Naming(), (), "own")), key=order_key):
        tallies.setdefault(frame.camera, Tally(frame.camera)).add(frame.path, frame.time)
    return list(find_doubts(tallies.values()))


def times(count: int) -> list[str]:
    return [f"{START + n * timedelta(minutes=1):%Y%m%d_%H%M%S}" for n in range(count)]


def test_nothing_is_wrong_with_usual_names() -> None:
    assert doubt(*(f"{camera}_{time}.jpg" for time in times(5) for camera in "ab")) == []
    assert doubt("a/x.jpg", "b/x.jpg", "c/x.jpg") == []


def test_as_many_cameras_as_frames() -> None:
    paths = [f"{'abcde'[n] * 3}_{time}.jpg" for n, time in enumerate(times(5))]
    assert doubt(*paths) == [
        "as many cameras as frames, 5 (aaa, bbb, ccc and 2 more): are they one? --camera folder or --camera one"
    ]
    assert doubt(*paths, naming=Naming(camera="folder")) == []


def test_cameras_of_a_single_frame() -> None:
    paths = [*(f"{'abcde'[n]}/{time}.jpg" for n, time in enumerate(times(5))), *(f"f/{time}.jpg" for time in times(3))]
    [line] = doubt(*paths)
    assert line.startswith("5 of 6 cameras have a single frame (a, b, c and 2 more): are they one?")


def test_two_pictures_at_one_time() -> None:
    paths = [f"{folder}/gate_{time}.jpg" for time in times(4) for folder in ("front", "back")]
    assert doubt(*paths) == []
    assert doubt(*paths, naming=Naming(camera="name")) == [
        "gate: 4 of 8 frames have the time of another: are there several cameras? --camera folder, or --name-pattern"
    ]
    assert doubt(*(f"gate_{time}-{n}.jpg" for time in times(4) for n in range(3))) == []  # bursts


@pytest.mark.parametrize("name", ["frame_1.png", "x.png"])
def test_no_times(name: str) -> None:
    assert doubt(f"a/{name}", "a/frame_2.png") == [
        "no times in 2 frames (camera a): in the order of names; see --name-pattern, --time-format"
    ]
    assert doubt(f"a/{name}", f"a/{times(1)[0]}.png") == []
