"""Files read ahead: which the system is asked for, and when."""

import os
from pathlib import Path

import pytest

from framesift import filter_frames
from framesift.filtering import reading_ahead
from framesift.filtering.reading_ahead import read_ahead
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.filtering.sources import Source
from framesift.frames.frame import Frame
from tests.conftest import encode, make_image

pytestmark = pytest.mark.skipif(not hasattr(os, "RWF_NOWAIT"), reason="the system cannot be asked to read ahead")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return what the system is asked for: of the open file its name, and how many bytes."""
    found: list[tuple[str, int]] = []

    def note(descriptor: int, offset: int, length: int, advice: int) -> None:
        assert advice == os.POSIX_FADV_WILLNEED
        assert offset == 0
        found.append((os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}")), length))

    monkeypatch.setattr(os, "posix_fadvise", note)
    monkeypatch.setattr(os, "preadv", _refuse)
    return found


def _refuse(*arguments: object) -> int:
    """Answer as the system does of a file that is not in memory."""
    raise BlockingIOError


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every folder lie on a disk of this machine, whatever the tests run on."""
    monkeypatch.setattr(reading_ahead, "_is_on_disk", lambda directory: True)


def _make_frames(folder: Path, number: int) -> list[Frame]:
    frames = [Frame(f"{each:02}.jpg", "c1", None) for each in range(number)]
    for frame in frames:
        (folder / frame.path).write_bytes(b"some bytes")
    return frames


@pytest.mark.usefixtures("on_disk")
def test_files_are_asked_for_before_the_frames_ahead_of_them_are_given(
    tmp_path: Path, asked: list[tuple[str, int]]
) -> None:
    frames = _make_frames(tmp_path, 12)
    walk = read_ahead(str(tmp_path), frames)
    assert next(walk) == frames[0]
    assert asked == [(f"{each:02}.jpg", 2**26) for each in range(9)]
    assert next(walk) == frames[1]
    assert len(asked) == 10


@pytest.mark.usefixtures("on_disk")
@pytest.mark.parametrize("number", [0, 1, 8, 9, 30])
def test_all_frames_are_given_in_order(tmp_path: Path, asked: list[tuple[str, int]], number: int) -> None:
    frames = _make_frames(tmp_path, number)
    assert list(read_ahead(str(tmp_path), frames)) == frames
    assert len(asked) == number


@pytest.mark.usefixtures("on_disk")
@pytest.mark.parametrize(("answer", "there"), [(1, False), (0, True)])
def test_a_file_that_is_in_memory_is_not_asked_for(
    tmp_path: Path, asked: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch, answer: int, there: bool
) -> None:
    looked_at: list[int] = []

    def read(descriptor: int, into: list[bytearray], offset: int, flags: int) -> int:
        assert flags == os.RWF_NOWAIT
        looked_at.append(offset)
        return answer

    monkeypatch.setattr(os, "preadv", read)
    list(read_ahead(str(tmp_path), _make_frames(tmp_path, 1)))
    assert looked_at == [len(b"some bytes") - 1]
    assert bool(asked) == there


@pytest.mark.usefixtures("on_disk")
@pytest.mark.parametrize("error", [BlockingIOError, OSError, NotImplementedError])
def test_a_file_of_which_that_cannot_be_told_is_asked_for(
    tmp_path: Path, asked: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def refuse(*arguments: object) -> int:
        raise error

    monkeypatch.setattr(os, "preadv", refuse)
    list(read_ahead(str(tmp_path), _make_frames(tmp_path, 1)))
    assert asked == [("00.jpg", 2**26)]


@pytest.mark.usefixtures("on_disk")
def test_nobody_sees_that_a_file_was_looked_at(tmp_path: Path) -> None:
    path = tmp_path / _make_frames(tmp_path, 1)[0].path
    os.utime(path, ns=(1, 2 * 10**9))  # read before it was written, so that reading would be noted
    list(read_ahead(str(tmp_path), [Frame(path.name, "c1", None)]))
    assert path.stat().st_atime_ns == 1


@pytest.mark.usefixtures("on_disk")
def test_what_cannot_be_opened_or_read_ahead_is_told_by_whoever_reads_it(tmp_path: Path) -> None:
    frames = _make_frames(tmp_path, 3)
    (tmp_path / "01.jpg").unlink()
    os.mkfifo(tmp_path / "01.jpg")
    (tmp_path / "02.jpg").unlink()
    frames.append(Frame("a name\0that no file can have.jpg", "c1", None))
    before = len(os.listdir("/proc/self/fd"))
    assert list(read_ahead(str(tmp_path), frames)) == frames
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(("device", "there"), [(os.makedev(8, 1), True), (os.makedev(0, 45), False)])
def test_only_a_disk_is_asked(
    tmp_path: Path,
    asked: list[tuple[str, int]],
    monkeypatch: pytest.MonkeyPatch,
    device: int,
    there: bool,
) -> None:
    frames = _make_frames(tmp_path, 2)
    status = os.stat(tmp_path)
    changed = os.stat_result([*status[:2], device, *status[3:10]])
    monkeypatch.setattr(os, "stat", lambda path, **named: changed)
    assert list(read_ahead(str(tmp_path), frames)) == frames
    assert bool(asked) == there


def test_a_folder_that_is_gone_and_a_url_are_left_to_whoever_reads_them(asked: list[tuple[str, int]]) -> None:
    frames = [Frame("1.jpg", "c1", None)]
    for directory in ("/no/such/folder", "s3://bucket/frames"):
        assert list(read_ahead(directory, frames)) == frames
    assert not asked


@pytest.mark.usefixtures("on_disk")
def test_a_run_reads_its_pictures_ahead(tmp_path: Path, asked: list[tuple[str, int]]) -> None:
    names = _make_pictures(tmp_path / "frames")
    list(filter_frames(tmp_path / "frames", tmp_path / "results", jobs=1))
    assert [name for name, _ in asked] == names


@pytest.mark.usefixtures("on_disk")
def test_pictures_that_are_decided_elsewhere_are_not_read_here(tmp_path: Path, asked: list[tuple[str, int]]) -> None:
    names = _make_pictures(tmp_path)
    source = Source(tmp_path, Settings())
    source.find(Sink())
    assert [frame.path for frame in source.take_pictures(here=False)] == names
    assert not asked


def _make_pictures(folder: Path) -> list[str]:
    folder.mkdir(exist_ok=True)
    names = [f"c1_2021_03_27__10_{minute:02}_00.png" for minute in range(12)]
    for name in names:
        (folder / name).write_bytes(encode(make_image(), ".png"))
    return names
