"""`metadata.json` of a folder that loses files: what changes, what stays as written, and that undo brings it back."""

import csv
import json
import os
import re
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.actions import apply_plan, empty_backup, undo, update_metadata
from framesift.actions.metadata.records import UnreadableMetadata, without_files
from framesift.filtering.verifying import verify
from tests.actions.removals import backed_up, picture, plan_of, snapshot
from tests.conftest import read_tree

NOW = "2026-01-02T03:04:05+00:00"


def rewritten(text: str, *names: str) -> str:
    return without_files(text.encode(), set(names or ["a.jpg"]), NOW).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"persons": [{"id": 1, "image": "a.jpg"}, {"id": 2, "image": "b.jpg"}]}',
         '{"persons": [{"id": 2, "image": "b.jpg"}], "removed_at": "NOW"}'),
        ('{"persons": [{"image": "b.jpg"}, {"image": "a.jpg"}], "x": 1.50e1}',
         '{"persons": [{"image": "b.jpg"}], "x": 1.50e1, "removed_at": "NOW"}'),
        ('{"images":["a.jpg","b.jpg","./c.jpg"],"image_count":3}',
         '{"images":["b.jpg","./c.jpg"],"image_count":2,"removed_at":"NOW"}'),
        ('{"images":["./a.jpg"],"image_count":1}', '{"images":[],"image_count":0,"removed_at":"NOW"}'),
        ('{"images": ["a.jpg"]}', '{"images": [], "removed_at": "NOW"}'),
        ('{"images": [ "a.jpg" , "b.jpg" ]}', '{"images": [ "b.jpg" ], "removed_at": "NOW"}'),
        ('{"removed_at": "x", "total_images": 12, "n": 12}', '{"removed_at": "NOW", "total_images": 11, "n": 12}'),
        ('{"total_images": 0}', '{"total_images": 0, "removed_at": "NOW"}'),
        ('{"total_images": 12.0}', '{"total_images": 12.0, "removed_at": "NOW"}'),
        ('{}', '{"removed_at": "NOW"}'),
        ('{"a.jpg": {"w": 1}}', '{"removed_at": "NOW"}'),
        ('{"files": {"b.jpg": 1, "a.jpg": 2}, "count": 2}', '{"files": {"b.jpg": 1}, "count": 1, "removed_at": "NOW"}'),
        ('{"total_images": 3, "all": [{"images": 2, "files": ["a.jpg", "b.jpg"]}, {"files": ["c.jpg"]}]}',
         '{"total_images": 2, "all": [{"images": 1, "files": ["b.jpg"]}, {"files": ["c.jpg"]}], "removed_at": "NOW"}'),
        ('{"images": [{"filename": "b.jpg"},\r\n {"filename": "a.jpg"}]\r\n}',
         '{"images": [{"filename": "b.jpg"}], "removed_at": "NOW"\r\n}'),
        ('{"id": 123456789012345678901234567890, "s": "\\u00e9\\ud800", "t": ["xa.jpg"]}',
         '{"id": 123456789012345678901234567890, "s": "\\u00e9\\ud800", "t": ["xa.jpg"], "removed_at": "NOW"}'),
        ('{\n  "images": [\n    "a.jpg",\n    "b.jpg"\n  ],\n  "k": null\n}\n',
         '{\n  "images": [\n    "b.jpg"\n  ],\n  "k": null,\n  "removed_at": "NOW"\n}\n'),
        ('\ufeff{"images": ["a.jpg"]}', '\ufeff{"images": [], "removed_at": "NOW"}'),
    ],
)  # fmt: skip
def test_what_changes_and_what_stays_as_written(before, after):
    found = rewritten(before)
    assert found == after.replace("NOW", NOW)
    json.loads(found.removeprefix("\ufeff"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
IMAGES = st.lists(
    st.sampled_from(["a.jpg", "b.jpg", "c.jpg"]).flatmap(lambda n: st.sampled_from([n, {"image": n, "s": 0.5}]))
)


@given(
    extra=st.dictionaries(st.text("xyz", min_size=1), VALUES, max_size=4),
    images=IMAGES,
    indent=st.sampled_from([None, 0, 2, "\t"]),
    ascii_only=st.booleans(),
)
def test_unknown_keys_survive_any_rewrite(extra, images, indent, ascii_only):
    document = {**extra, "images": images, "total_images": len(images), "tail": extra}
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    try:
        found = json.loads(rewritten(text, "a.jpg", "c.jpg"))
    except UnicodeEncodeError:
        return  # a text that UTF-8 cannot hold is no file
    left = [image for image in images if image != "b.jpg" and image != {"image": "b.jpg", "s": 0.5}]
    expected = [image for image in images if image not in left]
    assert found == {**document, "images": expected, "total_images": found["total_images"], "removed_at": NOW}
    assert list(found) == [*document, "removed_at"]
    gone = {image["image"] if isinstance(image, dict) else image for image in left}
    assert found["total_images"] == max(0, len(images) - (len(gone) or 2))


@pytest.mark.parametrize("depth", [200, 900, 5000, 100_000])
def test_deep_nesting_ends_no_run(depth):
    for text in (
        "[" * depth + "]" * depth,
        '{"a":' * depth + "1" + "}" * depth,
        '{"k": ' + "[" * depth + "]" * depth + "}",
    ):
        try:
            assert json.loads(rewritten(text))["removed_at"] == NOW
        except UnreadableMetadata as error:
            assert "nested too deeply" in str(error) or "not an object" in str(error)


def corpus_cases() -> dict[str, str]:
    table = Path(__file__).resolve().parents[3] / "shared/bad_inputs/expected.csv"
    if not table.exists():
        return {}
    with table.open(newline="") as file:
        return {row["path"]: row["expected"] for row in csv.DictReader(file) if row["path"].startswith("metadata/")}


@pytest.mark.parametrize("name", sorted(corpus_cases()) or ["none"])
def test_each_file_of_the_corpus(shared, tmp_path, name):
    """The readable ones are updated, the others reported in one line and left alone; the files move all the same."""
    expected, content = corpus_cases()[name], (shared / "bad_inputs" / name).read_bytes()
    root = tmp_path / "root"
    root.mkdir()
    for stem in ("a", "b"):
        (root / f"{stem}.png").write_bytes(picture(1))
    (root / "metadata.json").write_bytes(content)
    (root / "metadata.json").chmod(0o664)
    before = snapshot(root)
    outcomes = list(apply_plan(plan_of(root, a="b"), tmp_path / "backup"))
    reported = [o for o in outcomes if o.path == str(root / "metadata.json")]
    after = (root / "metadata.json").read_bytes()
    if expected == "readable" or (expected == "either" and not reported):
        assert (
            reported == []
            and json.loads(after)["removed_at"]
            and (root / "metadata.json").stat().st_mode & 0o777 == 0o664
        )
        assert backed_up(tmp_path / "backup")["metadata.json"] == content
    else:
        assert len(reported) == 1 and after == content and "\n" not in reported[0].problem
    assert not outcomes[0].problem and not (root / "a.png").exists()
    list(undo(tmp_path / "backup"))
    assert snapshot(root) == before


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """One folder with three files and their metadata."""
    folder = tmp_path / "root"
    folder.mkdir()
    for number, stem in enumerate("abc"):
        (folder / f"{stem}.png").write_bytes(picture(number))
    (folder / "metadata.json").write_text('{"images": ["a.png", "b.png", "c.png"], "total_images": 3}\n')
    (folder / "metadata.json").chmod(0o640)
    os.utime(folder / "metadata.json", (1e9, 1e9))
    return folder


def test_removed_in_two_runs_and_given_back(root, tmp_path):
    backup, before = tmp_path / "backup", snapshot(root)
    list(apply_plan(plan_of(root, a="c"), backup))
    list(apply_plan(plan_of(root, b="c"), backup))
    found = json.loads((root / "metadata.json").read_text())
    assert (found["images"], found["total_images"]) == (["c.png"], 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", found["removed_at"])
    assert (root / "metadata.json").stat().st_mode & 0o777 == 0o640
    assert sorted(backed_up(backup)) == ["a.png", "b.png", "metadata.json", "metadata.json.2"]
    assert not [o for o in verify(backup) if o.problem]
    assert not [o for o in undo(backup) if o.problem]
    assert snapshot(root) == before and backed_up(backup) == {}


def test_undo_does_not_overwrite_what_was_written_since(root, tmp_path):
    list(apply_plan(plan_of(root, a="c"), tmp_path / "backup"))
    (root / "metadata.json").write_text('{"mine": 1}')
    [problem] = [o for o in undo(tmp_path / "backup") if o.problem]
    assert problem.path == str(root / "metadata.json") and problem.problem.startswith(
        "changed since; what it was before is"
    )
    assert (root / "metadata.json").read_text() == '{"mine": 1}'
    assert list(backed_up(tmp_path / "backup")) == ["metadata.json"]


def test_emptying_deletes_the_former_version_too(root, tmp_path):
    list(apply_plan(plan_of(root, a="c"), tmp_path / "backup"))
    assert not [o for o in empty_backup(tmp_path / "backup") if o.problem]
    assert backed_up(tmp_path / "backup") == {}
    assert json.loads((root / "metadata.json").read_text())["total_images"] == 2


@pytest.mark.parametrize(
    "make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("a.png"), lambda path: path.symlink_to(".")]
)
def test_what_is_no_file_is_left_as_it_is(root, tmp_path, make):
    (root / "metadata.json").unlink()
    make(root / "metadata.json")
    before = read_tree(root)
    outcomes = list(apply_plan(plan_of(root, b="c"), tmp_path / "backup"))
    assert outcomes[-1].problem == "was not updated: is not a regular file"
    assert read_tree(root) == {path: content for path, content in before.items() if path != "b.png"}


def test_a_writer_without_a_lock_loses_nothing(root, monkeypatch):
    path, chmod = root / "metadata.json", os.chmod

    def strike(target, mode, **options):
        path.write_text('{"written": "meanwhile"}')
        chmod(target, mode, **options)

    monkeypatch.setattr(os, "chmod", strike)
    with pytest.raises(UnreadableMetadata, match="was written to meanwhile"):
        update_metadata(str(path), {"a.png"}, NOW)
    assert path.read_text() == '{"written": "meanwhile"}' and sorted(os.listdir(root))[-1] == "metadata.json"


def remove_all(path: str, names: list[str]) -> None:
    for name in names:
        update_metadata(path, {name}, NOW)


def test_two_writers_at_once_lose_nothing(tmp_path):
    names = [f"{number}.png" for number in range(200)]
    path = tmp_path / "metadata.json"
    path.write_text(json.dumps({"images": [*names, "last.png"], "total_images": 201}))
    writers = [get_context("spawn").Process(target=remove_all, args=(str(path), names[start::2])) for start in (0, 1)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    assert json.loads(path.read_text()) == {"images": ["last.png"], "total_images": 1, "removed_at": NOW}


def test_a_file_that_has_another_name_in_the_backup_is_counted_once(tmp_path):
    """a1 goes, comes anew, goes again beside the first: when a2 goes, a1 is not taken out a third time."""
    folder = tmp_path / "root" / "c"
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"a{number}.png").write_bytes(picture(number))
    (folder / "metadata.json").write_text('{"total_images": 9}')
    totals = []
    for name in ("c__a1", "c__a1", "c__a2"):
        assert not [
            o for o in apply_plan(plan_of(tmp_path / "root", **{name: "c/a0"}), tmp_path / "backup") if o.problem
        ]
        totals.append(json.loads((folder / "metadata.json").read_text())["total_images"])
        if name == "c__a1" and not (tmp_path / "backup/c/a1.2.png").exists():
            (folder / "a1.png").write_bytes(picture(7))
    assert totals == [8, 7, 6]


def test_what_would_take_a_gigabyte_of_memory_is_left_as_it_is(tmp_path):
    path = tmp_path / "metadata.json"
    path.touch()
    os.truncate(path, 16 * 2**20 + 1)
    with pytest.raises(UnreadableMetadata, match=r"is too large \(16777217 bytes\)"):
        update_metadata(str(path), {"a.jpg"}, NOW)
    assert path.stat().st_size == 16 * 2**20 + 1
