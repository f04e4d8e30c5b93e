"""`framesift export --format mp4`: films of what was kept."""

import argparse
import os
import sys
from contextlib import ExitStack

from framesift.cli.options import DONE, SKIPPED
from framesift.errors import UsageError, counted, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from framesift.filtering.manifest import Record
    from framesift.looking.films import FilmPlan, Pace


def add_film_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only films take."""
    group = parser.add_argument_group("films (mp4)")
    add = group.add_argument
    add("--seconds-each", metavar="S", type=float, help="so long each picture is shown (default 0.5)")
    length = "of the whole film, such as 60s: each picture in proportion to the time that it stands for"
    add("--length", metavar="TIME", help=length)
    add("--no-clock", action="store_true", help="do not write the times into the pictures")
    add("--camera", metavar="NAME", help="of this camera only (default: a film for each, FILE-CAMERA.mp4)")


def film_command(options: argparse.Namespace) -> int:
    """Make the films, all of them or none."""
    from framesift.actions.files.outputs import create_output
    from framesift.cli.progress import open_bar
    from framesift.filtering.places import borrow_record
    from framesift.looking.films import plan_films, require_av, write_film

    if options.output is None:
        raise UsageError("a film is a file: name it with --output FILE.mp4")
    require_av()
    pace = _read_pace(options)
    with borrow_record(options.results, options.source) as record:
        record.require_source()
        plans = plan_films(record, pace, options.camera)
        paths = _name_films(options.output, plans)
        total = sum(len(plan.shots) for plan in plans)
        with ExitStack() as stack, open_bar(stage="film", total=total, unit="picture") as bar:
            files = [stack.enter_context(create_output(path)) for path in paths]
            unread = []
            for plan, file in zip(plans, files, strict=True):
                unread += write_film(record, plan, file, not options.no_clock, options.jobs, bar.update)
            _refuse_nothing(record, total, unread)
    for path, reason in unread:
        print(f"{show(path)}: not in the film: {reason}", file=sys.stderr)
    for path in paths:
        print(show(path))
    return SKIPPED if unread else DONE


def _read_pace(options: argparse.Namespace) -> "Pace":
    from framesift.looking.events import parse_duration
    from framesift.looking.films import Pace

    if options.length is None:
        return Pace(0.5 if options.seconds_each is None else options.seconds_each)
    if options.seconds_each is not None:
        raise UsageError("--length and --seconds-each are two ways to say it: choose one")
    return Pace(length=parse_duration(options.length, "--length"))


def _name_films(output: str, plans: "list[FilmPlan]") -> list[str]:
    """Return the file of each camera: that which was asked for, or one beside it where there are several."""
    from framesift.cli.mask import name_file

    if len(plans) == 1:
        return [output]
    stem, suffix = os.path.splitext(output)
    return [f"{stem}-{name_file(plan.camera)}{suffix or '.mp4'}" for plan in plans]


def _refuse_nothing(record: "Record", total: int, unread: list[tuple[str, str]]) -> None:
    if len(unread) == total:
        path, reason = unread[0]
        many = f"none of {counted(total, 'kept frame')} can be read any more"
        raise UsageError(f"{many}, so there is no film: {show(path)}: {reason}", record.folder)
