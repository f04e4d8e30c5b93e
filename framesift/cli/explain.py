"""`framesift explain`: why one frame was kept, dropped or skipped, as a picture."""

import argparse
import os
import sys

from framesift.cli.options import DONE, EXIT_CODES, SKIPPED, add_source_argument, refuse_among_frames
from framesift.errors import show

DESCRIPTION = """\
Draws why a frame was kept, dropped or skipped: its reference, the frame with what changed, their difference and the
threshold image, with score, threshold, settings and times. It is computed again from the files; where they have
changed since the run, it says so (exit code 1)."""

EXAMPLE = """\
example:
  %(prog)s results c10_2021_03_27__17_16_10          a part of the name is enough
  %(prog)s results c10/1.jpg --output why.png

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=explain_command, takes_urls=True)
    parser.add_argument("results", metavar="RESULTS", help="folder that framesift has filled")
    parser.add_argument("frame", metavar="FRAME", help="path of a frame as in the manifest, or a part that is unique")
    output = "where to draw it (default explained-FRAME.png in the current folder)"
    parser.add_argument("--output", metavar="FILE.png", help=output)
    add_source_argument(parser)


def explain_command(options: argparse.Namespace) -> int:
    """Draw one decision."""
    from framesift.actions.files.outputs import check_output, replace_output
    from framesift.filtering.places import borrow_record
    from framesift.looking.decision_search import find_decision, find_time
    from framesift.looking.explanation import explain_decision
    from framesift.looking.explanation_picture import draw_explanation, encode_picture
    from framesift.looking.wording import state_verdict

    if options.output:
        check_output(options.output)
    with borrow_record(options.results, options.source) as record:
        record.require_source()
        decision = find_decision(record, options.frame)
        output = options.output or _name_picture(decision.frame.path)
        check_output(output)
        refuse_among_frames(output, record.source, "--output")
        explanation = explain_decision(record, decision, find_time(record, decision.reference), walk_films=True)
    with replace_output(output) as file:
        file.write(encode_picture(draw_explanation(explanation)))
    path = show(decision.frame.path)
    print(f"{path}: {state_verdict(decision, explanation.limit, explanation.area)}\n{show(output)}")
    if explanation.change:
        print(f"{path}: the files have changed since the run: {explanation.change}", file=sys.stderr)
        return SKIPPED
    return DONE


def _name_picture(path: str) -> str:
    """Return the name of the picture that explains a frame, of which each has its own."""
    stem = os.path.splitext(path)[0].replace("/", "-")
    return f"explained-{stem[-100:]}.png"
