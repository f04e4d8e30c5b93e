"""Streams are read as they come, of each kind from a real server that fails and comes back."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.streams.servers import HttpServer, RtspServer, draw_scene, encode_second, serve
from framesift.frames.reader import decode_picture
from framesift.frames.streams import Camera, Mailbox, Shot, cameras, is_shot
from framesift.frames.streams.addresses import read_address
from framesift.frames.streams.faults import Broken, Refused
from framesift.frames.streams.fetching import Fetcher
from framesift.frames.streams.opening import walk_address
from framesift.frames.streams.shots import Capture, Taken
from framesift.frames.videos import Sampling
from tests.frames.streams.waiting import BOX, LIMIT, wait_for

pytest.importorskip("av", reason="needs PyAV: pip install '.[streams]'")
pytest.importorskip("requests", reason="needs requests: pip install '.[streams]'")

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg, which writes these films")
KINDS = [(RtspServer, "/cam"), (HttpServer, "/video"), (HttpServer, "/still.jpg"), (HttpServer, "/live.m3u8")]
NAMES = ["rtsp", "mjpeg", "picture", "hls"]
QUICK = Sampling(0.05)
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@contextmanager
def reading(url: str, **more) -> Iterator[tuple[Camera, Mailbox]]:
    """A camera that is read for the time of the block."""
    mailbox = Mailbox()
    camera = Camera(read_address(url), QUICK, mailbox, **more)
    camera.start()
    try:
        yield camera, mailbox
    finally:
        camera.stop()
        camera.join(LIMIT)


def next_shot(mailbox: Mailbox) -> Shot:
    return wait_for(lambda: mailbox.take(0.1))[0]


def pixels_of(taken: Taken):
    return decode_picture(taken.content) if taken.pixels is None else taken.pixels


def first_fault(url: str) -> Broken:
    """Why a stream gives no frame."""
    with pytest.raises(Broken) as caught:
        next(walk_address(read_address(url), QUICK, time.sleep))
    return caught.value


def encode_endless(codec: str, form: str) -> bytes:
    """The first seconds of a film as it is written where it cannot be gone back in."""
    fast = {"libx264": ("-preset", "ultrafast"), "libx265": ("-preset", "ultrafast", "-x265-params", "log-level=none")}
    words = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=4", "-c:v", codec, *fast.get(codec, ())]
    words += ["-g", "10", "-pix_fmt", "yuv420p", "-f", form, "-movflags", "frag_keyframe+empty_moov"]
    words += ["-flvflags", "no_duration_filesize"] if form == "flv" else []
    return subprocess.run(
        ["ffmpeg", "-hide_banner", "-loglevel", "error", *words, "pipe:1"], check=True, capture_output=True
    ).stdout


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    monkeypatch.setattr(cameras, "FIRST_PAUSE", 0.05)


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
@pytest.mark.parametrize("plain", [False, True], ids=["digest", "basic"])
def test_what_is_seen_now_is_what_is_read(kind, plain):
    with serve(kind[0]) as server:
        server.scene.user, server.scene.plain_login = ("me", "p@ss/word"), plain
        with reading(server.url(kind[1], "me:p%40ss%2Fword@")) as (_, mailbox):
            first = next_shot(mailbox)
            assert first.gap is None and pixels_of(first.taken).shape == (96, 128, 3)
            assert abs(int(pixels_of(first.taken)[30, 30, 0]) - 60) < 9
            server.scene.show(BOX)
            shots = [first]
            wait_for(lambda: shots.append(next_shot(mailbox)) or pixels_of(shots[-1].taken)[30, 30, 0] > 200)
    times = [shot.time for shot in shots]
    assert times == sorted(set(times))
    assert all(
        is_shot(shot.path) and shot.path.endswith(".png" if shot.taken.content is None else ".jpg") for shot in shots
    )


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_what_is_wrong_has_words_of_its_own(kind):
    with serve(kind[0]) as server:
        server.scene.user = "me", "word"
        assert "asks for a user name and a password" in first_fault(server.url(kind[1])).reason
        wrong = first_fault(server.url(kind[1], "me:wrong@"))
        assert (type(wrong), wrong.reason) == (Refused, "user name or password is wrong")
        missing = first_fault(server.url("/missing" + kind[1].replace("/still", "/"), "me:word@"))
        assert (type(missing), missing.reason) == (Refused, "there is nothing at this path (404)")
    away = first_fault(server.url(kind[1], "me:word@"))
    assert (type(away), away.reason) == (Broken, "cannot be reached: connection refused")


def test_what_is_no_stream_is_refused():
    with serve(HttpServer) as server:
        assert first_fault(server.url("/moved")).reason == "has moved to another address (302): name that one"
        assert "answers with text/html" in first_fault(server.url("/page")).reason
        assert first_fault(server.url("/liar.jpg")).reason == "sends something that is not JPEG or PNG"
        with pytest.raises(Refused, match="--every says how often"):
            next(walk_address(read_address(server.url("/still.jpg")), Sampling(0), time.sleep))


def test_a_list_that_names_a_file_of_this_machine_gets_none(tmp_path):
    path = tmp_path / "private.ts"
    path.write_bytes(encode_second(draw_scene(), 0))
    with serve(HttpServer) as server:
        server.scene.playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{path}\n"
        assert isinstance(first_fault(server.url("/live.m3u8")), Broken)


def test_a_picture_that_is_fetched_sooner_than_it_is_made_is_one_frame():
    with serve(HttpServer) as server, reading(server.url("/same.jpg")) as (_, mailbox):
        first = next_shot(mailbox)
        wait_for(lambda: server.scene.served > 8)
        server.scene.show(BOX)
        second = next_shot(mailbox)
        assert first.taken.content != second.taken.content and second.gap is None
        assert pixels_of(second.taken)[30, 30, 0] > 200 and not mailbox.missed


def test_a_film_with_an_end_is_no_stream():
    with serve(HttpServer) as server:
        server.scene.playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nlive0.ts\n#EXT-X-ENDLIST\n"
        assert "is a film with an end, not a stream" in first_fault(server.url("/live.m3u8")).reason


def test_a_picture_without_an_end_is_none(monkeypatch):
    monkeypatch.setattr("framesift.frames.streams.fetching.MOST_BYTES", 700)
    with serve(HttpServer) as server:
        assert "no end of a picture within" in first_fault(server.url("/still.jpg")).reason


def test_an_answer_that_broke_is_over(monkeypatch):
    """FFmpeg goes on to ask, and PyAV would print all but the last error."""
    monkeypatch.setattr("framesift.frames.streams.fetching.MOST_BYTES", 700)
    with (
        serve(HttpServer) as server,
        Fetcher(read_address(server.url("/video"))) as fetcher,
        fetcher.open() as answer,
    ):
        with pytest.raises(Broken, match="no end of a picture"):
            answer.read_whole()
        assert answer.read(100) == b""


@pytest.mark.parametrize("kind", KINDS[:3], ids=NAMES[:3])
def test_a_stream_that_breaks_is_opened_again_and_its_gap_is_told(kind):
    with serve(kind[0]) as server, reading(server.url(kind[1])) as (camera, mailbox):
        before = next_shot(mailbox)
        server.stop()
        wait_for(lambda: camera.state.fault)
        last = mailbox.take(0.01)
        server.start()
        after = next_shot(mailbox)
        assert camera.state.fault is None or wait_for(lambda: camera.state.fault is None)
        end = last[-1].time if last else before.time
        assert after.gap is not None and 0 < after.gap <= (after.time - end).total_seconds() + 0.01
        wait_for(lambda: {shot.gap for shot in mailbox.take(0.1)} == {None})


@pytest.mark.parametrize("kind", KINDS[:2], ids=NAMES[:2])
def test_a_silent_stream_is_a_broken_one(kind, monkeypatch):
    for module in ("decoding", "fetching"):
        monkeypatch.setattr(f"framesift.frames.streams.{module}.SILENCE", 1.0)
    with serve(kind[0]) as server, reading(server.url(kind[1])) as (camera, mailbox):
        next_shot(mailbox)
        server.scene.frozen = True
        fault = wait_for(lambda: camera.state.fault)
        assert fault.reason in ("no frame for 10 s", "no answer within 1 s", "the connection broke")
        server.scene.frozen = False
        wait_for(lambda: any(shot.gap for shot in mailbox.take(0.1)))


def test_another_size_in_the_middle_is_read():
    with serve(RtspServer) as server, reading(server.url("/cam")) as (_, mailbox):
        next_shot(mailbox)
        server.scene.show(BOX, (160, 120))
        wait_for(lambda: any(pixels_of(shot.taken).shape == (120, 160, 3) for shot in mailbox.take(0.1)))


@pytest.mark.parametrize("kind", KINDS[:2], ids=NAMES[:2])
def test_many_breaks_leak_no_thread_and_no_connection(kind, monkeypatch):
    monkeypatch.setattr(cameras, "LONGEST_PAUSE", 0.001)
    monkeypatch.setattr(cameras, "FIRST_PAUSE", 0.001)
    with serve(kind[0]) as server:
        server.scene.most = 3
        with reading(server.url(kind[1])):
            wait_for(lambda: server.scene.served > 5)
            threads, opened = threading.active_count(), len(os.listdir("/proc/self/fd"))
            wait_for(lambda: server.scene.served > 25)
            assert threading.active_count() <= threads + 3
            assert len(os.listdir("/proc/self/fd")) <= opened + 9  # those of the server, which closes some later


@given(st.lists(st.integers(-5000, 5000), min_size=1, max_size=30), st.none() | st.integers(-3000, 3000))
def test_times_grow_whatever_the_clock_does(steps, last):
    """The clock of the machine may jump: no two frames of a camera have one name."""
    moments = iter([NOW + timedelta(milliseconds=step) for step in steps])
    start = None if last is None else NOW + timedelta(milliseconds=last)
    mailbox, shots = Mailbox(), []
    camera = Camera(read_address("gate=rtsp://cam/a"), QUICK, mailbox, start, lambda: next(moments))
    for _ in steps:
        camera._shoot(Capture(lambda: Taken(content=b"\xff\xd8\xff\xe0")), None)
        shots += mailbox.take(0)
    times = [*([] if start is None else [start]), *(shot.time for shot in shots)]
    assert all(before < after for before, after in pairwise(times))
    assert len({shot.path for shot in shots}) == len(steps)


def test_the_newest_frames_wait_and_no_other():
    mailbox = Mailbox()
    for number, gap in enumerate((None, 2.5, None, None, None)):
        mailbox.put(Shot("gate", NOW + timedelta(seconds=number), Taken(), gap))
    mailbox.put(Shot("yard", NOW, Taken()))
    shots = mailbox.take(0)
    assert [(shot.camera, shot.time.second, shot.gap) for shot in shots] == [
        ("gate", 2, 2.5),
        ("gate", 3, None),
        ("gate", 4, None),
        ("yard", 0, None),
    ]
    assert mailbox.missed == {"gate": 2} and mailbox.take(0) == []


@needs_ffmpeg
@pytest.mark.parametrize(
    ("codec", "form", "kind"),
    [
        ("libx265", "mpegts", "video/mp2t"),
        ("libx264", "mpegts", "application/octet-stream"),
        ("libx264", "flv", "video/x-flv"),
        ("libx264", "mp4", "video/mp4"),
        ("mpeg4", "matroska", "video/x-matroska"),
    ],
)
def test_films_without_an_end_are_read_as_they_come(codec, form, kind):
    with serve(HttpServer) as server:
        server.scene.film = kind, encode_endless(codec, form)
        with reading(server.url("/film")) as (_, mailbox):
            assert pixels_of(next_shot(mailbox).taken).shape == (120, 160, 3)


def test_what_is_no_film_is_refused_with_its_kind():
    with serve(HttpServer) as server:
        server.scene.film = "application/octet-stream", b"words\n" * 1000
        with pytest.raises(Refused, match="answers with application/octet-stream: a stream is multipart"):
            next(walk_address(read_address(server.url("/film")), Sampling(0.1), time.sleep))
