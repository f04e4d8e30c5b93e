"""Two folders that should share nothing: what is in both is found, in whatever form, and nothing else."""

import json
import os
import shutil

import cv2
import numpy as np
import pytest

import framesift
from framesift import cli
from framesift.errors import UsageError
from tests.conftest import encode


def draw(seed: int) -> np.ndarray:
    """A picture with structure everywhere, unlike that of another seed."""
    noise = np.random.default_rng(seed).integers(0, 256, (9, 12, 3)).astype(np.uint8)
    return cv2.resize(noise, (320, 240), interpolation=cv2.INTER_CUBIC)


COPIES = {
    "saved_again.jpg": lambda image: image,
    "half.png": lambda image: cv2.resize(image, (160, 120), interpolation=cv2.INTER_AREA),
    "cropped.png": lambda image: image[8:-8, 10:-10],
    "brighter.png": lambda image: cv2.convertScaleAbs(image, alpha=1.15),
}


@pytest.fixture
def folders(tmp_path):
    train, test = tmp_path / "train", tmp_path / "test"
    (train / "deep").mkdir(parents=True)
    test.mkdir()
    for seed in range(6):
        (train / "deep" / f"{seed}.png").write_bytes(encode(draw(seed)))
        (test / f"other{seed}.png").write_bytes(encode(draw(100 + seed)))
    return train, test


def find(folders, tmp_path, **how):
    return framesift.find_leaks(*folders, index=tmp_path / "index", **how)


def test_nothing_is_found_where_nothing_is(folders, tmp_path):
    found = find(folders, tmp_path)
    assert (found.leaks, found.images, found.skipped) == ([], (6, 6), [])


def test_masks_that_are_the_same_are_no_leak(tmp_path):
    empty = encode(np.zeros((240, 320), np.uint8))
    for seed in range(6):
        for part, content in (("images", encode(draw(seed))), ("masks", empty)):
            path = tmp_path / ("train", "test")[seed % 2] / part / f"{seed}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    found = find((tmp_path / "train", tmp_path / "test"), tmp_path)
    assert (found.leaks, found.images) == ([], (3, 3))


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("swapped", [False, True])
def test_copies_are_found_either_way_round(folders, tmp_path, name, swapped):
    train, test = folders
    (test / name).write_bytes(encode(COPIES[name](draw(3)), os.path.splitext(name)[1]))
    found = find((test, train) if swapped else folders, tmp_path)
    (leak,) = found.leaks
    assert (leak.path, leak.original) == (("deep/3.png", name) if swapped else (name, "deep/3.png"))
    assert 0.5 < leak.similarity <= 1


def test_linked_files_are_copies(folders, tmp_path):
    train, test = folders
    os.link(train / "deep" / "1.png", test / "hard.png")
    os.symlink(train / "deep" / "2.png", test / "symbolic.png")
    found = find(folders, tmp_path)
    assert [(each.path, each.original, each.similarity) for each in found.leaks] == [
        ("hard.png", "deep/1.png", 1.0),
        ("symbolic.png", "deep/2.png", 1.0),
    ]


def test_copies_within_one_folder_are_none(folders, tmp_path):
    shutil.copy(folders[1] / "other1.png", folders[1] / "again.png")
    shutil.copy(folders[0] / "deep" / "1.png", folders[0] / "again.png")
    assert find(folders, tmp_path).leaks == []


@pytest.mark.parametrize("jobs", [1, 3])
def test_each_is_named_once_in_natural_order_whatever_the_jobs(folders, tmp_path, jobs):
    for name in ("10.png", "9.png"):
        shutil.copy(folders[0] / "deep" / "4.png", folders[1] / name)
    assert [each.path for each in find(folders, tmp_path, jobs=jobs).leaks] == ["9.png", "10.png"]


def test_folders_within_each_other_are_refused(folders, tmp_path):
    for pair in ((tmp_path, folders[0]), (folders[0], folders[0])):
        with pytest.raises(UsageError, match="one of the folders is the other, or lies in it"):
            find(pair, tmp_path)
    with pytest.raises(UsageError, match="no such folder"):
        find((folders[0], tmp_path / "none"), tmp_path)


def test_the_command(folders, tmp_path, capsys):
    train, test = map(str, folders)
    words = ["leaks", train, test, "--index", str(tmp_path / "index")]
    assert cli.main(words) == 0
    assert capsys.readouterr().out == f"0 of 6 images in {test} are in {train} (6 images) too\n"
    shutil.copy(folders[0] / "deep" / "4.png", folders[1] / "copy.png")
    assert cli.main(words) == 1
    assert capsys.readouterr().out == (
        f"100.0%  {test}/copy.png  is  {train}/deep/4.png\n1 of 7 images in {test} are in {train} (6 images) too\n"
    )
    assert cli.main([*words, "--csv"]) == 1
    assert capsys.readouterr().out.splitlines() == ["path,original,similarity", "copy.png,deep/4.png,1.0000"]
    assert cli.main([*words, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["leaks"] == [{"path": "copy.png", "original": "deep/4.png", "similarity": 1.0}]
    assert cli.main([*words, "--quiet"]) == 1
    assert capsys.readouterr().out == ""


def test_what_cannot_be_read_is_said(folders, tmp_path, capsys):
    (folders[1] / "broken.png").write_bytes(b"nothing")
    assert cli.main(["leaks", *map(str, folders), "--index", str(tmp_path / "index")]) == 1
    assert "broken.png: " in capsys.readouterr().err


def test_real_frames_of_other_cameras_are_none(shared, tmp_path):
    for number, camera in enumerate(("c104", "c105", "c306", "c315")):
        for path in sorted((shared / "frames" / camera).iterdir())[::20]:
            target = tmp_path / "ab"[number % 2] / path.name
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)
    assert find((tmp_path / "a", tmp_path / "b"), tmp_path).leaks == []
