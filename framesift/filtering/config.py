"""What a settings file says, as a value: settings of all cameras, and sections for some cameras or hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from framesift.errors import UsageError
from framesift.filtering.options import OPTIONS
from framesift.filtering.sections import CHANGEABLE, name_section

OF_RUNS = ("link", "results_by")
"""Options that no file can set: it says how frames are decided, and not what is done with files."""
_READ = {"thorough", "mask", "exclude", "preset"}
"""Options that stand for others, or mean less, in a section."""
OF_CAMERAS = frozenset(name for name in OPTIONS if name in CHANGEABLE or name in _READ)
"""Options that may differ from camera to camera."""
OF_HOURS = frozenset(name for name in OF_CAMERAS if name not in CHANGEABLE or CHANGEABLE[name].by_hour)
"""Options that may differ from hour to hour."""
METHODS_OWN = ("min_contour_area", "score_threshold", "thorough", "width")
"""Options that belong to a method: with another one they start anew."""


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """Settings of some cameras, by the names of `OPTIONS`. `exclude` is whether their frames are left out.

    Raises UsageError for a setting that cannot differ between cameras, or between hours.
    """

    camera: str
    """A name, or a pattern with `*`, `?` and `[a-z]`."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """As values, or as the texts that are typed."""
    hours: str | None = None
    """`22:00-06:00`: they hold at these hours only."""
    place: str = ""
    """Where it stands, for messages."""

    def __post_init__(self) -> None:
        for name in self.values:
            if reason := refuse_in_section(name, self.hours):
                raise UsageError(f"{self.title} {reason}", self.place or None)

    @property
    def title(self) -> str:
        """The header that it has in a file."""
        return name_section(self.camera, self.hours)


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of all cameras, by the names of `OPTIONS`, and on top of them those of some.

    Of sections that cover a camera, one with its name is stronger than a pattern, of patterns a later one is, and
    those of hours are stronger than those of the whole day. What is given beside a `Config` is stronger than all of it.
    Raises UsageError for what no file can set.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    cameras: tuple[CameraConfig, ...] = ()
    path: str = ""
    """The file it was read from, for messages."""
    is_trusted: bool = True
    """Whether the user has named it: one that lay in the folder of the frames may have come with them."""

    def __post_init__(self) -> None:
        for name in self.values:
            if name in OF_RUNS or name not in OPTIONS:
                raise UsageError(f"{write_name(name)} is no setting of a settings file", self.path or None)


def write_name(name: str) -> str:
    """Return what an option is called in a settings file: as on the command line. `camera` begins a section there."""
    return "camera-by" if name == "camera" else OPTIONS[name].flag.removeprefix("--") if name in OPTIONS else name


def refuse_in_section(name: str, hours: str | None) -> str:
    """Return why a setting cannot stand in a section of cameras or of hours; empty where it can."""
    key = write_name(name)
    if name not in OF_CAMERAS:
        return f"cannot say {key}: it is of the whole run, and stands above all sections"
    if hours is not None and name not in OF_HOURS:
        return f"cannot say {key}: it says which frames of a camera are compared, and is the same at all hours"
    return ""


def is_given(name: str, value: Any) -> bool:
    """Tell whether an option was given: one that was not is None, False, or a list of nothing."""
    is_list = name == "mask" or OPTIONS[name].many
    return value is not None and value is not False and not (is_list and value in ([], ()))


def lay_over(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with stronger ones on top. With another method, what belongs to the method starts anew."""
    return {**{name: value for name, value in lower.items() if name not in set(_replaced(upper))}, **upper}


def _replaced(upper: Mapping[str, Any]) -> Iterator[str]:
    yield from upper
    if "method" in upper:
        yield from METHODS_OWN
    if "thorough" in upper:
        yield from ("min_contour_area", "score_threshold")


def take_away(values: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a section is left where other values are given by hand for all cameras."""
    gone = set(_replaced(given))
    return {name: value for name, value in values.items() if name not in gone}
