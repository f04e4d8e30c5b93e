"""The manifest that a dry run would have written, so that its report can be made without it."""

import os
import shutil
from tempfile import TemporaryDirectory

from framesift.actions import storage_errors
from framesift.errors import PathLike
from framesift.filtering import manifest
from framesift.filtering.selection import Decision
from framesift.filtering.settings import Settings
from framesift.frames.levels import Levels


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
            if os.path.isfile(earlier) and manifest.whole_length(earlier):
                shutil.copyfile(earlier, self.record.path)
                os.truncate(self.record.path, manifest.whole_length(self.record.path))
            self._file = open(self.record.path, "ab")
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
