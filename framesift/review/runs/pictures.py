"""The pictures of a run's decisions: only of frames within what is served, few at a time, and the last ones kept."""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from framesift.errors import FramesiftError, show
from framesift.filtering.selection import Decision
from framesift.looking.evidence import Evidence, trace_contour
from framesift.looking.explanation import Explanation, explain_decision
from framesift.looking.explanation_picture import draw_explanation, encode_picture
from framesift.looking.page.thumbnails import shrink_image
from framesift.looking.rereading import read_pixels
from framesift.looking.wording import describe_changes
from framesift.review.duplicates.pictures import encode_jpeg
from framesift.review.refusals import Conflict
from framesift.review.runs.confines import OUTSIDE, Confines
from framesift.review.runs.runs import Run

WIDTHS = (40, 1600)
"""px of a picture, from and to."""
_ROOM = 32 * 2**20
"""Bytes of pictures that are kept."""
_LARGEST = 4 * 2**20
_AT_ONCE = 2
"""Pictures drawn at once: each can take some hundred MB while it is drawn."""
_OUTLINES = 2000
"""Regions whose outline is given at most."""


class RunPictures:
    """Draws decisions. Its methods may be called from any thread; each raises Conflict where there is no picture."""

    def __init__(self, confines: Confines) -> None:
        self._confines = confines
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._drawn: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._bytes = 0

    def sheet(self, run: Run, number: int) -> bytes:
        """Return the four pictures of a decision with their words as PNG, as `framesift explain` draws them."""
        decision = self._find(run, number)
        return bytes(
            self._keep(run, decision, "sheet", lambda: encode_picture(draw_explanation(self._explain(run, decision))))
        )

    def frame(self, run: Run, number: int, reference: bool, width: int) -> bytes:
        """Return the frame of a decision, or its reference, as JPEG of at most this width, and twice as high."""
        decision = self._find(run, number)
        path = decision.reference if reference else decision.frame.path
        if path is None:
            raise Conflict("it was compared with nothing")
        least, most = WIDTHS
        wide = max(least, min(width, most))

        def draw() -> bytes:
            pixels = read_pixels(run.record, decision.frame.camera, path)
            if isinstance(pixels, str):
                raise Conflict(pixels)
            return encode_jpeg(shrink_image(pixels, wide))

        return bytes(self._keep(run, decision, (reference, wide), draw))

    def changes(self, run: Run, number: int) -> dict[str, Any]:
        """Return what changed in words, and as outlines in px of the compared size."""
        decision = self._find(run, number)

        def look() -> dict[str, Any]:
            explanation = self._explain(run, decision)
            evidence = explanation.evidence
            words = "" if evidence is None else describe_changes(evidence)
            return {"change": show(explanation.change), "words": words, **_trace(evidence)}

        return dict(self._keep(run, decision, "changes", look))

    def _explain(self, run: Run, decision: Decision) -> Explanation:
        number = None if decision.reference is None else run.decisions.find(decision.reference)
        time = None if number is None else run.decisions.read(number).frame.time
        return explain_decision(run.record, decision, time)

    def _find(self, run: Run, number: int) -> Decision:
        """Return a decision whose frames may be opened, wherever links lead."""
        decision = run.read_decision(number)
        if not run.within:
            raise Conflict(OUTSIDE)
        for path in filter(None, (decision.frame.path, decision.reference)):
            holds = self._confines.hold_frame
            if not (holds(run.record.source, path) and holds(run.record.folder, run.record.name_kept(path))):
                raise Conflict(OUTSIDE)
        return decision

    def _keep(self, run: Run, decision: Decision, kind: Any, draw: Callable[[], Any]) -> Any:
        """Return what is drawn of a decision, drawn again only where its files have changed since."""
        paths = filter(None, (decision.frame.path, decision.reference))
        states = tuple(_state(os.path.join(run.record.source, path)) for path in paths)
        key = run.place.id, decision, kind, states
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
        with self._room:
            try:
                drawn = draw()
            except Conflict:
                raise
            except FramesiftError as error:
                raise Conflict(error.reason) from None
        self._remember(key, drawn)
        return drawn

    def _remember(self, key: tuple[Any, ...], drawn: Any) -> None:
        if _weight(drawn) > _LARGEST:
            return
        with self._lock:
            if key not in self._drawn:
                self._bytes += _weight(drawn)
                self._drawn[key] = drawn
            while self._bytes > _ROOM:
                self._bytes -= _weight(self._drawn.popitem(last=False)[1])


def _state(path: str) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _weight(drawn: Any) -> int:
    return len(drawn) if isinstance(drawn, bytes) else 2000 + sum(map(len, drawn["counted"] + drawn["ignored"]))


def _trace(evidence: Evidence | None) -> dict[str, Any]:
    if evidence is None:
        return {"size": None, "counted": [], "ignored": []}
    kinds = {"counted": evidence.counted, "ignored": evidence.ignored}
    outlines = {
        kind: [trace_contour(region.contour) for region in regions[:_OUTLINES]] for kind, regions in kinds.items()
    }
    return {"size": list(evidence.compared_size), **outlines}
