"""What the settings make of each camera, and what is advised, in words and numbers."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from framesift.comparators.thresholds import Threshold
from framesift.errors import counted, show
from framesift.filtering.summary import TOLD, TOO_FLAT, describe_levels
from framesift.tuning.grid import AREAS, SCORES, Setting
from framesift.tuning.session import Advice
from framesift.tuning.sweep import Sweep, Tally

_BAR = 30
"""Characters of the longest bar."""


def describe_sweep(sweep: Sweep) -> Iterator[str]:
    """Yield the lines of each camera: how its scores are distributed, and what each threshold keeps."""
    given = sweep.grid.settings[sweep.grid.given]
    for camera, tally in sweep.cameras.items():
        yield f"camera {show(camera)}: {_describe_frames(sweep, tally)}"
        if tally.frames:
            reference = sweep.settings.reference_in_words
            yield f"  scores against {reference} with {given}, and the frames kept with other score thresholds:"
            yield from _list_scores(sweep, tally, given)
            yield f"  kept with other minimum areas: {_list_areas(sweep, tally, given)}"
        if levels := sweep.levels.find(camera):
            yield f"  of 16 bits {describe_levels(levels)}"
        if tally.flat >= max(1, TOLD * tally.frames):
            yield f"  {tally.flat} of {counted(tally.frames, 'frame')} {TOO_FLAT}"
        yield ""


def summarise_sweep(sweep: Sweep) -> Iterator[str]:
    """Yield a line for each camera: its frames, and how many the given thresholds keep."""
    given = sweep.grid.settings[sweep.grid.given]
    for camera, tally in sweep.cameras.items():
        kept = f", {int(tally.kept[sweep.grid.given])} kept with {given}" if tally.frames else ""
        yield f"camera {show(camera)}: {_describe_frames(sweep, tally)}{kept}"


def _describe_frames(sweep: Sweep, tally: Tally) -> str:
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    if not tally.frames:
        return counted(0, "frame") + skipped
    [(width, height), _] = tally.sizes.most_common(1)[0]
    rest = " and other sizes" if len(tally.sizes) > 1 else ""
    compared = sweep.comparator(tally.camera).compared_size((width, height))
    at = f", compared at {compared[0]}x{compared[1]}" if compared != (width, height) else ""
    return f"{counted(tally.frames, 'frame')} of {width}x{height}{rest}{at}{skipped}"


def count_scores(sweep: Sweep, tally: Tally) -> list[tuple[Threshold, int, int]]:
    """Return for each score threshold the frames with a score above it and not above the next, and the frames kept.

    The scores are those of the given setting's walk. A threshold in px is taken in the camera's usual size.
    """
    given = sweep.grid.settings[sweep.grid.given]
    area = max(_compared_area(sweep, tally), 1)
    thresholds = sorted({*SCORES, given.score_threshold}, key=lambda threshold: threshold.px(area))
    edges = [threshold.px(area) / area for threshold in thresholds] + [np.inf]
    above = [int(np.count_nonzero(np.frombuffer(tally.scores) > edge)) for edge in edges]
    kept = [int(tally.kept[sweep.grid.index(given.min_contour_area, threshold)]) for threshold in thresholds]
    return [(t, above[n] - above[n + 1], kept[n]) for n, t in enumerate(thresholds)]


def count_areas(sweep: Sweep, tally: Tally) -> list[tuple[Threshold, int]]:
    """Return for each minimum area how many frames are kept with it and the given score threshold."""
    given = sweep.grid.settings[sweep.grid.given]
    area = max(_compared_area(sweep, tally), 1)
    thresholds = sorted({*AREAS, given.min_contour_area}, key=lambda threshold: threshold.px(area))
    return [(t, int(tally.kept[sweep.grid.index(t, given.score_threshold)])) for t in thresholds]


def _list_scores(sweep: Sweep, tally: Tally, given: Setting) -> Iterator[str]:
    rows = count_scores(sweep, tally)
    below = len(tally.scores) - sum(frames for _, frames, _ in rows)
    longest = max([below, *(frames for _, frames, _ in rows), 1])
    yield f"  {'score':>10} {'frames':>7}  {'':{_BAR}} {'kept':>7}"
    yield f"  {'less':>10} {below:>7}  {'#' * round(_BAR * below / longest):{_BAR}}"
    for threshold, frames, kept in rows:
        mark = "  <- given" if threshold == given.score_threshold else ""
        bar = "#" * round(_BAR * frames / longest)
        yield f"  {'> ' + str(threshold):>10} {frames:>7}  {bar:{_BAR}} {kept:>7}{mark}"


def _list_areas(sweep: Sweep, tally: Tally, given: Setting) -> str:
    counts = count_areas(sweep, tally)
    return ", ".join(f"{t} {kept}{' (given)' if t == given.min_contour_area else ''}" for t, kept in counts)


def _compared_area(sweep: Sweep, tally: Tally) -> int:
    return sweep.comparator(tally.camera).compared_area_of(tally.sizes.most_common(1)[0][0]) if tally.sizes else 0


def describe_advice(sweep: Sweep, advice: Advice, asked: int) -> Iterator[str]:
    """Yield the lines of what is advised, but for the command. `asked`: questions with an answer, unsure ones too."""
    if advice.answers:
        unsure = f" ({asked - advice.answers} unsure)" if asked > advice.answers else ""
        yield f"thresholds that fit {counted(advice.answers, 'answer')}{unsure}: {advice.setting}"
    else:
        yield f"no answers, so nothing is known of these frames; the defaults are {advice.setting}"
    share = 100 * advice.kept / max(advice.frames, 1)
    given = sweep.grid.given
    now = f"; now, with {sweep.grid.settings[given]}, it is {sweep.count_kept(given)}"
    changes = "" if advice.setting == sweep.grid.settings[given] else now
    yield f"they keep {advice.kept} of {counted(advice.frames, 'frame')} ({share:.0f} %){changes}"


def list_px(sweep: Sweep, setting: Setting) -> Iterator[tuple[str, float, float]]:
    """Yield for each camera both thresholds in px of the compared size, of its usual frames."""
    for camera, tally in sweep.cameras.items():
        area = _compared_area(sweep, tally)
        if tally.frames:
            px = (threshold.px(area) for threshold in (setting.min_contour_area, setting.score_threshold))
            yield (camera, *(round(value, 1) for value in px))  # type: ignore[misc]


def sweep_as_json(sweep: Sweep) -> list[dict[str, Any]]:
    """Return what `describe_sweep` says as values for JSON."""
    return [
        {
            "camera": show(camera),
            "frames": tally.frames,
            "skipped": tally.skipped,
            "compared_area": _compared_area(sweep, tally),
            "scores": [
                {"above": str(threshold), "frames": frames, "kept": kept}
                for threshold, frames, kept in count_scores(sweep, tally)
            ],
            "areas": [{"min_contour_area": str(area), "kept": kept} for area, kept in count_areas(sweep, tally)],
        }
        for camera, tally in sweep.cameras.items()
    ]


def advice_as_json(sweep: Sweep, advice: Advice, command: Sequence[str]) -> dict[str, Any]:
    """Return what is advised as values for JSON."""
    return {
        "answers": advice.answers,
        "min_contour_area": str(advice.setting.min_contour_area),
        "score_threshold": str(advice.setting.score_threshold),
        "px": {show(camera): [area, score] for camera, area, score in list_px(sweep, advice.setting)},
        "kept": advice.kept,
        "frames": advice.frames,
        "command": [show(word) for word in command],
    }
