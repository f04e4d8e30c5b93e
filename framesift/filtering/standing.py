"""What is known of a file that has been found: whether it holds what was decided, pages of it included."""

from contextlib import suppress
from itertools import count

from framesift.errors import UnreadableFrame
from framesift.filtering.earlier_runs import Past
from framesift.filtering.file_state import FileState, Standing, ask_status
from framesift.filtering.pages import may_have_pages
from framesift.filtering.selection import Verdict
from framesift.frames.reader.pages import count_to_decide, name_page, read_page
from framesift.frames.reader.source import Unreached, read_file
from framesift.stores import ObjectStat

_MEMBER = "zip://"
"""What the URL of a file in an archive begins with."""


def find_standing(past: Past, below: str, path: str, max_pixels: int, listed: ObjectStat | None = None) -> Standing:
    """Return what is known of a file; `below` stands before the path of one of this machine, and is empty otherwise.

    Of an object that is known which the listing of its store says, `listed`. What was skipped of it in a state that
    was not recorded stays skipped: to ask again for all that is archived would cost a request for each in every run.
    Members of a zip are read again: one that was damaged has its size and time still when the zip was fetched anew.
    Raises StorageError.
    """
    if past.is_empty:
        return Standing.NEW
    status = ask_status(below + path) if below else listed
    if status is not None and past.is_settled(path, status.st_size, status.st_mtime_ns):
        return Standing.DECIDED
    known = past.find_file(path)
    if known is None:
        if status is None or not below or not may_have_pages(path):
            return Standing.NEW
        return _Pages(past, below + path, max_pixels).find_standing(path, FileState.of(status))
    verdict, before = known
    file = status.url if isinstance(status, ObjectStat) else below + path
    if status is None or (before is None and not below and not file.startswith(_MEMBER)):
        return Standing.DECIDED
    if before is not None and before[:2] == (status.st_size, status.st_mtime_ns):
        is_refreshed = below and path in past.refreshed
        has_pages = is_refreshed and may_have_pages(path) and _count_pages(below + path) > 1
        return Standing.REFRESHED if has_pages else Standing.DECIDED  # which of its pages are left is asked later
    if verdict is Verdict.SKIP:
        if before is None and not _can_be_read(file):
            return Standing.DECIDED  # as little as then
        return Standing.AGAIN if path not in past.refreshed else Standing.REFRESHED
    if before is None or (before.size == status.st_size and _has_content(file, before)):
        return Standing.DECIDED
    return Standing.REFRESHED


class _Pages:
    """A file of which no more than its pages has been decided."""

    def __init__(self, past: Past, file: str, max_pixels: int) -> None:
        self._past, self._file, self._max_pixels = past, file, max_pixels

    def find_standing(self, path: str, state: FileState) -> Standing:
        """Return what is known of the file at `path`; it is new where pages behind those that are decided are left."""
        is_again, now = False, state[:2]
        for number in count(1):
            known = self._past.find_file(name_page(path, number))
            if known is None:
                is_whole = not is_again and number > 1 and _count_pages(self._file) < number
                return Standing.AGAIN if is_again else Standing.DECIDED if is_whole else Standing.NEW
            verdict, before = known
            if before is None or before[:2] == now:
                continue
            if verdict is Verdict.SKIP:
                is_again = True
            elif not self._has_page(number, before):
                break
        return Standing.REFRESHED

    def _has_page(self, number: int, before: FileState) -> bool:
        """Tell whether a page holds what it held."""
        try:
            content, status = read_page(self._file, number, self._max_pixels)
        except UnreadableFrame:
            return False
        return FileState.of(status, content).digest == before.digest


def _count_pages(file: str) -> int:
    with suppress(UnreadableFrame):
        return count_to_decide(file)
    return 1


def _can_be_read(file: str) -> bool:
    try:
        read_file(file)
    except UnreadableFrame as error:
        return not isinstance(error, Unreached)
    return True


def _has_content(file: str, before: FileState) -> bool:
    """Tell whether a file whose time has changed holds what it held, or cannot be read now."""
    try:
        content, status = read_file(file)
    except UnreadableFrame:
        return True
    return FileState.of(status, content).digest == before.digest
