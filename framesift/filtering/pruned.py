"""Which kept frames were taken away from a results folder on purpose: a file beside its manifest names them.

They are named before they go, and no longer once they are back, so whoever looks for a kept frame knows why it is away.
"""

import json
import os
from collections.abc import Iterable

from framesift.actions import storage_errors, sync_folder
from framesift.actions.files.staging import stage_file
from framesift.errors import PathLike, StorageError
from framesift.filtering.manifest_values import is_plain

NAME = "manifest.pruned"
_MOST_BYTES = 2**30
_DAMAGES = (ValueError, TypeError, RecursionError)


def note_pruned(results: PathLike, names: Iterable[str]) -> None:
    """Record, durably, that kept frames are going to be taken away: their paths below the results folder."""
    _write(results, read_pruned(results) | frozenset(names))


def list_away(results: PathLike) -> frozenset[str]:
    """Return the paths, below a results folder, of the kept frames that were taken away and are not back."""
    folder = os.fsdecode(results)
    return frozenset(name for name in read_pruned(folder) if not os.path.lexists(os.path.join(folder, name)))


def forget_present(results: PathLike) -> None:
    """Take back what is recorded of those that are there: they could not go, or have come back."""
    folder = os.fsdecode(results)
    names = read_pruned(folder)
    if away := list_away(folder):
        if away != names:
            _write(folder, away)
    elif names:
        with storage_errors(os.path.join(folder, NAME)):
            os.unlink(os.path.join(folder, NAME))
        sync_folder(folder)


def read_pruned(results: PathLike) -> frozenset[str]:
    """Return the paths that the file names. Raises StorageError."""
    path = os.path.join(os.fsdecode(results), NAME)
    try:
        if os.path.getsize(path) > _MOST_BYTES or not os.path.isfile(path):
            raise StorageError("is none of framesift", path)
        with open(path, encoding="ascii") as file:
            names = [json.loads(line) for line in file]
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise StorageError.of(error, path) from error
    except _DAMAGES:
        raise StorageError("is damaged", path) from None
    if not all(isinstance(name, str) and is_plain(name) for name in names):
        raise StorageError("is none of framesift", path)
    return frozenset(names)


def _write(results: PathLike, names: frozenset[str]) -> None:
    folder = os.fsdecode(results)
    path = os.path.join(folder, NAME)
    with storage_errors(path), stage_file(path) as (file, temporary):
        file.writelines(json.dumps(name).encode("ascii") + b"\n" for name in sorted(names))
        file.flush()
        os.fsync(file.fileno())
        os.replace(temporary, path)
    sync_folder(folder)
