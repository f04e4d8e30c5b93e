"""What could not be opened or read has not been decided: the next run that can read it does it."""

import errno
import os

import cv2
import pytest

from framesift import filter_frames
from framesift.errors import StorageError
from framesift.filtering import manifest
from framesift.filtering.selection import Verdict
from framesift.frames.reader import source
from framesift.frames.videos.reading import Video
from tests.conftest import encode, make_image
from tests.frames.test_videos import film

NAMES = [f"c/c_2021_03_27__10_0{number}_00.bmp" for number in range(4)]
TREE = {name: encode(make_image(box=(20 * place, 20, 20, 20)), ".bmp") for place, name in enumerate(NAMES)}


@pytest.mark.parametrize("reason", [errno.EACCES, errno.EIO, errno.ENOENT])
def test_the_next_run_decides_it(write_tree, tmp_path, monkeypatch, reason):
    root, results = write_tree(TREE), tmp_path / "results"
    opened = source._open

    def refuse(path):
        if os.fsdecode(path).endswith(NAMES[2]):
            raise OSError(reason, os.strerror(reason), path)
        return opened(path)

    monkeypatch.setattr(source, "_open", refuse)
    [skip] = [each for each in filter_frames(root, results, jobs=1) if each.verdict is Verdict.SKIP]
    assert (skip.frame.path, skip.reason) == (NAMES[2], os.strerror(reason))
    before = (results / manifest.NAME).read_bytes()
    assert list(filter_frames(root, results, jobs=1)) == []
    assert (results / manifest.NAME).read_bytes() == before, "as long as it cannot be read there is nothing to say"
    monkeypatch.undo()
    [decision] = filter_frames(root, results, jobs=1)
    assert decision.again and decision.frame.path == NAMES[2] and decision.verdict is not Verdict.SKIP
    assert list(filter_frames(root, results, jobs=1)) == []


def refuse_memory() -> Exception:
    error = cv2.error("(-4:Insufficient memory) Failed to allocate 189000000 bytes")
    error.code = cv2.Error.StsNoMem
    return error


@pytest.mark.parametrize("error", [MemoryError(), refuse_memory()], ids=["of Python", "of OpenCV"])
def test_what_there_was_no_memory_for_is_no_damage_and_decided_by_the_next_run(
    write_tree, tmp_path, monkeypatch, error
):
    root, results, whole = write_tree(TREE), tmp_path / "results", cv2.imdecode

    def refuse(data, flags):
        if data.tobytes() == TREE[NAMES[2]]:
            raise error
        return whole(data, flags)

    monkeypatch.setattr(cv2, "imdecode", refuse)
    [skip] = [each for each in filter_frames(root, results, jobs=1) if each.verdict is Verdict.SKIP]
    assert (skip.frame.path, skip.reason) == (NAMES[2], "not enough memory to decode it")
    monkeypatch.undo()
    [decision] = filter_frames(root, results, jobs=1)
    assert decision.again and decision.frame.path == NAMES[2] and decision.verdict is not Verdict.SKIP


def test_a_film_that_there_was_no_memory_for_ends_the_run_and_is_decided_by_the_next(tmp_path, monkeypatch):
    root, results = tmp_path / "frames", tmp_path / "results"
    root.mkdir()
    film(root / "c1_2021_03_27__10_00_00.mp4", end=2)

    def refuse(*_, **__):
        raise refuse_memory()

    with monkeypatch.context() as patch:
        patch.setattr(Video, "_choose", refuse)
        with pytest.raises(StorageError, match=r"10_00_00\.mp4: not enough memory to decode it"):
            list(filter_frames(root, results, every="1s", jobs=1))
    assert next(filter_frames(root, results, every="1s", jobs=1)).verdict is Verdict.KEEP
