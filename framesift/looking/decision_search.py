"""Which decision of a manifest is meant: by the path of its frame, or by a part of that."""

import difflib
import heapq
import os
from datetime import datetime
from functools import partial

from framesift.errors import UsageError, show
from framesift.filtering.kept_names import name_frame
from framesift.filtering.manifest import Record, find_decisions
from framesift.filtering.selection import Decision

_NAMED = 5
"""So many frames are named where a name is unknown or means several."""
_NEAR = 0.5
"""Names that have less in common are not near."""
_LOOKED_AT = 200
"""So many names are compared thoroughly, which takes a tenth of a millisecond each."""


def find_decision(record: Record, name: str) -> Decision:
    """Return the decision on the frame that `name` means: its path in the manifest or on this machine, or a part.

    Raises UsageError for a name that means no frame or several; the reason names those it could be.
    """
    paths = {name, *(os.path.relpath(os.path.abspath(name), folder) for folder in (record.source, record.folder))}
    paths |= {name_frame(path, record.settings) for path in paths}
    possible: list[str] = []
    number = 0
    part = None
    found = None
    for decision in find_decisions(record.path, paths):
        if decision.frame.path in paths:
            found = decision  # the last, of a file that was looked at again
        elif name in decision.frame.path:
            number, part = number + 1, decision
            possible += [decision.frame.path] if number <= _NAMED else []
    if found is not None:
        return found
    if part is None:
        raise UsageError(_suggest(record, name))
    if number > 1:
        more = f" and {number - _NAMED} more" if number > _NAMED else ""
        raise UsageError(f"{show(name)} could be {', '.join(map(show, possible))}{more}: write more of the name")
    return part


def find_time(record: Record, path: str | None) -> datetime | None:
    """Return the time of a frame of the manifest; None where it has none."""
    if path is None:
        return None
    for decision in find_decisions(record.path, [path]):
        if decision.frame.path == path:
            return decision.frame.time
    return None


def _suggest(record: Record, name: str) -> str:
    """Say that a name is unknown, and which are nearest: by their letters, the best of those by order too."""
    matcher = difflib.SequenceMatcher(b=name)

    def rate(rough: bool, path: str) -> float:
        matcher.set_seq1(path if "/" in name else os.path.basename(path))
        return matcher.quick_ratio() if rough else matcher.ratio()

    paths = (decision.frame.path for decision in record.decisions())
    rough = heapq.nlargest(_LOOKED_AT, paths, key=partial(rate, True))
    nearest = heapq.nlargest(_NAMED, rough, key=partial(rate, False))
    near = [path for path in nearest if rate(False, path) >= _NEAR]
    hint = f"; the nearest are {', '.join(map(show, near))}" if near else ""
    if nearest and not near:
        hint = f"; its frames have names such as {show(nearest[0])}"
    return f"{show(name)} is no frame of {show(record.path)}{hint}"
