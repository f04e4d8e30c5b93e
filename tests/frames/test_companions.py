"""Which files belong to a picture."""

import errno
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.frames.companions import Companion, Companions, find_companions, find_labelled
from tests.frames.test_videos import film


def owned(write_tree, *paths: str) -> dict[str, list[str]]:
    """{path: what belongs to it} of a folder with these files."""
    root = write_tree(dict.fromkeys(paths, b""))
    found = find_companions(root, paths)
    return {path: [companion.path for companion in companions] for path, companions in found.items()}


@pytest.mark.parametrize(
    "name",
    [
        *("IMG_1.CR2", "IMG_1.cr3", "IMG_1.NEF", "IMG_1.dng", "IMG_1.RAF"),
        *("IMG_1.xmp", "IMG_1.AAE", "IMG_1.json", "IMG_1.txt", "IMG_1.xml", "IMG_1.caption", "IMG_1.THM", "IMG_1.WAV"),
        *("IMG_1.MOV", "IMG_1.mp4"),
        *("IMG_1.JPG.json", "IMG_1.JPG.xmp", "IMG_1.JPG.supplemental-metadata.json", "IMG_1.JPG.txt", "IMG_1.JPG.pp3"),
    ],
)
def test_belongs_to_a_picture(write_tree, name):
    assert owned(write_tree, "d/IMG_1.JPG", f"d/{name}", "e/IMG_1.JPG") == {"d/IMG_1.JPG": [f"d/{name}"]}


@pytest.mark.parametrize(
    "name",
    [
        *("IMG_2.xmp", "img_1.xmp", "IMG_1x.json", "dataset.json", "IMG_1", "IMG_1.png", "IMG_1.pdf", "IMG_1.mkv"),
        *("JPG.json", ".json", "x/IMG_1.xmp", "IMG_1.JPG.jpg", "IMG_1.JPG.md", "IMG_1.jpg.xmp.bak"),
    ],
)
def test_does_not(write_tree, name):
    assert owned(write_tree, "IMG_1.JPG", name) == {}


def test_the_metadata_of_a_folder_belongs_to_no_picture(write_tree):
    assert owned(write_tree, "metadata.jpg", "metadata.json") == {}


def test_a_copy_has_its_own(write_tree):
    paths = ["a.jpg", "a(1).jpg", "a.jpg.json", "a.jpg(1).json"]
    assert owned(write_tree, *paths) == {"a.jpg": ["a.jpg.json"], "a(1).jpg": ["a.jpg(1).json"]}


@pytest.mark.parametrize("word", ["supplemental-metadata", "supplemental-metad", "supplem", "s", ""])
def test_the_metadata_of_a_copy_is_its_own_however_short_takeout_wrote_the_word(write_tree, word):
    paths = ["a.jpg", "a(2).jpg", f"a.jpg.{word}.json", f"a.jpg.{word}(2).json"]
    assert owned(write_tree, *paths) == {"a.jpg": [f"a.jpg.{word}.json"], "a(2).jpg": [f"a.jpg.{word}(2).json"]}


def test_the_metadata_of_a_copy_that_is_gone_belongs_to_no_other_picture(write_tree):
    assert owned(write_tree, "a.jpg", "a(1).jpg", "a.jpg.supplemental-metadata(2).json") == {}


def test_a_number_behind_another_word_names_no_copy(write_tree):
    assert owned(write_tree, "a.jpg", "a(1).jpg", "a.jpg.exif(1).json") == {"a.jpg": ["a.jpg.exif(1).json"]}


def test_shared_ones_belong_to_all(write_tree):
    root = write_tree(dict.fromkeys(["x.jpg", "x.png", "x.txt", "x.png.xmp", "x.mov"], b""))
    found = find_companions(root, ["x.jpg", "x.png"])
    assert {path: [(c.path, set(c.owners)) for c in companions] for path, companions in found.items()} == {
        "x.jpg": [("x.mov", {"x.jpg"}), ("x.txt", {"x.jpg", "x.png"})],
        "x.png": [("x.png.xmp", {"x.png"}), ("x.txt", {"x.jpg", "x.png"})],
    }


def test_raw_data_and_films_have_sidecars_where_they_stand_for_themselves(write_tree):
    assert owned(write_tree, "a.NEF", "a.xmp", "b.mov", "b.THM", "b.srt", "b.mov.json") == {
        "a.NEF": ["a.xmp"],
        "b.mov": ["b.THM", "b.mov.json", "b.srt"],
    }
    assert owned(write_tree, "c.jpg", "c.NEF", "c.xmp")["c.jpg"] == ["c.NEF", "c.xmp"]


def test_a_long_film_is_no_live_photo(tmp_path: Path):
    for name, seconds in (("live", 2), ("clip", 12)):
        film(tmp_path / f"{name}.mp4", end=seconds, rate=4)
        (tmp_path / f"{name}.jpg").write_bytes(b"")
    found = find_companions(tmp_path, ["live.jpg", "clip.jpg"])
    assert {path: [c.path for c in companions] for path, companions in found.items()} == {"live.jpg": ["live.mp4"]}


def test_labels_of_yolo(write_tree):
    paths = ["set/images/train/7.jpg", "set/images/train/7.png", "set/labels/train/7.txt", "set/labels/val/7.txt"]
    root = write_tree(dict.fromkeys([*paths, "images/8.jpg", "labels/8.txt", "images/images/9.jpg"], b""))
    found = find_companions(root, ["set/images/train/7.jpg", "images/8.jpg", "images/images/9.jpg"])
    assert {path: [(c.path, set(c.owners)) for c in companions] for path, companions in found.items()} == {
        "set/images/train/7.jpg": [("set/labels/train/7.txt", set(paths[:2]))],
        "images/8.jpg": [("labels/8.txt", {"images/8.jpg"})],
    }


@pytest.mark.parametrize(
    ("picture", "label"),
    [
        ("images/train/7.jpg", "labels/train/7.txt"),
        ("train/images/7.jpg", "train/labels/7.txt"),
        ("JPEGImages/2007_27.jpg", "Annotations/2007_27.xml"),
        ("JPEGImages/2007_27.jpg", "SegmentationClass/2007_27.png"),
        ("JPEGImages/2007_27.jpg", "labels/2007_27.txt"),
        ("images/7.jpg", "masks/7.png"),
        ("data/images/7.jpg", "data/masks/7_mask.gif"),
        ("street/7.jpg", "street_masks/7.png"),
        ("street/7.jpg", "street_masks/7.jpg"),
        ("street/7.jpg", "masks/7.png"),
        ("street/7.jpg", "labels/7.txt"),
        ("images/7.jpg", "masks/7.jpg"),
        ("images/7.jpg", "label/7.png"),
        ("train/7_1.png", "trainannot/7_1.png"),
        ("images/7.jpg", "instance_masks/7.png"),
        ("image_2/000007.png", "label_2/000007.txt"),
        ("img/7.jpg", "ann/7.jpg.json"),
        ("images/validation/7.jpg", "annotations/validation/7.png"),
        ("leftImg8bit/val/a/a_1_19_leftImg8bit.png", "gtFine/val/a/a_1_19_gtFine_labelIds.png"),
        ("imgs/image_7.png", "gt/mask_7.png"),
        ("imgs/image_7.png", "gt/7.npy"),
        ("7.jpg", "7_mask.png"),
        ("scan/7.tif", "scan/7_mask.tif"),
        ("7.jpg", "7-seg.npy"),
        ("image_7.png", "mask_7.png"),
        ("image_7.png", "label_7.txt"),
    ],
)
def test_labels_belong_to_their_picture(write_tree, picture, label):
    assert owned(write_tree, picture, label) == {picture: [label]}
    assert Companions(write_tree({})).owners(label) == (picture,)


@pytest.mark.parametrize(
    "paths",
    [
        ("images/7.jpg", "masks/8.png"),
        ("images/train/7.jpg", "masks/val/7.png"),
        ("masks/7.png", "annotations/7.xml"),  # of a picture that is not there
        ("cars/sedan/7.jpg", "cars/gt/7.jpg"),  # a car
        ("front/7.jpg", "frontseg/7.png"),
        ("gate/20210327_103636.jpg", "mask/20210327_103636.jpg"),  # cameras
        ("gate/20210327_103636.png", "label/20210327_103636.png"),
        ("train/7.jpg", "test/7.jpg", "train_masks/8.png"),
        ("7.jpg", "7_night.jpg"),
        ("7.jpg", "_mask.png", "mask.png", "mask_.png"),
        ("images/7.jpg", "masks/7.pdf"),
        ("images/7.jpg", "damasks/7.png", "unlabels/7.txt"),
    ],
)
def test_other_pictures_stand_for_themselves(write_tree, paths):
    assert owned(write_tree, *paths) == {}


def test_a_mask_is_of_the_folder_that_its_own_is_named_after(write_tree):
    paths = ["train/7.jpg", "test/7.jpg", "train_masks/7.png"]
    assert owned(write_tree, *paths) == {"train/7.jpg": ["train_masks/7.png"]}
    assert Companions(write_tree({})).owners("train_masks/7.png") == ("train/7.jpg",)


def test_a_mask_of_several_cameras_belongs_to_all(write_tree):
    root = write_tree(dict.fromkeys(["left/7.jpg", "right/7.jpg", "masks/7.png"], b""))
    assert Companions(root).of("left/7.jpg") == [Companion("masks/7.png", ("left/7.jpg", "right/7.jpg"))]


def test_what_belongs_to_a_mask_belongs_to_its_picture(write_tree):
    paths = ["images/7.jpg", "masks/7.png", "masks/mask_7.json", "masks/7.png.xmp", "masks/7.txt"]
    companions = Companions(write_tree(dict.fromkeys(paths, b"")))
    for path in paths[1:]:
        assert companions.owners(path) == ("images/7.jpg",)
    found = companions.of("images/7.jpg")
    assert {each.path for each in found} == set(paths[1:]) and len(found) == 4
    assert {each.owners for each in found} == {("images/7.jpg",)}


def test_what_belongs_to_the_film_of_a_live_photo_belongs_to_the_photo(write_tree):
    companions = Companions(write_tree(dict.fromkeys(["a.jpg", "a.mov", "a.mov.json"], b"")))
    assert [each.path for each in companions.of("a.jpg")] == ["a.mov", "a.mov.json"]
    assert companions.owners("a.mov.json") == ("a.jpg",)


def test_where_labels_cannot_be_listed_it_is_said(write_tree, monkeypatch):
    companions = Companions(write_tree({"images/7.jpg": b"", "labels/7.txt": b""}))
    listed = os.scandir

    def refuse(path):
        if str(path).endswith("labels"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert companions.of("images/7.jpg") == []
    assert companions.unlisted["images"] == "Permission denied"


def test_what_has_a_mask_is_labelled(write_tree):
    root = write_tree({"images/7.jpg": b"", "masks/7.png": b"x", "8.jpg": b"", "8_mask.png": b"x", "8.png": b""})
    paths = ["images/7.jpg", "8.jpg", "8.png"]
    assert find_labelled(root, find_companions(root, paths)) == set(paths)


_FOLDERS = st.lists(st.sampled_from(["images", "masks", "gt", "cam", "cam_labels", "img"]), max_size=2).map("/".join)
_NAMES = st.sampled_from(["7", "8", "7_mask", "mask_7", "image_7", "7_gtFine_ids", "7.jpg", "7_leftImg8bit"])
_SUFFIXES = st.sampled_from(["jpg", "png", "txt", "json", "xmp", "npy", "CR2"])
_PATHS = st.tuples(_FOLDERS, _NAMES, _SUFFIXES).map(lambda parts: f"{parts[0]}/{parts[1]}.{parts[2]}".lstrip("/"))


@given(st.sets(_PATHS, max_size=16))
def test_what_belongs_to_a_file_and_what_it_belongs_to_are_the_same(paths):
    with TemporaryDirectory() as root:
        for path in paths:
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            Path(root, path).touch()
        companions = Companions(root)
        of, owners = ({path: ask(path) for path in paths} for ask in (companions.of, companions.owners))
    for path in paths:
        assert path not in owners[path] and owners[path] == tuple(dict.fromkeys(owners[path]))
        assert all(each.owners == owners[each.path] for each in of[path])
        assert all(path in {each.path for each in of[owner]} for owner in owners[path])
        assert owners[path] or all(path in each.owners for each in of[path])
