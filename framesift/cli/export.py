"""`framesift export`: hand the result over to a labelling tool."""

import argparse
import sys

from framesift.cli.crops import crops_command
from framesift.cli.films import add_film_arguments, film_command
from framesift.cli.options import DONE, EXIT_CODES, add_jobs_argument, add_source_argument
from framesift.errors import UsageError, counted, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from typing import Any

NAMES = ("list", "csv", "coco", "yolo", "cvat", "cvat-manifest", "label-studio", "fiftyone", "parquet")
FILM = "mp4"
DATA_SETS = ("imagefolder", "webdataset")
"""What holds the pictures too, in a folder."""
_IN_MEMORY = 2**20
"""Bytes of what is printed."""
DESCRIPTION = """\
Writes the kept frames of RESULTS down in the format of a labelling tool. No picture is copied: the file names them.
With --dropped the others are in it too, each with the kept frame that stands for it. With --split they are divided
into train, val and test: days of a camera are kept whole, and no near-copy stands on both sides. The formats
imagefolder (Hugging Face datasets) and webdataset hold the pictures themselves. mp4 makes films of them."""

EXAMPLE = """\
example:
  %(prog)s results --format coco --output kept.json
  %(prog)s results --format csv --dropped    every frame, and which kept one stands for it
  %(prog)s results --format parquet --output decisions.parquet    all decisions, as a table
  %(prog)s results --format mp4 --output kept.mp4                 a film of them, or one for each camera
  %(prog)s results --crops changed           what changed, cut out, for models that cost money
  %(prog)s results --format label-studio --prefix https://example.org/frames/
  %(prog)s results --format yolo --split 80,10,10 --output dataset

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=export_command, takes_urls=True)
    add = parser.add_argument
    add("results", metavar="RESULTS", help="folder that framesift filter has filled")
    names = (*NAMES, FILM, *DATA_SETS)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--format", metavar="NAME", choices=names, help=", ".join(names))
    crops = "cut what changed out of each kept frame, into this new folder, with a table of the crops"
    what.add_argument("--crops", metavar="FOLDER", help=crops)
    output = "a new file (default: standard output); with --split, imagefolder and webdataset a new folder"
    add("--output", metavar="FILE", help=output)
    add("--split", metavar="80,10,10", help="shares of train, val and test, whole days of each camera")
    add("--seed", metavar="N", type=int, default=0, help="with --split: another number, another division (default 0)")
    add("--dropped", action="store_true", help="dropped frames too, each with the kept frame that stands for it")
    prefix = "what stands before each path, such as a folder or an address (default: what the tool expects)"
    add("--prefix", metavar="TEXT", help=prefix)
    add_film_arguments(parser)
    add_source_argument(parser)
    add_jobs_argument(parser)


def export_command(options: argparse.Namespace) -> int:
    """Write the file, as a whole or not at all."""
    if options.crops:
        what = "dropped", "prefix", "output", "seconds_each", "length", "no_clock", "camera", "split"
        _refuse(options, "--crops", *what)
        return crops_command(options)
    if options.format == FILM:
        _refuse(options, "a film", "dropped", "prefix", "split")
        return film_command(options)
    _refuse(options, f"--format {options.format}", "seconds_each", "length", "no_clock", "camera", "source", "jobs")
    if options.split is not None or options.format in DATA_SETS:
        return _export_parts(options)
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


def _export_parts(options: argparse.Namespace) -> int:
    """Write the folder, as a whole or not at all, and say what is in each part."""
    from framesift.cli.progress import open_bar
    from framesift.duplicates import Watch
    from framesift.export import export_parts

    class Bars(Watch):
        def follow(self, items: "Any", stage: str, total: int | None = None) -> "Any":
            return open_bar(items, stage, total, "image")

    if options.output is None:
        raise UsageError("--split, imagefolder and webdataset take --output FOLDER, a new one")
    if options.dropped:
        raise UsageError("--split, imagefolder and webdataset take kept frames only: they go without --dropped")
    divided = export_parts(
        options.results, options.format, options.output, split=options.split or "100", seed=options.seed,
        prefix=options.prefix, watch=Bars(),
    )  # fmt: skip
    for part, rows in divided.parts.items():
        cameras = counted(len({row.camera for row in rows}), "camera")
        print(f"{part}: {counted(len(rows), 'frame')} of {cameras}")
    if divided.left_out:
        row, same = divided.left_out[0]
        print(
            f"left out: {counted(len(divided.left_out), 'frame')} that would stand on both sides, such as "
            f"{show(row.path)}, which shows what {show(same.path)} shows"
        )
    return DONE


def _escape(piece: bytes) -> bytes:
    """Return lines as a terminal may show them: names can hold what moves its cursor or turns its text around."""
    lines = piece.decode("utf-8", "surrogateescape").replace("\r\n", "\n").split("\n")
    return "\n".join(map(show, lines)).encode()
