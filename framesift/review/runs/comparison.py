"""Two runs over the same frames: what one keeps and the other does not, as values for JSON."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framesift.filtering.manifest import Record
from framesift.filtering.selection import Verdict
from framesift.review.refusals import Conflict, Unknown
from framesift.review.runs.decisions import view_decision
from framesift.review.runs.manifest.index import VERDICTS, Decisions
from framesift.review.runs.places import Place
from framesift.review.runs.runs import Run, Runs
from framesift.review.runs.summary import MOST_CAMERAS, describe_problem
from framesift.stores import is_url

SIDES = ("first", "second")
_LOOKED_AT = 1000
"""Runs whose manifest is opened to find those over the same frames."""
_OTHERS = 200
_COUNTS = ("both", "only_first", "only_second", "neither", "lone_first", "lone_second")

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Comparison:
    """The decisions of two runs on the same frames. Of a frame that a run has decided twice, the last one counts."""

    first: Run
    second: Run
    pairs: tuple[Rows, Rows]
    """Rows of the frames that both have decided, in the order of the first manifest."""
    lone: tuple[Rows, Rows]
    """Rows of those that only the first has decided, and only the second."""
    kept: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    """Of each pair, whether the first run keeps it, and the second."""
    names: tuple[str, ...]
    """Cameras of both runs, printable."""

    def view(self) -> dict[str, Any]:
        """Return both runs and the counts of each camera: that of the first run, where the two name them otherwise."""
        table = self._count()
        rows = [{"camera": name, **_count_row(table[place])} for place, name in enumerate(self.names[:MOST_CAMERAS])]
        return {
            "first": _view_side(self.first),
            "second": _view_side(self.second),
            **_count_row(table.sum(axis=0)),
            "cameras": rows,
            "more_cameras": max(0, len(self.names) - MOST_CAMERAS),
        }

    def list_frames(self, side: str | None, camera: str | None, offset: int, limit: int) -> dict[str, Any]:
        """Return frames that only one run keeps, or only the one named. Raises Unknown and Conflict."""
        first, second = self.kept
        chosen = {"first": first & ~second, "second": second & ~first}.get(side or "", first ^ second)
        if camera is not None:
            if camera not in self.names:
                raise Unknown("no such camera")
            chosen = chosen & (self._cameras(0)[self.pairs[0]] == self.names.index(camera))
        rows = np.flatnonzero(chosen)
        return {"total": len(rows), "items": [self._view_frame(row) for row in rows[offset : offset + limit].tolist()]}

    def _view_frame(self, row: int) -> dict[str, Any]:
        seen = {}
        for side, run, places in zip(SIDES, (self.first, self.second), self.pairs, strict=True):
            number = int(places[row]) + 1
            seen[side] = view_decision(run.decisions, number, run.read_decision(number))
        if seen["first"]["path"] != seen["second"]["path"]:
            raise Conflict("a manifest has been changed meanwhile")
        return {"kept_by": SIDES[0 if self.kept[0][row] else 1], **seen}

    def _count(self) -> NDArray[np.intp]:
        """Return the frames of each camera, a row each, by _COUNTS."""
        (first, second), shared = self.kept, self._cameras(0)[self.pairs[0]]
        cells = [shared[chosen] for chosen in (first & second, first & ~second, second & ~first, ~(first | second))]
        cells += [self._cameras(side)[self.lone[side]] for side in (0, 1)]
        return np.stack([np.bincount(cameras, minlength=len(self.names)) for cameras in cells], axis=1)

    def _cameras(self, side: int) -> Rows:
        """Return of each decision of a run the place of its camera in `names`."""
        decisions = (self.first, self.second)[side].decisions
        known = {name: place for place, name in enumerate(self.names)}
        return np.array([known[name] for name in decisions.names], np.intp)[decisions.cameras]


def compare_runs(first: Run, second: Run) -> Comparison:
    """Bring the decisions of two runs together by the paths of their frames. Raises Conflict for other frames."""
    if _find_source(first.record) != _find_source(second.record):
        raise Conflict("the two runs are of frames in different folders")
    mine, its = first.decisions.last_places, second.decisions.last_places
    hashes = first.decisions.hashes[mine], second.decisions.hashes[its]
    _, of_first, of_second = np.intersect1d(*hashes, assume_unique=True, return_indices=True)
    order = np.argsort(mine[of_first], kind="stable")
    pairs = mine[of_first][order], its[of_second][order]
    return Comparison(
        first,
        second,
        pairs,
        (np.delete(mine, of_first), np.delete(its, of_second)),
        (_is_kept(first.decisions, pairs[0]), _is_kept(second.decisions, pairs[1])),
        tuple(dict.fromkeys(first.decisions.names + second.decisions.names)),
    )


def list_others(runs: Runs, run_id: str) -> dict[str, Any]:
    """Return the other runs over the same frames, the latest first. Raises Unknown."""
    own = runs.read_record(runs.find(run_id))
    found = [] if own is None else list(_walk_others(runs, run_id, _find_source(own)))
    return {"items": [_view_settings(place, record) for place, record in found]}


def _walk_others(runs: Runs, run_id: str, source: str) -> Iterator[tuple[Place, Record]]:
    found = 0
    for place in runs.list_places()[:_LOOKED_AT]:
        record = None if place.id == run_id else runs.read_record(place)
        if record is not None and _find_source(record) == source:
            yield place, record
            found += 1
        if found == _OTHERS:
            return


def _find_source(record: Record) -> str:
    """Return where the frames of a run really lie."""
    try:
        return record.source if is_url(record.source) else os.path.realpath(record.source)
    except (OSError, ValueError):  # a loop of links, a NUL in the name
        return record.source


def _is_kept(decisions: Decisions, places: Rows) -> NDArray[np.bool_]:
    return np.asarray(decisions.verdicts[places] == VERDICTS.index(Verdict.KEEP), np.bool_)


def _count_row(row: NDArray[np.intp]) -> dict[str, int]:
    return dict(zip(_COUNTS, map(int, row), strict=True))


def _view_side(run: Run) -> dict[str, Any]:
    return {
        **_view_settings(run.place, run.record),
        "frames": len(run.decisions.last_places),
        "kept": int(_is_kept(run.decisions, run.decisions.last_places).sum()),
        "pictures": run.within,
        "problem": describe_problem(run),
    }


def _view_settings(place: Place, record: Record) -> dict[str, Any]:
    settings = record.settings
    return {
        "id": place.id,
        "name": place.name,
        "method": str(settings.method),
        "min_contour_area": str(settings.min_contour_area),
        "score_threshold": str(settings.score_threshold),
    }
