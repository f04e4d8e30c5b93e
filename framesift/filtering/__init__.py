"""The main job: keep, out of the frames of fixed cameras, those that show something new. It begins in `run`."""

__all__ = [
    "arrivals",
    "chunks",
    "combinations",
    "comparator_choice",
    "describing",
    "earlier_runs",
    "exposure",
    "manifest",
    "option_values",
    "options",
    "places",
    "ranges",
    "results",
    "run",
    "selection",
    "settings",
    "sinks",
    "sources",
    "summary",
    "verifying",
]
