"""Key frames that are looked for are those that are found by walking through all: the same pixels and times."""

import zlib
from pathlib import Path

import pytest

from framesift.frames.videos import open_video, seeking
from framesift.frames.videos.clock import goes_back
from tests.frames.encoding import encode_film, needs_ffmpeg

pytest.importorskip("av", reason="needs PyAV: pip install '.[films]'")
pytestmark = needs_ffmpeg

OPEN = "-x265-params", "log-level=none:open-gop=1:bframes=3"
FILMS = {
    "x.mp4": (),
    "x.mkv": (),
    "x.ts": (),
    "x.m2ts": (),
    "x.avi": (),
    "h264.avi": ("-c:v", "libx264", "-bf", "0"),
    "reordered.mp4": ("-bf", "2"),
    "reordered.mkv": ("-bf", "2"),
    "reordered.ts": ("-bf", "2"),
    "fragments.mp4": ("-movflags", "frag_keyframe+empty_moov"),
    "open.mp4": ("-bf", "2", "-x264-params", "open-gop=1"),
    "h265.mp4": ("-c:v", "libx265", *OPEN),
    "h265.ts": ("-c:v", "libx265", *OPEN),
    "deep.mkv": ("-pix_fmt", "yuv420p10le"),
    "mpeg2.ts": ("-c:v", "mpeg2video", "-bf", "2"),
    "x.webm": (),
}


@pytest.fixture
def walking(monkeypatch):
    """Has all key frames decoded, until it is called."""
    monkeypatch.setattr("framesift.frames.videos.reading.can_seek", lambda *_: False)
    return lambda: monkeypatch.setattr("framesift.frames.videos.reading.can_seek", seeking.can_seek)


def look(path: Path, every: float) -> tuple[list[tuple[float, int]], str, int]:
    """The time and a checksum of each key frame that is looked at, what is wrong, and how many were decoded."""
    shown, problem = [], ""
    with open_video(path, key_frames=True) as video:
        try:
            for time, image in video.sample(every):
                shown.append((time, zlib.crc32(image.tobytes())))
        except Exception as error:
            problem = str(error)
        return shown, problem, video.walked


@pytest.mark.parametrize("name", FILMS)
def test_key_frames_that_are_looked_for_are_those_of_walking(tmp_path, walking, name):
    film = encode_film(tmp_path / name, *FILMS[name], rate=25, seconds=30)
    walked = {every: look(film, every) for every in (2, 3.3, 14)}
    walking()
    for every, (shown, problem, number) in walked.items():
        sought = look(film, every)
        assert sought[:2] == (shown, problem)
        assert sought[2] == len(shown) < number


@pytest.mark.parametrize("rate", [30000 / 1001, 7.5])
def test_the_clock_of_a_film_need_not_be_round(tmp_path, walking, rate):
    film = encode_film(tmp_path / "x.mp4", "-bf", "2", rate=rate, seconds=60)
    walked = look(film, 7)
    walking()
    assert look(film, 7)[:2] == walked[:2]


def test_nothing_is_looked_for_where_nearly_all_are_needed(tmp_path, walking):
    walking()
    film = encode_film(tmp_path / "x.mp4", seconds=30)
    assert look(film, 2)[2] == 30
    assert look(film, 20)[2] == 30  # so few that opening it twice takes longer
    assert look(film, 5)[2] == 6


def test_a_damaged_key_frame_looks_as_it_does_by_walking(tmp_path, walking):
    film = encode_film(tmp_path / "x.mkv", seconds=30)
    content = bytearray(film.read_bytes())
    for tenth in range(1, 10):
        at = len(content) * tenth // 10
        content[at : at + 400] = bytes(400)
    film.write_bytes(content)
    walked = look(film, 3)
    walking()
    assert look(film, 3) == walked


def test_a_film_that_was_cut_short_ends_where_it_does_by_walking(tmp_path, walking):
    for name in ("x.mkv", "x.ts", "x.avi", "fragments.mp4"):
        film = encode_film(tmp_path / name, *FILMS[name], seconds=40)
        film.write_bytes(film.read_bytes()[: film.stat().st_size * 7 // 10])
        walked = look(film, 4)
        walking()
        assert look(film, 4)[:2] == walked[:2]


def test_a_stream_whose_clock_goes_back_is_walked_through(tmp_path, walking):
    part = encode_film(tmp_path / "part.ts", seconds=30)
    film = tmp_path / "both.ts"
    film.write_bytes(part.read_bytes() * 2)
    walked = look(film, 4)
    walking()
    assert look(film, 4) == walked
    assert walked[0][-1][0] > 55


@pytest.mark.parametrize("suffix", ["ts", "m2ts"])
def test_the_clock_of_a_stream(tmp_path, suffix):
    part = encode_film(tmp_path / f"part.{suffix}", "-bf", "2", seconds=20)
    both = tmp_path / f"both.{suffix}"
    both.write_bytes(part.read_bytes() * 2)
    number = 0x1011 if suffix == "m2ts" else 0x100
    for film, expected in ((part, False), (both, True)):
        with film.open("rb") as file:
            assert goes_back(file.fileno(), film.stat().st_size, number) is expected
            assert goes_back(file.fileno(), film.stat().st_size, 0x1FFE)  # no such stream: nothing tells


def test_without_pyav_all_are_decoded(tmp_path, monkeypatch, walking):
    walking()
    film = encode_film(tmp_path / "x.mp4", seconds=30)
    sought = look(film, 5)
    monkeypatch.setattr(seeking, "find_spec", lambda name: None)
    walked = look(film, 5)
    assert (sought[2], walked[2]) == (6, 30) and sought[:2] == walked[:2]


def test_a_film_of_another_kind_is_walked_through(tmp_path, walking):
    walking()
    film = encode_film(tmp_path / "x.flv", seconds=30)
    assert look(film, 5)[2] == 30


def test_what_is_refused_half_way_goes_on_by_walking(tmp_path, monkeypatch, walking):
    film = encode_film(tmp_path / "x.mp4", rate=25, seconds=40)
    walked = look(film, 2)
    walking()
    choose = seeking.Seeker.choose

    def give_up(self, every):
        for number, shown in enumerate(choose(self, every)):
            if number == 7:
                raise seeking.CannotSeek
            yield shown

    monkeypatch.setattr(seeking.Seeker, "choose", give_up)
    assert look(film, 2) == walked
