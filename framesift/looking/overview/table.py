"""The overview for a terminal of 100 columns: a row for each camera, then what is odd about it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from framesift.errors import counted, show
from framesift.frames.light import Light
from framesift.frames.names.doubts import find_doubts
from framesift.frames.naming import Naming
from framesift.looking.overview.camera import CameraOverview, is_tiny
from framesift.looking.overview.contrast import describe_contrast
from framesift.looking.overview.names import tally_names
from framesift.looking.overview.sightings import Sighting
from framesift.looking.overview.times import Interval

_NAMED = 5
"""So many oddities of a kind are named."""
_CAMERA = 20
_MINUTE = "%Y-%m-%d %H:%M"
_HEADINGS = ("camera", "frames", "unreadable", "size", "first", "last", "median interval")
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def format_table(cameras: Sequence[CameraOverview]) -> list[str]:
    """Return the lines of the table, then a paragraph for each camera with oddities."""
    headings = name_zone(_HEADINGS, cameras)
    rows = [headings, *map(_row, cameras)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(headings))]
    lines = [_align(row, widths) for row in rows]
    for camera in cameras:
        lines += ["", f"{show(camera.camera)}:", *(f"  {line}" for line in describe(camera))]
    if doubts := find_name_doubts(cameras):
        lines += ["", *doubts]
    return lines


def find_name_doubts(cameras: Sequence[CameraOverview]) -> list[str]:
    """Return a line for each thing that looks wrong in how names were read."""
    return list(find_doubts(tally_names(s.frame for camera in cameras for s in camera.sightings)))


def name_zone(headings: Sequence[str], cameras: Sequence[CameraOverview]) -> tuple[str, ...]:
    """Return the headings of a table, with the zone in which its times are shown where that was asked for."""
    zone = cameras[0].naming.zone_name if cameras else ""
    return tuple(f"{heading}{zone}" if heading in ("first", "last") else heading for heading in headings)


def describe(camera: CameraOverview) -> Iterator[str]:
    """Yield a line for each kind of thing there is to say, the most serious first."""
    yield from _list("unreadable", (f"{show(s.frame.path)} ({s.problem})" for s in camera.unreadable))
    if len(camera.sizes) > 1:
        yield "sizes: " + ", ".join(f"{w}x{h} {count}" for (w, h), count in camera.sizes.most_common())
    odd = (f"{show(s.frame.path)} ({_size(s.size)}{', tiny' if is_tiny(s) else ''})" for s in camera.odd_sized)
    yield from _list("odd size", odd)
    changed = (f"{show(s.frame.path)} ({_extent(s)} of it)" for s in camera.changes)
    yield from _list("whole picture changed", changed)
    faults = (f"{f.words}{f.describe_times(camera.naming, _MINUTE)}: {show(f.path)}" for f in camera.faults)
    yield from _list("camera health", faults)
    if without := len(camera.sightings) - len(camera.times):
        yield f"without a time: {counted(without, 'frame')}"
    if camera.intervals:
        usual = camera.intervals
        yield f"intervals: mean {format_duration(usual.mean)}, median {format_duration(usual.median)}"
        yield from _list("gaps", map(_describe_interval, usual.gaps))
        short = [interval for interval in usual.outliers if interval.seconds < usual.least]
        yield from _list("short intervals", map(_describe_interval, short))
    yield from _list("equal times", (", ".join(show(f.path) for f in twins) for _, twins in camera.equal_times))
    faults = (f"{show(frame.path)} ({frame.time:%Y-%m-%d %H:%M})" for frame in camera.clock_faults)
    yield from _list("clock fault", faults)
    yield from _list("clock set back", map(_describe_interval, camera.clock_jumps))
    yield from _list("same bytes", (f"{show(r.frame.path)} as {show(r.earlier.path)}" for r in camera.repeats))
    yield from describe_contrast(camera.sightings)
    if camera.light:
        yield describe_light(camera)


def describe_light(camera: CameraOverview) -> str:
    """Return how many frames were taken by which light, and how bright they are."""
    levels = [sighting.brightness for sighting in camera.sightings if sighting.brightness is not None]
    words = {Light.DAY: "day", Light.NIGHT: "night", Light.INFRARED: "infra-red or without colour"}
    counts = ", ".join(f"{words[light]} {camera.light[light]}" for light in Light if camera.light[light])
    return f"light: {counts}; brightness {min(levels):.0f} to {max(levels):.0f}, mean {sum(levels) / len(levels):.0f}"


def format_duration(seconds: float) -> str:
    """Write a duration with its two largest units: `5 min 45 s`, `2 d 4 h`, `0.16 s`."""
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    if seconds < 10:
        return f"{sign}{seconds:.3g} s"
    rest = round(seconds)
    parts = []
    for length, unit in _UNITS:
        parts.append((rest // length, unit))
        rest %= length
    largest = next(number for number, (count, _) in enumerate(parts) if count)
    return sign + " ".join(f"{count} {unit}" for count, unit in parts[largest : largest + 2] if count)


def format_time(time: datetime, naming: Naming) -> str:
    """Write a time to the second, as the clocks of the zone of `naming` show it."""
    return naming.show(time, "%Y-%m-%d %H:%M:%S")


def _row(camera: CameraOverview) -> tuple[str, ...]:
    name, sizes, times = show(camera.camera), camera.sizes.most_common(), camera.times
    more = f" +{len(sizes) - 1}" if len(sizes) > 1 else ""
    return (
        name if len(name) <= _CAMERA else name[: _CAMERA - 1] + "…",
        str(len(camera.sightings)),
        str(len(camera.unreadable)),
        _size(sizes[0][0]) + more if sizes else "-",
        camera.naming.show(times[0]) if times else "-",
        camera.naming.show(times[-1]) if times else "-",
        format_duration(camera.intervals.median) if camera.intervals else "-",
    )


def _align(row: Sequence[str], widths: Sequence[int]) -> str:
    numbers = (1, 2)
    cells = (c.rjust(w) if i in numbers else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
    return "  ".join(cells).rstrip()


def _list(kind: str, items: Iterable[str]) -> Iterator[str]:
    named = list(items)
    if not named:
        return
    yield f"{kind}: {len(named)}"
    yield from (f"  {item}" for item in named[:_NAMED])
    if len(named) > _NAMED:
        yield f"  and {len(named) - _NAMED} more: --json and --report have all"


def _describe_interval(interval: Interval) -> str:
    return f"{format_duration(interval.seconds)} before {show(interval.after.path)}"


def _extent(sighting: Sighting) -> str:
    return f"{100 * (sighting.extent or 0):.0f}%"


def _size(size: tuple[int, int] | None) -> str:
    return f"{size[0]}x{size[1]}" if size else "-"
