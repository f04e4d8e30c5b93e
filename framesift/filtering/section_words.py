"""Settings of some cameras, in words: what differs there, and for which cameras."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator

from framesift.errors import show
from framesift.filtering.config import write_name
from framesift.filtering.manifest import Record
from framesift.filtering.options import OPTIONS
from framesift.filtering.sections import Section
from framesift.filtering.settings import Settings
from framesift.frames.finding import SETTINGS_FILE
from framesift.stores import is_url

_NAMED = 3
"""So many cameras of the same settings are named."""
_TOLD = 20
"""So many kinds of settings are told."""


def describe_sections(settings: Settings) -> list[str]:
    """Return a line for each of the first sections, and how many more there are."""
    sections = settings.sections
    lines = [f"{section.title} {describe_section(section)}" for section in sections[:_TOLD]]
    return [*lines, f"and {len(sections) - _TOLD:,} more sections"] if len(sections) > _TOLD else lines


def describe_cameras(settings: Settings, cameras: Iterable[str]) -> Iterator[str]:
    """Yield a line for each kind of settings that cameras have, but for those that no section is of."""
    kinds: dict[tuple[Section, ...], list[str]] = defaultdict(list)
    for camera in cameras:
        if sections := settings.find_sections(camera):
            kinds[sections].append(camera)
    for sections, of_kind in list(kinds.items())[:_TOLD]:
        what = "; ".join(f"{section.title} {describe_section(section)}" for section in sections)
        yield f"{_name(of_kind)}: {what}"
    if len(kinds) > _TOLD:
        yield f"and {len(kinds) - _TOLD:,} more kinds of settings: the manifest has them all"


def describe_section(section: Section) -> str:
    """Return what a section changes: `method tolerance, score-threshold 0.2%`."""
    words = []
    for name, value in section.changes:
        if name == "masks":
            words.append(f"mask of {len(value)} parts" if len(value) > 1 else "mask" if value else "no mask")
        else:
            words.append(f"{write_name(name)} {'none' if value is None else OPTIONS[name].write(value)}")
    if section.exclude is not None:
        words.append("excluded" if section.exclude else "not excluded")
    return ", ".join(words) or "as the others"


def name_files(record: Record) -> str:
    """Return the options of a command whose files are to be named, for no manifest tells where they lie: those of
    masks, and of settings where none is found among the frames."""
    found = not is_url(record.source) and os.path.lexists(os.path.join(record.source, SETTINGS_FILE))
    config = " --config FILE" if record.settings.sections and not found else ""
    return (" --mask FILE" if record.settings.masks else "") + config


def _name(cameras: list[str]) -> str:
    named = ", ".join(map(show, cameras[:_NAMED]))
    return f"{named} and {len(cameras) - _NAMED:,} more" if len(cameras) > _NAMED else named
