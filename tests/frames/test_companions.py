"""Which files belong to a picture."""

from pathlib import Path

import pytest

from framesift.frames.companions import find_companions
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
