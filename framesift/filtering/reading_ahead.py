"""Files that the system is asked to read while the frames before them are decoded."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress

from framesift.errors import FramesiftError
from framesift.frames.frame import Frame
from framesift.frames.reader.source import open_regular
from framesift.stores import is_url, join

_FILES = 8
"""Ahead of the one that is decoded: more gain nothing, and few are read in vain where a run is stopped."""
_BYTES = 2**26
"""Of each file: where a picture is as large, memory is worth more than time."""


def read_ahead(directory: str, frames: Iterable[Frame]) -> Iterator[Frame]:
    """Yield frames in order; the file of each is asked for while those before it are decoded.

    Only a disk of this machine is asked: what is read ahead of a share, or through FUSE, may be thrown away when the
    file is opened again.
    """
    if not _is_on_disk(directory):
        yield from frames
        return
    ahead = deque[Frame]()
    for frame in frames:
        _ask_for(join(directory, frame.file))
        ahead.append(frame)
        if len(ahead) > _FILES:
            yield ahead.popleft()
    yield from ahead


def _is_on_disk(directory: str) -> bool:
    """Tell whether a folder is on a block device: what is not has 0 where these have the number of their kind."""
    if is_url(directory) or not hasattr(os, "RWF_NOWAIT"):  # other systems cannot be asked
        return False
    with suppress(OSError):
        return os.major(os.stat(directory).st_dev) != 0
    return False


def _ask_for(path: str) -> None:
    """Have the system begin to read a file; what is wrong with it is told by whoever reads it."""
    with suppress(OSError, FramesiftError), open_regular(path) as (descriptor, status):
        if not _is_in_memory(descriptor, status.st_size):
            os.posix_fadvise(descriptor, 0, _BYTES, os.POSIX_FADV_WILLNEED)


def _is_in_memory(descriptor: int, size: int) -> bool:
    """Tell by its last byte, which comes last, whether a file has been read: to ask for 4 MB costs 50 us even then."""
    try:
        return os.preadv(descriptor, [bytearray(1)], size - 1, os.RWF_NOWAIT) == 1
    except (OSError, NotImplementedError):  # not at once, or there is no telling
        return False
