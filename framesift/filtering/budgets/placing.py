"""What is placed of a frame that was decided after it was looked at: its bytes are read again, and decoded are none.

Frames of films have no bytes of their own: those that are kept are decoded once more, a film from its beginning on.
"""

from collections.abc import Generator
from dataclasses import replace

from framesift.errors import StorageError
from framesift.filtering.chunks.walking import Row, fetch_view, state_of
from framesift.filtering.describing import View, sampling_of
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.frames.videos import Still, name_film, walk_stills
from framesift.stores import join
from imaging_interview import Image

CHANGED = "changed between being looked at and being kept: the same command goes on"


class Placing:
    """Fetches what a sink needs of decided frames."""

    def __init__(self, directory: str, settings: Settings, sink: Sink) -> None:
        self._directory, self._settings, self._sink = directory, settings, sink
        self._film, self._stills = "", self._walk("")

    def fetch(self, seen: View, decision: Decision) -> View:
        """Return what was seen of a frame with what the sink needs of it. Raises StorageError where it has changed."""
        if decision.frame.offset is not None:
            kept = decision.verdict is Verdict.KEEP and self._sink.takes_stills
            return replace(seen, pixels=self._decode(decision)) if kept else seen
        state = None if seen.stat is None else state_of(seen.stat)
        row = Row(decision, seen.chain, state, seen.exposure, seen.file)
        view = fetch_view(row, self._directory, self._sink.takes_content, self._sink.takes_status)
        if view is None:
            raise StorageError(CHANGED, join(self._directory, decision.frame.path))
        return view

    def close(self) -> None:
        """Close the film that is open."""
        self._stills.close()

    def _decode(self, decision: Decision) -> Image:
        """Return the pixels of a frame of a film."""
        film, path = decision.frame.file, decision.frame.path
        for _ in range(2):  # where the film that is open has passed it, once more from the beginning
            if self._film != film:
                self._stills.close()
                self._film, self._stills = film, self._walk(film)
            for still in self._stills:
                if still.frame.path == path and still.pixels is not None:
                    return still.pixels
            self._film = ""
        raise StorageError(CHANGED, join(self._directory, film))

    def _walk(self, film: str) -> Generator[Still, None, None]:
        if film:
            naming = self._settings.naming
            yield from walk_stills(self._directory, name_film(film, naming), sampling_of(self._settings), naming)
