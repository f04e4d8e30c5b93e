"""Questions about the frames of a run, as `framesift tune` asks them. The answers stand in a table below the output.

What has been swept is in memory, of the last few runs only. After a restart a run is swept again and its answers are
taken from its table, so that nothing that a person has said is lost.
"""

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from framesift.actions import storage_errors
from framesift.comparators.masks import require_cameras
from framesift.errors import UnreadableFrame, show
from framesift.filtering.option_values import Decoding, Placement
from framesift.filtering.pages import spread_pages
from framesift.filtering.ranges import CameraLevels
from framesift.filtering.reading_settings import choose_thresholds
from framesift.filtering.settings import Settings
from framesift.frames.finding import find_frames
from framesift.frames.frame import Frame
from framesift.review.refusals import Conflict, Unknown
from framesift.review.runs.commands import write_command
from framesift.review.runs.confines import OUTSIDE, Confines
from framesift.review.runs.rehearsals import Follow, require_frames
from framesift.review.runs.runs import Run
from framesift.tuning import Answer, AnswerTable, Grid, Question, Session, Setting, Sweep, draw_frame
from framesift.tuning.summary import advice_as_json, describe_advice

_HELD = 3
"""Sweeps that are kept: each can take some 30 MB."""


@dataclass(slots=True)
class _Tuning:
    """A sweep of a run, with what has been asked of it."""

    run: Run
    session: Session
    table: AnswerTable
    questions: int
    """So many are asked in all."""
    left_out: list[tuple[str, str]]
    """Path and reason of the frames that could not be read, or whose earlier answers cannot be used."""


class Tunings:
    """The sweeps of runs, by the id of the run. Its methods may be called from any thread."""

    def __init__(self, confines: Confines, output: str) -> None:
        self._confines = confines
        self._folder = os.path.join(output, "tunings")
        self._lock = threading.RLock()
        self._held: OrderedDict[str, _Tuning] = OrderedDict()

    def sweep(self, run: Run, questions: int, follow: Follow[Frame]) -> dict[str, Any]:
        """Try all thresholds on the frames of a run, and recall the answers of earlier sessions.

        Raises UsageError for a run whose frames are not all within what is served, StorageError.
        """
        require_frames(run, self._confines)
        settings = replace(run.record.settings, every=None, decode=Decoding.EXACT, link=Placement.COPY)
        listing = find_frames(run.record.source, settings.naming, run.record.folder, choice=settings.choice)
        listing.frames[:] = filter(settings.takes, listing.frames)
        listing.frames[:] = spread_pages(run.record.source, listing.frames)
        require_cameras(settings.masks, list(dict.fromkeys(f.camera for f in listing.frames)), run.record.source)
        sweep = _make_sweep(run, settings)
        sweep.levels = CameraLevels(sweep.settings, run.decisions.levels.get)
        for _ in follow(sweep.walk(listing.frames), len(listing.frames)):
            pass
        table = self._open_table(run)
        recalled, left_out = table.recall(sweep, listing.frames)
        tuning = _Tuning(run, Session(sweep, recalled), table, questions, [*sweep.problems, *left_out])
        with self._lock:
            self._held[run.place.id] = tuning
            self._held.move_to_end(run.place.id)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        return {"tuning_id": run.place.id, "frames": sweep.frames, "answered": tuning.session.answered}

    def view(self, tuning_id: str, number: int | None = None) -> dict[str, Any]:
        """Return the question of this number, or the next one without an answer, and what is advised by now."""
        with self._lock:
            tuning = self._find(tuning_id)
            session = tuning.session
            asked = session.next(tuning.questions)
            place = asked if number is None else number - 1
            if number is not None and not 1 <= number <= len(session.questions):
                raise Unknown("no such question")
            question = None if place is None else _view_question(session, place)
            advice = session.advise()
            setting = advice.setting
            command = write_command(tuning.run.record, setting.min_contour_area, setting.score_threshold)
            return {
                "id": tuning_id,
                "run_id": tuning_id,
                "total": max(tuning.questions, len(session.questions)),
                "asked": len(session.questions),
                "answered": session.answered,
                "finished": asked is None,
                "question": question,
                "advice": {**advice_as_json(session.sweep, advice, ()), "command": command},
                "lines": list(describe_advice(session.sweep, advice, session.answered)),
                "left_out": [{"path": show(path), "reason": show(reason)} for path, reason in tuning.left_out[:100]],
            }

    def answer(self, tuning_id: str, number: int, answer: str) -> dict[str, Any]:
        """Write an answer down, and return what is asked next. Raises UsageError, StorageError."""
        with self._lock:
            tuning = self._find(tuning_id)
            if not 1 <= number <= len(tuning.session.questions):
                raise Unknown("no such question")
            tuning.session.answer(number - 1, Answer(answer))
            tuning.table.save(tuning.session.questions)
            self._held.move_to_end(tuning_id)
            return self.view(tuning_id)

    def picture(self, tuning_id: str, number: int, reference: bool) -> bytes:
        """Return a frame of a question as JPEG. Raises UsageError where there is none."""
        with self._lock:
            tuning = self._find(tuning_id)
            questions = tuning.session.questions
            if not 1 <= number <= len(questions):
                raise Unknown("no such question")
            pair = questions[number - 1].pair
        path, source = pair.reference if reference else pair.path, tuning.run.record.source
        if not self._confines.hold_frame(source, path):
            raise Conflict(OUTSIDE)
        try:
            levels = tuning.session.levels(path)
            return draw_frame(os.path.join(source, path), tuning.run.record.settings.max_pixels, levels)
        except UnreadableFrame as error:
            raise Conflict(error.reason) from None

    def _find(self, tuning_id: str) -> _Tuning:
        tuning = self._held.get(tuning_id)
        if tuning is None:
            raise Unknown("not swept since framesift serve was started: begin again, the answers are kept")
        return tuning

    def _open_table(self, run: Run) -> AnswerTable:
        with storage_errors(self._folder):
            os.makedirs(self._folder, exist_ok=True)
        return AnswerTable(os.path.join(self._folder, f"{run.place.id}.csv"))


def _make_sweep(run: Run, settings: Settings) -> Sweep:
    given = Setting(settings.min_contour_area, settings.score_threshold)
    return Sweep(run.record.source, settings, Grid(Setting(*choose_thresholds(settings.method)), given))


def _view_question(session: Session, place: int) -> dict[str, Any]:
    question: Question = session.questions[place]
    pair = question.pair
    texts = {"camera": show(pair.camera), "reference": show(pair.reference), "path": show(pair.path)}
    return {"number": place + 1, **texts, "answer": str(question.answer)}
