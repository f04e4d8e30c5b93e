"""Films that arrive: each is walked once it is finished, in the order of its camera, between looks at pictures.

A film that is being recorded grows, so one that has not changed for `PATIENCE` seconds is finished. What comes after it
of its camera, pictures and films, waits for it.
"""

import os
from collections.abc import Iterable, Iterator
from itertools import chain

from framesift.errors import PathLike, show
from framesift.filtering.arrivals import PATIENCE, Arrivals, Tell
from framesift.filtering.describing import View
from framesift.filtering.films import Films
from framesift.filtering.selection import Decision
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.filtering.sources import LATE_HINT, describe_fault
from framesift.filtering.waiting import File, Folder
from framesift.frames.frame import AFTER_ALL, Frame, order_key
from framesift.frames.videos import Film, Still, name_film

State = tuple[int, int]


def open_arrivals(directory: PathLike, settings: Settings, tell: Tell) -> Arrivals:
    """Return the source that goes on: of pictures, with `every` of films too."""
    return (Arrivals if settings.every is None else FilmArrivals)(directory, settings, tell)


class FilmArrivals(Arrivals):
    """The pictures of a folder and the frames of its films, as they arrive."""

    _finished: list[Film]
    """Those that can be walked now, in order."""

    def find(self, sink: Sink) -> None:
        """Refuse a folder that cannot be listed now."""
        super().find(sink)
        self._walked: dict[str, State] = {}
        """In which state each film was that has been walked."""
        self._seen: dict[str, tuple[State, float]] = {}
        """In which state each film that is waited for was seen last, and since when it is so."""

    def rounds(self) -> Iterator[Iterable[Frame | Still]]:
        """Yield what can be decided, look after look: the pictures, then the films that are finished."""
        for pictures in super().rounds():
            yield pictures
            if self._finished:
                yield from self._walk(self._finished)

    def look(self) -> list[Frame]:
        """Return the pictures that can be decided now, in total order, and note which films can."""
        self._starts: dict[str, list[Film]] = {}
        """By camera, the films that are waited for."""
        now = self._clock()
        for path in list(self._seen):
            self._examine_film(path, now)
        self._finished = sorted(self._find_finished(now), key=lambda film: order_key(film.frame))
        ready = super().look()
        if self._round_at >= now:  # all folders have been listed just now
            there = set(chain.from_iterable(folder.films for folder in self._folders.values()))
            self._walked = {path: state for path, state in self._walked.items() if path in there}
        return ready

    def take_overdue(self) -> Iterator[Frame | Still]:
        """Yield what is overdue: the pictures, or of films that are being walked those."""
        yield from super().take_overdue() if self._films is None else self._films.take_overdue()

    def describe(self, decision: Decision, late: bool = False) -> Decision:
        """Return a decision with what is known of how its frame came."""
        if self._films is not None and self._is_of_film(decision.frame):
            return self._films.describe(decision, late)
        return super().describe(decision, late)

    def settle(self, frame: Frame) -> None:
        """Leave a picture out from now on: it is decided."""
        if not self._is_of_film(frame):
            super().settle(frame)

    _films: Films | None = None
    """What walks the films of this round."""
    _walking: frozenset[str] = frozenset()

    def _walk(self, films: list[Film]) -> Iterator[Iterable[Frame | Still]]:
        states = {film.path: self._seen.pop(film.path)[0] for film in films}
        self._walking, self._films = frozenset(states), Films(self.directory, self.settings)
        self._held.clear()
        self._films.find_films([film.path for film in films], self._sink)
        self._tell_order(self._films)
        yield from self._films.rounds()
        for path in self._films.replaced:
            self._tell(self._at(path), "holds another film than the one that was decided: left; give it another name")
        self.passage.include(self._films.passage)
        self.replaced += self._films.replaced
        self._walked |= states
        self._films, self._walking = None, frozenset()

    def _tell_order(self, films: Films) -> None:
        for frame in films.late:
            what = f"begins before a frame of camera {show(frame.camera)} that was decided: left; {LATE_HINT}"
            self._tell(self._at(frame.file), what)
        for frame in films.faults:
            self._tell(self._at(frame.file), f"clock fault: {describe_fault(frame)}")

    def _list_folder(self, path: str, known: Folder | None, now: float, whole_round: bool) -> Folder:
        folder = super()._list_folder(path, known, now, whole_round)
        for film in folder.films if folder is not known else ():
            state = self._state(film)
            if state is not None and film not in self._seen and self._walked.get(film) != state:
                self._seen[film] = state, now
        return folder

    def _examine_film(self, path: str, now: float) -> None:
        state = self._state(path)
        if state is None:
            del self._seen[path]
            return
        if self._seen[path][0] != state:
            self._seen[path] = state, now
        film = name_film(path, self.settings.naming)
        self._starts.setdefault(film.camera, []).append(film)

    def _find_finished(self, now: float) -> Iterator[Film]:
        """Yield the films that can be walked: of a camera none that begins after one that is waited for."""
        for films in self._starts.values():
            for film in sorted(films, key=lambda film: order_key(film.frame)):
                if now - self._seen[film.path][1] < PATIENCE:
                    break
                yield film

    def _is_ready(self, file: File, now: float) -> bool:
        """A picture waits for the films of its camera that begin before it."""
        taken_at = file.frame.time or AFTER_ALL
        films = self._starts.get(file.frame.camera, ())
        return super()._is_ready(file, now) and not any((film.start or AFTER_ALL) < taken_at for film in films)

    def _is_final(self, view: View) -> bool:
        return self._is_of_film(view.frame) or super()._is_final(view)

    def _is_of_film(self, frame: Frame) -> bool:
        return frame.file in self._walking

    def _at(self, path: str) -> str:
        return os.path.join(self.directory, path)
