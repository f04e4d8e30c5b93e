"""Regular expressions that read names and came with a folder of somebody else.

There are expressions that take longer than the sun will shine, and while Python's `re` is at one, nothing else of the
program goes on. So such a one is searched by a process of its own, which a clock ends.
"""

import json
import subprocess
import sys
import threading
import time
import weakref
from dataclasses import dataclass
from typing import Any

from framesift.errors import UsageError, show
from framesift.frames.names.patterns import Expression, Found

_LIMIT_S = 2
"""For one name. The usual ones take some millionths."""
_ALLOWED_S = 0.001
"""For each name, which is what asking another process takes at most."""
_LIMIT_OF_ALL_S = 30
"""For all names, beyond that."""
_SEARCHER = f"""
import contextlib, json, re, resource, signal, sys
with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
expression = re.compile(json.loads(sys.stdin.readline()))
for line in sys.stdin:
    signal.setitimer(signal.ITIMER_REAL, {_LIMIT_S})  # without a handler: the process ends
    match = expression.search(json.loads(line))
    signal.setitimer(signal.ITIMER_REAL, 0)
    found = match and [match.groupdict(), {{name: match.span(name) for name in expression.groupindex}}]
    print(json.dumps(found), flush=True)
"""


@dataclass(frozen=True, slots=True)
class _Match:
    string: str
    groups: dict[str, str | None]
    spans: dict[str, list[int]]

    def groupdict(self) -> dict[str, Any]:
        return self.groups

    def span(self, group: str, /) -> tuple[int, int]:
        start, end = self.spans[group]
        return start, end


class GuardedExpression:
    """An expression that is searched elsewhere, and given up. Its methods may be called from any thread."""

    def __init__(self, expression: Expression) -> None:
        self.pattern, self.groupindex = expression.pattern, expression.groupindex
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._spent = 0.0

    def search(self, string: str, /) -> Found | None:
        """Return the first match. Raises UsageError where it cannot be found within the time."""
        with self._lock:
            begun = time.monotonic()
            answer = self._ask(string) if self._spent < _LIMIT_OF_ALL_S else ""
            self._spent += max(time.monotonic() - begun - _ALLOWED_S, 0)
        if not answer:
            raise UsageError(f"the pattern of names {show(self.pattern)} takes too long, such as on {show(string)}")
        found = json.loads(answer)
        return found and _Match(string, *found)

    def _ask(self, string: str) -> str:
        """Return what the process answers; nothing where it has ended."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _SEARCHER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
            )
            weakref.finalize(self, _end, self._process)
            self._write(self.pattern)
        self._write(string)
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def _write(self, text: str) -> None:
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(text) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return  # it has ended, and answers nothing


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()
