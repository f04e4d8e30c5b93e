"""The page on which a person answers: one pair after the other, with the keyboard."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from framesift.actions.files.tables import neutralise
from framesift.cluster.parallel import count_cores, map_ordered
from framesift.errors import PathLike, show
from framesift.filtering.manifest import Record
from framesift.filtering.selection import Decision
from framesift.looking.audit.answers import COLUMNS, list_answers
from framesift.looking.audit.draw import Sample
from framesift.looking.beside import locate_frames
from framesift.looking.explanation import Explanation, explain_decision
from framesift.looking.numbers import describe_score
from framesift.looking.page import embed_json, escape, write_page
from framesift.looking.page.outlines import draw_outlines
from framesift.looking.page.thumbnails import embed_image
from framesift.looking.rereading import Pixels

_WIDTH = 720
"""px of a picture: a person far away is still seen, and the page of 300 pairs can still be sent to somebody. Where the
page sees the frames themselves from where it lies, it shows those."""
_SCRIPTS = ("pictures.js", "comparer.js", "audit.js")
_HEAD = """\
<main id="content">
<h1>Was anything lost?</h1>
<p>Frames drawn at random among the dropped ones, each with the frame that was kept before it. Does the dropped one show
something new that somebody would have wanted to keep?</p>
<form id="answers" class="tools">
<button type="button" data-answer="no">Nothing new <kbd>N</kbd></button>
<button type="button" data-answer="yes">Lost <kbd>Y</kbd></button>
<button type="button" data-answer="unsure">Not sure <kbd>U</kbd></button>
<button type="button" data-step="-1">Previous <kbd>←</kbd></button>
<button type="button" data-step="1">Next <kbd>→</kbd></button>
<button type="button" id="save">Save answers.csv</button>
<span id="state" role="status"></span>
</form>
<section class="panel" id="shown"></section>
<p class="faint">Red outlines counted as change, yellow ones were too small to count.</p>
"""


def write_audit(
    path: PathLike,
    record: Record,
    sample: Sample,
    jobs: int | None = None,
    follow: Callable[[int, int], object] = lambda done, total: None,
) -> list[tuple[str, str]]:
    """Write the page; return path and reason of the frames that could not be shown as they were when decided.

    `follow` is told how many of how many pairs are drawn.

    Raises UsageError where `path` is a file that is not ours, StorageError where the disk refuses.
    """
    changes: list[tuple[str, str]] = []
    places = locate_frames(record, path)
    body = _body(record, sample, places, jobs, changes, follow)
    write_page(path, "Was anything lost?", body, _SCRIPTS, beside=bool(places))
    return changes


def _body(
    record: Record,
    sample: Sample,
    places: list[str],
    jobs: int | None,
    changes: list[tuple[str, str]],
    follow: Callable[[int, int], object],
) -> Iterator[str]:
    yield _HEAD
    jobs = jobs or count_cores()
    with ThreadPoolExecutor(jobs, thread_name_prefix="framesift") as workers:
        look = partial(_explain, record)
        for number, explanation in enumerate(map_ordered(workers, look, sample.decisions, 2 * jobs + 2), start=1):
            if explanation.change:
                changes.append((explanation.decision.frame.path, explanation.change))
            yield _draw_pair(number, explanation)
            follow(number, len(sample.decisions))
    name = f"framesift audit {show(record.folder)} {sample.decisions[0].frame.path} {len(sample.decisions)}"
    rows = [list(map(neutralise, row)) for row in list_answers(sample)]  # the page writes the table as it has them
    frames = [_name_frames(record, decision) for decision in sample.decisions]
    yield embed_json("table", {"name": name, "columns": COLUMNS, "rows": rows, "places": places, "frames": frames})
    yield "</main>\n"


def _name_frames(record: Record, decision: Decision) -> list[str | None]:
    """Return the paths of reference and frame; none of a camera whose 16 bits a browser would show otherwise."""
    return [] if record.levels.get(decision.frame.camera) else [decision.reference, decision.frame.path]


def _explain(record: Record, decision: Decision) -> Explanation:
    return explain_decision(record, decision, None)


def _draw_pair(number: int, explanation: Explanation) -> str:
    decision = explanation.decision
    evidence = explanation.evidence
    candidate = explanation.candidate if evidence is None else evidence.candidate
    reference = explanation.reference if evidence is None else evidence.reference
    score = ""
    if decision.score is not None and explanation.limit is not None and explanation.area is not None:
        score = "Dropped: " + describe_score(decision.score, explanation.limit, explanation.area)
    left = _draw_picture(reference, f"kept: {decision.reference}", "")
    right = _draw_picture(
        candidate, f"dropped: {decision.frame.path}", "" if evidence is None else draw_outlines(evidence)
    )
    change = f'<p class="skipped">{escape(explanation.change)}</p>\n' if explanation.change else ""
    return (
        f'<section data-number="{number}" hidden>\n{change}'
        f'<div class="grid pairs">\n{left}{right}</div>\n'
        f'<p class="faint">{escape(score)}</p>\n</section>\n'
    )


def _draw_picture(picture: Pixels | str | None, caption: str, outline: str) -> str:
    if picture is None or isinstance(picture, str):
        shown = f'<div class="missing">{escape(picture or "nothing to compare with")}</div>'
    else:
        shown = embed_image(picture, caption, _WIDTH, outline)
    return f"<figure>{shown}<figcaption>{escape(caption)}</figcaption></figure>\n"
