"""Forks: the same results as of one thread, whatever becomes of them. `test_forks.py` runs these in a process of their
own, which has a single thread."""

import errno
import mmap
import os
import signal
import time
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from resource import RLIMIT_AS, RLIMIT_NOFILE, getrlimit, setrlimit

import numpy as np
import pytest

from framesift.cluster.forks import Forks
from framesift.cluster.parallel import map_ordered
from framesift.errors import StorageError

MAKER = os.getpid()
LARGE = 9 * 2**20
SECONDS = 60
"""After which what is waited for counts as missing."""


def is_fork() -> bool:
    return os.getpid() != MAKER


def wait_for(path: Path) -> None:
    end = time.monotonic() + SECONDS
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.001)


def invert(number: int) -> float:
    return 1 / number


def tell_process(number: int) -> int:
    return os.getpid()


@pytest.mark.parametrize("jobs", [1, 2, 4])
@pytest.mark.parametrize("window", [1, 3, 100])
def test_the_order_and_the_errors_are_those_of_one_thread(jobs, window):
    with Forks(jobs) as forks:
        assert list(map_ordered(forks, invert, range(1, 30), window)) == [1 / number for number in range(1, 30)]
        results = map_ordered(forks, invert, [1, 2, 0, 4], window)
        assert [next(results), next(results)] == [1, 0.5]
        with pytest.raises(ZeroDivisionError, match="division by zero"):
            next(results)


class Meeting:
    """A call that nobody ends before somebody in each of so many processes has begun one."""

    def __init__(self, folder: Path, processes: int) -> None:
        self.folder, self.processes = folder, processes

    def __call__(self, number: int) -> int:
        (self.folder / str(os.getpid())).touch()
        end = time.monotonic() + SECONDS
        while len(list(self.folder.iterdir())) < self.processes:
            assert time.monotonic() < end
            time.sleep(0.001)
        return os.getpid()


@pytest.mark.parametrize("jobs", [2, 3])
def test_all_work_at_once_and_whoever_maps_too(tmp_path, jobs):
    with Forks(jobs) as forks:
        processes = set(map_ordered(forks, Meeting(tmp_path, jobs), range(20), window=2 * jobs))
    assert len(processes) == jobs and MAKER in processes


def test_with_one_job_there_is_no_fork():
    with Forks(1) as forks:
        assert set(map_ordered(forks, tell_process, range(5), window=4)) == {MAKER}


def make_answer(size: int) -> tuple[int, bytes, np.ndarray]:
    levels = np.arange(size, dtype=np.uint8)
    levels.flags.writeable = False
    return os.getpid(), bytes(levels), levels


def test_answers_are_whole_and_stay_as_they_are():
    """The memory by which they come is used again."""
    with Forks(2) as forks:
        answers = [forks.submit(make_answer, size) for size in (300_000, 200_000, 0, 400_000, 100_000)]
        taken = [answer.result() for answer in answers]
    for (process, content, levels), size in zip(taken, (300_000, 200_000, 0, 400_000, 100_000), strict=True):
        assert process != MAKER and content == bytes(np.arange(size, dtype=np.uint8)) == levels.tobytes()
        assert not levels.flags.writeable


def test_once_an_answer_is_large_threads_go_on():
    with Forks(2) as forks:
        first = forks.submit(make_answer, LARGE)
        process, content, _ = first.result()
        assert process != MAKER and content == bytes(np.arange(LARGE, dtype=np.uint8))
        assert is_gone(process)
        assert [answer[0] for answer in map_ordered(forks, make_answer, [1, LARGE, 2], window=4)] == [MAKER] * 3


def test_what_waits_when_an_answer_is_large_is_not_lost():
    with Forks(3) as forks:
        answers = [forks.submit(make_answer, LARGE + number) for number in range(9)]
        assert [len(answer.result()[1]) for answer in answers] == [LARGE + number for number in range(9)]


def is_gone(process: int) -> bool:
    return not Path(f"/proc/{process}").exists()


def die_in_a_fork(number: int) -> int:
    if is_fork() and number % 5 == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("jobs", [2, 4])
@pytest.mark.parametrize("window", [1, 4, 100])
def test_what_a_fork_dies_of_is_done_by_its_maker(jobs, window):
    with Forks(jobs) as forks:
        assert list(map_ordered(forks, die_in_a_fork, range(40), window)) == list(range(40))
        assert list(map_ordered(forks, die_in_a_fork, range(10), window)) == list(range(10))


def test_an_answer_that_cannot_be_copied_is_made_here():
    with Forks(2) as forks:
        [made] = map_ordered(forks, make_what_cannot_be_copied, [7], window=1)
    assert made() == 7


def make_what_cannot_be_copied(number: int):
    return lambda: number


def test_where_there_are_no_more_processes_there_are_no_forks(monkeypatch):
    def refuse() -> int:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    with Forks(3) as forks:
        assert set(map_ordered(forks, tell_process, range(10), window=6)) == {MAKER}
        assert forks.submit(invert, 4).result() == 0.25


def test_half_of_the_processes_that_there_are_is_left_to_others(monkeypatch):
    """Such as threads of the program."""
    made, fork = [], os.fork

    def refuse_the_fifth() -> int:
        if len(made) == 4:
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
        made.append(fork())
        return made[-1]

    monkeypatch.setattr(os, "fork", refuse_the_fifth)
    with Forks(9) as forks:
        assert list(map_ordered(forks, invert, range(1, 30), window=18)) == [1 / number for number in range(1, 30)]
        assert sum(not is_gone(process) for process in made) == 2


@contextmanager
def limit(kind: int, most: int) -> Iterator[None]:
    before = getrlimit(kind)
    setrlimit(kind, (most, before[1]))
    try:
        yield
    finally:
        setrlimit(kind, before)


def test_descriptors_are_left_to_the_program():
    with limit(RLIMIT_NOFILE, 160), Forks(200) as forks, ExitStack() as opened:
        assert forks.submit(tell_process, 0).result() != MAKER
        for _ in range(100):
            opened.enter_context(open(os.devnull))


def test_memory_is_left_to_the_program():
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    with limit(RLIMIT_AS, pages * mmap.PAGESIZE + 400 * 2**20), Forks(200) as forks:
        assert forks.submit(tell_process, 0).result() != MAKER
        mmap.mmap(-1, 200 * 2**20).close()


def test_where_there_are_no_forks_nothing_is_remembered():
    with limit(RLIMIT_NOFILE, 60), Forks(2) as forks:
        argument = Counted()
        seen = weakref.ref(argument)
        [process] = map_ordered(forks, tell_process_of, [argument], window=1)
        del argument
        assert process == MAKER and seen() is None


def tell_process_of(argument: object) -> int:
    return os.getpid()


def test_who_started_the_program_may_have_had_ended_processes_forgotten():
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with Forks(3) as forks:
            assert list(map_ordered(forks, die_in_a_fork, range(10), window=6)) == list(range(10))
    finally:
        signal.signal(signal.SIGCHLD, before)


class OfTwo(Exception):
    """Pickle makes it of one argument, which it cannot."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(first)


def raise_of_two(number: int) -> None:
    raise OfTwo(number, number)


def test_an_error_that_cannot_be_copied_is_raised_here():
    with Forks(2) as forks, pytest.raises(OfTwo, match="7"):
        forks.submit(raise_of_two, 7).result()


def test_an_error_keeps_its_path():
    with Forks(2) as forks, pytest.raises(StorageError, match=r"^there: no space$") as raised:
        forks.submit(refuse, "there").result()
    assert raised.value.path == "there"


def refuse(path: str) -> None:
    raise StorageError("no space", path)


def tell_state(number: int) -> tuple[list[int], list[object], set[object], list[str]]:
    """Tell which files are open, and what becomes of signals."""
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    open_files = [int(name) for name in os.listdir("/proc/self/fd")]
    targets = [os.readlink(f"/proc/self/fd/{each}") for each in (0, 1, 2)]
    return open_files, [signal.getsignal(each) for each in numbers], signal.pthread_sigmask(0, ()), targets


def test_nothing_of_its_makers_stays_open_and_signals_are_its_makers(tmp_path):
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with (tmp_path / "lock").open("w") as held, Forks(2) as forks:
        open_files, handlers, fork_mask, targets = forks.submit(tell_state, 0).result()
        assert held.fileno() not in open_files and len(open_files) <= 6 and set(targets) == {os.devnull}
    assert handlers == [signal.SIG_IGN, signal.SIG_DFL, signal.SIG_DFL]
    assert fork_mask == mask == signal.pthread_sigmask(signal.SIG_BLOCK, ())


def read_urgency(number: int) -> str:
    return Path("/proc/self/oom_score_adj").read_text().strip()


def test_where_memory_runs_out_forks_are_ended_first():
    with Forks(2) as forks:
        assert forks.submit(read_urgency, 0).result() == "1000" != read_urgency(0)


def test_leaving_waits_for_nobody(tmp_path):
    with Forks(2) as forks:
        forks.submit(hang, tmp_path / "begun")
        wait_for(tmp_path / "begun")
        process = int((tmp_path / "begun").read_text())
    assert is_gone(process)


def hang(path: Path) -> None:
    path.with_suffix(".part").write_text(str(os.getpid()))
    path.with_suffix(".part").rename(path)
    time.sleep(SECONDS)


class Counted:
    """Something to call, which counts how often it is told to somebody."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, number: int) -> int:
        return number

    def __reduce__(self):
        self.times += 1
        return Counted, ()


def test_what_is_called_is_told_once():
    first, second = Counted(), Counted()
    with Forks(2) as forks:
        for called in (first, second):
            answers = [forks.submit(called, number) for number in range(10)]
            assert [answer.result() for answer in answers] == list(range(10))
    assert first.times == second.times == 1


def test_stopping_leaves_what_has_not_begun():
    with Forks(2) as forks:
        results = map_ordered(forks, invert, range(1, 100), window=50)
        assert next(results) == 1
        results.close()
        assert forks.submit(invert, 4).result() == 0.25


def test_a_fork_ends_with_its_maker():
    """However that ends: nothing of a killed run stays, and nothing holds its lock."""
    reading, writing = os.pipe()
    made = os.fork()
    if not made:
        try:
            forks = Forks(2)
            process = forks.submit(tell_process, 0).result()
            os.write(writing, process.to_bytes(8, "little"))
            time.sleep(SECONDS)
        finally:
            os._exit(1)
    process = int.from_bytes(os.read(reading, 8), "little")
    os.kill(made, signal.SIGKILL)
    os.waitpid(made, 0)
    end = time.monotonic() + SECONDS
    while not is_gone(process):
        assert time.monotonic() < end
        time.sleep(0.01)
