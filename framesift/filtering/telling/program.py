"""A program of the user's that is called for each notice."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from typing import IO

from framesift.errors import UsageError, counted, show
from framesift.filtering.telling.delivery import Undelivered
from framesift.filtering.telling.notice import Notice

TIMEOUT = 60.0
"""Seconds that one call may take."""
_SAID = 4096
"""Of so many bytes that a program has said last, the last line is repeated."""


class Program:
    """Calls a program with what happened in its environment, one call after the other.

    `command` is split into words as a shell would, but no shell sees it: no name of a file can become a command.
    Raises UsageError where there is no such program.
    """

    def __init__(self, option: str, command: str, timeout: float = TIMEOUT) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise UsageError(f"{option}: {str(error).lower()} in the command") from None
        if not self._words:
            raise UsageError(f"{option} takes a command")
        program = os.path.expanduser(self._words[0])
        found = shutil.which(program)
        if found is None:
            hint = "no such file" if not os.path.exists(program) else "not a program that may be run"
            raise UsageError(f"{option}: {hint}", program)
        self._words[0] = os.path.abspath(found)
        self.name = f"{option} {show(os.path.basename(found))}"
        self._timeout = timeout
        self._running: subprocess.Popen[bytes] | None = None

    def deliver(self, notice: Notice, closing: Callable[[], bool]) -> None:
        """Call the program and wait for it. Raises Undelivered where it fails, or takes too long."""
        with tempfile.TemporaryFile() as said:  # no pipe: what the program leaves running would keep it open
            try:
                self._running = subprocess.Popen(
                    self._words,
                    env=os.environ | notice.environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    start_new_session=True,  # Ctrl-C is not meant for it, and it can be ended with what it has started
                )
            except (OSError, ValueError) as error:
                raise Undelivered(f"cannot be started: {getattr(error, 'strerror', None) or error}") from None
            try:
                code = self._running.wait(self._timeout)
            except subprocess.TimeoutExpired:
                self.stop()
                raise Undelivered(f"ended after {counted(round(self._timeout), 'second')}") from None
            finally:
                self._running = None
            if code:
                raise Undelivered(_describe_failure(code, said))

    def stop(self) -> None:
        """End the call that is under way, with all that it has started."""
        running = self._running
        if running is not None and running.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def _describe_failure(code: int, said: IO[bytes]) -> str:
    how = f"exit code {code}" if code > 0 else f"ended by {signal.Signals(-code).name}"
    said.seek(max(0, said.seek(0, os.SEEK_END) - _SAID))
    lines = said.read().decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"{how}: {show(last[:200])}" if last else how
