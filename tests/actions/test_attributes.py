"""What a file has besides its bytes comes back from another disk, and where that cannot be, it is said before."""

import errno
import itertools
import json
import os
import signal
import struct
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift import cli
from framesift.actions import apply_plan, describe_crossing, empty_backup, undo, verify_backup, write_plan
from framesift.actions.attributes import Attributes, decode_attributes
from framesift.actions.files.access import ACCESS_LIST
from framesift.cli import options
from tests.actions.removals import link_across, picture, plan_of, snapshot
from tests.killing import count_changes, kill, run_here, run_in_child

TIMES = 1_500_000_000_123_456_789, 1_600_000_000_987_654_321


def access_list(group: int = 0, mask: int = 6, user: int = 1234) -> bytes:
    """A POSIX access list: rw- for the owner, rw- for one user more, `group` for the group, `---` for all others."""
    entries = [(1, 6, -1), (2, 6, user), (4, group, -1), (16, mask, -1), (32, 0, -1)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three pictures, the second with all that a file can have; `a3` is another name of `a2`, `deep/a4` too."""
    root = tmp_path / "root"
    (root / "deep").mkdir(parents=True)
    for number in range(3):
        (root / f"a{number}.png").write_bytes(picture(number))
    path = root / "a1.png"
    try:
        os.setxattr(path, "user.note", b"\0of the user's\xff")
        os.setxattr(path, "user.empty", b"")
        os.setxattr(path, ACCESS_LIST, access_list())
    except (OSError, AttributeError):
        pytest.skip("needs a disk with extended attributes and access lists")
    if os.geteuid() == 0:
        os.chown(path, 1234, 4321)
        os.setxattr(path, "trusted.note", b"of root")
    os.link(root / "a2.png", root / "a3.png")
    os.link(root / "a2.png", root / "deep/a4.png")
    for path in root.rglob("*.png"):
        os.utime(path, ns=TIMES)
    return root


@pytest.fixture
def other_disk(root: Path) -> Iterator[Path]:
    """A folder on another disk than the root."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == root.stat().st_dev:
        pytest.skip("needs a second file system: /dev/shm")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def whole_plan(root: Path):
    return plan_of(root, a1="a0", a2="a0", a3="a0", deep__a4="a0")


def remove(root: Path, backup: Path) -> None:
    assert [each.problem for each in apply_plan(whole_plan(root), backup)] == [""] * 4


def describe(root: Path) -> dict[str, tuple[Attributes, bytes]]:
    files = [path for path in root.rglob("*.png") if path.name != "a0.png"]  # the keeper stays, and is read
    return {str(path.relative_to(root)): (Attributes.of(str(path)), read(path)) for path in files}


def read(path: Path) -> bytes:
    """The bytes of a file, whose time of access stays."""
    with open(os.open(path, os.O_RDONLY | os.O_NOATIME), "rb") as file:
        return file.read()


def forget_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make all disks but that of the root such that hold no extended attributes: a FAT, some shares."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(os, "setxattr", refuse)


def test_all_comes_back_from_another_disk(root, other_disk):
    before = describe(root)
    remove(root, other_disk / "backup")
    held = describe(other_disk / "backup")
    assert held == before
    assert {path.stat().st_ino for path in (other_disk / "backup").rglob("*.png") if path.name != "a1.png"} == {
        (other_disk / "backup/a2.png").stat().st_ino
    }
    assert not any(each.problem for each in verify_backup(other_disk / "backup"))
    assert [each.problem for each in undo(other_disk / "backup")] == [""] * 4
    assert describe(root) == before
    assert len({(root / name).stat().st_ino for name in ("a2.png", "a3.png", "deep/a4.png")}) == 1


def test_what_the_backup_cannot_hold_comes_back_all_the_same(root, other_disk, monkeypatch):
    before = describe(root)
    with monkeypatch.context() as patch:
        forget_attributes(patch)
        patch.setattr(os, "link", link_across)
        remove(root, other_disk / "backup")
    for path in (other_disk / "backup").rglob("*.png"):  # and keeps times to 2 s, and no modes
        os.utime(path, ns=(0, path.stat().st_mtime_ns // 2_000_000_000 * 2_000_000_000))
        os.chmod(path, 0o777)
    assert [each.problem for each in undo(other_disk / "backup")] == [""] * 4
    assert describe(root) == before


def test_names_of_one_file_come_back_as_one_in_whatever_order(root, other_disk, monkeypatch):
    """In groups of one, and stopped in between: each group is a run of its own."""
    for module in ("removal", "restoring"):
        monkeypatch.setattr(f"framesift.actions.backup.{module}.GROUP", 1)
    before = describe(root)
    plan = whole_plan(root)
    for number in itertools.count(1):
        moving = apply_plan(plan, other_disk / "backup")
        if len(list(itertools.islice(moving, number))) < number:
            break
        moving.close()
    for _ in range(4):
        returning = undo(other_disk / "backup")
        list(itertools.islice(returning, 1))
        returning.close()
    assert describe(root) == before


def test_what_was_written_to_in_the_backup_is_no_twin(root, other_disk):
    remove(root, other_disk / "backup")
    held = other_disk / "backup/a3.png"
    content = held.read_bytes()
    held.unlink()
    held.write_bytes(content)
    (other_disk / "backup/a2.png").write_bytes(content[:-1] + b"x")
    problems = {Path(each.path).name: each.problem for each in undo(other_disk / "backup")}
    assert [name for name, problem in problems.items() if problem] == ["a2.png", "a4.png"]
    assert (root / "a3.png").read_bytes() == content


def test_without_its_access_list_a_copy_is_not_open_to_the_group(root, other_disk, monkeypatch):
    """The mode of such a file has what the list allows at most, where the group has its bits."""
    assert (root / "a1.png").stat().st_mode & 0o777 == 0o660
    with monkeypatch.context() as patch:
        forget_attributes(patch)
        remove(root, other_disk / "backup")
    assert (other_disk / "backup/a1.png").stat().st_mode & 0o777 == 0o600


def test_a_list_that_the_folder_gives_is_not_taken(root, other_disk):
    os.setxattr(other_disk, "system.posix_acl_default", access_list(6, 7))
    remove(root, other_disk / "backup")
    assert ACCESS_LIST not in os.listxattr(other_disk / "backup/a2.png")


def test_a_copy_in_another_group_is_as_open_to_it_as_to_all(root, other_disk, monkeypatch):
    monkeypatch.setattr(os, "chown", lambda *_: (_ for _ in ()).throw(PermissionError(errno.EPERM, "not permitted")))
    (root / "a2.png").chmod(0o644)
    remove(root, other_disk / "backup")
    assert (other_disk / "backup/a2.png").stat().st_mode & 0o777 == 0o644
    if os.geteuid() == 0:  # a1 is of a group that it could not be given
        assert (other_disk / "backup/a1.png").stat().st_mode & 0o070 == 0


class TestSaying:
    """One line before anything is moved, and the same of a dry run."""

    def test_nothing_on_one_disk_or_where_all_is_held(self, root, other_disk, tmp_path):
        assert describe_crossing([whole_plan(root)], tmp_path / "backup") == ""
        assert describe_crossing([whole_plan(root)], other_disk / "new/backup") == ""

    def test_names_that_stay(self, root, other_disk):
        plan = plan_of(root, a2="a0", a3="a0")
        assert describe_crossing([plan], other_disk) == (
            "1 file with another name that stays will come back as one of its own"
        )

    def test_companions_count(self, root, other_disk):
        (root / "a1.xmp").write_bytes(b"x")
        os.link(root / "a1.xmp", root / "elsewhere.xmp")
        assert "1 file with another name" in describe_crossing([whole_plan(root)], other_disk)

    def test_owners(self, root, other_disk, monkeypatch):
        monkeypatch.setattr(os, "geteuid", lambda: 99)
        assert "2 files of another owner will come back as yours" in describe_crossing([whole_plan(root)], other_disk)

    def test_what_the_disk_does_not_hold(self, root, other_disk, monkeypatch, capsys):
        getxattr = os.getxattr

        def refuse(path, name, **more):
            if str(path).startswith(str(other_disk)):
                raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
            return getxattr(path, name, **more)

        monkeypatch.setattr(os, "getxattr", refuse)
        write_plan(whole_plan(root), root / "plan.json")
        command = ["apply", str(root / "plan.json"), "--remove-to", str(other_disk / "backup")]
        for more in (["--dry-run"], []):
            assert cli.main([*command, *more]) == options.DONE
            [line] = capsys.readouterr().err.splitlines()
            assert line == (
                f"framesift: note: the disk of {other_disk}/backup cannot hold the extended attributes of 1 file and "
                "access lists of 1 file: the journal keeps them for undo"
            )


def test_a_system_without_extended_attributes_says_what_is_lost_and_goes_on(root, other_disk, tmp_path, monkeypatch):
    """As macOS, for Python; a backup from Linux has them in its journal."""
    remove(root, tmp_path / "held")
    for name in ("listxattr", "getxattr", "setxattr", "removexattr"):
        monkeypatch.delattr(os, name)
    said: list[str] = []
    assert [each.problem for each in undo(tmp_path / "held", other_disk / "back", warn=said.append)] == [""] * 4
    assert said == [
        f"the disk of {other_disk}/back cannot hold the extended attributes of 1 file and access lists of 1 file: "
        "they are lost there"
    ]
    assert (other_disk / "back/a1.png").stat().st_mode & 0o777 == 0o600
    (root / "b0.png").write_bytes(picture(0))
    told = describe_crossing([plan_of(root, b0="a0")], other_disk / "backup")
    assert told == "to another disk, extended attributes and access lists are not carried on this system"


NUMBER = st.integers(0, 2**31)
NAMES = st.sampled_from(["user.a", "user.b", "trusted.a", ACCESS_LIST])


@given(
    st.builds(
        Attributes, st.integers(0, 0o7777), NUMBER, NUMBER, st.integers(-(2**63), 2**63 - 1), NUMBER, NUMBER,
        st.dictionaries(NAMES, st.binary(max_size=9)),
    )
)  # fmt: skip
def test_a_line_of_a_journal_gives_them_back(attributes):
    assert decode_attributes(json.loads(json.dumps(attributes.encode()))) == attributes


@given(st.sampled_from(["mode", "owner", "atime_ns", "names", "extended", "more"]), st.data())
def test_what_no_file_has_is_refused(name, data):
    whole = Attributes(0o600, 0, 0, 1, 2, 1, {"user.a": b"a"}).encode()
    values = [None, "x", 1.5, True, [1], -(2**70), 10**400, {"security.x": "YQ=="}, {"user.a": 5}, {"user.a": "%"}]
    values.append({"user.a\0": "YQ=="})
    with pytest.raises((TypeError, ValueError)):
        decode_attributes({**whole, name: data.draw(st.sampled_from(values))})
    with pytest.raises(TypeError):
        decode_attributes(data.draw(st.sampled_from([None, 5, [], "x", {}, {**whole, "more": 1}])))


def test_a_backup_that_was_made_before_there_were_such_lines(root, tmp_path):
    remove(root, tmp_path / "backup")
    assert [each.problem for each in empty_backup(tmp_path / "backup")] == [""] * 4


@pytest.mark.parametrize("command", ["apply", "undo"])
def test_killed_anywhere_and_run_again_all_comes_back(root, other_disk, command):
    words = {"apply": ["apply", str(root / "plan.json"), "--remove-to"], "undo": ["undo"]}
    write_plan(whole_plan(root), root / "plan.json")
    before = describe(root)
    plain = [*words["undo"], str(other_disk / "plain")]
    assert run_here([*words["apply"], str(other_disk / "plain")]) == options.DONE
    calls = count_changes(plain, root, options.DONE)
    if command == "apply":
        (other_disk / "count").mkdir()
        write_plan(whole_plan(root), root / "again.json")
        words["apply"][1] = str(root / "again.json")
        calls = count_changes([*words["apply"], str(other_disk / "count")], root, options.DONE)
        assert run_here(["undo", str(other_disk / "count")]) == options.DONE
    assert describe(root) == before
    for call in range(1, calls + 1, 5):
        backup = str(other_disk / str(call))
        write_plan(whole_plan(root), root / f"{call}.json")
        words["apply"][1] = str(root / f"{call}.json")
        if command == "undo":
            assert run_here([*words["apply"], backup]) == options.DONE
        assert run_in_child([*words[command], backup], partial(kill, call)) == -signal.SIGKILL
        assert run_here([*words[command], backup]) == options.DONE, f"call {call}"
        if command == "apply":
            assert run_here(["undo", backup]) == options.DONE
        assert describe(root) == before, f"killed at call {call}"


def test_a_place_that_cannot_hold_them_is_named_before_they_go_there(root, tmp_path, monkeypatch, capsys):
    remove(root, tmp_path / "backup")
    monkeypatch.setattr("framesift.actions.backup.crossing._can_hold", lambda place, _: not place.endswith("/new"))
    assert cli.main(["undo", str(tmp_path / "backup"), "--to", str(tmp_path / "new")]) == options.DONE
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"giving back to {tmp_path}/new"
    assert second == (
        f"framesift: note: the disk of {tmp_path}/new cannot hold the extended attributes of 1 file and access lists "
        "of 1 file: they are lost there"
    )


def test_a_backup_that_was_on_a_disk_with_coarse_times_gives_back_the_times_there_were(root: Path, tmp_path: Path):
    """It is on the disk of the files again, so that they are linked back."""
    before, backup = {path.name: Attributes.of(str(path)) for path in root.glob("a1*")}, tmp_path / "backup"
    assert not [o for o in apply_plan(plan_of(root, a1="a0"), backup) if o.problem]
    moved = backup / "a1.png"
    os.utime(moved, ns=tuple(time // 2_000_000_000 * 2_000_000_000 for time in TIMES))
    moved.chmod(0o700)
    assert not [o for o in undo(backup) if o.problem]
    assert (found := Attributes.of(str(root / "a1.png"))).mtime_ns == TIMES[1]
    assert (found.mode, found.extended) == (before["a1.png"].mode, before["a1.png"].extended)


@pytest.mark.parametrize("then", ["", "written to", "another file"])
def test_what_a_stopped_undo_gave_back_has_the_times_there_were_and_nothing_else_has(
    root: Path, tmp_path: Path, then: str
):
    """What was written to since has not, and no other file that has its bytes."""
    backup, plan = tmp_path / "backup", tmp_path / "plan.json"
    write_plan(plan_of(root, a1="a0"), plan)
    assert run_here(["apply", str(plan), "--remove-to", str(backup)]) == options.DONE
    os.utime(backup / "a1.png", ns=(0, 0))
    calls = next(n for n in itertools.count(1) if run_undo(backup, n) == -signal.SIGKILL and is_back(root, backup))
    assert calls and os.stat(root / "a1.png").st_mtime_ns == 0
    if then == "written to":
        (root / "a1.png").write_bytes(picture(1)[::-1])
        os.utime(root / "a1.png", ns=(0, 0))
    elif then:
        content = (root / "a1.png").read_bytes()
        (root / "a1.png").unlink()
        (root / "a1.png").write_bytes(content)
        os.utime(root / "a1.png", ns=(7, 7))
    left = snapshot(root)["a1.png"]
    assert run_here(["undo", str(backup)]) == options.DONE
    assert snapshot(root)["a1.png"] == left if then else os.stat(root / "a1.png").st_mtime_ns == TIMES[1]


def run_undo(backup: Path, kill_at: int) -> int:
    return run_in_child(["undo", str(backup)], partial(kill, kill_at))


def is_back(root: Path, backup: Path) -> bool:
    return (root / "a1.png").exists() and not [*backup.glob("a1*"), *backup.glob(".framesift-*")]
