"""Films that were cropped, zoomed or framed by black bars are found where that is asked for, and no others."""

import json
import shutil
import sqlite3

import cv2
import numpy as np
import pytest

from framesift.cli import main
from framesift.duplicates import Preference, film_windows, find_duplicates
from framesift.frames.videos import Peak, Window, find_offset, read_fingerprint
from tests.duplicates.test_film_look import ffmpeg
from tests.frames.encoding import needs_ffmpeg
from tests.frames.test_videos import write_video

WIDTH, HEIGHT, RATE = 320, 180, 10
ENCODE = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-crf", "16")
BARS = "pad=320:240:0:30:black"
CROPPED = {
    "bars.mp4": (BARS, (0, 0, 320, 180), (0, 30, 320, 180)),
    "all_round.mp4": ("pad=400:240:40:20:black", (0, 0, 320, 180), (40, 20, 320, 180)),
    "square.mp4": ("crop=180:180:130:0", (130, 0, 180, 180), (0, 0, 180, 180)),
    "zoom.mp4": ("crop=200:112:80:40,scale=320:180", (80, 40, 200, 112), (0, 0, 320, 180)),
    "part.mp4": ("trim=start=1,setpts=PTS-STARTPTS,crop=240:180:40:0", (40, 0, 240, 180), (0, 0, 240, 180)),
    "wide.mp4": (f"crop=320:140:0:20,pad=320:180:0:20:black,{BARS}", (0, 20, 320, 140), (0, 50, 320, 140)),
}
"""Filters, what is shown of the film, and where in the own frames."""
OTHERS = {
    "logo.mp4": "drawbox=x=100:y=60:w=16:h=16:color=white:t=fill,crop=240:180:40:0",
    "subtitle.mp4": f"{BARS},drawbox=x=120:y=222:w=80:h=8:color=white:t=fill",
    "grey.mp4": "hue=s=0,crop=240:180:40:0",
    "mirrored.mp4": "hflip,crop=240:180:40:0",
}


def draw(seed: int, seconds: float = 4):
    """A camera that is moved over a place full of things."""
    rng = np.random.default_rng(7)  # the place is the same in all films
    place = cv2.GaussianBlur(rng.integers(0, 255, (400, 700, 3), np.uint8), (0, 0), 3)
    place = cv2.normalize(place, None, 30, 200, cv2.NORM_MINMAX)
    for _ in range(150):
        x, y, side = (int(each) for each in rng.integers([0, 0, 6], [700, 400, 30]))
        cv2.rectangle(place, (x, y), (x + side, y + side), tuple(int(each) for each in rng.integers(0, 255, 3)), -1)
    phases = np.random.default_rng(seed).uniform(0, 6, 2)
    for time in np.arange(0, seconds, 1 / RATE):
        x, y = ((0.5 + 0.5 * np.sin((1.1, 0.8) * np.array(time) + phases)) * (700 - WIDTH, 400 - HEIGHT)).astype(int)
        yield place[y : y + HEIGHT, x : x + WIDTH]


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cropped")
    for name, seed in (("film", 0), ("other", 3)):
        write_video(folder / f"{name}.avi", draw(seed), RATE)
        ffmpeg("-i", folder / f"{name}.avi", *ENCODE, folder / f"{name}.mp4")
    for name, filters in {**{name: each[0] for name, each in CROPPED.items()}, **OTHERS}.items():
        ffmpeg("-i", folder / "film.avi", "-vf", filters, *ENCODE, folder / name)
    ffmpeg("-i", folder / "other.avi", "-vf", "crop=240:180:40:0", *ENCODE, folder / "another_time.mp4")
    small = "[0]scale=208:118[a];[1][a]overlay=56:40:shortest=1"
    ffmpeg(
        "-i", folder / "film.avi", "-i", folder / "other.avi", "-filter_complex", small, *ENCODE, folder / "set_in.mp4"
    )
    return folder


def find(films, tmp_path, *names, **options):
    for name in names:
        shutil.copy(films / name, tmp_path / name)
    return find_duplicates(tmp_path, index=tmp_path.parent / f"{tmp_path.name}.sqlite", **options).groups


@needs_ffmpeg
@pytest.mark.parametrize("name", CROPPED)
def test_what_was_cropped_or_framed_is_found_beside_the_full_film(films, tmp_path, name):
    assert find(films, tmp_path, "film.mp4", name) == []
    [group] = find(films, tmp_path, cropped=True)
    [member], rectangle, own = group.members, *CROPPED[name][1:]
    names = {group.keeper.path, member.item.path}
    assert names == {"film.mp4", name} and (group.keeper.path == "film.mp4" or name in ("bars.mp4", "all_round.mp4"))
    if group.keeper.path != "film.mp4":
        rectangle, own = own, rectangle
    assert np.abs(np.subtract(member.part.rectangle, rectangle)).max() <= 1
    assert np.abs(np.subtract(member.part.picture, own)).max() <= 1
    assert member.part.offset_s == pytest.approx(1 if name == "part.mp4" else 0, abs=0.13)


@needs_ffmpeg
@pytest.mark.parametrize("name", [*OTHERS, "another_time.mp4", "set_in.mp4"])
def test_what_shows_something_else_is_not(films, tmp_path, name):
    assert find(films, tmp_path, "film.mp4", name, cropped=True) == []


@needs_ffmpeg
def test_the_fuller_film_stays_unless_what_the_user_says_is_for_the_other(films, tmp_path):
    """A zoomed copy has the size of the film, and may be the larger and the older file: that is no reason."""
    names = ["film.mp4", "zoom.mp4"]
    ffmpeg("-i", films / "zoom.mp4", *ENCODE[:-1], "1", tmp_path / "zoom.mp4")
    shutil.copy(films / "film.mp4", tmp_path / "film.mp4")
    [group] = find(films, tmp_path, cropped=True)
    assert [group.keeper.path, *(each.item.path for each in group.members)] == names
    assert find(films, tmp_path, cropped=True, preference=Preference(("largest-file",))) == []


@needs_ffmpeg
def test_it_is_told_and_the_index_does_not_mix_it_up(films, tmp_path, capsys):
    index = tmp_path / "index"
    (tmp_path / "in").mkdir()
    for name in ("film.mp4", "wide.mp4"):
        shutil.copy(films / name, tmp_path / "in" / name)
    command = ["duplicates", str(tmp_path / "in"), "--index", str(index)]

    def ask(*options):
        main([*command, *options])
        return capsys.readouterr().out

    plain = ask("--json")
    told = [json.loads(ask("--cropped", "--json"))["groups"] for _ in range(2)]
    assert told[0] == told[1] and json.loads(plain)["groups"] == [] and ask("--json") == plain
    [member] = told[0][0]["members"]
    assert member["rectangle"] == [0, 20, 320, 140] and member["picture"] == [0, 50, 320, 140]
    assert member["offset_s"] == 0
    assert "wide.mp4  (shows 320x140 at 0,20 from 0.0 s on)" in ask("--cropped")
    with sqlite3.connect(index) as database:  # what somebody else has put there
        whole = "(SELECT descriptor FROM features WHERE method = 'video/1')"
        spoilt = f"UPDATE features SET descriptor = {whole} WHERE method = ?"
        assert database.execute(spoilt, (film_windows.KEY,)).rowcount == 2
    assert json.loads(ask("--cropped", "--json"))["groups"] == told[0]


def test_bars_are_black_and_nothing_is_in_them():
    def window(*bars, level=0, noise=0):
        rng = np.random.default_rng(0)
        peak = Peak()
        for image in draw(0, 0.5):
            frame = np.full((240, 320, 3), level, np.uint8)
            frame[30:210] = image
            for top, left, height, width, value in bars:
                frame[top : top + height, left : left + width] = value
            peak.see(cv2.add(frame, rng.integers(0, noise + 1, frame.shape, np.uint8)))
        return peak.find_window()

    assert window() == Window(0, 30, 320, 180)
    assert window(level=16, noise=9) == Window(0, 30, 320, 180)
    assert window((222, 120, 8, 80, 255)) == Window(0, 30, 320, 200)  # a subtitle
    assert window(level=60) is None
    assert Peak().find_window() is None


def test_a_window_is_cut_between_px():
    image = np.tile(np.arange(40, dtype=np.uint8)[None, :, None] * 6, (30, 1, 3))
    assert np.array_equal(Window(10, 5, 20, 10).cut(image), image[5:15, 10:30])
    between = Window(10.5, 5, 20, 10).cut(image).astype(int)
    assert np.abs(between - (image[5:15, 10:30].astype(int) + 3)).max() <= 1


@needs_ffmpeg
def test_when_a_part_begins_is_found_by_what_moves(films):
    film, part, other = (read_fingerprint(films / name)[0] for name in ("film.mp4", "part.mp4", "another_time.mp4"))
    assert find_offset(film, part) == pytest.approx(1, abs=0.25)
    assert find_offset(part, film) is None and find_offset(film, other) is None
