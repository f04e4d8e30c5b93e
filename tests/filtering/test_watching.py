"""Frames that arrive while they are watched for. Time is played: it passes only where the watching pauses."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pytest

from framesift import cli, filter_frames
from framesift.cli import options
from framesift.comparators.thresholds import Threshold
from framesift.errors import StorageError, UsageError
from framesift.filtering import arrivals, manifest
from framesift.filtering.manifest import open_record
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.results import Results
from framesift.filtering.run import Run
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.settings import Settings
from framesift.filtering.sources import CONTRARY, LATE_HINT
from tests.conftest import encode, make_image, read_decided
from tests.filtering.test_run import NEW, letters, name, random_scene, scene
from tests.frames.test_finding import jpeg_with_time

ROOT = Path(__file__).resolve().parents[2]
EMPTY, BOX = encode(make_image()), encode(make_image(box=NEW))
SETTINGS = Settings(Threshold.parse("0.05%"), Threshold.parse("0.75%"))
Step = Callable[[], object]


class Ended(Exception):
    """The play is over."""


class Watch:
    """Watches `folder` while a play goes on: a step of it at each pause, until it is over."""

    def __init__(self, folder: Path, results: Path) -> None:
        self.folder, self.results, self.settings = folder, results, SETTINGS
        self.now = 0.0
        self.decisions: list[Decision] = []
        self.told: list[str] = []
        self.late: list[str] = []

    def play(self, steps: Iterable[Step]) -> "Watch":
        todo = iter(steps)

        def pause(seconds: float) -> None:
            assert 0 < seconds <= 1
            self.now += seconds
            next(todo, end)()

        with self.open(pause) as run, closing(run.decide(2)) as decisions:
            try:
                for decision in decisions:
                    self.decisions.append(decision)
            except Ended:
                self.late = [frame.path for frame in run.source.late]
        return self

    def open(self, pause: Callable[[float], None]) -> Run:
        source = arrivals.Arrivals(self.folder, self.settings, self.tell, pause, lambda: self.now)
        sink = Results(self.results, self.folder, self.settings, longest=arrivals.LONGEST, clock=lambda: self.now)
        return Run(source, sink, self.settings)

    def tell(self, path: str, what: str) -> None:
        self.told.append(f"{Path(path).name}: {what}")

    def expect(self, verdicts: str) -> Step:
        """A step that checks what has been decided so far, and that it stands in the manifest."""

        def check() -> None:
            assert letters(self.decisions) == verdicts
            recorded = manifest.read_decisions(str(self.results / manifest.NAME))
            assert list(recorded) == self.decisions

        return check

    def sleep(self, seconds: float) -> Step:
        def sleep() -> None:
            self.now += seconds

        return sleep


def end() -> None:
    raise Ended


def look() -> None:
    """A step in which nothing happens."""


LOOKS = (look, look)
"""After a step, one look finds what is new and the next that it is steady."""


def put(path: Path, content: bytes) -> Step:
    def write() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(content)

    return write


def by_camera(results: Path) -> dict[str, list[Decision]]:
    cameras: dict[str, list[Decision]] = {}
    for decision in open_record(results).decisions():
        cameras.setdefault(decision.frame.camera, []).append(decision)
    return cameras


@pytest.fixture
def watch(tmp_path) -> Watch:
    (tmp_path / "frames" / "c1").mkdir(parents=True)
    return Watch(tmp_path / "frames", tmp_path / "results")


@pytest.fixture
def at(watch) -> Callable[..., Path]:
    """The path of a frame of a minute."""
    return lambda minute, camera="c1": watch.folder / camera / name(minute, camera)


@pytest.mark.parametrize("seed", range(5))
def test_frames_that_arrive_in_order_are_decided_as_by_one_run(watch, tmp_path, seed):
    """Several arrive between two looks, and the watching is stopped and begun again."""
    rng, options = random.Random(seed), {"against": 1 + seed % 3, "most": [None, 20][seed % 2]}
    watch.settings = read_settings(**options)
    tree = sorted(random_scene().items(), key=lambda item: item[0].split("__")[-1])
    for part in (tree[:20], tree[20:]):
        steps: list[Step] = []
        while part:
            count = rng.randrange(1, 6)
            steps += [put(watch.folder / path, content) for path, content in part[:count]]
            del part[:count]
            steps += rng.choice([[], [look], [*LOOKS], [watch.sleep(11)]])
        watch.play([*steps, *LOOKS, watch.sleep(11), *LOOKS])
    assert watch.told == []
    list(filter_frames(watch.folder, tmp_path / "plain", **options))
    assert by_camera(watch.results) == by_camera(tmp_path / "plain")
    assert {n: c for n, c in read_decided(watch.results).items() if n != manifest.NAME} == {
        n: c for n, c in read_decided(tmp_path / "plain").items() if n != manifest.NAME
    }


def test_a_file_that_is_being_written_is_waited_for(watch, at):
    parts = [BOX[start : start + 50] for start in range(0, len(BOX), 50)]
    steps = [put(at(1), EMPTY), *LOOKS, watch.expect("k")]
    for part in parts:
        steps += [put(at(2), part), *LOOKS, watch.sleep(9)]
    watch.play([*steps[:-1], watch.expect("kk")])
    assert (watch.results / "c1" / name(2)).read_bytes() == BOX


def test_a_file_of_constant_size_is_whole_when_its_content_is(watch, at):
    """Its space was reserved before it was written."""

    def fill() -> None:
        at(1).write_bytes(BOX)
        os.utime(at(1), ns=(1, 1))

    steps = [put(at(1), bytes(len(BOX))), *LOOKS, look, watch.expect(""), fill, *LOOKS, watch.expect("k")]
    watch.play(steps)


def test_a_file_that_stays_half_is_skipped_and_held_back_its_camera_until_then(watch, at):
    steps = [put(at(1), BOX[:-20]), put(at(2), EMPTY), put(at(1, "c2"), EMPTY), *LOOKS, look]
    steps += [watch.expect("k"), watch.sleep(arrivals.PATIENCE - 3), look, watch.expect("k")]
    watch.play([*steps, watch.sleep(3), look, watch.expect("ksk")])
    assert [d.frame.camera for d in watch.decisions] == ["c2", "c1", "c1"]
    assert watch.decisions[1].reason == "truncated PNG" and watch.told == []


def test_a_frame_renamed_into_place_is_taken_at_the_second_look(watch, at):
    part = at(1).with_name("upload.part")
    steps = [put(part, EMPTY), *LOOKS, look, watch.expect(""), lambda: part.rename(at(1)), look]
    watch.play([*steps, watch.expect("k")])


def test_a_temporary_name_that_looks_like_a_frame_is_forgotten(watch, at):
    part = at(1).with_name("upload.png")
    watch.play([put(part, EMPTY[:99]), *LOOKS, look, lambda: part.rename(at(1)), put(at(1), EMPTY[99:]), *LOOKS])
    assert [d.frame.path for d in watch.decisions] == [f"c1/{name(1)}"]


@pytest.mark.parametrize(
    "temporary",
    [
        *("tmp_{}", "~{}", "{}.part.png", "{}_tmp.png"),
        *("tmp.png", "temp.png", "Upload.png", "uploading.png", "part.png", "partial.png"),
    ],
)
def test_a_whole_file_under_a_temporary_name_is_waited_for(watch, at, temporary):
    part = at(1).with_name(temporary.format(name(1)))
    steps = [put(part, EMPTY), *LOOKS, look, watch.expect(""), watch.sleep(8), look, watch.expect("")]
    watch.play([*steps, lambda: part.rename(at(1)), *LOOKS, watch.expect("k")])
    assert [d.frame.path for d in watch.decisions] == [f"c1/{name(1)}"]


@pytest.mark.parametrize("temporary", ["tmp_1.png", "upload.png"])
def test_a_name_that_only_looks_like_a_temporary_one_is_decided_in_the_end(watch, at, temporary):
    watch.play([put(at(1).with_name(temporary), EMPTY), *LOOKS, watch.sleep(arrivals.PATIENCE), *LOOKS, look])
    assert letters(watch.decisions) == "k"


def test_a_name_that_only_begins_as_a_temporary_one_is_decided_at_once(watch, at):
    watch.play([put(at(1).with_name("temperature.png"), EMPTY), *LOOKS, watch.expect("k")])


def test_a_file_without_a_suffix_is_a_frame_when_it_holds_a_picture(watch, at):
    plain = at(1).with_suffix("")
    steps = [put(plain, b""), *LOOKS, look, put(plain, EMPTY[:40]), *LOOKS, look, watch.expect("")]
    watch.play([*steps, put(plain, EMPTY[40:]), *LOOKS, watch.expect("k")])


def test_an_earlier_frame_that_is_being_written_is_not_overtaken(watch, at):
    watch.play([put(at(1), EMPTY[:9]), *LOOKS, put(at(2), BOX), *LOOKS, look, put(at(1), EMPTY[9:]), *LOOKS])
    assert [d.frame.path for d in watch.decisions] == [f"c1/{name(1)}", f"c1/{name(2)}"]


def test_a_late_frame_is_told_once_and_left(watch, at):
    steps = [put(at(5), EMPTY), *LOOKS, put(at(1), BOX), *LOOKS, watch.sleep(arrivals.ROUND), *LOOKS]
    watch.play([*steps, put(at(6), EMPTY), *LOOKS])
    told = f"{name(1)}: came after a later frame of camera c1 had been decided: left; {LATE_HINT}"
    assert watch.told == [told] and watch.late == [f"c1/{name(1)}"]
    assert letters(watch.decisions) == "kd"


def test_late_frames_are_decided_when_asked(watch, at):
    watch.settings = read_settings(late="decide")
    steps = [put(at(1), EMPTY), *LOOKS, put(at(5), BOX), *LOOKS, put(at(2), BOX), put(at(3), EMPTY), *LOOKS]
    watch.play([*steps, put(at(6), EMPTY), *LOOKS])
    assert letters(watch.decisions) == "kkkkk" and watch.told == [] and watch.late == []
    assert [d.reference and d.reference[-8:-7] for d in watch.decisions] == [None, "1", "1", "2", "5"]


def test_a_clock_fault_is_told_once_and_makes_nothing_late(watch, at):
    wrong = at(1).with_name("c1_2036_02_07__06_28_16.png")
    steps = [put(at(1), EMPTY), *LOOKS, put(wrong, BOX), *LOOKS, put(at(1).with_name("latest.png"), EMPTY), *LOOKS]
    watch.play([*steps, put(at(2), BOX), *LOOKS])
    assert letters(watch.decisions) == "kkkk" and watch.late == []
    assert watch.told == [
        f"{wrong.name}: clock fault: its time, 2036-02-07 06:28, cannot be right; decided in the order of arrival"
    ]


def test_days_that_say_another_order_than_the_first_are_told_once(watch, at):
    days = [at(1).with_name(f"{day}-2021_10.00.00.png") for day in ("03-04", "03-25", "03-26")]
    watch.play(step for day in days for step in (put(day, EMPTY), *LOOKS))
    assert letters(watch.decisions) == "kdd" and watch.told == [f"{days[1].name}: camera c1: {CONTRARY}"]


def test_a_file_that_is_refreshed_is_a_new_frame_each_time(watch, at):
    video = at(1).with_name("video.png")

    def refresh(content: bytes, number: int) -> Step:
        def write() -> None:
            video.write_bytes(content)
            os.utime(video, ns=(number, number * 10**9))

        return write

    contents = [EMPTY, BOX, BOX + b"\0", EMPTY, EMPTY]
    steps = [step for number, content in enumerate(contents, 1) for step in (refresh(content, number), *LOOKS, look)]
    watch.play(steps)
    assert letters(watch.decisions) == "kkdk", "the last has only another time"
    assert {d.frame.file for d in watch.decisions} == {"c1/video.png"}
    assert len(set(watch.results.rglob("video*.png"))) == 3


def test_a_file_that_stalled_is_looked_at_again_when_it_is_whole(watch, at):
    steps = [put(at(1), EMPTY), put(at(2), BOX[:-20]), *LOOKS, look, watch.sleep(14), look, watch.expect("ks")]
    steps += [put(at(3), EMPTY), *LOOKS, watch.expect("ksd"), put(at(2), BOX[-20:]), *LOOKS, look]
    watch.play([*steps, watch.expect("ksdk")])
    assert watch.decisions[-1].again and watch.decisions[-1].order == "late" and watch.late == []


def test_a_damaged_file_without_a_time_makes_nothing_late(watch, at):
    watch.play([put(at(1), EMPTY), put(at(1).with_name("c1.png"), b"no picture"), *LOOKS, watch.sleep(11), *LOOKS])
    assert letters(watch.decisions) == "ks"
    watch.play([put(at(2), BOX), *LOOKS, put(at(3), BOX), *LOOKS])
    assert letters(watch.decisions) == "kskd" and watch.told == []


def test_a_decided_frame_that_goes_and_comes_back_is_known(watch, at, tmp_path):
    def away() -> None:
        at(1).rename(tmp_path / "away")

    steps = [put(at(1), EMPTY), *LOOKS, away, *LOOKS, lambda: (tmp_path / "away").rename(at(1)), *LOOKS]
    watch.play([*steps, watch.expect("k")])
    assert watch.told == []


def test_a_folder_that_is_gone_is_waited_for(watch, at, tmp_path):
    away = tmp_path / "away"
    steps = [put(at(1), EMPTY), *LOOKS, lambda: watch.folder.rename(away), *LOOKS, look, watch.expect("k")]
    steps += [put(away / "c1" / name(2), BOX), lambda: away.rename(watch.folder), *LOOKS]
    watch.play([*steps, watch.expect("kk")])
    assert watch.told == [
        "frames: cannot be listed (No such file or directory): waiting for it",
        "frames: is there again",
    ]


@pytest.mark.parametrize("remains", [False, True], ids=["removed", "unmounted"])
def test_a_folder_that_goes_while_frames_are_read_costs_none(watch, at, tmp_path, monkeypatch, remains):
    """Also where an empty folder remains, as a network share leaves it."""
    away, offer = tmp_path / "away", arrivals.Arrivals.offer

    def go() -> None:
        watch.folder.rename(away)
        if remains:
            watch.folder.mkdir()

    def come() -> None:
        if remains:
            watch.folder.rmdir()
        away.rename(watch.folder)

    def offer_too_late(source, ready):
        if ready:
            monkeypatch.setattr(arrivals.Arrivals, "offer", offer)
            go()
        return offer(source, ready)

    monkeypatch.setattr(arrivals.Arrivals, "offer", offer_too_late)
    put(at(1), EMPTY)()
    put(at(2), BOX)()
    watch.play([*LOOKS, look, watch.expect(""), watch.sleep(60), look, come, *LOOKS, watch.expect("kk")])
    assert len(watch.told) == (0 if remains else 2)


def test_a_folder_that_cannot_be_listed_is_told_once_and_waited_for(watch, at, monkeypatch):
    scandir, broken = os.scandir, {str(watch.folder / "c1")}

    def fail(path="."):
        if str(path) in broken:
            raise OSError(5, "Input/output error")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fail)
    put(at(1), EMPTY)()
    watch.play([*LOOKS, look, watch.expect(""), broken.clear, *LOOKS, watch.expect("k")])
    assert watch.told == ["c1: cannot be listed (Input/output error): waiting for it", "c1: is there again"]


def test_a_folder_whose_time_is_coarse_is_listed_again(watch, at):
    """Within the step of its clock, and where it never tells, once in a while."""

    def add_unnoticed(minute: int) -> Step:
        def add() -> None:
            before = at(1).parent.stat()
            put(at(minute), EMPTY)()
            os.utime(at(1).parent, ns=(before.st_atime_ns, before.st_mtime_ns))

        return add

    steps = [put(at(1), EMPTY), *LOOKS, add_unnoticed(2), *LOOKS, watch.expect("kd")]
    steps += [watch.sleep(arrivals.PATIENCE), *LOOKS, add_unnoticed(3), *LOOKS, watch.expect("kd")]
    watch.play([*steps, watch.sleep(arrivals.ROUND), *LOOKS, watch.expect("kdd")])


def test_a_decision_is_on_the_disk_within_a_second(watch, monkeypatch):
    """While more frames are ready than are decided in that time."""
    for path, content in scene(*[None] * 12).items():
        put(watch.folder / path, content)()
    path = watch.results / manifest.NAME
    with watch.open(watch.sleep) as run, closing(run.decide(1)) as decisions:
        for number, _ in zip(range(12), decisions, strict=False):
            assert number == 0 or len(list(manifest.read_decisions(str(path)))) == number + 1
            watch.now += 1


def test_an_empty_folder_is_watched_and_a_missing_one_refused(watch, tmp_path):
    (watch.folder / "c1").rmdir()
    assert watch.play([look]).decisions == []
    with pytest.raises(UsageError, match="no such folder"):
        Watch(tmp_path / "missing", tmp_path / "other").play([])
    with pytest.raises(UsageError, match="the results folder cannot be the folder of the frames"):
        Watch(watch.folder, watch.folder).play([])
    assert not (tmp_path / "other").exists()


def test_a_results_folder_that_cannot_be_written_to_ends_it(watch, at):
    steps = [put(at(1), EMPTY), *LOOKS, put(at(2), BOX), put(watch.results / "c1" / name(2), b"mine"), *LOOKS]
    with pytest.raises(StorageError, match="another file of this name is in the way"):
        watch.play(steps)


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (["--dry-run"], "--watch copies what is new to RESULTS as it arrives: it takes no --dry-run"),
        (["--report", "r.html"], "--watch has no end to report at: framesift report RESULTS does it"),
    ],
)
def test_what_makes_no_sense_is_refused(watch, capsys, more, line):
    arguments = ["filter", str(watch.folder), str(watch.results), "--watch", *more]
    assert cli.main(arguments) == options.USAGE
    assert line in capsys.readouterr().err and not watch.results.exists()


def start_program(watch: Watch, patch: str) -> subprocess.CompletedProcess[str]:
    """Run `main.py --watch`, which `patch` makes signal itself."""
    program = f"""
import os, signal
from framesift import cli
from framesift.filtering import arrivals, results
arrivals.IDLE = arrivals.SETTLING = 0.01
{patch}
cli.run_filter()
"""
    command = [sys.executable, "-c", program, str(watch.folder), str(watch.results), "--watch"]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)


AT_THE_50TH = """
record, count = results.Results.add, iter(range(1000))
def strike(*arguments):
    record(*arguments)
    if next(count) == 50:
        os.kill(os.getpid(), signal.{})
results.Results.add = strike
"""
AT_THE_FIFTH_LOOK = """
def strike(*arguments, look=arrivals.Arrivals.look, count=iter(range(1000))):
    if next(count) == 5:
        os.kill(os.getpid(), signal.{})
    return look(*arguments)
arrivals.Arrivals.look = strike
"""


@pytest.mark.parametrize("patch", [AT_THE_50TH, AT_THE_FIFTH_LOOK], ids=["busy", "idle"])
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_it_can_be_stopped_and_killed_at_any_time(watch, tmp_path, patch, number):
    for path, content in scene(*[None, NEW] * 40).items():
        put(watch.folder / path, content)()
    stopped = start_program(watch, patch.format(number))
    if number == "SIGKILL":
        assert stopped.returncode == -signal.SIGKILL
    else:
        assert stopped.returncode == options.DONE
        assert stopped.stderr == f"{watch.folder}: watching; Ctrl-C ends it\n"
        frames = 80 if patch is AT_THE_FIFTH_LOOK else 51
        assert stopped.stdout.splitlines()[-1].startswith(f"total: {frames} frames")
        assert len(list(open_record(watch.results).decisions())) == frames
    list(filter_frames(watch.folder, watch.results))
    list(filter_frames(watch.folder, tmp_path / "plain"))
    assert read_decided(watch.results) == read_decided(tmp_path / "plain")


def test_what_nohup_ignores_does_not_end_it(watch, at):
    put(at(1), EMPTY)()
    patch = AT_THE_FIFTH_LOOK.format("SIGTERM") + AT_THE_FIFTH_LOOK.replace("== 5", "== 0").format("SIGHUP")
    stopped = start_program(watch, "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + patch)
    assert stopped.returncode == options.DONE and "total: 1 frame," in stopped.stdout


def test_a_service_that_met_damaged_frames_says_so_when_it_is_stopped(watch, at):
    put(at(1), BOX[:-20])()
    put(at(2), BOX)()
    stopped = start_program(watch, "arrivals.PATIENCE = 0.01\n" + AT_THE_FIFTH_LOOK.format("SIGTERM"))
    assert stopped.returncode == options.SKIPPED
    assert f"{at(1)}: truncated PNG\n" in stopped.stderr
    assert Verdict.KEEP in [d.verdict for d in open_record(watch.results).decisions()]


def test_what_does_not_belong_is_passed_over_and_counted(watch, at):
    watch.settings = read_settings(exclude="*_thumb.png")
    (watch.folder / "#recycle").mkdir()
    (watch.folder / "#recycle" / "old.png").write_bytes(EMPTY)
    thumb = watch.folder / "c1" / "x_thumb.png"
    with watch.open(lambda seconds: None) as run:
        at(0).write_bytes(EMPTY)
        thumb.write_bytes(EMPTY)
        run.source.look()
        watch.now += 1
        assert [frame.path for frame in run.source.look()] == [at(0).relative_to(watch.folder).as_posix()]
        assert run.source.left_out.describe() == (
            "not looked at: #recycle (1 folder), --exclude '*_thumb.png' (1 file)"
        )


def test_frames_of_other_times_are_left_out_and_nothing_waits_for_them(watch, at):
    watch.settings = read_settings(hours="10:01-11")
    from_exif = watch.folder / "c1" / "other.jpg"
    with watch.open(lambda seconds: None) as run:
        at(0).write_bytes(EMPTY)
        at(1).write_bytes(EMPTY)
        from_exif.write_bytes(b"")
        run.source.look()
        watch.now += 1
        assert [frame.path for frame in run.source.look()] == [f"c1/{at(1).name}"]
        assert run.source.left_out.describe() == "not looked at: at other times (1 frame)"
        from_exif.write_bytes(jpeg_with_time("2021:03:27 10:05:00"))  # it was still being written
        run.source.look()
        watch.now += 1
        assert [frame.path for frame in run.source.look()] == [f"c1/{at(1).name}", "c1/other.jpg"]
        from_exif.write_bytes(jpeg_with_time("2021:03:27 12:05:00"))
        for _ in range(3):
            run.source.look()
            watch.now += arrivals.PATIENCE
        assert run.source.left_out.describe() == "not looked at: at other times (2 frames)"
        assert [frame.path for frame in run.source.look()] == [f"c1/{at(1).name}"]
