"""Where a page finds the frames themselves, which it shows from where they lie."""

import os
from urllib.parse import quote

from framesift.errors import PathLike
from framesift.filtering.manifest import Record
from framesift.stores import is_url


def locate_frames(record: Record, output: PathLike) -> list[str]:
    """Return the addresses, as seen from the page at `output`, of the folders that have the frames."""
    start = os.path.dirname(os.path.abspath(os.fsdecode(output)))
    folders = [folder for folder in (record.source, record.folder) if not is_url(folder)]
    return [quote(os.fsencode(os.path.relpath(folder, start))) + "/" for folder in folders]
