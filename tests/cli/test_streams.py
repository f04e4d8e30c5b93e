"""Streams on the command line, as users start them: real servers and signals, and no secret in what is said."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.streams.servers import Camera, HttpServer, RtspServer, serve
from framesift import cli, filter_frames
from framesift.cli.options import DONE, IN_USE, SKIPPED, STORAGE, USAGE
from framesift.cli.streams import join_addresses
from framesift.errors import UsageError
from framesift.filtering.manifest import open_record
from framesift.filtering.selection import Decision, Verdict
from tests.frames.streams.waiting import BOX, wait_for

pytest.importorskip("av", reason="needs PyAV: pip install '.[streams]'")
pytest.importorskip("requests", reason="needs requests: pip install '.[streams]'")

ROOT = Path(__file__).resolve().parents[2]
SECRETS = "s3cret", "t0ken"


class Running:
    """A run that has been started, and what it has decided so far."""

    def __init__(self, folder: Path, *words: str, **more) -> None:
        self.results, self.errors = folder / "results", folder / "errors"
        command = [sys.executable, str(ROOT / "main.py"), *words]
        with self.errors.open("a") as errors:
            self.process = subprocess.Popen(
                command, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True, **more
            )

    def decided(self, camera: str | None = None) -> list[Decision]:
        try:
            found = open_record(self.results).decisions()
        except UsageError:  # there is no manifest yet, or nothing in it
            return []
        return [each for each in found if camera in (None, each.frame.camera)]

    def kept(self, camera: str | None = None) -> list[Decision]:
        return [each for each in self.decided(camera) if each.verdict is Verdict.KEEP]

    def told(self) -> str:
        return self.errors.read_text()

    def wait_for_more(self, number: int, camera: str | None = None) -> None:
        """Wait until so many more frames are decided."""
        before = len(self.decided(camera))
        wait_for(lambda: self.process.poll() is not None or len(self.decided(camera)) >= before + number)
        assert self.process.poll() is None, self.told()

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        return self.leave()

    def leave(self) -> tuple[int, str]:
        output, _ = self.process.communicate(timeout=60)
        return self.process.returncode, output


@contextmanager
def running(*words: str, folder: Path, **more) -> Iterator[Running]:
    run = Running(folder, *words, **more)
    try:
        yield run
    finally:
        run.process.kill()
        run.process.communicate()


@pytest.fixture
def rtsp() -> Iterator[Camera]:
    with serve(RtspServer) as camera:
        camera.scene.user = "me", "s3cret"
        yield camera


@pytest.fixture
def http() -> Iterator[Camera]:
    with serve(HttpServer) as camera:
        camera.scene.user = "me", "s3cret"
        yield camera


def address(camera: Camera, path: str = "/cam") -> str:
    return camera.url(path, "me:s3cret@") + "?token=t0ken"


def check_silence(folder: Path, output: str = "") -> None:
    """No secret stands in anything that a run has left, nor in a name."""
    paths = [path for path in folder.rglob("*") if path.name != "cameras.txt"]
    left = b"".join(path.read_bytes() for path in paths if path.is_file()) + str(paths).encode() + output.encode()
    assert not [secret for secret in SECRETS if secret.encode() in left]


def test_kept_frames_become_stills_that_framesift_reads(tmp_path, rtsp):
    with running(f"gate={address(rtsp)}", "results", "0.05%", "0.75%", "--every", "100ms", folder=tmp_path) as run:
        run.wait_for_more(3)
        rtsp.scene.show(BOX)
        wait_for(lambda: len(run.kept()) == 2)
        run.wait_for_more(2)
        code, output = run.end()
    watching = f"rtsp://{rtsp.host}/cam?...: watching; Ctrl-C ends it"
    note, line, *_ = run.told().splitlines()
    assert (code, line) == (DONE, watching) and "note: all users of this machine see a command" in note
    assert "gate: " in output and " 2 kept" in output
    check_silence(tmp_path, output)
    decisions = run.decided()
    times = [each.frame.time for each in decisions]
    assert all(before < after for before, after in pairwise(times))
    kept = [each.frame.path for each in decisions if each.verdict is Verdict.KEEP]
    assert sorted(str(path.relative_to(run.results)) for path in run.results.rglob("*.png")) == sorted(kept)
    again = list(filter_frames(run.results, tmp_path / "again"))
    assert [(each.frame.path, each.frame.camera, each.frame.time, each.verdict) for each in again] == [
        (each.frame.path, "gate", each.frame.time, Verdict.KEEP) for each in run.kept()
    ]


def test_a_later_run_goes_on_from_the_last_kept_frame(tmp_path, http):
    words = f"gate={address(http, '/video')}", "results", "--every", "100ms"
    with running(*words, folder=tmp_path) as run:
        run.wait_for_more(3)
        assert run.end(signal.SIGINT)[0] == DONE
    before = run.decided()
    with running(*words, folder=tmp_path) as run:
        run.wait_for_more(3)
        assert run.kept() == before[:1]
        http.scene.show(BOX)
        wait_for(lambda: len(run.kept()) == 2)
        with running(*words, folder=tmp_path) as other:
            assert other.leave()[0] == IN_USE
        assert run.end()[0] == DONE
    decisions = run.decided()
    assert len({each.frame.path for each in decisions}) == len(decisions)
    assert [each.gap is not None for each in decisions if each.gap or each is decisions[len(before)]] == [True]
    check_silence(tmp_path)


def test_several_streams_are_named_one_behind_the_other(tmp_path, rtsp, http):
    words = f"gate={address(rtsp)}", address(http, "/video"), f"door={address(http, '/still.jpg')}"
    with running(*words, "results", "0.1%", "0.5%", "--every", "200ms", folder=tmp_path) as run:
        name = "127-0-0-1-video"
        for camera in ("gate", name, "door"):
            run.wait_for_more(2, camera)
        code, output = run.end()[:2]
        assert code == DONE
    header = json.loads((tmp_path / "results" / "manifest.jsonl").read_bytes().splitlines()[0])
    assert list(header["settings"]["streams"]) == ["gate", name, "door"]
    check_silence(tmp_path, str(output))


def test_where_a_notice_goes_is_no_stream():
    assert join_addresses(["--notify", "https://hook/x", "rtsp://a/b", "http://c/d", "r"]) == [
        "--notify", "https://hook/x", "rtsp://a/b http://c/d", "r"
    ]  # fmt: skip


def test_nothing_is_left_to_be_drawn_of_what_was_dropped(tmp_path, http, capsys):
    with running(f"gate={address(http, '/video')}", "results", "--every", "100ms", folder=tmp_path) as run:
        run.wait_for_more(3)
        run.end()
    for command in ("audit", "advise"):
        assert cli.main([command, str(tmp_path / "results")]) == USAGE
        assert "was filled from streams, of which only what was kept lies anywhere" in capsys.readouterr().err


def test_cameras_of_a_list_break_each_alone(tmp_path, rtsp, http):
    rows = f"gate = {address(rtsp)}", f"yard={address(http, '/video')}", f"door={address(http, '/still.jpg')}"
    (tmp_path / "cameras.txt").write_text("# site\n" + "\n".join(rows))
    with running("cameras.txt", "results", "--every", "200ms", "--json", "--watch", folder=tmp_path) as run:
        for camera in ("gate", "yard", "door"):
            run.wait_for_more(2, camera)
        rtsp.stop()
        wait_for(lambda: "trying again" in run.told())
        run.wait_for_more(5, "yard")
        run.wait_for_more(5, "door")
        rtsp.start()
        wait_for(lambda: "is there again" in run.told())
        run.wait_for_more(2, "gate")
        code, output = run.end()
    told = [line for line in run.told().splitlines() if line.startswith("gate")]
    assert len(told) == 2 and told[0].startswith(f"gate (rtsp://{rtsp.host}/cam?...): ")
    summary = {each["camera"]: each for each in json.loads(output)["cameras"]}
    gaps = [each.gap for each in run.decided("gate") if each.gap is not None]
    assert (code, len(gaps)) == (DONE, 1)
    assert (summary["gate"]["gaps"], summary["gate"]["gap_seconds"]) == (1, gaps[0])
    assert "gaps" not in summary["yard"] and all(each["kept"] == 1 for each in summary.values())
    check_silence(tmp_path, output)


def test_a_camera_that_is_away_is_waited_for(tmp_path, rtsp):
    rtsp.stop()
    with running(f"gate={address(rtsp)}", "results", folder=tmp_path) as run:
        wait_for(lambda: "trying again" in run.told())
        rtsp.start()
        run.wait_for_more(1)
        rtsp.stop()
        wait_for(lambda: run.told().count("trying again") == 2)
        code, output = run.end()
    name = f"gate (rtsp://{rtsp.host}/cam?...): "
    assert run.told().splitlines()[2] == f"{name}cannot be reached: connection refused: trying again until it is there"
    assert f"{name}is there\n" in run.told()
    assert code == DONE and "gate: no frame since 20" in output


def test_who_has_no_way_in_is_told_at_once(tmp_path, rtsp, capfd):
    for url, reason in (
        (rtsp.url("/cam", "me:wr0ng@"), "user name or password is wrong"),
        (rtsp.url("/missing", "me:s3cret@"), "there is nothing at this path (404)"),
    ):
        assert cli.main(["filter", f"gate={url}", str(tmp_path / "results")]) == USAGE
        line = f"framesift: gate ({rtsp.url(url.partition(rtsp.host)[2])}): {reason}\n"
        assert capfd.readouterr().err.endswith(line)
    assert not (tmp_path / "results").exists()


def test_a_camera_that_has_been_there_is_waited_for_whatever_it_says(tmp_path, rtsp):
    with running(f"gate={address(rtsp)}", "results", folder=tmp_path) as run:
        run.wait_for_more(1)
        assert run.end()[0] == DONE
    rtsp.scene.user = "me", "another"
    with running(f"gate={address(rtsp)}", "results", folder=tmp_path) as run:
        wait_for(lambda: "user name or password is wrong: trying again" in run.told())
        rtsp.scene.user = "me", "s3cret"
        run.wait_for_more(1)


def test_a_settings_file_says_how_often(tmp_path, http):
    (tmp_path / "site.toml").write_text('every = "100ms"\nmin-size = 100\n')
    words = f"gate={address(http, '/video')}", "--dry-run", "--for", "3s", "--config", "site.toml", "--json"
    with running(*words, folder=tmp_path) as run:
        code, output = run.leave()
    assert code == SKIPPED and json.loads(output)["skipped"] > 4


def test_a_trial_writes_nothing(tmp_path, http):
    with running(
        f"gate={address(http, '/video')}", "--dry-run", "--every", "100ms", "--for", "2s", folder=tmp_path
    ) as run:
        code, output = run.leave()
    assert code == DONE and " 1 kept" in output and list(tmp_path.iterdir()) == [run.errors]


def test_somebody_is_told_of_a_kept_still(tmp_path, http):
    script = tmp_path / "tell.py"
    script.write_text("import os\nopen('told', 'a').write(os.environ['FRAMESIFT_KEPT'] + '\\n')\n")
    words = "--on-keep", f"{sys.executable} {script}"
    with running(f"gate={address(http, '/video')}", "results", *words, folder=tmp_path) as run:
        wait_for((tmp_path / "told").exists)
        assert run.end()[0] == DONE
    [kept] = run.kept()
    assert (tmp_path / "told").read_text() == f"{run.results / kept.frame.path}\n"
    check_silence(tmp_path)


def test_a_full_disk_ends_the_run_and_leaves_nothing_half_written(tmp_path, http):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)
    http.scene.image = noise
    with running(f"gate={address(http, '/video')}", "results", folder=tmp_path, preexec_fn=limit) as run:
        assert run.leave()[0] == STORAGE
    assert "File too large" in run.told() and run.decided() == []
    assert [path.name for path in run.results.rglob("*") if path.is_file()] == ["manifest.jsonl"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--remove-to", "b"], "of a stream there is nothing to be moved: it takes no --remove-to"),
        (["r", "--keep", "5"], "of a stream nobody knows how many frames will come: it takes no --keep"),
        (["r", "--cluster", "local"], "a stream is decided where it is read: it takes no --cluster"),
        (["r", "--link", "hard"], "of a stream there is no file to link to: it takes no --link"),
        (["r", "--exclude", "x"], "--exclude and --include are of files: leave the address of a stream out instead"),
        (["r", "--report", "r.html"], "a stream has no end to report at: framesift report RESULTS does it"),
        (["r", "--for", "long"], "--for takes a time such as 90s, 10m, 2h or 1d, not 'long'"),
        (["r", "--camera", "one"], "the camera of a stream is named as NAME=URL"),
        (["s3://b/r"], "kept frames of streams go to a folder of this machine, not to a store"),
        ([], "takes RESULTS, or --remove-to BACKUP and then perhaps --plan; such as: framesift filter rtsp://h/a?..."),
    ],
)
def test_what_cannot_be_with_a_stream_is_said(words, line, capfd):
    assert cli.main(["filter", "rtsp://me:s3cret@h/a?token=t0ken", *words]) == USAGE
    told = capfd.readouterr().err
    assert line in told and not any(secret in told for secret in SECRETS)


@pytest.mark.parametrize("command", ["overview", "duplicates", "tune", "events", "report", "export", "serve"])
def test_other_commands_say_what_reads_streams(command, capfd):
    more = ["--format", "list"] if command == "export" else []
    assert cli.main([command, "rtsp://me:s3cret@h/a?token=t0ken", *more]) == USAGE
    hint = "is a stream, which framesift filter alone reads: name a folder that it has filled"
    assert capfd.readouterr().err.endswith(f": rtsp://h/a?...: {hint}\n")


def test_a_folder_takes_no_end(tmp_path, capfd):
    assert cli.main(["filter", str(tmp_path), str(tmp_path / "r"), "--for", "10m"]) == USAGE
    assert "--for ends a run on streams" in capfd.readouterr().err


@pytest.mark.parametrize(("package", "url"), [("av", "rtsp://127.0.0.1:9/a"), ("requests", "http://127.0.0.1:9/a")])
def test_a_library_that_is_missing_is_named(tmp_path, package, url):
    (tmp_path / "stub").mkdir()
    (tmp_path / "stub" / f"{package}.py").write_text(f"raise ImportError(name={package!r})\n")
    path = os.pathsep.join([str(tmp_path / "stub"), str(ROOT)])
    with running(url, "results", folder=tmp_path, env=os.environ | {"PYTHONPATH": path}) as run:
        assert run.leave()[0] == STORAGE
    assert run.told().startswith("main.py: streams") and "[streams]" in run.told()
    assert not run.results.exists()
