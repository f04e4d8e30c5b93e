"""The frames of a manifest as they are handed over."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from framesift.filtering.kept_names import name_kept
from framesift.filtering.manifest import Record
from framesift.filtering.pruned import list_away
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.settings import Settings
from framesift.stores import is_url


@dataclass(frozen=True, slots=True)
class Row:
    """One kept or dropped frame."""

    number: int
    """From 1."""
    path: str
    """Relative to the folder of the frames."""
    file: str
    """The same, but for kept frames relative to the results folder."""
    name: str
    """The file with what is to stand before it."""
    camera: str
    time: str | None
    """ISO 8601, UTC."""
    verdict: Verdict
    score: float | None
    """px of the compared size."""
    represented_by: str | None
    """Path of the kept frame that stands for a dropped one; None for a kept one, or where none does."""
    width: int
    height: int


class StandIns:
    """Follows the decisions of a run, in their order: which kept frame stands for each dropped one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._left_out: dict[str, dict[tuple[int, int] | None, str]] = {}
        """What was left out last, of each chain of each camera: no kept frame stands for what is like it."""

    def find(self, decision: Decision) -> str | None:
        """Return the path of the kept frame that stands for the next one; None for a kept one, or where none does."""
        if decision.verdict is not Verdict.DROP:
            return None
        of_camera = self._left_out.setdefault(decision.frame.camera, {})
        chain = None if self._settings.chains_of(decision.frame.camera)[0] else decision.size
        if decision.left_out:
            of_camera[chain] = decision.frame.path
        unlike = decision.left_out or decision.reference == of_camera.get(chain)
        return None if unlike else decision.reference


def read_rows(record: Record, dropped: bool, prefix: str | None) -> Iterator[Row]:
    """Yield the kept frames in the order of the manifest, but for pruned ones; with `dropped` the dropped ones too.

    Without a prefix, paths are absolute: kept frames lie in the results folder, dropped ones in that of the frames.
    """
    wanted = {Verdict.KEEP, Verdict.DROP} if dropped else {Verdict.KEEP}
    decisions = (decision for decision in record.decisions() if decision.verdict in wanted)
    stand_ins, number = StandIns(record.settings), 0
    away = frozenset() if is_url(record.folder) else list_away(record.folder)
    for decision in decisions:
        frame, kept = decision.frame, decision.verdict is Verdict.KEEP
        file = name_kept(frame, record.settings) if kept else frame.path
        if kept and file in away:
            continue
        number += 1
        folder = os.path.join(record.folder if kept else record.source, "") if prefix is None else prefix
        width, height = decision.size or (0, 0)
        yield Row(
            number,
            frame.path,
            file,
            folder + file,
            frame.camera,
            frame.time.isoformat() if frame.time else None,
            decision.verdict,
            decision.score,
            stand_ins.find(decision),
            width,
            height,
        )
