"""Coverage against keep rate as a picture: a curve for each method, a point for each of its settings."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from benchmarks.quality.table import Result, choose_setting, split_groups

INSTALL: Final = "--plot needs matplotlib: pip install matplotlib"
OURS: Final = ("#2f7d6b", "#1f5fa8", "#c0562f", "#7a4fa0")
OTHERS: Final = ("#8a9a96", "#b08d57", "#6d8fb3", "#a3719a", "#7f8f5a", "#b5706a", "#5f9ea0", "#9a8fbf", "#707070")
LEAST: Final = 0.5
"""Coverage at the foot of the plot: what misses more is of no use."""


def write_plot(results: Iterable[Result], caption: str, target: Path) -> None:
    """Write a PNG or SVG, by the target's suffix. Raises ModuleNotFoundError where matplotlib is missing."""
    from matplotlib.figure import Figure  # type: ignore[import-not-found, unused-ignore]

    groups = split_groups(results)
    figure = Figure(figsize=(8, 5.6 * len(groups)), layout="constrained", facecolor="white")
    for panel, (name, of_group) in zip(figure.subplots(len(groups), squeeze=False)[:, 0], groups.items(), strict=True):
        draw_panel(panel, of_group, name if len(groups) > 1 else caption)
    if len(groups) > 1:
        figure.suptitle(caption, fontsize=9)
    figure.savefig(target, dpi=150)


def draw_panel(panel: Any, results: Iterable[Result], title: str) -> None:
    """A group of cameras."""
    colours = {True: iter(OURS * 3), False: iter(OTHERS * 3)}
    for contender, of_method in groupby(results, key=lambda result: result.contender):
        draw_curve(panel, contender.name, list(of_method), contender.ours, next(colours[contender.ours]))
    panel.set_xlim(0, 1.01)
    panel.set_ylim(LEAST, 1.005)
    panel.set_xlabel("kept frames, share of all (less is better)", fontsize=9)
    panel.set_ylabel("frames that are kept or shown by the last kept one (more is better)", fontsize=9)
    panel.grid(True, color="#e3e8e6", linewidth=0.8)
    panel.spines[["top", "right"]].set_visible(False)
    panel.legend(loc="lower right", fontsize=8, frameon=False)
    panel.set_title(title, fontsize=9, loc="left")


def draw_curve(panel: Any, name: str, results: Sequence[Result], ours: bool, colour: str) -> None:
    """One method from setting to setting; ours stand out, and so does the setting that the table shows."""
    summaries = [result.summary for result in results]
    points = sorted((summary.keep_rate, summary.coverage) for summary in summaries if summary.keep_rate is not None)
    if not points:
        return
    style = {"linewidth": 2.4, "zorder": 3} if ours else {"linewidth": 1.1, "linestyle": "--", "zorder": 2}
    panel.plot(*zip(*points, strict=True), color=colour, marker="o", markersize=5 if ours else 3, label=name, **style)
    shown = choose_setting(results).summary
    panel.plot(shown.keep_rate, shown.coverage, "o", color=colour, markersize=9 if ours else 6, zorder=4)
