"""Children that are forked from an interpreter of their own, which has a single thread and stays as it was started.

Pytest's process must not be forked: its libraries start threads, and a child waits for ever for a lock that one of them
held. Whether it does would depend on what has run before. A fork costs a hundredth of a new interpreter.
"""

import atexit
import functools
import gc
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def call_in_child(function: Callable[..., int], *arguments: object) -> int:
    """Call a function of a module; return what it returns, or minus the number of the signal that killed it."""
    return _call(True, function, arguments)


def call_in_parent(function: Callable[..., int], *arguments: object) -> int:
    """Call a function where children are forked: they find imported and cached what it has imported and cached."""
    return _call(False, function, arguments)


def _call(forks: bool, function: Callable[..., int], arguments: tuple) -> int:
    parent = _start_parent()
    assert parent.stdin is not None and parent.stdout is not None
    parent.stdin.write(pickle.dumps((forks, function, arguments)))
    parent.stdin.flush()
    return int(parent.stdout.readline())


@functools.cache
def _start_parent() -> subprocess.Popen[bytes]:
    """Start the interpreter that is forked. It ends with this process."""
    command = [sys.executable, "-m", "tests.forking"]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    parent = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(parent.communicate)
    return parent


def answer_calls() -> None:
    """Fork for each call that is read, or call it here, until there are no more."""
    calls, results = sys.stdin.buffer, os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    while calls.peek(1):
        forks, function, arguments = pickle.load(calls)
        print(_fork(function, arguments) if forks else function(*arguments), file=results, flush=True)


def _fork(function: Callable[..., int], arguments: tuple) -> int:
    assert threading.active_count() == 1
    gc.freeze()  # or a child would copy every page with an object that it collects nothing of
    child = os.fork()
    if child == 0:
        os._exit(function(*arguments))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    answer_calls()
