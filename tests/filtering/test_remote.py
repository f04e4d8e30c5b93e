"""The main job with frames or results in a real S3 server: the same decisions, the same bytes, whatever happens."""

import json
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from itertools import count, product
from multiprocessing import get_context
from pathlib import Path

import pytest

from framesift import cli, filter_frames
from framesift.cli import options
from framesift.cluster import open_cluster
from framesift.errors import ResultsInUse, StorageError, UsageError
from framesift.filtering import manifest
from framesift.frames.finding import find_frames
from tests.conftest import encode, make_image, read_tree, without_files
from tests.filtering.test_run import MOVED, views
from tests.stores.s3_server import (
    BUCKET,
    S3Server,
    answer,
    cut,
    hang_up,
    impatient,
    lose_answer,
    refuse,
    s3_process,
    s3_server,
    stall,
)

__all__ = ["s3_process", "s3_server"]

RECORDS = (manifest.NAME, f"{manifest.NAME}.lock")


def make_frames(count: int = 6, cameras: int = 2) -> dict[str, bytes]:
    """Kept, dropped and damaged frames, one without a camera in its name, and files that are no frames."""
    tree = {}
    for number in range(count):
        content = encode(make_image(box=(4 + 6 * (number // 2), 20, 20, 20) if number > 1 else None))
        for camera in range(cameras):
            path = f"c{camera}/c{camera}_2021_03_27__10_{number:02}_00.png"
            tree[path] = content[:-20] if number == 3 else content
    return tree | {"plain.png": encode(make_image(level=90)), "notes.txt": b"not a frame", "c0/.hidden/x.png": b"x"}


def split_manifest(tree: dict[str, bytes]) -> tuple[dict[str, bytes], list[bytes]]:
    """The kept frames, and the lines of the decisions."""
    assert not [path for path in tree if path.startswith(manifest.NAME) and path != manifest.NAME]
    kept = {path: content for path, content in tree.items() if path != manifest.NAME}
    return kept, without_files(manifest.NAME, tree[manifest.NAME]).splitlines()[1:]


class Places:
    """One set of frames on both sides, and results on either."""

    def __init__(self, server: S3Server, folder: Path, tree: dict[str, bytes]) -> None:
        self.server, self.folder, self.tree = server, folder, tree
        for path, content in tree.items():
            (folder / "frames" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "frames" / path).write_bytes(content)
        self.frames = {"local": str(folder / "frames"), "s3": server.put(tree)}
        self._numbers = count()

    def filter(self, source: str, target: str, **arguments: object) -> tuple[dict[str, bytes], list[bytes]]:
        name = f"results{next(self._numbers)}"
        list(filter_frames(self.frames[source], self.results(target, name), **arguments))
        return self.read(target, name)

    def results(self, target: str, name: str) -> str:
        return f"s3://{BUCKET}/{name}" if target == "s3" else str(self.folder / name)

    def read(self, target: str, name: str) -> tuple[dict[str, bytes], list[bytes]]:
        return split_manifest(self.server.tree(name) if target == "s3" else read_tree(self.folder / name))


@pytest.fixture
def places(s3_server: S3Server, tmp_path: Path) -> Places:
    return Places(s3_server, tmp_path, make_frames())


def test_all_four_combinations_are_the_same_to_the_byte(places):
    expected = places.filter("local", "local")
    assert len(expected[0]) == 7 and len(expected[1]) == 13
    for source, target in product(("local", "s3"), repeat=2):
        assert places.filter(source, target) == expected, (source, target)


@pytest.mark.parametrize("keep", ["5", "2/camera"])
def test_a_budget_is_the_same_in_all_four_combinations(places, keep):
    expected = places.filter("local", "local", keep=keep)
    for source, target in product(("local", "s3"), repeat=2):
        assert places.filter(source, target, keep=keep) == expected, (source, target)


def test_real_frames_are_decided_the_same(shared, s3_server, tmp_path):
    tree = dict(sorted(read_tree(shared / "frames" / "c7").items())[:60])
    places = Places(s3_server, tmp_path, tree)
    assert places.filter("s3", "s3") == places.filter("local", "local")


def test_exif_times_and_names_without_a_suffix(shared, s3_server, tmp_path):
    """Of an object only the head is read for them."""
    tree = {}
    for path in sorted((shared / "bad_inputs").rglob("*exif*")):
        if path.is_file():
            tree[f"odd/{path.name}"] = path.read_bytes()
    tree |= {"odd/plain": encode(make_image()), "odd/text": b"text", "odd/nothing": b""}
    places = Places(s3_server, tmp_path, tree)
    assert len(tree) > 4
    assert places.filter("s3", "s3") == places.filter("local", "local")


@pytest.mark.parametrize("odd", ["a b", "😀", "100%d%s+&=", "-rf", "a%2Fb", "bad\udcff", "back\\slash"])
def test_odd_names_come_back_whole(s3_server, tmp_path, write_tree, odd):
    frames = write_tree({f"{odd}/{odd}.png": encode(make_image())})
    for _ in range(2):
        list(filter_frames(frames, f"s3://{BUCKET}/results"))
    kept, [line] = split_manifest(s3_server.tree("results"))
    assert len(kept) == 1 and json.loads(line)["path"] == f"{odd}/{odd}.png"
    if "\udcff" not in odd:
        assert list(kept) == [f"{odd}/{odd}.png"]
        list(filter_frames(s3_server.put({f"{odd}/{odd}.png": encode(make_image())}), tmp_path / "back"))
        assert (tmp_path / "back" / odd / f"{odd}.png").read_bytes() == encode(make_image())


@pytest.mark.parametrize("key", ["../out.png", "c1/../../out.png", "/out.png", "c1//out.png", "c1/./out.png", "c1/.."])
def test_keys_that_lead_out_of_the_folder_are_no_frames(s3_server, tmp_path, capsys, key):
    source = s3_server.put({"c1/1.png": encode(make_image()), key: encode(make_image())})
    assert cli.main(["filter", source, str(tmp_path / "results")]) == options.SKIPPED
    assert set(read_tree(tmp_path)) - {"results/manifest.jsonl"} == {"results/c1/1.png"}
    assert capsys.readouterr().err.count("a name that no file here can have") == 1


def test_requests_are_few(places, s3_server):
    """A frame is one request, a kept one two more; the rest does not grow with them but for pages and groups."""
    places.filter("s3", "s3")
    names = [request.split("/")[-1].split(" ")[-1] for request in s3_server.requests]
    pictures = [name for name in names if name.endswith(".png")]
    assert len(pictures) == 13 + 1 + 2 * 7  # without a time, its head is read; copies are asked for, then made
    assert len(names) - len(pictures) <= 2 * 5 + 15


def test_frames_are_copied_by_the_store_in_the_version_that_was_decided(places, s3_server):
    """Replaced after they were read: what was decided is put."""
    expected = places.filter("local", "local")

    replaced = set()

    def replace(request: str):
        path = request.removeprefix("PUT results1/")
        if path not in places.tree or path in replaced:
            return None
        replaced.add(path)
        s3_server.put({path: encode(make_image(level=200))})
        return refuse(412, "PreconditionFailed")  # as S3 does; moto does not look at the version

    s3_server.fault = replace
    assert places.filter("s3", "s3") == expected


def test_an_object_that_vanishes_is_skipped_as_a_file_is(places, s3_server):
    gone = "c1/c1_2021_03_27__10_02_00.png"

    def vanish(request: str) -> None:
        if request.startswith("GET frames/c0/c0") and f"frames/{gone}" in s3_server._bucket.keys:
            s3_server.delete(f"frames/{gone}")

    s3_server.fault = vanish
    [decision] = [d for d in filter_frames(places.frames["s3"]) if d.frame.path == gone]
    assert (str(decision.verdict), decision.reason) == ("skip", "No such file or directory")


def test_a_folder_that_vanishes_is_not_a_folder_of_damaged_frames(places, s3_server):
    steps = filter_frames(places.frames["s3"], jobs=1)
    next(steps)
    s3_server._bucket.keys.clear()
    with pytest.raises(StorageError, match="the folder of the frames is gone"):
        list(steps)


def test_sizes_are_bounded(s3_server, monkeypatch):
    """A large object is not read, and an empty one is no picture."""
    monkeypatch.setattr("framesift.frames.reader.source.MAX_FILE_BYTES", 1000)
    monkeypatch.setattr("framesift.frames.reader.source.check_size.__defaults__", (1000,))
    source = s3_server.put({"c1/1.png": bytes(1001), "c1/2.png": b""})
    assert [d.reason for d in filter_frames(source)] == ["too large (1001 bytes)", "empty file"]


def test_results_and_those_of_earlier_runs_are_not_input(places, s3_server):
    expected = places.filter("local", "local")[1]
    for name in ("frames/results", "frames/results2"):
        list(filter_frames(places.frames["s3"], f"s3://{BUCKET}/{name}"))
        assert split_manifest(s3_server.tree(name))[1] == expected


def test_what_does_not_belong_is_not_looked_at_in_a_store(places, s3_server):
    expected = places.filter("local", "local")
    double = b"\0\x05\x16\x07Mac OS X"
    stray = dict.fromkeys(["#recycle/a.png", "c0/@eaDir/a.png", "night/a.png"], encode(make_image()))
    s3_server.put({**stray, "c0/._a.png": double})
    assert places.filter("s3", "s3", exclude="night") == expected
    assert len(places.filter("s3", "s3", exclude="night", include=["@eaDir", "night/*"])[1]) == len(expected[1]) + 2


def test_new_frames_continue_from_the_last_kept_one(places, s3_server):
    places.filter("s3", "s3")
    later = {"c0/c0_2021_03_27__11_00_00.png": encode(make_image(box=(4 + 12, 20, 20, 20)))}
    s3_server.put(later)
    [decision] = filter_frames(places.frames["s3"], f"s3://{BUCKET}/results0")
    assert decision.verdict == "drop" and decision.reference == "c0/c0_2021_03_27__10_04_00.png"
    assert len(places.read("s3", "results0")[1]) == 14


def test_what_was_left_out_is_read_again_from_the_store(s3_server, tmp_path):
    chosen = {"most": 60, "against": 2}
    source = s3_server.put(views(*MOVED[:2]))
    decisions = list(filter_frames(source, f"s3://{BUCKET}/moved", **chosen))
    s3_server.put(views(*MOVED[2:], start=2))
    decisions += filter_frames(source, f"s3://{BUCKET}/moved", **chosen)
    assert decisions == list(filter_frames(source, **chosen))
    assert [d.left_out for d in decisions[:3]] == [False, True, False]


def test_parts_are_joined_as_they_grow(places, s3_server, monkeypatch):
    monkeypatch.setattr("framesift.filtering.results.GROUP_DECISIONS", 1)
    monkeypatch.setattr("framesift.filtering.places.remote.MOST_PARTS", 4)
    expected = places.filter("local", "local")
    most = 0

    def watch(request: str) -> None:
        nonlocal most
        most = max(most, len(s3_server.tree(f"results1/{manifest.NAME}.parts")))

    s3_server.fault = watch
    assert places.filter("s3", "s3") == expected
    assert most == 6  # two that were joined, and four that are to be


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
def test_killed_at_any_request_and_run_again_is_an_undisturbed_run(s3_server, tmp_path, monkeypatch, done):
    """From the fatal request on the server takes nothing more: it is left with what a killed process leaves it with."""
    monkeypatch.setattr("framesift.filtering.results.GROUP_DECISIONS", 2)
    monkeypatch.setattr("framesift.filtering.places.remote.MOST_PARTS", 2)
    places = Places(s3_server, tmp_path, make_frames(4, 1))
    expected = places.filter("s3", "local")
    s3_server.requests.clear()
    assert places.filter("s3", "s3") == expected
    calls = len(s3_server.requests)
    assert calls > 25
    dead = refuse(403, "AccessDenied")
    for fatal in range(1 + done, calls + 1, 3):  # in `test_stores` at every one
        number = count(1)
        s3_server.fault = lambda request, number=number, fatal=fatal: (
            None if (n := next(number)) < fatal else lose_answer if done and n == fatal else dead
        )
        with suppress(StorageError, UsageError):  # the very last requests may fail without harm
            list(filter_frames(places.frames["s3"], f"s3://{BUCKET}/killed{fatal}", jobs=1))
        s3_server.fault = lambda request: None
        list(filter_frames(places.frames["s3"], f"s3://{BUCKET}/killed{fatal}", jobs=1))
        assert places.read("s3", f"killed{fatal}") == expected, f"killed at request {fatal}"


def test_a_process_that_is_killed_goes_on_where_it_stopped(places, s3_server):
    """It is killed for good, by the server, while its first decisions are put."""
    expected = places.filter("local", "local")
    arguments = ["filter", places.frames["s3"], f"s3://{BUCKET}/results1", "--quiet"]
    program = [sys.executable, "-c", "from framesift.cli import run; run()", *arguments]

    def kill(request: str):
        if not request.startswith(f"PUT results1/{manifest.NAME}.parts/"):
            return None
        process.kill()
        process.wait()
        return hang_up

    s3_server.fault = kill
    process = subprocess.Popen(program)
    assert process.wait(60) == -signal.SIGKILL
    s3_server.fault = lambda request: None
    assert f"{manifest.NAME}.lock" in s3_server.tree("results1")
    done = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert done.returncode == options.SKIPPED and done.stdout == ""
    assert [line.rpartition(": ")[2] for line in done.stderr.splitlines()] == ["truncated PNG"] * 2
    assert places.read("s3", "results1") == expected


def test_workers_in_other_processes(places):
    """A URL travels with the task, connections do not."""
    expected = places.filter("local", "local")
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        assert places.filter("s3", "s3", executor=executor) == expected


def test_workers_of_a_cluster(places):
    pytest.importorskip("distributed", reason="needs Dask: pip install '.[cluster]'")
    expected = places.filter("local", "local")
    with open_cluster("local", 2) as cluster:
        for cluster.longest in (2, None):
            for source, target in product(("local", "s3"), repeat=2):
                assert places.filter(source, target, executor=cluster) == expected, (source, target)


def test_long_listings_come_in_pages(s3_server):
    tree = {f"c1/{number}.txt": b"" for number in range(1200)}
    tree |= {f"c1/{1_600_000_000 + number}.jpg": b"" for number in range(1200)}
    listing = find_frames(s3_server.put(tree))
    assert len(listing.frames) == 1200 and all(frame.time for frame in listing.frames)
    assert len(s3_server.requests) == 1 + 2 + 3  # the folder, what would make it results, its pages


def test_records_that_may_not_be_deleted(places, s3_server, capsys):
    """The decisions stand there; the next run takes them from where they are."""
    body = "<DeleteResult><Error><Key>x</Key><Code>AccessDenied</Code></Error></DeleteResult>"
    s3_server.fault = lambda request: answer(200, body) if request.startswith("POST") else None
    arguments = ["filter", places.frames["s3"], f"s3://{BUCKET}/results", "--quiet"]
    assert cli.main(arguments) == options.STORAGE
    assert "access denied (x cannot be deleted: AccessDenied)" in capsys.readouterr().err
    s3_server.fault = lambda request: None
    assert cli.main(arguments) == options.SKIPPED
    assert places.read("s3", "results") == places.filter("local", "local")


FAULTS = {
    "500": lambda done: refuse(500, "InternalError"),
    "502": lambda done: refuse(502, "BadGateway"),
    "503": lambda done: refuse(503, "SlowDown"),
    "reset": lambda done: hang_up,
    "lost answer": lambda done: lose_answer,
    "cut": lambda done: cut,
    "slow": stall,
}


@pytest.mark.parametrize("kind", FAULTS)
def test_faults_that_pass_change_nothing(places, s3_server, kind):
    """Each request goes wrong once or twice before it is answered."""
    expected = places.filter("local", "local")
    done, seen, short = threading.Event(), set(), kind in ("slow", "cut")

    def go_wrong_once(request: str):
        first = request not in seen
        seen.add(request)
        return FAULTS[kind](done) if first and (not short or request.endswith("4_00.png")) else None

    s3_server.fault = go_wrong_once
    with impatient(0.2 if kind == "slow" else 30):
        found = places.filter("s3", "s3")
    done.set()
    assert found == expected
    assert len(seen) > 30


@pytest.mark.parametrize("kind", ["500", "reset", "cut"])
def test_a_store_that_stays_away_ends_the_run_and_nothing_is_lost(places, s3_server, capsys, kind):
    expected = places.filter("local", "local")
    results = f"s3://{BUCKET}/results1"
    s3_server.fault = lambda request: FAULTS[kind](None) if request.endswith("GET frames/plain.png") else None
    assert cli.main(["filter", places.frames["s3"], results, "--quiet"]) == options.STORAGE
    lines = [line for line in capsys.readouterr().err.splitlines() if "truncated" not in line]
    assert len(lines) == 1 and f"s3://{BUCKET}/frames/plain.png: the store does not answer as it should" in lines[0]
    s3_server.fault = lambda request: None
    assert cli.main(["filter", places.frames["s3"], results, "--quiet"]) == options.SKIPPED
    assert places.read("s3", "results1") == expected


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (refuse(403, "AccessDenied"), options.USAGE, "frames: cannot be listed: access denied (AccessDenied)"),
        (refuse(404, "NoSuchBucket"), options.USAGE, "frames: no such bucket"),
        (refuse(400, "ExpiredToken"), options.USAGE, "frames: cannot be listed: access denied (ExpiredToken)"),
        (refuse(400, "AuthorizationHeaderMalformed"), options.STORAGE, "the store does not answer as it should"),
    ],
)
def test_what_cannot_be_listed_is_one_line(places, s3_server, capsys, fault, code, said):
    s3_server.fault = lambda request: fault
    assert cli.main(["filter", places.frames["s3"], str(places.folder / "r")]) == code
    [line] = capsys.readouterr().err.splitlines()
    assert said in line and "s3://" in line
    assert not (places.folder / "r").exists()


@pytest.mark.parametrize("source", ["local", "s3"])
def test_results_that_may_not_be_written_are_one_line(places, s3_server, capsys, source):
    s3_server.fault = lambda request: refuse(403, "AccessDenied") if request.startswith(("PUT", "HEAD res")) else None
    assert cli.main(["filter", places.frames[source], f"s3://{BUCKET}/results"]) == options.STORAGE
    [line] = capsys.readouterr().err.splitlines()
    assert f"s3://{BUCKET}/results" in line and "access denied" in line


def test_a_bucket_that_is_not_there(places, capsys):
    assert cli.main(["filter", places.frames["local"], "s3://elsewhere/results"]) == options.USAGE
    assert cli.main(["filter", "s3://elsewhere/frames", str(places.folder / "r")]) == options.USAGE
    assert [line.partition(": ")[2] for line in capsys.readouterr().err.splitlines()] == [
        "s3://elsewhere/results: no such bucket",
        "s3://elsewhere/frames: no such bucket",
    ]


def test_without_credentials(places, capsys, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with impatient(29):  # connections of other tests have credentials
        assert cli.main(["filter", places.frames["s3"], str(tmp_path / "r")]) == options.USAGE
    [line] = capsys.readouterr().err.splitlines()
    assert "no credentials: set AWS_ACCESS_KEY_ID" in line


def test_a_server_that_is_down_is_asked_again(places, capsys, monkeypatch, tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))  # and never listens
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
        pauses: list[float] = []
        monkeypatch.setattr("framesift.stores.silence.Silence.wait", lambda _, pause: pauses.append(pause))
        with impatient(28):
            assert cli.main(["filter", places.frames["s3"], str(tmp_path / "r")]) == options.STORAGE
    [line] = capsys.readouterr().err.splitlines()
    assert "the store does not answer as it should: Could not connect" in line and len(pauses) == 3


@pytest.mark.parametrize("target", ["local", "s3"])
def test_a_dry_run_writes_nothing(places, s3_server, capsys, target):
    results = places.results(target, "results0")
    arguments = ["filter", places.frames["s3"], results, "--dry-run", "--json"]
    assert cli.main(arguments) == options.SKIPPED
    assert json.loads(capsys.readouterr().out)["kept"] == 7
    assert not s3_server.tree("results0") and not (places.folder / "results0").exists()
    assert not [request for request in s3_server.requests if not request.startswith(("GET", "HEAD"))]
    before = places.filter("s3", target)
    assert cli.main(arguments) == options.SKIPPED and places.read(target, "results0") == before


def test_foreign_objects_stay_and_are_named(places, s3_server):
    s3_server.put({"c9/holiday.jpg": b"mine"}, "results")
    with pytest.raises(UsageError, match="is not of framesift"):
        list(filter_frames(places.frames["s3"], f"s3://{BUCKET}/results"))
    assert s3_server.tree("results") == {"c9/holiday.jpg": b"mine"}


@pytest.mark.parametrize("source", ["local", "s3"])
def test_an_object_that_comes_in_between_is_never_overwritten(places, s3_server, source):
    path = "c0/c0_2021_03_27__10_02_00.png"

    def put_another(request: str) -> None:
        if request == f"PUT results/{manifest.NAME}":
            s3_server.put({path: b"mine"}, "results")

    s3_server.fault = put_another
    with pytest.raises(StorageError, match="another file of this name is in the way; nothing was overwritten"):
        list(filter_frames(places.frames[source], f"s3://{BUCKET}/results"))
    assert s3_server.tree("results")[path] == b"mine"


def test_a_second_run_is_refused(places, s3_server):
    first = filter_frames(places.frames["s3"], f"s3://{BUCKET}/results")
    next(first)
    with pytest.raises(ResultsInUse):
        list(filter_frames(places.frames["s3"], f"s3://{BUCKET}/results"))
    list(first)
    assert len(places.read("s3", "results")[1]) == 13
    assert list(filter_frames(places.frames["s3"], f"s3://{BUCKET}/results")) == []


@pytest.mark.parametrize("target", ["local", "s3"])
def test_commands_on_results_and_frames_in_a_store(places, s3_server, capsysbinary, tmp_path, target):
    places.filter("s3", target)
    results = places.results(target, "results0")
    assert cli.main(["export", results, "--format", "list"]) == options.DONE
    assert b"\nplain.png\n" in capsysbinary.readouterr().out
    page, sheet, audit = tmp_path / "report.html", tmp_path / "why.png", tmp_path / "audit"
    if target == "local":
        assert cli.main(["report", results, "--output", str(page)]) == options.USAGE
        named = ["--source", places.frames["s3"]]
    else:  # of the same bucket
        named = []
    assert cli.main(["report", results, "--output", str(page), *named]) == options.DONE
    assert b"7 kept" in page.read_bytes()
    assert cli.main(["explain", results, "c0_2021_03_27__10_04_00", "--output", str(sheet), *named]) == options.DONE
    assert cli.main(["audit", results, "--output", str(audit), *named]) == options.DONE
    assert sheet.stat().st_size and (audit / "audit.html").stat().st_size
    assert cli.main(["verify", results]) == (options.USAGE if target == "s3" else options.DONE)
