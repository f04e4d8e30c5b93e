"""What belongs to a picture goes and comes back with it, or both stay."""

import errno
import json
import os
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift import cli
from framesift.actions import Step, apply_plan, empty_backup, plan_removal, seal_plan, undo
from framesift.actions.backup import batches
from framesift.actions.moving import LeftOut, release
from framesift.cli import options
from framesift.filtering.verifying import verify
from framesift.frames.companions import find_companions
from tests.actions.removals import backed_up, picture, plan_of, snapshot, stat_of
from tests.conftest import read_tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number in range(3):
        path = tmp_path / "root" / f"a{number}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(picture(number))
        for suffix in ("CR2", "xmp", "png.json"):
            path.with_suffix(f".{suffix}").write_text(f"{suffix} of {number}")
    return tmp_path / "root"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup"


ALL = {"a1.png", "a1.CR2", "a1.xmp", "a1.png.json"}


def apply(plan, backup: Path, **more) -> dict[str, str]:
    """Carry a plan out; return {name: reason} of what was left."""
    return {Path(each.path).name: each.problem for each in apply_plan(plan, backup, **more) if each.problem}


def test_all_go_and_come_back(root, backup):
    before = snapshot(root)
    outcomes = list(apply_plan(plan_of(root, a1="a0"), backup))
    assert [(Path(each.path).name, each.companion, each.problem) for each in outcomes] == [
        ("a1.png", False, ""),
        *((name, True, "") for name in ("a1.CR2", "a1.png.json", "a1.xmp")),
    ]
    assert set(read_tree(backup)) == ALL | {"journal.jsonl"}
    assert set(read_tree(root)) == before.keys() - ALL
    assert [each.problem for each in verify(backup)] == [""] * 4
    assert sorted(each.companion for each in undo(backup)) == [False, True, True, True]
    assert snapshot(root) == before


def test_a_mask_stays_with_its_picture(tmp_path, backup):
    folder = tmp_path / "data"
    for path in ("images/0.png", "images/1.png", "masks/0.png", "masks/1.png"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(picture(3))
    assert apply(plan_of(folder, masks__1="masks__0"), backup) == {"1.png": "belongs to images/1.png, which stays"}
    assert apply(plan_of(folder, images__1="images__0", masks__1="masks__0"), backup) == {}
    assert set(backed_up(backup)) == {"images/1.png", "masks/1.png"}


def test_a_dry_run_says_the_same(root, backup):
    plan = plan_of(root, a1="a0", a2="a0")
    foreseen = list(apply_plan(plan, backup, dry_run=True))
    assert foreseen == list(apply_plan(plan, backup)) and len(foreseen) == 8


def test_deleted_for_good_with_it(root, backup):
    apply(plan_of(root, a1="a0"), backup)
    assert len(list(empty_backup(backup))) == 4
    assert set(read_tree(backup)) == {"journal.jsonl"}


def test_the_tally_says_how_many(root, backup, tmp_path, capsys):
    from framesift.actions import write_plan

    write_plan(plan_of(root, a1="a0"), tmp_path / "plan.json")
    assert cli.main(["apply", str(tmp_path / "plan.json"), "--remove-to", str(backup)]) == options.DONE
    assert capsys.readouterr().out == f"1 file and 3 companion files moved to {backup}\n"
    assert cli.main(["undo", "--json", str(backup)]) == options.DONE
    assert json.loads(capsys.readouterr().out) == {"done": 1, "left": [], "companions": 3}


@pytest.mark.parametrize("shape", ["link", "kept"])
def test_what_cannot_go_keeps_all(root, backup, shape):
    apply(plan_of(root, a2="a0"), backup)
    if shape == "link":
        (root / "a1.xmp").unlink()
        (root / "a1.xmp").symlink_to("a0.xmp")
    else:
        (root / "a1.xmp").unlink()
        os.link(root / "a0.png", root / "a1.xmp")
    before = snapshot(root)
    [(name, reason)] = apply(plan_of(root, a1="a0"), backup).items()
    told = {"link": "is a link, not a file", "kept": "is the same file as a0.png"}
    assert (name, reason.split(": ")[0]) == ("a1.png", "goes only with a1.xmp") and told[shape] in reason
    assert snapshot(root) == before


def test_names_that_are_taken_in_the_backup(root, backup):
    """Each gets another one there, and all come back together under their own, also to another place."""
    apply(plan_of(root, a2="a0"), backup)
    for name in ("a1.xmp", "a1.png"):
        (backup / name).write_text("another")
    before = snapshot(root)
    assert apply(plan_of(root, a1="a0"), backup) == {}
    assert (backup / "a1.2.png").exists() and (backup / "a1.2.xmp").exists() and not (root / "a1.xmp").exists()
    assert all(not each.problem for each in undo(backup))
    assert {path: each for path, each in snapshot(root).items() if path in before} == before


@pytest.mark.parametrize("taken", ["a1.png", "a1.xmp", "a1.png.json"])
def test_one_name_that_is_taken_gives_all_the_same_number(root, backup, taken):
    """So that what belongs together is seen to belong together in the backup as well."""
    backup.mkdir()
    apply(plan_of(root, a2="a0"), backup)
    (backup / taken).write_text("another")
    before = snapshot(root)
    assert apply(plan_of(root, a1="a0"), backup) == {}
    assert {"a1.2.png", "a1.2.CR2", "a1.2.xmp", "a1.2.png.json"} <= set(read_tree(backup))
    found = find_companions(backup, ["a1.2.png"])["a1.2.png"]
    assert {each.path for each in found} == {"a1.2.CR2", "a1.2.xmp", "a1.2.png.json"}
    lines = map(json.loads, (backup / "journal.jsonl").read_text().splitlines())
    leaders = {line["stored"]: line.get("with") for line in lines if line.get("event") == "moving"}
    assert leaders["a1.2.png"] is None and leaders["a1.2.xmp"] == leaders["a1.2.png.json"] == "a1.2.png"
    assert apply(plan_removal(root, []), backup) == {}
    assert [each.problem for each in verify(backup)] == [""] * 8
    assert [each.problem for each in undo(backup)] == [""] * 8
    assert {path: seen for path, seen in snapshot(root).items() if path in before} == before


def test_a_second_picture_of_one_name_has_its_companions_beside_it(root, backup):
    """Removed, made anew with other companions, removed again: the last come back to their place, the first stay."""
    apply(plan_of(root, a1="a0"), backup)
    for name in ALL:
        (root / name).write_bytes(picture(9) if name == "a1.png" else f"second {name}".encode())
    second = {path: content for path, content in read_tree(root).items() if path in ALL}
    assert apply(plan_of(root, a1="a0"), backup) == {}
    assert {"a1.2.png", "a1.2.CR2", "a1.2.xmp", "a1.2.png.json"} <= set(read_tree(backup))
    problems = {Path(each.path).name for each in undo(backup) if each.problem}
    assert problems == ALL and {path: read_tree(root)[path] for path in ALL} == second
    for name in ALL:
        (root / name).unlink()
    assert [each.problem for each in undo(backup)] == [""] * 4
    assert (root / "a1.xmp").read_text() == "xmp of 1" and set(read_tree(backup)) == {"journal.jsonl"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("IMG(1).jpg", "IMG.jpg(1).json"), ("IMG(1).2.jpg", "IMG(1).2.jpg.json")),
        (("a.b.jpg", "a.b.xmp", "a.b.jpg.pp3"), ("a.b.2.jpg", "a.b.2.xmp", "a.b.2.jpg.pp3")),
        (("x" * 251 + ".jpg", "x" * 251 + ".xmp"), ("x" * 249 + ".2.jpg", "x" * 249 + ".2.xmp")),
        (("é" * 120 + ".jpg", "é" * 120 + ".jpg.json"), ("é" * 120 + ".2.jpg", "é" * 120 + ".2.jpg.json")),
    ],
)
def test_names_that_belong_together_still_do(tmp_path, backup, names, expected):
    root = tmp_path / "root"
    root.mkdir()
    for name in names:
        (root / name).write_bytes(picture(1))
    (root / "keeper.png").write_bytes(picture(1))
    backup.mkdir()
    step = Step(names[0], stat_of(root / names[0]), "keeper.png", stat_of(root / "keeper.png"), "tested")
    before = snapshot(root)
    list(apply_plan(plan_removal(root, []), backup))
    (backup / names[0]).write_text("another")
    assert apply(plan_removal(root, [step]), backup) == {}
    assert set(read_tree(backup)) == {"journal.jsonl", names[0], *expected}
    assert {each.path for each in find_companions(backup, expected[:1])[expected[0]]} == set(expected[1:])
    list(undo(backup))
    assert snapshot(root) == before


def test_labels_in_a_tree_of_their_own_get_the_number_too(tmp_path, backup):
    root = tmp_path / "root"
    for path in ("images/0.png", "images/1.png", "labels/1.txt"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(picture(1))
    before = snapshot(root)
    list(apply_plan(plan_removal(root, []), backup))
    (backup / "labels").mkdir(parents=True)
    (backup / "labels/1.txt").write_text("another")
    (backup / "images").write_text("in the way")
    assert apply(plan_of(root, images__1="images/0"), backup) == {}
    assert {"images.2/1.2.png", "labels/1.2.txt"} <= set(read_tree(backup))
    list(undo(backup))
    assert snapshot(root) == before


def test_all_come_back_to_another_place(root, backup, tmp_path, file_system):
    before = {path: seen for path, seen in snapshot(root).items() if path in ALL}
    apply(plan_of(root, a1="a0"), backup)
    (tmp_path / "new").mkdir()
    (tmp_path / "new/a1.xmp").write_text("taken")
    assert {Path(each.path).name for each in undo(backup, tmp_path / "new") if each.problem} == ALL
    (tmp_path / "new/a1.xmp").unlink()
    assert [each.problem for each in undo(backup, tmp_path / "new")] == [""] * 4
    assert snapshot(tmp_path / "new") == before and not set(read_tree(root)) & ALL


def test_all_names_of_a_file_go_with_what_belongs_to_each(root, backup):
    """a1.png and b1.png are one file, and each has a sidecar."""
    os.link(root / "a1.png", root / "b1.png")
    (root / "b1.xmp").write_text("of b1")
    before = snapshot(root)
    assert apply(plan_of(root, a1="a0", b1="a0"), backup) == {}
    assert set(read_tree(backup)) == ALL | {"b1.png", "b1.xmp", "journal.jsonl"}
    assert (backup / "a1.png").samefile(backup / "b1.png")
    list(undo(backup))
    assert snapshot(root) == before and (root / "a1.png").samefile(root / "b1.png")


def test_in_several_folders(tmp_path, backup):
    root = tmp_path / "both"
    for path in ("one/a.png", "one/a.xmp", "two/a.png", "two/a.xmp"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(picture(1))
    before = snapshot(root)
    step = Step("two/a.png", stat_of(root / "two/a.png"), "one/a.png", stat_of(root / "one/a.png"), "tested")
    assert apply(plan_removal(root, [step], ["one", "two"]), backup) == {}
    assert set(read_tree(backup)) == {"two/a.png", "two/a.xmp", "journal.jsonl"}
    list(undo(backup))
    assert snapshot(root) == before


def test_a_plan_by_content_counts_as_done_with_its_companions(root, backup):
    """After a remount, where every inode is another, the same plan again neither moves nor misses anything."""
    plan = seal_plan(plan_of(root, a1="a0"))
    for name in (*ALL, "a0.png"):
        status, content = (root / name).stat(), (root / name).read_bytes()
        (root / name).unlink()
        (root / name).write_bytes(content)
        os.utime(root / name, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert apply(plan, backup) == {}
    held = read_tree(backup)
    assert apply(plan, backup) == {} and read_tree(backup) == held and held.keys() == ALL | {"journal.jsonl"}


@pytest.mark.parametrize("name", ["a1.png", "a1.xmp", "a1.png.json"])
def test_one_that_changes_at_the_last_moment_keeps_all(root, backup, monkeypatch, name):
    before = read_tree(root)

    def change(move):
        if Path(move.source).name == name:
            (root / name).write_text("changed")
        release(move)

    monkeypatch.setattr(batches, "release", change)
    [(left, reason)] = apply(plan_of(root, a1="a0"), backup).items()
    assert left == "a1.png" and "changed since it was checked" in reason
    assert read_tree(root) == {**before, name: b"changed"}
    assert set(read_tree(backup)) == {"journal.jsonl"}
    monkeypatch.undo()
    assert apply(plan_of(root, a1="a0"), backup) == {}


def test_one_whose_place_is_taken_keeps_all_in_the_backup(root, backup):
    apply(plan_of(root, a1="a0"), backup)
    held = read_tree(backup)
    (root / "a1.xmp").write_text("new")
    problems = {Path(each.path).name: each.problem for each in undo(backup)}
    assert problems["a1.xmp"] == f"another file of this name has come since; it stays in {backup}"
    assert problems["a1.png"] == (
        f"goes only with a1.xmp: another file of this name has come since; it stays in {backup}"
    )
    assert {path: each for path, each in read_tree(backup).items() if path in ALL} == {
        path: each for path, each in held.items() if path in ALL
    }
    (root / "a1.xmp").unlink()
    assert [each.problem for each in undo(backup)] == [""] * 4


class TestShared:
    """a1.png and a1.jpg have a1.xmp and a1.CR2 in common."""

    @pytest.fixture
    def both(self, root) -> Path:
        (root / "a1.jpg").write_bytes(picture(1))
        return root

    def step(self, root: Path, path: str) -> Step:
        return Step(path, stat_of(root / path), "a0.png", stat_of(root / "a0.png"), "tested")

    def test_it_stays_with_the_one_that_stays(self, both, backup):
        assert apply(plan_of(both, a1="a0"), backup) == {}
        assert set(read_tree(backup)) == {"a1.png", "a1.png.json", "journal.jsonl"}
        assert apply(plan_removal(both, [self.step(both, "a1.jpg")]), backup) == {}
        assert set(read_tree(backup)) == ALL | {"a1.jpg", "journal.jsonl"}

    def test_it_goes_when_both_go(self, both, backup):
        before = snapshot(both)
        assert apply(plan_removal(both, [self.step(both, "a1.jpg"), self.step(both, "a1.png")]), backup) == {}
        assert set(read_tree(backup)) == ALL | {"a1.jpg", "journal.jsonl"}
        list(undo(backup))
        assert snapshot(both) == before

    def test_all_stay_when_one_of_both_cannot_go(self, both, backup, monkeypatch):
        def change(move):
            if move.source.endswith("a1.png"):
                (both / "a1.png").write_bytes(b"changed")
            release(move)

        monkeypatch.setattr(batches, "release", change)
        problems = apply(plan_removal(both, [self.step(both, "a1.jpg"), self.step(both, "a1.png")]), backup)
        assert problems.keys() == {"a1.jpg", "a1.png"}
        assert set(read_tree(backup)) == {"journal.jsonl"}

    def test_in_a_dry_run_too(self, both, backup):
        plan = plan_removal(both, [self.step(both, "a1.jpg"), self.step(both, "a1.png")])
        assert len(list(apply_plan(plan, backup, dry_run=True))) == 5


class TestPlanned:
    """A companion that is looked at as a picture itself, as raw data can be."""

    def test_one_that_belongs_to_a_picture_that_stays_stays(self, root, backup):
        step = Step("a1.CR2", stat_of(root / "a1.CR2"), "a0.png", stat_of(root / "a0.png"), "tested")
        assert apply(plan_removal(root, [step]), backup) == {"a1.CR2": "belongs to a1.png, which stays"}

    @pytest.mark.parametrize("turned", [False, True])
    def test_one_that_goes_goes_with_its_picture(self, root, backup, turned):
        steps = [
            Step(path, stat_of(root / path), "a0.png", stat_of(root / "a0.png"), "tested")
            for path in ("a1.png", "a1.CR2")
        ]
        plan = plan_removal(root, steps[::-1] if turned else steps)
        outcomes = [(Path(each.path).name, each.companion, each.problem) for each in apply_plan(plan, backup)]
        assert outcomes[:2] == [("a1.png", False, ""), ("a1.CR2", False, "")] and len(outcomes) == 4
        assert set(read_tree(backup)) == ALL | {"journal.jsonl"}

    def test_one_that_is_kept_keeps_its_picture(self, root, backup):
        (root / "a1.dng").write_bytes(picture(1))
        step = Step("a1.png", stat_of(root / "a1.png"), "a1.dng", stat_of(root / "a1.dng"), "tested")
        assert apply(plan_removal(root, [step]), backup) == {"a1.png": "goes only with a1.dng: is kept"}


def test_what_exists_once_can_be_spared(root, backup):
    (root / "a2.CR2").unlink(), (root / "a2.xmp").unlink(), (root / "a2.png.json").unlink()
    assert apply(plan_of(root, a1="a0", a2="a0"), backup, spare_companions=True) == {
        "a1.png": "a file belongs to it that exists once"
    }
    assert set(read_tree(backup)) == {"a2.png", "journal.jsonl"}


def test_the_metadata_of_the_folder_counts_pictures(root, backup):
    before = {"total_images": 3, "files": ["a0.png", "a1.png", "a1.xmp", "a2.png"]}
    (root / "metadata.json").write_text(json.dumps(before))
    apply(plan_of(root, a1="a0"), backup)
    after = json.loads((root / "metadata.json").read_text())
    assert (after["total_images"], after["files"]) == (2, ["a0.png", "a2.png"])
    list(undo(backup))
    assert json.loads((root / "metadata.json").read_text()) == before


def test_labels_in_a_tree_of_their_own(tmp_path, backup):
    root = tmp_path / "set"
    for path, content in {
        **{f"images/train/{n}.png": picture(n) for n in range(2)},
        **{f"labels/train/{n}.txt": b"0 .5 .5 .1 .1" for n in range(2)},
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    before = snapshot(root)
    assert apply(plan_of(root, images__train__1="images/train/0"), backup) == {}
    assert set(read_tree(backup)) == {"images/train/1.png", "labels/train/1.txt", "journal.jsonl"}
    list(undo(backup))
    assert snapshot(root) == before


NAMES = [
    "a.png",
    "a.jpg",
    "a.bmp",
    "a.xmp",
    "a.txt",
    "a.CR2",
    "a.png.json",
    "b.jpg",
    "b.txt",
    "b.dng",
    "b.heic",
    "b.mov",
]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(NAMES), min_size=3), st.data())
def test_never_one_alone(tmp_path_factory, names, data):
    """Whatever goes, cannot go, or changes: a file is where all of its pictures are, or with one that stays."""
    place = tmp_path_factory.mktemp("law")
    (place / "root").mkdir()
    root, backup = place / "root", place / "backup"
    for name in (*names, "keeper.png"):
        (root / name).write_bytes(picture(NAMES.index(name) if name in NAMES else 50))
    asked = [name for name in sorted(names) if name.endswith(("png", "jpg", "bmp", "dng", "heic", "CR2"))]
    steps = data.draw(st.lists(st.sampled_from(asked), unique=True)) if asked else []
    keeper = stat_of(root / "keeper.png")
    plan = plan_removal(root, [Step(name, stat_of(root / name), "keeper.png", keeper, "tested") for name in steps])
    restless = data.draw(st.sets(st.sampled_from(sorted(names)), max_size=1))
    owners = {c.path: c.owners for found in find_companions(root, names).values() for c in found}
    before = snapshot(root)

    def refuse(move):
        if Path(move.source).name in restless and "backup" not in move.source:
            raise LeftOut("changed")
        release(move)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "release", refuse)
        patch.setattr("framesift.actions.backup.removal.GROUP", data.draw(st.integers(1, 3)))
        apply(plan, backup)
    left = set(read_tree(root))
    for path, of in owners.items():
        assert (path in left) == bool(left.intersection(of)), (path, of, left)
    list(undo(backup))
    assert snapshot(root) == before


@pytest.mark.parametrize("unreadable", ["c1", "labels"])
def test_where_it_cannot_be_told_what_belongs_to_it_a_picture_stays(tmp_path, monkeypatch, unreadable):
    """Else it would go alone, and a second run would find it gone and its label without it."""
    root, path = tmp_path / "root", "images/train/a1.png" if unreadable == "labels" else "c1/a1.png"
    label = Path(path.replace("images", "labels")).with_suffix(".txt")
    for number in range(2):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path.replace("a1", f"a{number}")).write_bytes(picture(number))
    (root / label).parent.mkdir(parents=True, exist_ok=True)
    (root / label).write_text("1 .5 .5 .1 .1")
    plan = plan_of(
        root, **{path.removesuffix(".png").replace("/", "__"): path.replace("a1", "a0").removesuffix(".png")}
    )
    before = read_tree(root)
    scandir, lstat = os.scandir, os.lstat

    def refuse(function, place, *more):
        if str(place) == str(root / (label.parent if function is scandir else label)):
            raise OSError(errno.EIO, os.strerror(errno.EIO), place)
        return function(place, *more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", partial(refuse, scandir))
        if unreadable == "labels":
            patch.setattr(os, "lstat", partial(refuse, lstat))
        [outcome] = apply_plan(plan, tmp_path / "backup")
    assert outcome.problem == "what belongs to it cannot be told: Input/output error"
    assert read_tree(root) == before
    assert [each.problem for each in apply_plan(plan, tmp_path / "backup")] == ["", ""]
    assert list(undo(tmp_path / "backup")) and read_tree(root) == before
