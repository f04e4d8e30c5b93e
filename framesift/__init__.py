"""framesift keeps, out of the frames of fixed cameras, those that show something new.

from framesift import filter_frames

for decision in filter_frames("frames", "results"):
    print(decision.frame.path, decision.verdict, decision.reason)
"""

__version__ = "0.1.0"
__all__ = ["Decision", "Frame", "FramesiftError", "Verdict", "filter_frames"]

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from framesift.errors import FramesiftError
    from framesift.filtering.run import filter_frames
    from framesift.filtering.selection import Decision, Verdict
    from framesift.frames.frame import Frame

_HOMES = {
    "Decision": "filtering.selection",
    "Frame": "frames.frame",
    "FramesiftError": "errors",
    "Verdict": "filtering.selection",
    "filter_frames": "filtering.run",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: `--help` must not wait for OpenCV."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
