"""The table that a person fills in: for each drawn frame, whether it shows something that its reference does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from framesift.actions.files.outputs import create_output
from framesift.actions.files.tables import encode_table, read_table
from framesift.errors import PathLike, UsageError, show
from framesift.filtering.manifest import Record
from framesift.filtering.selection import Verdict
from framesift.looking.audit.bound import CONFIDENCE, bound_lost
from framesift.looking.audit.draw import Sample

COLUMNS = ("number", "dropped", "path", "reference", "score", "lost")
ANSWERS = {"yes", "no", "unsure", ""}
"""Whether a frame is lost; empty: not answered yet."""
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person found."""

    drawn: int
    """Frames in the table."""
    answered: int
    """Frames up to the last answer; those behind it were not looked at and count as not drawn."""
    lost: int
    """Frames answered with yes or unsure, or passed over: what is not known to be nothing counts as lost."""
    population: int
    """Dropped frames that the sample was drawn from."""

    @property
    def bound(self) -> int:
        """The number of dropped frames that can be lost at most, at 95 % confidence."""
        return bound_lost(self.lost, self.answered, self.population, CONFIDENCE)


def list_answers(sample: Sample) -> Iterator[tuple[str, ...]]:
    """Yield the table's rows without answers. Paths are printable, so that any program carries them unharmed."""
    for number, decision in enumerate(sample.decisions, start=1):
        reference = show(decision.reference or "")
        yield str(number), str(sample.population), show(decision.frame.path), reference, str(decision.score), ""


def write_answers(path: PathLike, sample: Sample) -> None:
    """Write the table without answers as CSV. Raises UsageError where `path` exists, StorageError."""
    with create_output(path) as file:
        file.write(encode_table([COLUMNS, *list_answers(sample)]))


def read_answers(path: PathLike, record: Record) -> Answers:
    """Read the filled-in table. Raises UsageError for one that is not of these results, StorageError."""
    rows = sorted(_read_rows(path), key=lambda row: int(row["number"]))
    if [int(row["number"]) for row in rows] != list(range(1, len(rows) + 1)):
        raise UsageError("rows are missing or there twice: every drawn frame has to stand in it once", path)
    answers = [row["lost"].strip().lower() for row in rows]
    for row, answer in zip(rows, answers, strict=True):
        if answer not in ANSWERS:
            raise UsageError(f"row {row['number']}: {answer!r} is neither yes, no nor unsure", path)
    populations = {row["dropped"] for row in rows}
    if len(populations) != 1:
        raise UsageError("holds rows of several draws", path)
    _check_frames(path, {row["path"] for row in rows}, len(rows), int(populations.pop()), record)
    found = count_answers(answers, int(rows[0]["dropped"]))
    if not found.answered:
        raise UsageError("holds no answers yet: write yes, no or unsure into the column lost", path)
    return found


def count_answers(answers: Sequence[str], population: int) -> Answers:
    """Return what the answers, in the order drawn, come to; empty ones are not given yet."""
    answered = max((number for number, answer in enumerate(answers, start=1) if answer), default=0)
    lost = sum(answer != "no" for answer in answers[:answered])
    return Answers(len(answers), answered, lost, population)


def _check_frames(path: PathLike, names: set[str], rows: int, population: int, record: Record) -> None:
    """Refuse a table that cannot be a draw from these results."""
    dropped = 0
    missing = set(names)
    for decision in record.decisions():
        if decision.verdict is Verdict.DROP:
            dropped += 1
            missing.discard(show(decision.frame.path))
    if missing:
        name = show(min(missing))
        raise UsageError(f"{name} was not dropped in {show(record.folder)}: is it of other results?", path)
    if len(names) != rows or not rows <= population <= dropped:
        raise UsageError("is no draw from these results", path)


def _read_rows(path: PathLike) -> list[dict[str, str]]:
    rows = []
    for _, row in read_table(path).rows:
        whole = {column: cell for column, cell in row.items() if cell is not None}
        if not set(COLUMNS) <= whole.keys() or not all(map(_is_number, (whole["number"], whole["dropped"]))):
            break
        rows.append(whole)
    else:
        if rows:
            return rows
    raise UsageError(f"is not a table of answers: its columns are {', '.join(COLUMNS)}", path)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _MOST_DIGITS
