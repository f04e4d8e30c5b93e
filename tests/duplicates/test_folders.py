"""Several folders searched as one, what is preferred and protected in them, and all names of a file."""

import os
from itertools import permutations

import pytest

from framesift.duplicates import Place, Preference, find_duplicates
from framesift.errors import UsageError
from tests.comparators.test_comparators import paint
from tests.conftest import encode
from tests.duplicates.test_search import jpeg


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index.sqlite"


@pytest.fixture
def data(write_tree):
    """One picture in three qualities in three folders, and what has no like."""
    one = paint(1, 320, 240)
    tree = {
        "a/one.jpg": jpeg(one, 50),
        "b/sub/one.jpg": jpeg(one, 90),
        "c/one.png": encode(one),
        "c/x.jpg": jpeg(paint(2)),
    }
    return write_tree(tree, "data")


def kept(findings) -> dict[str, set[str]]:
    return {group.keeper.path: {member.item.path for member in group.members} for group in findings.groups}


def test_all_folders_are_searched_and_nothing_else(data, index):
    findings = find_duplicates([data / "a", data / "b"], index=index)
    assert (findings.directory, findings.folders) == (str(data), ("a", "b"))
    assert [item.path for item in findings.inventory.items] == ["a/one.jpg", "b/sub/one.jpg"]
    plan = findings.removal()
    assert (plan.root, plan.folders) == (str(data), ("a", "b"))
    assert [(step.path, step.keeper) for step in plan.steps] == [("b/sub/one.jpg", "a/one.jpg")]


def test_what_lies_in_the_folder_that_is_named_first_stays(data, index):
    paths = {"a": "a/one.jpg", "b": "b/sub/one.jpg", "c": "c/one.png"}
    for order in permutations("abc"):
        [group] = find_duplicates([data / name for name in order], index=index).groups
        assert (group.keeper.path, group.reason) == (paths[order[0]], f"in {order[0]}, which comes first")
        assert group.members[0].item.path == paths[order[1]]
        [group] = find_duplicates(
            [data / n for n in order], preference=Preference(("largest-file",)), index=index
        ).groups
        assert group.keeper.path == "c/one.png"


def test_folders_in_each_other_and_named_twice(data, index):
    for folders in (["b", "b/sub", "c"], ["b/sub", "b", "c", "b"], ["c", "b"]):
        findings = find_duplicates([data / folder for folder in folders], index=index)
        assert sorted(item.path for item in findings.inventory.items) == ["b/sub/one.jpg", "c/one.png", "c/x.jpg"]
        assert findings.names == {}
    assert kept(find_duplicates([data, data / "a"], index=index)) == kept(find_duplicates(data, index=index))
    (data / "link").symlink_to("b")
    findings = find_duplicates([data / "link", data / "c"], index=index)
    assert (findings.folders, findings.removal().root) == (("b", "c"), str(data))


def test_an_empty_folder_among_others_and_none_at_all(data, index):
    (data / "empty").mkdir()
    assert len(find_duplicates([data / "empty", data / "c"], index=index).inventory.items) == 2
    with pytest.raises(UsageError, match="empty: holds no image and no video"):
        find_duplicates([data / "empty", data / "empty"], index=index)
    with pytest.raises(UsageError, match="none: no such folder"):
        find_duplicates([data / "c", data / "none"], index=index)
    with pytest.raises(UsageError, match="no folder to search"):
        find_duplicates([], index=index)


@pytest.mark.parametrize("order", [None, "largest-file", "smallest-file", "newest"])
@pytest.mark.parametrize("folders", [("a",), ("b",), ("c",), ("a", "c"), ("b/sub",), ("a", "b", "c"), ("",)])
def test_what_is_protected_never_goes(data, index, folders, order):
    preference = None if order is None else Preference.parse(order)
    findings = find_duplicates(data, preference=preference, protected=[data / each for each in folders], index=index)
    gone = {item.path for item in findings.surplus}
    assert not [path for path in gone for folder in folders if path.startswith(folder)]
    if order is None and folders != ("",):  # and its copies do
        assert gone == {path for path in ("a/one.jpg", "b/sub/one.jpg", "c/one.png") if not path.startswith(folders)}


def test_what_has_a_name_in_a_protected_folder_is_protected(data, index):
    os.link(data / "a/one.jpg", data / "c/z.jpg")
    preference = Preference.parse("largest-file")
    assert kept(find_duplicates(data, preference=preference, index=index)) == {
        "c/one.png": {"a/one.jpg", "b/sub/one.jpg"}
    }
    assert kept(find_duplicates(data, preference=preference, protected=[data / "c"], index=index)) == {
        "c/one.png": {"b/sub/one.jpg"}
    }


def test_names_of_one_file_go_together(data, index):
    (data / "album").mkdir()
    os.link(data / "a/one.jpg", data / "album/one.jpg")
    findings = find_duplicates(data, index=index)
    assert findings.names == {"a/one.jpg": ["album/one.jpg"]} and findings.shared == set()
    assert {step.path for step in findings.removal().steps} == {"a/one.jpg", "album/one.jpg", "b/sub/one.jpg"}
    os.link(data / "a/one.jpg", data.parent / "elsewhere.jpg")
    assert find_duplicates(data, index=index).shared == {"a/one.jpg"}


def test_links_to_files_are_known(data, index):
    (data / "best").mkdir()
    (data / "best/one.jpg").symlink_to("../a/one.jpg")
    (data / "best/other.jpg").symlink_to("/nowhere")
    (data / "best/again.jpg").symlink_to("one.jpg")
    assert find_duplicates(data, index=index).links == {"a/one.jpg": ["best/again.jpg", "best/one.jpg"]}


def test_where_a_folder_is(data, tmp_path, monkeypatch):
    monkeypatch.chdir(data / "b")
    place = Place.of([data / "b", data / "c"])
    assert place.locate("sub", "--prefer") == "b/sub"
    assert place.locate(data / "c", "--prefer") == "c"
    assert place.locate("../c", "--prefer") == "c"
    assert place.locate(data.parent, "--prefer") == ""
    assert Place.of(data).locate("b/sub", "--prefer") == "b/sub"
    for path, reason in (
        (data / "a", "is not searched"),
        (tmp_path / "none", "no such folder"),
        ("", "no such folder"),
    ):
        with pytest.raises(UsageError, match=f"--prefer: .*{reason}"):
            place.locate(path, "--prefer")
