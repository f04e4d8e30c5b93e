"""The pages of files as frames: of the file's camera and time, in order, each decided for itself."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from framesift.errors import UnreadableFrame
from framesift.frames.frame import Frame
from framesift.frames.reader.pages import SUFFIXES, count_to_decide, name_page
from framesift.stores import is_url, join


def spread_pages(
    directory: str, frames: Iterable[Frame], is_done: Callable[[Frame], bool] = lambda page: False
) -> Iterator[Frame]:
    """Yield frames in order, in place of a file of several pages those of its pages that are not done."""
    for frame in frames:
        count = _count(directory, frame)
        pages = (page_of(frame, number) for number in range(1, count + 1))
        yield from [frame] if count == 1 else (page for page in pages if not is_done(page))


def page_of(frame: Frame, number: int) -> Frame:
    """Return the frame that is a page, counted from 1, of the file that another frame is."""
    return replace(frame, path=name_page(frame.path, number), page=number)


def is_begun(frame: Frame, is_decided: Callable[[str], bool]) -> bool:
    """Tell whether pages of the file that a frame is have been decided: then the others are next, and not late."""
    return may_have_pages(frame.path) and is_decided(name_page(frame.path, 1))


def may_have_pages(path: str) -> bool:
    """Tell by its name whether a file may have several pages."""
    return path.rpartition(".")[2].lower() in SUFFIXES


def _count(directory: str, frame: Frame) -> int:
    if is_url(directory) or not may_have_pages(frame.path):
        return 1
    try:
        return count_to_decide(join(directory, frame.file))
    except UnreadableFrame:  # whoever reads it says why
        return 1
