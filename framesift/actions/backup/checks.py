"""What must be true of a step at the moment of acting."""

import os
import stat
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress

from framesift.actions.files.placing import is_there
from framesift.actions.journal import Entry, Journal
from framesift.actions.moving import LeftOut, read_digest
from framesift.actions.paths import names_journal
from framesift.actions.plan import FileStat, Plan, Step
from framesift.errors import UnreadableFrame, show
from framesift.frames.suffixes import is_video

_MAX_PIXELS = 2**30
"""What OpenCV decodes at all: how much is too much was for the scan to say."""


class Checker:
    """Checks the steps of a plan against the disk as it is now. A keeper is decoded once, and looked at each time."""

    def __init__(self, plan: Plan, journal: Journal) -> None:
        self._root = plan.root
        self._journal = journal
        self._backup = os.path.realpath(journal.backup)
        self._keepers = dict(_find_identities(plan))
        self._found: dict[str, FileStat] = {}
        """Keepers that are whole, as they are now."""
        self._moved = defaultdict[str, list[Entry]](list)
        for entry in journal.entries.values():
            if entry.state == "moved" and entry.file is not None:
                self._moved[entry.path].append(entry)

    def is_done(self, step: Step) -> bool:
        """Tell whether an earlier run has moved this file, and nothing has come to its place since."""
        moved = [entry for entry in self._moved[step.path] if entry.file and entry.file.may_be(step.file)]
        is_it = any(step.sha256 in (None, entry.sha256) for entry in moved)
        return is_it and not is_there(os.path.join(self._root, step.path))

    def check(self, step: Step) -> FileStat:
        """Return the file as it is now.

        Raises LeftOut where the file or its keeper is not what the scan found, or the step would lose something.
        """
        full = self._check_path(step.path)
        file = self._check_file(full, step.file, step.sha256, "")
        self.check_keeper(step)
        self._check_place(full, file)
        return file

    def check_companion(self, path: str) -> FileStat:
        """Return the status of a file that goes with a step. Raises LeftOut where it cannot be moved."""
        full = self._check_path(path)
        try:
            file = FileStat.of(os.lstat(full))
        except OSError as error:
            raise LeftOut(f"cannot be looked at: {error.strerror}") from None
        self._check_file(full, file, None, "")
        self._check_place(full, file)
        return file

    def check_keeper(self, step: Step) -> None:
        """Raise LeftOut where the keeper is gone, has changed, or cannot be read."""
        about = f"{show(step.keeper)}, which is kept, "
        full = os.path.join(self._root, step.keeper)
        expected = self._found.get(step.keeper, step.keeper_file)
        found = self._check_file(full, expected, step.keeper_sha256, about)
        if step.keeper not in self._found and (problem := find_damage(full)):
            raise LeftOut(f"{about}cannot be read: {problem}")
        self._found[step.keeper] = found

    def _check_place(self, full: str, file: FileStat) -> None:
        if file.identity in self._keepers:
            raise LeftOut(f"is the same file as {show(self._keepers[file.identity])}, which is kept")
        if not os.access(os.path.dirname(full), os.W_OK | os.X_OK):
            raise LeftOut("its folder is read-only")

    def _check_path(self, path: str) -> str:
        full = os.path.join(self._root, path)
        folder = os.path.dirname(full)
        if os.path.realpath(folder) != folder:
            raise LeftOut("its folder is a link, or lies behind one")
        if os.path.commonpath([folder, self._backup]) == self._backup:
            raise LeftOut("lies in the backup folder")
        if names_journal(path):
            raise LeftOut("has the name of a journal of framesift")
        return full

    def _check_file(self, full: str, expected: FileStat, sha256: str | None, about: str) -> FileStat:
        try:
            status = os.lstat(full)
        except (FileNotFoundError, NotADirectoryError):
            raise LeftOut(f"{about}is gone since the scan") from None
        except OSError as error:
            raise LeftOut(f"{about}cannot be looked at: {error.strerror}") from None
        if not stat.S_ISREG(status.st_mode):
            raise LeftOut(f"{about}is a link, not a file" if stat.S_ISLNK(status.st_mode) else f"{about}is not a file")
        touched = expected.identity in self._journal.touched
        if expected.is_still(status) and (status.st_ctime_ns == expected.ctime_ns or touched):
            return expected
        found = FileStat.of(status)
        if sha256 is None or not found.may_be(expected) or _read_digest(full, found) != sha256:
            raise LeftOut(f"{about}changed since the scan")
        return found


def _find_identities(plan: Plan) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the identities that the keepers have now, with their paths."""
    for keeper in dict.fromkeys(step.keeper for step in plan.steps):
        with suppress(OSError):
            yield FileStat.of(os.lstat(os.path.join(plan.root, keeper))).identity, keeper


def _read_digest(path: str, file: FileStat) -> str:
    try:
        return read_digest(path, file)
    except (LeftOut, OSError):
        return ""


def find_damage(path: str) -> str:
    """Say why a picture is not whole, or a video cannot be opened; return an empty string where all is well."""
    # The readers bring OpenCV, which undo and verify need not wait for.
    from framesift.frames.reader import read_picture
    from framesift.frames.videos import probe_video

    try:
        if is_video(path):
            probe_video(path)
        else:
            read_picture(path, _MAX_PIXELS)
    except UnreadableFrame as error:
        return error.reason
    return ""
