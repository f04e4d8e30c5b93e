"""Pictures of 16 bits and of few levels: what differs is never taken for the same, because most of it looks black."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from framesift.duplicates import by_combined, by_framediff, by_hash, find_duplicates
from framesift.duplicates.regrouping import compare_with_keeper
from framesift.frames.levels import WHOLE, Levels
from framesift.review.duplicates.stored_groups import StoredGroup
from tests.comparators.test_comparators import paint
from tests.conftest import encode

METHODS = [by_combined, by_hash, by_framediff]


def grey(seed: int) -> np.ndarray:
    return cv2.cvtColor(paint(seed, 320, 240), cv2.COLOR_BGR2GRAY).astype(np.uint16)


def label(seed: int) -> np.ndarray:
    """A mask whose grey levels are the numbers of classes, 0 to 3."""
    places = np.random.default_rng(seed)
    mask = np.zeros((240, 320), np.uint8)
    for number in (1, 2, 3):
        x, y = int(places.integers(60, 260)), int(places.integers(60, 180))
        cv2.circle(mask, (x, y), int(places.integers(30, 60)), number, -1)
    return mask


def members(folder, method) -> dict[str, list[str]]:
    findings = find_duplicates(folder, method(), index=folder.parent / "index.sqlite")
    again = find_duplicates(folder, method(), index=folder.parent / "index.sqlite")
    assert again.groups == findings.groups and again.inventory.items == findings.inventory.items
    return {group.keeper.path: [member.item.path for member in group.members] for group in findings.groups}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize(
    "make",
    [lambda image: 29600 + image * 2, lambda image: 7400 + image * 3, lambda image: image * 16],
    ids=["depth", "thermal", "12 bits"],
)
def test_different_pictures_are_apart_and_equal_ones_together(write_tree, method, suffix, make):
    tree = {f"{seed}{suffix}": encode(make(grey(seed)), suffix) for seed in range(4)}
    noisy = make(grey(0)) + np.random.default_rng(1).integers(0, 3, (240, 320)).astype(np.uint16)
    folder = write_tree({**tree, f"again{suffix}": encode(noisy.astype(np.uint16), suffix)})
    [(keeper, others)] = members(folder, method).items()
    assert {keeper, *others} == {f"0{suffix}", f"again{suffix}"}


@pytest.mark.parametrize("method", METHODS)
def test_the_same_scene_some_degrees_warmer_is_another_picture(write_tree, method):
    tree = {f"{degrees}.png": encode(29600 + grey(1) * 2 + np.uint16(100 * degrees)) for degrees in range(4)}
    assert members(write_tree(tree), method) == {}


@pytest.mark.parametrize("method", METHODS)
def test_masks_of_class_numbers_are_told_apart(write_tree, method):
    tree = {f"{seed}.png": encode(label(seed)) for seed in range(5)}
    assert members(write_tree({**tree, "same.png": tree["2.png"]}), method) == {"2.png": ["same.png"]}


@pytest.mark.parametrize("method", METHODS)
def test_all_16_bits_are_the_picture_of_8(write_tree, method):
    eight = paint(1, 320, 240)
    tree = {"a.png": encode(eight.astype(np.uint16) << 8), "b.png": encode(eight)}
    assert len(members(write_tree(tree), method)) == 1


def test_another_keeper_takes_none_of_another_range(write_tree):
    tree = {"a.png": encode(29600 + grey(1) * 2), "b.png": encode(29700 + grey(1) * 2)}
    folder = write_tree(tree)
    items = find_duplicates(folder, index=folder.parent / "i").inventory.items
    [(member, within)] = compare_with_keeper(str(folder), items[0], items[1:], by_combined(), folder.parent / "i")
    assert member.similarity > 0.99 and not within


def test_a_range_is_kept_with_a_group(write_tree):
    folder = write_tree({"a.png": encode(29600 + grey(1) * 2), "b.png": encode(29601 + grey(1) * 2)})
    [group] = find_duplicates(folder, index=folder.parent / "i").groups
    assert group.keeper.levels not in (None, WHOLE)
    stored = StoredGroup.of("search", "collection", group, ())
    assert StoredGroup.decode(stored.id, stored.collection_id, stored.encode()) == stored
    levels = f", [{group.keeper.levels.low}, {group.keeper.levels.high}]"
    assert StoredGroup.decode("", "", stored.encode().replace(f"{levels}, 0, 0.0]", f"{levels}]")) == replace(
        stored, id="", collection_id=""
    )
    earlier = stored.encode().replace(f"{levels}, 0, 0.0]", "]")
    assert StoredGroup.decode("", "", earlier).group.keeper.levels is None


def test_no_range_is_the_range_of_all_levels(write_tree):
    [item] = find_duplicates(write_tree({"a.png": encode(paint(1))})).inventory.items
    assert item.levels is None and item.shares_levels(replace(item, levels=WHOLE))
    assert not item.shares_levels(replace(item, levels=Levels(0, 4096)))
