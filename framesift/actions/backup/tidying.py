"""Takes folders of a backup away that nothing is left in."""

import errno
import os

from framesift.actions.files.placing import storage_errors
from framesift.actions.journal import Journal
from framesift.actions.paths import lies_behind_link

_NOT_EMPTY = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR}


def remove_empty_folders(journal: Journal) -> None:
    """Remove the folders that files of the backup stand or stood in, those that are empty, and never the backup itself.

    Also those that a run has emptied which was stopped before it came to this.
    """
    folders = set()
    for path in journal.folders:
        while path and path not in folders:
            folders.add(path)
            path = os.path.dirname(path)
    for folder in sorted(folders, key=len, reverse=True):
        if lies_behind_link(journal.backup, folder):
            continue
        full = journal.in_backup(folder)
        with storage_errors(full):
            try:
                os.rmdir(full)
            except OSError as error:
                if error.errno not in _NOT_EMPTY:
                    raise
