import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from framesift.cli import options
from framesift.cli.memory import reuse_memory

ROOT = Path(__file__).resolve().parents[2]
COUNT_FAULTS = """
import resource, sys
from framesift.cli.memory import reuse_memory
if sys.argv[1] == "reuse":
    reuse_memory()
from concurrent.futures import ThreadPoolExecutor
import cv2
import numpy as np
cv2.setNumThreads(1)
picture = np.zeros((1080, 1920, 3), np.uint8)
def work(_):
    for _ in range(5):
        flipped = cv2.flip(picture, 1)
        grey = cv2.cvtColor(flipped, cv2.COLOR_BGR2GRAY)
        grey = cv2.GaussianBlur(grey, (5, 5), 0)
with ThreadPoolExecutor(1) as worker:
    list(worker.map(work, range(5)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    list(worker.map(work, range(5)))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library has no mallopt")
def test_a_second_picture_finds_the_pages_of_the_first():
    faults = {
        how: int(subprocess.check_output([sys.executable, "-c", COUNT_FAULTS, how], cwd=ROOT))
        for how in ("plain", "reuse")
    }
    assert faults["reuse"] * 10 < faults["plain"]


def test_does_nothing_without_glibc(monkeypatch):
    def refuse(name):
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    reuse_memory()


@pytest.mark.parametrize(
    ("error", "last"),
    [
        ("MemoryError", "framesift: not enough memory; the same command goes on where it stopped"),
        (
            'RuntimeError("can\'t start new thread")',
            "framesift: no more threads can be started; the same command goes on where it stopped",
        ),
        ("RuntimeError('nobody foresaw it')", "RuntimeError: nobody foresaw it"),
        ("FileNotFoundError(2, 'gone', 'x')", "FileNotFoundError: [Errno 2] gone: 'x'"),
    ],
)
def test_what_ends_a_run_by_surprise_is_never_the_code_of_what_was_done(tmp_path, error, last):
    code = f"""
import sys
from framesift import cli
from framesift.cli import filter
def fail(options):
    raise {error}
filter.filter_command = fail
sys.argv = ["framesift", "filter", {str(tmp_path)!r}, {str(tmp_path / "results")!r}]
cli.run()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (options.STORAGE, last)
