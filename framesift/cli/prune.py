"""`framesift prune`: a retention rule for results folders."""

import argparse
import os
import re

from framesift.cli.backups import describe_removal, name_undo, remove
from framesift.cli.options import DONE, EXIT_CODES, SKIPPED
from framesift.cli.terminal import format_bytes
from framesift.errors import UsageError, as_command, counted, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from datetime import timedelta

    from framesift.filtering.pruning import Pruning

DESCRIPTION = """\
Says which kept frames of RESULTS are older than that, and moves them away with --remove-to. The manifest still knows
them: they are not kept again, and `framesift verify` does not miss them. Of each camera those stay that the next frames
are compared with, so that watching goes on with the same decisions; it may go on meanwhile."""

EXAMPLE = """\
example:
  %(prog)s results --older 90d               what would go
  %(prog)s results --older 90d --remove-to backup        framesift undo backup gives it back

"""
_UNITS = {"h": 1, "d": 24, "w": 24 * 7, "y": 24 * 365}
"""In hours."""
_LONGEST = 100 * _UNITS["y"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=prune_command, plan=None)
    add = parser.add_argument
    add("results", metavar="RESULTS", help="a results folder of framesift filter")
    age = "48h, 90d, 12w or 2y: by the time of the frame, or of its file where it has none that can be right"
    add("--older", metavar="AGE", required=True, help=age)
    where = "move them to the folder BACKUP, outside of RESULTS: new, empty, or the backup of an earlier run"
    add("--remove-to", metavar="BACKUP", help=where)
    add("--dry-run", action="store_true", help="with --remove-to: check and report the same, move nothing")
    add("--quiet", action="store_true", help="no progress bar and no summary")
    add("--json", action="store_true", help="the summary as JSON")


def prune_command(options: argparse.Namespace) -> int:
    """Say what is old; move it away if that is asked for."""
    from framesift.filtering.pruned import forget_present, note_pruned
    from framesift.filtering.pruning import plan_pruning

    age = _read_age(options.older)
    if options.dry_run and not options.remove_to:
        raise UsageError("--dry-run belongs to --remove-to: without it nothing is changed anyway")
    _check_backup(options)
    pruning = plan_pruning(options.results, age)
    removed = {}
    if options.remove_to:
        if not options.dry_run and pruning.plan.steps:
            note_pruned(options.results, (step.path for step in pruning.plan.steps))
        try:
            removed = remove(pruning.plan, options)
        finally:
            if not options.dry_run:
                forget_present(options.results)
    _tell(pruning, removed, options)
    return SKIPPED if removed.get("left") else DONE


def _check_backup(options: argparse.Namespace) -> None:
    """Refuse a backup that cannot be one before the manifest is read."""
    if not options.remove_to:
        return
    from framesift.actions import check_backup

    results, backup = (os.path.realpath(folder) for folder in (options.results, options.remove_to))
    if os.path.commonpath([results, backup]) == results:
        raise UsageError("lies in RESULTS, where every file is a kept frame: choose another", options.remove_to)
    if os.path.isdir(results):
        check_backup(results, backup)


def _tell(pruning: "Pruning", removed: "dict[str, object]", options: argparse.Namespace) -> None:
    number = len(pruning.plan.steps)
    if options.json:
        import json

        about = {"older": number, "bytes": pruning.size, "stay": pruning.stays}
        print(json.dumps(about | ({"removed": removed} if removed else {})))
        return
    if options.quiet:
        return
    size = f" ({format_bytes(pruning.size)})" if number else ""
    stays = f"; {pruning.stays:,} as old stay, for later frames are compared with them" if pruning.stays else ""
    print(f"{counted(number, 'kept frame')} of {show(options.results)} older than {options.older}{size}{stays}")
    if removed:
        print(describe_removal(removed, options))
        if removed.get("done"):
            print(f"Give them back: {name_undo(options.remove_to)}")
    elif number:
        words = ["framesift", "prune", options.results, "--older", options.older, "--remove-to", "backup"]
        print(f"Move them away: {as_command(words)}")


def _read_age(text: str) -> "timedelta":
    from datetime import timedelta

    match = re.fullmatch(r"(\d{1,5})([hdwy])", text, re.ASCII)
    if match is None or not 0 < int(match[1]) * _UNITS[match[2]] <= _LONGEST:
        raise UsageError(f"--older takes an age such as 48h, 90d, 12w or 2y, not {text!r}")
    return timedelta(hours=int(match[1]) * _UNITS[match[2]])
