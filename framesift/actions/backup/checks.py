"""What must be true of a step at the moment of acting."""

import os
import stat

from framesift.actions.journal import Journal
from framesift.actions.moving import LeftOut
from framesift.actions.plan import FileStat, Plan, Step
from framesift.errors import UnreadableFrame, show
from framesift.frames.finding import is_video

_MAX_PIXELS = 2**30
"""What OpenCV decodes at all: how much is too much was for the scan to say."""


class Checker:
    """Checks the steps of a plan against the disk as it is now. A keeper is decoded once, and looked at each time."""

    def __init__(self, plan: Plan, journal: Journal) -> None:
        self._root = plan.root
        self._journal = journal
        self._backup = os.path.realpath(journal.backup)
        self._keepers = {step.keeper_file.identity: step.keeper for step in plan.steps}
        self._whole: set[str] = set()

    def check(self, step: Step) -> None:
        """Raise LeftOut where the file or its keeper is not what the scan found, or the step would lose something."""
        full = self._check_path(step.path)
        self._check_file(full, step.file, "")
        if step.file.identity in self._keepers:
            raise LeftOut(f"is the same file as {show(self._keepers[step.file.identity])}, which is kept")
        self.check_keeper(step)
        if not os.access(os.path.dirname(full), os.W_OK | os.X_OK):
            raise LeftOut("its folder is read-only")
        if os.path.lexists(self._journal.in_backup(step.path)):
            raise LeftOut(f"a file of this name is in {show(self._journal.backup)} already")

    def check_keeper(self, step: Step) -> None:
        """Raise LeftOut where the keeper is gone, has changed, or cannot be read."""
        about = f"{show(step.keeper)}, which is kept, "
        full = os.path.join(self._root, step.keeper)
        self._check_file(full, step.keeper_file, about)
        if step.keeper not in self._whole:
            if problem := find_damage(full):
                raise LeftOut(f"{about}cannot be read: {problem}")
            self._whole.add(step.keeper)

    def _check_path(self, path: str) -> str:
        full = os.path.join(self._root, path)
        folder = os.path.dirname(full)
        if os.path.realpath(folder) != folder:
            raise LeftOut("its folder is a link, or lies behind one")
        if os.path.commonpath([folder, self._backup]) == self._backup:
            raise LeftOut("lies in the backup folder")
        return full

    def _check_file(self, full: str, expected: FileStat, about: str) -> None:
        try:
            status = os.lstat(full)
        except (FileNotFoundError, NotADirectoryError):
            raise LeftOut(f"{about}is gone since the scan") from None
        except OSError as error:
            raise LeftOut(f"{about}cannot be looked at: {error.strerror}") from None
        if not stat.S_ISREG(status.st_mode):
            raise LeftOut(f"{about}is a link, not a file" if stat.S_ISLNK(status.st_mode) else f"{about}is not a file")
        touched = expected.identity in self._journal.touched
        if not expected.is_still(status) or (status.st_ctime_ns != expected.ctime_ns and not touched):
            raise LeftOut(f"{about}changed since the scan")


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
