"""However often, however early and however late it is told to stop: one line, the right code, and all is whole."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import encode, make_image, read_tree

ROOT = Path(__file__).resolve().parents[2]
TOLD = "main.py: interrupted; the same command goes on where it stopped\n"


def run(program: str, *arguments: object) -> tuple[int, str]:
    """Return the exit code, negative for the signal that killed it, and what was said."""
    words = [sys.executable, "-c", f"import os, signal, sys\n{program}", *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def frames(write_tree) -> Path:
    content = encode(make_image())
    return write_tree({f"c_2021_03_27__10_{minute:02}_00.png": content for minute in range(30)})


@pytest.mark.parametrize(("first", "second"), [("SIGINT", "SIGINT"), ("SIGTERM", "SIGHUP")])
def test_the_second_signal_disturbs_nothing(frames, tmp_path, first, second):
    program = f"""
from framesift import cli
from framesift.filtering.results import Results
add, close, count = Results.add, Results._close, iter(range(99))
def add_some(*arguments):
    add(*arguments)
    if next(count) == 5:
        os.kill(os.getpid(), signal.{first})
def close_later(*arguments):
    os.kill(os.getpid(), signal.{second})
    close(*arguments)
    print("closed")
Results.add, Results._close = add_some, close_later
cli.run_filter()
"""
    number = getattr(signal, first)
    assert run(program, frames, tmp_path / "results") == (128 + number, "closed\n" + TOLD)
    assert set(read_tree(tmp_path / "results")) == {"manifest.jsonl", "c_2021_03_27__10_00_00.png"}


@pytest.mark.parametrize("lost", ["gc.callbacks.append(stop)", "Dying.__del__ = stop"])
def test_one_that_python_would_swallow_is_not_lost(frames, tmp_path, lost):
    program = f"""
import gc, time
from framesift import cli
from framesift.filtering.results import Results
class Dying:
    pass
sent = []
def stop(*_):
    if not sent:
        sent.append(True)
        os.kill(os.getpid(), signal.SIGINT)
add = Results.add
def add_some(*arguments):
    add(*arguments)
    if not sent:
        {lost}
        Dying()
        gc.collect()
    else:
        time.sleep(60)
Results.add = add_some
cli.run_filter()
"""
    assert run(program, frames, tmp_path / "results") == (130, TOLD)


def test_the_third_one_kills(frames, tmp_path):
    program = """
from framesift import cli
from framesift.filtering.results import Results
def add(*_):
    os.kill(os.getpid(), signal.SIGTERM)
def close(*_):  # as a disk that does not answer
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGINT)
    signal.pause()
Results.add, Results._close = add, close
cli.run_filter()
"""
    assert run(program, frames, tmp_path / "results") == (-signal.SIGINT, "")


def test_what_is_ignored_stays_ignored():
    program = """
from framesift.cli.signals import take_signals
signal.signal(signal.SIGHUP, signal.SIG_IGN)
take_signals()
os.kill(os.getpid(), signal.SIGHUP)
print("here")
"""
    assert run(program) == (0, "here\n")


def test_while_it_imports_it_ends_without_a_word(frames, tmp_path):
    program = """
class Watch:
    def find_spec(self, name, *_):
        if name == "framesift.cli":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Watch())
from framesift.__main__ import run_filter
run_filter()
"""
    assert run(program, frames, tmp_path / "results") == (-signal.SIGINT, "")


def test_a_package_that_a_signal_kept_from_loading_is_not_missing(frames, tmp_path):
    program = """
import argparse
from framesift import cli
from framesift.cli.signals import take_signals
def command(_):
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    except KeyboardInterrupt:
        raise ImportError("PyCapsule_Import could not import module")
take_signals()
sys.exit(cli._execute(argparse.Namespace(command=command, name="filter", program="main.py")))
"""
    assert run(program) == (128 + signal.SIGTERM, TOLD)
