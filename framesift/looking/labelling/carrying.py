"""Labels of kept frames, carried over to the dropped ones: read, judged, and written into a folder of their own."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from framesift.actions.files.outputs import is_output
from framesift.actions.files.placing import storage_errors
from framesift.actions.files.renewing import RenewedFolder
from framesift.actions.files.tables import encode_table
from framesift.errors import PathLike, StorageError, UsageError, show
from framesift.export.labels import Addition, Label, LabelFiles, read_labels
from framesift.filtering.manifest import Record
from framesift.filtering.places import borrow_record
from framesift.looking.labelling.answers import COLUMNS, Item, find_answer, list_items, read_answers, refuse_rest
from framesift.looking.labelling.judging import Judgement, judge_frames
from framesift.looking.labelling.page import write_check
from framesift.looking.labelling.planning import Outlook, plan_labels
from framesift.stores import is_folder, is_url

CERTAIN, TO_CHECK = "certain", "to-check"
PAGE, TABLE, FRAMES, LOG = "check.html", "to-check.csv", "frames.csv", "label.log"
ON_PAGE = 300
"""Frames on one page: it stays below 50 MB. The rest comes when these are answered."""


@dataclass(slots=True)
class Carried:
    """What became of the dropped frames; each is one of these."""

    form: str
    """The format of the labels."""
    whole: int = 0
    """Frames all of whose labels are certain, or were accepted, and where nothing else is to be labelled."""
    to_check: int = 0
    """Frames with something to check."""
    to_label: int = 0
    """Frames that were checked, and have something that is still to be labelled."""
    labels: int = 0
    """Labels that were carried over, those that were accepted among them."""
    questions: int = 0
    """Labels and changes to be checked."""
    on_page: int = 0
    """Frames that the page shows; the others when these are answered."""
    without: Counter[str] = field(default_factory=Counter)
    """Dropped frames that get no labels, by the reason."""
    problems: list[tuple[str, str]] = field(default_factory=list)
    """Path and reason of frames that could not be compared."""
    strangers: list[str] = field(default_factory=list)
    """Names in the label files that mean no frame of the run."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is written about one frame."""

    judgement: Judgement
    certain: list[Label]
    doubtful: list[Label]
    asked: list[Item]
    """What has no answer yet."""
    lacks: bool
    """Whether somebody has seen something to label."""

    @property
    def is_whole(self) -> bool:
        return not self.asked and not self.lacks

    @property
    def state(self) -> str:
        return "to check" if self.asked else "to label" if self.lacks else "certain"


def carry_labels(
    results: PathLike,
    labels: PathLike,
    folder: PathLike,
    *,
    only_certain: bool = False,
    checked: Sequence[PathLike] = (),
    prefix: str | None = None,
    source: PathLike | None = None,
    jobs: int | None = None,
    follow: Callable[[int, int], object] = lambda done, total: None,
) -> Carried:
    """Write the labels of kept frames for dropped frames too, into `folder`, in the format that they have.

    `results` is a results folder or its URL, `labels` a file or folder as `framesift.export.labels.read_labels` takes
    it. `certain` in the folder gets all that was read and what is certainly so, `to-check` what a person has to see,
    with a page and a table; `only_certain` leaves frames out of the first of which anything has to be. `checked` are
    tables that were filled in. `prefix` stands before the paths of dropped frames, `source` is where they lie.

    Nothing but the folder is written to, which is new or was filled by this before. Raises UsageError, StorageError,
    ResultsInUse.
    """
    answers = read_answers(checked)
    files = read_labels(labels)
    _refuse_inside(folder, results, labels)
    with borrow_record(results, source) as record:
        record.require_source()
        if not is_folder(record.source):
            raise StorageError("the folder of the frames is gone: name where they lie now with --source", record.source)
        _refuse_inside(folder, record.source)
        outlook = plan_labels(record, files, prefix)
        outcomes = []
        with RenewedFolder(folder, LOG, record.folder) as target:
            shown = 0
            for judgement in judge_frames(record, outlook.carries, jobs, follow):
                outcome = _decide(judgement, [(item, find_answer(item, answers)) for item in list_items(judgement)])
                shown += bool(outcome.asked)
                outcomes.append(_forget_picture(outcome) if not outcome.asked or shown > ON_PAGE else outcome)
            refuse_rest(answers)
            _write(target, files, outcomes, only_certain, record)
        return _count(files, outlook, outcomes)


def _decide(judgement: Judgement, answered: list[tuple[Item, str]]) -> _Outcome:
    labels = judgement.carry.picture.labels
    given = {item.number: answer for item, answer in answered}
    numbers = range(len(labels)) if not judgement.problem else ()
    certain = [labels[n] for n in numbers if n not in judgement.doubtful or given.get(n) == "yes"]
    doubtful = [labels[n] for n in sorted(judgement.doubtful) if given.get(n) in ("", "unsure")]
    asked = [item for item, answer in answered if answer in ("", "unsure")]
    return _Outcome(judgement, certain, doubtful, asked, given.get(None) == "no")


def _forget_picture(outcome: _Outcome) -> _Outcome:
    """Return an outcome without the pictures that no page shows: they would fill the memory."""
    return replace(outcome, judgement=replace(outcome.judgement, shown=None))


def _write(
    target: RenewedFolder, files: LabelFiles, outcomes: Sequence[_Outcome], only_certain: bool, record: Record
) -> None:
    certain = (
        _add(outcome, outcome.certain)
        for outcome in outcomes
        if not outcome.judgement.problem and (outcome.is_whole or (outcome.certain and not only_certain))
    )
    for path, content in files.encode(certain):
        target.put(f"{CERTAIN}/{path}", content)
    if any(outcome.doubtful for outcome in outcomes):
        doubtful = (_add(outcome, outcome.doubtful) for outcome in outcomes if outcome.doubtful)
        for path, content in files.encode(doubtful, own=False):
            target.put(f"{TO_CHECK}/{path}", content)
    asked = [outcome for outcome in outcomes if outcome.asked]
    target.put(TABLE, encode_table([COLUMNS, *(item.row() for outcome in asked for item in outcome.asked)]))
    target.put(FRAMES, encode_table([_HEADING, *map(_describe, outcomes)]))
    _write_page(os.path.join(target.folder, PAGE), asked[:ON_PAGE], record)
    target.finish()


_HEADING = ("path", "reference", "name", "state", "carried", "to check", "reason")


def _describe(outcome: _Outcome) -> tuple[str, ...]:
    carry, problem = outcome.judgement.carry, outcome.judgement.problem
    numbers = str(len(outcome.certain)), str(len(outcome.asked))
    paths = show(carry.decision.frame.path), show(carry.decision.reference or ""), show(carry.name)
    return (*paths, "not compared" if problem else outcome.state, *numbers, problem)


def _add(outcome: _Outcome, labels: Sequence[Label]) -> Addition:
    carry, frame = outcome.judgement.carry, outcome.judgement.carry.decision.frame
    time = frame.time.isoformat() if frame.time else None
    return Addition(carry.picture, carry.name, carry.decision.reference or "", time, labels)


def _write_page(path: str, asked: Sequence[_Outcome], record: Record) -> None:
    if asked:
        name = f"framesift label {show(record.folder)} {asked[0].asked[0].path} {sum(len(o.asked) for o in asked)}"
        write_check(path, [(outcome.judgement, outcome.asked) for outcome in asked], name)
    elif is_output(path):
        with storage_errors(path):
            os.unlink(path)


def _count(files: LabelFiles, outlook: Outlook, outcomes: Sequence[_Outcome]) -> Carried:
    sound = [outcome for outcome in outcomes if not outcome.judgement.problem]
    asked = [outcome for outcome in sound if outcome.asked]
    carried = Carried(files.form, without=outlook.without, strangers=outlook.strangers)
    carried.whole = sum(outcome.is_whole for outcome in sound)
    carried.to_check, carried.on_page = len(asked), min(len(asked), ON_PAGE)
    carried.to_label = len(sound) - carried.whole - carried.to_check
    carried.labels = sum(len(outcome.certain) for outcome in sound)
    carried.questions = sum(len(outcome.asked) for outcome in asked)
    problems = ((o.judgement.carry.decision.frame.path, o.judgement.problem) for o in outcomes if o.judgement.problem)
    carried.problems = list(problems)
    return carried


def _refuse_inside(folder: PathLike, *others: PathLike) -> None:
    """Raise UsageError for a folder that lies in one of the others: they are not written to."""
    place = os.path.realpath(os.fsdecode(folder))
    for other in others:
        if not is_url(other) and f"{place}/".startswith(f"{os.path.realpath(os.fsdecode(other))}/"):
            raise UsageError(f"lies in {show(other)}, which is not written to: name another folder", folder)
