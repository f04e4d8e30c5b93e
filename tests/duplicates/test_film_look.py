"""Films are the same only where all that is seen, heard and read in one is in the other."""

import os
import shutil
import subprocess

import pytest

from framesift.cli import main
from framesift.duplicates import film_look, find_duplicates
from framesift.duplicates.film_frames import shows_frames
from framesift.duplicates.film_look import FilmLook, Proposal
from framesift.duplicates.inventory import make_item
from tests.frames.encoding import needs_ffmpeg

pytestmark = needs_ffmpeg
ENCODE = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
MOVING = "testsrc2=s=320x240:d=5:r=25"


def ffmpeg(*arguments) -> None:
    subprocess.run(["ffmpeg", "-y", "-loglevel", "error", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    ffmpeg("-f", "lavfi", "-i", MOVING, *ENCODE, "-crf", 18, folder / "film.mp4")

    def make(name, *options):
        ffmpeg("-i", folder / "film.mp4", *options, *ENCODE, folder / name)

    def lay(name, colour, size, x="10+20*t", seen="1"):
        make(name, "-filter_complex", f"color={colour}:s={size}[b];[0][b]overlay=x={x}:y=40:shortest=1:enable='{seen}'")

    make("small.mp4", "-vf", "scale=160:120", "-crf", 28)
    make("brighter.mp4", "-vf", "eq=brightness=0.06:contrast=1.1")
    make("part.mp4", "-ss", 1.3, "-t", 3)
    make("faster.mp4", "-r", 60)
    make("grey.mp4", "-vf", "hue=s=0")
    make("hue.mp4", "-vf", "hue=h=90")
    lay("ball.mp4", "white", "7x7")
    lay("other_ball.mp4", "0xff8080", "7x7")
    lay("written.mp4", "white", "50x6", "130", "between(t,2,4)")
    lay("flash.mp4", "white", "20x20", "130", "between(t,2,2.4)")
    for name, pitch in (("low.mp4", 440), ("high.mp4", 880)):
        make(name, "-f", "lavfi", "-i", f"sine=f={pitch}:d=5", "-shortest")
    return folder


def find(films, tmp_path, *names):
    for name in names:
        shutil.copy(films / name, tmp_path / name)
    return find_duplicates(tmp_path, index=tmp_path.parent / f"{tmp_path.name}.sqlite")


def groups(films, tmp_path, *names):
    found = find(films, tmp_path, *names).groups
    return [{group.keeper.path, *(member.item.path for member in group.members)} for group in found]


@pytest.mark.parametrize("other", ["small.mp4", "brighter.mp4", "part.mp4", "faster.mp4"])
def test_versions_are_found_without_the_extra(films, tmp_path, other, monkeypatch):
    monkeypatch.setattr(film_look, "can_read_tracks", lambda: False)
    assert groups(films, tmp_path, "film.mp4", other) == [{"film.mp4", other}]


@pytest.mark.parametrize("other", ["grey.mp4", "hue.mp4", "ball.mp4", "written.mp4", "flash.mp4"])
def test_what_is_seen_counts(films, tmp_path, other):
    """Colour, and what is smaller than a cell of the fingerprint or seen for less than half a second."""
    assert groups(films, tmp_path, "film.mp4", other) == []
    assert not shows_frames(str(films / "film.mp4"), str(films / other), 0)


def test_the_colour_of_a_small_thing_counts(films, tmp_path):
    assert groups(films, tmp_path, "ball.mp4", "other_ball.mp4") == []
    assert not shows_frames(str(films / "ball.mp4"), str(films / "other_ball.mp4"), 0)


def test_sound_counts(films, tmp_path):
    assert groups(films, tmp_path, "low.mp4", "high.mp4") == []


def test_a_film_with_sound_is_not_replaced_by_one_without(films, tmp_path):
    pytest.importorskip("av")
    ffmpeg("-i", films / "low.mp4", "-an", "-c", "copy", tmp_path / "silent.mp4")
    ffmpeg("-i", films / "low.mp4", "-an", *ENCODE, "-crf", 1, tmp_path / "large.mp4")
    [group] = find(films, tmp_path, "low.mp4").groups
    assert group.keeper.path == "low.mp4" and len(group.members) == 2


def test_what_the_fingerprints_call_longer_is_not_cut(films, tmp_path):
    """Nothing that was remembered of a film can remove what is in it."""
    assert shows_frames(str(films / "film.mp4"), str(films / "part.mp4"), 1.25)
    assert not shows_frames(str(films / "part.mp4"), str(films / "film.mp4"), -1.25)


def test_without_the_extra_films_with_sound_stay_and_a_line_says_why(films, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(film_look, "can_read_tracks", lambda: False)
    ffmpeg("-i", films / "low.mp4", "-c:a", "copy", *ENCODE, "-crf", 30, tmp_path / "low2.mp4")
    shutil.copy(films / "low.mp4", tmp_path / "same.mp4")
    assert groups(films, tmp_path, "low.mp4") == [{"low.mp4", "same.mp4"}]
    main(["duplicates", str(tmp_path), "--index", str(tmp_path.parent / "j"), "--quiet"])
    error = capsys.readouterr().err
    assert error.startswith("1 video looks like another and stays: to compare sound") and "[films]" in error


def test_what_goes_has_the_bytes_that_were_looked_at(films, tmp_path):
    [group] = find(films, tmp_path, "film.mp4", "small.mp4").groups
    assert group.members[0].sha256 is not None


@pytest.mark.parametrize("changed", ["film.mp4", "small.mp4"])
def test_a_film_that_is_another_now_is_not_looked_at(films, tmp_path, changed):
    items = [make_item(name, (1, 1), os.stat(shutil.copy(films / name, tmp_path / name)))
             for name in ("film.mp4", "small.mp4")]  # fmt: skip
    with FilmLook(str(tmp_path), 2) as look:
        [seen] = look.confirm(items[0], [Proposal(items[1], 0.0)])
        os.utime(tmp_path / changed, (1, 1))
        [seen_later] = look.confirm(items[0], [Proposal(items[1], 0.0)])
    assert seen.sha256 is not None and seen_later.sha256 is None
