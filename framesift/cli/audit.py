"""`framesift audit`: bound what was lost, by looking at some of the dropped frames."""

import argparse
import json
import math
import os
import sys
from typing import TYPE_CHECKING

from framesift.cli.options import (
    DONE,
    EXIT_CODES,
    SKIPPED,
    add_jobs_argument,
    add_source_argument,
    positive,
    whole_number,
)
from framesift.errors import StorageError, UsageError, counted, show

if TYPE_CHECKING:
    from framesift.filtering.manifest import Record
    from framesift.looking.audit import Answers

DESCRIPTION = """\
Draws dropped frames at random for a person to look at beside their references, and says from the answers how many of
all dropped frames can have shown something new: at most so many, at 95 % confidence."""

EXAMPLE = """\
example:
  %(prog)s results                           writes results-audit/audit.html and answers.csv: open, answer, save
  %(prog)s results --answers answers.csv     0 of 300: at most 1 %% of the dropped frames

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=audit_command, takes_urls=True)
    add = parser.add_argument
    add("results", metavar="RESULTS", help="folder that framesift filter has filled")
    drawing = parser.add_argument_group("drawing")
    number = "so many dropped frames, or all if there are fewer (default 300)"
    drawing.add_argument("--number", metavar="N", type=positive, default=300, help=number)
    seed = "another number draws other frames (default 0)"
    drawing.add_argument("--seed", metavar="N", type=whole_number, default=0, help=seed)
    drawing.add_argument("--output", metavar="FOLDER", help="a new or empty folder (default: RESULTS-audit)")
    add_source_argument(drawing)
    add_jobs_argument(drawing)
    answering = parser.add_argument_group("answering")
    answers = "the table with the answers yes, no or unsure in its column lost"
    answering.add_argument("--answers", metavar="FILE.csv", help=answers)
    answering.add_argument("--json", action="store_true", help="the bound as JSON")


def audit_command(options: argparse.Namespace) -> int:
    """Draw frames, or conclude from the answers."""
    from framesift.filtering.places import borrow_record
    from framesift.stores import is_url

    if is_url(options.results) and not (options.output or options.answers):
        raise UsageError("the page is written on this machine: name a folder with --output", options.results)
    with borrow_record(options.results, options.source) as record:
        return _conclude(options, record) if options.answers else _draw(options, record)


def _draw(options: argparse.Namespace, record: "Record") -> int:
    from framesift.actions import storage_errors
    from framesift.actions.files.access import new_folder
    from framesift.actions.files.staging import holds_only
    from framesift.cli.progress import follow_steps, open_bar
    from framesift.looking.audit import draw_sample, write_answers, write_audit
    from framesift.looking.streamed import require_dropped
    from framesift.stores import is_folder

    record.require_source()
    require_dropped(record)
    sample = draw_sample(record, options.number, options.seed)
    if not is_folder(record.source):  # else every frame would be named, and an audit without pictures be in the way
        raise StorageError("the folder of the frames is gone: name where they lie now with --source", record.source)
    folder = options.output or f"{os.path.normpath(options.results)}-audit"
    page, table = os.path.join(folder, "audit.html"), os.path.join(folder, "answers.csv")
    with storage_errors(folder), new_folder(folder, options.results):
        if not holds_only(folder, r"audit\.html"):  # the table, which is written last, ends it
            raise UsageError(_describe_folder(options, folder), folder)
        with open_bar(stage="audit", unit="pair") as bar:
            changes = write_audit(page, record, sample, options.jobs, follow_steps(bar))
        write_answers(table, sample)
    for path, change in changes:
        print(f"{show(path)}: {change}", file=sys.stderr)
    print(f"{counted(len(sample.decisions), 'frame')} of {sample.population} dropped: answer in {show(page)}, or write")
    print(f"yes, no or unsure into {show(table)}; then: framesift audit {show(options.results)} --answers FILE.csv")
    return SKIPPED if changes else DONE


def _describe_folder(options: argparse.Namespace, folder: str) -> str:
    """Say why a folder cannot be drawn into, and how to go on with an audit that is in it."""
    table = os.path.join(folder, "answers.csv")
    if not os.path.isfile(table):
        return "is not empty: choose another folder with --output"
    go_on = f"framesift audit {show(options.results)} --answers {show(table)}"
    return f"holds an audit: answer in its audit.html, then {go_on}; or choose another folder with --output"


def _conclude(options: argparse.Namespace, record: "Record") -> int:
    from framesift.looking.audit import read_answers

    answers = read_answers(options.answers, record)
    print(json.dumps(_as_json(answers)) if options.json else _describe(answers))
    return DONE


def _describe(answers: "Answers") -> str:
    rest = answers.drawn - answers.answered
    unseen = f" (the last {rest} drawn were not looked at and do not count)" if rest else ""
    share = math.ceil(10_000 * answers.bound / answers.population) / 100
    return (
        f"{answers.lost} of {answers.answered} frames looked at were lost or unsure{unseen}\n"
        f"at 95 % confidence at most {share:g} % of the dropped frames are: {answers.bound} of {answers.population}\n"
        "(exact one-sided bound for a draw without replacement, Clopper and Pearson, hypergeometric)"
    )


def _as_json(answers: "Answers") -> dict[str, float]:
    return {
        "drawn": answers.drawn,
        "answered": answers.answered,
        "lost": answers.lost,
        "dropped": answers.population,
        "confidence": 0.95,
        "at_most": answers.bound,
        "at_most_share": answers.bound / answers.population,
    }
