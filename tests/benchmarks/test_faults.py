"""The measurement of faults: it kills and refuses what it says, and sees what is lost, partial or left over."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.faults.trees import compare, find_losses, find_partial, look

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("more", [[], ["--errors"]])
def test_commands_are_killed_and_refused(more):
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    command = [
        sys.executable,
        "-m",
        "benchmarks.faults",
        "--only",
        "export,verify of a backup",
        "--points",
        "12",
        *more,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    if "cannot be attached" in done.stderr:
        pytest.skip("needs root, or a kernel that lets strace be attached")
    assert done.returncode == 0, done.stdout + done.stderr
    *cases, total = [line.split("points") for line in done.stdout.splitlines()]
    assert [case[0].rstrip(" 0123456789") for case in cases] == ["export", "verify of a backup"]
    assert {rest for _, rest in (*cases, total)} == {", 0 wrong"} and total[0].split()[1] in ("11", "12")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for path in ("in/a.png", "in/b.png", "bk/c.png", "page.html"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(path.encode())
    return tmp_path


def test_what_is_lost_or_changed_is_seen(place):
    before = look(place)
    (place / "in/a.png").rename(place / "bk/a.png")
    assert list(find_losses(before, look(place), moves=True, deletes=False)) == []
    assert list(find_losses(before, look(place), moves=False, deletes=False)) == ["in/a.png was changed"]
    (place / "bk/a.png").write_bytes(b"in/a")
    (place / "bk/c.png").unlink()
    lost = list(find_losses(before, look(place), moves=True, deletes=False))
    assert lost == ["bk/c.png is lost", "in/a.png is lost"]
    assert list(find_losses(before, look(place), moves=True, deletes=True)) == ["in/a.png is lost"]


def test_what_is_partial_is_seen(place):
    before, known = look(place), {"page.html": {look(place)["page.html"].digest}}
    (place / "in/metadata.json").write_bytes(b'{"a": 1')
    (place / "page.html").write_bytes(b"pag")
    (place / ".framesift-output-0123456789abcdef.tmp").write_bytes(b"p")
    assert list(find_partial(place, before, look(place), known)) == [
        "in/metadata.json is partial",
        "page.html is partial",
    ]


def test_trees_that_differ_are_seen(place):
    expected = look(place)
    (place / "in/b.png").chmod(0o600)
    (place / "bk/c.png").unlink()
    (place / "empty").mkdir()
    told = compare(look(place), expected, expected)
    assert [line.partition(":")[0] for line in told] == [
        "bk/c.png is missing",
        "empty is left over",
        "in/b.png is another",
    ]
    other = {**expected, "in/b.png": expected["in/a.png"]}  # what each run writes anew is not compared
    assert compare(look(place), expected, other) == ["bk/c.png is missing", "empty is left over"]
