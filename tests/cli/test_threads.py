"""How many threads OpenCV and numpy bring, in processes of their own, as they bring them but once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COUNT = """
import os, sys
if sys.argv[1] == "ours":
    from framesift.cli.threads import import_opencv
    import_opencv()
import cv2
print(len(os.listdir("/proc/self/task")), os.environ.get("OPENBLAS_NUM_THREADS"))
"""
pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted as Linux shows them"),
    pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: there is nothing to bring"),
]


def count(how: str, **environment: str) -> list[str]:
    unset = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-c", COUNT, how]
    return subprocess.check_output(command, cwd=ROOT, env={**unset, **environment}, text=True).split()


def test_none_but_the_one_that_runs():
    assert count("ours") == ["1", "None"]


@pytest.mark.parametrize("name", ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"])
def test_as_many_as_somebody_has_said(name):
    assert count("ours", **{name: "2"}) == count("as it is", **{name: "2"})
