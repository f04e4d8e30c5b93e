"""`framesift demo`: all of it on sample frames, which come with framesift."""

import argparse
import os
import sys

from framesift.cli.options import EXIT_CODES
from framesift.errors import UsageError, show

DESCRIPTION = """\
Copies two dozen rendered frames of two cameras to FOLDER/frames, filters them into FOLDER/results, and writes and opens
the page that shows every decision. Delete FOLDER when you have seen it."""

EXAMPLE = """\
example:
  %(prog)s                                   in framesift-demo, in the current folder
  %(prog)s /tmp/demo --no-browser            only prints where the page is

"""
SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sample")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=demo_command)
    folder = "a new folder, or that of an earlier demo (default framesift-demo)"
    parser.add_argument("folder", metavar="FOLDER", nargs="?", default="framesift-demo", help=folder)
    parser.add_argument("--no-browser", action="store_true", help="do not open the page")


def demo_command(options: argparse.Namespace) -> int:
    """Copy, filter, report, open."""
    import pathlib

    from framesift.cli.browser import open_browser
    from framesift.cli.parsing import Parser

    frames, results = (os.path.join(options.folder, name) for name in ("frames", "results"))
    page = os.path.join(options.folder, "report.html")
    _copy_sample(options.folder, frames)
    words = [frames, results, "--report", page, "--color", options.color]
    filtering = Parser("filter", "framesift filter").parse_args(words)
    code = int(filtering.command(filtering))
    if not sys.stdout.isatty():  # else filter has said it
        print(show(page))
    if not options.no_browser:
        open_browser(pathlib.Path(page).absolute().as_uri())
    return code


def _copy_sample(folder: str, frames: str) -> None:
    """Copy the frames that are not there yet. Raises UsageError for a folder with something else in it."""
    import shutil

    from framesift.actions import storage_errors

    with storage_errors(folder):
        os.makedirs(folder, exist_ok=True)
        others = set(os.listdir(folder)) - {"frames", "results", "report.html"}
        if others:
            raise UsageError(f"holds {show(min(others))}: choose a new folder", folder)
        os.makedirs(frames, exist_ok=True)
        for name in sorted(os.listdir(SAMPLE)):
            if not os.path.lexists(os.path.join(frames, name)):
                shutil.copy2(os.path.join(SAMPLE, name), frames)
