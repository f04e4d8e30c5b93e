"""`framesift overview`: what is in a folder of frames, before anything is decided."""

import argparse
import json
import os
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from framesift.cli.options import (
    DONE,
    EXIT_CODES,
    NAMING,
    SKIPPED,
    add_cluster_argument,
    add_config_argument,
    add_jobs_argument,
    add_reading_arguments,
    open_config,
    open_workers_of,
    tell_left_out,
)
from framesift.cli.terminal import format_bytes
from framesift.errors import counted, show

if TYPE_CHECKING:
    from framesift.looking.overview import Overview, Sighting

DESCRIPTION = """\
Says for each camera what there is: frames and which of them cannot be read and why, sizes, times, gaps, equal times,
clocks that were set back, files with the same bytes, where the whole picture changed (a camera that was moved, covered
or disturbed), what is wrong with a camera (covered, moved, frozen, silent ...), day, night and infra-red. Nothing is
written but FILE.html."""

EXAMPLE = """\
example:
  %(prog)s frames                            a table
  %(prog)s frames --report overview.html     a page with a timeline for each camera and a picture of each oddity
  %(prog)s frames --names                    how names are read: camera and time
  %(prog)s frames --headers                  in a hurry: sizes, times and repeats only

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=overview_command)
    parser.add_argument("directory", metavar="DIR", help="folder of the frames; folders below it are searched too")
    frames = parser.add_argument_group("frames")
    add_config_argument(frames)
    add_reading_arguments(frames)
    running = parser.add_argument_group("running")
    headers = "read headers only: does not see which files are cut or damaged, nor how bright they are"
    names = "show how twenty of the names are read, of each sort of name some, and look at no frame"
    running.add_argument("--names", action="store_true", help=names)
    running.add_argument("--headers", action="store_true", help=headers)
    running.add_argument("--report", metavar="FILE.html", help="write a page that opens without a network")
    running.add_argument("--json", action="store_true", help="everything as JSON")
    add_jobs_argument(running)
    add_cluster_argument(running)
    running.add_argument("--quiet", action="store_true", help="no progress bar and no table")


def overview_command(options: argparse.Namespace) -> int:
    """Look at all frames, then say what there is."""
    if options.names:
        return _show_names(options)
    from framesift.actions.files.outputs import check_output

    if options.report:
        check_output(options.report)
    started = time.monotonic()
    overview = _survey(options)
    cost = _describe_cost(options, overview.sightings, time.monotonic() - started)
    if options.report:
        from framesift.looking.overview.page import write_overview

        write_overview(options.report, options.directory, overview.cameras, cost)
    unlisted = overview.listing.unlisted
    for folder, reason in unlisted:
        print(f"{show(os.path.join(options.directory, folder))}: {reason}", file=sys.stderr)
    tell_left_out(overview.listing.left_out, overview.choice, options.directory, quiet=True)
    _print(options, overview, cost)
    return SKIPPED if unlisted or any(sighting.problem for sighting in overview.sightings) else DONE


def _show_names(options: argparse.Namespace) -> int:
    """Say how some names are read."""
    from framesift.cli.options import read_options
    from framesift.frames.finding import find_frames
    from framesift.looking.overview.names import examples_as_json, format_examples

    naming = read_options(options).naming
    frames = find_frames(options.directory, naming).frames
    print(json.dumps(examples_as_json(frames)) if options.json else "\n".join(format_examples(frames, naming)))
    return DONE


def _survey(options: argparse.Namespace) -> "Overview":
    from contextlib import ExitStack

    from framesift.cli.progress import open_bar
    from framesift.looking.overview import survey_frames

    with ExitStack() as stack:
        return survey_frames(
            options.directory,
            headers_only=options.headers,
            jobs=options.jobs,
            executor=open_workers_of(options, stack),
            follow=partial(open_bar, quiet=options.quiet),
            config=open_config(options),
            max_pixels=options.max_pixels,
            exclude=options.exclude,
            include=options.include,
            start=options.start,
            end=options.end,
            hours=options.hours,
            **{name: getattr(options, name) for name in NAMING},
        )


def _print(options: argparse.Namespace, overview: "Overview", cost: str) -> None:
    from framesift.looking.overview.table import find_name_doubts, format_table

    cameras, left_out = overview.cameras, overview.listing.left_out
    if options.json:
        more: dict[str, Any] = {"not_looked_at": not_looked_at} if (not_looked_at := left_out.as_json()) else {}
        more |= {"passed_over": overview.listing.others} if overview.listing.others else {}
        more |= {"doubts": find_name_doubts(cameras)}
        print(json.dumps({"cameras": [camera.as_json() for camera in cameras], **more}))
    elif not options.quiet:
        print("\n".join([*format_table(cameras), "", *_describe_rest(overview), cost]))


def _describe_rest(overview: "Overview") -> list[str]:
    """Return a line for the films, one for what was not chosen, and one for what is neither a frame nor a film."""
    listing = overview.listing
    films = f"{counted(len(listing.videos), 'video')}: --every 1s of framesift filter samples them"
    return list(filter(None, [films if listing.videos else "", listing.left_out.describe(), listing.describe_others()]))


def _describe_cost(options: argparse.Namespace, sightings: "list[Sighting]", seconds: float) -> str:
    total = f"total: {counted(len(sightings), 'frame')}"
    size = sum(sighting.length for sighting in sightings)
    if options.headers:
        return f"{total}; read their headers in {seconds:.1f} s"
    return f"{total}; read {format_bytes(size)} in {seconds:.1f} s (--headers is quicker and sees less)"
