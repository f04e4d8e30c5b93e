"""Groups are stars around the right keeper, whatever the order of the disk, the number of threads or the index."""

import io
import json
import os
import shutil
import sqlite3
from contextlib import closing

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift import duplicates as package
from framesift.actions import apply_plan, undo
from framesift.comparators.beyond import lies_beyond
from framesift.comparators.combined import Combined
from framesift.comparators.embedding import Embedding
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.verified_hash import VerifiedHash
from framesift.duplicates import (
    Item,
    Preference,
    Watch,
    by_combined,
    by_embedding,
    by_framediff,
    by_hash,
    export_media_data,
    find_duplicates,
    parse_similarity,
)
from framesift.duplicates import inventory as inventory_module
from framesift.duplicates.inventory import Inventory
from framesift.duplicates.search import form_groups, plan_groups
from framesift.duplicates.traits import Traits
from framesift.errors import StorageError, UsageError
from tests.comparators.networks import write_network
from tests.comparators.test_comparators import paint
from tests.conftest import encode, read_tree
from tests.duplicates.test_preference import item


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index.sqlite"


def jpeg(image: np.ndarray, quality: int = 90) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def shapes(findings) -> dict[str, list[str]]:
    return {group.keeper.path: [member.item.path for member in group.members] for group in findings.groups}


@pytest.fixture
def tree(write_tree):
    """Two pictures in several versions each, one on its own, one damaged, one that is no picture."""
    one, two = paint(1, 320, 240), paint(2, 320, 240)
    return write_tree(
        {
            "a/one.png": encode(one),
            "a/one_small.jpg": jpeg(cv2.resize(one, (240, 180), interpolation=cv2.INTER_AREA)),
            "b/one.jpg": jpeg(one),
            "b/one_low.jpg": jpeg(one, 40),
            "two_low.jpg": jpeg(two, 50),
            "two.jpg": jpeg(two),
            "alone.jpg": jpeg(paint(3, 320, 240)),
            "cut.jpg": jpeg(one)[:-900],
            "notes.txt": b"no picture",
            "page.png": b"<html>",
        }
    )


EXPECTED = {"a/one.png": ["b/one.jpg", "b/one_low.jpg", "a/one_small.jpg"], "two.jpg": ["two_low.jpg"]}


def make_method(name: str, tmp_path) -> package.Method:
    if name == "embedding":
        return by_embedding(Embedding(str(write_network(tmp_path / "net.onnx", (1, 3, 32, 32)))), 0.999)
    return {"combined": by_combined, "hash": by_hash, "framediff": by_framediff}[name]()


@pytest.mark.parametrize("name", ["combined", "hash", "framediff", "embedding"])
def test_finds_the_versions_of_a_picture(tree, index, tmp_path, name):
    findings = find_duplicates(tree, make_method(name, tmp_path), index=index)
    assert shapes(findings) == EXPECTED
    assert [(each.path, each.reason) for each in findings.inventory.skipped] == [
        ("cut.jpg", "truncated JPEG"),
        ("page.png", "not a picture"),
    ]
    assert findings.groups[0].reason == "largest file, {:,} bytes".format((tree / "a/one.png").stat().st_size)
    assert all(0.9 <= member.similarity <= 1 for group in findings.groups for member in group.members)


def test_an_item_is_the_file_as_it_was_read(tree, index):
    status = (tree / "two.jpg").stat()
    for _ in range(2):  # read, and recalled
        keeper = find_duplicates(tree, index=index).groups[1].keeper
        assert keeper == Item(
            "two.jpg", (320, 240), status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino, status.st_ctime_ns,
            traits=Traits.COLOUR,
        )  # fmt: skip


def test_a_second_run_reads_only_what_changed(tree, index, monkeypatch):
    read = []
    original = inventory_module.read_small
    monkeypatch.setattr(inventory_module, "read_small", lambda path, side: read.append(path) or original(path, side))
    first = find_duplicates(tree, index=index)
    assert len(read) == 9
    read.clear()
    again = find_duplicates(tree, index=index)
    assert again.groups == first.groups
    assert again.inventory.descriptors.tobytes() == first.inventory.descriptors.tobytes()
    assert sorted(os.path.basename(path) for path in read) == ["cut.jpg", "page.png"]
    (tree / "alone.jpg").write_bytes(jpeg(paint(2, 320, 240), 30))
    read.clear()
    assert shapes(find_duplicates(tree, index=index))["two.jpg"] == ["two_low.jpg", "alone.jpg"]
    assert sorted(os.path.basename(path) for path in read) == ["alone.jpg", "cut.jpg", "page.png"]


def test_the_result_depends_on_nothing_but_the_files(tree, tmp_path, monkeypatch):
    expected = find_duplicates(tree, index=tmp_path / "1", jobs=1)
    original = inventory_module.walk_frames
    monkeypatch.setattr(inventory_module, "walk_frames", lambda *rest: reversed(list(original(*rest))))
    other = find_duplicates(tree, index=tmp_path / "2", jobs=7)
    assert other.groups == expected.groups
    assert other.inventory.items == expected.inventory.items


def test_links_and_second_names_are_not_duplicates(write_tree, index):
    root = write_tree({"one.jpg": jpeg(paint(1)), "two.jpg": jpeg(paint(2))})
    os.link(root / "one.jpg", root / "one_again.jpg")
    (root / "one_link.jpg").symlink_to("one.jpg")
    (root / "outside.jpg").symlink_to(shutil.copy(root / "one.jpg", root.parent / "elsewhere.jpg"))
    (root / "folder").symlink_to(root)
    findings = find_duplicates(root, index=index)
    assert findings.groups == []
    assert [item.path for item in findings.inventory.items] == ["one.jpg", "two.jpg"]


def test_backups_and_results_are_not_searched(write_tree, index):
    picture = jpeg(paint(1))
    root = write_tree({"one.jpg": picture, "backup/one.jpg": picture, "results/one.jpg": picture})
    (root / "results" / "manifest.jsonl").write_text('{"framesift": "0.1.0", "schema": 1, "settings": {}}\n')
    assert find_duplicates(root, index=index, backup=root / "backup").groups == []


def test_names_of_any_bytes(write_tree, index):
    root = write_tree({"a.jpg": jpeg(paint(1))})
    with open(os.fsencode(root) + b"/\xff\n.jpg", "wb") as file:
        file.write(jpeg(paint(1), 50))
    assert shapes(find_duplicates(root, index=index)) == {"a.jpg": ["\udcff\n.jpg"]}
    assert shapes(find_duplicates(root, index=index)) == {"a.jpg": ["\udcff\n.jpg"]}


def test_what_cannot_be_searched(tmp_path, index):
    with pytest.raises(UsageError, match="no such folder"):
        find_duplicates(tmp_path / "none", index=index)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no image and no video"):
        find_duplicates(tmp_path / "empty", index=index)


def test_a_folder_that_goes_away_is_an_error_and_not_a_folder_of_damaged_files(write_tree, index, monkeypatch):
    root = write_tree({"a.jpg": jpeg(paint(1)), "b.jpg": jpeg(paint(2))})

    def unmount(path, side):
        if root.exists():
            shutil.rmtree(root)
        return original(path, side)

    original = inventory_module.read_small
    monkeypatch.setattr(inventory_module, "read_small", unmount)
    with pytest.raises(StorageError, match="the folder of the images is gone"):
        find_duplicates(root, index=index, jobs=1)


def test_all_damaged_is_no_group(write_tree, index):
    findings = find_duplicates(write_tree({"a.jpg": b"", "b.jpg": b"x"}), index=index)
    assert findings.groups == []
    assert len(findings.inventory.skipped) == 2


def test_many_descriptors_are_kept_in_a_file(tree, index, monkeypatch):
    monkeypatch.setattr(inventory_module, "IN_MEMORY", 1000)
    findings = find_duplicates(tree, by_framediff(), index=index)
    assert isinstance(findings.inventory.descriptors, np.memmap)
    assert shapes(findings) == EXPECTED
    assert os.listdir(index.parent).count("index.sqlite") == 1


def test_groups_are_stars_and_not_chains(write_tree, index):
    """Each picture is near the next one, the last is far from the first: the first takes what is near itself alone."""
    first, last = paint(1, 200, 150), paint(2, 200, 150)
    steps = [cv2.addWeighted(first, 1 - share, last, share, 0) for share in np.linspace(0, 1, 13)]
    root = write_tree({f"{number:02}.png": encode(image) for number, image in enumerate(steps)})
    preference = Preference.parse("name")
    findings = find_duplicates(root, preference=preference, index=index)
    names = [path for keeper, members in shapes(findings).items() for path in (keeper, *members)]
    assert len(names) == len(set(names))
    assert len(findings.groups) > 1
    for group in findings.groups:
        for member in group.members:
            a, b = (Combined().describe(cv2.imread(str(root / each.path))) for each in (group.keeper, member.item))
            assert 1 - Combined().score(a, b) == member.similarity >= 0.9


def test_what_shows_through_may_be_white_in_one_and_black_in_the_other(write_tree, index):
    picture = np.dstack([paint(3, 320, 240), np.full((240, 320), 255, np.uint8)])
    picture[100:120, 100:120, 3] = 0
    on_black = picture[..., :3] * (picture[..., 3:] // 255)
    root = write_tree({"a.png": encode(picture), "b.png": encode(on_black)})
    assert shapes(find_duplicates(root, index=index)) == {"a.png": ["b.png"]}


def brute_force(descriptors, order, is_near) -> dict[int, list[int]]:
    """The definition, pair by pair."""
    free, groups = list(order), {}
    while free:
        keeper = free.pop(0)
        members = [other for other in free if is_near(descriptors[keeper], descriptors[other])]
        free = [other for other in free if other not in members]
        if members:
            groups[keeper] = members
    return groups


def crowd(method: package.Method, seed: int, number: int = 40) -> np.ndarray:
    """Descriptors of pictures at all distances from each other, with twins, flat ones and even histograms."""
    random = np.random.default_rng(seed)
    base = [paint(seed + k, 64, 48) for k in range(3)] + [np.full((48, 64, 3), k * 9, np.uint8) for k in range(2)]
    pictures = []
    for _ in range(number):
        one, other = (base[k] for k in random.integers(0, len(base), 2))
        share = float(random.choice([0, 0.02, 0.1, 0.3]))
        picture = cv2.addWeighted(one, 1 - share, other, share, float(random.choice([0, 0, 4, 12])))
        pictures.append(method.comparator.describe(picture))
    descriptors = np.array(pictures)
    if descriptors.dtype.names and "histogram" in descriptors.dtype.names:
        descriptors["histogram"][::9] = 5
    return descriptors


def is_proposed(one: np.ndarray, other: np.ndarray, similarity: float) -> bool:
    """As documented: at most 72 bits apart, alike in the large, nothing new, and as similar as wanted."""
    large = [each["grey"].reshape(16, 4, 16, 4).mean(axis=(1, 3)).ravel() for each in (one, other)]
    a, b = (each - each.mean() for each in large)
    flat = [np.linalg.norm(each) < 4 for each in (a, b)]
    correlation = float(all(flat)) if any(flat) else a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    bits = np.bitwise_count(one["hash"] ^ other["hash"]).sum()
    if lies_beyond(one["grey"], other["grey"][np.newaxis], 48).any():
        return False
    return bits <= 72 and correlation >= 0.6 and round(1 - Combined().score(one, other), 9) >= similarity


@settings(max_examples=15, deadline=None)
@given(
    name=st.sampled_from(["combined", "hash", "framediff", "embedding"]),
    seed=st.integers(0, 1000),
    strictness=st.sampled_from([0.3, 0.7, 0.9, 0.97, 1.0]),
)
def test_nothing_is_missed_and_nothing_invented(tmp_path_factory, name, seed, strictness):
    if name == "combined":
        method, near = by_combined(strictness), lambda a, b: is_proposed(a, b, strictness)
    elif name == "hash":
        distance = int(64 * (1 - strictness))
        method, near = by_hash(distance), lambda a, b: VerifiedHash(distance).score(a, b) < 1
    elif name == "framediff":
        method = by_framediff()
        assert isinstance(method.comparator, FrameDifferencing)
        near = lambda a, b: method.comparator.score(a, b) < 1000  # noqa: E731
    else:
        network = Embedding(str(write_network(tmp_path_factory.mktemp("net") / "n.onnx")))
        method, near = by_embedding(network, strictness), lambda a, b: round(1 - network.score(a, b), 9) >= strictness
    descriptors = crowd(method, seed)
    sizes = np.random.default_rng(seed).permutation(len(descriptors))
    items = [item(str(number), file_size=int(sizes[number])) for number in range(len(descriptors))]
    groups = form_groups(Inventory(items, descriptors), method, Preference(), Watch())
    found = {int(g.keeper.path): [int(m.item.path) for m in g.members] for g in groups}
    assert found == brute_force(descriptors, Preference().sort(items), near)


def test_the_stages_can_be_watched(tree, index):
    stages = {}

    class Counting(Watch):
        def follow(self, items, stage, total=None):
            items = list(items)
            stages[stage] = (len(items), total)
            return items

    find_duplicates(tree, index=index, watch=Counting())
    assert stages == {"finding": (9, None), "describing": (9, 9), "comparing": (7, 7)}


@pytest.mark.parametrize(("text", "value"), [("90%", 0.9), ("0.9", 0.9), (" 97.5 % ", 0.975), ("1", 1), ("100%", 1)])
def test_a_similarity(text, value):
    assert parse_similarity(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "90", "0", "101%", "-5%", "nan", "much"])
def test_no_similarity(text):
    with pytest.raises(UsageError, match="--similarity takes a share"):
        parse_similarity(text)


def test_media_data_of_what_remains(tree, index, tmp_path):
    target = tmp_path / "media_data.json"
    findings = find_duplicates(tree, by_hash(), index=index)
    for _ in range(2):  # an export replaces an earlier one
        export_media_data(target, "hash", findings.remaining())
    document = json.loads(target.read_text())
    assert document["method"] == "hash"
    assert list(document["media"]) == ["a/one.png", "alone.jpg", "two.jpg"]
    entry = document["media"]["a/one.png"]
    assert entry["resolution"] == [320, 240]
    assert entry["size"] == (tree / "a/one.png").stat().st_size
    assert entry["hash"] == f"{int(VerifiedHash().describe(paint(1, 320, 240))['hash'][0]):016x}"
    assert np.sum(entry["histogram"], axis=1).tolist() == [320 * 240] * 3
    assert sorted(os.listdir(tmp_path)) == sorted(["frames", "index.sqlite", "media_data.json"])


def test_an_export_replaces_no_other_file_and_leaves_no_part_of_itself(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"precious")
    with pytest.raises(UsageError, match="is not a media data file"):
        export_media_data(tmp_path / "photo.jpg", "hash", [])
    with pytest.raises(UsageError, match="takes a file"):
        export_media_data(tmp_path, "hash", [])

    def broken():
        raise RuntimeError
        yield

    with pytest.raises(RuntimeError):
        export_media_data(tmp_path / "new.json", "hash", broken())
    assert os.listdir(tmp_path) == ["photo.jpg"]


def test_raw_data_is_never_called_the_same_as_a_picture(write_tree):
    """It holds more than the preview that would be compared."""
    image = encode(paint(1, 320, 240), ".tif")
    folder = write_tree({"a.tif": image, "b.dng": image, "c.NEF": image, "d.tif": image})
    findings = find_duplicates(folder, index=folder.parent / "index.sqlite")
    assert [item.path for item in findings.inventory.items] == ["a.tif", "d.tif"]
    assert findings.left_out.describe() == "not looked at: raw data of cameras (2 files)"


@pytest.mark.parametrize("mask", ["masks/{}.png", "images/{}_mask.png"])
def test_a_mask_is_a_label_of_its_picture_and_not_a_copy_of_another_mask(write_tree, tmp_path, index, mask):
    empty = encode(np.zeros((240, 320), np.uint8))
    files = {f"images/{number}.png": encode(paint(number % 3, 320, 240)) for number in range(4)}
    masks = {mask.format(number): empty for number in range(4)}
    folder = write_tree(files | masks)
    findings = find_duplicates(folder, index=index)
    assert shapes(findings) == {"images/0.png": ["images/3.png"]}
    assert findings.left_out.describe() == "not looked at: labels that are pictures (4 files)"
    list(apply_plan(plan_groups(str(folder), findings.groups), tmp_path / "backup"))
    assert set(read_tree(folder)) == (files | masks).keys() - {"images/3.png", mask.format(3)}
    assert [each.problem for each in undo(tmp_path / "backup")] == ["", ""]
    assert read_tree(folder) == files | masks


@pytest.mark.parametrize("descriptor", [np.zeros(3), np.zeros((2, 2), np.float32), np.zeros(0, np.uint8)])
@pytest.mark.parametrize("rows", ["1", "rowid = (SELECT min(rowid) FROM features)"])
def test_descriptors_of_another_kind_in_the_index_are_made_anew(tree, index, descriptor, rows):
    """Of an index that is damaged, or has come with a folder."""
    first = package.find_duplicates(tree, index=index)
    file = io.BytesIO()
    np.lib.format.write_array(file, descriptor, version=(1, 0), allow_pickle=False)
    with closing(sqlite3.connect(index)) as database, database:
        database.execute(f"UPDATE features SET descriptor = ? WHERE {rows}", (file.getvalue(),))
    again = package.find_duplicates(tree, index=index)
    assert shapes(again) == shapes(first) and again.groups
