"""The table of what is to be checked: whether a label fits a dropped frame, and whether a change needs one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from framesift.actions.files.tables import read_table
from framesift.errors import PathLike, UsageError, counted, show
from framesift.looking.labelling.judging import Judgement

COLUMNS = ("path", "reference", "item", "label", "box", "fits")
ANSWERS = ("yes", "no", "unsure", "")
CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Item:
    """One question about a frame."""

    path: str
    reference: str
    name: str
    """`label N`, the number among the labels of the kept frame from 1, or `change`: whether nothing is to be labelled
    in what changed."""
    label: str
    box: str
    """Left, top, width, height in px."""
    number: int | None
    """Of the label, from 0; None of a change."""

    @property
    def key(self) -> tuple[str, str]:
        return self.path, self.name

    def row(self, answer: str = "") -> tuple[str, ...]:
        """Return the row of the table. Paths are printable, so that any program carries them unharmed."""
        return self.path, self.reference, self.name, self.label, self.box, answer


Answers = dict[tuple[str, str], tuple[str, str, str]]
"""Of path and item: label, box and answer."""


def list_items(judgement: Judgement) -> Iterator[Item]:
    """Yield what is asked about a frame: its doubtful labels, then what changed with no label near."""
    decision = judgement.carry.decision
    paths = show(decision.frame.path), show(decision.reference or "")
    for number in sorted(judgement.doubtful):
        label = judgement.carry.picture.labels[number]
        xs, ys = zip(*(point for polygon in judgement.outlines[number] for point in polygon), strict=True)
        width, height = decision.size or (1, 1)
        sides = min(xs) * width, min(ys) * height, (max(xs) - min(xs)) * width, (max(ys) - min(ys)) * height
        yield Item(*paths, f"label {number + 1}", show(label.name), _write_box(sides), number)
    if judgement.change is not None:
        yield Item(*paths, CHANGE, "", _write_box(judgement.change), None)


def _write_box(sides: Iterable[float]) -> str:
    return ",".join(str(round(side)) for side in sides)


def read_answers(tables: Sequence[PathLike]) -> Answers:
    """Read filled-in tables; of several answers to one question the last counts. Raises UsageError, StorageError."""
    answers: Answers = {}
    for path in tables:
        table = read_table(path)
        if not set(COLUMNS) <= set(table.columns):
            raise UsageError(f"is not a table of what is to be checked: its columns are {', '.join(COLUMNS)}", path)
        for line, row in table.rows:
            frame, _, name, label, box, answer = (row.get(column) or "" for column in COLUMNS)
            answer = answer.strip().lower()
            if answer not in ANSWERS:
                raise UsageError(f"line {line}: {answer!r} is neither yes, no nor unsure", path)
            if answer or (frame, name) not in answers:
                answers[frame, name] = label, box, answer
    return answers


def find_answer(item: Item, answers: Answers) -> str:
    """Return the answer to a question, empty without one; takes it out. Raises UsageError for one of other labels."""
    label, box, answer = answers.pop(item.key, (item.label, item.box, ""))
    if (label, box) != (item.label, item.box):
        raise UsageError(
            f"{item.path}: {item.name} was {label or 'a change'} at {box}, and is {item.label} at {item.box}"
            ": the answers are about other labels or other results"
        )
    return answer


def refuse_rest(answers: Answers) -> None:
    """Raise UsageError where answers are about what is not asked."""
    rest = sorted(key for key, (_, _, answer) in answers.items() if answer)
    if rest:
        path, name = rest[0]
        raise UsageError(
            f"{counted(len(rest), 'answer')} about what is not to be checked, such as {path}, {name}: "
            "are they about other labels or other results?"
        )
