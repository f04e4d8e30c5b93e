"""On real Dask clusters of this machine: the same result, also when workers die, and one line for whatever is wrong."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory

import pytest

from framesift import cli, filter_frames
from framesift.cli import options
from framesift.cluster import LOST, Cluster, executor, find_worker, open_cluster, opening
from framesift.cluster.fitness import UnfitWorker, try_worker
from framesift.cluster.mapping import map_frames
from framesift.duplicates import find_duplicates
from framesift.errors import MissingLibrary, StorageError
from framesift.filtering.chunks import dispatch
from framesift.frames.finding import find_frames
from framesift.looking.overview.sightings import look_at_frames
from tests.conftest import read_decided, read_tree
from tests.filtering.test_chunks import write_cameras

dask = pytest.importorskip("dask", reason="needs Dask: pip install '.[cluster]'")
distributed = pytest.importorskip("distributed", reason="needs Dask: pip install '.[cluster]'")


@pytest.fixture(scope="module")
def two() -> Iterator[Cluster]:
    with open_cluster("local", 2) as opened:
        yield opened


def die() -> None:
    """Not at once: memory takes its time to fill, and a worker that dies as it starts is not what is meant."""
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGKILL)


class Deadly(distributed.WorkerPlugin):
    """Kills a worker over a frame whose path holds `deadly`, and after it has looked at `most` frames."""

    def __init__(self, deadly: str = "\0", most: int = 10**9) -> None:
        self.deadly = deadly
        self.most = most

    def setup(self, worker) -> None:
        from framesift.filtering.chunks import walking

        original, seen = walking.view_frame, []

        def view_frame(frame, *arguments, **named):
            seen.append(frame)
            if self.deadly in frame.path or len(seen) > self.most:
                die()
            return original(frame, *arguments, **named)

        walking.view_frame = view_frame


@contextmanager
def deadly_cluster(plugin: Deadly, failures: int, longest: int | None = None) -> Iterator[Cluster]:
    with dask.config.set({"distributed.scheduler.allowed-failures": failures}), open_cluster("local", 2) as cluster:
        cluster._client.register_plugin(plugin)
        cluster.longest = longest
        yield cluster


@pytest.mark.parametrize(
    ("workers", "options"), [(1, {}), (2, {}), (4, {}), (2, {"against": 3}), (2, {"against": 2, "most": 20})]
)
def test_the_decisions_are_those_of_one_thread(tmp_path, two, workers, options):
    root = write_cameras(tmp_path, workers, (30, 12, 1))
    plain = list(filter_frames(root, jobs=1, **options))
    assert list(filter_frames(root, jobs=2, **options)) == plain
    with open_cluster("local", workers) if workers != 2 else nothing(two) as cluster:
        for cluster.longest in (1, 7, 100, None):
            assert list(filter_frames(root, executor=cluster, **options)) == plain


def address_of(cluster: Cluster) -> str:
    """What another program would connect to."""
    return cluster._client.scheduler.address


@contextmanager
def nothing(cluster: Cluster) -> Iterator[Cluster]:
    yield cluster
    cluster.longest = None


@pytest.mark.parametrize("link", ["copy", "hard", "symbolic"])
def test_the_results_folder_is_the_same_byte_by_byte(tmp_path, two, link):
    root = write_cameras(tmp_path / "frames", 1, (30, 20))
    list(filter_frames(root, tmp_path / "plain", jobs=1, link=link))
    list(filter_frames(root, tmp_path / "results", executor=two, link=link))
    assert read_tree(tmp_path / "results") == read_tree(tmp_path / "plain")


@pytest.mark.parametrize("options", [{}, {"against": 2}, {"most": 20}])
def test_stopped_and_gone_on_with_in_either_way(tmp_path, two, options):
    root = write_cameras(tmp_path / "frames", 2, (30, 20))
    list(filter_frames(root, tmp_path / "plain", jobs=1, **options))
    for number in range(4):
        some = filter_frames(root, tmp_path / "results", executor=two if number % 2 == 0 else None, **options)
        for _ in range(11):
            next(some)
        some.close()
    list(filter_frames(root, tmp_path / "results", executor=two, **options))
    assert read_decided(tmp_path / "results") == read_decided(tmp_path / "plain")


def test_workers_that_die_again_and_again_change_nothing(tmp_path):
    root = write_cameras(tmp_path, 3, (40, 20))
    with deadly_cluster(Deadly(most=25), failures=3, longest=5) as cluster:
        assert list(filter_frames(root, executor=cluster)) == list(filter_frames(root, jobs=1))


@pytest.mark.parametrize("lengths", [(40,), (20, 12, 1)])
def test_no_worker_at_the_moment_changes_nothing(tmp_path, two, monkeypatch, lengths):
    root = write_cameras(tmp_path, 5, lengths)
    monkeypatch.setattr(Cluster, "slots", 0)
    assert list(filter_frames(root, executor=two)) == list(filter_frames(root, jobs=1))


def die_once(flag: str) -> str:
    """Take the worker along the first time."""
    if not os.path.exists(flag):
        with open(flag, "x"):
            die()
    return find_worker()[0]


def test_what_is_sent_near_a_worker_is_done_elsewhere_when_no_worker_was_left_for_a_while(tmp_path):
    with open_cluster("local", 1) as cluster:
        place = cluster.submit(find_worker).result()[0]
        assert cluster.submit_near(place, find_worker).result()[0] == place
        assert cluster.submit_near(place, die_once, str(tmp_path / "flag")).result(timeout=60) != place


def test_a_frame_that_kills_every_worker_is_skipped(tmp_path, capsys):
    root = write_cameras(tmp_path / "frames", 4, (20, 5))
    with deadly_cluster(Deadly("c0_2021_03_27__10_13"), failures=0) as cluster:
        code = cli.main(["filter", str(root), str(tmp_path / "results"), "--cluster", address_of(cluster)])
    assert code == options.SKIPPED
    assert f"c0_2021_03_27__10_13_00.png: {LOST}" in capsys.readouterr().err
    (root / "c0" / "c0_2021_03_27__10_13_00.png").write_bytes(b"damaged")
    list(filter_frames(root, tmp_path / "plain"))
    lines = {name: (tmp_path / name / "manifest.jsonl").read_text().splitlines() for name in ("results", "plain")}
    assert [line for line in lines["results"] if "10_13_00" not in line] == [
        line for line in lines["plain"] if "10_13_00" not in line
    ]


def test_an_item_that_kills_every_worker_costs_that_item_alone():
    with deadly_cluster(Deadly(), failures=0, longest=8) as cluster:
        found = list(map_frames(cluster, die_at_eleven, range(20), 1, lambda item, reason: -item))
    assert found == [-11 if item == 11 else item for item in range(20)]


def die_at_eleven(item: int) -> int:
    if item == 11:
        die()
    return item


def test_overview_and_duplicates_are_the_same(tmp_path, two, monkeypatch):
    root = write_cameras(tmp_path / "frames", 5, (30, 10))
    frames = find_frames(root).frames
    monkeypatch.setattr("framesift.cluster.mapping.BATCH", 7)
    assert list(look_at_frames(root, frames, executor=two)) == list(look_at_frames(root, frames))
    plain = find_duplicates(root, index=tmp_path / "1")
    for index in ("2", "2"):  # the second time the index knows everything
        found = find_duplicates(root, index=tmp_path / index, executor=two)
        assert (found.groups, found.skipped) == (plain.groups, plain.skipped)


def test_the_command_says_what_was_done_twice(tmp_path, two, capsys):
    root = write_cameras(tmp_path / "frames", 6, (10,))
    assert cli.main(["filter", str(root), str(tmp_path / "results"), "--cluster", address_of(two)]) < 2
    output = capsys.readouterr()
    assert "done twice, on the cluster: " in output.out
    assert "distributed" not in output.err


def test_local_workers_listen_on_the_loopback_interface_only(two):
    addresses = two._client.run(lambda dask_worker: [dask_worker.address, dask_worker.http_server.address])
    assert len(addresses) == 2 == two.slots
    assert all("127.0.0.1" in address for both in addresses.values() for address in both)


@pytest.mark.parametrize(
    ("address", "code", "line"),
    [
        ("tcp://127.0.0.1:1", options.STORAGE, "tcp://127.0.0.1:1: the cluster does not answer"),
        ("nowhere", options.USAGE, "--cluster takes local or the address of a scheduler, such as tcp://HOST:8786"),
    ],
)
def test_no_scheduler_there_is_one_line(tmp_path, monkeypatch, capsys, address, code, line):
    monkeypatch.setattr(opening, "PATIENCE", 0.5)
    root = write_cameras(tmp_path / "frames", 1, (2,))
    assert cli.main(["filter", str(root), str(tmp_path / "results"), "--cluster", address]) == code
    error = capsys.readouterr().err
    assert line in error and error.count("\n") == 1
    assert not (tmp_path / "results").exists()


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingLibrary, match=r"pip install '\S+\[cluster\]'"), open_cluster("local"):
        pass


@contextmanager
def scheduler_of(*workers: dict) -> Iterator[distributed.LocalCluster]:
    """A scheduler of somebody else, with workers of one thread in this process.

    Below a folder of its own: other processes clear away what they find without an owner in the common one, and a
    worker that is not there yet has none.
    """
    with (
        TemporaryDirectory() as folder,
        distributed.LocalCluster(
            n_workers=len(workers), threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1",
            dashboard_address="127.0.0.1:0", silence_logs=50, local_directory=folder,
        ) as cluster,
    ):  # fmt: skip
        yield cluster


def test_no_worker_is_said_at_once_and_after_a_while_it_ends(tmp_path, capsys):
    root = write_cameras(tmp_path / "frames", 1, (2,))
    with scheduler_of() as cluster:
        address = cluster.scheduler_address
        arguments = ["filter", str(root), str(tmp_path / "results"), "--cluster", address, "--cluster-wait", "1"]
        assert cli.main(arguments) == options.STORAGE
    told = capsys.readouterr().err.splitlines()
    assert told == [
        f"{address}: waiting up to 1 s for a worker; Ctrl-C ends it",
        f"framesift: {address}: no worker came within 1 s (--cluster-wait)",
    ]
    assert not (tmp_path / "results").exists()


def test_how_many_work_is_said_and_where_to_look(tmp_path, two, capsys):
    root = write_cameras(tmp_path / "frames", 1, (2,))
    assert cli.main(["filter", str(root), str(tmp_path / "results"), "--cluster", address_of(two)]) == options.DONE
    assert f"{address_of(two)}: 2 workers, 2 threads; http://127.0.0.1:" in capsys.readouterr().err


def test_a_run_without_workers_says_that_it_waits_and_goes_on_when_one_comes(tmp_path):
    told: list[str] = []
    with scheduler_of({}) as cluster, open_cluster(cluster.scheduler_address, tell=told.append) as opened:
        cluster.scale(0)
        while not any("no worker is left; waiting for one" in line for line in told):
            time.sleep(0.02)
        future = opened.submit(len, "four")
        cluster.scale(1)
        assert future.result(timeout=30) == 4


def refuse_all_but(monkeypatch, fit: int) -> None:
    """Have the workers of a number beyond `fit` find other versions; they are asked in this process."""
    seen: list[str] = []

    def try_worker(trial, worker):
        seen.append(worker) if worker not in seen else None
        if seen.index(worker) >= fit:
            raise UnfitWorker("has OpenCV 4, not OpenCV 5: install the same there", worker)

    monkeypatch.setattr(executor, "try_once", try_worker)


def test_a_worker_with_other_versions_is_left_out_and_named(tmp_path, monkeypatch, capsys):
    root = write_cameras(tmp_path / "frames", 1, (30, 20))
    plain = list(filter_frames(root, jobs=1))
    refuse_all_but(monkeypatch, 1)
    told: list[str] = []
    with scheduler_of({}, {}) as cluster, open_cluster(cluster.scheduler_address, tell=told.append) as opened:
        opened.longest = 5
        assert list(filter_frames(root, executor=opened)) == plain
        assert opened.slots == 1
    assert len([line for line in told if "has OpenCV 4, not OpenCV 5: install the same there; it gets" in line]) == 1
    assert "1 worker, 1 thread" in told[-1]


def test_where_no_worker_can_be_used_nothing_is_begun(tmp_path, monkeypatch, capsys):
    root = write_cameras(tmp_path / "frames", 1, (3,))
    refuse_all_but(monkeypatch, 0)
    with scheduler_of({}, {}) as cluster:
        address = cluster.scheduler_address
        assert cli.main(["filter", str(root), str(tmp_path / "results"), "--cluster", address]) == options.USAGE
    assert "no worker can be used: tcp://127.0.0.1" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "results").exists()


class Blind(distributed.WorkerPlugin):
    """Has the first worker that opens a file below a folder see none there: as if nothing were mounted."""

    def __init__(self, folder: str, flag: str) -> None:
        self.folder, self.flag = folder, flag

    def setup(self, worker) -> None:
        from framesift.frames.reader import source

        opened = source._open

        def _open(path):
            if os.fsdecode(path).startswith(self.folder) and self.is_blind():
                raise FileNotFoundError(2, "No such file or directory", path)
            return opened(path)

        source._open = _open

    def is_blind(self) -> bool:
        try:
            with open(self.flag, "x") as flag:
                flag.write(str(os.getpid()))
        except FileExistsError:
            return open(self.flag).read() == str(os.getpid())
        return True


@pytest.mark.parametrize("command", ["filter", "overview", "duplicates"])
def test_a_worker_that_does_not_see_the_frames_decides_none_of_them(tmp_path, capsys, command):
    root = write_cameras(tmp_path / "frames", 1, (30, 20))
    given = {"filter": ["filter", str(root), str(tmp_path / "results")]}.get(command, [command, str(root), "--json"])
    plain = {"filter": ["filter", str(root), str(tmp_path / "plain")]}.get(command, given)
    code = cli.main(plain)
    expected = capsys.readouterr().out
    with open_cluster("local", 2) as cluster:
        cluster._client.register_plugin(Blind(str(root), str(tmp_path / "flag")))
        assert cli.main([*given, "--cluster", address_of(cluster)]) == code
    output = capsys.readouterr()
    assert "cannot read" in output.err and "which is there: mount the folder there, at the same path" in output.err
    assert output.err.count("No such file") == 1
    if command == "filter":
        assert read_tree(tmp_path / "results") == read_tree(tmp_path / "plain")
    else:
        assert output.out == expected


def test_a_folder_that_no_worker_sees_is_one_line(tmp_path, two):
    folder = tmp_path / "here-only"
    folder.mkdir()
    trial = replace(two._trial, paths=(str(folder),))
    with pytest.raises(UnfitWorker, match=r"does not see .*here-only/not: mount the folder there, at the same path"):
        try_worker(replace(trial, paths=(str(folder / "not"),)), "tcp://there")
    try_worker(trial, "tcp://there")


def test_what_has_gone_here_too_is_no_fault_of_a_worker(tmp_path, two, monkeypatch):
    monkeypatch.setattr(two, "_trial", replace(two._trial, paths=(str(tmp_path / "gone"),)))
    assert two.submit(len, "four").result(timeout=30) == 4
    assert not two.left_out


def test_errors_of_ours_come_back_as_they_are(tmp_path, two):
    with pytest.raises(StorageError, match="the folder of the frames is gone"):
        list(
            look_at_frames(tmp_path / "gone", find_frames(write_cameras(tmp_path / "f", 1, (2,))).frames, executor=two)
        )


def test_a_scheduler_that_goes_is_said():
    with (
        distributed.LocalCluster(n_workers=1, dashboard_address="127.0.0.1:0", silence_logs=50) as cluster,
        dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}),
        open_cluster(cluster.scheduler_address) as opened,
    ):
        future = opened.submit(time.sleep, 60)
        cluster.close()
        with pytest.raises(StorageError):
            future.result(timeout=30)


@pytest.mark.parametrize("removing", [["--watch"], ["--watch", "--dry-run"]])
def test_watching_takes_no_cluster(tmp_path, capsys, removing):
    (tmp_path / "frames").mkdir()
    arguments = ["filter", str(tmp_path / "frames"), str(tmp_path / "results"), "--cluster", "local", *removing]
    assert cli.main(arguments) == options.USAGE
    assert "--cluster" in capsys.readouterr().err


def test_ctrl_c_ends_it_at_once_and_the_next_run_goes_on(tmp_path):
    root = write_cameras(tmp_path / "frames", 7, (300, 300))
    command = [sys.executable, "-c", "from framesift.cli import run; run()", "filter", str(root)]
    command += [str(tmp_path / "results"), "--cluster", "local", "--jobs", "2", "--quiet"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as program:
        while program.poll() is None and not (tmp_path / "results" / "manifest.jsonl").exists():
            time.sleep(0.01)
        os.killpg(program.pid, signal.SIGINT)  # as a terminal does: workers and all
        told = program.communicate(timeout=20)[1]
    told = [line for line in told.splitlines() if "truncated PNG" not in line]  # what was skipped before it ended
    resumable = "framesift: interrupted; the same command goes on where it stopped"
    assert (program.returncode, told) in [(130, [resumable]), (options.SKIPPED, [])]  # or it was done before
    with pytest.raises(ProcessLookupError):
        for _ in range(200):
            os.killpg(program.pid, 0)
            time.sleep(0.05)
    list(filter_frames(root, tmp_path / "results"))
    list(filter_frames(root, tmp_path / "plain"))
    lines = [sorted((tmp_path / name / "manifest.jsonl").read_text().splitlines()) for name in ("results", "plain")]
    assert lines[0] == lines[1]


def test_removal_is_planned_the_same(tmp_path, two, capsys):
    plans = []
    for name, cluster in (("1", []), ("2", ["--cluster", address_of(two)])):
        root = write_cameras(tmp_path / name / "frames", 8, (30, 10))
        assert cli.main(["filter", str(root), "--remove-to", str(tmp_path / name / "backup"), *cluster]) < 2
        capsys.readouterr()
        plans.append(sorted(read_tree(root)))
    assert plans[0] == plans[1]


def test_tasks_are_large():
    """A task of the usual size takes seconds, and costs Dask a few thousandths of one."""
    assert dispatch.LONGEST >= 100


def test_it_is_an_executor_like_any_other(two):
    assert two.submit(int, "101", base=2).result() == 5  # Dask takes some names for its own
    assert list(two.map(abs, [-1, -2])) == [1, 2]


def test_workers_have_the_environment_of_now(two, monkeypatch):
    monkeypatch.setenv("FRAMESIFT_TEST", "later than the first worker")
    with open_cluster("local", 1) as cluster:
        assert cluster.submit(os.getenv, "FRAMESIFT_TEST").result() == "later than the first worker"


def test_the_environment_of_this_process_stays_as_it_was():
    before = dict(os.environ)
    with open_cluster("local", 1) as cluster:
        assert cluster.submit(os.getenv, "MALLOC_TOP_PAD_").result() == str(64 * 2**20)
    assert dict(os.environ) == before
