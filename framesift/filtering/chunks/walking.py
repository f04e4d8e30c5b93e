"""What one worker does with one chunk of a camera: walk it, and walk its beginning again from the true references.

Frames are decoded where their chunk is walked, and only decisions leave. The descriptors of a chunk that was walked
from a guess stay in the worker's memory for a while: walked again there, nothing of it is decoded twice.
"""

import os
import socket
import sys
from collections.abc import Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from framesift.cluster import find_worker
from framesift.errors import StorageError, UnreadableFrame
from framesift.filtering.chunks.keeping import KEPT, Image
from framesift.filtering.comparator_choice import rule_of
from framesift.filtering.describing import View, find_content, view_frame
from framesift.filtering.exposure import USUAL, Exposure
from framesift.filtering.file_state import FileState
from framesift.filtering.selection import Decision, Marks, Observation, References, Verdict, select_frames
from framesift.filtering.settings import Settings
from framesift.filtering.stitching import Correction, Step, Walk, begin_walk, marks_of, occurring, walk_again
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.frames.reader.pages import find_page, read_page
from framesift.frames.reader.source import Status, read_file
from framesift.stores import is_folder, join

Known = Mapping[Hashable, References[Image]]
"""The references of each chain of a camera."""
State = tuple[int, int, int]


class ChunkChanged(Exception):
    """A frame is not what it was when the chunk was walked first, so that nothing of that holds any more."""


class LevelsUnknown(Exception):
    """A 16-bit frame was met, and in which range its camera is read has not been said. Has the range that suits it."""

    def __init__(self, levels: Levels) -> None:
        super().__init__(levels)
        self.levels = levels


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive frames of one camera, with everything that a worker needs to know to walk them."""

    key: str
    """Of what is kept of it; no other chunk has it."""
    frames: tuple[Frame, ...]
    directory: str
    settings: Settings
    problems: Mapping[str, str]
    """Frames that are skipped without being read, and why: by their paths."""
    keep: bool
    """Whether it may have to be walked again."""
    levels: Levels | None = None
    """The range in which the camera's 16-bit frames are read; None where none has been met."""


@dataclass(frozen=True, slots=True)
class Row(Step):
    """A decision, the state of the file that was decided, and how it was seen."""

    state: State | None
    exposure: Exposure = USUAL
    file: FileState | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a chunk, and what it took."""

    result: Walk[Row, Image] | Correction[Row, Image]
    compared: int
    decoded: int
    place: str
    """The worker that did it; empty where that has no name."""


def walk_chunk(chunk: Chunk, references: Known) -> Outcome:
    """Walk a chunk from references, which may be a guess. Result: the walk.

    Raises UsageError (a mask that does not fit), StorageError (the folder is not there) and LevelsUnknown.
    """
    check_place(chunk)
    known, rows, descriptors = dict(references), [], []
    rule = rule_of(chunk.settings, chunk.frames[0].camera)
    for view, decision in select_frames(map(partial(_view, chunk), chunk.frames), rule, known):
        rows.append(_row(view, decision))
        if chunk.keep:
            descriptors.append(view.descriptor)
    if chunk.keep:
        KEPT.put(chunk.key, descriptors, find_worker()[1])
    walk = Walk(rows, begin_walk(references), {chain: known[chain] for chain in occurring(rows)})
    return Outcome(walk, sum(row.decision.score is not None for row in rows), len(rows), find_worker()[0])


def walk_chunk_again(
    chunk: Chunk, walked: list[Row], begun: Mapping[Hashable, Marks], references: Known, misled: set[Hashable]
) -> Outcome:
    """Walk the misled chains of a walked chunk from other references until they meet that walk. Result: the correction.

    `begun` says which references the chunk was walked from.

    Raises ChunkChanged besides what `walk_chunk` raises.
    """
    check_place(chunk)
    kept, decoded = KEPT.find(chunk.key), 0

    def look(number: int) -> Observation[Image]:
        nonlocal decoded
        frame, row = chunk.frames[number], walked[number]
        if kept is not None:
            return Observation(frame, row.decision.size, kept[number], row.chain)
        decoded += 1
        view = _view(chunk, frame)
        if view.stat is None or view.descriptor is None or state_of(view.stat) != row.state:
            raise ChunkChanged(frame.path)
        return view

    known, still, rows = dict(references), set(misled), {}
    rule = rule_of(chunk.settings, chunk.frames[0].camera)
    for number, _, decision in walk_again(walked, begun, look, rule, known, still):
        rows[number] = replace(walked[number], decision=decision)
    true = {chain: marks_of(references.get(chain, ())) for chain in misled}
    correction = Correction(rows, true, {chain: known[chain] for chain in still})
    return Outcome(correction, sum(row.decision.score is not None for row in rows.values()), decoded, find_worker()[0])


def state_of(status: Status) -> State:
    """Return what tells a file from what was there before, on whatever machine it is looked at."""
    return status.st_ino, status.st_size, status.st_mtime_ns


def fetch_view(row: Row, directory: str, content: bool, stat: bool) -> View | None:
    """Return what is recorded with a decision: with `content` the bytes of a kept frame, with `stat` the file's status.

    None where the file is not the one that was decided any more. Raises StorageError where the folder is gone.
    """
    frame, size = row.decision.frame, row.decision.size
    path, data = join(directory, find_content(frame)), None
    status: Status | None = None
    if row.decision.verdict is Verdict.KEEP and (page := find_page(path)):
        with suppress(UnreadableFrame):
            data, status = read_page(*page, sys.maxsize)
    elif content and row.decision.verdict is Verdict.KEEP:
        with suppress(UnreadableFrame):
            data, status = read_file(path)
    elif stat and row.state is not None:
        with suppress(OSError):
            status = os.stat(join(directory, frame.file))
    else:
        return View(frame, size, None, exposure=row.exposure, file=row.file)
    if status is None or state_of(status) != row.state:
        if not is_folder(directory):
            raise StorageError("the folder of the frames is gone", directory)
        return None
    return View(frame, size, None, content=data, stat=status, exposure=row.exposure, file=row.file)


def check_place(chunk: Chunk) -> None:
    """Raise StorageError where this machine does not see the folder: it would take every frame for a damaged one."""
    if not is_folder(chunk.directory):
        where = f"is not there on {socket.gethostname()}: every worker needs the folder at the same path"
        raise StorageError(where, chunk.directory)


def _view(chunk: Chunk, frame: Frame) -> View:
    if problem := chunk.problems.get(frame.path):
        return View(frame, None, None, problem=problem)
    view = view_frame(frame, chunk.directory, chunk.settings, chunk.levels)
    if chunk.levels is None and view.exposure.levels is not None:
        raise LevelsUnknown(view.exposure.levels)
    return view


def _row(view: View, decision: Decision) -> Row:
    return Row(decision, view.chain, None if view.stat is None else state_of(view.stat), view.exposure, view.file)
