"""The references of a camera described again, from their files: of earlier runs, or as another hour sees them."""

from collections.abc import Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from framesift.errors import StorageError, UnreadableFrame
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.describing import read_frame, sampling_of
from framesift.filtering.ranges import CameraLevels
from framesift.filtering.results import Results
from framesift.filtering.selection import Mark, Marks, Reference, References
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.filtering.sources import Source
from framesift.filtering.spacing import ANY_SPACING, moment_of
from framesift.frames.reader.pages import find_page
from framesift.frames.videos import is_still
from framesift.stores import join
from imaging_interview import Image

_SEEING = ("method", "width", "blur", "border_mask", "masks", "size", "decode")
"""How a frame is looked at before it is compared."""


def see_alike(one: Settings, other: Settings) -> bool:
    """Tell whether frames are seen alike with two settings, whatever these make of what they see."""
    return all(getattr(one, name) == getattr(other, name) for name in _SEEING)


@dataclass(slots=True)
class Known:
    """The references of the chains of a camera, and by which settings they were described."""

    settings: Settings
    references: dict[Hashable, References[Image]]


class Recall:
    """Reads the frames that later ones are compared with: kept ones where they were placed, or from their source."""

    def __init__(self, source: Source, sink: Sink, settings: Settings, levels: CameraLevels) -> None:
        self._source, self._sink, self._settings, self._levels = source, sink, settings, levels

    def describe(
        self, camera: str, chains: Mapping[Hashable, Marks], settings: Settings, lenient: bool = False
    ) -> dict[Hashable, References[Image]]:
        """Describe the references of each chain as `settings`, which have no sections, say; with `lenient` without the
        kept ones that cannot be read any more. Raises StorageError."""
        describe = comparator_of(settings, camera).describe
        references: dict[Hashable, References[Image]] = {}
        for chain, marks in chains.items():
            pixels = [self._read(camera, mark, chain, settings, lenient) for mark in marks]
            pairs = [(mark, each) for mark, each in zip(marks, pixels, strict=True) if each is not None]
            references[chain] = tuple(Reference(m.path, describe(p), m.kept, self._moment(m)) for m, p in pairs)
        return references

    def describe_again(
        self, camera: str, known: Mapping[Hashable, References[Image]], settings: Settings
    ) -> dict[Hashable, References[Image]]:
        """Describe references as other settings say. Raises StorageError."""
        chains = {chain: tuple(Mark(each.path, each.kept) for each in each_) for chain, each_ in known.items()}
        moments = {each.path: each.moment for each_ in known.values() for each in each_}
        described = self.describe(camera, chains, settings)
        return {
            chain: tuple(Reference(each.path, each.descriptor, each.kept, moments[each.path]) for each in references)
            for chain, references in described.items()
        }

    def _moment(self, mark: Mark) -> float | None:
        """Return when a frame that is decided was taken, where that matters."""
        if self._settings.spacing == ANY_SPACING and not self._settings.sections:
            return None
        known = self._sink.find_decision(mark.path)
        return None if known is None else moment_of(known.frame)

    def _read(self, camera: str, mark: Mark, chain: Hashable, settings: Settings, lenient: bool) -> Image | None:
        if mark.kept:
            return self._read_kept(camera, mark.path, settings, lenient)
        return self._read_left_out(camera, mark.path, chain, settings)

    def _read_kept(self, camera: str, path: str, settings: Settings, lenient: bool) -> Image | None:
        """Read a kept frame from the results folder, or from its source where it has been taken away."""
        source = join(self._source.directory, path)
        kept = self._sink.find_kept(path) if isinstance(self._sink, Results) else source
        # Of a page the source first: OpenCV rounds the 16 bits of a TIFF otherwise than those of a PNG.
        is_whole = find_page(source) and self._sink.holds(path, path.rpartition("/")[0])
        for place in (source, kept) if is_whole else (kept, source):
            with suppress(UnreadableFrame):
                return self._levels.read(camera, place, settings).pixels
        if (pixels := self._read_film(path)) is not None:
            return pixels
        if lenient:
            return None
        which = "the last kept frame" if settings.against == 1 else "one of the last kept frames"
        gone = f"is {which} of its camera and cannot be read any more: choose another results folder"
        raise StorageError(gone, kept)

    def _read_left_out(self, camera: str, path: str, chain: Hashable, settings: Settings) -> Image | None:
        """Read a frame that was left out, which its source alone has; None where it is gone or has been replaced.

        Without it the next frame like it is left out in its turn, and stands in its place. One of 16 bits whose camera
        has no range has been replaced, and decides none.
        """
        levels = self._levels.find(camera)
        if is_still(path, self._source.directory):
            return self._read_film(path)
        with suppress(UnreadableFrame):
            picture = read_frame(join(self._source.directory, path), settings, levels)
            if chain in (None, picture.size) and picture.levels in (None, levels):
                return picture.pixels
        return None

    def _read_film(self, path: str) -> Image | None:
        """Decode the still of a film again; None where it is none, or is not there any more."""
        if not is_still(path, self._source.directory):
            return None
        from framesift.frames.videos import read_still

        return read_still(self._source.directory, path, sampling_of(self._settings), self._settings.naming)
