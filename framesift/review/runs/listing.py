"""The list of runs, as values for JSON."""

import os
from collections import OrderedDict
from datetime import datetime
from typing import Any

from framesift.filtering.manifest import NAME, Record
from framesift.review.runs.manifest.index import VERDICTS
from framesift.review.runs.manifest.lines import open_manifest
from framesift.review.runs.places import Place

_COUNTED = 64_000_000
"""Bytes of a manifest that are counted for a list."""


def view_place(place: Place, counts: dict[str, int] | None, record: Record | None, within: bool) -> dict[str, Any]:
    """Return a run as a list shows it; `record` is None where its manifest does not say what it decided by."""
    settings = None if record is None else record.settings
    return {
        "id": place.id,
        "name": place.name,
        "modified": place.modified.isoformat(timespec="seconds"),
        "bytes": place.bytes,
        "verdicts": counts,
        "method": settings and str(settings.method),
        "min_contour_area": settings and str(settings.min_contour_area),
        "score_threshold": settings and str(settings.score_threshold),
        "pictures": within,
    }


class Counts:
    """How many frames were kept and dropped, counted in the text of manifests and remembered while they stay as is."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int, datetime], dict[str, int] | None] = OrderedDict()

    def count(self, place: Place) -> dict[str, int] | None:
        """Return the frames by verdict; None for a manifest too large to be counted for a list."""
        key = place.id, place.bytes, place.modified
        if key not in self._known:
            self._known[key] = None if place.bytes > _COUNTED else _count_verdicts(place)
            while len(self._known) > 1000:
                self._known.popitem(last=False)
        return self._known[key]


def _count_verdicts(place: Place) -> dict[str, int] | None:
    """Within a text of JSON the quotes are escaped, so that these bytes stand nowhere else."""
    counts = dict.fromkeys(VERDICTS, 0)
    try:
        with open_manifest(os.path.join(place.folder, NAME)) as file:
            while lines := file.readlines(1 << 20):
                text = b"".join(lines)
                for verdict in counts:
                    counts[verdict] += text.count(b'"verdict": "%b"' % verdict.encode())
    except OSError:
        return None
    return {str(verdict): number for verdict, number in counts.items()}
