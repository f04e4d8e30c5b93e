"""Removing to a backup folder, and the commands on such a folder: apply, undo, empty-backup, verify."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable

from framesift.cli.cautions import tell
from framesift.cli.options import DONE, EXIT_CODES, SKIPPED
from framesift.errors import UsageError, as_command, counted, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from typing import Any

    from framesift.actions import Outcome, Plan

_OF_FOLDER = "its folder is "
"""How reasons begin that are of all files in a folder."""

APPLY = """\
Moves the files of PLAN to BACKUP, each to the same path below it. A file that has changed since the plan was made, or
whose keeper has, stays where it is. PLAN is JSON: steps can be deleted from it before. `framesift undo BACKUP` gives
all files back. A plan that you have not made on this machine takes --in: the place that it names itself may be
anybody's choice."""
UNDO = """\
Moves every file of BACKUP back to where it was, with its times and its mode, and metadata.json files to what they were.
Nothing that has come since is overwritten: such files stay in BACKUP. Can be repeated. A backup that you have not begun
on this machine takes --to: the place that it names itself may be anybody's choice."""
EMPTY = """\
Deletes for good the files that framesift has moved to BACKUP and that are still what they were. Other files stay, and
so does the journal. This is the only command that deletes files."""
VERIFY = """\
Reads every file of a backup folder again and compares it with the SHA-256 of the journal; of a results folder every
kept frame with its source, where that still is. Names each that differs. Nothing is written."""


EXAMPLES = {
    "apply": """\
example:
  %(prog)s plan.json --remove-to backup     `framesift duplicates crops --plan plan.json` has written it
  %(prog)s plan.json --remove-to backup --dry-run
  %(prog)s plan.json --remove-to backup --in crops    when they have moved, or somebody else has made the plan""",
    "undo": """\
example:
  %(prog)s backup                            every file back to where it was
  %(prog)s backup --to elsewhere             when that place is gone""",
    "empty-backup": """\
example:
  %(prog)s backup                            asks, then deletes for good""",
    "verify": """\
example:
  %(prog)s backup                            before it is emptied or carried away
  %(prog)s results                           are the kept frames still what their sources are?""",
}


def add_removal_arguments(group: argparse._ActionsContainer) -> None:
    """Describe the options of commands that make a plan and carry it out."""
    where = (
        "move them to the folder BACKUP: new, empty, or the backup of an earlier run; `framesift undo` gives them back"
    )
    group.add_argument("--remove-to", metavar="BACKUP", help=where)
    plan = "write the plan of the removal to a new file, for `framesift apply`"
    group.add_argument("--plan", metavar="FILE", help=plan)


def add_apply_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `apply` to `parser`."""
    parser.add_argument("plan", metavar="PLAN", help="what `--plan FILE` wrote")
    where = "folder to move the files to: new, empty, or the backup of an earlier run"
    parser.add_argument("--remove-to", metavar="BACKUP", required=True, help=where)
    place = "another folder that holds the files, for the same paths below it"
    parser.add_argument("--in", metavar="FOLDER", dest="place", help=place)
    parser.add_argument("--dry-run", action="store_true", help="check and report the same, move nothing")
    _describe(parser, APPLY, EXAMPLES["apply"], apply_command)


def add_undo_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `undo` to `parser`."""
    parser.add_argument("backup", metavar="BACKUP", help="folder that files were moved to")
    parser.add_argument("--to", metavar="FOLDER", help="another folder, for the same paths below it")
    _describe(parser, UNDO, EXAMPLES["undo"], undo_command)


def add_empty_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `empty-backup` to `parser`."""
    parser.add_argument("backup", metavar="BACKUP", help="folder that files were moved to")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    _describe(parser, EMPTY, EXAMPLES["empty-backup"], empty_command)


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `verify` to `parser`."""
    parser.add_argument("folder", metavar="FOLDER", help="a backup or a results folder")
    _describe(parser, VERIFY, EXAMPLES["verify"], verify_command)


def check_plan_file(options: argparse.Namespace) -> None:
    """Raise UsageError for a file that `--plan` would overwrite: to be known before a long search."""
    from framesift.actions.files.outputs import check_new

    if options.plan:
        check_new(options.plan, "--plan takes a new file")


def remove(plan: "Plan", options: argparse.Namespace) -> "dict[str, Any]":
    """Write the plan and carry it out as the options say; return the tally, with the lines on problems printed."""
    from framesift.actions import seal_plan, write_plan

    if options.plan:
        plan = seal_plan(plan, lambda steps: _follow(steps, options, "sealing"))
        write_plan(plan, options.plan)
    if not options.remove_to:
        return {"done": 0, "left": []}
    return _apply(plan, options)


def describe_removal(tally: "dict[str, Any]", options: argparse.Namespace) -> str:
    """Return what `remove` came to in one line."""
    verb = "would be moved" if options.dry_run else "moved"
    line = f"{_count(tally)} {verb} to {show(options.remove_to)}"
    return f"{line}, {len(tally['left'])} left as they are" if tally["left"] else line


def name_undo(backup: str) -> str:
    """Return the command that gives the files of a backup back."""
    from framesift.actions import find_place_to_name

    place = find_place_to_name(backup)
    return as_command(["framesift", "undo", backup, *(["--to", place] if place else [])])


def name_apply(plan: str, root: str) -> str:
    """Return the command that carries out a plan, just written, of the files of `root`."""
    from framesift.actions import can_mark

    place = [] if can_mark() else ["--in", root]
    return as_command(["framesift", "apply", plan, "--remove-to", "backup", *place])


def apply_command(options: argparse.Namespace) -> int:
    """Carry out a plan that was written before."""
    from framesift.actions import read_plan

    tally = _apply(read_plan(options.plan, options.place), options)
    return _conclude(tally, options, describe_removal(tally, options))


def _apply(plan: "Plan", options: argparse.Namespace) -> "dict[str, Any]":
    """Carry out a plan, or check it, once it is said what is lost on another disk, and what stays alone."""
    from framesift.actions import apply_plan, describe_crossing, describe_outside

    tell(filter(None, [describe_crossing([plan], options.remove_to), describe_outside(plan)]), options)
    tally = _carry_out(apply_plan(plan, options.remove_to, options.dry_run), options, len(plan.steps))
    return _foresee(tally) if options.dry_run else tally


def _foresee(tally: "dict[str, Any]") -> "dict[str, Any]":
    """Return the tally of what would have been done, and was not."""
    left = tally.pop("left")
    return {"done": 0, "left": left, "dry_run": tally}


def undo_command(options: argparse.Namespace) -> int:
    """Give all files back."""
    from framesift.actions import undo
    from framesift.filtering.pruned import forget_present

    places: list[str] = []

    def announce(place: str) -> None:
        places.append(place)
        if not options.quiet:
            from tqdm import tqdm

            tqdm.get_lock()  # else it is made within, where an interrupt would leave nothing to be released
            tqdm.write(f"giving back to {show(place)}", file=sys.stderr)

    def warn(line: str) -> None:
        tell([line], options)

    tally = _carry_out(undo(options.backup, options.to, begin=announce, warn=warn), options)
    for place in places:
        forget_present(place)
    to = f" to {show(options.to)}" if options.to else ""
    return _conclude(tally, options, f"{_count(tally)} given back from {show(options.backup)}{to}")


def empty_command(options: argparse.Namespace) -> int:
    """Delete what a backup holds, once that is confirmed."""
    from framesift.actions import count_backup, empty_backup

    number = count_backup(options.backup)
    question = f"Delete {counted(number, 'file')} in {show(options.backup)} for good?"
    if number and not options.yes and not _confirm(question):
        print("nothing was deleted", file=sys.stderr)
        return DONE
    tally = _carry_out(empty_backup(options.backup), options)
    return _conclude(tally, options, f"{counted(tally['done'], 'file')} deleted from {show(options.backup)}")


def verify_command(options: argparse.Namespace) -> int:
    """Read all files of a folder again."""
    from framesift.filtering.pruned import list_away
    from framesift.filtering.verifying import verify

    tally = _carry_out(verify(options.folder), options)
    line = f"{counted(tally['done'], 'file')} of {show(options.folder)} as recorded, {len(tally['left'])} not"
    if away := list_away(options.folder):
        line += f"; {len(away):,} pruned"
    return _conclude(tally, options, line)


def _describe(
    parser: argparse.ArgumentParser, description: str, example: str, command: Callable[[argparse.Namespace], int]
) -> None:
    """Say what a command is for and which function does it, and add the options that all commands here have."""
    parser.description, parser.epilog = description, f"{example}\n\n{EXIT_CODES}"
    parser.set_defaults(command=command)
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no summary")
    parser.add_argument("--json", action="store_true", help="the summary as JSON")


def _carry_out(
    outcomes: "Iterable[Outcome]", options: argparse.Namespace, total: int | None = None
) -> "dict[str, Any]":
    """Go through the outcomes with a progress bar and a line for each problem; return the tally.

    What is wrong with a folder is one line, at the end, for all files in it.
    """
    done, companions, left = 0, 0, []
    folders = Counter[tuple[str, str]]()
    with _follow(outcomes, options, total=total) as bar:
        for outcome in bar:
            if outcome.problem:
                left.append({"path": outcome.path, "reason": outcome.problem})
                if outcome.problem.startswith(_OF_FOLDER):
                    folders[os.path.dirname(outcome.path), outcome.problem.removeprefix(_OF_FOLDER)] += 1
                else:
                    bar.write(f"{show(outcome.path)}: {outcome.problem}", file=sys.stderr)
            elif outcome.companion:
                companions += 1
            else:
                done += 1
    for (folder, problem), number in folders.items():
        print(f"{show(folder)}: is {problem}; {counted(number, 'file')} left there", file=sys.stderr)
    return {"done": done, "left": left, **({"companions": companions} if companions else {})}


def _count(tally: "dict[str, Any]") -> str:
    tally = tally.get("dry_run", tally)
    companions = tally.get("companions", 0)
    files = counted(tally["done"], "file")
    return f"{files} and {counted(companions, 'companion file')}" if companions else files


def _follow(items: "Iterable[Any]", options: argparse.Namespace, stage: str = "", total: int | None = None) -> "Any":
    """Return the items with a progress bar on stderr."""
    from framesift.cli.progress import open_bar

    return open_bar(items, stage, total, "file", options.quiet)


def _conclude(tally: "dict[str, Any]", options: argparse.Namespace, line: str) -> int:
    if options.json:
        import json

        print(json.dumps(tally))
    elif not options.quiet:
        print(line)
    return SKIPPED if tally["left"] else DONE


def _confirm(question: str) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():  # or closed by who started us: <&-
        raise UsageError("deleting takes a terminal to ask on, or --yes")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
