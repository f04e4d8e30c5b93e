"""python -m benchmarks.quality: coverage, keep rate, excess and false keeps of framesift and of what else there is."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2

from benchmarks.quality.film import film_stage
from benchmarks.quality.methods import Contender, choose_all, own_contenders
from benchmarks.quality.metrics import measure_quality
from benchmarks.quality.own import read_cameras
from benchmarks.quality.peers import find_peers
from benchmarks.quality.plot import INSTALL, write_plot
from benchmarks.quality.stages import STAGES, Stage
from benchmarks.quality.table import Result, write_report
from benchmarks.quality.truth import Truth
from framesift.errors import FramesiftError

DEFAULT_WORK = Path("/var/tmp/framesift-quality")


def build_parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    add = parser.add_argument
    names = ", ".join(stage.name for stage in STAGES)
    add("--work", type=Path, default=DEFAULT_WORK, metavar="FOLDER", help="for rendered frames (default %(default)s)")
    add("--scenes", type=choose_stages, default=STAGES, metavar="A,B", help=f"default: all ({names})")
    add("--frames", type=int, default=72, metavar="N", help="of each scene (default %(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="other numbers give other scenes (default %(default)s)")
    add("--own", type=Path, metavar="FOLDER", help="your own frames instead")
    truth = "<camera>-masks/NAME.png or <camera>-labels.csv with frame,state (default: among your frames)"
    add("--truth", type=Path, metavar="FOLDER", help=truth)
    add("--still", type=lambda text: text.split(","), default=[], metavar="CAMERA,...", help="where nothing moves")
    add("--plot", type=Path, metavar="FILE", help="coverage against keep rate, PNG or SVG (needs matplotlib)")
    add("--table", type=Path, metavar="FILE", help="the printed tables as a file too")
    return parser


def choose_stages(text: str) -> tuple[Stage, ...]:
    """The scenes of these names."""
    known = {stage.name: stage for stage in STAGES}
    unknown = [name for name in text.split(",") if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
    return tuple(known[name] for name in text.split(","))


def read_truths(arguments: argparse.Namespace) -> Iterator[Truth]:
    """The cameras to run over, one after the other. Raises ValueError where none is there."""
    if arguments.own is None:
        yield from (film_stage(s, arguments.work, arguments.frames, arguments.seed) for s in arguments.scenes)
        return
    found = False
    for truth in read_cameras(arguments.own, arguments.truth or arguments.own, arguments.still):
        found = True
        yield truth
    if not found:
        raise ValueError("no camera has masks or labels, nor is it named by --still")


def run(truths: Iterable[Truth], contenders: Sequence[Contender]) -> list[Result]:
    """Every setting of every method on every camera."""
    results = {(c.name, s.text): Result(c, s) for c in contenders for s in c.settings}
    for truth in truths:
        print(f"{truth.camera}: {len(truth.frames)} frames", file=sys.stderr)
        for contender, setting, chosen in choose_all(truth.frames, contenders):
            results[contender.name, setting.text].qualities[truth.camera] = measure_quality(truth, chosen)
    return list(results.values())


def describe_run(arguments: argparse.Namespace, results: Sequence[Result]) -> str:
    """What the figures stand for, in a line."""
    qualities = results[0].qualities.values()
    what = f"frames of {arguments.own.name}" if arguments.own else f"rendered frames, seed {arguments.seed}"
    return f"{sum(quality.frames for quality in qualities)} {what}; {len(qualities)} cameras"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.frames < 1 or arguments.seed < 0:
        parser.error("--frames takes at least 1 and --seed at least 0")
    cv2.setNumThreads(1)  # the order in which threads add must not decide a score
    peers, missing = find_peers()
    try:
        results = run(read_truths(arguments), [*own_contenders(), *peers])
        caption = describe_run(arguments, results)
        report = f"{caption}\n\n{write_report(results, missing)}\n"
        print(report, end="")
        if arguments.table:
            arguments.table.write_text(report, encoding="utf-8")
        if arguments.plot:
            write_plot(results, caption, arguments.plot)
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        print(INSTALL, file=sys.stderr)
        return 2
    except (FramesiftError, OSError, ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
