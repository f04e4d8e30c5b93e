"""The files of kept frames, which wait to be written in groups."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from framesift.actions import Copy, Link
from framesift.filtering.describing import View
from framesift.filtering.kept_names import name_kept
from framesift.filtering.option_values import Placement
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.reader.pages import encode_page
from framesift.frames.reader.source import Status
from framesift.stores import is_url, join
from imaging_interview import Image


class KeptFile(NamedTuple):
    """One that waits."""

    make: Callable[[], Copy | Link]
    """Called by whoever writes: to encode a frame of a film takes longer than to decide it."""
    size: int
    """Bytes in memory until then."""


def prepare_kept(view: View, frame: Frame, source: str, settings: Settings) -> KeptFile | None:
    """Return the file of a kept frame of the folder or URL `source`; none where it has no bytes.

    `source` is empty where the frames come from streams.
    """
    content, pixels, stat = view.content, view.pixels, view.stat
    path, file = name_kept(frame, settings), join(source, frame.file)
    like = "" if path == frame.path else f"./{frame.path}"
    if settings.link is not Placement.COPY and frame.file == frame.path:
        return KeptFile(partial(Link, path, file, settings.link is Placement.SYMBOLIC, like), 0)
    if stat is None:
        return None
    there = file if source and not is_url(source) else ""
    if pixels is not None:
        return KeptFile(partial(_copy_still, path, pixels, stat, there, like), pixels.nbytes)
    if content is None:
        return None
    content = content if frame.page is None else encode_page(content)
    return KeptFile(partial(Copy, path, content, stat, there, like), len(content))


def _copy_still(path: str, pixels: Image, stat: Status, source: str, like: str) -> Copy:
    from framesift.frames.videos import encode_still  # whoever has pictures only need not wait for it

    return Copy(path, encode_still(pixels), stat, source, like)
