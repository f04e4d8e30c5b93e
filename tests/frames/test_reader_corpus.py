"""Every stored bad input: what is whole is read, everything else is refused with a reason."""

import csv
from pathlib import Path

import numpy as np
import pytest

from framesift.errors import UnreadableFrame
from framesift.frames.reader import read_averaged, read_capture_time, read_picture, read_reduced
from tests.conftest import SHARED

FOLDERS = {"gen", "pub", "seq_truncated"}


def list_rows() -> list[dict[str, str]]:
    try:
        with open(SHARED / "bad_inputs" / "expected.csv", newline="") as file:
            return [row for row in csv.DictReader(file) if row["path"].split("/")[0] in FOLDERS]
    except FileNotFoundError:
        return []


@pytest.mark.parametrize("row", list_rows(), ids=lambda row: row["path"])
def test_bad_input(shared: Path, row: dict[str, str]) -> None:
    path = shared / "bad_inputs" / row["path"]
    read_capture_time(path)
    try:
        pixels = read_picture(path).pixels
    except UnreadableFrame as error:
        assert row["expected"] != "readable", error.reason
        assert error.reason and error.path == path
        if row["path"].startswith("gen/bomb"):
            assert error.reason.startswith("too many pixels")
    else:
        assert row["expected"] in ("readable", "either")
        assert pixels.dtype == np.uint8 and pixels.shape[2:] == (3,)
        if row["width"]:
            assert pixels.shape[:2] == (int(row["height"]), int(row["width"]))


def test_corpus_is_complete(shared: Path) -> None:
    """An empty table would make the test above pass without a single file."""
    assert len(list_rows()) > 150


@pytest.mark.parametrize("row", list_rows(), ids=lambda row: row["path"])
def test_a_reduced_picture_is_refused_and_sized_as_the_whole_one(shared: Path, row: dict[str, str]) -> None:
    path = shared / "bad_inputs" / row["path"]
    try:
        height, width = read_picture(path).pixels.shape[:2]
    except UnreadableFrame as error:
        with pytest.raises(UnreadableFrame) as caught:
            read_reduced(path)
        with pytest.raises(UnreadableFrame) as averaged:
            read_averaged(path, 1)
        assert averaged.value.reason == caught.value.reason == error.reason
    else:
        size, decoded = read_reduced(path)
        assert size == read_averaged(path, 1).size == (width, height)
        assert decoded.pixels.shape == (-(-height // 8), -(-width // 8), 3)
