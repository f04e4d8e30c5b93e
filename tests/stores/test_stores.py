"""Stores without a server: URLs, archives, a store in memory that stops after any request, and what is refused."""

import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import fsspec
import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.implementations.zip import ZipFileSystem

from framesift import cli, filter_frames, stores
from framesift.cli import options
from framesift.errors import ResultsInUse, StorageError, UnreadableFrame, UsageError, pip_install, show
from framesift.filtering import manifest
from framesift.filtering.places import remote, remote_lease
from framesift.filtering.places.local import LocalPlace
from framesift.filtering.places.remote_lease import Lease
from framesift.frames.reader.source import read_file
from framesift.stores import opening, retrying
from framesift.stores.objects import WINDOW, Window
from framesift.stores.s3 import read_time
from framesift.stores.urls import is_same_place, is_url, join, locate, name_of, strip_secrets
from tests.conftest import encode, make_image, read_tree, without_files

TREE = {
    f"c{camera}/c{camera}_2021_03_27__10_{number:02}_00.png": encode(
        make_image(box=(4 + 6 * (number // 2), 20, 20, 20) if number > 1 else None)
    )
    for number in range(5)
    for camera in range(2)
} | {"c0/new\nline.png": b"damaged", "c1/without": encode(make_image(level=99))}


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, bytes]]:
    """An empty store in memory, with no patience."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(retrying, "PAUSES", (0, 0))
    MemoryFileSystem.store.clear()
    yield MemoryFileSystem.store
    MemoryFileSystem.store.clear()
    opening._open.cache_clear()


def put(tree: dict[str, bytes], folder: str) -> None:
    for path, content in tree.items():
        fsspec.filesystem("memory").pipe_file(f"/{folder}/{path}", content)


def read(folder: str) -> dict[str, bytes]:
    start = f"/{folder}/"
    found = sorted(path for path in MemoryFileSystem.store if path.startswith(start))
    return {path.removeprefix(start): MemoryFileSystem.store[path].getvalue() for path in found}


def without_source(tree: dict[str, bytes]) -> dict[str, bytes]:
    """A results folder whose manifest has no first line, which says where the frames lie, nor the times of files."""
    return {**tree, manifest.NAME: without_files(manifest.NAME, tree[manifest.NAME]).partition(b"\n")[2]}


@pytest.mark.parametrize(
    "path",
    [
        "a:b",
        "s3:",
        "s3:/bucket/x",
        "./s3://x",
        "/s3://x",
        "unknown://x",
        "S3://x",
        "://",
        "c:/x",
        "zip:",
        b"s3://x",
        "",
    ],
)
def test_what_only_looks_like_a_url(path):
    assert not is_url(path)


def test_a_folder_that_is_named_like_a_scheme(write_tree, monkeypatch, tmp_path):
    write_tree(TREE, "s3:")
    monkeypatch.chdir(tmp_path)
    assert len(list(filter_frames("s3:", "memory:"))) == 12
    assert (tmp_path / "memory:" / manifest.NAME).is_file()
    list(filter_frames(f"file://{tmp_path}/s3:", "file:results"))
    assert read_tree(tmp_path / "file:results") == read_tree(tmp_path / "memory:")


@pytest.mark.parametrize(
    ("url", "path", "expected"),
    [
        ("s3://bucket", "a/b.png", "s3://bucket/a/b.png"),
        ("s3://bucket/x", "a.png", "s3://bucket/x/a.png"),
        ("memory://", "a.png", "memory://a.png"),
        ("zip://::s3://b/x.zip", "a/b.png", "zip://a/b.png::s3://b/x.zip"),
        ("zip://in::/x.zip", "a.png", "zip://in/a.png::/x.zip"),
        ("/x", "a.png", "/x/a.png"),
        ("s3://bucket/x", "", "s3://bucket/x"),
    ],
)
def test_join(url, path, expected):
    assert join(url, path) == expected


def test_places_and_their_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert locate("s3://bucket/x//") == "s3://bucket/x" and locate("x") == str(tmp_path / "x")
    assert locate("file:///a/b/") == "/a/b" == locate("file://localhost/a/b") == locate("local:///a/b")
    assert locate("zip://::x.zip") == f"zip://::{tmp_path}/x.zip"
    assert [name_of(url) for url in ("s3://b/x/cam1", "s3://b", "zip://::s3://b/lot.zip", "zip://in/c2::x.zip")] == [
        *("cam1", "b", "lot", "c2")
    ]
    assert is_same_place("s3://b/x/", "s3a://b/x") and not is_same_place("s3://b/x", "s3://b/xy")
    assert not is_same_place("s3://b/x", "/x") and not is_same_place(None, "/x")


@pytest.mark.parametrize("url", ["S3://bucket/x", "Zip://::x.zip"])
def test_a_scheme_in_capitals_is_no_folder(url, tmp_path, monkeypatch, write_tree):
    monkeypatch.chdir(tmp_path)
    for given in ((url, "results"), (write_tree(TREE), url)):
        with pytest.raises(UsageError, match=r"write the scheme in small letters: (s3|zip)://"):
            list(filter_frames(*given))
    assert [path.name for path in tmp_path.iterdir()] == ["frames"]


@pytest.mark.parametrize(
    "url", ["s3://", "gs:///", "sftp:///x", "s3:///x", "zip://", "zip://x", "sftp://", "az://c@account/x"]
)
def test_a_url_without_a_place(url, tmp_path):
    with pytest.raises(UsageError, match=r"name a bucket or a host|name the archive|the account in"):
        list(filter_frames(url, tmp_path / "results"))


def test_no_password_is_ever_shown(tmp_path):
    url = "sftp://user:pa@ss@host.example/frames"
    assert strip_secrets(url) == show(url) == "sftp://host.example/frames"
    assert str(StorageError("no", f"zip://a.png::{url}.zip")) == "zip://a.png::sftp://host.example/frames.zip: no"
    assert LocalPlace(str(tmp_path), url, dry_run=True).describe_source() == "sftp://host.example/frames"
    reason = retrying.explain(OSError(f"cannot reach {url}"), url).reason
    assert "pa@ss" not in reason and "host.example" in reason


def test_a_window_fetches_nothing_twice():
    content = bytes(range(256)) * 4096
    asked: list[tuple[int, int]] = []

    def fetch(start: int, end: int) -> bytes:
        asked.append((start, end))
        return content[start:end]

    window = Window(fetch)
    pieces = [(12, 0), (WINDOW, 0), (8, 100), (8, WINDOW + 5), (100, WINDOW + 50), (8, 2**20 - 4), (8, 2**21), (4, 2)]
    for length, offset in pieces:
        assert window.read(length, offset) == content[offset : offset + length]
    assert asked[:2] == [(0, WINDOW), (WINDOW + 5, 2 * WINDOW + 5)] and len(asked) == 4


def test_memory_is_decided_as_a_folder_is(memory, write_tree, tmp_path):
    frames = write_tree(TREE)
    put(TREE, "frames")
    list(filter_frames(frames, tmp_path / "results"))
    expected = without_source(read_tree(tmp_path / "results"))
    list(filter_frames("memory://frames", tmp_path / "from"))
    assert without_source(read_tree(tmp_path / "from")) == expected
    for source in (frames, "memory://frames"):
        list(filter_frames(source, "memory://results"))
        assert without_source(read("results")) == expected
        assert list(filter_frames(source, "memory://results")) == []
        for path in read("results"):
            fsspec.filesystem("memory").rm_file(f"/results/{path}")


def test_an_archive_is_decided_as_a_folder_is(memory, write_tree, tmp_path):
    list(filter_frames(write_tree(TREE), tmp_path / "results"))
    with zipfile.ZipFile(tmp_path / "lot.zip", "w") as archive:
        for path, content in TREE.items():
            archive.writestr(path, content)
        archive.writestr("../out.png", encode(make_image()))
    put({"lot.zip": (tmp_path / "lot.zip").read_bytes()}, "archives")
    expected = without_source(read_tree(tmp_path / "results"))
    for number, url in enumerate([f"zip://::{tmp_path}/lot.zip", "zip://::memory://archives/lot.zip"]):
        list(filter_frames(url, tmp_path / f"from{number}", jobs=4))
        found = without_source(read_tree(tmp_path / f"from{number}"))
        assert found == expected
    assert not (tmp_path / "out.png").exists()
    list(filter_frames("zip://c0::memory://archives/lot.zip", "memory://one"))
    assert len(read("one")[manifest.NAME].splitlines()) == 1 + 6


def spoil(archive: Path, name: str, place: str) -> None:
    """Put a hole of zeros into a member, where its data or its header begins."""
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        info = opened.getinfo(name)
    start = info.header_offset + (0 if place == "header" else 30 + len(name))
    content[start : start + 64] = bytes(64)
    archive.write_bytes(content)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "packed"])
@pytest.mark.parametrize("place", ["data", "header"])
@pytest.mark.parametrize("outer", ["", "memory://archives"])
def test_a_damaged_member_of_an_archive_is_one_skip(memory, tmp_path, capsys, method, place, outer):
    image = np.random.default_rng(1).integers(0, 255, (40, 60, 3), np.uint8)
    names = [f"c1/c1_2021_03_27__10_{minute:02}_00.jpg" for minute in range(4)]
    with zipfile.ZipFile(tmp_path / "hole.zip", "w", method) as archive:
        for name in names:
            archive.writestr(name, encode(image, ".jpg"))
    spoil(tmp_path / "hole.zip", names[1], place)
    put({"hole.zip": (tmp_path / "hole.zip").read_bytes()}, "archives")
    url = f"zip://::{outer or tmp_path}/hole.zip"
    for _ in range(2):
        assert cli.main(["filter", url, str(tmp_path / "results")]) == options.SKIPPED
    said = capsys.readouterr()
    line = said.err.splitlines()[0]
    is_summed = (method, place) == (zipfile.ZIP_STORED, "data")
    assert line.startswith(f"zip://{names[1]}::")
    assert line.endswith(": damaged in the archive" + ": its CRC-32 is wrong" * is_summed)
    assert "4 frames, 1 kept (25 %), 2 dropped, 1 skipped" in said.out


def test_a_damaged_member_is_decided_when_the_archive_has_been_fetched_anew(memory, tmp_path):
    names = [f"c1/c1_2021_03_27__10_{minute:02}_00.png" for minute in range(3)]
    with zipfile.ZipFile(tmp_path / "lot.zip", "w") as archive:
        for minute, name in enumerate(names):
            archive.writestr(name, encode(make_image(box=(4 + 12 * minute, 20, 20, 20))))
    whole, url = (tmp_path / "lot.zip").read_bytes(), "zip://::memory://archives/lot.zip"
    spoil(tmp_path / "lot.zip", names[1], "data")
    for content, codes in (((tmp_path / "lot.zip").read_bytes(), [1, 1]), (whole, [0, 0])):
        put({"lot.zip": content}, "archives")
        opening._open.cache_clear()
        ZipFileSystem.clear_instance_cache()
        assert [cli.main(["filter", url, str(tmp_path / "results")]) for _ in codes] == codes
    assert set(names) <= set(read_tree(tmp_path / "results"))
    lines = read_tree(tmp_path / "results")[manifest.NAME].splitlines()[1:]
    assert len(lines) == 4  # it is written down once that it is still damaged


def test_an_archive_that_is_none_is_an_error_of_the_store(tmp_path, capsys):
    (tmp_path / "lot.zip").write_bytes(b"PK" + bytes(2000))
    assert cli.main(["filter", f"zip://::{tmp_path}/lot.zip", str(tmp_path / "results")]) == options.STORAGE
    assert "the store does not answer as it should" in capsys.readouterr().err


def test_times_of_objects_go_with_them(memory, tmp_path):
    put(TREE, "frames")
    list(filter_frames("memory://frames", tmp_path / "results"))
    [first, *_] = sorted((tmp_path / "results" / "c0").iterdir())
    written = MemoryFileSystem.store[f"/frames/c0/{first.name}"].created.timestamp()
    assert abs(first.stat().st_mtime - written) < 0.001


CHANGING = ("pipe_file", "put_file", "rm_file")
ASKING = ("cat_file", "info", "ls", "exists", "isdir")


class Killed(BaseException):
    """The process is gone: nothing more is asked of the store."""


def stop_at(fatal: int, patch: pytest.MonkeyPatch, after: bool = False) -> Callable[[], int]:
    """Let no request pass from number `fatal` on; with `after`, that one does, and its answer is lost."""
    numbers = count(1)
    last = 0

    def wrap(function: Callable) -> Callable:
        def limited(*arguments, **named):
            nonlocal last
            last = next(numbers)
            if last < fatal:
                return function(*arguments, **named)
            if last == fatal and after:
                function(*arguments, **named)
            raise Killed

        return limited

    for name in (*CHANGING, *ASKING):
        patch.setattr(MemoryFileSystem, name, wrap(getattr(MemoryFileSystem, name)))
    return lambda: last


@pytest.mark.parametrize("after", [False, True], ids=["not done", "done"])
def test_killed_at_any_request_and_run_again_is_an_undisturbed_run(memory, monkeypatch, after):
    monkeypatch.setattr("framesift.filtering.results.GROUP_DECISIONS", 1)
    monkeypatch.setattr(remote, "MOST_PARTS", 3)
    tree = {path: TREE[path] for path in sorted(TREE)[:5]}
    put(tree, "frames")
    list(filter_frames("memory://frames", "memory://whole"))
    expected = read("whole")
    assert set(expected) - {manifest.NAME} < set(tree)
    for fatal in count(1):
        with monkeypatch.context() as patch:
            made = stop_at(fatal, patch, after)
            with suppress(Killed):
                list(filter_frames("memory://frames", f"memory://r{fatal}", jobs=1))
            finished = made() < fatal
        list(filter_frames("memory://frames", f"memory://r{fatal}", jobs=1))
        assert read(f"r{fatal}") == expected, f"killed at {fatal}"
        if finished:
            break
    assert fatal > 60


def test_errors_that_pass_are_tried_again_and_others_are_not(monkeypatch):
    monkeypatch.setattr(retrying, "PAUSES", (0, 0))
    for error, tries in [(TimeoutError(), 3), (ConnectionResetError(), 3), (OSError(5, "x"), 3), (OSError(22, "x"), 1)]:
        calls = count()

        def fail(error: Exception = error, calls: Iterator[int] = calls) -> None:
            next(calls)
            raise error

        with pytest.raises(type(error)):
            retrying.persist(fail)
        assert next(calls) == tries


class OtherHost(Lease):
    """A run on another machine, or in another container."""

    def _lock_here(self) -> str:
        return "elsewhere"


def make_lease(kind: type[Lease] = Lease, pause: Callable[[float], object] = lambda seconds: None) -> Lease:
    store, path = stores.open_store("memory://results/lock")
    return kind(store, path, "memory://results", pause)


def test_a_lease_of_a_run_elsewhere_that_lives(memory):
    """While the other waits, this one beats."""
    first = make_lease(OtherHost)
    first.take()
    second = make_lease(pause=lambda seconds: first.beat())
    with pytest.raises(ResultsInUse, match="another run is using"):
        second.take()
    second.release()
    first.check()
    first.release()
    assert read("results") == {}


def test_a_lease_of_a_run_elsewhere_that_is_dead(memory):
    first = make_lease(OtherHost)
    first.take()
    waited: list[float] = []
    second = make_lease(pause=waited.append)
    second.take()
    assert sum(waited) == remote_lease.PATIENCE > 3 * remote_lease.BEAT
    first.beat()
    with pytest.raises(ResultsInUse, match="taken over"):
        first.check()
    first.release()
    second.beat()
    second.check()
    second.release()
    assert read("results") == {}


def test_a_lease_of_a_run_that_was_killed_here_is_taken_at_once(memory):
    first = make_lease()
    first.take()
    first._ended.set()
    first._thread.join()
    remote_lease.os.close(first._descriptor)  # as the kernel does
    first._descriptor = None
    second = make_lease(pause=lambda seconds: pytest.fail("waited"))
    second.take()
    second.release()


def test_a_beat_whose_answer_is_lost_is_no_other_run(memory, monkeypatch):
    first = make_lease()
    first.take()
    first._etag = "that of the beat before"
    first.beat()
    first.check()
    first.beat()
    first.check()
    first.release()


def test_a_run_that_was_taken_over_writes_nothing_more(memory, monkeypatch):
    monkeypatch.setattr("framesift.filtering.results.GROUP_DECISIONS", 1)
    put(TREE, "frames")
    steps = filter_frames("memory://frames", "memory://results", jobs=1)
    next(steps)
    fsspec.filesystem("memory").pipe_file("/results/manifest.jsonl.lock", b'{"token": "other", "host": "elsewhere"}')
    for thread in threading.enumerate():
        if thread.name == "framesift-lease":
            thread._target.__self__.beat()
    with pytest.raises(ResultsInUse):
        list(steps)
    assert read("results")["manifest.jsonl.lock"].startswith(b'{"token": "other"')


def test_a_part_that_is_missing_is_an_error(memory):
    put(TREE, "frames")
    list(filter_frames("memory://frames", "memory://results"))
    put({"manifest.jsonl.parts/00000000000000999999": b"{}\n"}, "results")
    with pytest.raises(StorageError, match="a part of it is missing, at"):
        list(filter_frames("memory://frames", "memory://results"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["filter", "memory://x", "--remove-to", "backup"], "--remove-to works with folders of this machine only"),
        (["filter", "memory://x", "r", "--watch"], "--watch works with folders of this machine only"),
        (["filter", "memory://x", "r", "--every", "1s"], "--every works with folders of this machine only"),
        (["filter", "x", "memory://r", "--link", "hard"], "--link works with folders of this machine only"),
        (["filter", "memory://x", "r", "--report", "r.html"], "--report works with folders of this machine"),
        (["filter", "x", "zip://::r.zip"], "RESULTS can lie in s3://, gs:// or az://"),
        (["filter", "x", "sftp://host/r"], "RESULTS can lie in s3://, gs:// or az://"),
        (["filter", "memory://x", "memory://x/"], "cannot be the folder of the frames"),
        (["filter", "zip://::gone.zip", "r"], "no such archive"),
        (["filter", "memory://x", "r"], "no such folder"),
        (["overview", "memory://x"], "this command works with folders of this machine"),
        (["duplicates", "s3://x/y"], "this command works with folders of this machine"),
        (["verify", "s3://x/y"], "this command works with folders of this machine"),
        (["report", "memory://x"], "--output FILE.html"),
        (["export", "memory://x", "--format", "csv"], "holds no manifest.jsonl"),
    ],
)
def test_what_does_not_go_with_urls_is_one_line(memory, capsys, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    assert cli.main(arguments) == options.USAGE
    [line] = capsys.readouterr().err.splitlines()
    assert said in line


@pytest.mark.parametrize(
    ("url", "missing", "said"),
    [
        ("gs://bucket/x", "gcsfs", "gs:// needs gcsfs: " + pip_install("", "gcsfs")),
        ("az://bucket/x", "adlfs", "az:// needs adlfs: " + pip_install("", "adlfs")),
        ("s3://bucket/x", "s3fs", "s3:// needs s3fs: " + pip_install("remote")),
        ("memory://x", "fsspec", "memory:// needs fsspec: " + pip_install("remote")),
        ("zip://::gs://b/x.zip", "gcsfs", "zip:// needs gcsfs: " + pip_install("", "gcsfs")),
    ],
)
def test_what_is_not_installed(monkeypatch, capsys, tmp_path, url, missing, said):
    opening._open.cache_clear()
    monkeypatch.setattr(opening, "find_spec", lambda name: None if name == missing else name)
    assert cli.main(["filter", url, str(tmp_path / "r")]) == options.STORAGE
    assert said in capsys.readouterr().err


def test_runs_on_this_machine_import_nothing_of_it(write_tree, tmp_path):
    program = (
        "import sys\nfrom framesift import cli\ncode = cli.main(sys.argv[1:])\n"
        "bad = {name.split('.')[0] for name in sys.modules} & {'fsspec', 's3fs', 'aiohttp', 'botocore'}\n"
        "sys.exit(f'{code} {bad}' if bad or code else 0)"
    )
    frames = write_tree({path: content for path, content in TREE.items() if "line" not in path})
    command = [sys.executable, "-c", program, "filter", str(frames), str(tmp_path / "r"), "--quiet"]
    assert subprocess.run(command, capture_output=True, text=True, timeout=60).stderr == ""


def test_help_imports_nothing_of_it():
    program = (
        "import sys\nfrom framesift import cli\n"
        "try: cli.main(['filter', '--help'])\nexcept SystemExit: pass\n"
        "sys.exit(str([name for name in sys.modules if name.startswith(('framesift.stores', 'fsspec', 'cv2'))] or ''))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stderr.strip() == ""


def test_an_object_is_read_whole_or_not_at_all(memory, monkeypatch):
    put({"1.png": b"0123456789"}, "frames")
    assert read_file("memory://frames/1.png")[0] == b"0123456789"
    monkeypatch.setattr(MemoryFileSystem, "cat_file", lambda *arguments, **named: b"01234")
    with pytest.raises(StorageError, match="5 of 10 bytes came"):
        read_file("memory://frames/1.png")
    with pytest.raises(UnreadableFrame, match="No such file"):
        read_file("memory://frames/2.png")


@pytest.mark.parametrize(
    "text",
    [
        "2021-03-27T12:53:37.000Z",
        "2021-03-27T12:53:37Z",
        "Sat, 27 Mar 2021 12:53:37 GMT",
        "1616849617",
        1616849617,
        "17Z",
    ],
)
def test_times_of_a_listing_are_what_the_library_would_read(text):
    parse_timestamp = pytest.importorskip("botocore.utils").parse_timestamp
    try:
        expected = parse_timestamp(text).timestamp()
    except ValueError:
        with pytest.raises(ValueError):
            read_time(text)
    else:
        assert read_time(text).timestamp() == expected


def test_what_is_no_connection_string_of_azure_is_told_with_the_variables(monkeypatch, tmp_path, capsys):
    pytest.importorskip("adlfs", reason="needs adlfs")
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", "garbage")
    assert cli.main(["filter", "az://cams/frames", str(tmp_path / "results")]) == 2
    said = capsys.readouterr().err
    assert "the store does not accept the credentials: set AZURE_STORAGE_CONNECTION_STRING, or " in said
    assert len(said.splitlines()) == 1
