"""python -m benchmarks.scale: what a cluster costs and gains, measured and simulated.

`measure FOLDER` runs the program on this machine: threads and local workers in turn. `simulate --own FOLDER` measures
the scores of real cameras and walks them on clusters that this machine does not have; without --own it renders some.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.scale.local import measure_client, measure_task, race
from benchmarks.scale.scores import Camera, read_cameras
from benchmarks.scale.virtual import Prices, cut, simulate
from benchmarks.scenes.__main__ import main as render_scenes

WORK = Path("/var/tmp/framesift-scale")
CHUNKS = (2, 4, 8, 16)


def build_parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__, formatter_class=layout)
    commands = parser.add_subparsers(dest="command", required=True)
    local = commands.add_parser("measure", help="run the program on this machine")
    local.add_argument("folder", type=Path, metavar="FOLDER", help="of frames")
    local.add_argument("--rounds", type=int, default=5, metavar="N", help="default %(default)s")
    virtual = commands.add_parser("simulate", help="more workers than there are")
    virtual.add_argument("--own", type=Path, metavar="FOLDER", help="of real frames (default: rendered ones)")
    virtual.add_argument("--frames", type=int, default=3000, metavar="N", help="of a camera (default %(default)s)")
    virtual.add_argument("--read-ms", type=float, metavar="MS", help="of reading a frame (default: as measured)")
    virtual.add_argument("--compare-ms", type=float, metavar="MS", help="of comparing two (default: as measured)")
    virtual.add_argument("--task-ms", type=float, default=5, metavar="MS", help="of a task (default %(default)s)")
    virtual.add_argument(
        "--client-us", type=float, default=150, metavar="US", help="of sending and recording a frame (%(default)s)"
    )
    for command in (local, virtual):
        command.add_argument("--work", type=Path, default=WORK, metavar="FOLDER", help="default %(default)s")
    return parser


def measure(options: argparse.Namespace) -> None:
    """Print the wall times, their ratios within the rounds, and the prices of the simulation."""
    taken = race(options.folder, options.work, options.rounds)
    threads = taken["--jobs 2"]
    print(f"{'':18}{'median s':>9}  of --jobs 2 in the same round: median (least to most)")
    for name, each in taken.items():
        shares = [a / b for a, b in zip(each, threads, strict=True)]
        print(f"{name:18}{median(each):9.2f}  {median(shares):.2f} ({min(shares):.2f} to {max(shares):.2f})")
    client, frames = measure_client(options.folder, options.work)
    print(f"a task of nothing: {1000 * measure_task():.1f} ms; the sending program: {1e6 * client:.0f} us a frame")
    print(f"{frames} frames")


def run_simulation(options: argparse.Namespace) -> None:
    """Print what is looked at again, and the speed-up."""
    scenes, decode = read_cameras(options.own or render(options.work))
    print_repeats(scenes)
    compare = median(seconds for scene in scenes for seconds in scene.compare_s)
    if options.read_ms is not None:
        decode = options.read_ms / 1000
    if options.compare_ms is not None:
        compare = options.compare_ms / 1000
    prices = Prices(decode, compare, options.task_ms / 1000, 0.001, options.client_us / 1e6)
    print(f"\na frame: reading {1000 * decode:.1f} ms, comparing {1000 * compare:.2f} ms; {options.frames} of a camera")
    print_speed_ups(scenes, options.frames, (1, 4, 100), (4, 16, 64), prices)
    print_speed_ups(scenes, options.frames, (100,), (10, 30, 100, 300, 1000), prices)


def print_repeats(scenes: list[Camera]) -> None:
    """What is done twice where a camera is cut evenly, each chunk from its own first frame."""
    print(f"{'compared twice, of':20}" + "".join(f"{f'{n} chunks':>11}" for n in CHUNKS))
    for scene in scenes:
        shares = [cut(scene, chunks)[0] for chunks in CHUNKS]
        print(f"{f'{scene.name}, {len(scene)} frames':20}" + "".join(f"{100 * share:10.1f}%" for share in shares))


def print_speed_ups(
    scenes: list[Camera], frames: int, cameras: Sequence[int], workers: Sequence[int], prices: Prices
) -> None:
    """Against one worker that does nothing twice."""
    print(
        f"\n{'cameras':>8}{'workers':>9}{'speed-up':>10}{'efficiency':>12}{'compared twice':>16}{'decoded twice':>15}"
    )
    for many in cameras:
        for count in workers:
            run = simulate(scenes, many, frames, count, prices)
            cost = run.cost
            twice = cost.compared_again / max(1, cost.compared - cost.compared_again)
            decoded = cost.decoded_again / max(1, cost.decoded - cost.decoded_again)
            print(
                f"{many:8}{count:9}{run.speed_up:10.1f}{100 * run.speed_up / count:11.0f}%{100 * twice:15.1f}%"
                f"{100 * decoded:14.1f}%",
                flush=True,
            )


def render(work: Path) -> Path:
    """Return rendered frames of four cameras, made now unless an earlier run did."""
    folder = work / "scenes"
    if not folder.is_dir():
        part = work / "scenes.part"
        render_scenes([str(part), "--cameras", "4", "--frames", "120"])
        part.rename(folder)
    return folder


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = build_parser().parse_args(argv)
    options.work.mkdir(parents=True, exist_ok=True)
    (measure if options.command == "measure" else run_simulation)(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
