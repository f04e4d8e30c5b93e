"""What the lines of earlier runs come to: counted, and where each camera stands."""

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from framesift.filtering.clocks import CONFIRMED
from framesift.filtering.earlier_lines import Row, as_size, as_time
from framesift.filtering.selection import WHOLE, Verdict
from framesift.filtering.summary import NAMED, CameraSummary, Summary
from framesift.frames.levels import Levels

_MOST_RECENT = 64
VERDICTS = {verdict.encode("ascii"): verdict for verdict in Verdict}
Chain = tuple[bytes, bytes]
"""Camera and size, JSON; `null` for every size where they are compared at one."""


@dataclass(slots=True)
class Tally:
    """The frames of one size of one camera."""

    verdicts: Counter[bytes] = field(default_factory=Counter)
    first: bytes = b""
    last: bytes = b""
    """Times as text; empty where no frame has one."""
    examples: list[bytes] = field(default_factory=list)
    whole: int = 0
    """Frames whose whole picture has changed."""
    left_out: int = 0
    faults: int = 0
    """Frames whose clock was wrong."""
    again: int = 0
    """Lines that stand in place of one that skipped a file."""
    gaps: int = 0
    away: float = 0.0
    """Seconds, of all gaps of a stream."""


@dataclass(slots=True)
class Special:
    """Rows of which more is known than what was decided."""

    recent: dict[bytes, list[Row]] = field(default_factory=dict)
    """Of each camera, the last frames that came in order and have a time: `CONFIRMED` and one, or more."""
    faults: dict[bytes, list[Row]] = field(default_factory=dict)
    """The frames of another, wrong time since."""
    films: dict[bytes, bytes] = field(default_factory=dict)
    """The offset of the last frame of each film, by the beginning of its path in JSON."""
    last: dict[bytes, Row] = field(default_factory=dict)
    """The last frame of each camera."""
    refreshed: dict[bytes, Row] = field(default_factory=dict)
    """The last frame of each file that has held more than one."""


def count_rows(
    rows: Iterable[Row],
    tallies: dict[tuple[bytes, bytes], Tally],
    special: Special,
) -> None:
    """Count rows, in the fewest steps for each. Times in UTC compare as text."""
    recent, faults = special.recent, special.faults
    for row in rows:
        path, camera, time, verdict, size, _, offset, extent, _, source, order, again, gap = row
        if offset:
            special.films[path[: path.rfind(b"/")]] = offset
        if time == b"null":
            pass
        elif not order:
            if (known := recent.get(camera)) is None:
                recent[camera] = [row]
            else:
                known.append(row)
                if len(known) > _MOST_RECENT:
                    del known[: -CONFIRMED - 1]
            if camera in faults:
                del faults[camera]
        elif order == b"clock fault":
            faults.setdefault(camera, []).append(row)
        special.last[camera] = row
        if source:
            special.refreshed[source] = row
        if (tally := tallies.get((camera, size))) is None:
            tally = tallies[camera, size] = Tally()
        tally.verdicts[verdict] += 1
        if len(tally.examples) < NAMED:
            tally.examples.append(path)
        if again:
            tally.again += 1
        if gap:
            tally.gaps, tally.away = tally.gaps + 1, tally.away + float(gap)
        if order and order == b"clock fault":
            tally.faults += 1
        elif time != b"null":
            tally.first, tally.last = min(time, tally.first or time), max(time, tally.last)
        if extent:
            tally.whole += float(extent) >= WHOLE
            tally.left_out += verdict == b"drop"


def count_references(
    rows: Iterable[Row],
    chains_of: Callable[[bytes], tuple[bool, int]],
    kept: dict[Chain, deque[bytes]],
    left_out: dict[Chain, bytes],
) -> None:
    """Note the last kept frames of each chain, and what has been left out since, in the fewest steps.

    `chains_of` a camera, JSON, says whether it has one chain, and how many kept frames of it are asked for."""
    for path, camera, _, verdict, size, _, _, extent, _, _, order, _, _ in rows:
        if order and order == b"late":
            continue
        if verdict == b"keep":
            one_chain, against = chains_of(camera)
            chain = camera, b"null" if one_chain else size
            if (paths := kept.get(chain)) is None:
                paths = kept[chain] = deque(maxlen=against)
            paths.append(path)
            left_out.pop(chain, None)
        elif extent and verdict == b"drop" and (chain := (camera, b"null" if chains_of(camera)[0] else size)) in kept:
            left_out[chain] = path


def sum_up(tallies: dict[tuple[bytes, bytes], Tally], levels: dict[str, Levels], summary: Summary) -> None:
    """Add what was counted to a summary."""
    for (name, pixels), tally in tallies.items():
        camera = json.loads(name)
        known = summary.cameras.setdefault(camera, CameraSummary(camera))
        known.levels = levels.get(camera)
        known.verdicts.update({VERDICTS[verdict]: count for verdict, count in tally.verdicts.items()})
        known.verdicts[Verdict.SKIP] -= tally.again
        known.faults += tally.faults
        known.gaps, known.away = known.gaps + tally.gaps, known.away + tally.away
        known.whole, known.left_out = known.whole + tally.whole, known.left_out + tally.left_out
        if tally.last:
            times = [time for time in (known.first, known.last, as_time(tally.first), as_time(tally.last)) if time]
            known.first, known.last = min(times), max(times)
        if size := as_size(pixels):
            known.sizes[size] += tally.verdicts.total()
            known.examples.setdefault(size, []).extend(json.loads(path) for path in tally.examples)
