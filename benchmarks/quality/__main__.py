"""python -m benchmarks.quality: coverage, keep rate, excess and false keeps of framesift and of what else there is."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2

from benchmarks.quality.film import GROUPS, film_stage, group_of
from benchmarks.quality.methods import Contender, choose_all, own_contenders
from benchmarks.quality.metrics import measure_quality
from benchmarks.quality.own import Border, read_cameras
from benchmarks.quality.pairs import judge_pairs, read_pairs, show_pairs
from benchmarks.quality.peers import find_peers, is_importable
from benchmarks.quality.plot import INSTALL, write_plot
from benchmarks.quality.stages import STAGES, Stage
from benchmarks.quality.table import Result, split_groups, write_report
from benchmarks.quality.truth import Truth
from benchmarks.stills import STILLS, Stills
from framesift.errors import FramesiftError

DEFAULT_WORK = Path("/var/tmp/framesift-quality")
BORDER_HELP = "percent of the sides of your frames that count for nothing, left, top, right, bottom (default 0,0,0,0)"
SCENES: tuple[Stage | Stills, ...] = (*STAGES, *STILLS)


def build_parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    add = parser.add_argument
    names = ", ".join(stage.name for stage in SCENES)
    add("--work", type=Path, default=DEFAULT_WORK, metavar="FOLDER", help="for rendered frames (default %(default)s)")
    of_scenes = f"names, or {' or '.join(GROUPS)} for all of a group; default: all ({names}), with --own none"
    add("--scenes", type=choose_stages, metavar="A,B", help=of_scenes)
    add("--frames", type=int, default=72, metavar="N", help="of each scene (default %(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="other numbers give other scenes (default %(default)s)")
    add("--own", type=Path, metavar="FOLDER", help="your own frames instead, or beside the scenes named by --scenes")
    truth = "<camera>-masks/NAME.png or <camera>-labels.csv with frame,state (default: among your frames)"
    add("--truth", type=Path, metavar="FOLDER", help=truth)
    add("--still", nargs="+", default=[], metavar="CAMERA", help="of your cameras, those before which nothing moves")
    add("--border", type=parse_border, default=(0, 0, 0, 0), metavar="L,T,R,B", help=BORDER_HELP)
    add("--pairs", type=Path, metavar="FILE", help="score pairs of your frames that were judged by eye (see `pairs`)")
    add("--plot", type=Path, metavar="FILE", help="coverage against keep rate, PNG or SVG (needs matplotlib)")
    add("--table", type=Path, metavar="FILE", help="the printed tables as a file too")
    return parser


def parse_border(text: str) -> Border:
    """ "5,10,5,0" to percent."""
    try:
        left, top, right, bottom = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected LEFT,TOP,RIGHT,BOTTOM in percent, got {text!r}") from None
    return left, top, right, bottom


def choose_stages(text: str) -> tuple[Stage | Stills, ...]:
    """The scenes of these names, and of the groups of these names."""
    wanted = text.split(",")
    unknown = set(wanted) - {stage.name for stage in SCENES} - {*GROUPS}
    if unknown:
        known = ", ".join(stage.name for stage in SCENES)
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}; there are {known}")
    return tuple(stage for stage in SCENES if stage.name in wanted or group_of(stage) in wanted)


def read_truths(arguments: argparse.Namespace) -> Iterator[Truth]:
    """The cameras to run over, one after the other. Raises ValueError where none is there."""
    scenes = arguments.scenes or (SCENES if arguments.own is None else ())
    yield from (film_stage(stage, arguments.work, arguments.frames, arguments.seed) for stage in scenes)
    if arguments.own is None:
        return
    unknown: list[str] = []
    still = {camera for names in arguments.still for camera in names.split(",")}
    found = False
    for truth in read_cameras(arguments.own, arguments.truth or arguments.own, still, arguments.border, unknown.append):
        found = True
        yield truth
    if not found:
        raise ValueError("no camera has masks or labels, nor is it named by --still")
    if unknown:
        print(f"left out, for they have neither masks nor labels: {', '.join(unknown)}", file=sys.stderr)


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
    parts = []
    for group, of_group in split_groups(results).items():
        qualities = of_group[0].qualities.values()
        what = f"rendered frames, seed {arguments.seed}" if group in GROUPS else f"frames of {arguments.own.name}"
        parts.append(f"{sum(quality.frames for quality in qualities)} {what}; {len(qualities)} cameras")
    return " and ".join(parts)


def report_choices(arguments: argparse.Namespace) -> str:
    """The tables of all cameras; draws the plot where it is asked for."""
    peers, missing = find_peers()
    results = run(read_truths(arguments), [*own_contenders(), *peers])
    caption = describe_run(arguments, results)
    if arguments.plot:
        write_plot(results, caption, arguments.plot)
    return f"{caption}\n\n{write_report(results, missing)}\n"


def report_pairs(arguments: argparse.Namespace) -> str:
    """The table of pairs."""
    contenders = [*own_contenders(), *find_peers()[0]]
    pairs = read_pairs(arguments.pairs, arguments.own)
    if not pairs:
        raise ValueError(f"{arguments.pairs}: no pairs")
    return f"{show_pairs(judge_pairs(pairs, contenders), contenders)}\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.frames < 1 or arguments.seed < 0:
        parser.error("--frames takes at least 1 and --seed at least 0")
    if arguments.pairs and not arguments.own:
        parser.error("--pairs needs --own, the folder of the frames")
    if arguments.plot and not is_importable("matplotlib"):
        print(INSTALL, file=sys.stderr)
        return 2
    cv2.setNumThreads(1)  # the order in which threads add must not decide a score
    try:
        report = report_pairs(arguments) if arguments.pairs else report_choices(arguments)
        print(report, end="")
        if arguments.table:
            arguments.table.write_text(report, encoding="utf-8")
    except (FramesiftError, OSError, ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
