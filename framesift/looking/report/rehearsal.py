"""The manifest that a dry run would have written, so that its report can be made without it."""

import os
from tempfile import TemporaryDirectory
from typing import BinaryIO

from framesift.actions import storage_errors
from framesift.errors import PathLike
from framesift.filtering import manifest
from framesift.filtering.manifest_file import whole_length
from framesift.filtering.selection import Decision
from framesift.filtering.settings import Settings
from framesift.frames.levels import Levels

_PIECE = 2**20


class Rehearsal:
    """Takes the decisions of a dry run, after those that RESULTS has already. A context manager: leaving removes it."""

    def __init__(self, results: PathLike, source: PathLike, settings: Settings) -> None:
        self._folder = TemporaryDirectory(prefix="framesift-")
        path = os.path.join(self._folder.name, manifest.NAME)
        folder = os.path.abspath(os.fsdecode(results))
        self.record = manifest.Record(folder, os.path.abspath(os.fsdecode(source)), settings, path)

    def __enter__(self) -> "Rehearsal":
        earlier = os.path.join(self.record.folder, manifest.NAME)
        with storage_errors(self.record.path):
            self._file = open(self.record.path, "ab")
            if os.path.isfile(earlier):
                _copy(earlier, self._file, whole_length(earlier))
            if self._file.tell() == 0:
                self._file.write(manifest.encode_header(self.record.settings.record()))
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._folder.cleanup()

    def add(self, decision: Decision, levels: Levels | None = None) -> None:
        """Note one decision, and the range of its camera's 16-bit frames."""
        with storage_errors(self.record.path):
            self._file.write(manifest.encode_decision(decision, levels))

    def finish(self) -> manifest.Record:
        """Return what the report is made from, once all decisions are noted."""
        with storage_errors(self.record.path):
            self._file.flush()
        return self.record


def _copy(path: str, target: BinaryIO, length: int) -> None:
    """Copy the first bytes of a file: what a crash has left behind them may be long."""
    with open(path, "rb") as file:
        while length > 0 and (piece := file.read(min(length, _PIECE))):
            target.write(piece)
            length -= len(piece)
