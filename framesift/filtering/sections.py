"""Settings that hold for some cameras only, or for some hours of theirs: what differs there from the rest of a run."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import translate
from functools import lru_cache
from typing import Any, Self

from framesift.comparators.masks import Mask
from framesift.comparators.thresholds import Threshold
from framesift.filtering.manifest_values import shorten
from framesift.filtering.option_values import Decoding, Method
from framesift.frames.frame import Frame
from framesift.frames.light import Light
from framesift.frames.periods import Period


@dataclass(frozen=True, slots=True)
class Section:
    """What differs for the cameras whose name a pattern covers, all day or at some hours. Raises UsageError."""

    camera: str
    """With `*`, `?` and `[a-z]`, of which `*` stands for a `/` too; capitals count."""
    hours: str | None = None
    """As `Period` has them; None: whatever the hour."""
    changes: tuple[tuple[str, Any], ...] = ()
    """Names of settings, of those in `CHANGEABLE`, and what they are there."""
    exclude: bool | None = None
    """Whether these frames are left out; None: as without this section."""
    timezone: str = "UTC"
    """Of the hours."""
    light: Light | None = None
    """By which it holds; None: by any. What is infra-red is night too."""
    _period: Period = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_period", Period(hours=self.hours, timezone=self.timezone))

    @property
    def title(self) -> str:
        """What it is called: its header in a settings file."""
        return name_section(self.camera, self.hours or self.light)

    @property
    def is_partial(self) -> bool:
        """Whether it is of some hours or of some light only."""
        return self.hours is not None or self.light is not None

    @property
    def strength(self) -> int:
        """How strong it is among those of a camera: all day, by day or night, by infra-red, at some hours."""
        return 3 if self.hours is not None else 0 if self.light is None else 1 + (self.light is Light.INFRARED)

    @property
    def masks(self) -> tuple[Mask, ...]:
        """What it masks."""
        return tuple(dict(self.changes).get("masks", ()))

    def covers(self, camera: str) -> bool:
        """Tell whether it is of a camera."""
        return camera == self.camera or _compile(self.camera).match(camera) is not None

    def holds(self, frame: Frame) -> bool:
        """Tell whether it holds of a frame of its camera; no hours do without a time, and no light does unseen."""
        if self.light is not None:
            return frame.light is self.light or (frame.light is Light.INFRARED and self.light is Light.NIGHT)
        return self.hours is None or (frame.time is not None and self._period.holds(frame.time))

    def record(self) -> dict[str, Any]:
        """Return the section as it stands in a manifest."""
        named: dict[str, Any] = {"camera": self.camera, "hours": self.hours, "excluded": self.exclude}
        named |= {} if self.light is None else {"light": str(self.light)}
        return named | {CHANGEABLE[name].key: CHANGEABLE[name].encode(value) for name, value in self.changes}

    @classmethod
    def from_record(cls, record: Mapping[str, Any], timezone: str) -> "Section":
        """Return the section that `record` has written down. Raises UsageError, KeyError, TypeError or ValueError."""
        changes = tuple(
            (name, each.decode(record[each.key])) for name, each in CHANGEABLE.items() if each.key in record
        )
        light = Light(record["light"]) if record.get("light") else None
        return cls(record["camera"], record["hours"], changes, record["excluded"], timezone, light)


@dataclass(frozen=True, slots=True)
class Changeable:
    """A setting that may differ from camera to camera: its key in a manifest, and how its value is written there."""

    key: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    by_hour: bool = True
    """Whether it may differ from hour to hour too: what says which frames are compared with each other may not."""


def _same(value: Any) -> Any:
    return value


def _as_list(value: Any) -> list[Any] | None:
    return None if value is None else list(value)


def _as_tuple(value: Any) -> tuple[Any, ...] | None:
    return None if value is None else tuple(value)


def _encode_masks(masks: Iterable[Mask]) -> list[Any]:
    return [mask.record() for mask in masks]


def _decode_masks(masks: Iterable[Any]) -> tuple[Mask, ...]:
    return tuple(map(Mask.from_record, masks))


CHANGEABLE = {
    "method": Changeable("method", str, Method),
    "min_contour_area": Changeable("min_contour_area", str, Threshold.parse),
    "score_threshold": Changeable("score_threshold", str, Threshold.parse),
    "width": Changeable("width", _same, _same),
    "blur": Changeable("blur", list, tuple),
    "border_mask": Changeable("border_mask", list, tuple),
    "masks": Changeable("masks", _encode_masks, _decode_masks),
    "size": Changeable("size", _as_list, _as_tuple, by_hour=False),
    "against": Changeable("against", _same, _same, by_hour=False),
    "most": Changeable("most", _same, _same),
    "at_most": Changeable("at_most", _same, _same),
    "at_least": Changeable("at_least", _same, _same),
    "min_size": Changeable("min_size", _same, _same),
    "decode": Changeable("decoding", str, Decoding),
}
"""What may differ, by its name in the settings."""


class Remembered(dict[Any, Any]):
    """What has been worked out of settings. It is not sent along with them to other processes."""

    def __reduce__(self) -> tuple[type["Remembered"], tuple[()]]:
        return Remembered, ()


class Sectioned:
    """Settings with sections: what they are for a camera, and for a frame."""

    __slots__ = ()
    sections: tuple[Section, ...]
    size: tuple[int, int] | None
    against: int
    _known: Remembered

    def of(self, camera: str) -> Self:
        """Return the settings of a camera as they are at any hour and by any light: without sections.

        Raises UsageError.
        """
        return self._apply([section for section in self.find_sections(camera) if not section.is_partial])

    def at(self, frame: Frame) -> Self:
        """Return the settings that a frame is decided by: those of its camera, at its hour and by its light.

        Raises UsageError.
        """
        return self._apply(self.find_holding(frame))

    def goes_by_light(self, camera: str) -> bool:
        """Tell whether the light of a camera's frames says what their settings are."""
        return any(section.light for section in self.find_sections(camera))

    def takes(self, frame: Frame) -> bool:
        """Tell whether a frame is looked at, as far as sections say it."""
        said = [each.exclude for each in self.find_holding(frame) if each.exclude is not None]
        return not (said and said[-1])

    def chains_of(self, camera: str) -> tuple[bool, int]:
        """Return whether a camera has one chain, for frames of all sizes, and how many kept ones of it are compared."""
        settings = self.of(camera)
        return settings.size is not None, settings.against

    def all_of(self, name: str) -> list[Any]:
        """Return what a setting is for some camera at some hour or by some light."""
        return [getattr(self, name), *(value for each in self.sections for key, value in each.changes if key == name)]

    def find_sections(self, camera: str) -> tuple[Section, ...]:
        """Return what differs for a camera, the strongest last."""
        if not self.sections:
            return ()
        if camera not in self._known:
            self._known[camera] = choose_sections(self.sections, camera)
        known: tuple[Section, ...] = self._known[camera]
        return known

    def find_holding(self, frame: Frame) -> list[Section]:
        """Return what differs for a frame, the strongest last."""
        return [section for section in self.find_sections(frame.camera) if section.holds(frame)]

    def _apply(self, sections: list[Section]) -> Self:
        if not self.sections:
            return self
        key = tuple(map(id, sections))
        if key not in self._known:
            changes = {name: value for section in sections for name, value in section.changes}
            whole: Any = self  # a frozen dataclass
            self._known[key] = replace(whole, sections=(), **changes)
        settings: Self = self._known[key]
        return settings


def choose_sections(sections: Iterable[Section], camera: str) -> tuple[Section, ...]:
    """Return those of a camera, the strongest last: patterns in their order, then what names the camera; and behind
    all of these, in the same order, those of light, then those of infra-red, then those of hours."""
    covering = [section for section in sections if section.covers(camera)]
    return tuple(sorted(covering, key=lambda section: (section.strength, section.camera == camera)))


def drop_changes(sections: Iterable[Section], *names: str) -> tuple[Section, ...]:
    """Return sections without some of their changes."""
    return tuple(
        replace(section, changes=tuple(pair for pair in section.changes if pair[0] not in names))
        for section in sections
    )


def drop_hours(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return sections that change nothing from hour to hour or by light; what is left out then stays so."""
    return tuple(replace(section, changes=()) if section.is_partial else section for section in sections)


def is_excluded(sections: Iterable[Section]) -> bool:
    """Tell whether the sections of a camera, the strongest last, leave all its frames out, whatever their hour."""
    all_day = [each.exclude for each in sections if each.hours is None and each.exclude is not None]
    return all_day[-1:] == [True] and not any(each.exclude is False for each in sections if each.hours)


def describe_difference(recorded: Any, wanted: Iterable[Section]) -> str:
    """Say what a manifest has of sections, as it stands there, where other ones are wanted: the first that differs."""
    found = [each for each in recorded if isinstance(each, dict)] if isinstance(recorded, list) else []
    theirs = {name_section(str(each.get("camera")), each.get("hours") or each.get("light")): each for each in found}
    ours = {each.title: each.record() for each in wanted}
    for title in {**theirs, **ours}:
        was, now = theirs.get(title), ours.get(title)
        if was is None or now is None:
            return f"{'no' if was is None else 'a'} section {title}"
        for key in (key for key in {**was, **now} if was.get(key) != now.get(key)):
            told = f"{key.replace('_', ' ')} {shorten(was.get(key, 'as the others'))}"
            return f"{told} in {title}, not {shorten(now.get(key, 'as the others'))}"
    return "sections in another order"


def name_section(camera: str, part: str | None = None) -> str:
    """Return the header of a section in a settings file; `part` are its hours or its light."""
    parts = ["camera", camera, *([] if part is None else [part])]
    return f"[{'.'.join(map(_write_key, parts))}]"


def _write_key(part: str) -> str:
    return part if re.fullmatch("[A-Za-z0-9_-]+", part) else json.dumps(part, ensure_ascii=False)


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
