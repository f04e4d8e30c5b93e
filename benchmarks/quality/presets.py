"""python -m benchmarks.quality.presets: what each preset covers and keeps of the scenes of each kind of place."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import cv2

from benchmarks.quality.__main__ import build_parser as build_quality_parser
from benchmarks.quality.__main__ import read_truths
from benchmarks.quality.metrics import Quality, measure_quality, summarise
from benchmarks.quality.truth import Truth
from framesift.filtering.comparator_choice import rule_of
from framesift.filtering.describing import View, view_frame
from framesift.filtering.option_values import Preset
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.recalling import see_alike
from framesift.filtering.selection import Verdict, select_frames
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "car parks": ("dusk", "lamps", "clouds", "sunshine", "rain", "leaves", "shake", "gusts", "fog", "clock", "visits",
                  "still-light", "still-wind", "lot-days", "lot-rain", "lot-evening", "lot-sunday"),
    "sites and yards": ("yard-days", "yard-sunday", "site-days", "site-night", "site-sunday"),
    "small, or by night": ("headlights", "infrared", "night", "small"),
    "indoors": ("calm", "persons", "slow", "bags"),
}  # fmt: skip
"""The scenes of a kind of place. Of roads and of wildlife there is none: what comes nearest is small, or by night."""
OWN: Final = "real cameras"


def choose_settings() -> dict[str, Settings]:
    """Each preset and what is usual, by the words of the command line."""
    usual = {"(none)": read_settings(), "--method tolerance": read_settings(method="tolerance")}
    return {**usual, **{f"--preset {preset}": read_settings(preset=preset) for preset in Preset}}


def choose_all(truth: Truth) -> Iterator[tuple[str, list[int]]]:
    """For each preset the frames of a camera that are kept, by their places. They have no times, and are read once for
    all presets that see alike."""
    frames = [Frame(path.name, "", None) for path in truth.frames]
    seen: list[tuple[Settings, list[View]]] = []
    for name, settings in choose_settings().items():
        views = next((views for other, views in seen if see_alike(settings, other)), None)
        if views is None:
            views = [view_frame(frame, str(truth.frames[0].parent), settings) for frame in frames]
            seen.append((settings, views))
        decided = select_frames(views, rule_of(settings, ""), {})
        yield name, [index for index, (_, decision) in enumerate(decided) if decision.verdict is Verdict.KEEP]


def kind_of(camera: str) -> str:
    """The kind of place that a scene is of; of the user's own cameras `OWN`."""
    return next((kind for kind, scenes in KINDS.items() if camera in scenes), OWN)


def tabulate(results: Mapping[str, Mapping[str, Quality]]) -> Iterator[str]:
    """A Markdown table: a row for each preset, a column for each kind."""
    kinds = list(dict.fromkeys(kind_of(camera) for qualities in results.values() for camera in qualities))
    yield f"| settings | {' | '.join(kinds)} |"
    yield f"|---|{'---|' * len(kinds)}"
    for name, qualities in results.items():
        cells = []
        for kind in kinds:
            summary = summarise([quality for camera, quality in qualities.items() if kind_of(camera) == kind])
            cells.append(f"{summary.coverage or 0:.3f} / {summary.keep_rate or 0:.3f} / {summary.still_keeps}")
        yield f"| `{name}` | {' | '.join(cells)} |".replace("0.", ".").replace("`(none)`", "(none)")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code. Its arguments are those of `python -m benchmarks.quality`."""
    parser = build_quality_parser()
    parser.prog, parser.description = "python -m benchmarks.quality.presets", __doc__
    arguments = parser.parse_args(argv)
    cv2.setNumThreads(1)
    results: dict[str, dict[str, Quality]] = {name: {} for name in choose_settings()}
    for truth in read_truths(arguments):
        for name, chosen in choose_all(truth):
            results[name][truth.camera] = measure_quality(truth, chosen)
    print("coverage / keep rate / frames kept where nothing moves\n")
    print("\n".join(tabulate(results)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
