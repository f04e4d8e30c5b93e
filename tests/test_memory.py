import ctypes
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from framesift.memory import reuse_memory

ROOT = Path(__file__).resolve().parents[1]
COUNT_FAULTS = """
import resource, sys
from framesift.memory import reuse_memory
if sys.argv[1] == "reuse":
    reuse_memory()
import numpy as np
for _ in range(3):
    np.ones(6_000_000, np.uint8)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    np.ones(6_000_000, np.uint8)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library has no mallopt")
def test_a_second_picture_finds_the_pages_of_the_first():
    faults = {
        how: int(subprocess.check_output([sys.executable, "-c", COUNT_FAULTS, how], cwd=ROOT))
        for how in ("plain", "reuse")
    }
    pages = 20 * 6_000_000 // resource.getpagesize()
    assert faults["reuse"] < pages / 100 < faults["plain"]


def test_does_nothing_without_glibc(monkeypatch):
    def refuse(name):
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    reuse_memory()
