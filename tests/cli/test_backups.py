"""Removing, undoing, emptying and verifying as people meet them: exit codes and exact lines."""

import contextlib
import json
import os
import pty
import shutil
import sys
from pathlib import Path

import pytest

from framesift import cli
from framesift.cli import options
from tests.actions.removals import backed_up, snapshot
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import NEW, name, scene


def run(*arguments: object) -> int:
    return cli.main(list(map(str, arguments)))


@pytest.fixture
def frames(write_tree) -> Path:
    """One of two frames of c1 shows nothing new; so does that of c2 but it is damaged."""
    damaged = encode(make_image())[:-20]
    return write_tree(scene(None, None, NEW) | scene(None, camera="c2") | {f"c2/{name(5, 'c2')}": damaged})


def test_filter_moves_what_shows_nothing_new_and_undo_gives_it_back(frames, tmp_path, capsys):
    before, backup = snapshot(frames), tmp_path / "backup"
    assert run("filter", frames, "--remove-to", backup) == options.SKIPPED
    output, errors = capsys.readouterr()
    assert output.splitlines()[-2:] == [
        "total: 5 frames, 3 kept (60 %), 1 dropped, 1 skipped",
        f"1 file moved to {backup}",
    ]
    assert errors == f"{frames}/c2/{name(5, 'c2')}: truncated PNG\n"
    assert list(backed_up(backup)) == [f"c1/{name(1)}"]
    assert snapshot(frames) == {path: seen for path, seen in before.items() if path != f"c1/{name(1)}"}
    assert run("undo", backup) == options.DONE
    assert capsys.readouterr().out == f"1 file given back from {backup}\n"
    assert snapshot(frames) == before


def test_what_stands_for_a_moved_frame_stays_whichever_of_the_last_kept_it_is(write_tree, tmp_path):
    """The camera goes back to its first view, which is not what was kept last."""
    frames, plan = write_tree(scene(None, NEW, None, NEW)), tmp_path / "plan.json"
    arguments = ["filter", frames, "--against", 2, "--remove-to", tmp_path / "backup"]
    assert run(*arguments, "--dry-run", "--plan", plan) == run(*arguments) == options.DONE
    assert sorted(read_tree(frames)) == [f"c1/{name(0)}", f"c1/{name(1)}"]
    steps = [(step["path"], step["keeper"]) for step in json.loads(plan.read_text())["steps"]]
    assert steps == [(f"c1/{name(2)}", f"c1/{name(0)}"), (f"c1/{name(3)}", f"c1/{name(1)}")]


def test_filter_again_finds_nothing_more(frames, capsys):
    assert run("filter", frames, "--remove-to", frames / "backup", "--quiet") == options.SKIPPED
    after = snapshot(frames)
    assert run("filter", frames, "--remove-to", frames / "backup", "--json") == options.SKIPPED
    assert json.loads(capsys.readouterr().out)["removed"] == {"done": 0, "left": []}
    assert snapshot(frames) == after


def test_the_real_run_executes_the_plan_that_the_dry_run_wrote(frames, tmp_path, capsys):
    plan, backup, before = tmp_path / "plan.json", tmp_path / "backup", read_tree(frames)
    arguments = ["filter", frames, "0", "100%", "--remove-to", backup, "--dry-run", "--plan", plan]
    assert run(*arguments) == options.SKIPPED
    assert capsys.readouterr().out.splitlines()[-1] == f"2 files would be moved to {backup}"
    assert read_tree(frames) == before and not backup.exists()
    document = json.loads(plan.read_text())
    assert [step["path"] for step in document["steps"]] == [f"c1/{name(1)}", f"c1/{name(2)}"]
    assert {step["keeper"] for step in document["steps"]} == {f"c1/{name(0)}"}
    document["steps"].pop(0)
    plan.write_text(json.dumps(document))
    assert run("apply", plan, "--remove-to", backup, "--dry-run") == options.DONE
    assert run("apply", plan, "--remove-to", backup) == options.DONE
    assert capsys.readouterr().out == f"1 file would be moved to {backup}\n1 file moved to {backup}\n"
    assert list(backed_up(backup)) == [f"c1/{name(2)}"]


def test_what_changed_is_named_and_left(frames, tmp_path, capsys):
    plan, backup = tmp_path / "plan.json", tmp_path / "backup"
    run("filter", frames, "--remove-to", backup, "--dry-run", "--plan", plan, "--quiet")
    os.utime(frames / "c1" / name(1))
    capsys.readouterr()
    assert run("apply", plan, "--remove-to", backup) == options.SKIPPED
    assert capsys.readouterr() == (
        f"0 files moved to {backup}, 1 left as they are\n",
        f"{frames}/c1/{name(1)}: changed since the scan\n",
    )
    assert run("apply", plan, "--remove-to", backup, "--json") == options.SKIPPED
    left = [{"path": f"{frames}/c1/{name(1)}", "reason": "changed since the scan"}]
    assert json.loads(capsys.readouterr().out) == {"done": 0, "left": left}


def test_labels_outside_of_the_folder_are_named(write_tree, tmp_path, capsys):
    frames = scene(None, None, None)
    labels = {path.replace("c1/", "labels/c1/").replace(".png", ".txt"): b"0" for path in frames}
    root = write_tree({f"images/{path}": content for path, content in frames.items()} | labels)
    for folder in (root / "images", root / "images" / "c1"):
        assert run("filter", folder, "--remove-to", tmp_path / "backup", "--dry-run") == options.DONE
        said = capsys.readouterr().err
        assert said == (
            f"framesift: note: left behind: 2 labels in {root}/labels/c1, outside of {folder}; "
            f"name {root} to take them along\n"
        )
    assert run("filter", root, "--remove-to", tmp_path / "other", "--dry-run") == options.DONE
    assert capsys.readouterr().err == ""


def test_a_read_only_folder_is_one_line_whatever_is_in_it(write_tree, tmp_path, capsys, monkeypatch):
    frames, backup = write_tree(scene(None, None, None, None) | scene(None, None, camera="c2")), tmp_path / "backup"
    is_open = os.access
    monkeypatch.setattr(os, "access", lambda path, *how: is_open(path, *how) and not str(path).endswith("/c1"))
    assert run("filter", frames, "--remove-to", backup, "--json") == options.SKIPPED
    output, errors = capsys.readouterr()
    assert errors == f"{frames}/c1: is read-only; 3 files left there\n"
    assert json.loads(output)["removed"] == {
        "done": 1,
        "left": [{"path": f"{frames}/c1/{name(n)}", "reason": "its folder is read-only"} for n in (1, 2, 3)],
    }


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["DIR"], "takes RESULTS, or --remove-to BACKUP and then perhaps --plan; "
         "such as: framesift filter DIR DIR-kept"),
        (["DIR", "RESULTS", "--plan", "p"], "takes RESULTS, or --remove-to BACKUP and then perhaps --plan"),
        (["DIR", "RESULTS", "--remove-to", "B"], "takes RESULTS or --remove-to BACKUP, not both"),
        (["DIR", "RESULTS", "1", "2", "--remove-to", "B"], "takes RESULTS or --remove-to BACKUP, not both"),
        (["DIR", "--remove-to", "DIR"], "DIR: the backup folder cannot be or hold DIR"),
        (["DIR", "--remove-to", "DIR/c1"], f"DIR/c1: holds {name(0)}, which is not of framesift: "
         "choose an empty or new backup folder"),
        (["DIR", "--remove-to", "B", "--plan", "DIR/c1"], "DIR/c1: --plan takes a new file"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_line(frames, tmp_path, capsys, arguments, reason):
    before = read_tree(tmp_path)
    places = {"DIR": str(frames), "RESULTS": str(tmp_path / "r"), "B": str(tmp_path / "b")}
    given = [places.get(argument, argument.replace("DIR/", f"{frames}/")) for argument in arguments]
    assert run("filter", *given) == options.USAGE
    assert capsys.readouterr().err == f"framesift: {reason.replace('DIR', str(frames))}\n"
    assert read_tree(tmp_path) == before


def test_a_locked_backup_and_a_missing_plan(frames, tmp_path, capsys):
    import fcntl

    run("filter", frames, "--remove-to", tmp_path / "b", "--quiet")
    capsys.readouterr()
    with open(tmp_path / "b" / "journal.jsonl") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        assert run("undo", tmp_path / "b") == options.IN_USE
    assert run("apply", tmp_path / "none.json", "--remove-to", tmp_path / "b") == options.STORAGE
    assert capsys.readouterr().err.splitlines() == [
        f"framesift: {tmp_path}/b: another run is using this folder",
        f"framesift: {tmp_path}/none.json: No such file or directory",
    ]


@contextlib.contextmanager
def answering(answer: str, monkeypatch: pytest.MonkeyPatch):
    """A terminal on standard input at which somebody has typed `answer`."""
    keyboard, terminal = pty.openpty()
    os.write(keyboard, answer.encode())
    with open(terminal) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield
    os.close(keyboard)


def test_emptying_asks_first(frames, tmp_path, capsys, monkeypatch):
    backup = tmp_path / "backup"
    run("filter", frames, "--remove-to", backup, "--quiet")
    capsys.readouterr()
    with open(os.devnull) as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        assert run("empty-backup", backup) == options.USAGE
    monkeypatch.setattr(sys, "stdin", None)
    assert run("empty-backup", backup) == options.USAGE
    with answering("n\n", monkeypatch):
        assert run("empty-backup", backup) == options.DONE
    assert capsys.readouterr() == (
        "",
        2 * "framesift: deleting takes a terminal to ask on, or --yes\n"
        + f"Delete 1 file in {backup} for good? [y/N] nothing was deleted\n",
    )
    assert len(backed_up(backup)) == 1
    with answering("y\n", monkeypatch):
        assert run("empty-backup", backup) == options.DONE
    assert capsys.readouterr().out == f"1 file deleted from {backup}\n"
    assert backed_up(backup) == {}
    assert run("empty-backup", backup, "--yes") == options.DONE


def test_emptying_what_is_no_backup_deletes_nothing(frames, capsys):
    before = read_tree(frames)
    assert run("empty-backup", frames, "--yes") == options.USAGE
    assert capsys.readouterr().err == f"framesift: {frames}: is no backup folder of framesift\n"
    assert read_tree(frames) == before


def test_verify_a_backup(frames, tmp_path, capsys):
    backup = tmp_path / "backup"
    run("filter", frames, "--remove-to", backup, "--quiet")
    capsys.readouterr()
    assert run("verify", backup) == options.DONE
    assert capsys.readouterr().out == f"1 file of {backup} as recorded, 0 not\n"
    path = backup / "c1" / name(1)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert run("verify", backup) == options.SKIPPED
    assert capsys.readouterr().err == f"{path}: is not what was moved here\n"
    assert run("verify", frames) == options.USAGE


@pytest.mark.parametrize("placement", ["copy", "hard", "symbolic"])
def test_verify_results(write_tree, tmp_path, capsys, placement):
    frames, results = write_tree(scene(None, NEW, None)), tmp_path / "results"
    arguments = [] if placement == "copy" else ["--link", placement]
    assert run("filter", frames, results, "--quiet", *arguments) == options.DONE
    before = read_tree(tmp_path)
    assert run("verify", results) == options.DONE
    assert capsys.readouterr().out == f"3 files of {results} as recorded, 0 not\n"
    assert read_tree(tmp_path) == before
    path = results / "c1" / name(1)
    path.unlink()
    assert run("verify", results) == options.SKIPPED
    content = before[f"frames/c1/{name(1)}"]
    path.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    assert run("verify", results) == options.SKIPPED
    if placement != "symbolic":
        shutil.rmtree(frames)
        assert run("verify", results) == options.SKIPPED
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == [f"{path}: is gone", f"{path}: differs from its source"]
    assert placement == "symbolic" or lines[2].startswith(f"{path}: ")
