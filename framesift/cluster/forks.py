"""Copies of this process that work beside it, each with a Python of its own, so that none waits for another's lock.

That is what threads cannot give: where a frame costs many short calls, as small ones do, two threads spend a fifth of
their time in wait of Python's lock, and many are hardly faster than three.
"""

import gc
import mmap
import os
import pickle
import select
import signal
import struct
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from itertools import cycle
from multiprocessing.connection import Connection, Pipe
from resource import RLIMIT_NOFILE, getrlimit
from typing import Any, NoReturn

from framesift.cluster.parallel import Crew, Workers

_AHEAD = 2
"""Calls that a fork has got and not answered: it works on while its maker does something else."""
_ROOM = 8 * 2**20
"""Bytes of an answer that are copied sooner than threads would have waited for the lock: those of a 1080p frame."""
_OPEN_FILES = 128
"""Descriptors that are left to the maker: the copies of a group of kept frames are open until they are written."""
_MEMORY = 256 * 2**20
"""Bytes of address space that are left to it."""
_USED = struct.Struct("<Q")
"""How much of its room an answer takes."""
_SIGNALS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP


class Forks(Crew):
    """Forks that work for one who works too: there are `jobs` with that one, which alone submits.

    They are made when there is something to do. What is called is told to a fork once, as long as it stays the same;
    arguments and answers are copied, and once an answer is large, threads go on. A fork reads and computes, and leaves
    nothing half done: where one is ended, by whom or whatever, its calls are made by whoever waits for them. For whole
    programs on Linux: elsewhere, some thread may hold a lock that a fork would wait for.
    """

    def __init__(self, jobs: int) -> None:
        self.are_any = jobs > 1
        self._jobs = jobs
        self._forks: list[_Fork] | None = None
        self._threads: Workers | None = None
        self._waiting = deque[_Answer]()
        self._ready = select.poll()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> "Future[Any]":
        """Have a function called with one argument."""
        [argument] = arguments
        assert not named
        if self._threads:
            return self._threads.submit(function, argument)
        if self._forks is None:
            self._forks = self._start()
        answer = _Answer(self, function, argument)
        if self._forks:  # else nobody would ever take it from there
            self._waiting.append(answer)
            self._deal()
        return answer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the forks at once, whatever they do."""
        for fork in self._forks or ():
            fork.end()
        self._forks = []
        if self._threads:
            self._threads.shutdown(wait, cancel_futures=cancel_futures)

    def collect(self, wait: bool = False) -> bool:
        """Take the answers that are there, with `wait` one at least; tell whether there may be more."""
        if not self._forks:
            return False
        ready = {descriptor for descriptor, _ in self._ready.poll(None if wait else 0)}
        for fork in [fork for fork in self._forks if fork.number in ready]:
            try:
                if fork.take_answer() > _ROOM:
                    self._threads = self._threads or Workers(self._jobs)
            except Exception:  # it has been ended, or answers what cannot be made here again
                self._dismiss(fork)
        if self._threads:
            for fork in [fork for fork in self._forks if not fork.given]:
                self._dismiss(fork)
        else:
            self._deal()
        return True

    def _dismiss(self, fork: "_Fork") -> None:
        assert self._forks is not None
        self._forks.remove(fork)
        self._ready.unregister(fork.number)
        fork.end()

    def _start(self) -> "list[_Fork]":
        """Return the forks: fewer where the system refuses more, and then half of what it gives is the maker's."""
        forks: list[_Fork] = []
        gc.freeze()  # to look through what both have would copy it; and nothing of the maker's is finalized in a fork
        try:
            for _ in range(min(self._jobs - 1, getrlimit(RLIMIT_NOFILE)[0] - _OPEN_FILES)):
                mmap.mmap(-1, _MEMORY).close()
                forks.append(_Fork())
        except OSError:
            for fork in forks[len(forks) // 2 :]:
                fork.end()
            del forks[len(forks) // 2 :]
        for fork in forks:
            self._ready.register(fork.number, select.POLLIN)
        return forks

    def _deal(self) -> None:
        """Give what waits to those who have the least to do."""
        while self._waiting and self._forks:
            fork = min(self._forks, key=lambda each: len(each.given))
            if len(fork.given) >= _AHEAD:
                return
            answer = self._waiting.popleft()
            if answer.set_running_or_notify_cancel():
                fork.give(answer)


class _Answer(Future[Any]):
    """What a fork answers. Who asks for it collects what there is, so that no thread need wait for that."""

    def __init__(self, forks: Forks, function: Callable[[Any], Any], argument: Any) -> None:
        super().__init__()
        self._forks, self.function, self.argument = forks, function, argument
        self.is_lost = False
        """Whether the fork has been ended that was to give it."""

    def done(self) -> bool:
        """Tell whether nobody need be waited for."""
        if not super().done() and not self.is_lost:
            self._forks.collect()
        return super().done() or self.is_lost

    def result(self, timeout: float | None = None) -> Any:
        """Return or raise what the function did; where there is no fork to give that any more, call it now."""
        while not super().done() and not self.is_lost and self._forks.collect(wait=True):
            pass
        return super().result(timeout) if super().done() else self.function(self.argument)


class _Fork:
    """One of them, as its maker sees it. Raises OSError where the system gives no process."""

    def __init__(self) -> None:
        self.given = deque[_Answer]()
        rooms = [mmap.mmap(-1, _ROOM) for _ in range(_AHEAD)]
        self._rooms = cycle(rooms)
        self._function: Callable[[Any], Any] | None = None
        self._connection, far_end = Pipe()
        self.number = self._connection.fileno()
        with far_end, _holding_signals() as mask:
            self._process = os.fork()
            if not self._process:
                _serve(far_end, rooms, mask)

    def give(self, answer: _Answer) -> None:
        """Have a call made, and tell what is called where that is another than before."""
        called = None if answer.function is self._function else answer.function
        self._function = answer.function
        self.given.append(answer)
        with suppress(OSError):  # it has been ended, as will be seen
            self._connection.send_bytes(pickle.dumps((called, answer.argument), pickle.HIGHEST_PROTOCOL))

    def take_answer(self) -> int:
        """Take the next answer; return its bytes. Raises EOFError or OSError where the fork has been ended, and
        whatever an answer raises that cannot be copied."""
        message = self._connection.recv_bytes()
        room = next(self._rooms)
        if len(message) == _USED.size:
            size = int(_USED.unpack(message)[0])
            with memoryview(room) as whole, whole[:size] as used:
                succeeded, value = pickle.loads(used)
        else:
            size = len(message)
            succeeded, value = pickle.loads(message)
        answer = self.given.popleft()
        if succeeded:
            answer.set_result(value)
        else:
            answer.set_exception(value)
        return size

    def end(self) -> None:
        """End it, whatever it does."""
        with suppress(ProcessLookupError, ChildProcessError):  # whoever started us has had ended processes forgotten
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        self._connection.close()
        for answer in self.given:
            answer.is_lost = True


@contextmanager
def _holding_signals() -> Iterator[set[Any]]:
    """Keep signals back, so that a fork never does what its maker would for one; give the mask of before."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield before
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, rooms: Sequence[mmap.mmap], mask: Iterable[Any]) -> NoReturn:
    """Answer calls until nobody calls any more, and leave without a word: all that is open is the maker's."""
    try:
        _leave_all(connection, mask)
        function: Callable[[Any], Any] | None = None
        for room in cycle(rooms):
            called, argument = pickle.loads(connection.recv_bytes())
            function = called or function
            assert function is not None
            _send(connection, room, _call(function, argument))
    finally:
        os._exit(0)


def _leave_all(connection: Connection, mask: Iterable[Any]) -> None:
    """Let go of what the maker has open, such as its output and its lock of the results, and of its signals' handlers.

    Ctrl-C goes to all of a terminal; what comes of it is for the maker to decide.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    os.closerange(3, connection.fileno())
    os.closerange(connection.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # where memory runs out, forks are ended before their maker, who does without them


def _call(function: Callable[[Any], Any], argument: Any) -> tuple[bool, Any]:
    try:
        return True, function(argument)
    except Exception as error:
        return False, error


def _send(connection: Connection, room: mmap.mmap, answer: tuple[bool, Any]) -> None:
    """Put an answer into its room, or send it where that is too small."""
    room.seek(0)
    try:
        pickle.Pickler(room, pickle.HIGHEST_PROTOCOL).dump(answer)
    except ValueError:
        connection.send_bytes(pickle.dumps(answer, pickle.HIGHEST_PROTOCOL))
    else:
        connection.send_bytes(_USED.pack(room.tell()))
