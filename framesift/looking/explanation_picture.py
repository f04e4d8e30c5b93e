"""The picture of an explanation: four panels, and above and below them in words what they come to.

Everything is a strip of pixels of one width, stacked: no text can be cut off by what stands beside it.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.actions.files.outputs import PNG_MARK
from framesift.comparators.comparison import Comparison
from framesift.comparators.masks import choose_masks
from framesift.errors import counted, show
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.section_words import describe_section
from framesift.filtering.selection import Verdict
from framesift.filtering.settings import Settings
from framesift.filtering.summary import describe_levels
from framesift.frames.naming import Naming
from framesift.looking.evidence import RED, outline_changes, scale_picture
from framesift.looking.explanation import Explanation
from framesift.looking.numbers import format_px
from framesift.looking.wording import describe_changes, state_verdict, title_verdict

Pixels = NDArray[np.uint8]
Color = tuple[int, int, int]

CELL = 720
"""px, width of a panel's place: two stand beside each other."""
TALLEST = 640
"""px, height of the tallest panel."""
GAP = 16
WIDTH = 2 * CELL + 3 * GAP
BRIGHTER = 3
"""So many times as bright is the difference shown, for eyes; what is compared is not changed."""

INK, FAINT, PAPER, PLACE = (36, 32, 28), (105, 95, 88), (255, 255, 255), (232, 229, 226)
COLORS = {Verdict.KEEP: (61, 122, 10), Verdict.DROP: (36, 32, 28), Verdict.SKIP: (38, 38, 192)}
_FONT = cv2.FontFace("sans")
_PNG_HEADER = 33
"""Bytes of the signature and the first chunk, which has to be the first."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the pictures, with what stands above it."""

    title: str
    caption: str
    picture: Pixels | str
    """(height, width, 3) BGR or (height, width), uint8; or why there is none."""


def draw_explanation(explanation: Explanation) -> Pixels:
    """Return the picture, (height, WIDTH, 3) BGR uint8."""
    decision, evidence = explanation.decision, explanation.evidence
    strips = [_write(title_verdict(decision, evidence), 36, COLORS[decision.verdict], 700)]
    if explanation.change:
        strips.append(_write(f"The files have changed since the run: {explanation.change}.", 26, RED, 700))
    strips.append(_write(f"{state_verdict(decision, explanation.limit, explanation.area)}.", 26, INK))
    if decision.score is not None and explanation.limit:
        strips.append(_draw_bar(decision.score / explanation.limit))
    if evidence is not None:
        strips.append(_write(describe_changes(evidence), 22, INK))
    strips += _panels(explanation)
    strips.append(_space(GAP // 2))
    strips += [_write(text, 20, FAINT) for text in _describe_settings(explanation)]
    return np.vstack([_space(GAP), *strips, _space(GAP)])


def encode_picture(picture: Pixels) -> bytes:
    """Return the picture as PNG. The quickest of the settings that keep it small: people wait for it."""
    options = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_SUB]
    content = cv2.imencode(".png", picture, options)[1].tobytes()
    chunk = struct.pack(">I", len(PNG_MARK) - 4) + PNG_MARK + struct.pack(">I", zlib.crc32(PNG_MARK))
    return content[:_PNG_HEADER] + chunk + content[_PNG_HEADER:]


def _panels(explanation: Explanation) -> Iterator[Pixels]:
    decision, evidence = explanation.decision, explanation.evidence
    naming = explanation.settings.naming
    this = Panel("this frame", _caption(decision.frame.path, decision.frame.time, naming), explanation.candidate)
    if decision.reference is None or explanation.reference is None:
        yield _pair(this, None)
        return
    caption = _caption(decision.reference, explanation.reference_time, naming)
    before = Panel(f"reference: {explanation.settings.reference_in_words}", caption, explanation.reference)
    if evidence is None:
        yield _pair(before, this)
        return
    width, height = _fit(evidence.candidate)
    outlined = outline_changes(evidence, width, height)
    yield _pair(before, Panel("this frame, with what changed outlined", this.caption, outlined))
    difference = np.asarray(cv2.convertScaleAbs(evidence.comparison.difference, alpha=BRIGHTER), np.uint8)
    yield _pair(
        Panel("difference", f"{BRIGHTER} times as bright as compared", difference),
        Panel("threshold image", _caption_threshold(evidence.comparison), evidence.comparison.threshold),
    )


def _caption_threshold(comparison: Comparison) -> str:
    return f"white: differs by more than {comparison.level}, grown by {comparison.grown} px"


def _pair(left: Panel, right: Panel | None) -> Pixels:
    """Return two captioned panels side by side."""
    cells = [_cell(left), _cell(right) if right else np.full((1, CELL, 3), PAPER, np.uint8)]
    height = max(cell.shape[0] for cell in cells)
    gap = np.full((height, GAP, 3), PAPER, np.uint8)
    filled = [cv2.copyMakeBorder(c, 0, height - c.shape[0], 0, 0, cv2.BORDER_CONSTANT, value=PAPER) for c in cells]
    return np.hstack([gap, filled[0], gap, filled[1], gap])


def _cell(panel: Panel) -> Pixels:
    title = _write(panel.title, 22, INK, 700, CELL, margin=0)
    caption = _write(panel.caption, 19, FAINT, 400, CELL, margin=0)
    text, picture = np.vstack([_space(GAP, CELL), title, caption]), panel.picture
    if isinstance(picture, str):
        place = np.full((CELL // 3, CELL, 3), PLACE, np.uint8)
        words = _write(f"no picture: {picture}", 24, INK, 600, CELL - 2 * GAP, margin=0, paper=PLACE)
        words = words[: place.shape[0] - 2 * GAP]
        place[GAP : GAP + words.shape[0], GAP : GAP + words.shape[1]] = words
    else:
        width, height = _fit(picture)
        place = np.full((height, CELL, 3), PLACE, np.uint8)
        scaled = scale_picture(picture, width, height)
        place[:, :width] = scaled if scaled.ndim == 3 else scaled[..., np.newaxis]
    return np.vstack([text, place])


def _fit(picture: Pixels) -> tuple[int, int]:
    """Return width and height in px at which a picture fills its panel."""
    height, width = picture.shape[:2]
    scale = min(CELL / width, TALLEST / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _draw_bar(ratio: float) -> Pixels:
    """Return a bar as long as the score, with a mark where the threshold is: in the middle, or further left."""
    strip = np.full((34, WIDTH, 3), PAPER, np.uint8)
    length = WIDTH - 2 * GAP
    mark = GAP + round(length / max(2, ratio))
    end = GAP + round(length * ratio / max(2, ratio))
    strip[8:26, GAP : WIDTH - GAP] = PLACE
    strip[8:26, GAP:end] = COLORS[Verdict.KEEP] if ratio > 1 else FAINT
    strip[2:32, mark - 2 : mark + 2] = RED
    label = _write("threshold", 18, RED, 600, margin=0)
    label = label[:, : min(_measure("threshold", 18, 600) + 2, WIDTH - mark)]
    labels = np.full((label.shape[0], WIDTH, 3), PAPER, np.uint8)
    labels[:, mark - 2 : mark - 2 + label.shape[1]] = label
    return np.vstack([strip, labels])


def _describe_settings(explanation: Explanation) -> list[str]:
    settings, limit, evidence = explanation.settings, explanation.limit, explanation.evidence
    least = f" = {format_px(evidence.comparison.min_contour_area)} px" if evidence else ""
    threshold, weight = str(settings.score_threshold), explanation.decision.weight
    if weight is not None:
        threshold = f"{weight.threshold} / {counted(weight.frames, 'frame')}"
    most = f" = {format_px(limit)} px" if limit is not None and "%" in threshold else ""
    left_out = "" if settings.most is None else f"   left out above {settings.text('most')} of the picture"
    masked = " and a mask" if choose_masks(settings.masks, explanation.decision.frame.camera) else ""
    return [
        f"score threshold {threshold}{most}"
        f"   min contour area {settings.min_contour_area}{least if settings.min_contour_area.relative else ''}"
        f"{left_out}",
        f"blur {settings.text('blur')}"
        f"   border mask {settings.text('border_mask')} %{masked} (dimmed: not compared)"
        f"   {_describe_size(settings, explanation)}"
        f"{f'   of 16 bits {describe_levels(explanation.levels)}' if explanation.levels else ''}",
        *(show(f"by {section.title} {describe_section(section)}") for section in explanation.sections),
    ]


def _describe_size(settings: Settings, explanation: Explanation) -> str:
    size = explanation.decision.size
    if size is None:
        return "no size known"
    compared = comparator_of(settings, explanation.decision.frame.camera).compared_size(size)
    own = f"method {settings.method}   frame {size[0]}x{size[1]} px"
    return own if compared == size else f"{own}, compared at {compared[0]}x{compared[1]}"


def _caption(path: str, time: datetime | None, naming: Naming) -> str:
    return f"{show(path)}   {naming.show(time, '%Y-%m-%d %H:%M:%S')} {naming.timezone}" if time else show(path)


def _space(height: int, width: int = WIDTH) -> Pixels:
    return np.full((height, width, 3), PAPER, np.uint8)


def _write(
    text: str, size: int, color: Color, weight: int = 400, width: int = WIDTH, margin: int = GAP, paper: Color = PAPER
) -> Pixels:
    """Return a strip with the text, `size` px high, in as many lines as it needs."""
    lines = _wrap(text, size, weight, width - 2 * margin)
    step = round(size * 1.4)
    strip = np.full((step * len(lines) + size // 3, width, 3), paper, np.uint8)
    for number, line in enumerate(lines):
        cv2.putText(strip, line, (margin, step * number + size + size // 6), color, _FONT, size, weight)
    return strip


def _wrap(text: str, size: int, weight: int, width: int) -> list[str]:
    """Break a text at its spaces, and a word that is wider than a line anywhere."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if _measure(longer, size, weight) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and _measure(lines[-1] + letter, size, weight) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def _measure(text: str, size: int, weight: int) -> int:
    x, _, width, _ = cv2.getTextSize((WIDTH, 100), text, (0, 0), _FONT, size, weight)
    return int(x + width)
