"""What a settings file says, as a value: settings of all cameras, and sections for some cameras or hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from framesift.errors import UsageError, show
from framesift.filtering.options import OPTIONS
from framesift.filtering.sections import CHANGEABLE, name_section
from framesift.frames.light import Light

OF_RUNS = ("link", "results_by")
"""Options that no file can set: it says how frames are decided, and not what is done with files."""
_READ = {"thorough", "mask", "exclude", "preset"}
"""Options that stand for others, or mean less, in a section."""
OF_CAMERAS = frozenset(name for name in OPTIONS if name in CHANGEABLE or name in _READ)
"""Options that may differ from camera to camera."""
OF_HOURS = frozenset(name for name in OF_CAMERAS if name not in CHANGEABLE or CHANGEABLE[name].by_hour)
"""Options that may differ from hour to hour."""
OF_LIGHT = OF_HOURS - {"exclude"}
"""Options that may differ by light, which is seen once a frame is read: too late to leave it out."""
METHODS_OWN = ("min_contour_area", "score_threshold", "thorough", "width")
"""Options that belong to a method: with another one they start anew."""


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """Settings of some cameras, by the names of `OPTIONS`. `exclude` is whether their frames are left out.

    Raises UsageError for a setting that cannot differ between cameras, between hours or by light.
    """

    camera: str
    """A name, or a pattern with `*`, `?` and `[a-z]`."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """As values, or as the texts that are typed."""
    hours: str | None = None
    """`22:00-06:00`: they hold at these hours only."""
    place: str = ""
    """Where it stands, for messages."""
    light: str | None = None
    """`day`, `night` or `infrared`, in place of hours: they hold for frames that were taken by it."""

    def __post_init__(self) -> None:
        if self.light not in (None, *Light):
            raise UsageError(f"{show(str(self.light))} is no light: {', '.join(Light)} are", self.place or None)
        if self.light is not None and self.hours is not None:
            raise UsageError("a section is of hours or of a light, not of both", self.place or None)
        for name in self.values:
            if reason := refuse_in_section(name, self.hours, self.light):
                raise UsageError(f"{self.title} {reason}", self.place or None)

    @property
    def title(self) -> str:
        """The header that it has in a file."""
        return name_section(self.camera, self.hours or self.light)


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of all cameras, by the names of `OPTIONS`, and on top of them those of some.

    Of sections that cover a camera, one with its name is stronger than a pattern, of patterns a later one is, those of
    light are stronger than those of the whole day, and those of hours stronger still. What is given beside a `Config`
    is stronger than all of it.
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


def choose_names(hours: str | None, light: str | None) -> frozenset[str]:
    """Return the options that may stand in a section, which is of hours, of a light or of neither."""
    return OF_LIGHT if light is not None else OF_HOURS if hours is not None else OF_CAMERAS


def refuse_in_section(name: str, hours: str | None, light: str | None = None) -> str:
    """Return why a setting cannot stand in a section of cameras, of hours or of a light; empty where it can."""
    key = write_name(name)
    if name not in OF_CAMERAS:
        return f"cannot say {key}: it is of the whole run, and stands above all sections"
    if hours is not None and name not in OF_HOURS:
        return f"cannot say {key}: it says which frames of a camera are compared, and is the same at all hours"
    if light is not None and name not in OF_HOURS:
        return f"cannot say {key}: it says which frames of a camera are compared, and is the same by any light"
    if light is not None and name not in OF_LIGHT:
        return f"cannot say {key}: light is seen once a frame has been read; leave out hours instead"
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
