"""Reads everything in a results or backup folder again, and names what is not as it was recorded."""

import os
from collections.abc import Iterator

from framesift.actions import Outcome, verify_backup, verify_copy
from framesift.actions.files.placing import is_there
from framesift.errors import FramesiftError, PathLike, UsageError
from framesift.filtering import manifest
from framesift.filtering.file_state import FileState, ask_status
from framesift.filtering.kept_names import name_kept
from framesift.filtering.manifest_file import read_lines
from framesift.filtering.pruned import list_away
from framesift.filtering.selection import Verdict
from framesift.filtering.settings import Settings
from framesift.frames.finding import JOURNAL
from framesift.frames.reader.source import read_file
from framesift.stores import is_url


def verify(folder: PathLike) -> Iterator[Outcome]:
    """Check each file that a backup or results folder must hold, and yield what was found; nothing is written.

    In a backup every file must have the SHA-256 of the journal; in a results folder every kept frame must equal its
    source, or where that has gone or holds another picture now, and of films and pages, be a whole picture. Those that
    were pruned are passed over while they are away.

    Raises UsageError (neither kind of folder) and StorageError, also for a record that is itself damaged.
    """
    path = os.path.abspath(os.fsdecode(folder))
    if is_there(os.path.join(path, JOURNAL)):
        yield from verify_backup(path)
    elif is_there(os.path.join(path, manifest.NAME)):
        yield from _verify_results(path)
    else:
        raise UsageError("is neither a backup nor a results folder of framesift", path)


def _verify_results(results: str) -> Iterator[Outcome]:
    path = os.path.join(results, manifest.NAME)
    record = manifest.read_settings(path)
    if record is None:
        return
    source = manifest.find_source(results, record)
    settings, away = Settings.from_record(record), list_away(results)
    for number, (_, line) in enumerate(read_lines(path), start=2):
        decision = manifest.decode_line(line, number, path)
        if decision.verdict is Verdict.KEEP:
            kept = name_kept(decision.frame, settings)
            if kept in away:
                continue
            file = manifest.decode_file(line)
            is_copy = decision.frame.offset is None and decision.frame.page is None  # others have no file of their own
            is_here = is_copy and not is_url(source) and "\0" not in source
            original = os.path.join(source, decision.frame.file) if is_here else ""
            yield verify_copy(os.path.join(results, kept), "" if _has_changed(original, file) else original)


def _has_changed(path: str, file: FileState | None) -> bool:
    """Tell whether a file holds another picture now than the one that was kept."""
    if file is None or file.digest is None:
        return False
    status = ask_status(path)
    if status is None or FileState.of(status)[:2] == file[:2]:
        return False
    try:
        return FileState.of(status, read_file(path)[0]).digest != file.digest
    except FramesiftError:
        return False
