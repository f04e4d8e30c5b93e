"""The main job: keep, out of the frames of fixed cameras, those that show something new. It begins in `run`."""

__all__ = [
    "chunks",
    "comparing",
    "describing",
    "earlier_runs",
    "manifest",
    "places",
    "results",
    "run",
    "selection",
    "settings",
    "summary",
    "verifying",
    "watching",
]
