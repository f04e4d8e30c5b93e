"""Odd names, things that are no files, passing errors and files that change while they are read."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift.errors import StorageError, UnreadableFrame
from framesift.frames.reader import FENCE, png, read_picture
from framesift.frames.reader.fence import check_opened
from framesift.frames.reader.source import read_file
from tests.conftest import encode
from tests.frames.test_reader import make_scene


class TestFileSystem:
    PNG = encode(make_scene())

    def find_reason(self, path: Path | bytes) -> str:
        with pytest.raises(UnreadableFrame) as caught:
            read_picture(path)
        assert caught.value.path == path
        return caught.value.reason

    def test_not_regular(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        os.mkfifo(tmp_path / "fifo.png")
        (tmp_path / "folder.png").mkdir()
        (tmp_path / "zero.png").symlink_to("/dev/zero")
        monkeypatch.chdir(tmp_path)  # a socket's path may have 107 bytes only
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("socket.png")
            for name in ("fifo.png", "folder.png", "zero.png", "socket.png"):
                assert self.find_reason(tmp_path / name) == "not a regular file"

    def test_empty(self, tmp_path: Path) -> None:
        (tmp_path / "empty.png").touch()
        assert self.find_reason(tmp_path / "empty.png") == "empty file"

    def test_reason_of_the_system(self, tmp_path: Path) -> None:
        (tmp_path / "broken.png").symlink_to("nowhere.png")
        (tmp_path / "loop.png").symlink_to("loop.png")
        assert self.find_reason(tmp_path / "broken.png") == os.strerror(2)
        assert self.find_reason(tmp_path / "loop.png") == os.strerror(40)
        assert self.find_reason(tmp_path / ("n" * 256)) == os.strerror(36)
        assert self.find_reason(tmp_path / "missing" / "x.png") == os.strerror(2)

    def test_nul_in_the_name(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(self.PNG)
        assert self.find_reason(tmp_path / "a.png\0.txt") == "a name that no file can have"

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
    def test_permission(self, tmp_path: Path) -> None:
        path = tmp_path / "secret.png"
        path.write_bytes(self.PNG)
        path.chmod(0)
        assert self.find_reason(path) == os.strerror(13)

    NAMES = (b"bad\xff\xfe.png", b"new\nline.png", b"-rf.png", b"%05d.png", b"n" * 255, "é.png".encode())

    @pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
    def test_odd_names_work(self, tmp_path: Path, name: bytes) -> None:
        path = os.fsencode(tmp_path) + b"/" + name
        with open(path, "wb") as file:
            file.write(self.PNG)
        assert np.array_equal(read_picture(path).pixels, make_scene())
        assert np.array_equal(read_picture(os.fsdecode(path)).pixels, make_scene())

    def test_link_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(self.PNG)
        (tmp_path / "link.png").symlink_to("a.png")
        assert np.array_equal(read_picture(tmp_path / "link.png").pixels, make_scene())

    def test_huge_file_is_not_read(self, tmp_path: Path) -> None:
        with open(tmp_path / "huge.png", "wb") as file:
            file.truncate(2 << 30)
        assert self.find_reason(tmp_path / "huge.png").startswith("too large")

    def test_no_descriptor_is_left_open(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(self.PNG)
        (tmp_path / "b.png").write_bytes(b"")
        before = len(os.listdir("/proc/self/fd"))
        read_picture(tmp_path / "a.png")
        self.find_reason(tmp_path / "b.png")
        self.find_reason(tmp_path)
        assert len(os.listdir("/proc/self/fd")) == before


class TestSecondTry:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "frame.png"
        path.write_bytes(encode(make_scene()))
        return path

    def touch_during(self, monkeypatch: pytest.MonkeyPatch, path: Path, times: int) -> None:
        """Let the file change while it is read, the first `times` times."""
        real = os.read
        left = iter(range(times))

        def read_and_touch(descriptor: int, size: int) -> bytes:
            part = real(descriptor, size)
            if (turn := next(left, None)) is not None:
                os.utime(path, ns=(turn, turn))
            return part

        monkeypatch.setattr(os, "read", read_and_touch)

    def fail_first(self, monkeypatch: pytest.MonkeyPatch, code: int, times: int) -> None:
        """Let opening fail with an error the first `times` times."""
        real = os.open
        left = iter(range(times))

        def open_or_fail(*arguments: object, **options: object) -> int:
            if next(left, None) is not None:
                raise OSError(code, os.strerror(code))
            return real(*arguments, **options)

        monkeypatch.setattr(os, "open", open_or_fail)

    def test_changed_once_is_read_again(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.touch_during(monkeypatch, path, times=1)
        assert np.array_equal(read_picture(path).pixels, make_scene())

    def test_changed_twice_is_refused(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.touch_during(monkeypatch, path, times=2)
        with pytest.raises(UnreadableFrame, match="changed while it was read"):
            read_picture(path)

    def test_passing_error_skips_no_frame(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fail_first(monkeypatch, 5, times=1)
        assert np.array_equal(read_picture(path).pixels, make_scene())

    def test_lasting_error_is_the_reason(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fail_first(monkeypatch, 5, times=2)
        with pytest.raises(UnreadableFrame, match=os.strerror(5)):
            read_picture(path)

    @pytest.mark.parametrize("code", [12, 23, 24], ids=["ENOMEM", "ENFILE", "EMFILE"])
    def test_error_of_the_machine_stops(self, path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
        self.fail_first(monkeypatch, code, times=2)
        with pytest.raises(StorageError):
            read_picture(path)

    def test_short_reads_are_joined(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        real = os.read
        monkeypatch.setattr(os, "read", lambda descriptor, size: real(descriptor, min(size, 100)))
        assert read_file(path)[0] == path.read_bytes()

    def test_decoder_out_of_memory(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise MemoryError

        monkeypatch.setattr(png, "inflate_rows", lambda *_: None)
        monkeypatch.setattr(cv2, "imdecode", fail)
        with pytest.raises(UnreadableFrame, match="not enough memory"):
            read_picture(path)


class TestFence:
    """What lies outside of some folders is not read, by whatever way it was come to."""

    @pytest.fixture
    def secret(self, tmp_path: Path) -> Iterator[Path]:
        for folder in ("served", "secret"):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "0.png").write_bytes(encode(make_scene()))
        before = FENCE.set((str(tmp_path / "served"),))
        yield tmp_path / "secret" / "0.png"
        FENCE.reset(before)

    def test_within(self, secret: Path, tmp_path: Path) -> None:
        (tmp_path / "served" / "link.png").symlink_to("0.png")
        for name in ("0.png", "link.png"):
            assert read_file(tmp_path / "served" / name)[0] == secret.read_bytes()

    def test_outside(self, secret: Path, tmp_path: Path) -> None:
        (tmp_path / "served" / "link.png").symlink_to(secret)
        (tmp_path / "served" / "folder").symlink_to(secret.parent)
        (tmp_path / "served2").symlink_to(secret.parent)
        for path in ("served/link.png", "served/folder/0.png", "served/../secret/0.png", "served2/0.png"):
            with pytest.raises(UnreadableFrame, match="outside of what is served"):
                read_file(tmp_path / path)

    def test_a_folder_that_becomes_a_link_after_a_look_at_it(self, secret: Path, tmp_path: Path) -> None:
        folder = tmp_path / "served" / "camera"
        folder.mkdir()
        (folder / "0.png").write_bytes(b"own")
        descriptor = os.open(folder / "0.png", os.O_RDONLY)
        folder.rename(tmp_path / "moved")
        folder.symlink_to(secret.parent)
        with pytest.raises(UnreadableFrame, match="outside of what is served"):
            read_file(folder / "0.png")
        with pytest.raises(UnreadableFrame, match="outside of what is served"):
            check_opened(descriptor, folder / "0.png")
        os.close(descriptor)

    @pytest.mark.parametrize("url", ["s3://bucket/0.png", "zip://0.png::/home/a.zip", "http://127.0.0.1:9/0.png"])
    def test_no_address(self, secret: Path, url: str) -> None:
        with pytest.raises(UnreadableFrame):
            read_file(url)


def test_to_be_looked_at_is_not_to_be_used(tmp_path):
    """The time of access stays: a removal gives back what it has found."""
    if not hasattr(os, "O_NOATIME"):
        pytest.skip("needs O_NOATIME, which Linux has")
    path = tmp_path / "a.png"
    path.write_bytes(encode(make_scene()))
    os.utime(path, ns=(5, 10**18))
    read_picture(path)
    assert path.stat().st_atime_ns == 5
