"""What one worker sees of one frame: read, checked and described, knowing nothing of other frames."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from framesift.cluster.parallel import map_ordered
from framesift.comparators.masks import require_fit
from framesift.errors import StorageError, UnreadableFrame
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.exposure import USUAL, Exposure
from framesift.filtering.file_state import FileState, ask_status
from framesift.filtering.health.vitals import measure_vitals
from framesift.filtering.option_values import Method
from framesift.filtering.selection import Observation
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.frames.reader import (
    GreyDecoding,
    Picture,
    decode_levels,
    find_capture_time,
    open_picture,
    read_picture,
    reduce_pixels,
    tell_light,
    tell_light_of,
)
from framesift.frames.reader.pages import name_page
from framesift.frames.reader.source import NotWhole, Status, Unreached
from framesift.frames.videos import Sampling, Still
from framesift.stores import is_folder, is_url, join
from imaging_interview import Image

_EXIF, _HEAD = b"Exif", 4096
"""What stands before a block of EXIF, in the first bytes of a file that has one."""
Look = tuple[Frame | Still, Levels | None]
"""A frame to look at, and the range of its camera where that is known."""


@dataclass(frozen=True, slots=True)
class View(Observation[Image]):
    """What a worker has seen of one frame, with the bytes that are copied if it is kept."""

    content: bytes | None = None
    stat: Status | None = None
    pixels: Image | None = None
    """Of a frame of a video, which has no bytes of its own."""
    exposure: Exposure = USUAL
    file: FileState | None = None
    """The file as it was read; None where nobody has asked."""


def view_look(look: Look, directory: str, settings: Settings) -> View:
    """Read and describe one frame, as `view_frame` does."""
    frame, levels = look
    return view_frame(frame, directory, settings, levels)


def view_looks(workers: Executor, view: Callable[[Look], View], looks: Iterable[Look], jobs: int) -> Iterator[View]:
    """Yield `view(look)` for each look, in order, as far ahead as keeps `jobs` workers busy.

    The frames of films have their pixels, and those that are kept need them until they are decided: fewer are ahead.
    """
    for are_stills, group in groupby(looks, lambda look: isinstance(look[0], Still)):
        yield from map_ordered(workers, view, group, window=jobs + 1 if are_stills else 2 * jobs)


def view_frame(frame: Frame | Still, directory: str, settings: Settings, levels: Levels | None = None) -> View:
    """Read and describe one frame; what is not a whole frame has no descriptor, but a problem.

    One of 16 bits is read in the range `levels`, or in one that suits this frame alone. Raises UsageError
    for a frame that a mask does not fit: nobody knows what of it is to be ignored.
    """
    if isinstance(frame, Still):
        return _view_still(frame, directory, settings)
    before: Status | None = None if is_url(directory) else ask_status(join(directory, frame.file))
    try:
        picture = read_frame(join(directory, find_content(frame)), settings.at(frame), levels, alone=True)
        frame, settings, picture = _open_by_light(frame, picture, settings, levels)
    except Unreached as error:  # what it holds was not seen, so that this state of it is not decided either
        return _view_problem(frame, directory, error.reason, None)
    except UnreadableFrame as error:
        read = error.stat if isinstance(error, NotWhole) else None
        return _view_problem(frame, directory, error.reason, before or read)
    file = FileState.of(picture.stat, picture.content)
    source = {"content": picture.content, "stat": picture.stat, "file": file}
    exposure = Exposure(picture.levels, picture.beyond)
    return _describe(frame, picture.pixels, picture.size, settings, exposure, **source)


def _open_by_light(
    frame: Frame, picture: Picture, settings: Settings, levels: Levels | None = None
) -> tuple[Frame, Settings, Picture]:
    """Return a frame with its light, where settings go by that, the settings that it is decided by, and its picture as
    these see it. Raises UnreadableFrame."""
    before = settings.at(frame)
    if not settings.goes_by_light(frame.camera):
        return frame, before, picture
    frame = replace(frame, light=tell_light_of(picture, settings.max_pixels))
    own = settings.at(frame)
    if _grey_of(own) != _grey_of(before):
        content, status = picture.content, picture.stat
        picture = open_picture(content, status, own.max_pixels, _grey_of(own), levels, alone=True)
    return frame, own, picture


def find_content(frame: Frame) -> str:
    """Return the path, below the input folder, that a frame is read from: of a refreshed file not its own."""
    if frame.source is None or frame.page is None:
        return frame.source or frame.path
    return name_page(frame.source, frame.page)


def describe_again(view: View, settings: Settings, levels: Levels) -> View:
    """Return the view of a 16-bit frame in another range."""
    assert view.content is not None and view.size is not None
    decoded, frame = decode_levels(view.content, settings.max_pixels, levels), view.frame
    if settings.goes_by_light(frame.camera):
        frame = replace(frame, light=tell_light(reduce_pixels(decoded.pixels)))
    exposure = Exposure(decoded.levels, decoded.beyond)
    source = {"content": view.content, "stat": view.stat, "file": view.file}
    return _describe(frame, decoded.pixels, view.size, settings.at(frame), exposure, **source)


def sampling_of(settings: Settings) -> Sampling:
    """Return which frames of films are looked at; one a second where the settings leave films out."""
    every = 1.0 if settings.every is None else settings.every
    return Sampling(every, settings.key_frames, settings.max_pixels)


def read_frame(path: str, settings: Settings, levels: Levels | None = None, alone: bool = False) -> Picture:
    """Read a frame with the pixels that the settings ask for, of 16 bits those in the range `levels`.

    With `alone` a file of several pages is refused. Raises UnreadableFrame.

    The method tolerance looks at a small grey picture only, which a JPEG gives without being decoded whole.
    """
    return read_picture(path, settings.max_pixels, _grey_of(settings), levels, alone)


def _grey_of(settings: Settings) -> GreyDecoding | None:
    least = settings.size or (0, 0)
    if settings.size is None and settings.method is Method.TOLERANCE:
        least = settings.width, 1
    return GreyDecoding(*least) if settings.reads_grey else None


def check_masks(settings: Settings, camera: str, size: tuple[int, int], path: str) -> None:
    """Raise UsageError where the masks of a camera do not fit its frame `path`, or leave nothing of its size."""
    settings = settings.of(camera)
    if settings.masks and not settings.refuse(size):
        require_fit(settings.masks, camera, size, path)
        comparator_of(settings, camera).compared_part(size)


def _view_still(still: Still, directory: str, settings: Settings) -> View:
    if still.content is not None and still.stat is not None:
        return _view_sent(still.frame, still.content, still.stat, settings)
    if still.pixels is None:
        return _view_problem(still.frame, directory, still.problem, still.stat)
    frame, size = still.frame, (still.pixels.shape[1], still.pixels.shape[0])
    if settings.goes_by_light(frame.camera):
        frame = replace(frame, light=tell_light(reduce_pixels(still.pixels)))
    source = {"pixels": still.pixels, "stat": still.stat, "file": _state_of(still)}
    return _describe(frame, still.pixels, size, settings.at(frame), USUAL, **source)


def _state_of(still: Still) -> FileState | None:
    """Return the state of the film of a still; none of a stream, which is no file."""
    return None if still.stat is None or still.frame.offset is None else FileState.of(still.stat)


def _view_sent(frame: Frame, content: bytes, status: Status, settings: Settings) -> View:
    """Describe a picture that a stream has sent; one that was torn on the way is skipped."""
    try:
        picture = open_picture(content, status, settings.max_pixels, _grey_of(settings.at(frame)), alone=True)
        frame, settings, picture = _open_by_light(frame, picture, settings)
    except UnreadableFrame as error:
        return View(frame, None, None, problem=error.reason)
    exposure = Exposure(picture.levels, picture.beyond)
    return _describe(frame, picture.pixels, picture.size, settings, exposure, content=content, stat=status)


def _view_problem(frame: Frame, directory: str, problem: str, before: Status | None) -> View:
    if not is_folder(directory):
        raise StorageError("the folder of the frames is gone", directory)
    return View(frame, None, None, problem=problem, file=None if before is None else FileState.of(before))


def _describe(
    frame: Frame, image: Image, size: tuple[int, int], settings: Settings, exposure: Exposure, **source: Any
) -> View:
    if problem := settings.refuse(size):
        return View(frame, size, None, problem=problem, file=source.get("file"))
    check_masks(settings, frame.camera, size, frame.path)
    chain, comparator = None if settings.size else size, comparator_of(settings, frame.camera)
    descriptor = comparator.describe(image)
    apart = _measure_apart(frame, source.get("content"), settings)
    vitals = measure_vitals(descriptor, comparator.part_of(descriptor), size[0], apart)
    exposure = Exposure(exposure.levels, exposure.beyond, comparator.is_flat(descriptor), vitals)
    return View(frame, size, descriptor, chain, exposure=exposure, **source)


def _measure_apart(frame: Frame, content: bytes | None, settings: Settings) -> float | None:
    """Return the seconds by which the time of a frame is after that of its EXIF, where it has one."""
    if frame.time is None or content is None or _EXIF not in content[:_HEAD]:
        return None
    clock, offset = find_capture_time(content) or ("", None)
    taken_at = settings.naming.read_time(clock + (offset or ""))
    return None if taken_at is None else (frame.time - taken_at).total_seconds()
