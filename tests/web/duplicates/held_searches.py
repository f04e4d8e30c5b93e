"""Searches that wait: of a folder, after so many groups have been told, until they are let go on."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from framesift.duplicates import find_duplicates
from framesift.review.duplicates import searches
from tests.web.serving import Server

SECONDS = 60
"""After which what is waited for counts as missing."""


class Gate:
    """Holds a search when so many groups have been told; with none, before it begins."""

    def __init__(self, groups: int) -> None:
        self.groups, self.told = groups, 0
        self.reached, self.opened = threading.Event(), threading.Event()

    def find(self, *args: Any, meanwhile: Callable[[Any], None], **options: Any) -> Any:
        """Search as ever, but for the wait."""

        def hear(group: Any) -> None:
            meanwhile(group)
            self.told += 1
            hold()

        def hold() -> None:
            if self.told == self.groups:
                self.reached.set()
                assert self.opened.wait(SECONDS)

        hold()
        return find_duplicates(*args, meanwhile=hear, **options)

    def wait(self) -> None:
        """Return when the search waits."""
        assert self.reached.wait(SECONDS)


@contextmanager
def held(monkeypatch: pytest.MonkeyPatch, groups: int = 1) -> Iterator[Gate]:
    """Hold the next search of this process; it goes on at the end at the latest."""
    gate = Gate(groups)
    with monkeypatch.context() as patch:
        patch.setattr(searches, "find_duplicates", gate.find)
        try:
            yield gate
        finally:
            gate.opened.set()


PROGRAM = """
import os, time
from framesift.duplicates import find_duplicates
from framesift.review.duplicates import searches

def find(*args, meanwhile, **options):
    told = []
    def hear(group):
        meanwhile(group)
        told.append(group)
        while os.path.exists(os.path.join({gates!r}, str(len(told)))):
            options["watch"].check()
            time.sleep(.01)
    return find_duplicates(*args, meanwhile=hear, **options)

searches.find_duplicates = find
from framesift.cli import run; run()
"""


class HeldServer(Server):
    """A server whose searches wait after so many groups, as long as there is a gate for this number."""

    def __init__(self, root: Path, gates: Path) -> None:
        gates.mkdir(exist_ok=True)
        self.gates = gates
        super().__init__(root, program=PROGRAM.format(gates=os.fspath(gates)))

    def shut(self, *numbers: int) -> None:
        """Let searches wait after so many groups."""
        for number in numbers:
            (self.gates / str(number)).touch()

    def open(self, number: int) -> None:
        """Let a search go on that waits, or will."""
        (self.gates / str(number)).unlink()
