"""Results of streams: of what was dropped nothing lies anywhere."""

import os

from framesift.errors import UsageError
from framesift.filtering.manifest import Record


def require_dropped(record: Record) -> None:
    """Raise UsageError where frames came from streams, so that those that were dropped cannot be looked at."""
    if os.path.realpath(record.folder) == record.source:
        raise UsageError("was filled from streams, of which only what was kept lies anywhere", record.folder)
