"""A run as a command line: what to type to filter the same frames with other thresholds."""

from framesift.comparators.thresholds import Threshold
from framesift.errors import as_command
from framesift.filtering.manifest import Record
from framesift.filtering.section_words import name_files


def write_command(record: Record, min_contour_area: Threshold, score_threshold: Threshold) -> str:
    """Return the command. The results go into a new folder; files of masks and settings are left to be named."""
    thresholds = [str(min_contour_area), str(score_threshold)]
    words = ["framesift", "filter", record.source, f"{record.folder}-new", *thresholds, *record.settings.options()]
    return as_command(words) + name_files(record)
