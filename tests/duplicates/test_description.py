"""How files are described: large ones by averages of their pixels, in whatever format they come."""

import cv2
import numpy as np
import pytest

from framesift.comparators.combined import Combined
from framesift.duplicates import by_combined, by_hash, find_duplicates
from framesift.duplicates.appearance import find_appearance, is_small, read_small
from framesift.duplicates.index import Index
from framesift.duplicates.methods import COMBINED_SIDE
from framesift.frames.levels import find_band
from framesift.frames.reader import average_pixels, read_picture
from tests.comparators.test_comparators import paint
from tests.conftest import encode
from tests.duplicates.test_search import jpeg

LARGE = 4 * COMBINED_SIDE, 3 * COMBINED_SIDE


def describe(folder, method=by_combined) -> dict[str, np.ndarray]:
    inventory = find_duplicates(folder, method(), index=folder.parent / "i.sqlite").inventory
    return {item.path: descriptor for item, descriptor in zip(inventory.items, inventory.descriptors, strict=True)}


def test_a_large_picture_is_the_same_in_every_format(write_tree):
    image = cv2.GaussianBlur(paint(4, *LARGE), (5, 5), 0)
    tree = {f"a{suffix}": encode(image, suffix) for suffix in (".png", ".bmp", ".tif")}
    found = describe(write_tree({**tree, "a.jpg": jpeg(image, 95)}))
    assert len({found[name].tobytes() for name in tree}) == 1
    assert Combined().score(found["a.png"], found["a.jpg"]) < 0.02


def test_a_large_picture_is_described_at_half_its_size(write_tree):
    image = paint(4, *LARGE)
    [descriptor] = describe(write_tree({"a.png": encode(image)})).values()
    half = cv2.resize(image, (LARGE[0] // 2, LARGE[1] // 2), interpolation=cv2.INTER_AREA)
    # At half of its size it has 384 px at its shorter side, of which the half would be too few.
    assert min(half.shape[:2]) < 2 * COMBINED_SIDE
    assert descriptor == Combined().describe(half)


@pytest.mark.parametrize(("method", "size"), [(by_combined, (2 * COMBINED_SIDE, 300)), (by_hash, LARGE)])
def test_others_are_described_in_full(write_tree, method, size):
    folder = write_tree({"a.jpg": jpeg(paint(4, *size))})
    [descriptor] = describe(folder, method).values()
    assert descriptor == method().comparator.describe(read_picture(folder / "a.jpg").pixels)


def test_a_very_large_jpeg_is_averaged_once(write_tree):
    """8 px by 8, not of these averages again 2 by 2: as its copy in another format is."""
    image = np.kron(paint(4, 70, 65), np.ones((64, 64, 1), np.uint8))
    found = describe(write_tree({"a.jpg": jpeg(image, 95), "a.bmp": encode(image, ".bmp")}))
    assert np.abs(found["a.jpg"]["grey"].astype(int) - found["a.bmp"]["grey"]).max() <= 2
    assert found["a.jpg"]["histogram"].sum() == found["a.bmp"]["histogram"].sum() == 3 * 560 * 520


def test_few_levels_are_spread_before_they_are_averaged(write_tree):
    folder = write_tree({"few.jpg": jpeg(100 + paint(4, *LARGE) // 8), "all.jpg": jpeg(paint(5, *LARGE))})
    few, usual = (read_small(folder / name, COMBINED_SIDE) for name in ("few.jpg", "all.jpg"))
    assert is_small(usual) and not is_small(few)
    found = find_duplicates(folder, index=folder.parent / "i").inventory
    assert [item.levels for item in found.items] == [None, find_band(few.pixels)] != [None, None]
    spread = find_appearance(few.content, few.pixels, None).grounds[0]
    assert found.descriptors[1] == Combined().describe(average_pixels(spread, COMBINED_SIDE))


def test_what_was_remembered_of_full_pictures_is_not_used(write_tree, monkeypatch):
    folder = write_tree({"a.png": encode(paint(4, *LARGE))})
    index = folder.parent / "i.sqlite"
    find_duplicates(folder, index=index)
    asked = []
    find = Index.find
    monkeypatch.setattr(Index, "find", lambda self, *rest: asked.append(rest[-1]) or find(self, *rest))
    find_duplicates(folder, index=index)
    assert asked == ["combined/3 256"]
