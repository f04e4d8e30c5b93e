"""What could not be opened or read has not been decided: the next run that can read it does it."""

import errno
import os

import pytest

from framesift import filter_frames
from framesift.filtering import manifest
from framesift.filtering.selection import Verdict
from framesift.frames.reader import source
from tests.conftest import encode, make_image

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
