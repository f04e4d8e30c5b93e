"""What the system refuses: one file is left with its reason and the rest go, a full disk is named and stops all."""

import contextlib
import errno
import itertools
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from framesift import cli
from framesift.actions import apply_plan, empty_backup, plan_removal, undo, write_plan
from framesift.cli import options
from framesift.errors import FramesiftError, StorageError
from tests.actions.removals import backed_up, link_across, picture, plan_of, snapshot
from tests.actions.test_removal import problems


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number in range(6):
        path = tmp_path / "root" / f"in/p{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(number))
    return tmp_path / "root"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def plan(root):
    return plan_of(root, **{f"in__p{number}": "in/p0" for number in range(1, 6)})


def refuse(monkeypatch, name: str, path: Path, code: int) -> None:
    """Have a function of `os` refuse one path."""
    function = getattr(os, name)

    def refusing(first, *others, **options):
        if first == str(path):
            raise OSError(code, os.strerror(code), first)
        return function(first, *others, **options)

    monkeypatch.setattr(os, name, refusing)


@pytest.mark.parametrize("code", [errno.EPERM, errno.EACCES, errno.EBUSY, errno.ETXTBSY])
@pytest.mark.parametrize("name", ["rename", "link", "open"])
def test_one_file_that_may_not_be_moved_is_left_and_the_rest_goes(root, backup, plan, monkeypatch, name, code):
    before = snapshot(root)
    with monkeypatch.context() as patch:
        refuse(patch, name, (backup if name == "open" else root) / "in/p2.png", code)  # a file is read where it goes
        if name == "link":  # a copy is tried then, and what is immutable is not released either
            refuse(patch, "rename", root / "in/p2.png", code)
        found = problems(apply_plan(plan, backup), root)
    assert list(found) == ["in/p2.png"] and os.strerror(code) in found["in/p2.png"]
    assert sorted(backed_up(backup)) == [f"in/p{number}.png" for number in (1, 3, 4, 5)]
    assert problems(apply_plan(plan, backup), root) == {}
    assert problems(undo(backup), root) == {}
    assert snapshot(root) == before


def test_one_file_that_may_not_come_back_stays_in_the_backup(root, backup, plan, monkeypatch):
    before = snapshot(root)
    list(apply_plan(plan, backup))
    with monkeypatch.context() as patch:
        refuse(patch, "rename", backup / "in/p3.png", errno.EPERM)
        found = problems(undo(backup), root)
    assert found == {"in/p3.png": f"may not be moved: Operation not permitted; it stays in {backup}"}
    assert list(backed_up(backup)) == ["in/p3.png"]
    assert problems(undo(backup), root) == {}
    assert snapshot(root) == before


def test_one_file_that_may_not_be_deleted_can_still_come_back(root, backup, plan, monkeypatch):
    list(apply_plan(plan, backup))
    with monkeypatch.context() as patch:
        refuse(patch, "unlink", backup / "in/p3.png", errno.EPERM)
        left = [outcome for outcome in empty_backup(backup) if outcome.problem]
    assert [(o.path, o.problem) for o in left] == [
        (f"{backup}/in/p3.png", "may not be deleted: Operation not permitted")
    ]
    assert problems(undo(backup), root) == {}
    assert (root / "in/p3.png").read_bytes() == picture(3)


def test_a_metadata_file_that_may_not_be_replaced_is_named(root, backup, plan, monkeypatch):
    (root / "in/metadata.json").write_text('{"images": ["p1.png"]}')
    refuse(monkeypatch, "rename", root / "in/.framesift-partial.tmp", errno.EPERM)
    assert problems(apply_plan(plan, backup), root) == {
        "in/metadata.json": "was not updated: may not be replaced: Operation not permitted"
    }
    assert (root / "in/metadata.json").read_text() == '{"images": ["p1.png"]}'
    assert len(backed_up(backup)) == 5


def test_the_command_ends_with_one_and_not_with_three(root, backup, plan, tmp_path, monkeypatch, capsys):
    write_plan(plan, tmp_path / "plan.json")
    refuse(monkeypatch, "rename", root / "in/p2.png", errno.EPERM)
    assert cli.main(["apply", str(tmp_path / "plan.json"), "--remove-to", str(backup)]) == options.SKIPPED
    output, errors = capsys.readouterr()
    assert output == f"4 files moved to {backup}, 1 left as they are\n"
    assert errors == f"{root}/in/p2.png: may not be moved: Operation not permitted\n"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named_and_not_the_file(root, backup, plan, monkeypatch, code):
    before = snapshot(root)
    monkeypatch.setattr(os, "link", link_across)
    with monkeypatch.context() as patch:
        refuse(patch, "open", backup / "in/.framesift-partial.tmp", code)
        with pytest.raises(StorageError) as caught:
            list(apply_plan(plan, backup))
    assert str(caught.value) == f"{backup}/in: {os.strerror(code)}"
    assert snapshot(root) == before


ACTS: dict[str, Callable[[Path], Iterable[object]]] = {
    "apply": lambda place: apply_plan(plan_of(place / "root", in__p1="in/p0"), place / "backup"),
    "undo": lambda place: undo(place / "backup"),
    "empty": lambda place: empty_backup(place / "backup"),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_disk_that_does_not_say_what_is_there_has_nothing_taken_for_gone(tmp_path, root, monkeypatch, act):
    """Else a file in the backup would be forgotten, or a metadata file not brought up to date, without a word."""

    def prepare(name: str) -> Path:
        place = tmp_path / name
        shutil.copytree(root, place / "root")
        (place / "root/in/metadata.json").write_text('{"images": ["p1.png"]}')
        if act != "apply":
            list(ACTS["apply"](place))
        return place

    def come_to(place: Path) -> tuple[list[str], list[str]]:
        return sorted(snapshot(place / "root")), sorted(backed_up(place / "backup"))

    undisturbed = prepare("undisturbed")
    list(ACTS[act](undisturbed))
    asked, lstat = [0], os.lstat

    def refuse_one(path, **options):
        asked[0] += 1
        if asked[0] == number:
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)
        return lstat(path, **options)

    for number in itertools.count(1):
        place, asked[0] = prepare(str(number)), 0
        planned = ACTS[act](place)  # apply has looked at its files by then
        with monkeypatch.context() as patch, contextlib.suppress(FramesiftError):
            patch.setattr(os, "lstat", refuse_one)
            list(planned)
        list(ACTS[act](place) if act != "apply" or (place / "root/in/p1.png").exists() else [])
        if act == "apply" and come_to(place) != come_to(undisturbed):
            list(apply_plan(plan_removal(place / "root", []), place / "backup"))  # what is left is brought to its end
        assert come_to(place) == come_to(undisturbed), f"call {number}"
        if asked[0] < number:
            break
    assert number > 5
