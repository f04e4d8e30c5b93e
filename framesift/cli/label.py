"""`framesift label`: labels of kept frames, carried over to the dropped ones."""

import argparse
import os
import sys
from typing import TYPE_CHECKING

from framesift.cli.options import DONE, EXIT_CODES, SKIPPED, add_jobs_argument, add_source_argument
from framesift.errors import as_command, counted, show

if TYPE_CHECKING:
    from framesift.looking.labelling import Carried

DESCRIPTION = """\
Takes labels of the kept frames of RESULTS and writes them, in the same format, for the dropped frames too: those that
lie where nothing has changed go to FOLDER/certain, with all that was labelled before; those that may not fit any more
to FOLDER/to-check, to be looked at in FOLDER/check.html. COCO, YOLO, Pascal VOC, CVAT for images and Label Studio."""

EXAMPLE = """\
example:
  %(prog)s results --from kept.json --to labels
  %(prog)s results --from kept.json --to labels --checked checked.csv    what you have checked on the page counts
  %(prog)s results --from yolo --to labels --only-certain                without frames that have to be checked

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=label_command, takes_urls=True)
    add = parser.add_argument
    add("results", metavar="RESULTS", help="folder that framesift filter has filled")
    add("--from", dest="labels", metavar="LABELS", required=True, help="file or folder of labels; it stays as it is")
    add("--to", dest="output", metavar="FOLDER", required=True, help="new folder, or one that this has filled before")
    only = "leave frames that have something to check out of FOLDER/certain"
    add("--only-certain", action="store_true", help=only)
    checked = "table saved by the page, or to-check.csv filled in; may be repeated"
    add("--checked", metavar="FILE.csv", action="append", default=[], help=checked)
    prefix = "what stands before the paths of dropped frames in the labels (default: as before those of kept ones)"
    add("--prefix", metavar="TEXT", help=prefix)
    add_source_argument(parser)
    add_jobs_argument(parser)


def label_command(options: argparse.Namespace) -> int:
    """Carry the labels over, and say what came of it."""
    from framesift.cli.progress import follow_steps, open_bar
    from framesift.looking.labelling import carry_labels

    with open_bar(stage="label", unit="frame") as bar:
        carried = carry_labels(
            options.results,
            options.labels,
            options.output,
            only_certain=options.only_certain,
            checked=options.checked,
            prefix=options.prefix,
            source=options.source,
            jobs=options.jobs,
            follow=follow_steps(bar),
        )
    for path, reason in carried.problems:
        print(f"{show(path)}: {reason}", file=sys.stderr)
    for line in _describe_rest(options, carried):
        print(line, file=sys.stderr)
    print("\n".join(_describe(options, carried)))
    return SKIPPED if carried.problems else DONE


def _describe(options: argparse.Namespace, carried: "Carried") -> list[str]:
    folder = show(os.path.join(options.output, ""))
    lines = [
        f"{counted(carried.labels, 'label')} carried over, {carried.form}: {folder}certain",
        f"{counted(carried.whole, 'dropped frame')} certain, {carried.to_check} to check, {carried.to_label} to label",
    ]
    if carried.to_check:
        more = "" if carried.on_page == carried.to_check else f" (the first {carried.on_page} of these frames)"
        again = ["framesift", "label", options.results, "--from", options.labels, "--to", options.output]
        only = ["--only-certain"] if options.only_certain else []
        tables = [word for table in [*options.checked, "checked.csv"] for word in ("--checked", table)]
        lines.append(f"{counted(carried.questions, 'question')}: answer in {folder}check.html{more}, then")
        lines.append(f"  {as_command([*again, *only, *tables])}")
    return lines


def _describe_rest(options: argparse.Namespace, carried: "Carried") -> list[str]:
    """Say what got no labels."""
    lines = [f"{counted(number, 'dropped frame')} without: {reason}" for reason, number in carried.without.items()]
    if carried.strangers:
        number, first = counted(len(carried.strangers), "name"), show(carried.strangers[0])
        lines.append(f"{show(options.labels)}: {number} of no frame of this run, such as {first}")
    return lines
