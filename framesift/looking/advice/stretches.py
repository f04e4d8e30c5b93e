"""Some frames of each camera of a run, in stretches without a gap: so what is kept of them is as in a run."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from framesift.filtering.manifest import Record
from framesift.filtering.selection import Order, Verdict
from framesift.frames.frame import Frame

STRETCHES, LENGTH = 4, 50
"""So many stretches of so many frames, of a camera that has more frames than that in all."""

Stretch = list[Frame]


def choose_stretches(record: Record) -> dict[str, list[Stretch]]:
    """Read a manifest twice, and return the stretches of each camera, from all over the run. Raises StorageError.

    Not of films, whose frames lie in no files.
    """
    counts = Counter(frame.camera for frame in _list_frames(record))
    places = {camera: _spread(number) for camera, number in counts.items()}
    stretches: dict[str, list[Stretch]] = {camera: [[] for _ in spread] for camera, spread in places.items()}
    met: defaultdict[str, int] = defaultdict(int)
    for frame in _list_frames(record):
        place, camera = met[frame.camera], frame.camera
        met[camera] += 1
        for stretch, span in zip(stretches[camera], places[camera], strict=True):
            if place in span:
                stretch.append(frame)
    return stretches


def count_steps(stretches: Mapping[str, list[Stretch]]) -> int:
    """Return how many frames there are in all."""
    return sum(len(stretch) for camera in stretches.values() for stretch in camera)


def _spread(number: int) -> list[range]:
    if number <= STRETCHES * LENGTH:
        return [range(number)]
    starts = (place * (number - LENGTH) // (STRETCHES - 1) for place in range(STRETCHES))
    return [range(start, start + LENGTH) for start in starts]


def _list_frames(record: Record) -> Iterator[Frame]:
    """Yield the whole frames of pictures that came in order."""
    for decision in record.decisions():
        if decision.verdict is not Verdict.SKIP and decision.order is not Order.LATE and decision.frame.offset is None:
            yield decision.frame
