"""Takes folders of a backup away that nothing is left in."""

import errno
import os
from collections.abc import Iterable

from framesift.actions.files.placing import storage_errors
from framesift.actions.journal import Journal

_NOT_EMPTY = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR}


def remove_empty_folders(journal: Journal, stored: Iterable[str]) -> None:
    """Remove the folders that files of the backup stood in, those that are empty now, and never the backup itself."""
    folders = set()
    for path in stored:
        while path := os.path.dirname(path):
            folders.add(path)
    for folder in sorted(folders, key=len, reverse=True):
        full = journal.in_backup(folder)
        with storage_errors(full):
            try:
                os.rmdir(full)
            except OSError as error:
                if error.errno not in _NOT_EMPTY:
                    raise
