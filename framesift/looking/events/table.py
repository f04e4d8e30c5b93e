"""Events as rows: for people, spreadsheets and programs."""

from dataclasses import asdict
from typing import Any

from framesift.errors import show
from framesift.looking.events.event import Event

COLUMNS = (
    "camera",
    "start",
    "end",
    "frames",
    "kept",
    "share",
    "x",
    "y",
    "width",
    "height",
    "best",
    "before",
    "first",
    "last",
)


def as_row(event: Event) -> tuple[str, ...]:
    """Return an event in the order of `COLUMNS`, as text; empty where it has none."""
    start, end = (time.isoformat() if time else "" for time in (event.start, event.end))
    share = "" if event.share is None else f"{event.share:.4g}"
    box = map(str, event.box) if event.box else ("",) * 4
    paths = map(show, (event.best, event.before, event.first, event.last))
    return (show(event.camera), start, end, str(event.frames), str(event.kept), share, *box, *paths)


def as_json(event: Event) -> dict[str, Any]:
    """Return an event for JSON."""
    times = {name: time.isoformat() if time else None for name, time in (("start", event.start), ("end", event.end))}
    return asdict(event) | times | {"box": list(event.box) if event.box else None}
