"""Groups looked at again, and files that are kept apart, whatever finds them alike."""

import shutil
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift.comparators.combined import Combined
from framesift.duplicates import (
    ChangedFile,
    by_combined,
    by_framediff,
    by_hash,
    compare_with_keeper,
    find_duplicates,
    measure_scores,
    split_group,
)
from framesift.duplicates.preference import Preference
from tests.conftest import encode
from tests.duplicates.test_search import shapes
from tests.frames.test_videos import film
from tests.web.serving import paint

METHODS = [by_combined, by_hash, by_framediff]


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index.sqlite"


@pytest.fixture
def tree(write_tree) -> Path:
    """One picture in five sizes, and another one."""
    image = paint(1, 200, 150)
    sizes = {f"{side}.png": encode(cv2.resize(image, (side, side * 3 // 4), interpolation=cv2.INTER_AREA))
             for side in (100, 120, 140, 160)}  # fmt: skip
    return write_tree({"200.png": encode(image), "other.png": encode(paint(2, 200, 150)), **sizes})


@pytest.mark.parametrize("make", METHODS)
def test_files_that_are_kept_apart_are_in_no_group_together(tree, index, make):
    assert len(shapes(find_duplicates(tree, make(), index=index))["200.png"]) == 4
    forbidden = {("120.png", "160.png"), ("100.png", "200.png")}

    def apart(one, other):
        return tuple(sorted((one.path, other.path))) in forbidden

    groups = find_duplicates(tree, make(), index=index, apart=apart).groups
    for group in groups:
        paths = sorted([group.keeper.path, *(member.item.path for member in group.members)])
        assert not forbidden & set(combinations(paths, 2))
    assert sum(1 + len(group.members) for group in groups) == 5, "the others are still found"


def test_videos_that_are_kept_apart(tmp_path, index):
    folder = tmp_path / "films"
    folder.mkdir()
    shutil.copy(film(folder / "a.mp4"), folder / "b.mp4")
    assert len(find_duplicates(folder, index=index).groups) == 1
    assert find_duplicates(folder, index=index, apart=lambda one, other: True).groups == []
    (folder / "c.png").write_bytes(encode(paint(1)))
    assert find_duplicates(folder, index=index, with_videos=False).groups == []


def test_one_folder_alone(tree, index):
    (tree / "below").mkdir()
    shutil.copy(tree / "200.png", tree / "below" / "copy.png")
    (tree / "100.png").rename(tree / "below" / "100.png")
    assert shapes(find_duplicates(tree, index=index, recursive=False)) == {"200.png": ["160.png", "140.png", "120.png"]}
    assert len(shapes(find_duplicates(tree, index=index))["200.png"]) == 5


@pytest.mark.parametrize("make", METHODS)
def test_another_keeper_has_its_own_similarities(tree, index, make):
    [group] = find_duplicates(tree, make(), index=index).groups
    keeper = group.members[-1].item
    others = [group.keeper, *(member.item for member in group.members[:-1])]
    compared = compare_with_keeper(str(tree), keeper, others, make(), index)
    assert [member.item for member, _ in compared] == others and all(within for _, within in compared)
    swapped = dict(zip([other.path for other in others], compared, strict=True))[group.keeper.path][0]
    assert swapped.similarity == pytest.approx(group.members[-1].similarity), "both ways it is the same"


@pytest.mark.parametrize("make", METHODS)
def test_what_is_not_near_another_keeper_says_so(tree, index, make):
    items = {item.path: item for item in find_duplicates(tree, make(), index=index).inventory.items}
    compared = compare_with_keeper(str(tree), items["other.png"], [items["200.png"], items["100.png"]], make(), index)
    assert [within for _, within in compared] == [False, False]
    assert all(member.similarity < 0.95 for member, _ in compared)


def test_a_split_group_keeps_its_keeper(tree, index):
    [group] = find_duplicates(tree, index=index).groups
    items = [group.keeper, *(member.item for member in group.members)]
    taken = {"200.png", "100.png"}
    apart = lambda one, other: (one.path in taken) != (other.path in taken)  # noqa: E731
    keeper = next(item for item in items if item.path == "140.png")
    groups = split_group(str(tree), items, keeper, by_combined(), Preference(), index, apart)
    assert {each.keeper.path: sorted(member.item.path for member in each.members) for each in groups} == {
        "140.png": ["120.png", "160.png"],
        "200.png": ["100.png"],
    }


def test_the_scores_of_every_method(tree, index):
    items = {item.path: item for item in find_duplicates(tree, index=index).inventory.items}
    near, far = measure_scores(str(tree), items["200.png"], [items["160.png"], items["other.png"]], index)
    pictures = [Combined().describe(np.asarray(cv2.imread(str(tree / name)))) for name in ("200.png", "other.png")]
    assert far.similarity == pytest.approx(1 - Combined().score(*pictures))
    assert far.similarity == pytest.approx(0.4 * far.hash_similarity + 0.3 * far.ssim + 0.3 * far.colours)
    assert near.similarity > 0.9 > far.similarity and near.distance <= 8 < far.distance
    assert near.is_confirmed and not far.is_confirmed and near.score < 1000 < far.score


def test_a_file_that_has_changed_is_not_compared(tree, index):
    items = {item.path: item for item in find_duplicates(tree, index=index).inventory.items}
    (tree / "160.png").write_bytes(encode(paint(9)))
    for act in (
        lambda: compare_with_keeper(str(tree), items["200.png"], [items["160.png"]], by_combined(), index),
        lambda: measure_scores(str(tree), items["200.png"], [items["160.png"]], index),
    ):
        with pytest.raises(ChangedFile, match="has changed since the search"):
            act()
    (tree / "160.png").unlink()
    with pytest.raises(ChangedFile, match="is gone"):
        measure_scores(str(tree), items["200.png"], [items["160.png"]], index)
    (tree / "160.png").write_bytes(b"torn")
    with pytest.raises(ChangedFile):
        measure_scores(str(tree), items["200.png"], [items["160.png"]], index)
