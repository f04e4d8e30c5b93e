"""The page on which a person checks labels: one after the other, the kept frame beside the dropped one."""

from collections.abc import Iterator, Sequence
from typing import Any

from framesift.actions.files.tables import neutralise
from framesift.errors import PathLike, show
from framesift.export.labels import Outline
from framesift.looking.labelling.answers import COLUMNS, Item
from framesift.looking.labelling.judging import Judgement
from framesift.looking.page import embed_json, write_page

_GRID = 1000
"""Points of outlines are shares in thousandths."""
_HEAD = """\
<main id="content">
<h1>Do the labels fit?</h1>
<p>Left a kept frame with its labels, right a dropped one that it stands for. Blue labels lie where nothing changed, and
are carried over. Orange ones lie where something did: do they fit the right picture?
Red and yellow is what changed.</p>
<form id="answers" class="tools">
<button type="button" data-answer="yes"><span>Fits</span> <kbd>Y</kbd></button>
<button type="button" data-answer="no"><span>Does not fit</span> <kbd>N</kbd></button>
<button type="button" data-answer="unsure">Not sure <kbd>U</kbd></button>
<button type="button" id="all">All of this frame fits <kbd>A</kbd></button>
<button type="button" data-step="-1">Previous <kbd>←</kbd></button>
<button type="button" data-step="1">Next <kbd>→</kbd></button>
<button type="button" id="save">Save checked.csv</button>
</form>
<p id="question" role="status"></p>
<section class="panel" id="shown"></section>
<p class="faint" id="state"></p>
"""


def write_check(path: PathLike, judgements: Sequence[tuple[Judgement, list[Item]]], name: str) -> None:
    """Write the page about frames with what is asked of each; `name` is what their answers are kept under.

    Raises UsageError where `path` is a file that is not ours, StorageError.
    """
    scripts = ("comparer.js", "labels.js")
    write_page(path, "Do the labels fit?", _body(judgements, name), scripts, styles=("labels.css",))


def _body(judgements: Sequence[tuple[Judgement, list[Item]]], name: str) -> Iterator[str]:
    yield _HEAD
    pictures: dict[str, int] = {}
    rows = []
    for number, (judgement, items) in enumerate(judgements):
        shown, reference = judgement.shown, judgement.carry.decision.reference or ""
        assert shown is not None
        if reference not in pictures:
            pictures[reference] = len(pictures)
            yield embed_json(f"kept-{pictures[reference]}", shown.before)
        yield embed_json(f"frame-{number}", _describe(judgement, items, pictures[reference]))
        rows += [[number, item.number, list(map(neutralise, item.row()))] for item in items]
    yield embed_json("table", {"name": name, "columns": COLUMNS, "rows": rows})
    yield "</main>\n"


def _describe(judgement: Judgement, items: list[Item], reference: int) -> dict[str, Any]:
    shown, decision = judgement.shown, judgement.carry.decision
    assert shown is not None
    labels = zip(judgement.carry.picture.labels, judgement.outlines, strict=True)
    return {
        "path": show(decision.frame.path),
        "reference": show(decision.reference or ""),
        "kept": reference,
        "after": shown.after,
        "lines": shown.lines,
        "labels": [[show(label.name), _trace(outline)] for label, outline in labels],
        "doubtful": [item.number for item in items if item.number is not None],
        "change": "" if judgement.change is None else _trace_box(judgement.change, decision.size or (1, 1)),
    }


def _trace_box(box: tuple[int, int, int, int], size: tuple[int, int]) -> str:
    (x, y, wide, high), (width, height) = box, size
    corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high))
    return _trace((tuple((a / width, b / height) for a, b in corners),))


def _trace(outline: Outline) -> str:
    return "".join(
        "M" + "L".join(f"{round(x * _GRID)} {round(y * _GRID)}" for x, y in polygon) + "Z" for polygon in outline
    )
