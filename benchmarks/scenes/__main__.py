"""python -m benchmarks.scenes OUT: write rendered frames of parking decks, and on request their truth."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from benchmarks import exit_code_of
from benchmarks.scenes.geometry import Size
from benchmarks.scenes.timetable import make_deck
from benchmarks.scenes.writing import Format, TruthFolder, write_frames


def parse_size(text: str) -> Size:
    """ "640x480" to (640, 480)."""
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT, got {text!r}") from None
    if min(width, height) < 1:
        raise argparse.ArgumentTypeError("width and height are at least 1")
    return width, height


def build_parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scenes", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the frames, new or empty")
    parser.add_argument("--cameras", type=int, default=2, help="how many: c10, c20, ... (default %(default)s)")
    parser.add_argument("--frames", type=int, default=24, help="of each camera (default %(default)s)")
    parser.add_argument("--size", type=parse_size, default=(640, 480), metavar="WIDTHxHEIGHT", help="default 640x480")
    parser.add_argument("--format", choices=("jpg", "png"), default="jpg")
    parser.add_argument("--quality", type=int, default=80, help="of JPEG (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--interval", type=float, default=300, help="seconds between frames (default %(default)s)")
    parser.add_argument("--activity", type=float, default=0.12, help="share of changed frames (default %(default)s)")
    parser.add_argument("--truth", action="store_true", help="also write masks and objects.csv into OUT-truth")
    return parser


def write_all(arguments: argparse.Namespace) -> int:
    """Write the frames of every camera; returns how many."""
    form = Format("." + arguments.format, arguments.quality)
    written = 0
    with ExitStack() as stack:
        truth = None
        if arguments.truth:
            truth = stack.enter_context(TruthFolder(arguments.out.with_name(arguments.out.name + "-truth")))
        for camera in range(10, 10 * arguments.cameras + 1, 10):
            interval = timedelta(seconds=arguments.interval)
            scene = make_deck(f"c{camera}", arguments.seed, arguments.frames, interval, arguments.activity)
            for stem, rendered in write_frames(scene, arguments.out, arguments.size, form):
                written += 1
                if truth:
                    truth.append(stem, rendered)
    return written


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = build_parser()
    arguments = parser.parse_args(argv)

    def write() -> None:
        arguments.out.mkdir(parents=True, exist_ok=True)
        if any(arguments.out.iterdir()):
            parser.error(f"{arguments.out} is not empty")
        print(f"{write_all(arguments)} frames in {arguments.out}")

    return exit_code_of(write, OSError)


if __name__ == "__main__":
    sys.exit(main())
