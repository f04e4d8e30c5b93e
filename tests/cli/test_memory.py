import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

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
