"""Which files are frames, whose they are and in which order."""

import errno
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.errors import StorageError, UsageError
from framesift.filtering import manifest
from framesift.frames.finding import find_frames
from framesift.frames.frame import Frame, order_key
from framesift.frames.naming import Naming
from tests.conftest import encode, make_image

WriteTree = Callable[..., Path]

NOON = datetime(2021, 3, 27, 12, 53, 37, tzinfo=UTC)
HEADER = b'{"framesift": "0.1.0", "schema": 1, "settings": {}}\n'

frames = st.builds(
    Frame,
    st.text(st.characters(codec=None) | st.sampled_from("0129²٣/.a\udcff")),
    st.sampled_from(["1", "01", "2", "10", "c2", "c10", "²"]),
    st.none() | st.integers(-2, 2).map(lambda s: NOON + timedelta(seconds=s)),
)


def empty_files(*paths: str) -> dict[str, bytes]:
    return dict.fromkeys(paths, b"")


def paths_in(folder: Path, *arguments: object) -> list[str]:
    return [frame.path for frame in find_frames(folder, *arguments).frames]  # type: ignore[arg-type]


def jpeg_with_time(clock: str, offset: str | None = None) -> bytes:
    """A JPEG whose EXIF has DateTimeOriginal `clock` and OffsetTimeOriginal `offset`."""
    tags = [(0x9003, clock)] + ([(0x9011, offset)] if offset else [])
    values_at = 26 + 2 + 12 * len(tags) + 4
    entries, values = b"", b""
    for tag, text in tags:
        value = text.encode() + b"\0"
        entries += struct.pack("<HHII", tag, 2, len(value), values_at + len(values))
        values += value
    head = b"II*\0" + struct.pack("<I", 8) + struct.pack("<HHHIII", 1, 0x8769, 4, 1, 26, 0)
    tiff = head + struct.pack("<H", len(tags)) + entries + bytes(4) + values
    body = b"Exif\0\0" + tiff
    plain = encode(make_image(), ".jpg")
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + plain[2:]


class TestOrder:
    @given(st.lists(frames, max_size=6))
    def test_any_frames_sort_alike_from_any_order(self, some: list[Frame]) -> None:
        turned = some[::-1]
        assert sorted(some, key=order_key) == sorted(turned, key=order_key)

    @given(frames, frames)
    def test_different_frames_never_tie(self, one: Frame, other: Frame) -> None:
        assert (order_key(one) == order_key(other)) == (one == other)
        assert (order_key(one) < order_key(other)) + (order_key(other) < order_key(one)) == (one != other)

    @given(st.lists(frames, max_size=12))
    def test_frames_of_a_camera_stand_together(self, some: list[Frame]) -> None:
        cameras = [frame.camera for frame in sorted(some, key=order_key)]
        changes = sum(one != other for one, other in pairwise(cameras))
        assert changes == max(len(set(cameras)) - 1, 0)

    @given(st.integers(0, 10**30), st.integers(0, 10**30))
    def test_numbers_sort_as_numbers(self, one: int, other: int) -> None:
        first, second = (Frame(f"frame_{number}.png", "c1", None) for number in (one, other))
        assert (order_key(first) < order_key(second)) == (one < other)

    @pytest.mark.parametrize(
        "names",
        [
            ["frame_9.png", "frame_10.png"],
            ["frame_01.png", "frame_1.png", "frame_2.png"],
            ["a/2.png", "a/10.png", "a b/1.png", "b/1.png"],
            ["1.png", "a.png"],
            ["x" + "9" * 5000, "x1" + "0" * 5000],
            ["x2", "x10", "x²", "x٣"],
        ],
    )
    def test_natural_order_of_names(self, names: list[str]) -> None:
        listed = [Frame(name, "c1", None) for name in names]
        turned = listed[::-1]
        assert sorted(turned, key=order_key) == listed

    def test_camera_then_time_then_name(self) -> None:
        listed = [
            Frame("z.png", "c2", NOON),
            Frame("b9.png", "c2", NOON + timedelta(seconds=1)),
            Frame("b10.png", "c2", NOON + timedelta(seconds=1)),
            Frame("a.png", "c2", None),
            Frame("a.png", "c10", NOON),
        ]
        turned = listed[::-1]
        assert sorted(turned, key=order_key) == listed

    def test_listing_does_not_depend_on_the_file_system(
        self, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = [f"{folder}frame_{number}.png" for folder in ("", "c1/", "c1/a/", "c10/") for number in range(12)]
        names += [f"c{c}_20210327_1253{s}.jpg" for c in (1, 2, 10) for s in (10, 11)]
        folder = write_tree(empty_files(*names))
        expected = find_frames(folder)
        list_plainly = os.scandir
        shuffle = random.Random(1).shuffle

        @contextmanager
        def list_shuffled(path: str) -> Iterator[list[os.DirEntry[str]]]:
            with list_plainly(path) as entries:
                shuffled = list(entries)
            shuffle(shuffled)
            yield shuffled

        monkeypatch.setattr(os, "scandir", list_shuffled)
        assert all(find_frames(folder) == expected for _ in range(20))
        assert len(expected.frames) == len(names)


class TestCameras:
    def test_frame_without_a_camera_belongs_to_its_folder(self, write_tree: WriteTree) -> None:
        folder = write_tree(
            empty_files(
                "x.jpg", "cam1/frame_9.png", "cam1/20210327_125337.jpg", "site_a/cam1/1.jpg", "site_b/cam1/1.jpg"
            )
        )
        assert {(f.path, f.camera) for f in find_frames(folder).frames} == {
            ("x.jpg", "frames"),
            ("cam1/frame_9.png", "cam1"),
            ("cam1/20210327_125337.jpg", "cam1"),
            ("site_a/cam1/1.jpg", "site_a/cam1"),
            ("site_b/cam1/1.jpg", "site_b/cam1"),
        }

    def test_name_of_the_input_folder_is_resolved(self, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = write_tree(empty_files("x.jpg"), "gate")
        monkeypatch.chdir(folder)
        assert find_frames(".").frames == find_frames(os.fsencode(folder)).frames == [Frame("x.jpg", "gate", None)]

    def test_camera_in_the_name_goes_before_the_folder(self, write_tree: WriteTree) -> None:
        folder = write_tree(empty_files("monday/c10_2021_03_27__12_53_37.png", "tuesday/c10-1616936017000.png"))
        assert find_frames(folder).frames == [
            Frame("monday/c10_2021_03_27__12_53_37.png", "c10", NOON),
            Frame("tuesday/c10-1616936017000.png", "c10", NOON + timedelta(days=1)),
        ]

    def test_wall_clocks_and_epochs_mix_in_one_camera(self, write_tree: WriteTree) -> None:
        names = ["c1_2021_03_27__12_53_36.png", "c1-1616849617000.png", "c1_2021_03_27__12_53_38.png"]
        assert paths_in(write_tree(empty_files(*names))) == names

    def test_time_zone_moves_wall_clocks_only(self, write_tree: WriteTree) -> None:
        folder = write_tree(empty_files("c1_2021_03_27__12_53_38.png", "c1-1616849617000.png"))
        assert paths_in(folder, Naming(timezone="+08:00")) == ["c1_2021_03_27__12_53_38.png", "c1-1616849617000.png"]
        assert paths_in(folder) == ["c1-1616849617000.png", "c1_2021_03_27__12_53_38.png"]

    def test_pattern_names_cameras(self, write_tree: WriteTree) -> None:
        folder = write_tree(empty_files("20210327_125337_gate.png", "20210327_125338_door.png"))
        naming = Naming(r"^(?P<time>\d+_\d+)_(?P<camera>\w+)")
        assert [(f.camera, f.time) for f in find_frames(folder, naming).frames] == [
            ("door", NOON + timedelta(seconds=1)),
            ("gate", NOON),
        ]

    def test_pattern_that_matches_nothing_is_refused(self, write_tree: WriteTree) -> None:
        folder = write_tree(empty_files("a.png", "b.png"))
        with pytest.raises(UsageError) as raised:
            find_frames(folder, Naming("(?P<camera>x)"))
        assert str(raised.value) == f"{folder}: --name-pattern '(?P<camera>x)' matches none of 2 frames"

    def test_time_that_cannot_be_read_is_refused(self, write_tree: WriteTree) -> None:
        folder = write_tree(empty_files("a/gate_9h.png"))
        with pytest.raises(UsageError) as raised:
            find_frames(folder, Naming("_(?P<time>.*)[.]png"))
        assert str(raised.value) == (f"{folder}: --name-pattern '_(?P<time>.*)[.]png' matches none of 1 frames")
        (folder / "a" / "gate_20210327_125337.png").touch()
        with pytest.raises(UsageError) as raised:
            find_frames(folder, Naming("_(?P<time>.*)[.]png"))
        assert str(raised.value) == (
            "a/gate_9h.png: '9h', the time that --name-pattern finds, cannot be read: "
            "--time-format says how times are written, such as %d-%m-%Y_%H.%M.%S"
        )

    def test_format_that_matches_nothing_is_refused(self, write_tree: WriteTree) -> None:
        folder = write_tree(empty_files("a.png"))
        with pytest.raises(UsageError, match=r"--time-format '%d\.%m\.%Y' matches none of 1 frames"):
            find_frames(folder, Naming(time_format="%d.%m.%Y"))


class TestExif:
    def test_frame_without_a_time_in_its_name_takes_exif(self, write_tree: WriteTree) -> None:
        folder = write_tree(
            {
                "c1/a.jpg": jpeg_with_time("2021:03:27 12:53:38"),
                "c1/b.jpg": jpeg_with_time("2021:03:27 14:53:37", "+02:00"),
                "c1/c_10.png": encode(make_image()),
                "c1/c_9.png": encode(make_image()),
                "c1/20210327_125336.jpg": jpeg_with_time("2000:01:01 00:00:00"),
            }
        )
        assert [(f.path, f.time) for f in find_frames(folder).frames] == [
            ("c1/20210327_125336.jpg", NOON - timedelta(seconds=1)),
            ("c1/b.jpg", NOON),
            ("c1/a.jpg", NOON + timedelta(seconds=1)),
            ("c1/c_9.png", None),
            ("c1/c_10.png", None),
        ]

    def test_exif_without_an_offset_is_read_in_the_time_zone(self, write_tree: WriteTree) -> None:
        folder = write_tree({"a.jpg": jpeg_with_time("2021:03:27 20:53:37")})
        assert find_frames(folder, Naming(timezone="Asia/Singapore")).frames[0].time == NOON

    def test_exif_is_not_read_where_the_name_has_a_time(
        self, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = write_tree(empty_files("c1-1616849617000.png", "c1_2021_03_27__12_53_36.png"))
        monkeypatch.setattr(os, "open", lambda *_, **__: pytest.fail("a file was opened"))
        assert len(find_frames(folder).frames) == 2


class TestFiles:
    def test_pictures_are_listed_by_suffix_in_any_case(self, write_tree: WriteTree) -> None:
        read = {"a.jpg", "a.JPEG", "a.jpe", "a.jfif", "a.Png", "a.bmp", "a.dib", "a.webp", "a.tif", "a.tiff", "a.gif"}
        not_read = {"a.jp2", "a.AVIF", "a.heic", "a.heif", "a.tga"}
        others = {"a.txt", "a.json", "a.mp4", "a.png.part", "notes", "a.1", "Thumbs.db"}
        assert set(paths_in(write_tree(empty_files(*read, *not_read, *others)))) == read | not_read

    def test_files_without_a_suffix_are_frames_by_their_content(self, write_tree: WriteTree) -> None:
        picture = encode(make_image(), ".jpg")
        folder = write_tree(
            {
                "snapshot": picture,
                "c1_2021-03-27 12.53.37": picture,
                "c1_2021-03-27T12:53:37.5Z": picture,
                "notes": b"text",
            }
        )
        assert paths_in(folder) == ["c1_2021-03-27 12.53.37", "c1_2021-03-27T12:53:37.5Z", "snapshot"]

    def test_unreadable_file_without_a_suffix_is_left_to_the_reader(
        self, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = write_tree({"snapshot": b"x", "a.png": b""})
        open_plainly = os.open

        def refuse(path: str, flags: int, *arguments: int) -> int:
            if os.path.basename(path) == "snapshot":
                raise PermissionError(errno.EACCES, "Permission denied", path)
            return open_plainly(path, flags, *arguments)

        monkeypatch.setattr(os, "open", refuse)
        assert paths_in(folder) == ["a.png", "snapshot"]

    def test_pipes_do_not_hang_and_are_listed_by_suffix(
        self, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = write_tree(empty_files("c1_20210327_125337.png"))
        os.mkfifo(folder / "pipe")
        os.mkfifo(folder / "c1_20210327_125338.png")
        (folder / "sub").mkdir()
        os.mkfifo(folder / "sub/manifest.jsonl")
        (folder / "sub/c1_20210327_125340.png").touch()
        monkeypatch.chdir(folder)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("c1_20210327_125339.png")
            assert paths_in(folder) == [
                "c1_20210327_125337.png",
                "c1_20210327_125338.png",
                "c1_20210327_125339.png",
                "sub/c1_20210327_125340.png",
            ]

    def test_links_to_files_are_frames_and_links_to_folders_are_not_entered(self, write_tree: WriteTree) -> None:
        outside = write_tree(empty_files("a.png"), "outside")
        folder = write_tree(empty_files("b.png"))
        (folder / "linked").symlink_to(outside)
        (folder / "linked.png").symlink_to(outside)
        (folder / "file.png").symlink_to(outside / "a.png")
        (folder / "broken.png").symlink_to("nowhere")
        (folder / "round.png").symlink_to("round.png")
        assert paths_in(folder) == ["b.png", "broken.png", "file.png", "round.png"]
        (folder / ".latest").symlink_to(outside)
        assert find_frames(folder).left_out.describe() == "not looked at: behind links (2 folders)"
        (outside / "only").mkdir()
        (outside / "only" / "linked").symlink_to(folder)
        with pytest.raises(UsageError, match=r"holds no frame \(not looked at: behind links \(1 folder\)\)"):
            find_frames(outside / "only")

    def test_folder_named_like_a_picture_is_a_folder(self, write_tree: WriteTree) -> None:
        assert paths_in(write_tree(empty_files("x.png/a.png"))) == ["x.png/a.png"]

    def test_hidden_folders_are_not_entered(self, write_tree: WriteTree) -> None:
        assert paths_in(write_tree(empty_files(".cache/a.png", "a/.b/c.png", "d.png"))) == ["d.png"]

    @pytest.mark.parametrize(
        "name", [b"bad\xff\xfe.png", b"new\nline.png", b"\xf0\x9f\x90\x88.png", b" -rf *.png", b"n" * 251 + b".png"]
    )
    def test_odd_names_come_back_whole(self, tmp_path: Path, name: bytes) -> None:
        folder = os.fsencode(tmp_path) + b"/" + name
        os.mkdir(folder)
        with open(folder + b"/" + name, "wb"):
            pass
        frame = find_frames(tmp_path).frames[0]
        assert os.fsencode(frame.path) == name + b"/" + name
        assert os.fsencode(frame.camera) == name

    def test_deep_trees_are_walked(self, tmp_path: Path) -> None:
        deep = "/".join("d" * 1200)
        for depth in range(1, len(deep) + 1, 2):
            os.mkdir(f"{tmp_path}/{deep[:depth]}")
        with open(f"{tmp_path}/{deep}/a.png", "wb"):
            pass
        try:
            assert paths_in(tmp_path) == [f"{deep}/a.png"]
        finally:
            subprocess.run(["rm", "-r", tmp_path / "d"], check=True)  # Python 3.11's rmtree is a recursion

    def test_paths_too_long_for_the_system_are_reported(self, write_tree: WriteTree) -> None:
        folder = write_tree(empty_files("a.png"))
        descriptor = os.open(folder, os.O_RDONLY)
        for _ in range(20):
            os.mkdir("d" * 250, dir_fd=descriptor)
            inner = os.open("d" * 250, os.O_RDONLY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        os.close(descriptor)
        listing = find_frames(folder)
        shutil.rmtree(folder)
        assert [frame.path for frame in listing.frames] == ["a.png"]
        assert [reason for _, reason in listing.unlisted] == ["File name too long"]


class TestResults:
    def test_results_folder_is_not_input(self, write_tree: WriteTree, tmp_path: Path) -> None:
        folder = write_tree(empty_files("a.png", "out/a.png", "c1/out/b.png"))
        assert paths_in(folder, Naming(), folder / "c1/out") == ["a.png", "out/a.png"]
        assert paths_in(folder, Naming(), folder / "out") == ["c1/out/b.png", "a.png"]
        (tmp_path / "link").symlink_to(folder / "out")
        assert paths_in(folder, Naming(), tmp_path / "link") == ["c1/out/b.png", "a.png"]
        assert paths_in(folder, Naming(), folder / "c1/../out/") == ["c1/out/b.png", "a.png"]

    def test_results_folder_may_be_missing_or_elsewhere(self, write_tree: WriteTree, tmp_path: Path) -> None:
        folder = write_tree(empty_files("a.png", "b/c.png"))
        assert paths_in(folder, Naming(), folder / "none/yet") == ["b/c.png", "a.png"]
        assert paths_in(folder, Naming(), tmp_path) == ["b/c.png", "a.png"]

    def test_results_folder_is_not_the_input_folder(self, write_tree: WriteTree) -> None:
        folder = write_tree(empty_files("a.png"))
        with pytest.raises(UsageError, match=r"is the input folder and the results folder at once$"):
            find_frames(folder, Naming(), os.path.join(folder, "."))

    def test_folders_with_a_manifest_are_passed_over(self, write_tree: WriteTree) -> None:
        folder = write_tree(
            {
                "a.png": b"",
                "old/manifest.jsonl": HEADER,
                "old/c1/a.png": b"",
                "c1/older/manifest.jsonl": HEADER,
                "c1/older/b.png": b"",
                "other/manifest.jsonl": b'{"name": 1}',
                "other/c.png": b"",
                "odd/manifest.jsonl/d.png": b"",
            }
        )
        listing = find_frames(folder)
        assert [frame.path for frame in listing.frames] == ["a.png", "odd/manifest.jsonl/d.png", "other/c.png"]
        assert listing.passed_over == ["c1/older", "old"]

    def test_results_of_an_earlier_run_can_be_the_input(self, write_tree: WriteTree) -> None:
        folder = write_tree({"manifest.jsonl": HEADER, "a.png": b"", "c1/b.png": b""})
        assert find_frames(folder).passed_over == []
        assert paths_in(folder) == ["c1/b.png", "a.png"]

    def test_manifest_of_this_version_is_known(self, write_tree: WriteTree) -> None:
        header = manifest.encode_header({})
        folder = write_tree({"a.png": b"", f"old/{manifest.NAME}": header, "old/b.png": b""})
        assert find_frames(folder).passed_over == ["old"]


class TestErrors:
    def test_folder_must_be_there_and_hold_frames(self, write_tree: WriteTree, tmp_path: Path) -> None:
        folder = write_tree({"notes.txt": b"", "old/manifest.jsonl": HEADER, "old/a.png": b""})
        missing = tmp_path / "missing"
        for path, reason in {
            missing: "no such folder",
            folder / "notes.txt": "is not a folder",
            folder / "notes.txt/x": "is not a folder",
            folder: "holds no frame (folders with results of an earlier run: 1)",
        }.items():
            with pytest.raises(UsageError) as raised:
                find_frames(path)
            assert str(raised.value) == f"{path}: {reason}"

    def test_empty_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"holds no frame$"):
            find_frames(tmp_path)

    @pytest.mark.parametrize(("number", "kind"), [(errno.EACCES, UsageError), (errno.EIO, StorageError)])
    def test_input_folder_that_cannot_be_listed(
        self, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
    ) -> None:
        folder = write_tree(empty_files("a.png"))
        fail_listing(monkeypatch, str(folder), number)
        with pytest.raises(kind, match=os.strerror(number)):
            find_frames(folder)

    def test_folder_without_permission_is_noted(self, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = write_tree(empty_files("a.png", "b/c/d.png", "e/f.png"))
        fail_listing(monkeypatch, f"{folder}/b/c", errno.EACCES)
        listing = find_frames(folder)
        assert [frame.path for frame in listing.frames] == ["e/f.png", "a.png"]
        assert listing.unlisted == [("b/c", "Permission denied")]

    def test_failing_disk_stops_the_listing(self, write_tree: WriteTree, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = write_tree(empty_files("a.png", "b/c.png"))
        fail_listing(monkeypatch, f"{folder}/b", errno.EIO)
        with pytest.raises(StorageError) as raised:
            find_frames(folder)
        assert str(raised.value) == f"{folder}/b: Input/output error"


def fail_listing(monkeypatch: pytest.MonkeyPatch, folder: str, number: int) -> None:
    list_plainly = os.scandir

    def list_or_fail(path: str) -> object:
        if path == folder:
            raise OSError(number, os.strerror(number), path)
        return list_plainly(path)

    monkeypatch.setattr(os, "scandir", list_or_fail)


def test_import_is_light() -> None:
    code = "import sys, framesift.frames.finding; sys.exit('cv2' in sys.modules or 'numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_real_names_are_read(shared: Path) -> None:
    listing = find_frames(shared / "frames")
    by_camera = {frame.camera for frame in listing.frames}
    named = {"c7", "c101", "c102", "c103", "c104", "c105", "c4703", "c4714"}
    assert named | {"kopernikus"} <= by_camera
    assert all((frame.time is None) == (frame.camera == "kopernikus") for frame in listing.frames)


def test_what_is_passed_over_is_counted_by_its_suffix(write_tree):
    names = ["a.jpg", "b.sec", "c.SEC", "d.xyz", "e.json", ".f.sec", "g", "h.mp4", "i/j.xyz", "i/k.sec"]
    listing = find_frames(write_tree(dict.fromkeys(names, b"\x00")))
    assert listing.others == {"sec": 3, "xyz": 2}
    assert listing.describe_others() == "passed over: 3 .sec, 2 .xyz"


def test_a_folder_of_files_that_are_no_frames_says_which(write_tree):
    with pytest.raises(UsageError, match=r"holds no frame \(passed over: 1 \.xyz\)"):
        find_frames(write_tree({"a.xyz": b"\0"}))


def test_nothing_is_said_where_nothing_was_passed_over(write_tree):
    assert find_frames(write_tree({"a.jpg": b"\0", "b.txt": b"\0"})).describe_others() == ""
