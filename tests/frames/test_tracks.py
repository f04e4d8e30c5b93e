"""Sound is the same however it is encoded, and another voice, another word or one more language is not."""

import subprocess

import numpy as np
import pytest

from framesift.errors import UnreadableFrame
from framesift.frames.videos import holds_tracks, is_mute, read_tracks
from tests.frames.encoding import encode_film, needs_ffmpeg

pytestmark = needs_ffmpeg
RATE = 48000
PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x48:d=6:r=10")


@pytest.fixture(autouse=True)
def _with_av():
    pytest.importorskip("av")


def ffmpeg(*arguments) -> None:
    subprocess.run(["ffmpeg", "-y", "-loglevel", "error", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL)


def voice(seed: int, seconds: float = 6.0) -> np.ndarray:
    """Tones with overtones that change several times a second, (samples,) with 1 for full scale."""
    random, time = np.random.default_rng(seed), np.arange(RATE // 4) / RATE
    parts = []
    for _ in range(int(4 * seconds)):
        base, tones = random.uniform(110, 600), random.uniform(0.1, 1, 6)
        parts.append(sum(tone * np.sin(2 * np.pi * base * (n + 1) * time) for n, tone in enumerate(tones)) / 6)
    return np.concatenate(parts) * 0.5


def listen(folder, name, *sounds, options=("-c:a", "aac")):
    """Write a film with tracks of sound, each (samples,) or (channels, samples), and read them."""
    words = []
    for number, sound in enumerate(sounds):
        channels, raw = np.atleast_2d(sound), folder / f"{number}.raw"
        raw.write_bytes((np.clip(channels.T, -1, 1) * 32767).astype("<i2").tobytes())
        words += ["-f", "s16le", "-ar", RATE, "-ac", len(channels), "-i", raw]
    maps = [word for number in range(len(sounds) + 1) for word in ("-map", number)]
    ffmpeg(*PICTURE, *words, *maps, "-shortest", *options, folder / name)
    return read_tracks(folder / name)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    pytest.importorskip("av")
    folder = tmp_path_factory.mktemp("films")
    one, other, music = voice(1), voice(2), voice(9)
    word = one.copy()
    word[3 * RATE : 3 * RATE + RATE // 3] = 0.3 * np.sin(2 * np.pi * 1000 * np.arange(RATE // 3) / RATE)
    sounds = {
        "one": [one],
        "quiet": [one / 3],
        "part": [one[2 * RATE : 4 * RATE]],
        "later": [one[int(0.3 * RATE) :]],
        "other": [other],
        "one bleeped": [word],
        "over music": [music + one / 2],
        "other over music": [music + other / 2],
        "music": [music],
        "hush": [0 * one],
        "none": [],
        "both": [one, other],
        "two channels": [np.stack([one, other])],
        "their mix": [(one + other) / 2],
        "wide": [np.stack([one + music / 4, one * 0.8 + music / 3])],
        "narrow": [one * 0.9 + music * 7 / 24],
    }
    films = {name: listen(folder, f"{name}.mp4", *tracks) for name, tracks in sounds.items()}
    lossy = {
        "mp3": ("mp3.mkv", "-c:a", "libmp3lame", "-b:a", "64k"),
        "opus": ("opus.mkv", "-c:a", "libopus", "-b:a", "48k"),
        "resampled": ("resampled.mp4", "-c:a", "aac", "-ar", "44100"),
        "stereo": ("stereo.mp4", "-c:a", "aac", "-ac", "2"),
    }
    return films | {name: listen(folder, file, one, options=words) for name, (file, *words) in lossy.items()}


@pytest.mark.parametrize("version", ["mp3", "opus", "resampled", "stereo", "quiet"])
def test_the_same_sound(films, version):
    assert holds_tracks(films["one"], films[version], 0) and holds_tracks(films[version], films["one"], 0)


@pytest.mark.parametrize(
    ("keeper", "member", "offset", "same"),
    [
        ("one", "part", 2, True),
        ("one", "later", 0.25, True),
        ("part", "one", -2, False),
        ("one", "part", 0, False),
        ("one", "other", 0, False),
        ("one", "one bleeped", 0, False),
        ("one bleeped", "one", 0, False),
        ("one", "hush", 0, True),
        ("none", "hush", 0, True),
        ("hush", "one", 0, False),
        ("none", "one", 0, False),
        ("one", "none", 0, True),
        ("over music", "other over music", 0, False),
        ("music", "over music", 0, False),
        ("over music", "music", 0, False),
        ("both", "one", 0, True),
        ("both", "other", 0, True),
        ("one", "both", 0, False),
        ("their mix", "two channels", 0, False),
        ("two channels", "one", 0, True),
        ("narrow", "wide", 0, True),
        ("wide", "narrow", 0, True),
    ],
)
def test_sound(films, keeper, member, offset, same):
    assert holds_tracks(films[keeper], films[member], offset) is same


def test_sound_that_begins_after_the_pictures_is_placed_by_its_time(tmp_path):
    one = listen(tmp_path, "one.mkv", np.concatenate([np.zeros(RATE), voice(1, 5)]))
    listen(tmp_path, "voice.mkv", voice(1, 5))
    for name, offset in (("late.mkv", 1), ("at_once.mkv", 0)):
        sound = ("-itsoffset", offset, "-i", tmp_path / "voice.mkv", "-map", "0:v", "-map", "1:a")
        ffmpeg("-i", tmp_path / "one.mkv", *sound, "-c", "copy", tmp_path / name)
    at_once, late = (read_tracks(tmp_path / name) for name in ("at_once.mkv", "late.mkv"))
    assert holds_tracks(one, late, 0) and not holds_tracks(one, at_once, 0)


def subtitled(folder, name, texts, codec, *more):
    lines = "\n".join(f"{n + 1}\n00:00:0{n},000 --> 00:00:0{n},900\n{text}\n" for n, text in enumerate(texts))
    (folder / "lines.srt").write_text(lines, encoding="utf-8")
    ffmpeg(*PICTURE, "-i", folder / "lines.srt", "-c:s", codec, *more, folder / name)
    return read_tracks(folder / name)


def test_subtitles_are_their_words(tmp_path):
    one = subtitled(tmp_path, "a.mkv", ["Good day", "It <i>rains</i>", "Bye"], "srt")
    again = subtitled(tmp_path, "b.mp4", ["Good day", "It rains", "Bye"], "mov_text")
    styled = subtitled(tmp_path, "c.mkv", ["Good day", "It rains"], "ass")
    other = subtitled(tmp_path, "d.mkv", ["Guten Tag", "Es regnet", "Ade"], "srt")
    ffmpeg(*PICTURE, tmp_path / "none.mp4")
    none = read_tracks(tmp_path / "none.mp4")
    assert holds_tracks(one, again, 0) and holds_tracks(again, one, 0) and holds_tracks(one, styled, 0)
    assert not holds_tracks(one, other, 0) and not holds_tracks(styled, one, 0)
    assert holds_tracks(one, none, 0) and not holds_tracks(none, one, 0)


def test_a_film_with_two_tracks_of_pictures_is_in_no_other(tmp_path):
    ffmpeg(*PICTURE, *PICTURE, "-map", 0, "-map", 1, tmp_path / "two.mkv")
    ffmpeg(*PICTURE, tmp_path / "one.mkv")
    two, one = (read_tracks(tmp_path / name) for name in ("two.mkv", "one.mkv"))
    assert holds_tracks(two, one, 0) and not holds_tracks(two, two, 0)


def test_what_is_no_video_is_refused(tmp_path):
    (tmp_path / "x.mp4").write_bytes(b"#EXTM3U\nother.mp4\n")
    with pytest.raises(UnreadableFrame, match="not a video"):
        read_tracks(tmp_path / "x.mp4")
    with pytest.raises(UnreadableFrame):
        read_tracks(tmp_path / "gone.mp4")
    (tmp_path / "cut.mp4").write_bytes(encode_film(tmp_path / "a.mp4", seconds=1, sound=1).read_bytes()[:400])
    with pytest.raises(UnreadableFrame, match="cannot be read"):
        read_tracks(tmp_path / "cut.mp4")


@pytest.mark.parametrize("suffix", ["mp4", "mov", "3gp", "mkv", "webm", "avi", "h264", "m2v", "mjpeg"])
def test_a_film_of_pictures_alone_is_mute(tmp_path, suffix):
    assert is_mute(encode_film(tmp_path / f"a.{suffix}", seconds=1))


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "webm", "avi", "ts", "mpg", "flv", "ogv", "asf"])
def test_a_film_with_sound_is_not(tmp_path, suffix):
    codec = {"webm": ["-c:a", "libopus"], "ogv": ["-c:a", "libvorbis"], "flv": ["-c:a", "aac"]}.get(suffix, [])
    assert not is_mute(encode_film(tmp_path / f"a.{suffix}", *codec, seconds=1, sound=1))


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "srt"), ("a.mp4", "mov_text")])
def test_nor_one_with_subtitles_or_more_pictures(tmp_path, name, codec):
    subtitled(tmp_path, name, ["Good day"], codec)
    ffmpeg(*PICTURE, *PICTURE, "-map", 0, "-map", 1, tmp_path / f"two{name}")
    assert not is_mute(tmp_path / name) and not is_mute(tmp_path / f"two{name}")


def test_what_cannot_be_read_may_have_sound(tmp_path):
    (tmp_path / "cut.mkv").write_bytes(encode_film(tmp_path / "a.mkv", seconds=1).read_bytes()[:300])
    assert not is_mute(tmp_path / "gone.mp4") and not is_mute(tmp_path / "cut.mkv")
