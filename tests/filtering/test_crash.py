"""Killed at any change to the disk, or refused it: nothing lost, and the next run ends with the same tree."""

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from framesift.cli import options
from tests.conftest import encode, make_image, read_tree
from tests.killing import ERRORS, count_changes, kill, refuse, run_here, run_in_child
from tests.killing import scratch as scratch

PLACEMENTS = {"copy": [], "hard": ["--link", "hard"], "symbolic": ["--link", "symbolic"]}


def write_frames(root: Path) -> Path:
    """Two cameras; kept, dropped and damaged frames among them."""
    for number in range(8):
        box = (4 + 6 * (number // 2), 20, 20, 20) if number > 1 else None
        for camera in ("c1", "c2"):
            path = root / camera / f"{camera}_2021_03_27__10_{number:02}_00.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            content = encode(make_image(box=box))
            path.write_bytes(content[:-20] if number == 3 else content)
            os.utime(path, (1_600_000_000 + number,) * 2)
    return root


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_killed_anywhere_and_run_again_is_an_undisturbed_run(scratch, placement):
    frames = write_frames(scratch / "frames")
    sources, undisturbed = read_tree(frames), scratch / "r0"
    calls = count_changes(["filter", str(frames), str(undisturbed), *PLACEMENTS[placement]], scratch)
    expected = read_tree(undisturbed)
    assert len(expected) == 9 and calls > 30
    for call in range(1, calls + 1):
        results = scratch / f"r{call}"
        arguments = ["filter", str(frames), str(results), *PLACEMENTS[placement]]
        assert run_in_child(arguments, partial(kill, call)) == -signal.SIGKILL
        left = read_tree(results) if results.exists() else {}
        assert all(sources[name] == left[name] for name in left if name.endswith(".png")), f"partial, killed at {call}"
        assert run_here(arguments) == options.SKIPPED
        assert read_tree(results) == expected, f"killed at call {call}"
    assert read_tree(frames) == sources


@pytest.mark.parametrize(
    ("placement", "code"), [("hard", ERRORS[2]), ("symbolic", ERRORS[1]), *(("copy", e) for e in ERRORS)]
)
def test_refused_anywhere_is_one_line_and_nothing_lost(scratch, placement, code):
    frames = write_frames(scratch / "frames")
    sources, undisturbed, output = read_tree(frames), scratch / "r0", scratch / "output"
    calls = count_changes(["filter", str(frames), str(undisturbed), *PLACEMENTS[placement]], scratch)
    expected = read_tree(undisturbed)
    for call in range(1, calls + 1):
        results = scratch / f"r{call}"
        arguments = ["filter", str(frames), str(results), *PLACEMENTS[placement]]
        exit_code = run_in_child(arguments, partial(refuse, code, call), output)
        lines = [line for line in output.read_text().splitlines() if "truncated PNG" not in line]
        if exit_code == options.STORAGE:
            assert len(lines) == 1 and os.strerror(code) in lines[0] and str(scratch) in lines[0], lines
        else:  # what removes a temporary file after the disk has refused may itself be refused
            assert exit_code == options.SKIPPED and "total:" in lines[-1], lines
        assert run_here(arguments) == options.SKIPPED
        assert read_tree(results) == expected, f"refused at call {call}"
    assert read_tree(frames) == sources
