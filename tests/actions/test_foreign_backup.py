"""A backup folder that somebody else has made: what its journal names lies within, or nothing is touched."""

import contextlib
import hashlib
import os
import shlex
import shutil
import stat
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framesift import cli
from framesift.actions import apply_plan, count_backup, empty_backup, undo, verify_backup
from framesift.actions.attributes import Attributes
from framesift.actions.journal import Journal
from framesift.actions.journal_lines import decode_line, encode_line
from framesift.actions.marks import make_mark
from framesift.cli import options
from framesift.errors import FramesiftError, StorageError, UsageError
from tests.actions.removals import link_nowhere, picture, plan_of, stat_of
from tests.conftest import read_tree

PRECIOUS = b"exists once"
SHA256 = hashlib.sha256(PRECIOUS).hexdigest()
ACTS: dict[str, Callable[[Path, Path], object]] = {
    "undo": lambda root, backup: list(undo(backup)),
    "undo --to": lambda root, backup: list(undo(backup, root)),
    "empty-backup": lambda root, backup: list(empty_backup(backup)),
    "count": lambda root, backup: count_backup(backup),
    "verify": lambda root, backup: list(verify_backup(backup)),
    "apply": lambda root, backup: list(apply_plan(plan_of(root, a1="a0"), backup)),
    "dry run": lambda root, backup: list(apply_plan(plan_of(root, a1="a0"), backup, dry_run=True)),
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A home with a file that exists once, a root with two pictures and a copy of it, and a backup that holds `x`."""
    for folder in ("home", "root", "backup"):
        (tmp_path / folder).mkdir()
    for path in ("home/precious", "root/copy", "backup/x"):
        (tmp_path / path).write_bytes(PRECIOUS)
    for number in range(2):
        (tmp_path / f"root/a{number}.png").write_bytes(picture(number))
    return tmp_path


def details(path: Path) -> dict[str, int]:
    file = stat_of(path)
    return {field: getattr(file, field) for field in ("device", "inode", "size", "mtime_ns", "ctime_ns")}


def forge(place: Path, *lines: dict[str, Any], **header: Any) -> None:
    """Write a journal whose every line has the right checksum, and the mark of one that this user has begun."""
    head = {"framesift": "0.1.0", "schema": 1, "root": str(place / "root"), **header}
    if isinstance(head["root"], str):
        head = {"mark": make_mark(head["root"]), **head}
    (place / "backup/journal.jsonl").write_bytes(b"".join(map(encode_line, [head, *lines])))


def moving(place: Path, stored: Any = "x", path: Any = "a.txt", **more: Any) -> dict[str, Any]:
    line = {"event": "moving", "stored": stored, "path": path, "file": details(place / "home/precious")}
    return {**line, "keeper": "a0.png", "similarity": None, "reason": "forged", **more}


def moved(place: Path, stored: Any = "x", path: Any = "a.txt", **more: Any) -> list[dict[str, Any]]:
    return [moving(place, stored, path, **more), {"event": "moved", "stored": stored, "sha256": SHA256}]


def updating(stored: Any = "x", path: Any = "metadata.json", **more: Any) -> dict[str, Any]:
    line = {"event": "updating", "stored": stored, "path": path, "names": ["a1.png"]}
    return {**line, "sha256": SHA256, "after": SHA256, **more}


LEAVING = ["/etc/passwd", "..", "../home/precious", "a/../../home/precious", "a//b", "./x", "a/", "", "a\0b", "\ud800"]
OWN = ["journal.jsonl", "JOURNAL.jsonl", "journal.jsonl/x"]
FORGED: dict[str, Callable[[Path, Any], list[dict[str, Any]]]] = {
    "stored of moved": lambda place, path: moved(place, stored=path),
    "path of moved": lambda place, path: moved(place, path=path),
    "with of moved": lambda place, path: moved(place, **{"with": path}),
    "stored of moving": lambda place, path: [moving(place, stored=path, path="copy")],
    "path of moving": lambda place, path: [moving(place, path=path)],
    "stored of updating": lambda place, path: [updating(stored=path)],
    "path of updating": lambda place, path: [updating(path=path)],
    "names of updating": lambda place, path: [updating(names=["b.png", path])],
    "after a good line": lambda place, path: [*moved(place), moving(place, stored="y", path=path)],
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("form", FORGED)
def test_what_leaves_the_backup_or_the_root_is_damage(place, act, form):
    for path in [*LEAVING, *OWN, 5, None, ["x"]]:
        forge(place, *FORGED[form](place, path))
        before = read_tree(place)
        with pytest.raises(StorageError, match=r"journal.jsonl: line \d is damaged.*: nothing was touched"):
            ACTS[act](place / "root", place / "backup")
        assert read_tree(place) == before, path


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "owners", [5, [5], [[1, 2], [3, 4]], [[1]], [["1", "2"]], [[-1, 0]], [[0, 2**32 - 1]], [[True, 0]], [[1, 2, 3]]]
)
def test_owners_that_no_folder_has_are_damage(place, act, owners):
    forge(place, *moved(place, path="a/b.txt", folders=owners))
    before = read_tree(place)
    with pytest.raises(StorageError, match="line 2 is damaged"):
        ACTS[act](place / "root", place / "backup")
    assert read_tree(place) == before


@pytest.mark.parametrize("act", ACTS)
def test_an_absolute_path_to_a_real_file(place, act):
    forge(place, *moved(place, stored=str(place / "home/precious")))
    with pytest.raises(StorageError, match="its stored leaves"):
        ACTS[act](place / "root", place / "backup")


@pytest.mark.parametrize(
    "line",
    [
        {"event": "updated", "stored": "x"},
        {"event": "gone", "stored": "x"},
        {"event": "moved", "stored": "y"},
        {"event": "moved", "stored": "x", "sha256": 5},
        {"event": "returning", "stored": "x"},
        {"event": "returning", "stored": "x", "held": {"size": 1}},
        {"event": "returning", "stored": "x", "to": "../home"},
        {"event": "returning", "stored": "x", "to": "/home/../home"},
        {"stored": "x"},
        {"event": "moving", "stored": "y", "path": "y"},
        {"event": "moving", "stored": "y", "path": "y", "file": {"size": "1"}},
        {"event": "updating", "stored": "y", "path": ".bashrc"},
        {"event": "updating", "stored": "y", "path": "metadata.json", "names": "ab"},
    ],
)
def test_lines_that_no_run_has_written_are_damage(place, line):
    if line.get("event") == "returning" and "to" in line:
        line = {**line, "held": details(place / "backup/x")}
    forge(place, moving(place), line)
    before = read_tree(place)
    for act in ("undo", "empty-backup", "verify"):
        with pytest.raises(StorageError, match="line 3 is damaged"):
            ACTS[act](place / "root", place / "backup")
    assert read_tree(place) == before


@pytest.mark.parametrize("root", ["relative", "/a/../b", "/a\0b", "", 5, None])
def test_a_root_that_is_no_plain_folder(place, root):
    forge(place, *moved(place), root=root)
    for act in ("undo", "empty-backup", "verify"):
        with pytest.raises(UsageError, match="its first line is damaged"):
            ACTS[act](place / "root", place / "backup")


def test_a_version_cannot_write_to_the_terminal(place):
    forge(place, framesift="\x1b[2J", schema=9)
    with pytest.raises(UsageError, match=r"written by framesift \\x1b\[2J"):
        list(undo(place / "backup"))


class TestLinks:
    """Folders of the backup, or below the root, that are links to a place elsewhere."""

    @pytest.mark.parametrize("where", ["stored", "path"])
    @pytest.mark.parametrize("state", ["moved", "moving", "updated", "updating"])
    def test_nothing_behind_one_is_touched(self, place, where, state):
        (place / "home/metadata.json").write_bytes(PRECIOUS)
        (place / ("backup" if where == "stored" else "root") / "link").symlink_to(place / "home")
        at = {where: "link/metadata.json" if state.startswith("upd") else "link/precious"}
        lines = moved(place, **at) if state.startswith("mov") else [updating(**at), {"event": "updated", "stored": "x"}]
        lines[1]["stored"] = lines[0]["stored"]
        forge(place, *lines[: 1 if state.endswith("ing") else 2])
        home = {path.name: (path.read_bytes(), path.lstat().st_ino) for path in (place / "home").iterdir()}
        for act in ("undo", "apply", "verify", "empty-backup"):
            try:
                ACTS[act](place / "root", place / "backup")
            except FramesiftError as error:
                assert "is a link" in str(error)
        assert {path.name: (path.read_bytes(), path.lstat().st_ino) for path in (place / "home").iterdir()} == home

    def test_no_empty_folder_behind_one_is_removed(self, place):
        (place / "home/empty").mkdir()
        (place / "backup/link").symlink_to(place / "home")
        forge(place, *moved(place, stored="link/empty/x"))
        list(empty_backup(place / "backup")), list(undo(place / "backup"))
        assert (place / "home/empty").is_dir()

    def test_metadata_of_a_folder_behind_one_stays_when_a_removal_goes_on(self, place):
        (place / "home/metadata.json").write_text('{"total_images": 3}')
        (place / "root/link").symlink_to(place / "home")
        forge(place, *moved(place, path="link/a1.png"))
        problems = [each.problem for each in apply_plan(plan_of(place / "root", a1="a0"), place / "backup")]
        assert "was not updated: its folder is a link, or lies behind one" in problems
        assert (place / "home/metadata.json").read_text() == '{"total_images": 3}'


class TestStrangeFiles:
    """What stands there as a journal is no file, or one without an end: one line, at once."""

    COMMANDS = (["undo"], ["empty-backup", "--yes"], ["verify"])

    @pytest.fixture
    def journal(self, place) -> Path:
        return place / "backup/journal.jsonl"

    def refuse(self, place, capsys, says: str) -> None:
        for command in self.COMMANDS:
            assert cli.main([*command, str(place / "backup")]) in (options.USAGE, options.STORAGE)
            [line] = capsys.readouterr().err.splitlines()
            assert says in line
        for dry_run in (True, False):
            with pytest.raises(FramesiftError, match=says):
                list(apply_plan(plan_of(place / "root", a1="a0"), place / "backup", dry_run=dry_run))

    def test_a_pipe(self, place, journal, capsys):
        os.mkfifo(journal)
        self.refuse(place, capsys, "not a regular file")
        assert stat.S_ISFIFO(journal.lstat().st_mode)

    def test_a_link_to_a_device(self, place, journal, capsys):
        journal.symlink_to("/dev/zero")
        self.refuse(place, capsys, "journal.jsonl")

    @pytest.mark.parametrize("beginning", [b"", b'{"framesift": "'])
    def test_a_first_line_without_an_end(self, place, journal, capsys, beginning):
        journal.write_bytes(beginning)
        os.truncate(journal, 6 * 2**30)
        self.refuse(place, capsys, "its first line has no end")
        assert journal.stat().st_size == 6 * 2**30

    def test_a_later_line_without_an_end(self, place, journal, capsys, monkeypatch):
        monkeypatch.setattr("framesift.actions.journal_lines._LONGEST", 2**20)
        forge(place, *moved(place))
        os.truncate(journal, 6 * 2**30)
        self.refuse(place, capsys, "line 4 is damaged")
        assert journal.stat().st_size == 6 * 2**30

    def test_what_a_stopped_run_has_not_written_to_its_end_is_cut_off(self, place, journal):
        forge(place, *moved(place))
        whole = journal.read_bytes()
        for rest in (b'{"event": "mov', b"\0" * 4096):
            journal.write_bytes(whole + rest)
            with Journal(place / "backup"):
                assert journal.read_bytes() == whole

    @pytest.mark.parametrize("line", [b"[" * 100_000, b"1" * 6000, b'{"a": NaN', b"\xff" * 50])
    def test_what_is_no_json(self, place, journal, line):
        forge(place, *moved(place))
        body = line + b"}"
        line += b', "check": "%08x"}\n' % zlib.crc32(body)
        good = journal.read_bytes()
        for content in (line + good, good + line):
            journal.write_bytes(content)
            with pytest.raises(FramesiftError, match="damaged"):
                list(undo(place / "backup"))


def test_undo_says_where_it_gives_back_to(place, capsys):
    forge(place, *moved(place), root=str(place / "home"))
    assert cli.main(["undo", str(place / "backup")]) == options.DONE
    assert capsys.readouterr().err == f"giving back to {place / 'home'}\n"
    assert cli.main(["undo", str(place / "backup")]) == options.DONE
    assert capsys.readouterr().err == ""


def test_undo_says_where_before_anything_is_touched(place):
    forge(place, *moved(place))
    told = []
    outcomes = undo(place / "backup", place / "new", begin=lambda to: told.append((to, read_tree(place / "root"))))
    before = read_tree(place / "root")
    list(outcomes)
    assert told == [(str(place / "new"), before)] and (place / "new/a.txt").read_bytes() == PRECIOUS


class TestStrangers:
    """Backups that this user has not begun here: no mark, that of another user, or that of another root."""

    @pytest.fixture(params=["", "0" * 64, "of another root", "\ud800"])
    def mark(self, request) -> str:
        return make_mark("/elsewhere") if request.param == "of another root" else request.param

    @pytest.fixture
    def root(self, place) -> str:
        return str(place / "home")

    def test_nothing_goes_where_they_say(self, place, root, mark, capsys):
        forge(place, *moved(place, path=".config/autostart/x"), root=root, mark=mark)
        before = read_tree(place)
        assert cli.main(["undo", str(place / "backup")]) == options.USAGE
        [line] = capsys.readouterr().err.splitlines()
        assert "was not begun by you on this machine" in line
        command = shlex.split(line.partition("if that is right: framesift ")[2])
        assert command == ["undo", str(place / "backup"), "--to", root]
        assert read_tree(place) == before
        assert cli.main(command) == options.DONE
        assert (place / "home/.config/autostart/x").read_bytes() == PRECIOUS

    def test_names_in_that_line_do_not_move_the_cursor(self, place, capsys):
        evil = place / "a\x1b[2J\nb\u202e"
        evil.mkdir()
        forge(place, *moved(place), root=str(evil), mark="")
        assert cli.main(["undo", str(place / "backup")]) == options.USAGE
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "\x1b" not in said and "\u202e" not in said

    @pytest.mark.parametrize("then", ["undo --to", "empty-backup"])
    @pytest.mark.parametrize("state", ["moving", "moving with a leader", "returning"])
    def test_nothing_is_brought_to_an_end_there(self, place, root, mark, state, then):
        """A file of the user's of which the stranger has a copy would else be unlinked."""
        lines = [moving(place, "x", "precious")]
        if state == "moving with a leader":
            (place / "backup/y").write_bytes(PRECIOUS)
            leader = [moving(place, "y", "gone")]
            lines = [*leader, moving(place, "x", "precious", **{"with": "y"})]
        elif state == "returning":
            held = details(place / "backup/x")
            lines = [*moved(place), {"event": "returning", "stored": "x", "held": held, "to": root}]
        forge(place, *lines, root=root, mark=mark)
        if then == "empty-backup":
            with pytest.raises(UsageError, match="was not begun by you on this machine, and was stopped"):
                list(empty_backup(place / "backup"))
        else:
            list(undo(place / "backup", place / "new"))
        assert read_tree(place / "home") == {"precious": PRECIOUS}

    def test_no_owner_and_no_rights_are_taken_from_them(self, place, mark, monkeypatch):
        monkeypatch.setattr(os, "link", link_nowhere)
        attributes = Attributes(0o6777, 1234, 1234, 5, 7, 1, {"user.note": b"a", "trusted.note": b"b"})
        forge(place, *moved(place, attributes=attributes.encode()), mark=mark)
        list(undo(place / "backup", place / "new"))
        found = Attributes.of(str(place / "new/a.txt"))
        assert (found.mode, found.owner, found.mtime_ns) == (0o777, os.geteuid(), 7)
        assert set(found.extended) <= {"user.note"}

    def test_an_empty_one_asks_for_nothing(self, place, mark):
        forge(place, mark=mark)
        assert list(undo(place / "backup")) == []

    def test_looking_at_one_and_emptying_it_need_no_mark(self, place, mark):
        forge(place, *moved(place), mark=mark)
        assert [each.problem for each in verify_backup(place / "backup")] == [""]
        assert [each.problem for each in empty_backup(place / "backup")] == [""]
        assert read_tree(place / "home") == {"precious": PRECIOUS}


class TestKeys:
    """What tells own backups: a file of the user's that nobody else can read."""

    @pytest.fixture
    def state(self, tmp_path, monkeypatch) -> Path:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        return tmp_path / "state"

    def is_known(self, place: Path) -> bool:
        """Whether `undo` gives back what a removal has just moved."""
        (place / "backup/x").unlink(missing_ok=True)
        list(apply_plan(plan_of(place / "root", a1="a0"), place / "backup"))
        try:
            list(undo(place / "backup"))
        except UsageError:
            return False
        return True

    def test_it_is_made_once_for_this_user_alone(self, place, state):
        assert self.is_known(place)
        [key] = state.rglob("*key")
        before = key.read_bytes()
        assert stat.S_IMODE(key.stat().st_mode) == 0o600 and stat.S_IMODE(key.parent.stat().st_mode) == 0o700
        (place / "backup/journal.jsonl").unlink()
        assert self.is_known(place) and key.read_bytes() == before

    def test_a_backup_may_be_moved(self, place, state, tmp_path):
        (place / "backup/x").unlink()
        list(apply_plan(plan_of(place / "root", a1="a0"), place / "backup"))
        shutil.copytree(place / "backup", tmp_path / "elsewhere")
        assert [each.problem for each in undo(tmp_path / "elsewhere")] == [""]

    @pytest.mark.parametrize("kind", ["open", "short", "link", "pipe", "folder", "of another"])
    def test_a_key_that_others_could_have_laid_there_is_none(self, place, state, kind):
        assert make_mark("/")
        [key] = state.rglob("*key")
        content = key.read_bytes()
        if kind == "open":
            key.chmod(0o640)
        elif kind == "short":
            key.write_bytes(content[:-2])
        elif kind == "of another":
            if os.geteuid() != 0:
                pytest.skip("only root gives files away")
            os.chown(key, 1234, -1)
        else:
            key.rename(state / "other")
            made = {"link": lambda: key.symlink_to(state / "other"), "pipe": lambda: os.mkfifo(key)}
            made.get(kind, key.mkdir)()
        assert not self.is_known(place)

    @pytest.mark.parametrize("kind", ["read-only", "a file", "of another", "nowhere"])
    def test_without_a_place_for_it_removing_works_and_undo_takes_to(self, place, state, kind, monkeypatch):
        if kind == "a file":
            state.write_bytes(b"")
        elif kind == "nowhere":
            monkeypatch.setenv("XDG_STATE_HOME", "relative")
            monkeypatch.setenv("HOME", "relative")
        else:
            state.mkdir(mode=0o500)
            if os.geteuid() == 0:
                os.chown(state, 1234, 1234)
            elif kind == "of another":
                pytest.skip("only root gives files away")
        assert not self.is_known(place)
        assert [each.problem for each in undo(place / "backup", place / "root")] == [""]
        assert not Path("relative").exists()


def test_a_file_with_the_name_of_a_journal_is_not_removed(place):
    """It could not be given back: no journal may name one."""
    (place / "root/journal.jsonl").write_bytes(picture(1))
    plan = plan_of(place / "root", a1="a0")
    file = stat_of(place / "root/journal.jsonl")
    plan = replace(plan, steps=(replace(plan.steps[0], path="journal.jsonl", file=file),))
    (place / "backup/x").unlink()
    [outcome] = apply_plan(plan, place / "backup")
    assert outcome.problem == "has the name of a journal of framesift"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_a_journal_says_nothing_outside_changes(place, data):
    """Fields of good lines are replaced by anything: the home stays as it is, and no other error is raised."""
    values = st.one_of(
        st.sampled_from([*LEAVING, *OWN, "x", "copy", "a0.png", "metadata.json", "link/precious"]),
        st.none(),
        st.integers(),
        st.text(max_size=5),
        st.lists(st.text(max_size=3), max_size=2),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    )
    for folder in ("backup", "root"):
        if not os.path.lexists(place / folder / "link"):
            (place / folder / "link").symlink_to(place / "home")
    (place / "backup/x").write_bytes(PRECIOUS)
    lines = [*moved(place), *moved(place, "y", "y"), updating("metadata.json"), {"event": "updated", "stored": "x"}]
    lines = data.draw(st.lists(st.sampled_from(lines), min_size=1, max_size=5))
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        key = data.draw(st.sampled_from(sorted({*lines[number], "with", "names", "to", "held"})))
        lines[number] = {**lines[number], key: data.draw(values)}
    try:
        forge(place, *lines)
    except ValueError:
        return
    assert all(decode_line(line) for line in (place / "backup/journal.jsonl").read_bytes().splitlines())
    for act in data.draw(st.permutations(["undo", "empty-backup", "verify", "apply"])):
        with contextlib.suppress(UsageError, StorageError):
            ACTS[act](place / "root", place / "backup")
        assert read_tree(place / "home") == {"precious": PRECIOUS}
    (place / "root/a1.png").write_bytes(picture(1))
