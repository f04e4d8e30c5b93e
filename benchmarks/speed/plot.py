"""The ratios as a picture: a panel for each corpus, a bar for each contender."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.speed.contenders import PLAIN
from benchmarks.speed.race import Outcome, Row

OURS: Final = "#2f7d6b"
OTHERS: Final = "#b9c4c1"
BASE: Final = "#7c8a86"
INSTALL: Final = "--plot needs matplotlib: pip install matplotlib"


def write_plot(outcomes: Sequence[Outcome], caption: str, target: Path) -> None:
    """Write a PNG or SVG, by the target's suffix. Raises ModuleNotFoundError where matplotlib is missing."""
    from matplotlib.figure import Figure  # type: ignore[import-not-found, unused-ignore]

    shown = [(outcome.corpus.title, [r for r in outcome.rows if r.ratio is not None]) for outcome in outcomes]
    heights = [len(rows) + 1.2 for _, rows in shown]
    figure = Figure(figsize=(8, 0.27 * sum(heights) + 0.7), layout="constrained", facecolor="white")
    panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    widest = max((row.ratio or 0 for _, rows in shown for row in rows), default=1)
    for panel, (title, rows) in zip(panels, shown, strict=True):
        draw_panel(panel, title, rows, widest)
    panels[-1].set_xlabel("times as fast as the plain loop", fontsize=9)
    figure.text(1, 0, caption, ha="right", va="bottom", fontsize=6.5, color=BASE)
    figure.savefig(target, dpi=110)


def draw_panel(panel: Any, title: str, rows: Sequence[Row], widest: float) -> None:
    """The bars of one corpus, the first row on top."""
    ratios = [row.ratio or 0 for row in rows]
    bars = panel.barh(range(len(rows)), ratios, color=[choose_colour(row.name) for row in rows], height=0.72)
    panel.bar_label(bars, [f"{ratio:.1f}x" for ratio in ratios], padding=3, fontsize=8)
    panel.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=8)
    panel.invert_yaxis()
    panel.set_title(title, loc="left", fontsize=9, fontweight="bold")
    panel.axvline(1, color=BASE, linewidth=0.8, linestyle=":")
    panel.set_xlim(0, widest * 1.12)
    panel.tick_params(axis="both", length=0)
    panel.tick_params(axis="x", labelsize=8)
    panel.spines[["top", "right", "bottom", "left"]].set_visible(False)


def choose_colour(name: str) -> str:
    """framesift stands out, the plain loop is the measure."""
    if name.startswith("main.py"):
        return OURS
    return BASE if name == PLAIN else OTHERS
