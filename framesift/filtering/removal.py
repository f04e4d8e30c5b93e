"""Decisions that become a removal: the frames that show nothing new are moved to a backup."""

import os
from contextlib import suppress
from typing import Self

from framesift.actions import FileStat, Plan, Step, check_backup, plan_removal
from framesift.errors import PathLike, UnreadableFrame
from framesift.filtering.describing import View
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.sinks import Sink
from framesift.frames.reader.behind import find_behind
from framesift.frames.reader.source import open_pieces
from framesift.stores import join, locate


class Removal(Sink):
    """Collects the removal of the frames that are dropped; nothing is moved before the plan is applied."""

    takes_status = True

    def __init__(self, directory: PathLike, backup: PathLike) -> None:
        super().__init__(backup)
        self._directory, self._backup = locate(directory), backup
        self._kept: dict[str, tuple[str, FileStat]] = {}
        self.paged: set[str] = set()
        """Files of which pages were dropped. They stay: no page can be removed from a file."""
        self.joined: set[str] = set()
        """Files that were dropped for their first picture, with a second one or a film behind it. They stay too."""
        self._steps: list[Step] = []

    def __enter__(self) -> Self:
        check_backup(self._directory, self._backup)
        return self

    def add(self, view: View, decision: Decision) -> None:
        """Note the file of a kept frame, which stands for those dropped after it, or the move of a dropped one."""
        super().add(view, decision)
        if not isinstance(view.stat, os.stat_result):
            return
        path, reference, file = decision.frame.path, decision.reference, FileStat.of(view.stat)
        if decision.verdict is Verdict.KEEP:
            self._kept[path] = decision.frame.file, file
        elif decision.frame.page is not None:
            self.paged.add(decision.frame.file)
        elif decision.verdict is Verdict.DROP and reference is not None:
            if self._holds_more(decision.frame.file):
                self.joined.add(decision.frame.file)
                return
            self._steps.append(Step(path, file, *self._kept[reference], decision.reason))

    def _holds_more(self, file: str) -> bool:
        path = join(self._directory, file)
        with suppress(OSError, UnreadableFrame), open_pieces(path) as (read, size):
            return find_behind(read, size) is not None
        return False  # whoever moves it sees that it is not what it was

    def plan(self) -> Plan:
        """Return the plan of moving the dropped frames to the backup; the keeper of each is its reference."""
        return plan_removal(self._directory, self._steps)
