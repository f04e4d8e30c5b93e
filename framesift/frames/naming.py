"""Reads camera and time out of the name of a frame and of its folders.

A name is `<camera><separator><time><sequence number, copy mark or remark>.<suffix>`; all but the time may be missing,
and the camera may stand behind. Folders of cameras belong to the camera, those of days, hours and events do not, and
where the name has an hour only, its folder says the day. A name without a time names no camera: in `c10_gate.png`
nothing tells the camera from the rest.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from framesift import compile_on_use
from framesift.errors import UsageError
from framesift.frames.names.agreement import Agreement
from framesift.frames.names.clocks import (
    CLOCK,
    EPOCH,
    Found,
    find_clock,
    read_clock,
    read_epoch,
    write_plainly,
)
from framesift.frames.names.days import Day, settle_on
from framesift.frames.names.formats import TimeFormat
from framesift.frames.names.hours import find_hour, say_session
from framesift.frames.names.numbers import find_epoch, find_minute
from framesift.frames.names.patterns import Expression, compile_pattern
from framesift.frames.names.patterns import Found as Matched
from framesift.frames.names.places import Place, read_place
from framesift.frames.names.reading import Reading, name_camera
from framesift.frames.names.zones import find_zone
from framesift.frames.suffixes import split_suffix

_FOLDER, _NAME, _ONE = "folder", "name", "one"
_COPY_MARK = compile_on_use(r"(?:\ ?[-_])?\ ?\(\d+\)|(?:\ -)?[-_\ ][Cc]opy", re.ASCII)


class Known(Protocol):
    """A frame that an earlier run has decided."""

    @property
    def path(self) -> str: ...
    @property
    def camera(self) -> str: ...
    @property
    def time(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Naming:
    """How names are read. Raises UsageError for a pattern, a time zone or a format that cannot be used."""

    pattern: str | None = None
    """Regular expression with groups `camera`, `time`, `date`, searched in the name; with a `/` in the whole path."""
    timezone: str = "UTC"
    """What wall clocks without an offset of their own show: a name of the IANA database or +HH:MM."""
    camera: str | None = None
    """What alone says the camera: `folder` (but for days and parts of one), `name` (where that has none, the folder),
    or `one` for all frames. None: name and folders together, less those of days, hours and events."""
    time_format: str | None = None
    """As `strptime` has it, searched in the name; with a `/` in the whole path."""
    _expression: Expression | None = field(init=False, repr=False, compare=False)
    _zone: tzinfo = field(init=False, repr=False, compare=False)
    _format: TimeFormat | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.camera not in (None, _FOLDER, _NAME, _ONE):
            raise UsageError(f"--camera is {_FOLDER}, {_NAME} or {_ONE}, not {self.camera!r}")
        object.__setattr__(self, "_expression", None if self.pattern is None else compile_pattern(self.pattern))
        object.__setattr__(self, "_zone", find_zone(self.timezone))
        object.__setattr__(self, "_format", None if self.time_format is None else TimeFormat(self.time_format))

    def guarded(self) -> "Naming":
        """Return the same, for a pattern of somebody else: searching with it is given up after a while (UsageError)."""
        guarded = replace(self)
        if guarded._expression is not None:
            from framesift.frames.names.guarding import GuardedExpression

            object.__setattr__(guarded, "_expression", GuardedExpression(guarded._expression))
        return guarded

    @property
    def zone(self) -> tzinfo:
        """Where the clocks stand."""
        return self._zone

    def read(self, path: str) -> tuple[str | None, datetime | None]:
        """Return the camera and the time (aware, UTC) that `path`, relative with `/`, names; None for what it does not.

        What the pattern does not give is read as without a pattern. A camera that the folder alone tells is None.
        """
        reading = self.take_apart(path)
        camera, time = Agreement().settle(reading)
        return (camera if reading.named and camera else None), time

    def take_apart(self, path: str) -> Reading:
        """Return what a path says of its camera and its time, as far as it says it alone."""
        folder, _, name = path.rpartition("/")
        place = read_place(folder)
        usual = self._read_usual(path, write_plainly(split_suffix(name)[0]), place)
        if self._expression is None and self.camera is None:
            return usual
        match = self._search(path)
        reading = usual if match is None else self._read_by_pattern(match, usual, place)
        return reading if self.camera is None else reading.apply(lambda each: self._apply_choice(each, place))

    def matches(self, path: str) -> bool:
        """Whether the pattern, or where there is none the format, gives a camera or a time for `path`."""
        if self._expression is None:
            folder, _, name = path.rpartition("/")
            return bool(self._format and self._find_format(path, split_suffix(name)[0], read_place(folder)))
        match = self._search(path)
        if match is None:
            return False
        groups = match.groupdict()
        return bool(groups.get("camera") or any(self._read_text(*_time_of(groups), read_place(""))))

    def read_time(self, text: str) -> datetime | None:
        """Return the time that the whole of `text` is, such as EXIF's `2021:03:27 12:53:37.5+02:00`, or None."""
        if match := CLOCK.fullmatch(text):
            return read_clock(match, self._zone)
        if match := EPOCH.fullmatch(text):
            return read_epoch(match)
        return None

    def cut_time(self, path: str) -> str:
        """Return `path` without its time and copy marks: what is left, such as a sequence number, knows no clock."""
        match = self._search(path)
        folder, _, name = path.rpartition("/")
        before = len(path) - len(name)
        if match is not None and any(self._read_text("", match.groupdict().get("time") or "", read_place(folder))):
            start, end = match.span("time")
            before = len(path) - len(match.string)
            path = path[: before + start] + path[before + end :]
        elif (found := self._find_time(path, write_plainly(split_suffix(name)[0]), read_place(folder))) and (
            not found.counted
        ):
            path = path[: before + found.start] + path[before + found.end :]
        return _COPY_MARK.sub("", path)

    def show(self, time: datetime, pattern: str = "%Y-%m-%d %H:%M") -> str:
        """Write a time as the clocks of its zone show it."""
        return time.astimezone(self._zone).strftime(pattern)

    @property
    def zone_name(self) -> str:
        """What stands behind a time that `show` has written: empty where no zone was asked for."""
        return "" if self.timezone == "UTC" else f" {self.timezone}"

    def _read_usual(self, path: str, stem: str, place: Place) -> Reading:
        found = self._find_time(path, stem, place)
        if found is None or found.counted is None:
            return self._read_around(found, stem, place)
        plain = self._read_around(say_session(stem, place, self._zone), stem, place)
        return Reading(*plain[:7], found.counted, self._read_around(found, stem, place))

    def _read_around(self, found: Found | None, stem: str, place: Place) -> Reading:
        if found is None:
            return Reading(place.camera, False, None, None, place.number, place.other)
        start, end, time, day, in_name, _ = found
        clock = time if time is None or self._zone is UTC else time.astimezone(self._zone)
        before, behind = (stem[:start], stem[end:]) if in_name else ("", "")
        camera, named, number, other = name_camera(place, before, behind, clock)
        return Reading(camera, named, time, day, number, other)

    def _find_time(self, path: str, stem: str, place: Place) -> Found | None:
        if self._format and (found := self._find_format(path, stem, place)):
            return found
        clock = find_clock(stem, self._zone) or find_minute(stem, self._zone)
        if place.day or place.unsure:
            if clock and clock.day and place.day and (time := settle_on(clock.day, place.day)):
                return Found(clock.start, clock.end, time)
            # 10.05.30-10.06.00 looks like a day of the year 2010 or 2030.
            if clock is None or (clock.day and not clock.day.long):
                hour = find_hour(stem, place, self._zone)
                clock = hour if hour and (clock is None or hour.in_name) else clock
        return clock if clock and clock.in_name else find_epoch(stem) or clock

    def _find_format(self, path: str, stem: str, place: Place) -> Found | None:
        assert self._format is not None
        before = path.rfind("/") + 1
        start, day = (0, None) if "/" in self._format.text else (before, place.day)
        found = self._format.search(path[start : before + len(stem)], day, self._zone)
        return Found(max(found[0] + start - before, 0), found[1] + start - before, found[2]) if found else None

    def _search(self, path: str) -> Matched | None:
        if self._expression is None:
            return None
        return self._expression.search(path if "/" in self._expression.pattern else path.rpartition("/")[2])

    def _read_by_pattern(self, match: Matched, usual: Reading, place: Place) -> Reading:
        groups = match.groupdict()
        date, text = _time_of(groups)
        if text:
            time, day = self._read_text(date, text, place)
            usual = usual._replace(time=time or usual.time, day=day if not time else None, counted=None, clock=None)
            usual = usual if time or day else usual._replace(unread=f"{date}/{text}" if date else text)
        if camera := groups.get("camera"):
            usual = usual.apply(lambda reading: reading._replace(camera=camera, named=True, number="", other=""))
        return usual

    def _read_text(self, date: str, text: str, place: Place) -> tuple[datetime | None, Day | None]:
        """Return the time that a text is, of a day that another text or the folder says where it has none."""
        folder, _, stem = f"{date}/{text}".strip("/").rpartition("/")
        place = read_place(folder) if folder else place
        if self._format:
            whole = (text, f"{date}/{text}", f"{date} {text}")
            return next((t for t in (self._format.read(w, place.day, self._zone) for w in whole) if t), None), None
        if not stem:
            return None, None
        if time := self.read_time(stem):
            return time, None
        found = self._find_time("", stem, place)
        return (found.time, found.day) if found and found.in_name else (None, None)

    def _apply_choice(self, reading: Reading, place: Place) -> Reading:
        if self._expression is not None and "camera" in self._expression.groupindex and reading.named:
            return reading
        if self.camera == _ONE:
            return reading._replace(camera="", named=False, number="", other="")
        if self.camera == _FOLDER:
            return reading._replace(camera=place.folders, named=False, number="", other="")
        own = reading.numbered.removeprefix(place.camera).lstrip("/") if reading.named or reading.number else ""
        if own in ("", place.number):
            own = place.camera.rpartition("/")[2] if reading.named else ""
        return reading._replace(camera=own or place.camera, named=bool(own), number="", other="")


class Names:
    """How the names of one listing are read: also by what they tell together, and by what earlier runs decided."""

    def __init__(self, naming: Naming, known: Iterable[Known] = (), own: str = "") -> None:
        self.naming = naming
        self.own = own
        """The camera of the frames that lie in the input folder directly and name none."""
        self.contrary: dict[str, list[str]] = {}
        """Names, by their cameras, whose day and month seem to stand in another order than the others are read in."""
        self._agreement = Agreement()
        for frame in known:
            reading = naming.take_apart(frame.path)
            self._agreement.recall(reading, "" if frame.camera == own else frame.camera, frame.time)

    def read(self, path: str) -> tuple[str, datetime | None]:
        """Return the camera and the time (aware, UTC; None for one without) of one path."""
        return self._settle(path, self.naming.take_apart(path))

    def _settle(self, path: str, reading: Reading) -> tuple[str, datetime | None]:
        reading = self._agreement.choose(reading)
        camera, time = self._agreement.settle(reading)
        camera = camera or self.own
        unread = time is None and not self._agreement.is_range(reading)
        if reading.day and (unread or reading.group in self._agreement.doubted):
            self.contrary.setdefault(camera, []).append(path)
        return camera, time

    def read_all(self, paths: Iterable[str], strict: bool = False) -> Iterator[tuple[str, str, datetime | None]]:
        """Yield each path with its camera and its time (aware, UTC; None for one without), in another order.

        What single names leave open, all of them decide together, unless it is decided. Raises UsageError, if `strict`,
        for a pattern whose group `time` matches what is no time.
        """
        left_open = []
        take_apart = self.naming.take_apart
        for path in paths:
            reading = take_apart(path)
            if strict and reading.unread:
                how = "--time-format says how times are written, such as %d-%m-%Y_%H.%M.%S"
                raise UsageError(f"{reading.unread!r}, the time that --name-pattern finds, cannot be read: {how}", path)
            if reading.is_open:
                left_open.append((path, reading))
                self._agreement.note(reading)
            else:
                yield path, reading.camera or self.own, reading.time
        self._agreement.doubted.clear()
        self._agreement.conclude()
        for path, reading in left_open:
            yield path, *self._settle(path, reading)


def _time_of(groups: dict[str, str | None]) -> tuple[str, str]:
    return groups.get("date") or "", groups.get("time") or ""
