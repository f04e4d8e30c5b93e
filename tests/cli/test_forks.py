"""Programs whose frames are read by forks: what they write is what one process writes, whatever becomes of a fork."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from framesift.cli import options
from tests.conftest import read_tree
from tests.filtering.test_run import NEW, scene

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")
PROGRAM = """
import os, signal, sys, time
from pathlib import Path
from framesift import cli
from framesift.filtering import run
from framesift.filtering.results import Results
MAKER, view_look, add, log = os.getpid(), run.view_look, Results.add, sys.argv.pop()
def view(look, **more):
    with open(log, "a") as file:
        print(os.getpid(), file=file)
    if os.getpid() != MAKER:
        in_a_fork(int(look[0].path[-9:-7]))
    return view_look(look, **more)
run.view_look = view
def in_a_fork(minute):
    pass
"""
RUN = "\ncli.run_filter()"


@pytest.fixture
def frames(write_tree):
    return write_tree(scene(*[None, NEW] * 30))


def start(folder: Path, frames: Path, *arguments: str, patch: str = "", **more) -> subprocess.Popen[str]:
    """Start the program over `frames`, with `patch` in it; the processes that view a frame are noted in `log`."""
    command = [sys.executable, "-c", PROGRAM + patch + RUN, frames, folder / "results", *arguments, "--quiet"]
    command += [folder / "log"]
    folder.mkdir(exist_ok=True)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(list(map(str, command)), cwd=ROOT, **pipes, **more)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return the exit code and what was said on stderr."""
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors


def run(folder: Path, frames: Path, *arguments: str, patch: str = "") -> tuple[int, str]:
    return finish(start(folder, frames, *arguments, patch=patch))


def viewers(folder: Path) -> set[str]:
    """The processes that viewed a frame."""
    return set((folder / "log").read_text().split())


@pytest.fixture
def undisturbed(tmp_path, frames):
    """What one process makes of the frames."""
    assert run(tmp_path / "undisturbed", frames, "--jobs", "1") == (options.DONE, "")
    assert len(viewers(tmp_path / "undisturbed")) == 1
    return read_tree(tmp_path / "undisturbed" / "results")


@pytest.mark.parametrize("jobs", ["2", "3"])
def test_the_results_are_those_of_one_process(tmp_path, frames, undisturbed, jobs):
    assert run(tmp_path / "forks", frames, "--jobs", jobs) == (options.DONE, "")
    assert 1 < len(viewers(tmp_path / "forks")) <= int(jobs)
    assert read_tree(tmp_path / "forks" / "results") == undisturbed


AT_THE_20TH = """
count = iter(range(1000))
def stop(*arguments):
    add(*arguments)
    if next(count) == 20:
        {}
Results.add = stop
"""


@pytest.mark.parametrize("arguments", [("--every", "1s"), ("--keep", "10"), ("--watch",), ()])
def test_no_forks_where_they_would_not_help(tmp_path, frames, arguments):
    patch = AT_THE_20TH.format("os.kill(MAKER, signal.SIGINT)") if arguments == ("--watch",) else ""
    jobs = "3" if arguments else "1"
    assert run(tmp_path / "alone", frames, *arguments, "--jobs", jobs, patch=patch) == (options.DONE, "")
    assert len(viewers(tmp_path / "alone")) == 1


COUNTING = """
fork = os.fork
counted = os.open(log + "-forks", os.O_WRONLY | os.O_CREAT)
def count():
    os.write(counted, b"+")
    return fork()
os.fork = count
"""


def test_there_are_no_more_forks_than_frames(tmp_path, write_tree):
    code = run(tmp_path / "forks", write_tree(scene(None, NEW, None)), "--jobs", "20", patch=COUNTING)
    assert code == (options.DONE, "")
    assert (tmp_path / "forks" / "log-forks").read_text() == "++"


DYING = """
def in_a_fork(minute):
    if minute % 10 == 5:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_fork_dies_of_is_read_by_the_program(tmp_path, frames, undisturbed):
    assert run(tmp_path / "forks", frames, "--jobs", "3", patch=DYING) == (options.DONE, "")
    assert len(viewers(tmp_path / "forks")) > 1
    assert read_tree(tmp_path / "forks" / "results") == undisturbed


def test_what_a_fork_refuses_is_the_line_of_one_process(tmp_path, write_tree):
    frames = write_tree(scene(*[None, NEW] * 10) | scene(*[None] * 10, start=20, width=96))
    shape = {"label": "ignore", "points": [[0, 0], [9, 0], [9, 9]]}
    mask = {"imageWidth": 64, "imageHeight": 48, "shapes": [shape]}
    (tmp_path / "mask.json").write_text(json.dumps(mask))
    said = {run(tmp_path / jobs, frames, "--mask", str(tmp_path / "mask.json"), "--jobs", jobs) for jobs in "123"}
    assert len(said) == 1
    code, line = said.pop()
    assert code == options.USAGE and "does not fit: drawn on 64x48" in line and line.count("\n") == 1
    assert len(viewers(tmp_path / "3")) > 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_to_all_of_a_terminal_is_the_programs(tmp_path, frames, undisturbed, number, code):
    patch = AT_THE_20TH.format(f"os.killpg(0, {number:d})")
    stopped = start(tmp_path / "forks", frames, "--jobs", "3", patch=patch, start_new_session=True)
    assert finish(stopped) == (code, "main.py: interrupted; the same command goes on where it stopped\n")
    assert not any(Path(f"/proc/{process}").exists() for process in viewers(tmp_path / "forks"))
    assert run(tmp_path / "forks", frames, "--jobs", "2") == (options.DONE, "")
    assert read_tree(tmp_path / "forks" / "results") == undisturbed


def test_a_fork_that_outlives_a_killed_program_holds_nothing(tmp_path, frames, undisturbed):
    """It waits for a share that does not answer, as it were: the next run need not."""
    hang = "def in_a_fork(minute):\n    if minute > 10:\n        time.sleep(600)\n"
    patch = hang + AT_THE_20TH.format("os.kill(MAKER, signal.SIGKILL)").replace("== 20", "== 5")
    killed = start(tmp_path / "forks", frames, "--jobs", "2", patch=patch)
    assert killed.wait(60) == -signal.SIGKILL
    assert killed.communicate(timeout=60) == ("", "")  # its output is closed: no fork has it open
    [fork] = viewers(tmp_path / "forks") - {str(killed.pid)}
    assert run(tmp_path / "forks", frames, "--jobs", "2") == (options.DONE, "")
    assert read_tree(tmp_path / "forks" / "results") == undisturbed
    if Path(f"/proc/{fork}").exists():
        os.kill(int(fork), signal.SIGKILL)
