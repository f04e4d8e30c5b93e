"""python -m benchmarks.speed: main.py against the plain loop, decoding alone, and what a user could pick instead.

Every contender is a whole process, start-up included. They run in turn, in an order that rotates from round to round,
after one round to warm up; medians are shown. Rendered frames are kept in the work folder for the next time. For
figures to be shown, take 2,000 frames on a machine that has nothing else to do.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import exit_code_of
from benchmarks.speed.contenders import ours
from benchmarks.speed.corpora import Corpus, adopt_corpus, render_corpus
from benchmarks.speed.kinds import KINDS, REAL_KINDS
from benchmarks.speed.machine import count_cores, describe_machine, tell_machine
from benchmarks.speed.peers import find_peers, is_importable
from benchmarks.speed.plot import INSTALL, write_plot
from benchmarks.speed.race import Outcome, Race
from benchmarks.speed.tables import NOTES, as_json, tabulate

DEFAULT_WORK = Path("/var/tmp/framesift-speed")


def parse_corpora(text: str) -> tuple[str, ...]:
    """ "png480,jpeg1080" to a tuple; "" to none."""
    names = tuple(name for name in text.split(",") if name)
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not one of {', '.join(KINDS)}")
    return names


def add_corpus_arguments(parser: argparse.ArgumentParser, frames: int) -> None:
    """What all commands of this package share."""
    add = parser.add_argument
    add(
        "--work", type=Path, default=DEFAULT_WORK, metavar="FOLDER", help="for frames and results (default %(default)s)"
    )
    add("--frames", type=int, default=frames, metavar="N", help="of each corpus (default %(default)s)")
    kinds, others = ",".join(REAL_KINDS), ", ".join(name for name in KINDS if name not in REAL_KINDS)
    add("--corpora", type=parse_corpora, default=REAL_KINDS, metavar="KIND,...", help=f"default {kinds}; also {others}")
    add("--jobs", type=int, default=count_cores(), metavar="N", help="threads of each (default: all cores)")
    add("--json", type=Path, metavar="FILE", help="write everything there")


def add_rounds_arguments(parser: argparse.ArgumentParser, rounds: int) -> None:
    """What the commands share that time whole processes."""
    parser.add_argument("--rounds", type=int, default=rounds, metavar="N", help="default %(default)s")
    quiet = "wait so long for a quiet machine (default %(default)s)"
    parser.add_argument("--patience", type=float, default=5.0, metavar="S", help=quiet)


def build_parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__, formatter_class=layout)
    add_corpus_arguments(parser, frames=2000)
    add_rounds_arguments(parser, rounds=5)
    add = parser.add_argument
    add("--own", type=Path, metavar="PATH", help="a folder of your own frames, or a film, as one more corpus")
    add("--decode", metavar="HOW", help="also time main.py with this --decode, such as fast")
    add("--other-python", metavar="FILE", help="also time main.py with this Python: without an extra, or newer")
    add("--no-peers", action="store_true", help="leave out what is not of this project")
    add("--plot", type=Path, metavar="FILE", help="draw the ratios (PNG or SVG)")
    return parser


def collect_corpora(options: argparse.Namespace) -> list[Corpus]:
    """Make or find all corpora before anything is timed."""
    corpora = []
    for name in options.corpora:
        tell(f"frames: {KINDS[name].title}")
        corpora.append(render_corpus(name, options.work, options.frames, options.jobs))
    if options.own:
        corpora.append(adopt_corpus(options.own, options.work, options.frames))
    return corpora


def race(corpus: Corpus, options: argparse.Namespace) -> Outcome:
    """All contenders on one corpus."""
    contenders = ours(corpus, options.work, options.jobs, options.decode, options.other_python)
    peers, missing = ([], []) if options.no_peers else find_peers(corpus, options.work, options.jobs)
    return Race(corpus, [*contenders, *peers], options.patience, tell).run(options.rounds, missing)


def tell(text: str) -> None:
    """Say on a terminal what is going on."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def run(options: argparse.Namespace) -> None:
    """Measure, print, write. Raises OSError."""
    machine, told = describe_machine(), tell_machine()
    print(told)
    outcomes = []
    for corpus in collect_corpora(options):
        outcomes.append(race(corpus, options))
        tell("")
        print(f"\n{tabulate(outcomes[-1])}", flush=True)
    print(f"\n{NOTES}")
    if options.json:
        options.json.write_text(json.dumps(as_json(machine, options.jobs, outcomes), indent=1) + "\n")
    if options.plot:
        write_plot(outcomes, f"{machine['cores']} cores, {machine['processor']}", options.plot)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = build_parser()
    options = parser.parse_args(argv)
    options.work = options.work.absolute()
    if options.rounds < 1 or options.frames < 2 or options.jobs < 1 or not (options.corpora or options.own):
        parser.error("needs at least one corpus, one round, one job and two frames")
    if options.plot and not is_importable("matplotlib"):
        parser.error(INSTALL)
    return exit_code_of(lambda: run(options), OSError)


if __name__ == "__main__":
    sys.exit(main())
