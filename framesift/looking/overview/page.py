"""The overview as a page: for each camera a timeline and a picture of everything odd."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from framesift.errors import PathLike, counted, show
from framesift.frames.frame import Frame
from framesift.frames.light import Light
from framesift.looking.overview.camera import CameraOverview, is_tiny
from framesift.looking.overview.contrast import describe_contrast
from framesift.looking.overview.sightings import Sighting
from framesift.looking.overview.table import describe_light, find_name_doubts, format_duration, format_time, name_zone
from framesift.looking.overview.times import Interval
from framesift.looking.page import CHARTS, embed_json, escape, write_page
from framesift.looking.page.thumbnails import draw_thumbnail

_SHOWN = 60
"""So many oddities of a kind are shown with a picture: enough to see what is wrong, and the page stays light."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """A frame that somebody should look at."""

    frame: Frame
    caption: str


def write_overview(path: PathLike, directory: PathLike, cameras: Sequence[CameraOverview], cost: str) -> None:
    """Write the page. Raises UsageError where `path` is a file that is not ours, StorageError."""
    title = f"Overview of {show(os.path.basename(os.path.abspath(os.fsdecode(directory))))}"
    write_page(path, title, _body(title, directory, cameras, cost), (CHARTS, "comparer.js", "overview.js"))


def find_oddities(camera: CameraOverview) -> dict[str, list[Oddity]]:
    """Return what is odd about a camera's frames, by kind; only kinds that occur."""
    usual = camera.intervals
    outliers = usual.outliers if usual else []
    frames = {sighting.frame.path: sighting.frame for sighting in camera.sightings}
    kinds = {
        "Unreadable": [Oddity(s.frame, s.problem) for s in camera.unreadable],
        "Odd size": [
            Oddity(s.frame, f"{s.size[0]}x{s.size[1]}{', tiny' * is_tiny(s)}") for s in camera.odd_sized if s.size
        ],
        "Whole picture changed": [
            Oddity(s.frame, f"{100 * (s.extent or 0):.0f} % of it, since the frame before") for s in camera.changes
        ],
        "After a gap": [_after(gap) for gap in (usual.gaps if usual else [])],
        "Short interval": [_after(i) for i in outliers if usual and i.seconds < usual.least],
        "Equal time": [
            Oddity(f, format_time(time, camera.naming)) for time, twins in camera.equal_times for f in twins
        ],
        "Clock fault": [Oddity(f, camera.naming.show(f.time)) for f in camera.clock_faults if f.time],
        "Camera health": [
            Oddity(frames[fault.path], f"{fault.words}{fault.describe_times(camera.naming)}") for fault in camera.faults
        ],
        "Clock set back": [_after(jump) for jump in camera.clock_jumps],
        "Same bytes": [Oddity(r.frame, f"same bytes as {show(r.earlier.path)}") for r in camera.repeats],
    }
    return {kind: oddities for kind, oddities in kinds.items() if oddities}


def _after(interval: Interval) -> Oddity:
    return Oddity(interval.after, f"{format_duration(interval.seconds)} after {show(interval.before.path)}")


def _body(title: str, directory: PathLike, cameras: Sequence[CameraOverview], cost: str) -> Iterator[str]:
    cost = cost.removeprefix("total: ").partition(" (--headers")[0]  # on a page nobody types an option
    yield f'<main id="content">\n<h1>{escape(title)}</h1>\n<p class="faint">{escape(cost)}</p>\n'
    yield from _draw_table(cameras)
    for doubt in find_name_doubts(cameras):
        yield f'<p class="skipped">{escape(doubt)}</p>\n'
    for number, camera in enumerate(cameras):
        yield f'<section class="panel" id="camera-{number}">\n<h2>{escape(camera.camera)}</h2>\n{_describe(camera)}'
        oddities = find_oddities(camera)
        yield _draw_timeline(number, camera, oddities)
        for kind, found in oddities.items():
            yield from _draw_oddities(kind, found, directory)
        yield "</section>\n"
    yield "</main>\n"


def _draw_table(cameras: Sequence[CameraOverview]) -> Iterator[str]:
    headings = ("camera", "frames", "unreadable", "sizes", "first", "last", "median interval")
    yield (
        '<div class="panel wide cells" tabindex="0" role="region" aria-label="cameras"><table class="stacked">\n'
        "<thead><tr>"
        + "".join(f"<th>{escape(heading)}</th>" for heading in name_zone(headings, cameras))
        + "</tr></thead>\n"
    )
    for number, camera in enumerate(cameras):
        cells = (
            f'<a href="#camera-{number}">{escape(camera.camera)}</a>',
            str(len(camera.sightings)),
            f'<span class="skipped">{len(camera.unreadable)}</span>' if camera.unreadable else "0",
            _describe_sizes(camera),
            *(
                (format_time(camera.times[0], camera.naming), format_time(camera.times[-1], camera.naming))
                if camera.times
                else ("", "")
            ),
            format_duration(camera.intervals.median) if camera.intervals else "",
        )
        labelled = zip(headings, cells, strict=True)
        yield "<tr>" + "".join(f'<td data-label="{name}">{cell}</td>' for name, cell in labelled) + "</tr>\n"
    yield "</table></div>\n"


def _describe(camera: CameraOverview) -> str:
    lines = [f"{counted(len(camera.sightings), 'frame')}; {_describe_sizes(camera) or 'none of them readable'}"]
    if camera.intervals:
        mean, middle = format_duration(camera.intervals.mean), format_duration(camera.intervals.median)
        lines.append(f"interval: mean {mean}, median {middle}")
    if without := len(camera.sightings) - len(camera.times):
        lines.append(f"without a time: {counted(without, 'frame')}")
    lines += describe_contrast(camera.sightings)
    if camera.light:
        lines.append(describe_light(camera))
    return "".join(f"<p>{line}</p>\n" for line in lines)


def _describe_sizes(camera: CameraOverview) -> str:
    return ", ".join(f"{width}x{height}: {count}" for (width, height), count in camera.sizes.most_common())


def _draw_timeline(number: int, camera: CameraOverview, oddities: dict[str, list[Oddity]]) -> str:
    """Return the place of the chart and its data: seconds since 1970, brightness or else the interval in seconds."""
    frames = [s.frame for s in camera.sightings if s.frame.time]
    if camera.intervals is None:  # one time is no line
        return ""
    by_light = {
        str(light): [s.brightness if which is light else None for s, which in _timed(camera)] for light in Light
    }
    values = {name: column for name, column in by_light.items() if any(v is not None for v in column)}
    heights = [s.brightness or 0 for s, _ in _timed(camera)]
    if not values:
        heights = [0, *(Interval(*pair).seconds for pair in pairwise(frames))]
        values = {"interval": [*heights]}
    marks = {kind: {oddity.frame.path for oddity in found} for kind, found in oddities.items()}
    data = {
        "x": [frame.time.timestamp() for frame in frames if frame.time],
        "values": values,
        "marks": {
            kind: [height if frame.path in paths else None for frame, height in zip(frames, heights, strict=True)]
            for kind, paths in marks.items()
        },
        "names": [show(frame.path) for frame in frames],
        "zone": camera.naming.timezone,
        "unit": "seconds" if "interval" in values else "brightness",
    }
    return f'<div class="chart" data-chart="data-{number}"></div>\n' + embed_json(f"data-{number}", data)


def _timed(camera: CameraOverview) -> Iterator[tuple[Sighting, Light | None]]:
    return ((s, light) for s, light in zip(camera.sightings, camera.lights, strict=True) if s.frame.time)


def _draw_oddities(kind: str, oddities: list[Oddity], directory: PathLike) -> Iterator[str]:
    yield f'<h3>{kind}: {len(oddities)}</h3>\n<ul class="grid">\n'
    for oddity in islice(oddities, _SHOWN):
        picture = draw_thumbnail(os.path.join(os.fsdecode(directory), oddity.frame.path), oddity.frame.path)
        caption = f"{escape(oddity.frame.path)}<br>{escape(oddity.caption)}"
        yield f"<li><figure>{picture}<figcaption>{caption}</figcaption></figure></li>\n"
    yield "</ul>\n"
    if len(oddities) > _SHOWN:
        yield f'<p class="faint">and {len(oddities) - _SHOWN} more: <code>--json</code> has all</p>\n'
