"""Under which name a kept frame lies in the results folder: its own, or below the day on which it was taken."""

from framesift import compile_on_use
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame

UNDATED = "undated"
"""The folder of frames without a time."""
_DAY = compile_on_use(r"^(?:\d{4}-\d\d-\d\d|undated)/")


def name_kept(frame: Frame, settings: Settings) -> str:
    """Return the path, below the results folder, of a frame that was kept."""
    if settings.results_by is None:
        return frame.path
    day = UNDATED if frame.time is None else frame.time.astimezone(settings.naming.zone).date().isoformat()
    return f"{day}/{frame.path}"


def name_frame(kept: str, settings: Settings) -> str:
    """Return the path of the frame that lies under a name in the results folder, if it is one of ours: the way back."""
    return kept if settings.results_by is None else _DAY.sub("", kept, count=1)
