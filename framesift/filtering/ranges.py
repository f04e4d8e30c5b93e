"""The range in which the 16-bit frames of each camera are read: one for all of them, whoever reads them.

It is that of the first whole one, in the order of time, and stands in the manifest for the runs that follow. Nothing is
read to find it: whoever comes upon such a frame before the range is known takes one that suits this frame alone, and
what comes of it is looked at again where the camera turns out to have another.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from framesift.errors import UnreadableFrame
from framesift.filtering.describing import Look, View, describe_again, find_content, read_frame
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.frames.reader import Picture, is_deep_file
from framesift.frames.videos import Still
from framesift.stores import join


def _recall_none(camera: str) -> Levels | None:
    return None


class CameraLevels:
    """Knows the range of each camera, or decides it. `recall` says what earlier runs decided. Used by one thread."""

    def __init__(self, settings: Settings, recall: Callable[[str], Levels | None] = _recall_none) -> None:
        self._settings, self._recall = settings, recall
        self._decided: dict[str, Levels] = {}

    def find(self, camera: str) -> Levels | None:
        """Return the range of a camera; None where no 16-bit frame of it has been met."""
        return self._decided.get(camera) or self._recall(camera)

    def decide(self, camera: str, levels: Levels) -> Levels:
        """Return the range of a camera, which is `levels` where it had none."""
        return self._decided.setdefault(camera, self.find(camera) or levels)

    def attach(self, frames: Iterable[Frame | Still]) -> Iterator[Look]:
        """Yield each frame with the range of its camera, as far as that is known when the frame is taken."""
        for frame in frames:
            yield (frame, None) if isinstance(frame, Still) else (frame, self.find(frame.camera))

    def settle(self, views: Iterable[View]) -> Iterator[View]:
        """Yield views, in order, as their cameras' ranges show them: the first of a camera decides its range."""
        for view in views:
            levels = view.exposure.levels
            known = None if levels is None else self.decide(view.frame.camera, levels)
            yield view if known is None or levels == known else describe_again(view, self._settings, known)

    def read(self, camera: str, path: str, settings: Settings) -> Picture:
        """Read a frame of a camera, as `settings` say, in the camera's range, which it decides where there is none.

        Raises UnreadableFrame and StorageError.
        """
        picture = read_frame(path, settings, self.find(camera))
        known = None if picture.levels is None else self.decide(camera, picture.levels)
        return picture if picture.levels == known else read_frame(path, settings, known)

    def search(self, directory: str, frames: Iterable[Frame]) -> Levels | None:
        """Decide the range of one camera by the first whole 16-bit one of its frames, and return it.

        Reads little of the others, and nothing of those that cannot be of 16 bits by their names.
        """
        for frame in frames:
            path = join(directory, find_content(frame))
            with suppress(UnreadableFrame):
                if is_deep_file(path):
                    settings = self._settings.at(frame)
                    picture = read_frame(path, settings)
                    if picture.levels is not None and not settings.refuse(picture.size):
                        return self.decide(frame.camera, picture.levels)
        return None
