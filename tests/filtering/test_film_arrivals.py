"""Films that arrive while they are watched for: walked when they are finished, decided as one run over all would."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from framesift.filtering import arrivals
from framesift.filtering.film_arrivals import open_arrivals
from framesift.filtering.manifest import read_decisions
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.results import Results
from framesift.filtering.run import Run
from tests.conftest import encode, make_image
from tests.filtering.test_films import MINUTES, decide, scene
from tests.filtering.test_watching import Watch
from tests.frames.test_videos import SIZE, door, write_video

WAITING = 60
"""So many looks take longer than a film is waited for."""
FRONT = [name for name in MINUTES if name.startswith("front")]


class FilmWatch(Watch):
    """Watches a folder for films too."""

    def __init__(self, folder: Path, results: Path, **chosen) -> None:
        super().__init__(folder, results)
        self.settings = read_settings(every="1s", **chosen)

    def open(self, pause):
        source = open_arrivals(self.folder, self.settings, self.tell)
        source._wait, source._clock = pause, lambda: self.now
        sink = Results(self.results, self.folder, self.settings, longest=arrivals.LONGEST, clock=lambda: self.now)
        return Run(source, sink, self.settings)

    def decided(self):
        return [decision.frame.path for decision in self.decisions]


@pytest.fixture
def films(tmp_path) -> Path:
    for name, events in MINUTES.items():
        door(tmp_path / "films" / name, events)
    return tmp_path / "films"


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "frames").mkdir()
    return tmp_path / "frames"


def wait(looks=WAITING):
    return [lambda: None] * looks


def bring(source, folder, name=None):
    return lambda: shutil.copy2(source, folder / (name or source.name))


def of_camera(decisions, camera):
    return [decision for decision in decisions if decision.frame.camera == camera]


def test_films_that_come_one_after_the_other_are_decided_as_all_at_once(films, folder, tmp_path):
    steps = [step for name in MINUTES for step in (bring(films / name, folder), *wait())]
    watch = FilmWatch(folder, tmp_path / "results").play(steps)
    whole = decide(films)
    for camera in ("front", "back"):
        assert of_camera(watch.decisions, camera) == of_camera(whole, camera) != []
    assert list(read_decisions(str(tmp_path / "results" / "manifest.jsonl"))) == watch.decisions
    assert watch.told == []


def test_a_film_is_not_looked_at_while_it_grows(films, folder, tmp_path):
    content = (films / FRONT[0]).read_bytes()
    watch = FilmWatch(folder, tmp_path / "results")
    sizes = np.linspace(0, len(content), 8).astype(int)[1:]

    def grow(size):
        def write():
            assert watch.decisions == []
            (folder / FRONT[0]).write_bytes(content[:size])

        return write

    steps = [step for size in sizes for step in (grow(size), *wait(15))]
    watch.play([*steps, *wait()])
    assert watch.decisions == of_camera(decide(films), "front")[: len(watch.decisions)]
    assert len(watch.decisions) == 4


def test_what_comes_after_it_waits_for_a_film(films, folder, tmp_path):
    later = folder / "front_20230612_100030.png"
    watch = FilmWatch(folder, tmp_path / "results")

    def check():
        assert watch.decisions == []

    picture = encode(make_image(*SIZE, box=(10, 10, 30, 30)))
    steps = [bring(films / FRONT[0], folder), *wait(4), lambda: later.write_bytes(picture), *wait(8), check, *wait()]
    watch.play(steps)
    assert [path.split("/")[0] for path in watch.decided()] == [FRONT[0]] * 4 + [later.name]
    assert watch.told == []


def test_what_comes_before_it_does_not(films, folder, tmp_path):
    earlier = folder / "front_20230612_095900.png"
    watch = FilmWatch(folder, tmp_path / "results")

    def check():
        assert watch.decided() == [earlier.name]

    picture = encode(make_image(*SIZE))
    watch.play([bring(films / FRONT[0], folder), lambda: earlier.write_bytes(picture), *wait(8), check, *wait()])
    assert len(watch.decisions) == 5


@pytest.mark.parametrize("late", ["leave", "decide"])
def test_a_film_that_comes_late_is_told_or_decided(films, folder, tmp_path, late):
    steps = [step for name in (FRONT[2], FRONT[0]) for step in (bring(films / name, folder), *wait())]
    watch = FilmWatch(folder, tmp_path / "results", late=late).play(steps)
    if late == "leave":
        assert [path.split("/")[0] for path in watch.decided()] == [FRONT[2]] * 4
        assert len(watch.told) == 1 and watch.told[0].startswith(f"{FRONT[0]}: begins before a frame of camera front")
    else:
        assert [path.split("/")[0] for path in watch.decided()] == [FRONT[2]] * 4 + [FRONT[0]] * 4
        assert watch.told == []


def test_a_film_that_goes_on_after_all_is_gone_on_with(folder, tmp_path):
    film = folder / "door_20230612_100000.avi"
    pictures = scene([(1, 2), (5, 6)], 7)
    write_video(film, pictures[:40], 10)
    watch = FilmWatch(folder, tmp_path / "results")
    watch.play([*wait(), lambda: write_video(film, pictures, 10), *wait(5 * WAITING)])
    assert watch.decided() == [decision.frame.path for decision in decide(folder)]


def test_a_run_that_was_stopped_goes_on_and_decides_nothing_twice(films, folder, tmp_path):
    for name in MINUTES:
        shutil.copy2(films / name, folder)
    first = FilmWatch(folder, tmp_path / "results").play([*wait()])
    again = FilmWatch(folder, tmp_path / "results").play([*wait()])
    assert len(first.decisions) == 16 and again.decisions == []
    assert [os.path.basename(path) for path in first.told + again.told] == []


def test_what_is_no_film_is_skipped_once_and_looked_at_when_it_has_become_one(films, folder, tmp_path):
    film = folder / FRONT[0]
    watch = FilmWatch(folder, tmp_path / "results")
    film.write_bytes(b"RIFF\0\0\0\0AVI nothing")

    def check():
        assert [str(decision.verdict) for decision in watch.decisions] == ["skip"]

    watch.play([*wait(2 * WAITING), check, bring(films / FRONT[0], folder), *wait(5 * WAITING)])
    assert [path.split("/")[0] for path in watch.decided()[1:]] == [FRONT[0]] * 4


def test_films_are_left_alone_unless_they_are_asked_for(films, tmp_path):
    source = open_arrivals(films, read_settings(), lambda *_: None)
    assert type(source) is arrivals.Arrivals
