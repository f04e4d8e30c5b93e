"""What one worker sees of one frame: read, checked and described, knowing nothing of other frames."""

from dataclasses import dataclass
from typing import Any

from framesift.comparators.masks import require_fit
from framesift.errors import StorageError, UnreadableFrame
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.options import Method
from framesift.filtering.selection import Observation
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.reader import GreyDecoding, Picture, read_picture
from framesift.frames.reader.source import Status
from framesift.frames.videos import Still
from framesift.stores import is_folder, join
from imaging_interview import Image


@dataclass(frozen=True, slots=True)
class View(Observation[Image]):
    """What a worker has seen of one frame, with the bytes that are copied if it is kept."""

    content: bytes | None = None
    stat: Status | None = None
    pixels: Image | None = None
    """Of a frame of a video, which has no bytes of its own."""


def view_frame(frame: Frame | Still, directory: str, settings: Settings) -> View:
    """Read and describe one frame; what is not a whole frame has no descriptor, but a problem.

    Raises UsageError for a frame that a mask does not fit: nobody knows what of it is to be ignored.
    """
    if isinstance(frame, Still):
        return _view_still(frame, directory, settings)
    try:
        picture = read_frame(join(directory, frame.path), settings)
    except UnreadableFrame as error:
        return _view_problem(frame, directory, error.reason)
    source = {"content": picture.content, "stat": picture.stat}
    return _describe(frame, picture.pixels, picture.size, settings, **source)


def read_frame(path: str, settings: Settings) -> Picture:
    """Read a frame with the pixels that the settings ask for. Raises UnreadableFrame.

    The method tolerance looks at a small grey picture only, which a JPEG gives without being decoded whole.
    """
    least = settings.size or (0, 0)
    if settings.size is None and settings.method is Method.TOLERANCE:
        least = settings.width, 1
    return read_picture(path, settings.max_pixels, GreyDecoding(*least) if settings.reads_grey else None)


def check_masks(settings: Settings, camera: str, size: tuple[int, int], path: str) -> None:
    """Raise UsageError where the masks of a camera do not fit its frame `path`, or leave nothing of its size."""
    if settings.masks and not settings.refuse(size):
        require_fit(settings.masks, camera, size, path)
        comparator_of(settings, camera).compared_part(size)


def _view_still(still: Still, directory: str, settings: Settings) -> View:
    if still.pixels is None:
        return _view_problem(still.frame, directory, still.problem)
    size = still.pixels.shape[1], still.pixels.shape[0]
    source = {"pixels": still.pixels, "stat": still.stat}
    return _describe(still.frame, still.pixels, size, settings, **source)


def _view_problem(frame: Frame, directory: str, problem: str) -> View:
    if not is_folder(directory):
        raise StorageError("the folder of the frames is gone", directory)
    return View(frame, None, None, problem=problem)


def _describe(frame: Frame, image: Image, size: tuple[int, int], settings: Settings, **source: Any) -> View:
    if problem := settings.refuse(size):
        return View(frame, size, None, problem=problem)
    check_masks(settings, frame.camera, size, frame.path)
    chain = None if settings.size else size
    return View(frame, size, comparator_of(settings, frame.camera).describe(image), chain, **source)
