"""Forks are tested in a process of their own: pytest's has threads."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")
def test_forks_in_a_process_of_one_thread():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, "tests/cluster/lone_forks.py"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
