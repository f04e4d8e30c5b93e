"""Films of what was kept, decoded again and played in a browser."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift import cli, export_film, filter_frames
from framesift.cli import options
from framesift.errors import UsageError
from framesift.filtering.manifest import open_record
from framesift.looking.films import Pace, plan_films
from framesift.looking.films.pace import LEAST_MS
from framesift.looking.films.shots import LONGEST, fit_size
from framesift.looking.rereading import read_pixels
from tests.conftest import encode, make_image, read_tree, until
from tests.filtering.test_run import NEW, name, scene

av = pytest.importorskip("av", reason="needs PyAV: pip install '.[films]'")


@pytest.fixture
def results(write_tree, tmp_path) -> Path:
    """Frames of minutes 0, 2 and 3 are kept of 6."""
    list(filter_frames(write_tree(scene(None, None, NEW, None, None, None)), tmp_path / "results"))
    return tmp_path / "results"


def film(results: Path, *arguments: str, code: int = options.DONE) -> Path:
    target = results.parent / "film.mp4"
    assert cli.main(["export", str(results), "--format", "mp4", "--output", str(target), *arguments]) == code
    return target


def decode(path: Path) -> list[tuple[float, np.ndarray]]:
    """Time in s and picture of each frame."""
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="bgr24")) for frame in container.decode(video=0)]


def test_each_picture_is_shown_as_long_as_was_asked_for(results):
    frames = decode(film(results, "--seconds-each", "0.25"))
    assert [at for at, _ in frames][:3] == pytest.approx([0, 0.25, 0.5])
    assert length_of(results.parent / "film.mp4") == pytest.approx(0.75, abs=0.01)


def length_of(path: Path) -> float:
    with av.open(str(path)) as container:
        return container.duration / 1e6


def test_or_in_proportion_to_the_time_it_stands_for(results):
    """Two minutes, one, and two to the last frame that was dropped."""
    frames = decode(film(results, "--length", "5s"))
    assert [at for at, _ in frames][:3] == pytest.approx([0, 2, 3], abs=0.05)
    assert length_of(results.parent / "film.mp4") == pytest.approx(5, abs=0.01)


def test_the_pictures_are_those_that_were_kept(results):
    shown = [picture for _, picture in decode(film(results, "--no-clock"))]
    for picture, box in zip(shown, (None, NEW, None), strict=False):
        expected = make_image(box=box).astype(int)
        assert picture.shape == expected.shape
        assert np.abs(picture - expected).mean() < 4


def test_the_time_is_written_in_at_the_lower_left(results):
    plain = [picture for _, picture in decode(film(results, "--no-clock"))]
    (results.parent / "film.mp4").unlink()
    timed = [picture for _, picture in decode(film(results))]
    for with_time, without in zip(timed, plain, strict=True):
        different = np.abs(with_time.astype(int) - without).max(axis=2) > 30
        assert different[36:, :56].any() and not different[:34].any()


@pytest.mark.parametrize("size", [(64, 48), (63, 47), (37, 90), (2, 2), (1, 1)])
@pytest.mark.parametrize("kind", ["colour", "grey", "16 bit"])
def test_any_picture_has_its_place(write_tree, tmp_path, size, kind):
    image = make_image(*size, level=90)
    if kind != "colour":
        image = image[..., 0]
    if kind == "16 bit":
        image = image.astype(np.uint16) << 8
    list(filter_frames(write_tree({f"c1/{name(0)}": encode(image)}), tmp_path / "results"))
    picture = decode(film(tmp_path / "results", "--no-clock"))[0][1]
    assert picture.shape[:2] == (size[1] + size[1] % 2, size[0] + size[0] % 2)
    expected = read_pixels(open_record(tmp_path / "results"), "c1", f"c1/{name(0)}")
    assert abs(picture[0, 0].mean() - expected[0, 0].mean()) < 6


def test_pictures_of_other_sizes_lie_on_the_usual_one(write_tree, tmp_path):
    tree = scene(None, NEW, None) | {f"c1/{name(9)}": encode(make_image(96, 24, level=200))}
    list(filter_frames(write_tree(tree), tmp_path / "results"))
    last = decode(film(tmp_path / "results", "--no-clock"))[-1][1]
    assert last.shape == (48, 64, 3)
    assert last[:14].max() < 40 and last[-14:].max() < 40 and last[20:28].min() > 150


def test_sizes_are_even_and_small_enough_to_play():
    assert fit_size((8000, 3000)) == (LONGEST, 720)
    assert fit_size((641, 361)) == (642, 362)


def test_a_film_for_each_camera_or_one(write_tree, tmp_path, capsys):
    tree = scene(None, NEW) | {path.replace("c1", "a/b"): content for path, content in scene(None).items()}
    list(filter_frames(write_tree(tree), tmp_path / "results"))
    cameras = [plan.camera for plan in plan_films(open_record(tmp_path / "results"), Pace())]
    film(tmp_path / "results")
    made = sorted(path.name for path in tmp_path.glob("*.mp4"))
    assert made == sorted(f"film-{camera.replace('/', '%2F')}.mp4" for camera in cameras) and len(made) == 2
    film(tmp_path / "results", "--camera", "c1")
    assert (tmp_path / "film.mp4").is_file()
    capsys.readouterr()
    film(tmp_path / "results", "--camera", "c9", code=options.USAGE)
    assert "has no frame of a camera c9; its cameras are " in capsys.readouterr().err


def test_the_library_does_the_same(results, write_tree, tmp_path):
    assert export_film(results, tmp_path / "own.mp4", seconds_each=0.25) == []
    assert (tmp_path / "own.mp4").read_bytes() == film(results, "--seconds-each", "0.25").read_bytes()
    list(filter_frames(write_tree(scene(None) | scene(None, camera="c2"), "two"), tmp_path / "several"))
    with pytest.raises(UsageError, match="has several cameras: name one of c1, c2"):
        export_film(tmp_path / "several", tmp_path / "other.mp4")


def test_nothing_is_overwritten(results, capsys):
    target = film(results)
    before = target.read_bytes()
    film(results, code=options.USAGE)
    assert "exists: choose another name; nothing was overwritten" in capsys.readouterr().err
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seconds-each", "0.001"], "--seconds-each takes 0.04 s to a day"),
        (["--length", "0.1s"], "3 kept frames are not seen in 0.1 s: --length 1s is the least"),
        (["--length", "1 week"], "--length takes a time such as 90s, 10min or 2h"),
        (["--length", "9s", "--seconds-each", "1"], "choose one"),
        (["--dropped"], "a film takes no --dropped"),
    ],
)
def test_what_cannot_be(results, capsys, arguments, said):
    film(results, *arguments, code=options.USAGE)
    assert said in capsys.readouterr().err
    assert not list(results.parent.glob("*.mp4"))


def test_other_formats_take_nothing_of_films(results, capsys):
    assert cli.main(["export", str(results), "--format", "csv", "--no-clock"]) == options.USAGE
    assert "--format csv takes no --no-clock" in capsys.readouterr().err
    assert cli.main(["export", str(results), "--format", "mp4"]) == options.USAGE
    assert "a film is a file: name it with --output FILE.mp4" in capsys.readouterr().err


def test_a_frame_that_is_gone_is_said_and_the_film_goes_on(results, capsys):
    for folder in (results, results.parent / "frames"):
        (folder / "c1" / name(2)).unlink()
    assert len(decode(film(results, code=options.SKIPPED))) == 3
    assert f"c1/{name(2)}: not in the film: " in capsys.readouterr().err
    for folder in (results, results.parent / "frames"):
        for path in (folder / "c1").iterdir():
            path.unlink()
    (results.parent / "film.mp4").unlink()
    film(results, code=options.USAGE)
    assert "none of 3 kept frames can be read any more, so there is no film" in capsys.readouterr().err
    assert not (results.parent / "film.mp4").exists()


def test_ctrl_c_leaves_nothing(write_tree, tmp_path):
    tree = scene(*[NEW if n % 2 else None for n in range(60)], width=1200, height=900)
    list(filter_frames(write_tree(tree), tmp_path / "results", 0, 0))
    before = read_tree(tmp_path)
    command = [sys.executable, "-m", "framesift", "export", str(tmp_path / "results"), "--format", "mp4"]
    running = subprocess.Popen(
        [*command, "--output", str(tmp_path / "film.mp4")], stderr=subprocess.PIPE, cwd=os.getcwd()
    )
    try:
        while not list(tmp_path.glob(".framesift-output-*")) and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 130 and b"interrupted; nothing was written" in said
    assert read_tree(tmp_path) == before


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.floats(2, 1000))
def test_shares_add_up_and_all_are_seen(spans, length):
    shown = Pace(length=length).share_out(spans)
    assert sum(shown) == round(length * 1000)
    assert min(shown) >= LEAST_MS and len(shown) == len(spans)


@given(st.integers(1, 1000))
def test_too_many_for_the_length_are_refused(number):
    with pytest.raises(UsageError, match="is the least"):
        Pace(length=number * LEAST_MS / 1000 + 0.1).share_out([1.0] * (number + 4))


def test_a_browser_plays_it(results, browser):
    target = film(results)
    page = browser.new_page()
    page.goto(target.as_uri())
    until(page, "document.querySelector('video').readyState >= 3")
    told = page.evaluate("(() => { const v = document.querySelector('video'); return [v.duration, v.videoWidth]; })()")
    assert told == [pytest.approx(1.5, abs=0.01), 64]
    page.evaluate("(() => { const v = document.querySelector('video'); v.muted = true; v.play(); })()")
    until(page, "document.querySelector('video').ended")
    page.close()
