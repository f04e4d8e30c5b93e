"""framesift keeps, out of the frames of fixed cameras, those that show something new.

from framesift import filter_frames

for decision in filter_frames("frames", "results"):
    print(decision.frame.path, decision.verdict, decision.reason)

Each command that yields data has its function here, imported on use.
"""

import re

__version__ = "0.1.0"

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import AnyStr

    from framesift.actions import apply_plan, empty_backup, read_plan, undo, write_plan
    from framesift.duplicates import find_duplicates, find_leaks
    from framesift.errors import FramesiftError, ResultsInUse, StorageError, UsageError
    from framesift.export import export_frames, export_parts, read_manifest
    from framesift.filtering.config import CameraConfig, Config
    from framesift.filtering.manifest import open_record
    from framesift.filtering.run import filter_frames
    from framesift.filtering.selection import Decision, Verdict
    from framesift.filtering.verifying import verify
    from framesift.frames.frame import Frame
    from framesift.looking.crops import export_crops
    from framesift.looking.events import Event, RegionChange, find_events, find_region_changes
    from framesift.looking.films import export_film
    from framesift.looking.labelling import carry_labels
    from framesift.looking.overview import survey_frames

__all__ = [
    "CameraConfig",
    "Config",
    "Decision",
    "Event",
    "Frame",
    "FramesiftError",
    "RegionChange",
    "ResultsInUse",
    "StorageError",
    "UsageError",
    "Verdict",
    "apply_plan",
    "carry_labels",
    "empty_backup",
    "export_crops",
    "export_film",
    "export_frames",
    "export_parts",
    "filter_frames",
    "find_duplicates",
    "find_events",
    "find_leaks",
    "find_region_changes",
    "open_record",
    "read_manifest",
    "read_plan",
    "survey_frames",
    "undo",
    "verify",
    "write_plan",
]


def give_on_use(package: str, homes: "dict[str, tuple[str, ...]]") -> "Callable[[str], object]":
    """Return the `__getattr__` of a package that imports a name it offers when that is first used.

    `homes` has the names by the module below the package that has them. `--help` must not wait for OpenCV, and a run
    over a folder not for clusters, films and backups.
    """

    def give(name: str) -> object:
        for home, names in homes.items():
            if name in names:
                from importlib import import_module

                return getattr(import_module(f"{package}.{home}"), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return give


class _Expression:
    """What `compile_on_use` returns."""

    def __init__(self, *form: object) -> None:
        self._form = form

    def __getattr__(self, name: str) -> object:
        found = getattr(re.compile(*self._form), name)  # type: ignore[call-overload]
        setattr(self, name, found)  # it is not asked for again
        return found


def compile_on_use(pattern: "AnyStr", flags: int = 0) -> "re.Pattern[AnyStr]":
    """Return a regular expression that is compiled when it is first used: most runs have no need of it."""
    return _Expression(pattern, flags)  # type: ignore[return-value]


_HOMES = {
    "actions": ("apply_plan", "empty_backup", "read_plan", "undo", "write_plan"),
    "duplicates": ("find_duplicates", "find_leaks"),
    "errors": ("FramesiftError", "ResultsInUse", "StorageError", "UsageError"),
    "export": ("export_frames", "export_parts", "read_manifest"),
    "filtering.config": ("CameraConfig", "Config"),
    "filtering.manifest": ("open_record",),
    "filtering.run": ("filter_frames",),
    "filtering.selection": ("Decision", "Verdict"),
    "filtering.verifying": ("verify",),
    "frames.frame": ("Frame",),
    "looking.labelling": ("carry_labels",),
    "looking.crops": ("export_crops",),
    "looking.films": ("export_film",),
    "looking.events": ("Event", "RegionChange", "find_events", "find_region_changes"),
    "looking.overview": ("survey_frames",),
}

if not TYPE_CHECKING:
    __getattr__ = give_on_use(__name__, _HOMES)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
