"""Results divided into train, val and test, each format read by the tool itself where that is installed."""

import csv
import json
import shutil
import tarfile
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest

import framesift
from framesift import cli
from framesift.errors import UsageError
from framesift.export import DATA_SETS, FORMATS
from tests.conftest import encode, read_tree

SPLIT = {"split": "60,20,20", "seed": 1}


def draw(seed: int) -> np.ndarray:
    """A picture with structure everywhere, unlike that of another seed."""
    noise = np.random.default_rng(seed).integers(0, 256, (9, 12, 3)).astype(np.uint8)
    return cv2.resize(noise, (160, 120), interpolation=cv2.INTER_CUBIC)


@pytest.fixture
def frames(write_tree) -> Path:
    """Two cameras, ten days of three frames, all of them new; by night everything is darker."""
    tree = {}
    for camera in (1, 2):
        for day in range(10):
            for hour in (2, 12, 14):
                image = draw(camera * 1000 + day * 24 + hour) // (5 if hour == 2 else 1)
                tree[f"c{camera}/c{camera}_2021_03_{day + 10}__{hour:02}_00_00.png"] = encode(image)
    return write_tree(tree)


@pytest.fixture
def results(frames, tmp_path) -> Path:
    decided = list(framesift.filter_frames(frames, tmp_path / "results", "0%", "0%"))
    assert {decision.verdict for decision in decided} == {"keep"}
    return tmp_path / "results"


def divide(results: Path, output: Path, name: str = "list", **how):
    return framesift.export_parts(results, name, output, index=results.parent / "index", **{**SPLIT, **how})


def paths(rows):
    return [row.path for row in rows]


def days_of(rows):
    return {(row.camera, row.time[:10]) for row in rows}


def test_days_of_a_camera_are_kept_whole_and_every_frame_is_somewhere(results, tmp_path):
    divided = divide(results, tmp_path / "out")
    parts = list(divided.parts.values())
    assert list(divided.parts) == ["train", "val", "test"]
    assert sum(map(len, parts)) == 60
    assert not divided.left_out
    assert sum(len(days_of(rows)) for rows in parts) == len(set.union(*map(days_of, parts))) == 20
    assert [len(rows) for rows in parts] == [36, 12, 12]
    for rows in parts:
        assert len({row.camera for row in rows}) == 2


def test_near_copies_of_two_cameras_stay_together(frames, tmp_path):
    """A second name of a camera: each of its days goes where the same day of the first goes."""
    for path in sorted((frames / "c1").iterdir()):
        image = cv2.imread(str(path))
        (frames / "c3").mkdir(exist_ok=True)
        copy = frames / "c3" / path.name.replace("c1", "c3").replace(".png", ".jpg")
        copy.write_bytes(encode(cv2.convertScaleAbs(image, alpha=0.9), ".jpg"))
    list(framesift.filter_frames(frames, tmp_path / "results", "0%", "0%"))
    divided = divide(tmp_path / "results", tmp_path / "out")
    of_first, of_second = defaultdict(set), defaultdict(set)
    for part, rows in divided.parts.items():
        for row in rows:
            if row.camera in ("c1", "c3"):
                (of_first if row.camera == "c1" else of_second)[row.time[:10]].add(part)
    assert of_first == of_second
    assert not divided.left_out


def test_what_a_camera_shows_on_two_days_is_left_out_of_the_smaller_part(frames, tmp_path):
    for day in range(10):
        shutil.copy(
            frames / "c1" / "c1_2021_03_10__12_00_00.png", frames / "c1" / f"c1_2021_03_{day + 10}__13_00_00.png"
        )
    list(framesift.filter_frames(frames, tmp_path / "results", "0%", "0%"))
    divided = divide(tmp_path / "results", tmp_path / "out", "imagefolder")
    assert divided.left_out
    assert all(row.camera == same.camera == "c1" for row, same in divided.left_out)
    names = list(divided.parts)
    for one in names:
        for other in names[: names.index(one)]:
            found = framesift.find_leaks(tmp_path / "out" / other, tmp_path / "out" / one, index=tmp_path / "index")
            assert found.leaks == []
    with (tmp_path / "out" / "split.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"] for row in rows if not row["part"]] == [row.path for row, _ in divided.left_out]
    assert all(row["same_as"] for row in rows if not row["part"])


@pytest.mark.parametrize("name", [*(name for name in FORMATS if name != "parquet"), *DATA_SETS])
def test_every_format_is_the_same_each_time_and_says_where_each_frame_is(results, tmp_path, name):
    divided = divide(results, tmp_path / "one", name)
    divide(results, tmp_path / "two", name)
    assert read_tree(tmp_path / "one") == read_tree(tmp_path / "two")
    with (tmp_path / "one" / "split.csv").open(newline="") as file:
        told = {row["path"]: row["part"] for row in csv.DictReader(file)}
    assert told == {row.path: part for part, rows in divided.parts.items() for row in rows}
    if name in FORMATS:
        for part in divided.parts:
            assert (tmp_path / "one" / (part + FORMATS[name].suffix)).is_file()


def test_coco(results, tmp_path):
    from pycocotools.coco import COCO

    divided = divide(results, tmp_path / "out", "coco")
    for part, rows in divided.parts.items():
        images = COCO(str(tmp_path / "out" / f"{part}.json")).imgs.values()
        assert [image["file_name"] for image in images] == paths(rows)


def test_yolo(results, tmp_path):
    divided = divide(results, tmp_path / "out", "yolo")
    lines = (tmp_path / "out" / "data.yaml").read_text().splitlines()
    assert lines[:4] == ["train: train.txt", "val: val.txt", "test: test.txt", "names:"]
    for part, rows in divided.parts.items():
        listed = (tmp_path / "out" / f"{part}.txt").read_text().splitlines()
        assert listed == [str(results / row.path) for row in rows]
        assert all(Path(path).is_file() for path in listed)


def test_image_folder(results, tmp_path):
    datasets = pytest.importorskip("datasets", reason="needs Hugging Face datasets: pip install datasets")
    divided = divide(results, tmp_path / "out", "imagefolder")
    loaded = datasets.load_dataset("imagefolder", data_dir=str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {part: len(rows) for part, rows in loaded.items()} == {"train": 36, "validation": 12, "test": 12}
    assert loaded["test"]["camera"] == [row.camera for row in divided.parts["test"]]


def test_the_layout_of_an_image_folder(results, tmp_path):
    divided = divide(results, tmp_path / "out", "imagefolder")
    for part, rows in divided.parts.items():
        with (tmp_path / "out" / part / "metadata.csv").open(newline="", encoding="utf-8") as file:
            listed = list(csv.DictReader(file))
        assert [row["file_name"] for row in listed] == paths(rows)
        for row in rows:
            assert (tmp_path / "out" / part / row.path).read_bytes() == (results / row.path).read_bytes()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_web_dataset(results, tmp_path):
    webdataset = pytest.importorskip("webdataset", reason="needs webdataset: pip install webdataset")
    divided = divide(results, tmp_path / "out", "webdataset")
    for part, rows in divided.parts.items():
        samples = list(webdataset.WebDataset(str(tmp_path / "out" / f"{part}-000000.tar"), shardshuffle=False))
        assert [json.loads(sample["json"])["path"] for sample in samples] == paths(rows)
        assert [sample["png"] for sample in samples] == [(results / row.path).read_bytes() for row in rows]


def test_shards_are_closed_when_they_are_full(results, tmp_path, monkeypatch):
    monkeypatch.setattr("framesift.export.data_sets.SHARD_FRAMES", 25)
    divide(results, tmp_path / "out", "webdataset", split="100")
    shards = sorted((tmp_path / "out").glob("*.tar"))
    assert [path.name for path in shards] == ["train-000000.tar", "train-000001.tar", "train-000002.tar"]
    for path, number in zip(shards, (50, 50, 20), strict=True):
        with tarfile.open(path) as shard:
            assert len(shard.getnames()) == number


def test_what_is_there_stays_and_what_fails_leaves_nothing(results, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(UsageError, match="exists: choose another name; nothing was overwritten"):
        divide(results, tmp_path / "out")
    next((results / "c1").iterdir()).unlink()
    with pytest.raises(UsageError, match="No such file"):
        divide(results, tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"frames", "results", "out", "index"} - {"index"}


def test_one_day_is_too_little(write_tree, tmp_path):
    tree = {f"c1_2021_03_10__{hour:02}_00_00.png": encode(draw(hour)) for hour in range(5)}
    list(framesift.filter_frames(write_tree(tree), tmp_path / "results", "0%", "0%"))
    with pytest.raises(UsageError, match="--split wants 3 parts, and there are 1 to divide"):
        divide(tmp_path / "results", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command(results, tmp_path, capsys):
    words = ["export", str(results), "--format", "yolo", "--split", "60,20,20", "--seed", "1"]
    assert cli.main(words) == 2
    assert "take --output FOLDER" in capsys.readouterr().err
    assert cli.main([*words, "--output", str(tmp_path / "out"), "--dropped"]) == 2
    assert "go without --dropped" in capsys.readouterr().err
    assert cli.main([*words, "--output", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "train: 36 frames of 2 cameras",
        "val: 12 frames of 2 cameras",
        "test: 12 frames of 2 cameras",
    ]
    assert cli.main(["export", str(results), "--format", "webdataset", "--output", str(tmp_path / "all")]) == 0
    assert capsys.readouterr().out == "train: 60 frames of 2 cameras\n"


def test_a_table_of_all_decisions_is_not_divided(results, tmp_path):
    with pytest.raises(UsageError, match="holds all decisions: it is not divided"):
        divide(results, tmp_path / "one", "parquet")
    assert not (tmp_path / "one").exists()
