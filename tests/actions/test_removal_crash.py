"""Removing, undoing and emptying, killed or refused at every call that changes the disk: see tests/killing.py."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from framesift.actions import apply_plan, write_plan
from framesift.cli import options
from tests.actions.removals import backed_up, picture, plan_of, snapshot
from tests.conftest import read_tree
from tests.killing import ERRORS, count_changes, kill, refuse, run_here, run_in_child
from tests.killing import scratch as scratch

NOW = "2026-01-02T03:04:05+00:00"
COMMANDS: dict[str, Callable[[Path], list[str]]] = {
    "apply": lambda place: ["apply", str(place / "plan.json"), "--remove-to", str(place / "backup")],
    "undo": lambda place: ["undo", str(place / "backup")],
    "empty": lambda place: ["empty-backup", "--yes", str(place / "backup")],
}
STRIDES = {"same": 1, "other": 2, "no links": 3}
"""All calls where it costs little: three file systems share most of them."""
METADATA = json.dumps({"images": ["a0.png", "a1.png", "a2.png"], "total_images": 3}).encode()


def stopped_clock() -> str:
    return NOW


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two groups out of three steps, and one time for all runs."""
    for module in ("removal", "restoring", "emptying"):
        monkeypatch.setattr(f"framesift.actions.backup.{module}.GROUP", 2)
    monkeypatch.setattr("framesift.actions.metadata.files.now", stopped_clock)


def prepare(place: Path, command: str) -> dict[str, bytes]:
    """A root, its plan, and for undo and empty a backup that it was applied to; return what the root held at first."""
    root = place / "root"
    for number, name in enumerate(["c1/a0", "c1/a1", "c1/a2", "c2/deep/a3"]):
        path = root / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(number))
        path.chmod(0o640 + number)
        os.utime(path, (1_600_000_000 + number,) * 2)
    for name in ("c1/a1.xmp", "c1/a1.png.json"):
        (root / name).write_bytes(name.encode())
        os.utime(root / name, (1_400_000_000,) * 2)
    (root / "c1" / "metadata.json").write_bytes(METADATA)
    os.utime(root / "c1" / "metadata.json", (1_500_000_000,) * 2)
    tree = read_tree(root)
    plan = plan_of(root, c1__a1="c1/a0", c1__a2="c1/a0", c2__deep__a3="c1/a0")
    write_plan(plan, place / "plan.json")
    if command != "apply":
        assert not [o for o in apply_plan(plan, place / "backup") if o.problem]
    return tree


def ends(place: Path) -> tuple[dict, dict]:
    """What a run came to: the tree with modes and times, and what is in the backup."""
    root = snapshot(place / "root")
    metadata = root.pop("c1/metadata.json")
    root["c1/metadata.json"] = metadata[:2]  # an updated one has the time of the update
    backup = {path: seen for path, seen in snapshot(place / "backup").items() if path != "journal.jsonl"}
    return root, {**backup, **{f"{path}/": ("folder",) for path in folders_of(place / "backup")}}


def folders_of(place: Path) -> list[str]:
    """The folders below a folder, empty ones too."""
    return [str(path.relative_to(place)) for path in sorted(place.rglob("*")) if path.is_dir()]


def without_metadata(came_to: tuple[dict, dict]) -> tuple[dict, dict]:
    root, backup = came_to
    return root, {path: seen for path, seen in backup.items() if "metadata" not in path}


def check_nothing_lost(place: Path, tree: dict[str, bytes], call: int, deleting: bool) -> None:
    root, backup = read_tree(place / "root"), read_tree(place / "backup") if (place / "backup").exists() else {}
    assert root["c1/a0.png"] == tree["c1/a0.png"]
    for path, content in tree.items():
        held = [side[path] for side in (root, backup) if path in side]
        if "metadata" not in path:
            assert all(found == content for found in held), f"{path} is partial, call {call}"
        elif held:
            assert all(isinstance(json.loads(found), dict) for found in held), f"{path} is partial, call {call}"
        if not deleting:
            assert content in [*root.values(), *backup.values()], f"{path} is lost, call {call}"


def undisturbed(scratch: Path, command: str) -> tuple[int, tuple[dict, dict]]:
    """The number of calls of a run, and what it comes to."""
    place = scratch / "undisturbed"
    prepare(place, command)
    calls = count_changes(COMMANDS[command](place), scratch, options.DONE)
    return calls, ends(place)


@pytest.mark.parametrize("command", COMMANDS)
def test_killed_anywhere_and_run_again_is_an_undisturbed_run(scratch, command, file_system):
    if command == "empty" and file_system != "same":
        pytest.skip("deleting links nothing")
    calls, expected = undisturbed(scratch, command)
    assert calls >= 20
    for call in range(1, calls + 1, STRIDES[file_system]):
        place = scratch / str(call)
        tree = prepare(place, command)
        assert run_in_child(COMMANDS[command](place), partial(kill, call)) == -signal.SIGKILL
        check_nothing_lost(place, tree, call, command == "empty")
        assert run_here(COMMANDS[command](place), scratch / "log") == options.DONE, f"call {call}"
        assert ends(place) == expected, f"killed at call {call}"


@pytest.mark.parametrize("command", COMMANDS)
def test_refused_anywhere_is_one_line_and_nothing_lost(scratch, command):
    calls, expected = undisturbed(scratch, command)
    for call in range(1, calls + 1):
        place, code = scratch / str(call), ERRORS[call % len(ERRORS)]
        tree = prepare(place, command)
        exit_code = run_in_child(COMMANDS[command](place), partial(refuse, code, call), scratch / "output")
        lines = [line for line in (scratch / "output").read_text().splitlines() if not line.startswith("giving back")]
        if exit_code in (options.STORAGE, options.SKIPPED):  # what is refused to one file alone leaves that file
            told = lines[:-1] if exit_code == options.SKIPPED else lines
            assert told and all(os.strerror(code) in line and str(place) in line for line in told), lines
            assert sum("goes only with" not in line for line in told) <= 1, lines
        else:  # giving a file away, or removing a temporary one after the disk has refused, may be refused
            assert exit_code == options.DONE and len(lines) == 1, lines
        check_nothing_lost(place, tree, call, command == "empty")
        assert run_here(COMMANDS[command](place)) == options.DONE
        came_to, foreseen = ends(place), expected
        if exit_code == options.SKIPPED:  # of a metadata file that was updated twice there are two former versions
            came_to, foreseen = (without_metadata(each) for each in (came_to, foreseen))
        assert came_to == foreseen, f"refused at call {call}"


@pytest.mark.parametrize("then", ["elsewhere", "home", "root gone"])
def test_killed_while_giving_back_to_another_place_and_again(scratch, file_system, then):
    """Undone again to the same place, or home: what has come to the other place is there, and only there."""
    place = scratch / "undisturbed"
    prepare(place, "undo")
    calls = count_changes(["undo", str(place / "backup"), "--to", str(place / "new")], scratch, options.DONE)
    for call in range(1, calls + 1, STRIDES[file_system] * 2):
        place = scratch / str(call)
        tree = prepare(place, "undo")
        elsewhere = ["undo", str(place / "backup"), "--to", str(place / "new")]
        assert run_in_child(elsewhere, partial(kill, call)) == -signal.SIGKILL
        if then == "root gone":
            (place / "root").rename(place / "gone")
        again = ["undo", str(place / "backup")] if then == "home" else elsewhere
        code = run_here(again, scratch / "log")
        # A former metadata file that is in the other place already cannot come home as well: that is said.
        assert code == options.DONE or (then == "home" and code == options.SKIPPED), f"call {call}"
        kept = place / ("gone" if then == "root gone" else "root")
        held = [read_tree(folder) if folder.exists() else {} for folder in (kept, place / "new")]
        for path, content in tree.items():
            if "metadata" not in path:
                assert [side[path] for side in held if path in side] == [content], f"{path}, call {call}"
        held = backed_up(place / "backup")
        assert all("metadata" in path for path in held)
        assert folders_of(place / "backup") == ([] if not held else ["c1"]), f"call {call}"


def test_killed_while_removing_and_then_undone_is_the_tree_as_it_was(scratch, file_system):
    calls, _ = undisturbed(scratch, "apply")
    for call in range(1, calls + 1, 2 * STRIDES[file_system]):
        place = scratch / str(call)
        prepare(place, "apply")
        before = snapshot(place / "root")
        assert run_in_child(COMMANDS["apply"](place), partial(kill, call)) == -signal.SIGKILL
        if run_here(COMMANDS["undo"](place)) == options.USAGE:
            assert not (place / "backup" / "journal.jsonl").exists() or call <= 3
        assert snapshot(place / "root") == before, f"killed at call {call}"
        if (place / "backup").exists():
            assert backed_up(place / "backup") == {} and folders_of(place / "backup") == [], f"killed at call {call}"


def test_killed_while_removing_then_an_equal_file_in_its_place(scratch, file_system):
    """A file that somebody has put there since is not taken for the one that was moved because it has its bytes."""
    calls, _ = undisturbed(scratch, "apply")
    for call in range(1, calls + 1, 3 * STRIDES[file_system]):
        place = scratch / str(call)
        prepare(place, "apply")
        path, first = place / "root" / "c1" / "a1.png", snapshot(place / "root")["c1/a1.png"]
        assert run_in_child(COMMANDS["apply"](place), partial(kill, call)) == -signal.SIGKILL
        has_come = not path.exists()
        if has_come:
            path.write_bytes(picture(1))
            path.chmod(0o600)
            os.utime(path, (1_700_000_000,) * 2)
        run_here(COMMANDS["apply"](place), scratch / "log")
        held = [*snapshot(place / "root").values(), *snapshot(place / "backup").values()]
        assert first in held, f"killed at call {call}"
        assert not has_come or sum(entry[0] == first[0] for entry in held) == 2, f"killed at call {call}"


def test_killed_while_emptying_and_then_undone_gives_back_what_was_not_deleted(scratch):
    calls, _ = undisturbed(scratch, "empty")
    for call in range(1, calls + 1, 2):
        place = scratch / str(call)
        prepare(place, "empty")
        assert run_in_child(COMMANDS["empty"](place), partial(kill, call)) == -signal.SIGKILL
        left, root = backed_up(place / "backup"), read_tree(place / "root")
        assert run_here(COMMANDS["undo"](place), scratch / "log") in (options.DONE, options.SKIPPED)
        now = read_tree(place / "root")
        for path, content in left.items():
            assert "metadata" in path or now.get(path) == content, f"{path} stayed, killed at call {call}"
        assert now.items() >= {path: root[path] for path in root if "metadata" not in path}.items()


def test_killed_while_giving_back_then_a_remount_and_another_file_there(scratch):
    """A file is not taken for the one that was given back because it has its size."""
    calls, _ = undisturbed(scratch, "undo")
    for call in range(1, calls + 1, 2):
        place = scratch / str(call)
        prepare(place, "undo")
        assert run_in_child(COMMANDS["undo"](place), partial(kill, call)) == -signal.SIGKILL
        held = backed_up(place / "backup")
        shutil.copytree(place / "backup", place / "fresh")
        shutil.rmtree(place / "backup")
        (place / "fresh").rename(place / "backup")
        others = {path: bytes(len(held[path])) for path in ("c1/a1.png", "c2/deep/a3.png") if path in held}
        for path, content in others.items():
            (place / "root" / path).parent.mkdir(parents=True, exist_ok=True)
            (place / "root" / path).unlink(missing_ok=True)
            (place / "root" / path).write_bytes(content)
        code = run_here(COMMANDS["undo"](place), scratch / "log")
        assert code == (options.SKIPPED if others else options.DONE), f"killed at call {call}"
        now = backed_up(place / "backup")
        assert all(now[path] == held[path] for path in others), f"killed at call {call}"
        for path in others:
            (place / "root" / path).unlink()
        assert run_here(COMMANDS["undo"](place)) == options.DONE
        assert {path: read_tree(place / "root")[path] for path in others} == {path: held[path] for path in others}


def test_of_two_equal_files_of_one_path_one_comes_back_and_one_stays(scratch, monkeypatch):
    """Killed anywhere: the one that stays is not taken for the one that came, whose bytes it has."""
    monkeypatch.setattr("framesift.actions.backup.restoring.GROUP", 64)

    def prepare_twice(place: Path) -> set[tuple]:
        prepare(place, "undo")
        seen = {snapshot(place / "backup")["c1/a1.png"]}
        path = place / "root" / "c1" / "a1.png"
        path.write_bytes(picture(1))
        path.chmod(0o600)
        os.utime(path, (1_700_000_000,) * 2)
        seen.add(snapshot(place / "root")["c1/a1.png"])
        assert not [o for o in apply_plan(plan_of(place / "root", c1__a1="c1/a0"), place / "backup") if o.problem]
        return seen

    prepare_twice(scratch / "undisturbed")
    calls = count_changes(COMMANDS["undo"](scratch / "undisturbed"), scratch, options.SKIPPED)
    for call in range(1, calls + 1, 2):
        place = scratch / str(call)
        both = prepare_twice(place)
        assert run_in_child(COMMANDS["undo"](place), partial(kill, call)) == -signal.SIGKILL
        run_here(COMMANDS["undo"](place), scratch / "log")
        held = {path: seen for path, seen in snapshot(place / "backup").items() if path.startswith("c1/a1")}
        came = snapshot(place / "root")["c1/a1.png"]
        assert {came, *held.values()} == both and len(held) == 1, f"killed at call {call}"
