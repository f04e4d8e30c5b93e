"""The table of answers: pairs of paths with yes, no or unsure, whatever method and thresholds they were asked for."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from framesift.actions.files.outputs import check_output, replace_output
from framesift.actions.files.tables import encode_table, read_table
from framesift.errors import PathLike, StorageError, UsageError, show
from framesift.filtering.describing import View, view_frame
from framesift.frames.frame import Frame
from framesift.tuning.pairs import Answer, Pair, Question
from framesift.tuning.sweep import Sweep

COLUMNS = ("number", "camera", "reference", "path", "new")


@dataclass(frozen=True, slots=True)
class Row:
    """An answer as it stands in the table."""

    camera: str
    reference: str
    path: str
    """Printable, as all three are."""
    answer: Answer


class AnswerTable:
    """A CSV file of answers, which need not exist yet. Making one reads it.

    Raises UsageError for a file that is no such table or cannot become one, StorageError.
    """

    def __init__(self, path: PathLike, folder: PathLike | None = None) -> None:
        self.path = os.path.abspath(os.fsdecode(path))
        self._others: list[Row] = []
        """Rows about frames that are not there now. They stay in the table."""
        self.rows = _read_rows(self.path) if os.path.lexists(self.path) else []
        check_output(self.path, folder, lambda _: True)

    def recall(self, sweep: Sweep, frames: Iterable[Frame]) -> tuple[list[Question], list[tuple[str, str]]]:
        """Return the rows as questions, and path and reason of the frames whose rows are left out."""
        by_name = {show(frame.path): frame for frame in frames}
        questions, problems = [], []
        for row in self.rows:
            missing = [path for path in (row.reference, row.path) if path not in by_name]
            made = (missing[0], "is not there") if missing else _examine(sweep, by_name, row)
            if isinstance(made, Question):
                questions.append(made)
            else:
                self._others.append(row)
                problems.append(made)
        return questions, problems

    def save(self, questions: Sequence[Question]) -> None:
        """Write the table, whole or not at all. Raises UsageError and StorageError."""
        rows = [Row(q.pair.camera, q.pair.reference, q.pair.path, q.answer) for q in questions]
        lines = [
            (str(number), show(row.camera), show(row.reference), show(row.path), str(row.answer))
            for number, row in enumerate([*rows, *self._others], start=1)
        ]
        with replace_output(self.path, _is_table) as file:
            file.write(encode_table([COLUMNS, *lines]))


def _examine(sweep: Sweep, frames: dict[str, Frame], row: Row) -> Question | tuple[str, str]:
    """Compare a pair again; return path and reason where that cannot be."""
    views = [_view(sweep, frames[path]) for path in (row.reference, row.path)]
    for view in views:
        if view.descriptor is None:
            return view.frame.path, view.problem
    reference, candidate = views
    if reference.descriptor is None or candidate.descriptor is None or reference.chain != candidate.chain:
        return candidate.frame.path, f"has not the size of {show(reference.frame.path)}"
    pair = Pair(candidate.frame.camera, reference.frame.path, candidate.frame.path)
    return replace(sweep.question(pair, reference.descriptor, candidate.descriptor), answer=row.answer)


def _view(sweep: Sweep, frame: Frame) -> View:
    return view_frame(frame, sweep.directory, sweep.settings, sweep.levels.find(frame.camera))


def _is_table(path: PathLike) -> bool:
    try:
        _read_rows(path)
    except (UsageError, StorageError):
        return False
    return True


def _read_rows(path: PathLike) -> list[Row]:
    table = read_table(path)
    if not set(COLUMNS) <= set(table.columns):
        raise UsageError(f"is not a table of answers: its columns are {', '.join(COLUMNS)}", path)
    rows = []
    for number, row in table.rows:
        try:
            rows += [_read_row(row)] if any(row.values()) else []
        except UsageError as error:
            raise UsageError(f"row {number}: {error.reason}", path) from None
    return rows


def _read_row(row: dict[str, str | None]) -> Row:
    camera, reference, path, word = (row[column] for column in COLUMNS[1:])
    if not reference or not path or camera is None or word is None:
        raise UsageError("lacks a column")
    try:
        return Row(camera, reference, path, Answer(word.strip().lower()))
    except ValueError:
        raise UsageError(f"{word!r} is neither yes, no nor unsure") from None
