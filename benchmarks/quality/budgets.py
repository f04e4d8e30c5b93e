"""python -m benchmarks.quality.budgets: so many frames, by `--keep`, evenly, and by k-centre on pHash.

How much of what there is to see is shown by the kept frames: the share of all frames that one kept frame, whenever it
was taken, represents; and the share that the kept frame before represents, as who watches them in order sees it.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np

from benchmarks.quality.__main__ import DEFAULT_WORK, SCENES, choose_stages
from benchmarks.quality.film import film_stage
from benchmarks.quality.methods import Shot
from benchmarks.quality.metrics import measure_quality
from benchmarks.quality.own import read_cameras
from benchmarks.quality.truth import TAU, Truth
from framesift.comparators.perceptual_hash import CosineHash
from framesift.filtering.budgets import Allotting, Budget, Ledger
from framesift.filtering.describing import view_frame
from framesift.filtering.option_values import parse_size
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.selection import Verdict
from framesift.frames.frame import Frame

SHARES = (0.05, 0.1, 0.2, 0.35)
"""Of the frames that may be kept."""
Choose = Callable[[Sequence[Path], int], list[int]]


def keep(paths: Sequence[Path], number: int) -> list[int]:
    """As `framesift filter --keep` does."""
    settings = read_settings(keep=number)
    with ThreadPoolExecutor(1) as workers:
        ledger = Ledger(Budget(number))
        allotting = Allotting(settings, ledger, lambda camera: {}, workers, lambda: None)
        views = (view_frame(Frame(path.name, "", None), str(path.parent), settings) for path in paths)
        decided = allotting.decide(views)
        return [place for place, (_, decision) in enumerate(decided) if decision.verdict is Verdict.KEEP]


def sample_evenly(paths: Sequence[Path], number: int) -> list[int]:
    """Every so many frames one, from the first on."""
    return sorted({place * len(paths) // number for place in range(number)})


def spread_hashes(paths: Sequence[Path], number: int) -> list[int]:
    """K-centre, greedily: from the first frame on always the one whose pHash is farthest from all that are kept."""
    comparator = CosineHash()
    hashes = [comparator.describe(Shot(path).image) for path in paths]
    chosen, nearest = [0], np.array([comparator.score(hashes[0], each) for each in hashes])
    while len(chosen) < number and nearest.max() > 0:
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, [comparator.score(hashes[chosen[-1]], each) for each in hashes])
    return sorted(chosen)


WAYS: dict[str, Choose] = {"--keep": keep, "evenly": sample_evenly, "k-centre": spread_hashes}


def measure(truth: Truth, chosen: Sequence[int]) -> tuple[float, float]:
    """Return the share that is shown by any kept frame, and that by the kept frame before."""
    shown = float((truth.distances[list(chosen)].min(axis=0) <= TAU).mean())
    return shown, measure_quality(truth, chosen).coverage


Found = dict[str, dict[float, dict[str, tuple[float, float]]]]
"""By cameras, shares and ways: the share shown by any kept frame, and by the one before."""


def compare(truth: Truth) -> dict[float, dict[str, tuple[float, float]]]:
    """Return what each way comes to, by shares and names."""
    numbers = {share: max(3, round(share * len(truth.frames))) for share in SHARES}
    return {
        share: {name: measure(truth, choose(truth.frames, number)) for name, choose in WAYS.items()}
        for share, number in numbers.items()
    }


def show(found: Found) -> str:
    """Return the table: a row for each camera and one for the mean, of each share the ways beside each other."""
    heads = [f"{name} {share:.0%}" for share in SHARES for name in WAYS]
    lines = [f"| camera | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for camera, shares in found.items():
        cells = [shares[share][name] for share in SHARES for name in WAYS]
        lines.append(f"| {camera} | {' | '.join(f'{100 * a:.0f} {100 * b:.0f}' for a, b in cells)} |")
    means = mean_of(found)
    cells = [means[name][place] for place in range(len(SHARES)) for name in WAYS]
    lines.append(f"| mean | {' | '.join(f'**{100 * a:.1f}** {100 * b:.1f}' for a, b in cells)} |")
    return "\n".join(lines)


def mean_of(found: Found) -> dict[str, list[tuple[float, float]]]:
    """Return the means over cameras, of each way, at each share."""
    return {
        name: [
            (
                fmean(each[share][name][0] for each in found.values()),
                fmean(each[share][name][1] for each in found.values()),
            )
            for share in SHARES
        ]
        for name in WAYS
    }


def write_plot(groups: dict[str, dict[str, list[tuple[float, float]]]], target: Path) -> None:
    """Draw the means of each group of cameras: shown by any kept frame, and dotted by the one before."""
    from matplotlib.figure import Figure  # type: ignore[import-not-found, unused-ignore]

    figure = Figure(figsize=(4 * len(groups), 3.4), layout="constrained", facecolor="white")
    for panel, (title, means) in zip(figure.subplots(1, len(groups), squeeze=False)[0], groups.items(), strict=True):
        for (name, pairs), colour in zip(means.items(), ("#2f7d6b", "#8a9a96", "#b08d57"), strict=True):
            shares = [100 * share for share in SHARES]
            panel.plot(shares, [100 * any_ for any_, _ in pairs], color=colour, marker="o", label=name)
            panel.plot(shares, [100 * before for _, before in pairs], color=colour, linestyle=":")
        panel.set_title(title, fontsize=10)
        panel.set_xlabel("kept frames, % of all", fontsize=9)
        panel.set_ylabel("frames shown, %", fontsize=9)
        panel.set_ylim(20, 100)
        panel.grid(True, color="#e3e8e6", linewidth=0.8)
        panel.spines[["top", "right"]].set_visible(False)
        panel.legend(fontsize=8, frameon=False, loc="lower right")
    figure.savefig(target, dpi=110)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.budgets", description=__doc__)
    add = parser.add_argument
    add("--work", type=Path, default=DEFAULT_WORK, metavar="FOLDER", help="for rendered frames (default %(default)s)")
    add("--scenes", type=choose_stages, metavar="A,B", help="names or groups; default: all, with --own none")
    add("--frames", type=int, default=72, metavar="N", help="of each scene (default %(default)s)")
    add("--size", type=parse_size, default=(640, 480), metavar="WIDTHxHEIGHT", help="of rendered frames (640x480)")
    add("--own", type=Path, metavar="FOLDER", help="your own frames, with their truth in FOLDER/truth")
    add("--plot", type=Path, metavar="FILE", help="the means as a picture, PNG or SVG (needs matplotlib)")
    arguments = parser.parse_args(argv)
    cv2.setNumThreads(1)
    found: Found = {}
    if arguments.own:
        truths = read_cameras(arguments.own, arguments.own / "truth")
    else:
        truths = (
            film_stage(stage, arguments.work, arguments.frames, 0, arguments.size)
            for stage in arguments.scenes or SCENES
        )
    for truth in truths:
        if not truth.still and truth.distances.any():
            print(f"{truth.camera}: {len(truth.frames)} frames", file=sys.stderr)
            found[truth.camera] = compare(truth)
    print(show(found))
    if arguments.plot:
        write_plot({f"{len(found)} cameras": mean_of(found)}, arguments.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
