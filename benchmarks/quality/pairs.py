"""Pairs of frames that were judged by eye: what does a method make of two pictures alone?

The table has the columns `camera`, `reference`, `candidate` (names of files), `label` and `what`. A label is `new` (an
object came, went or moved), `small` (a lesser one), `nothing` (light, weather, noise) or `unsure`, which counts for
nothing. Rows with the word "borderline" in `what` are counted apart.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.quality.methods import Contender, Shot
from benchmarks.quality.table import align

LABELS: Final = ("new", "small", "nothing")
COLUMNS: Final = ("camera", "reference", "candidate", "label", "what")
BORDERLINE: Final = "borderline"
HEAD: Final = ("method", "setting", "new found", "small found", "nothing kept", "borderline kept", "area under ROC")
NOTE: Final = """\
new found, small found, nothing kept: share of the pairs with this label whose candidate is kept. area under ROC: how
well the scores alone part "new" from "nothing", whatever the threshold; 0.5 is chance. "best" is the threshold that
parts them best on these very pairs: known afterwards, which a user does not have."""


@dataclass(frozen=True)
class Pair:
    """Two frames of a camera and what a person says of them."""

    reference: Path
    candidate: Path
    label: str


@dataclass(frozen=True)
class Judged:
    """What a method makes of a pair."""

    label: str
    score: float
    kept: bool
    """With its default setting."""


def read_pairs(table: Path, frames: Path) -> list[Pair]:
    """The pairs of a table whose frames lie in `frames`, or in folders of the cameras' names there.

    Raises OSError where the table cannot be read, ValueError for a row that makes no sense or has no such frame.
    """
    with table.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        absent = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if absent:
            raise ValueError(f"{table}: no column {', '.join(absent)}")
        pairs = [read_pair(row, frames, f"{table}, line {rows.line_num}") for row in rows]
    return [pair for pair in pairs if pair.label != "unsure"]


def read_pair(row: Mapping[str, str], frames: Path, where: str) -> Pair:
    """One row. Raises ValueError."""
    if row["label"] not in (*LABELS, "unsure"):
        raise ValueError(f"{where}: the label is {', '.join(LABELS)} or unsure, not {row['label']!r}")
    label = BORDERLINE if BORDERLINE in (row["what"] or "") else row["label"]
    reference, candidate = (find_frame(frames, row["camera"], row[name], where) for name in ("reference", "candidate"))
    return Pair(reference, candidate, label)


def find_frame(frames: Path, camera: str, name: str, where: str) -> Path:
    """The path of a frame. Raises ValueError."""
    for path in (frames / camera / name, frames / name):
        if path.is_file():
            return path
    raise ValueError(f"{where}: no frame {camera}/{name} in {frames}")


def judge_pairs(pairs: Iterable[Pair], contenders: Sequence[Contender]) -> dict[str, list[Judged]]:
    """What each method that can score two frames makes of each pair, by its name."""
    found: dict[str, list[Judged]] = {contender.name: [] for contender in contenders if contender.distance}
    for pair in pairs:
        shots = Shot(pair.reference), Shot(pair.candidate)
        described: dict[Any, list[Any]] = {}
        for contender in contenders:
            if contender.distance is None:
                continue
            if contender.describe not in described:
                described[contender.describe] = [contender.describe(shot) for shot in shots]
            both = described[contender.describe]
            kept = 1 in contender.settings[0].choose(both)
            found[contender.name].append(Judged(pair.label, contender.distance(*both), kept))
    return found


def measure_roc(judged: Iterable[Judged]) -> float | None:
    """How often a new one scores above a nothing, ties half; None where either is missing."""
    scores = {label: np.array([each.score for each in judged if each.label == label]) for label in ("new", "nothing")}
    new, nothing = scores["new"][:, None], scores["nothing"][None]
    return float(((new > nothing) + 0.5 * (new == nothing)).mean()) if new.size and nothing.size else None


def find_best(judged: Sequence[Judged]) -> float:
    """The threshold above which most of new and least of nothing is kept, both weighing the same."""
    counts = Counter(each.label for each in judged)

    def worth(limit: float) -> float:
        kept = Counter(each.label for each in judged if each.score > limit)
        return kept["new"] / max(1, counts["new"]) - kept["nothing"] / max(1, counts["nothing"])

    return max(sorted({each.score for each in judged} | {-1.0}), key=worth)


def show_pairs(judged: Mapping[str, Sequence[Judged]], contenders: Sequence[Contender]) -> str:
    """The table: framesift's methods with their defaults and with the best threshold, the others with the best."""
    rows = [row for contender in contenders if contender.distance for row in show_method(contender, judged)]
    left_out = ", ".join(contender.name for contender in contenders if not contender.distance)
    counts = Counter(each.label for each in next(iter(judged.values())))
    caption = ", ".join(f"{counts[label]} {label}" for label in (*LABELS, BORDERLINE) if counts[label])
    parts = [f"{counts.total()} pairs: {caption}", align([HEAD, *rows], left=2), NOTE]
    return "\n\n".join([*parts, f"These do not compare two frames alone: {left_out}."])


def show_method(contender: Contender, judged: Mapping[str, Sequence[Judged]]) -> Iterator[tuple[str, ...]]:
    """One or two lines."""
    found = judged[contender.name]
    area = measure_roc(found)
    shown = "-" if area is None else f"{area:.3f}"
    if contender.ours:
        yield contender.name, contender.settings[0].text, *show_shares(found, [each.kept for each in found]), shown
    best = find_best(found)
    yield contender.name, f"best: > {best:.4g}", *show_shares(found, [each.score > best for each in found]), shown


def show_shares(judged: Sequence[Judged], kept: Sequence[bool]) -> Iterator[str]:
    """The cells of the labels."""
    for label in (*LABELS, BORDERLINE):
        of_label = [k for each, k in zip(judged, kept, strict=True) if each.label == label]
        yield f"{sum(of_label)} of {len(of_label)}" if of_label else "-"
