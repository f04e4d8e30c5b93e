"""The results folder of a run: what stands in it already, and how decisions reach it."""

import math
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Self

from framesift.actions import Copy, Link
from framesift.errors import PathLike, ResultsInUse, StorageError, UsageError
from framesift.filtering import manifest
from framesift.filtering.clocks import Clock
from framesift.filtering.describing import View
from framesift.filtering.earlier_runs import Kept, Past
from framesift.filtering.file_state import FileState, Standing, ask_status, file_of, name_before
from framesift.filtering.health.record import record_faults
from framesift.filtering.kept_files import prepare_kept
from framesift.filtering.kept_names import name_frame, name_kept
from framesift.filtering.manifest_values import shorten
from framesift.filtering.option_values import Placement
from framesift.filtering.places import open_place
from framesift.filtering.sections import describe_difference
from framesift.filtering.selection import Decision, Marks, Verdict
from framesift.filtering.settings import ADDED, Settings
from framesift.filtering.sinks import Sink
from framesift.filtering.standing import find_standing
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.frames.reader.pages import find_page, name_page, split_page
from framesift.frames.videos import is_still
from framesift.stores import ObjectStat, is_url, join, locate

GROUP_DECISIONS = 64
GROUP_BYTES = 6_000_000
"""Decisions are written in groups, so that the disk syncs once for many. A power cut or kill costs at most the last
two groups: the next run decides these frames again, with the same result. Frames of films wait as pixels: one of 1080p
is a group."""


class Results(Sink):
    """What an earlier run left in the folder, and the writing of this one. A context manager.

    Entering changes no file there: it reads the manifest, takes the place and refuses a folder that another run is
    using (ResultsInUse), that was begun with other settings, or that holds files that are not ours (UsageError).
    `begin` makes the folder ready. `add` records a decision; leaving writes what is still waiting.
    With `dry_run` nothing is written and no lock is taken. A decision stays in memory for `longest` seconds at most,
    as long as others follow it. `streams` are what a new manifest calls those of the cameras, where there are some.
    """

    folder: str

    def __init__(
        self,
        folder: PathLike,
        source: PathLike | None,
        settings: Settings,
        dry_run: bool = False,
        longest: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
        streams: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(folder)
        self.source = "" if source is None else locate(source)
        """Empty where the frames come from streams and lie nowhere else."""
        self._below = "" if is_url(self.source) or not self.source else f"{self.source}/"
        """What stands before the path of a file that can be asked."""
        self._settings, self._streams, self._dry_run = settings, streams, dry_run
        self._place = open_place(self.folder, self.source, dry_run)
        self._past = Past(self._place.manifest, settings.chains_of)
        self.summary = self._past.summary
        self.takes_content = settings.link is Placement.COPY and not dry_run
        self.takes_stills = not dry_run
        self._longest, self._clock, self._flushed = longest, clock, clock()
        self._length, self._earlier_skips = 0, 0
        self._skipped: dict[str, str] = {}
        self._begun = math.inf
        """So long the manifest was when this run began to write to it."""
        self._lines: list[bytes] = []
        self._files: list[Callable[[], Copy | Link]] = []
        self._waiting = 0
        self._kept: list[Decision] = []
        self.follow: Callable[[Decision], object] | None = None
        """Called, by another thread, for each kept frame once its copy and its line are on the disk."""
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="framesift-writer")
        self._writing: Future[None] | None = None

    def __enter__(self) -> Self:
        with ExitStack() as failed:
            failed.callback(self._close)
            self._open()
            failed.pop_all()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if not isinstance(error, StorageError | ResultsInUse):
                self.flush()
                self._place.complete()
                if error is None and self._earlier_skips:
                    self._skipped = self._past.read_skipped(self._begun)
        finally:
            self._close()

    def begin(self) -> None:
        """Make the folder with its manifest, or cut what a crash left half-written. Raises StorageError."""
        streams = {"streams": dict(self._streams)} if self._streams else {}
        if not self._dry_run:
            self._begun = self._length = self._place.begin(manifest.encode_header(self._record() | streams))
            record_faults(self.health, self.folder)

    @property
    def cameras(self) -> list[str]:
        """The cameras of which earlier runs have decided frames."""
        return list(self._past.summary.cameras)

    @property
    def last_frames(self) -> list[Frame]:
        """The last decided frames of each of them, the last that has a time among them."""
        stamps = [(s.path, camera, s.time) for camera, clock in self._past.clocks.items() for s in clock.recent[-1:]]
        last = [(frame.file, frame.camera, frame.time) for frame in self._past.last.values()]
        return [Frame(file_of(path), camera, time) for path, camera, time in (*stamps, *last)]

    def is_decided(self, path: str) -> bool:
        """Tell whether a frame is decided: by an earlier run, or by this one and written."""
        return self._past.find(path) is not None

    def is_skipped(self, path: str) -> bool:
        """Tell whether a frame that is decided was skipped, when it was looked at last."""
        return self._past.find(path) is Verdict.SKIP

    def holds(self, path: str, file: str) -> bool:
        """Tell whether the file of a decided frame is as it was then, as far as its size and time tell it."""
        status, known = ask_status(self._below + file), self._past.find_file(path)
        before = known and known[1]
        return status is None or before is None or before[:2] == FileState.of(status)[:2]

    def find_decision(self, path: str) -> Decision | None:
        """Return what was decided of a frame last; None where nothing was."""
        return self._past.find_decision(path)

    def find_kept(self, path: str) -> str:
        """Return where the copy of a kept frame lies, which is decided and written: a path or URL."""
        known = self._past.find_decision(path) if self._settings.results_by else None
        return join(self.folder, path if known is None else name_kept(known.frame, self._settings))

    def decisions(self) -> Iterator[Decision]:
        """Yield what earlier runs have decided, and this one has written. Raises StorageError."""
        if self.summary.cameras:
            yield from manifest.read_decisions(self._place.manifest)

    def find_standing(self, path: str, status: ObjectStat | None = None) -> Standing:
        """Return what is known of a file that has been found. Where it cannot be asked, a decided one stays decided."""
        return find_standing(self._past, self._below, path, self._settings.max_pixels, status)

    def clock(self, camera: str) -> Clock:
        """Return how far earlier runs, and this one, have come with a camera."""
        return self._past.clocks.get(camera, Clock())

    def kept(self, camera: str) -> list[Kept]:
        """Return the frames of a camera, in no order, that late ones may be compared with. Raises StorageError."""
        if camera not in self.summary.cameras:
            return []
        if not self._dry_run:
            self.flush()
        return list(self._past.read_kept(camera))

    def skipped(self) -> dict[str, str]:
        """Return, after the run, the paths that earlier runs skipped and that were not looked at again, and why."""
        return self._skipped

    def last_offset(self, film: str) -> float | None:
        """Return how far a film has been decided, in seconds."""
        return self._past.offsets.get(film)

    def references(self, camera: str) -> dict[Hashable, Marks]:
        """Return which frames of each chain of a camera later ones are compared with, as `References` has them."""
        return dict(self._past.references.get(camera, {}))

    def levels(self, camera: str) -> Levels | None:
        """Return the range in which earlier runs have read the 16-bit frames of a camera."""
        return self._past.levels.get(camera)

    def add(self, view: View, decision: Decision) -> None:
        """Record a decision and place the frame if it is kept. Raises StorageError, also for an earlier decision."""
        super().add(view, decision)
        if self._dry_run:
            return
        if decision.verdict is Verdict.KEEP:
            if kept := prepare_kept(view, decision.frame, self.source, self._settings):
                self._files.append(kept.make)
                self._waiting += kept.size
            if self.follow is not None:
                self._kept.append(decision)
        # After its file: a signal may end the run between any two steps, and a line without its file would be a lie.
        line = manifest.encode_decision(decision, view.exposure.levels, view.file)
        self._lines.append(line)
        self._past.add(decision, self._length, view.file)
        self._length += len(line)
        if len(self._lines) >= GROUP_DECISIONS or self._waiting >= GROUP_BYTES:
            self._flush()
        if self._clock() - self._flushed >= self._longest:
            self.flush()

    def flush(self) -> None:
        """Return when everything added is on the disk. Raises StorageError."""
        self._flush()
        self._wait()
        self._flushed = self._clock()

    def _flush(self) -> None:
        """Hand the waiting group to the writer, once that has finished the group before."""
        self._wait()
        if self._lines:
            files, lines, kept = self._files, self._lines, self._kept
            self._files, self._lines, self._kept, self._waiting = [], [], [], 0  # first: no signal makes it go twice
            self._writing = self._writer.submit(self._write, files, b"".join(lines), kept)

    def _write(self, files: list[Callable[[], Copy | Link]], lines: bytes, kept: list[Decision]) -> None:
        self._place.write([make() for make in files], lines)
        for decision in kept:
            assert self.follow is not None
            self.follow(decision)

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def _open(self) -> None:
        if self._place.open():
            self._continue()
        for path in self._place.files():
            if not self._is_ours(path):
                hint = "is not of framesift: choose an empty or new results folder"
                raise UsageError(hint, join(self.folder, path))

    def _continue(self) -> None:
        """Read what an earlier run has decided."""
        settings = manifest.read_settings(self._place.manifest)
        if settings is None:
            return
        settings, wanted = {**ADDED, **settings}, self._record()
        for name in wanted:
            if name not in self._settings.free and settings.get(name) != wanted[name]:
                found = _describe_other(name.replace("_", " "), settings.get(name), wanted[name])
                if name == "sections":
                    found = f"with {describe_difference(settings[name], self._settings.sections)}"
                raise UsageError(f"was filled {found}: choose another results folder", self.folder)
        self._past.read()
        self._earlier_skips = self.summary.verdicts[Verdict.SKIP]

    def _record(self) -> dict[str, object]:
        """Return the settings and where the frames lie."""
        return {"source": self._place.describe_source(), **self._settings.record()}

    def _is_ours(self, kept: str) -> bool:
        """Tell whether a run put this file here; any other is refused before a frame is read."""
        path = name_frame(kept, self._settings)
        if self._past.find(path) is Verdict.KEEP:
            return True
        if not self.source:
            from framesift.frames.streams import is_shot

            return is_shot(path) or self._place.is_ours(kept, path)
        if self._settings.every is not None and is_still(path, self.source):
            return True  # placed, perhaps, by a run that was killed before recording it; it is never overwritten
        if find_page(join(self.source, path)):
            return True  # as well
        file, _ = split_page(path) or (path, 0)
        if (before := name_before(file)) is not None and self._is_known(before):
            return True  # of a refreshed file, likewise
        return self._place.is_ours(kept, path)

    def _is_known(self, path: str) -> bool:
        return any(self._past.find(each) is not None for each in (path, name_page(path, 1)))

    def _close(self) -> None:
        self._writer.shutdown()
        self._past.close()
        self._place.close()


def _describe_other(name: str, was: object, now: object) -> str:
    if was is None:
        return f"without {name} {shorten(now)}"
    return f"with {name} {shorten(was)}, not {'without' if now is None else shorten(now)}"
