"""What a page shows of one decision: pictures with words. Drawn by workers, written in order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from framesift.filtering.manifest import Record
from framesift.filtering.selection import Decision, Verdict, describe_extent
from framesift.frames.naming import Naming
from framesift.looking.explanation import explain_decision
from framesift.looking.numbers import describe_score
from framesift.looking.page import escape
from framesift.looking.page.outlines import draw_outlines
from framesift.looking.report.survey import Item
from framesift.looking.rereading import Pixels, Sight
from framesift.looking.wording import describe_changes


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of a page."""

    key: str
    """What it is known by, so that the page has it once."""
    alt: str
    outlines: str = ""
    """Markup of what lies on it."""

    def markup(self, name: str | None, reason: str, size: tuple[int, int]) -> str:
        """Return the element that shows the picture `name`, of a frame of this size, or says why there is none."""
        if name is None:
            return f'<div class="missing">no picture: {escape(reason)}</div>'
        width, height = size
        room = f'width="{width}" height="{height}"'
        return (
            f'<span class="picture"><img data-picture="{name}" {room} alt="{escape(self.alt)}">{self.outlines}</span>'
        )


@dataclass(frozen=True, slots=True)
class View:
    """One decision on a page."""

    item: Item
    pictures: list[Shot]
    words: str
    """Markup."""

    @classmethod
    def of_kept(cls, item: Item, naming: Naming) -> "View":
        """Return a kept frame of the contact sheet."""
        path, time = item.decision.frame.path, item.decision.frame.time
        return cls(item, [Shot(path, path)], _name(path, time, naming) + _mark_change(item.decision))

    def markup(self, pictures: list[str]) -> str:
        """Return the list item, given the elements of its pictures."""
        pair = ' class="pair"' if len(pictures) > 1 else ""
        return (
            f'<li data-row="{self.item.row}"><figure><div{pair}>{"".join(pictures)}</div>'
            f"<figcaption>{self.words}</figcaption></figure></li>\n"
        )


def draw_pair(
    record: Record,
    item: Item,
    look: Callable[[str], Sight | str],
    show: Callable[[str, Pixels | str], object],
) -> View:
    """Compare a frame with its reference again, and draw what changed.

    `look` tells what is compared of a frame, or why it cannot be read, and has it shown; `show` is given what may have
    been read without it.
    """
    decision = item.decision
    assert decision.reference is not None
    shown = explain_decision(record, decision, item.reference_time, look=look)
    path, reference = decision.frame.path, decision.reference
    for name, pixels in ((reference, shown.reference), (path, shown.candidate)):
        if pixels is not None:
            show(name, pixels)
    outlines = "" if shown.evidence is None else draw_outlines(shown.evidence)
    shots = [
        Shot(reference, f"reference: {reference}"),
        Shot(path, f"{path}, with what changed", outlines),
    ]
    words = f"<p>{_state_score(item)}{_mark_change(decision)}</p>"
    if shown.change:
        words += f'<p class="skipped">The files have changed since the run: {escape(shown.change)}.</p>'
    if shown.evidence is not None:
        words += f"<p>{escape(describe_changes(shown.evidence))}</p>"
    naming = record.settings.naming
    reference_name = _name(decision.reference, item.reference_time, naming)
    words += f"<p>{_name(path, decision.frame.time, naming)}<br>reference {reference_name}</p>"
    return View(item, shots, words)


def _state_score(item: Item) -> str:
    decision, limit, area = item.decision, item.limit, item.area
    assert decision.score is not None and limit is not None and area is not None
    name = "keep" if decision.verdict is Verdict.KEEP else "drop"
    verdict = "Left out" if decision.left_out else "Kept" if name == "keep" else "Dropped"
    return f'<strong class="{name}">{verdict}:</strong> {describe_score(decision.score, limit, area)}'


def _mark_change(decision: Decision) -> str:
    """Return what is said on the card of a frame whose whole picture has changed, or that was left out."""
    if decision.extent is None:
        return ""
    words = describe_extent(decision.extent)
    return f'<br><strong class="whole">◆ {words[0].upper()}{words[1:]}</strong>'


def _name(path: str, time: datetime | None, naming: Naming) -> str:
    clock = f" <time>{naming.show(time, '%Y-%m-%d %H:%M:%S')}{naming.zone_name}</time>" if time else ""
    return f'<span class="path">{escape(path)}</span>{clock}'
