"""What a page says of one camera."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any

from framesift.errors import counted, show
from framesift.filtering.manifest import Record, read_decisions
from framesift.filtering.selection import Verdict
from framesift.frames.naming import Naming
from framesift.looking.events import Event
from framesift.looking.page import encode_json, escape
from framesift.looking.report.album import Album, choose_width
from framesift.looking.report.gallery import Gallery
from framesift.looking.report.lights import tell_lights
from framesift.looking.report.marks import as_marks, legend
from framesift.looking.report.ranking import choose_drops, count_ranked
from framesift.looking.report.survey import EDGES, TRIED, CameraSurvey, Item, Walk, Way, way_of
from framesift.looking.report.views import View
from framesift.looking.rereading import Sights


class Section:
    """Writes one camera's part of a page, with at most `room` bytes of pictures and `most` pairs of each verdict.

    Of at most `looks` frames the light is told. `places` are the addresses of the folders where the page finds the
    frames themselves. `step` is called for each decision that is shown or compared. `events` are those of the camera,
    where they are known.
    """

    def __init__(
        self,
        record: Record,
        camera: CameraSurvey,
        number: int,
        room: int,
        most: int,
        looks: int,
        places: list[str],
        step: Callable[[], object] = lambda: None,
        events: list[Event] | None = None,
    ) -> None:
        self._record, self._step, self._events = record, step, events
        self._camera = camera
        self._number = number
        self._album = Album(room, number)
        self._room = room
        self._most = most
        self._lit = camera.lit.items(looks)
        # A browser does not know the range in which the 16 bits of a camera were read.
        self._places = [] if record.levels.get(camera.summary.camera) else places
        self._drops, self._keeps = camera.drops.items()[: TRIED * most], camera.keeps.items()[:most]
        self._changes = camera.changes.items(most)
        self._contacts = min(most + 10, camera.summary.verdicts[Verdict.KEEP])
        pairs = self._drops[:most] + self._keeps + self._changes
        shown = {item.decision.frame.path for item in pairs} | {item.decision.reference for item in pairs}
        pictures = min(len(shown) + self._contacts, camera.summary.frames)
        sizes = camera.summary.sizes.most_common(1)
        width = choose_width(room, pictures, sizes[0][0] if sizes else (4, 3))
        self._sights = Sights(record)
        self._gallery = Gallery(record, camera.summary.camera, width, self._sights)
        self._views: dict[int, View] = {}

    @property
    def used(self) -> int:
        """The bytes that the pictures came to."""
        return self._room - self._album.room

    def write(self, workers: Executor) -> Iterator[str]:
        """Yield the section piece by piece."""
        number, summary = self._number, self._camera.summary
        name = escape(summary.camera)
        yield f'<section class="panel camera" id="camera-{number}" data-camera="{name}" '
        yield f'aria-labelledby="name-{number}">\n'
        line = escape(_describe(self._camera, self._record.settings.naming))
        yield f'<h2 id="name-{number}">{name}</h2>\n<p>{line}</p>\n'
        yield from self._skipped()
        yield f'<h3>Scores over time</h3>\n{_legend(bool(self._changes), self._events)}<div class="timeline"></div>\n'
        yield '<div class="film" role="group" aria-label="kept frames in order"></div>\n'
        yield '<div class="filter" role="group" aria-label="which frames are shown"></div>\n<div class="hours"></div>\n'
        contacts: list[Item] = []
        yield from self._frames(contacts, workers)
        drops = choose_drops(self._record, self._drops, self._most, workers, self._step, self._sights)
        self._views = self._gallery.draw(contacts, self._changes + drops + self._keeps, workers, self._step)
        yield from self._contact_sheet(contacts)
        yield from self._whole_changes()
        yield "<h3>What would I lose?</h3>\n"
        yield from self._pairs(drops, "dropped", "nearest below")
        yield from self._pairs(self._keeps, "kept", "nearest above")
        yield (
            '<h3>How the scores are spread</h3>\n<p class="faint">Frames by score, in multiples of the threshold: '
            'dropped to the left of 1, kept to the right.</p>\n<div class="histogram"></div>\n'
            '<details class="table"><summary>All frames, one by one</summary></details>\n</section>\n'
        )

    def _skipped(self) -> Iterator[str]:
        number = self._camera.summary.verdicts[Verdict.SKIP]
        if not number:
            return
        yield f'<details><summary class="skipped">{counted(number, "file")} skipped</summary>\n<ul>\n'
        for decision in self._camera.skips:
            yield f"<li>{escape(decision.frame.path)}: {escape(decision.reason)}</li>\n"
        if number > len(self._camera.skips):
            yield f"<li>and {number - len(self._camera.skips)} more: see all frames, below</li>\n"
        yield "</ul></details>\n"

    def _lights(self, workers: Executor) -> list[tuple[int, str]]:
        """Return rows of frames from all over the run, each with its light."""
        lights = tell_lights(self._record, self._lit, workers)
        return [(lit.row, str(light)) for lit, light in zip(self._lit, lights, strict=True) if light]

    def _frames(self, contacts: list[Item], workers: Executor) -> Iterator[str]:
        """Yield the data of all frames, as they are read again; note in `contacts` those of the contact sheet."""
        camera = self._camera
        places: dict[Way | None, int] = {way: place for place, way in enumerate(camera.scales)}
        head = {
            "camera": camera.summary.camera,
            "timed": camera.has_times,
            "zone": self._record.settings.timezone,
            "places": self._places,
            "events": as_marks(self._events or []),
            "sizes": [[*scale.size, scale.limit, scale.area] for scale in camera.scales.values()],
            "histogram": {"edges": EDGES, "dropped": camera.dropped, "kept": camera.kept},
            "lights": self._lights(workers),
            "columns": ["path", "time", "score", "verdict", "size", "reference", "reason", "extent"],
        }
        yield f'<script type="application/json" id="frames-{self._number}">{encode_json(head)[:-1]},"rows":[\n'
        separator = ""
        kept, number = -1, camera.summary.verdicts[Verdict.KEEP]
        for item in self._read_again():
            yield separator + encode_json(_row(item, places.get(way_of(self._record.settings, item.decision))))
            separator = ",\n"
            if item.decision.verdict is Verdict.KEEP:
                kept += 1
                if kept == 0 or kept * self._contacts // number != (kept - 1) * self._contacts // number:
                    contacts.append(item)
        yield "]}</script>\n"

    def _read_again(self) -> Iterator[Item]:
        walk = Walk(self._record, self._camera.scales)
        for start, end in self._camera.blocks:
            for decision in read_decisions(self._record.path, start, end):
                yield walk.step(decision)

    def _pairs(self, items: list[Item], verdict: str, where: str) -> Iterator[str]:
        """Yield the most doubtful decisions of one verdict, each beside its reference."""
        scored = sum(self._camera.dropped if verdict == "dropped" else self._camera.kept)
        if not items:
            yield f'<p class="faint">No frame that was compared was {verdict}.</p>\n'
            return
        many = f"The {len(items)} most doubtful of {scored}" if scored > len(items) else f"All {scored}"
        is_open = " open" if verdict == "dropped" else ""
        yield (
            f"<details{is_open}><summary><h4>{many} {verdict} frames: score {where} the threshold</h4></summary>\n"
            f"{_OUTLINES}{_RANKED if verdict == 'dropped' and not all(item.decision.score for item in items) else ''}"
        )
        yield from self._show_pairs(items)

    def _show_pairs(self, items: list[Item]) -> Iterator[str]:
        """Yield the rest of an opened list of decisions, each beside its reference."""
        yield '<ol class="grid pairs">\n'
        for item in items:
            yield from self._show(self._views[item.row])
        yield "</ol></details>\n"

    def _whole_changes(self) -> Iterator[str]:
        """Yield frames whose whole picture has changed, or that were left out, each beside its reference."""
        summary = self._camera.summary
        if not self._changes:
            return
        number = self._camera.changes.met
        some = (
            f"{len(self._changes)} of {number}, from all over the run"
            if number > len(self._changes)
            else f"All {number}"
        )
        left_out = f", {summary.left_out} of them left out" if summary.left_out else ""
        yield (
            "<h3>When the whole picture changed</h3>\n"
            '<p class="faint">The camera was moved, covered or blinded, it switched to infra-red, '
            "or the transmission was torn.</p>\n"
            f"<details><summary><h4>{some}{left_out}</h4></summary>\n"
        )
        yield from self._show_pairs(self._changes)

    def _contact_sheet(self, items: list[Item]) -> Iterator[str]:
        kept = self._camera.summary.verdicts[Verdict.KEEP]
        yield "<h3>Kept frames</h3>\n"
        if kept > len(items):
            yield f'<p class="faint">{len(items)} of {kept}, evenly spread over the run.</p>\n'
        yield '<ol class="grid contacts">\n'
        for item in items:
            yield from self._show(View.of_kept(item, self._record.settings.naming))
        yield "</ol>\n"

    def _show(self, view: View) -> Iterator[str]:
        """Yield a view, after the pictures that the page does not have yet."""
        names: list[str] = []
        for picture in view.pictures:
            name, content = self._album.find(picture.key), self._gallery.pictures.get(picture.key, "")
            if name is None and isinstance(content, bytes):
                name, block = self._album.add(picture.key, content)
                yield block
            reason = content if isinstance(content, str) else "this page had no room for it"
            names.append(picture.markup(name, reason, view.item.decision.size or (4, 3)))
        yield view.markup(names)


_OUTLINES = (
    '<p class="faint">Left: the reference. Right: the frame, with what changed: <span class="skipped">red</span> '
    'counts, <span class="limit">yellow</span> does not count, what is dimmed is not compared.</p>\n'
)
_RANKED = (
    '<p class="faint">Where no score says which of them are doubtful, those come first in which the largest region '
    "has changed that does not count, of some from all over the run.</p>\n"
)


def count_pictures(camera: CameraSurvey, most: int) -> int:
    """Return how often `step` is called by a section with so many pairs of each verdict."""
    drops = camera.drops.items()[: TRIED * most]
    shown = min(most, len(drops)) + min(most, len(camera.keeps.items())) + len(camera.changes.items(most))
    return shown + count_ranked(drops, most) + min(most + 10, camera.summary.verdicts[Verdict.KEEP])


def _legend(with_changes: bool, events: list[Event] | None) -> str:
    whole = '<li class="whole"><span aria-hidden="true">◇</span> around it: the whole picture changed, or left out</li>'
    return (
        '<ul class="legend"><li class="keep"><span aria-hidden="true">●</span> kept</li>'
        '<li class="drop"><span aria-hidden="true">●</span> dropped</li>'
        '<li class="keep"><span aria-hidden="true">┃</span> first frame: kept, compared with none</li>'
        '<li class="skipped"><span aria-hidden="true">○</span> skipped, at the bottom</li>'
        f"{whole if with_changes else ''}{legend(events)}"
        '<li class="limit"><span aria-hidden="true">╌</span> threshold</li></ul>\n'
    )


def _describe(camera: CameraSurvey, naming: Naming) -> str:
    return camera.summary.line(naming).removeprefix(f"{show(camera.summary.camera)}: ")


def _row(item: Item, place: int | None) -> list[Any]:
    """Return the values of a frame in the order of the columns; its reference is a row, or a path that has none.

    The last two are there where the reason says more than score and threshold.
    """
    decision, time = item.decision, item.decision.frame.time
    moment = None if time is None else time.timestamp()
    row: list[Any] = [
        decision.frame.path,
        int(moment) if moment is not None and moment == int(moment) else moment,
        decision.score,
        str(decision.verdict),
        place,
        item.reference_row if item.reference_row is not None else decision.reference,
    ]
    if decision.extent is not None:
        return [*row, decision.reason, decision.extent]
    return [*row, decision.reason] if decision.score is None else row
