"""What the names of frames and folders say: times in many forms, words that name no camera, folders of days."""

__all__ = [
    "agreement",
    "clocks",
    "counts",
    "days",
    "doubts",
    "formats",
    "hours",
    "lenses",
    "months",
    "numbers",
    "places",
    "reading",
    "words",
]
