"""Files with the same bytes: a camera that had not refreshed its picture, a folder that was copied twice."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.frame import Frame
from framesift.frames.reader.source import read_file
from framesift.looking.overview.sightings import Sighting


@dataclass(frozen=True, slots=True)
class Repeat:
    """A frame whose bytes an earlier one has."""

    frame: Frame
    earlier: Frame
    """The first frame with these bytes, of the same camera if that has one before."""


def find_repeats(directory: PathLike, sightings: Iterable[Sighting]) -> list[Repeat]:
    """Return the repeats among frames in their total order. Only files of equal length are read."""
    by_length: defaultdict[int, list[Frame]] = defaultdict(list)
    for sighting in sightings:
        if sighting.length:
            by_length[sighting.length].append(sighting.frame)
    repeats: list[Repeat] = []
    for frames in by_length.values():
        if len(frames) > 1:
            repeats += _compare(os.fsdecode(directory), frames)
    return repeats


def _compare(directory: str, frames: list[Frame]) -> Iterable[Repeat]:
    first: dict[bytes, Frame] = {}
    first_of_camera: dict[tuple[bytes, str], Frame] = {}
    for frame in frames:
        try:
            content, _ = read_file(os.path.join(directory, frame.path))
        except UnreadableFrame:
            continue
        digest = hashlib.blake2b(content).digest()
        earlier = first_of_camera.get((digest, frame.camera)) or first.get(digest)
        if earlier is not None:
            yield Repeat(frame, earlier)
        first.setdefault(digest, frame)
        first_of_camera.setdefault((digest, frame.camera), frame)
