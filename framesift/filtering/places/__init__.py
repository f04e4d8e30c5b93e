"""Where a run puts what it keeps, and its manifest: a folder of this machine, or one in a store."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from framesift.errors import PathLike, UsageError
from framesift.filtering.manifest import NAME, Record, open_record, read_record
from framesift.filtering.places.local import LocalPlace
from framesift.filtering.places.place import Place
from framesift.stores import is_url, is_writable, locate

__all__ = ["Place", "borrow_record", "open_place"]


@contextmanager
def borrow_record(results: PathLike, source: PathLike | None = None) -> Iterator[Record]:
    """Give the record of a results folder; the manifest of one in a store is fetched for the time of the block.

    `source` is where its frames lie, if the user has said it. Raises as `framesift.filtering.manifest.open_record`.
    """
    folder = locate(results)
    if not is_url(folder):
        yield open_record(results, source)
        return
    from tempfile import TemporaryDirectory

    from framesift.filtering.places.remote import fetch_manifest

    with TemporaryDirectory(prefix="framesift-") as spool:
        path = os.path.join(spool, NAME)
        fetch_manifest(folder, path)
        yield read_record(folder, path, source)


def open_place(folder: str, source: str, dry_run: bool) -> Place:
    """Return the place at a path or URL, for frames of `source`. Raises UsageError for a store that cannot be one."""
    if not is_url(folder):
        return LocalPlace(folder, source, dry_run)
    if not is_writable(folder):
        raise UsageError("RESULTS can lie in s3://, gs:// or az://: here a file can be left half-written", folder)
    from framesift.filtering.places.remote import RemotePlace  # whoever works on this machine need not wait for it

    return RemotePlace(folder, source, dry_run)
