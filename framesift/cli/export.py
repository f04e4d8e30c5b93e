"""`framesift export`: hand the result over to a labelling tool."""

import argparse
import sys

from framesift.cli.crops import crops_command
from framesift.cli.films import add_film_arguments, film_command
from framesift.cli.options import DONE, EXIT_CODES, add_jobs_argument, add_source_argument
from framesift.errors import UsageError, show

NAMES = ("list", "csv", "coco", "yolo", "cvat", "cvat-manifest", "label-studio", "fiftyone", "parquet")
FILM = "mp4"
_IN_MEMORY = 2**20
"""Bytes of what is printed."""
DESCRIPTION = """\
Writes the kept frames of RESULTS down in the format of a labelling tool. No picture is copied: the file names them.
With --dropped the others are in it too, each with the kept frame that stands for it. mp4 makes films of them."""

EXAMPLE = """\
example:
  %(prog)s results --format coco --output kept.json
  %(prog)s results --format csv --dropped    every frame, and which kept one stands for it
  %(prog)s results --format parquet --output decisions.parquet    all decisions, as a table
  %(prog)s results --format mp4 --output kept.mp4                 a film of them, or one for each camera
  %(prog)s results --crops changed           what changed, cut out, for models that cost money
  %(prog)s results --format label-studio --prefix https://example.org/frames/

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=export_command, takes_urls=True)
    add = parser.add_argument
    add("results", metavar="RESULTS", help="folder that framesift filter has filled")
    names = (*NAMES, FILM)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--format", metavar="NAME", choices=names, help=", ".join(names))
    crops = "cut what changed out of each kept frame, into this new folder, with a table of the crops"
    what.add_argument("--crops", metavar="FOLDER", help=crops)
    add("--output", metavar="FILE", help="a new file (default: standard output)")
    add("--dropped", action="store_true", help="dropped frames too, each with the kept frame that stands for it")
    prefix = "what stands before each path, such as a folder or an address (default: what the tool expects)"
    add("--prefix", metavar="TEXT", help=prefix)
    add_film_arguments(parser)
    add_source_argument(parser)
    add_jobs_argument(parser)


def export_command(options: argparse.Namespace) -> int:
    """Write the file, as a whole or not at all."""
    if options.crops:
        _refuse(options, "--crops", "dropped", "prefix", "output", "seconds_each", "length", "no_clock", "camera")
        return crops_command(options)
    if options.format == FILM:
        _refuse(options, "a film", "dropped", "prefix")
        return film_command(options)
    _refuse(options, f"--format {options.format}", "seconds_each", "length", "no_clock", "camera", "source", "jobs")
    from tempfile import SpooledTemporaryFile

    from framesift.actions.files.outputs import create_output
    from framesift.cli.progress import open_bar
    from framesift.export import export_frames

    pieces = export_frames(options.results, options.format, dropped=options.dropped, prefix=options.prefix)
    if options.output is None:
        if options.format == "parquet" and sys.stdout.isatty():
            raise UsageError("parquet is not for the eye: name a file with --output")
        with SpooledTemporaryFile(_IN_MEMORY) as spool:
            spool.writelines(pieces)
            spool.seek(0)
            sys.stdout.flush()
            for line in spool:
                sys.stdout.buffer.write(_escape(line) if sys.stdout.isatty() else line)
        return DONE
    with create_output(options.output) as file, open_bar(pieces, "export", unit="piece") as bar:
        file.writelines(bar)
    if sys.stderr.isatty():
        print(show(options.output), file=sys.stderr)
    return DONE


def _refuse(options: argparse.Namespace, what: str, *names: str) -> None:
    """Raise UsageError for an option that would do nothing."""
    for name in names:
        if getattr(options, name) not in (None, False):
            raise UsageError(f"{what} takes no --{name.replace('_', '-')}")


def _escape(piece: bytes) -> bytes:
    """Return lines as a terminal may show them: names can hold what moves its cursor or turns its text around."""
    lines = piece.decode("utf-8", "surrogateescape").replace("\r\n", "\n").split("\n")
    return "\n".join(map(show, lines)).encode()
