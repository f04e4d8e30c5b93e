"""`framesift overview`: what is in a folder of frames, before anything is decided."""

import argparse
import json
import os
import sys
import time
from typing import TYPE_CHECKING

from framesift.cli.options import (
    DONE,
    EXIT_CODES,
    SKIPPED,
    add_cluster_argument,
    add_jobs_argument,
    add_reading_arguments,
    open_workers_of,
    read_options,
)
from framesift.errors import counted, show

if TYPE_CHECKING:
    from framesift.frames.finding import Listing
    from framesift.looking.overview import CameraOverview, Sighting

DESCRIPTION = """\
Says for each camera what there is: frames and which of them cannot be read and why, sizes, times, gaps, equal times,
clocks that were set back, files with the same bytes, day, night and infra-red. Nothing is written but FILE.html."""

EXAMPLE = """\
example:
  %(prog)s frames                            a table
  %(prog)s frames --report overview.html     a page with a timeline for each camera and a picture of each oddity
  %(prog)s frames --headers                  in a hurry: sizes, times and repeats only

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=overview_command)
    parser.add_argument("directory", metavar="DIR", help="folder of the frames; folders below it are searched too")
    add_reading_arguments(parser.add_argument_group("frames"))
    running = parser.add_argument_group("running")
    headers = "read headers only: does not see which files are cut or damaged, nor how bright they are"
    running.add_argument("--headers", action="store_true", help=headers)
    running.add_argument("--report", metavar="FILE.html", help="write a page that opens without a network")
    running.add_argument("--json", action="store_true", help="everything as JSON")
    add_jobs_argument(running)
    add_cluster_argument(running)
    running.add_argument("--quiet", action="store_true", help="no progress bar and no table")


def overview_command(options: argparse.Namespace) -> int:
    """Look at all frames, then say what there is."""
    from framesift.actions.files.outputs import check_output
    from framesift.frames.finding import find_frames
    from framesift.looking.overview import describe_cameras

    if options.report:
        check_output(options.report)
    started = time.monotonic()
    settings = read_options(options)
    listing = find_frames(options.directory, settings.naming)
    sightings = _look(options, listing, settings.max_pixels)
    cameras = describe_cameras(options.directory, sightings, settings.naming)
    cost = _describe_cost(options, sightings, time.monotonic() - started)
    if options.report:
        from framesift.looking.overview.page import write_overview

        write_overview(options.report, options.directory, cameras, cost)
    for folder, reason in listing.unlisted:
        print(f"{show(os.path.join(options.directory, folder))}: {reason}", file=sys.stderr)
    _print(options, cameras, cost)
    return SKIPPED if listing.unlisted or any(sighting.problem for sighting in sightings) else DONE


def _look(options: argparse.Namespace, listing: "Listing", max_pixels: int) -> "list[Sighting]":
    from contextlib import ExitStack

    from tqdm import tqdm

    from framesift.looking.overview import look_at_frames

    with ExitStack() as stack:
        looks = look_at_frames(
            options.directory,
            listing.frames,
            headers_only=options.headers,
            max_pixels=max_pixels,
            jobs=options.jobs,
            executor=open_workers_of(options, stack),
        )
        total = len(listing.frames)
        return list(tqdm(looks, total=total, unit="frame", file=sys.stderr, disable=options.quiet or None))


def _print(options: argparse.Namespace, cameras: "list[CameraOverview]", cost: str) -> None:
    from framesift.looking.overview.table import format_table

    if options.json:
        print(json.dumps({"cameras": [camera.as_json() for camera in cameras]}))
    elif not options.quiet:
        print("\n".join([*format_table(cameras), "", cost]))


def _describe_cost(options: argparse.Namespace, sightings: "list[Sighting]", seconds: float) -> str:
    total = f"total: {counted(len(sightings), 'frame')}"
    size = sum(sighting.length for sighting in sightings)
    if options.headers:
        return f"{total}; read their headers in {seconds:.1f} s"
    return f"{total}; read {_format_bytes(size)} in {seconds:.1f} s (--headers is quicker and sees less)"


def _format_bytes(number: float) -> str:
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} GB"
