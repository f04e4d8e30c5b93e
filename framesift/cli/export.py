"""`framesift export`: hand the result over to a labelling tool."""

import argparse
import shutil
import sys
import tempfile

from framesift.cli.options import DONE, EXIT_CODES

NAMES = ("list", "csv", "coco", "yolo", "cvat", "cvat-manifest", "label-studio", "fiftyone")
_IN_MEMORY = 1 << 26
"""Bytes of what goes to standard output as a whole or not at all: a name that a format cannot have may come last."""
DESCRIPTION = """\
Writes the kept frames of RESULTS down in the format of a labelling tool. No picture is copied: the file names them.
With --dropped the others are in it too, each with the kept frame that stands for it."""

EXAMPLE = """\
example:
  %(prog)s results --format coco --output kept.json
  %(prog)s results --format csv --dropped    every frame, and which kept one stands for it
  %(prog)s results --format label-studio --prefix https://example.org/frames/

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=export_command, takes_urls=True)
    add = parser.add_argument
    add("results", metavar="RESULTS", help="folder that framesift filter has filled")
    add("--format", metavar="NAME", choices=NAMES, required=True, help=", ".join(NAMES))
    add("--output", metavar="FILE", help="a new file (default: standard output)")
    add("--dropped", action="store_true", help="dropped frames too, each with the kept frame that stands for it")
    prefix = "what stands before each path, such as a folder or an address (default: what the tool expects)"
    add("--prefix", metavar="TEXT", help=prefix)


def export_command(options: argparse.Namespace) -> int:
    """Write the file, as a whole or not at all."""
    from framesift.actions.files.outputs import create_output
    from framesift.export import export_frames

    pieces = export_frames(options.results, options.format, dropped=options.dropped, prefix=options.prefix)
    if options.output is None:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            file.writelines(pieces)
            file.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(file, sys.stdout.buffer)
        return DONE
    with create_output(options.output) as file:
        file.writelines(pieces)
    return DONE
