"""What is moved or copied can be read by nobody who could not read its source."""

import json
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift import cli
from framesift.actions import Copy, apply_plan, place_files, undo
from framesift.actions.files.access import ACCESS_LIST, close_folder, limit
from framesift.actions.journal_lines import encode_line
from framesift.cli import options
from tests.actions.removals import picture, plan_of
from tests.actions.test_attributes import access_list
from tests.conftest import encode, make_image


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that everybody can get into: that of the tests is closed, and so all in it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        if not all(parent.stat().st_mode & 0o001 for parent in Path(folder).parents):
            pytest.skip("needs a folder for temporary files that all can get into")
        yield Path(folder)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def make_frames(root: Path, *folders: str) -> None:
    """Three frames of a camera in each folder, of which the second shows nothing new."""
    for folder in folders:
        (root / folder).mkdir(parents=True, exist_ok=True)
        for number, box in enumerate([None, None, (8, 8, 40, 30)]):
            path = root / folder / f"{os.path.basename(folder) or 'top'}_20210327_100{number}00.png"
            path.write_bytes(encode(make_image(box=box)))
            path.chmod(0o644)


class TestFolders:
    @pytest.mark.parametrize("umask", [0o022, 0o002, 0o077])
    def test_of_a_removal_are_as_open_as_those_of_their_files(self, open_place, umask):
        root = open_place / "root"
        for folder, bits in (("a", 0o700), ("b", 0o750), ("b/deep", 0o775), ("c", 0o500)):
            (root / folder).mkdir(parents=True, exist_ok=True)
            for number in range(2):
                (root / folder / f"{number}.png").write_bytes(picture(number))
            (root / folder).chmod(bits)
        root.chmod(0o755)
        plan = plan_of(root, a__1="a/0", b__1="b/0", b__deep__1="b/deep/0", c__1="c/0")
        before = os.umask(umask)
        try:
            list(apply_plan(plan, open_place / "backup"))
        finally:
            os.umask(before)
        found = {path.relative_to(open_place / "backup"): mode(path) for path in (open_place / "backup").rglob("*")}
        modes = {str(path): bits for path, bits in found.items() if (open_place / "backup" / path).is_dir()}
        expected = {"a": 0o700, "b": 0o750, "b/deep": 0o775}
        assert modes.items() >= expected.items() and modes.get("c", 0o700) == 0o700
        assert mode(open_place / "backup") == 0o755 and mode(open_place / "backup/journal.jsonl") == 0o600

    def test_that_undo_makes_anew(self, open_place):
        root = open_place / "root"
        make_frames(root, "a/deep")
        (root / "a").chmod(0o710)
        (root / "a/deep").chmod(0o750)
        kept, gone = "a/deep/deep_20210327_100000", "a__deep__deep_20210327_100100"
        list(apply_plan(plan_of(root, **{gone: kept}), open_place / "backup"))
        for path in (root / "a/deep").iterdir():
            path.unlink()
        (root / "a/deep").rmdir(), (root / "a").rmdir()
        assert [each.problem for each in undo(open_place / "backup")] == [""]
        assert (mode(root / "a"), mode(root / "a/deep")) == (0o710, 0o750)

    def test_a_root_that_is_closed_closes_the_backup(self, open_place):
        """Also where a folder above the root does, and where the backup is an empty folder that is there."""
        for above, there in ((False, False), (True, False), (True, True)):
            home = open_place / f"home-{above}-{there}"
            root, backup = home / "root", open_place / f"backup-{above}-{there}"
            make_frames(root, "")
            (home if above else root).chmod(0o700)
            if there:
                backup.mkdir(mode=0o755)
            list(apply_plan(plan_of(root, top_20210327_100100="top_20210327_100000"), backup))
            assert mode(backup) == 0o700
            [moved] = backup.glob("*.png")
            assert mode(moved) == 0o644  # the same file as ever

    def test_a_backup_in_the_same_closed_place_is_as_usual(self, open_place):
        open_place.chmod(0o700)
        (open_place / "backup").mkdir(mode=0o755)
        (open_place / "root").mkdir(mode=0o755)
        close_folder(str(open_place / "backup"), str(open_place / "root"))
        assert mode(open_place / "backup") == 0o755

    def test_of_results(self, open_place):
        make_frames(open_place / "root", "c1", "c2/deep")
        (open_place / "root/c1").chmod(0o700)
        (open_place / "root/c2").chmod(0o711)
        assert cli.main(["filter", str(open_place / "root"), str(open_place / "results")]) == options.DONE
        results = open_place / "results"
        assert [mode(results / name) for name in (".", "c1", "c2", "c2/deep")] == [0o755, 0o700, 0o711, 0o755]
        assert {mode(path) for path in results.rglob("*.png")} == {0o644}


class TestCopies:
    def test_in_results_that_are_open(self, open_place):
        """A copy takes no more people with it, whatever folder it goes to."""
        home = open_place / "home"
        make_frames(home / "root", "", "c1")
        home.chmod(0o700)
        (open_place / "results").mkdir(mode=0o755)
        assert cli.main(["filter", str(home / "root"), str(open_place / "results")]) == options.DONE
        copies = list((open_place / "results").rglob("*.png"))
        assert len(copies) == 4 and {mode(path) for path in copies if path.parent.name != "c1"} == {0o600}
        for path in copies:
            assert mode(path) == 0o600 or mode(path.parent) == 0o700

    def test_a_frame_that_is_reached_by_a_link_is_as_open_as_where_it_lies(self, open_place):
        make_frames(open_place / "home", "")
        (open_place / "home").chmod(0o700)
        (open_place / "root").mkdir(mode=0o755)
        for path in (open_place / "home").iterdir():
            (open_place / "root" / path.name).symlink_to(path)
        assert cli.main(["filter", str(open_place / "root"), str(open_place / "results")]) == options.DONE
        assert {mode(path) for path in (open_place / "results").glob("*.png")} == {0o600}

    def test_the_group_of_a_file_with_an_access_list_has_what_is_its_own(self, tmp_path):
        source = tmp_path / "a.png"
        source.write_bytes(b"x")
        try:
            os.setxattr(source, ACCESS_LIST, access_list())
        except (OSError, AttributeError):
            pytest.skip("needs a disk with access lists")
        (tmp_path / "results").mkdir()
        place_files(str(tmp_path / "results"), [Copy("a.png", b"x", source.stat(), str(source))])
        assert mode(source) == 0o660 and mode(tmp_path / "results/a.png") == 0o600

    def test_another_group_has_what_all_have(self, tmp_path):
        if os.geteuid() != 0:
            pytest.skip("only root gives files to any group")
        source = tmp_path / "a.png"
        source.write_bytes(b"x")
        source.chmod(0o664)
        os.chown(source, -1, 4321)
        (tmp_path / "results").mkdir()
        place_files(str(tmp_path / "results"), [Copy("a.png", b"x", source.stat(), str(source))])
        assert mode(tmp_path / "results/a.png") == 0o644


@given(st.integers(0, 0o777))
def test_no_bit_is_added(bits):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "to").mkdir()
        for group in (os.getegid(), os.getegid() + 1):
            assert limit(bits, group, folder, f"{folder}/to", os.getegid()) & ~bits == 0
            assert limit(bits, os.getegid(), folder, f"{folder}/to", os.getegid()) == bits


def test_another_user_reads_nothing_that_was_closed(open_place):
    """As that user: whatever `filter` and a removal have made of a folder of mine."""
    if os.geteuid() != 0 or shutil.which("find") is None:
        pytest.skip("only root can look as another user, by find")
    root = open_place / "root"
    make_frames(root, "c1", "c2", "open")
    (root / "c1").chmod(0o700)
    (root / "c2").chmod(0o750)
    places = [open_place / name for name in ("results", "there", "backup", "old")]
    places[1].mkdir(mode=0o777), places[3].mkdir(mode=0o777)
    for results in places[:2]:
        assert cli.main(["filter", str(root), str(results), "--quiet"]) == options.DONE
    plan = plan_of(root, **{f"{c}__{c}_20210327_100100": f"{c}/{c}_20210327_100000" for c in ("c1", "c2")})
    list(apply_plan(plan, places[2]))
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    for place in [root, *places]:
        if place == places[3]:
            list(undo(places[2], place))
        assert list(place.rglob("c[12]_*.png"))
        look = ["find", str(place), "-type", "f", "-readable"]
        seen = subprocess.run(look, **nobody, cwd="/", capture_output=True, text=True).stdout
        assert "c1_" not in seen and "c2_" not in seen
        assert "open_" in seen or place in places[2:]


def test_what_is_remembered_is_for_its_owner_alone(tmp_path):
    from framesift.duplicates.index import Index

    with Index(tmp_path / "new/index.sqlite"):
        made = list((tmp_path / "new").iterdir())
        assert len(made) >= 2 and {mode(path) for path in made} == {0o600}
    assert mode(tmp_path / "new") == 0o700


def test_the_folder_of_the_server_is_closed_also_where_it_was_open(tmp_path):
    from framesift.review import Review

    (tmp_path / "root").mkdir()
    (tmp_path / "root-output").mkdir(mode=0o755)
    with Review(tmp_path / "root"):
        assert mode(tmp_path / "root-output") == 0o700


@pytest.mark.parametrize("command", ["tune --pairs new root", "mask root --output m.json --pictures new"])
def test_folders_of_pictures_are_as_open_as_the_frames(open_place, monkeypatch, command):
    make_frames(open_place / "root", "")
    (open_place / "root").chmod(0o700)
    monkeypatch.chdir(open_place)
    assert cli.main(command.split()) == options.DONE
    assert mode(open_place / "new") == 0o700


class TestOwnersOfFolders:
    """A folder that has gone meanwhile is made anew when its files come back, for whom it was."""

    OWNERS = (("a", (1234, 4321)), ("a/deep", (1235, 4322)))

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        if os.geteuid() != 0:
            pytest.skip("only root gives folders away")
        for number in range(2):
            path = tmp_path / f"root/a/deep/{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture(number))
        for folder, owner in self.OWNERS:
            os.chown(tmp_path / "root" / folder, *owner)
        list(apply_plan(plan_of(tmp_path / "root", a__deep__1="a/deep/0"), tmp_path / "backup"))
        return tmp_path

    def owners(self, root: Path) -> list[tuple[str, tuple[int, int]]]:
        return [(each, ((root / each).stat().st_uid, (root / each).stat().st_gid)) for each, _ in self.OWNERS]

    def test_come_back(self, place):
        shutil.rmtree(place / "root/a")
        assert [each.problem for each in undo(place / "backup")] == [""]
        assert self.owners(place / "root") == list(self.OWNERS)

    def test_come_back_to_another_place(self, place):
        assert [each.problem for each in undo(place / "backup", place / "new")] == [""]
        assert self.owners(place / "new") == list(self.OWNERS)

    @pytest.mark.parametrize("made", ["a", "a/deep"])
    def test_come_back_where_a_run_was_stopped_when_it_had_made_them(self, place, made):
        shutil.rmtree(place / "root/a")
        for folder, owner in self.OWNERS:
            (place / "root" / folder).mkdir()
            if folder == made:
                break
            os.chown(place / "root" / folder, *owner)
        list(undo(place / "backup"))
        assert self.owners(place / "root") == list(self.OWNERS)

    def test_what_somebody_has_made_there_stays_his(self, place):
        shutil.rmtree(place / "root/a")
        (place / "root/a").mkdir()
        (place / "root/a/other.txt").write_bytes(b"x")
        list(undo(place / "backup"))
        assert self.owners(place / "root") == [("a", (0, os.getegid())), self.OWNERS[1]]

    def test_of_a_strangers_backup_are_not_taken(self, place):
        journal = place / "backup/journal.jsonl"
        head, *lines = journal.read_bytes().splitlines(keepends=True)
        header = {name: value for name, value in json.loads(head).items() if name != "check"}
        journal.write_bytes(encode_line({**header, "mark": ""}) + b"".join(lines))
        list(undo(place / "backup", place / "new"))
        assert self.owners(place / "new") == [(folder, (0, os.getegid())) for folder, _ in self.OWNERS]

    def test_a_folder_that_may_not_be_given_away_is_made_all_the_same(self, place, monkeypatch):
        shutil.rmtree(place / "root/a")
        monkeypatch.setattr(os, "chown", lambda *_: (_ for _ in ()).throw(PermissionError(1, "not permitted")))
        assert [each.problem for each in undo(place / "backup")] == [""]
        assert (place / "root/a/deep/1.png").read_bytes() == picture(1)
