"""Moving to a backup and back: what is checked before each step, and that everything comes back bit for bit."""

import contextlib
import fcntl
import json
import os
import shutil
import stat
from itertools import count, pairwise
from multiprocessing import get_context
from pathlib import Path

import cv2
import pytest

from framesift.actions import Outcome, Step, apply_plan, count_backup, empty_backup, plan_removal, seal_plan, undo
from framesift.actions.backup.checks import find_damage
from framesift.actions.journal import Journal
from framesift.errors import ResultsInUse, StorageError, UsageError
from framesift.filtering.verifying import verify
from framesift.frames.finding import find_frames
from tests.actions.removals import backed_up, picture, plan_of, snapshot, stat_of
from tests.conftest import make_image, read_tree

OLD = 1_600_000_000_123_456_789
LAST = picture(7) + b"the last"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two groups, a and b in two folders; every file of another mode and time."""
    for number, name in enumerate(["c1/a0", "c1/a1", "c1/a2", "c2/a3", "c2/b0", "c2/deep/b1"]):
        path = tmp_path / "root" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(number))
        path.chmod(0o600 + number)
        os.utime(path, ns=(OLD + number, OLD + number * 1000))
    return tmp_path / "root"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def whole_plan(root: Path):
    return plan_of(root, c1__a1="c1/a0", c1__a2="c1/a0", c2__a3="c1/a0", c2__deep__b1="c2/b0")


def problems(outcomes, root: Path) -> dict[str, str]:
    """{path below the root: problem} of what was left."""
    return {os.path.relpath(o.path, root): o.problem for o in outcomes if o.problem}


def test_files_go_to_the_backup_and_come_back(root, backup, file_system):
    before, plan = snapshot(root), whole_plan(root)
    outcomes = list(apply_plan(plan, backup))
    assert outcomes == [Outcome(str(root / step.path)) for step in plan.steps]
    removed = {step.path for step in plan.steps}
    assert snapshot(root) == {path: seen for path, seen in before.items() if path not in removed}
    kept = snapshot(backup)
    assert {path: kept[path] for path in removed} == {path: before[path] for path in removed}
    assert set(kept) == removed | {"journal.jsonl"}
    assert all(not o.problem for o in verify(backup))
    assert [o.path for o in undo(backup)] == [str(root / step.path) for step in plan.steps]
    assert snapshot(root) == before
    assert os.listdir(backup) == ["journal.jsonl"]


def test_undo_twice_is_harmless(root, backup):
    before = snapshot(root)
    list(apply_plan(whole_plan(root), backup))
    list(undo(backup))
    assert list(undo(backup)) == []
    assert snapshot(root) == before


def test_a_dry_run_writes_nothing_and_says_the_same(root, backup):
    plan = whole_plan(root)
    (root / "c1/a2.png").write_bytes(picture(9))
    before = read_tree(root.parent)
    foreseen = list(apply_plan(plan, backup, dry_run=True))
    assert read_tree(root.parent) == before and not backup.exists()
    assert foreseen == list(apply_plan(plan, backup))


def test_the_same_plan_again_changes_nothing(root, backup):
    plan = whole_plan(root)
    first = list(apply_plan(plan, backup))
    tree, lines = snapshot(root), (backup / "journal.jsonl").read_bytes()
    assert list(apply_plan(plan, backup)) == first
    assert snapshot(root) == tree and (backup / "journal.jsonl").read_bytes() == lines


def test_removed_given_back_and_removed_again(root, backup):
    before, plan = snapshot(root), whole_plan(root)
    for _ in range(3):
        assert problems(apply_plan(plan, backup), root) == {}
        assert len(backed_up(backup)) == 4
        list(undo(backup))
        assert snapshot(root) == before


def replace(path: Path, content: bytes) -> None:
    fresh = path.with_name("fresh")
    fresh.write_bytes(content)
    fresh.rename(path)


def make_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def move_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))
    path.parent.symlink_to("moved")


CHANGES = {
    "gone": (Path.unlink, "is gone since the scan"),
    "replaced": (lambda path: replace(path, path.read_bytes()), "changed since the scan"),
    "written to": (lambda path: path.write_bytes(picture(50)), "changed since the scan"),
    "touched": (lambda path: os.utime(path), "changed since the scan"),
    "other mode": (lambda path: path.chmod(0o444), "changed since the scan"),
    "a link": (make_link, "is a link, not a file"),
    "behind a link": (move_folder, "its folder is a link, or lies behind one"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_stays_and_the_rest_goes_on(root, backup, change):
    plan, (make, reason) = whole_plan(root), CHANGES[change]
    make(root / "c2/deep/b1.png")
    before = read_tree(root / "c2")
    assert problems(apply_plan(plan, backup), root) == {"c2/deep/b1.png": reason}
    assert read_tree(root / "c2") == {path: c for path, c in before.items() if path != "a3.png"}
    assert len(backed_up(backup)) == 3


@pytest.mark.parametrize("change", ["gone", "replaced", "written to", "touched", "other mode", "a link"])
def test_nothing_goes_when_its_keeper_changed(root, backup, change):
    plan, (make, reason) = whole_plan(root), CHANGES[change]
    make(root / "c1/a0.png")
    expected = f"c1/a0.png, which is kept, {reason}"
    assert problems(apply_plan(plan, backup), root) == dict.fromkeys(["c1/a1.png", "c1/a2.png", "c2/a3.png"], expected)
    assert list(backed_up(backup)) == ["c2/deep/b1.png"]


def test_nothing_goes_when_its_keeper_is_damaged(root, backup):
    (root / "c2/b0.png").write_bytes(picture(1)[:-20])
    reason = "c2/b0.png, which is kept, cannot be read: truncated PNG"
    assert problems(apply_plan(whole_plan(root), backup), root) == {"c2/deep/b1.png": reason}


def test_two_names_of_one_file_are_no_duplicates(root, backup):
    (root / "c1/a1.png").unlink()
    os.link(root / "c1/a0.png", root / "c1/a1.png")
    plan = plan_of(root, c1__a1="c1/a0", c1__a2="c1/a0")
    reason = "is the same file as c1/a0.png, which is kept"
    assert problems(apply_plan(plan, backup), root) == {"c1/a1.png": reason}


def test_two_names_of_one_file_can_both_go(root, backup):
    (root / "c1/a2.png").unlink()
    os.link(root / "c1/a1.png", root / "c1/a2.png")
    before, plan = snapshot(root), plan_of(root, c1__a1="c1/a0", c1__a2="c1/a0")
    assert problems(apply_plan(plan, backup), root) == {}
    list(undo(backup))
    assert snapshot(root) == before


def test_what_is_in_the_way_is_not_overwritten(root, backup):
    list(apply_plan(plan_of(root, c1__a1="c1/a0"), backup))
    (root / "c1/a1.png").write_bytes(picture(70))
    before = read_tree(root.parent)
    reason = f"another file of this name has come since; it stays in {backup}"
    assert problems(undo(backup), root) == {"c1/a1.png": reason}
    after = read_tree(root.parent)
    assert {p: c for p, c in after.items() if "journal" not in p} == {
        p: c for p, c in before.items() if "journal" not in p
    }
    (root / "c1/a1.png").unlink()
    assert problems(undo(backup), root) == {}


def test_a_second_file_of_one_name_goes_beside_the_first_and_comes_back_before_it(root, backup):
    plan = plan_of(root, c1__a1="c1/a0")
    for number in (1, 71, 72):
        (root / "c1/a1.png").write_bytes(picture(number))
        assert problems(apply_plan(plan_of(root, c1__a1="c1/a0"), backup), root) == {}
    names = ["c1/a1.png", "c1/a1.2.png", "c1/a1.3.png"]
    assert backed_up(backup) == {name: picture(number) for name, number in zip(names, (1, 71, 72), strict=True)}
    assert all(not outcome.problem for outcome in verify(backup))
    assert problems(apply_plan(plan, backup), root) == {"c1/a1.png": "is gone since the scan"}
    for number in (72, 71, 1):
        list(undo(backup))
        assert (root / "c1/a1.png").read_bytes() == picture(number)
        (root / "c1/a1.png").unlink()
    assert backed_up(backup) == {}


def with_metadata(root: Path) -> None:
    (root / "c1/metadata.json").write_text('{"images": ["a0.png", "a1.png", "a2.png"]}')
    os.utime(root / "c1/metadata.json", ns=(OLD, OLD))


def test_the_folder_has_another_place_when_it_is_given_back(root, backup, file_system):
    with_metadata(root)
    before = snapshot(root)
    list(apply_plan(whole_plan(root), backup))
    moved = root.rename(root.with_name("moved"))
    with pytest.raises(UsageError, match="the folder that the files came from is gone: --to FOLDER gives them back"):
        list(undo(backup))
    assert str(moved / "c1/a1.png") in [outcome.path for outcome in undo(backup, moved)]
    assert snapshot(moved) == before
    assert os.listdir(backup) == ["journal.jsonl"]


def test_files_are_given_back_to_a_folder_of_their_own(root, backup, tmp_path, file_system):
    with_metadata(root)
    before = snapshot(root)
    list(apply_plan(whole_plan(root), backup))
    left = snapshot(root)
    assert problems(undo(backup, tmp_path / "new/place"), root) == {}
    assert snapshot(root) == left
    gone = ["c1/a1.png", "c1/a2.png", "c1/metadata.json", "c2/a3.png", "c2/deep/b1.png"]
    assert snapshot(tmp_path / "new/place") == {path: before[path] for path in gone}
    assert list(undo(backup)) == [] and list(undo(backup, tmp_path / "other")) == []


def test_nothing_is_overwritten_in_another_place(root, backup, tmp_path):
    list(apply_plan(whole_plan(root), backup))
    place = tmp_path / "place"
    (place / "c1").mkdir(parents=True)
    (place / "c1/a1.png").write_bytes(b"the user's")
    (place / "c2").symlink_to(root / "c2")
    taken, link = "another file of this name has come since", "something else stands where its folder was"
    reasons = {"c1/a1.png": taken, "c2/a3.png": link, "c2/deep/b1.png": link}
    assert problems(undo(backup, place), place) == {
        path: f"{why}; it stays in {backup}" for path, why in reasons.items()
    }
    assert (place / "c1/a1.png").read_bytes() == b"the user's"
    with pytest.raises(UsageError, match="is or lies in the backup folder"):
        list(undo(backup, backup / "c1"))
    assert problems(undo(backup), root) == {}


def test_a_file_where_a_folder_has_to_be_in_the_backup_and_names_of_full_length(root, backup):
    (root / "a").write_bytes(picture(5))
    long = f"a/{'n' * 251}.png"
    step = Step("a", stat_of(root / "a"), "c1/a0.png", stat_of(root / "c1/a0.png"), "tested")
    assert problems(apply_plan(plan_removal(root, [step]), backup), root) == {}
    (root / "a").mkdir()
    for number in (6, 7):
        (root / long).write_bytes(picture(number))
        step = Step(long, stat_of(root / long), "c1/a0.png", stat_of(root / "c1/a0.png"), "tested")
        assert problems(apply_plan(plan_removal(root, [step]), backup), root) == {}
    assert sorted(backed_up(backup)) == sorted(["a", f"a.2/{'n' * 249}.2.png", f"a.2/{'n' * 251}.png"])
    list(undo(backup))
    assert (root / long).read_bytes() == picture(7)


def remount(root: Path) -> None:
    """Bring a tree back as a disk would that makes up inode numbers anew and keeps times to 2 s."""
    fresh = root.with_name("fresh")
    shutil.copytree(root, fresh, symlinks=True)
    shutil.rmtree(root)
    for path in fresh.rglob("*"):
        os.utime(path, ns=(OLD, path.stat().st_mtime_ns // 2_000_000_000 * 2_000_000_000))
    fresh.rename(root)


def test_a_sealed_plan_outlives_a_remount(root, backup):
    plan = seal_plan(whole_plan(root))
    remount(root)
    before = snapshot(root)
    assert problems(apply_plan(plan, backup), root) == {}
    assert len(backed_up(backup)) == 4
    remount(root)
    remount(backup)
    assert problems(apply_plan(plan, backup), root) == {}
    assert problems(undo(backup), root) == {}
    assert snapshot(root) == before


def test_other_content_of_equal_size_and_time_is_known_by_its_digest(root, backup):
    plan = seal_plan(whole_plan(root))
    assert all(step.sha256 and step.keeper_sha256 for step in plan.steps)
    remount(root)
    for name, about in (("c1/a1", ""), ("c2/b0", "c2/b0.png, which is kept, ")):
        path = root / f"{name}.png"
        status, content = path.stat(), bytearray(path.read_bytes())
        content[-20] ^= 1
        path.write_bytes(content)
        os.utime(path, ns=(OLD, status.st_mtime_ns))
        assert f"{about}changed since the scan" in problems(apply_plan(plan, backup, dry_run=True), root).values()


def test_two_names_of_one_file_are_known_after_a_remount(root, backup):
    (root / "c1/a1.png").unlink()
    os.utime(root / "c1/a0.png", ns=(OLD, OLD))
    shutil.copy2(root / "c1/a0.png", root / "c1/a1.png")
    plan = seal_plan(plan_of(root, c1__a1="c1/a0"))
    (root / "c1/a1.png").unlink()
    os.link(root / "c1/a0.png", root / "c1/a1.png")
    reason = "is the same file as c1/a0.png, which is kept"
    assert problems(apply_plan(plan, backup), root) == {"c1/a1.png": reason}


def test_undo_makes_folders_again_but_not_through_links(root, backup, tmp_path):
    list(apply_plan(whole_plan(root), backup))
    (root / "c2/deep").rmdir()
    (tmp_path / "outside").mkdir()
    (root / "c2/deep").symlink_to(tmp_path / "outside")
    reason = f"something else stands where its folder was; it stays in {backup}"
    assert problems(undo(backup), root) == {"c2/deep/b1.png": reason}
    assert read_tree(tmp_path / "outside") == {}
    (root / "c2/deep").unlink()
    assert problems(undo(backup), root) == {}
    assert (root / "c2/deep/b1.png").read_bytes() == picture(5)


@pytest.mark.parametrize("moment", ["secured", "released"])
def test_a_file_replaced_at_the_last_moment_is_not_lost(root, backup, monkeypatch, moment):
    """A camera that writes anew between two of our calls: what it wrote stays in its place."""
    path, name = root / "c1/a1.png", "link" if moment == "secured" else "rename"
    function = getattr(os, name)

    def strike(source, target, **options):
        if source == str(path) and not (root / "fresh").exists():
            replace(path, picture(99))
            (root / "fresh").touch()
        return function(source, target, **options)

    monkeypatch.setattr(os, name, strike)
    assert problems(apply_plan(whole_plan(root), backup), root) == {"c1/a1.png": "changed since it was checked"}
    assert path.read_bytes() == picture(99)
    assert sorted(backed_up(backup)) == ["c1/a2.png", "c2/a3.png", "c2/deep/b1.png"]
    assert [name for name in os.listdir(path.parent) if name.startswith(".")] == []


def test_a_file_replaced_twice_at_the_last_moment_is_kept_beside(root, backup, monkeypatch):
    """Written anew right before the rename that takes it away, and again right behind it."""
    path, rename = root / "c1/a1.png", os.rename

    def strike(source, target):
        if source != str(path):
            return rename(source, target)
        monkeypatch.setattr(os, "rename", rename)
        replace(path, picture(98))
        rename(source, target)
        return path.write_bytes(picture(99))

    monkeypatch.setattr(os, "rename", strike)
    reason = f"changed since it was checked; what stood there for a moment is {path}.2"
    assert problems(apply_plan(whole_plan(root), backup), root) == {"c1/a1.png": reason}
    assert (path.read_bytes(), Path(f"{path}.2").read_bytes()) == (picture(99), picture(98))
    assert not any(name.startswith(".") for name in os.listdir(path.parent))


def test_a_keeper_that_goes_at_the_last_moment_saves_its_group(root, backup, monkeypatch):
    link = os.link

    def strike(source, target, **options):
        (root / "c2/b0.png").unlink(missing_ok=True)
        return link(source, target, **options)

    monkeypatch.setattr(os, "link", strike)
    found = problems(apply_plan(whole_plan(root), backup), root)
    assert found == {"c2/deep/b1.png": "c2/b0.png, which is kept, is gone since the scan"}
    assert (root / "c2/deep/b1.png").read_bytes() == picture(5)


def test_the_content_that_the_scan_read_must_still_be_there(root, backup):
    from dataclasses import replace as with_fields

    plan = whole_plan(root)
    wrong = with_fields(plan.steps[0], sha256="0" * 64)
    plan = with_fields(plan, steps=(wrong, *plan.steps[1:]))
    assert problems(apply_plan(plan, backup), root) == {"c1/a1.png": "its content is not what it was"}
    assert (root / "c1/a1.png").read_bytes() == picture(1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to read-only folders")
def test_a_read_only_folder_is_left_as_it_is(root, backup):
    (root / "c1").chmod(0o555)
    try:
        found = problems(apply_plan(whole_plan(root), backup), root)
    finally:
        (root / "c1").chmod(0o755)
    assert found == dict.fromkeys(["c1/a1.png", "c1/a2.png"], "its folder is read-only")


def test_one_run_at_a_time(root, backup):
    list(apply_plan(plan_of(root, c1__a1="c1/a0"), backup))
    for path in (backup / "journal.jsonl", root):
        holder = os.open(path, os.O_RDONLY)
        fcntl.flock(holder, fcntl.LOCK_EX)
        for run in (lambda: apply_plan(plan_of(root, c1__a2="c1/a0"), backup), lambda: undo(backup)):
            with pytest.raises(ResultsInUse, match="another run is using this folder"):
                list(run())
        os.close(holder)


def test_a_backup_folder_is_new_empty_or_ours(root, backup, tmp_path):
    backup.mkdir()
    (backup / "holiday.jpg").write_bytes(b"the user's")
    with pytest.raises(UsageError, match=r"backup: holds holiday.jpg, which is not of framesift"):
        list(apply_plan(whole_plan(root), backup))
    with pytest.raises(UsageError, match="the backup folder cannot be or hold"):
        list(apply_plan(whole_plan(root), tmp_path))
    for act in (undo, empty_backup, count_backup):
        with pytest.raises(UsageError, match="is no backup folder of framesift"):
            list(act(backup))  # type: ignore[arg-type]
    assert read_tree(backup) == {"holiday.jpg": b"the user's"}


def test_a_backup_holds_the_files_of_one_root(root, backup, tmp_path):
    list(apply_plan(plan_of(root, c1__a1="c1/a0"), backup))
    (tmp_path / "other").mkdir()
    for name in ("x.png", "y.png"):
        (tmp_path / "other" / name).write_bytes(picture(1))
    with pytest.raises(UsageError, match=r"holds files of .*root: choose another backup folder"):
        list(apply_plan(plan_of(tmp_path / "other", x="y"), backup))


def test_a_backup_below_the_root_is_never_input(root):
    list(apply_plan(whole_plan(root), root / "c1" / "backup"))
    listing = find_frames(root)
    assert [frame.path for frame in listing.frames] == ["c1/a0.png", "c2/b0.png"]
    assert listing.passed_over == ["c1/backup"]
    assert problems(undo(root / "c1" / "backup"), root) == {}


def test_emptying_deletes_what_was_moved_and_nothing_else(root, backup):
    list(apply_plan(whole_plan(root), backup))
    (backup / "c1/a1.png").write_bytes(picture(80))
    (backup / "c1/notes.txt").write_bytes(b"the user's")
    assert count_backup(backup) == 4
    found = problems(empty_backup(backup), backup)
    assert found == {"c1/a1.png": "is not what was moved here; left as it is"}
    assert backed_up(backup) == {"c1/a1.png": picture(80), "c1/notes.txt": b"the user's"}
    assert not (backup / "c2").exists()
    (backup / "c1/a1.png").unlink()
    assert problems(empty_backup(backup), backup) == {"c1/a1.png": "is gone"}
    assert list(undo(backup)) != [] and sorted(read_tree(root)) == ["c1/a0.png", "c2/b0.png"]


def test_emptying_does_not_reach_out_of_the_backup(root, backup, tmp_path):
    list(apply_plan(whole_plan(root), backup))
    (backup / "c1").rename(tmp_path / "outside")
    (backup / "c1").symlink_to(tmp_path / "outside")
    assert set(problems(empty_backup(backup), backup)) == {"c1/a1.png", "c1/a2.png"}
    assert sorted(read_tree(tmp_path / "outside")) == ["a1.png", "a2.png"]


def test_verify_finds_every_damaged_byte(root, backup):
    """100 bytes all over the backup, the journal included."""
    list(apply_plan(whole_plan(root), backup))
    places = [(path, place) for path in sorted(read_tree(backup)) for place in range((backup / path).stat().st_size)]
    for path, place in places[:: len(places) // 100][:100]:
        content = (backup / path).read_bytes()
        (backup / path).write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        try:
            found = [os.path.relpath(o.path, backup) for o in verify(backup) if o.problem]
        except (UsageError, StorageError):
            found = ["journal.jsonl"]
        assert found == [path], (path, place)
        (backup / path).write_bytes(content)
    assert [o for o in verify(backup) if o.problem] == []
    (backup / "c1/a1.png").unlink()
    assert [o.problem for o in verify(backup) if o.problem] == ["is gone"]


def test_the_journal_says_what_was_done_and_why(root, backup):
    list(apply_plan(plan_of(root, c1__a1="c1/a0"), backup))
    list(undo(backup))
    header, *lines = map(json.loads, (backup / "journal.jsonl").read_text().splitlines())
    assert header["schema"] == 1 and header["root"] == str(root)
    assert [line["event"] for line in lines] == ["moving", "moved", "returning", "returned"]
    assert (lines[0]["keeper"], lines[0]["similarity"], lines[0]["reason"]) == ("c1/a0.png", 0.97, "tested")
    assert all(first != second for first, second in pairwise(lines))


@pytest.mark.parametrize("name", ["a b", "new\nline", "😀", "n" * 200, "bad\udcff\udcfe", "100%d%s", "-rf"])
def test_odd_names(tmp_path, backup, name):
    root = tmp_path / "root"
    root.mkdir()
    for stem in ("kept", name):
        (root / f"{stem}.png").write_bytes(picture(1))
    before = snapshot(root)
    assert problems(apply_plan(plan_of(root, **{name: "kept"}), backup), root) == {}
    assert (backup / f"{name}.png").read_bytes() == picture(1)
    list(undo(backup))
    assert snapshot(root) == before


def test_a_large_plan_goes_in_groups(tmp_path, backup):
    root = tmp_path / "root"
    root.mkdir()
    for number in range(200):
        (root / f"f{number}.png").write_bytes(picture(number))
    before = snapshot(root)
    plan = plan_of(root, **{f"f{number}": "f0" for number in range(1, 200)})
    steps = apply_plan(plan, backup)
    assert [next(steps) for _ in range(64)] == [Outcome(str(root / f"f{n}.png")) for n in range(1, 65)]
    steps.close()
    assert len(read_tree(root)) == 136
    assert sum(1 for _ in undo(backup)) == 64
    assert snapshot(root) == before
    assert stat.S_ISREG((root / "f1.png").stat().st_mode)


def keep_writing(path: Path) -> None:
    """A camera in a process of its own: one picture after the other until there is a file `stop`, then a last one."""
    contents = [picture(number) for number in range(100)]
    for number in count():
        last = (path.parent / "stop").exists()
        replace(path, LAST if last else contents[number % 100] + str(number).encode())
        if last:
            return


def test_a_camera_that_writes_all_the_time_loses_nothing(root, backup):
    """What stands in the backup is whole, and what the camera wrote last is in its place."""
    path, rounds = root / "c1/a1.png", int(os.environ.get("FRAMESIFT_ROUNDS", "20"))
    camera = get_context("spawn").Process(target=keep_writing, args=(path,))
    camera.start()
    try:
        while rounds:
            with contextlib.suppress(FileNotFoundError):  # moved, and not yet written again
                list(apply_plan(plan_of(root, c1__a1="c1/a0"), backup / str(rounds)))
                rounds -= 1
    finally:
        (root / "c1" / "stop").touch()
        camera.join()
    assert path.read_bytes() == LAST
    for moved in backup.glob("*/c1/a1.png"):
        assert find_damage(str(moved)) == ""
    assert not any(name.startswith(".framesift") for name in os.listdir(root / "c1"))


@pytest.mark.parametrize(("cut", "problem"), [(False, ""), (True, "cannot be read: damaged MP4")])
def test_a_video_can_be_kept_and_removed(root, backup, cut, problem):
    for name in ("film.mp4", "again.mp4"):
        writer = cv2.VideoWriter(str(root / name), cv2.VideoWriter.fourcc(*"mp4v"), 5, (64, 48))
        for number in range(10):
            writer.write(make_image(level=20 * number))
        writer.release()
    if cut:
        (root / "film.mp4").write_bytes((root / "film.mp4").read_bytes()[:300])
    step = Step("again.mp4", stat_of(root / "again.mp4"), "film.mp4", stat_of(root / "film.mp4"), "the same film")
    [outcome] = apply_plan(plan_removal(root, [step]), backup)
    assert problem in outcome.problem and (root / "again.mp4").exists() == bool(problem)


def test_what_a_stopped_run_deleted_is_not_verified_and_what_it_left_is(root, backup):
    list(apply_plan(whole_plan(root), backup))
    with Journal(str(backup), writable=True) as journal:
        for stored in ("c1/a1.png", "c1/a2.png", "c2/a3.png"):
            journal.record("deleting", stored)
    (backup / "c1/a1.png").unlink()
    (backup / "c1/a2.png").write_bytes(b"otherwise")
    outcomes = list(verify(backup))
    assert {os.path.relpath(each.path, backup) for each in outcomes} == {"c1/a2.png", "c2/a3.png", "c2/deep/b1.png"}
    assert problems(outcomes, backup) == {"c1/a2.png": "is not what was moved here"}
