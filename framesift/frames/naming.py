"""Reads camera and time out of the name of a frame.

A name is `<camera><separator><time><sequence number or copy mark>.<suffix>`; all but the time may be missing. The
time is a wall clock (`2021_03_27__12_53_37`, `20210327_125337`, ISO 8601) or an epoch: 10 digits of seconds since 1970,
13 of milliseconds, 16 or 19 of finer units. A name in which anything else follows the time has no time, and a name
without a time names no camera: in `c10_gate.png` nothing tells the camera from the rest.
"""

import re
import zoneinfo
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from framesift.errors import UsageError

_CLOCK_TEXT = r"""
    (?P<year>(?:19[7-9]|20\d)\d)(?P<dash>[-_.:\ ]?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)
    (?:(?P<iso>[Tt])|__|--|[\ _]-[\ _]|\ at\ |[-_.\ ]?)
    (?P<hour>\d\d)(?P<colon>[-_.:\ ]?)(?P<minute>\d\d)
    (?:(?P=colon)(?P<second>\d\d)(?:[.,](?P<fraction>\d+)|(?P<attached>\d{3}|\d{6}))?)?
    (?P<zone>\ ?(?:[Zz]|UTC|GMT)|[+]\d\d(?:[-:]?\d\d)?|-\d\d:\d\d|(?(iso)-(?:0[1-9]|1[0-2])-?[03]0))?
"""
# An offset west of Greenwich looks like a sequence number: without a colon it is one, save after the T of ISO 8601.

_EPOCH_TEXT = r"(?P<seconds>1\d{9}|\d{10}(?=\d{3}(?!\d)))(?:(?P<attached>\d{3}|\d{6}|\d{9})|[.](?P<fraction>\d{1,9}))?"
# Ten digits are seconds from 2001 to 2033 only: 0000000042 is a sequence number and 2021032712 a date with an hour.

_COPY_MARK = re.compile(r"(?:\ ?[-_])?\ ?\(\d+\)|(?:\ -)?[-_\ ][Cc]opy", re.ASCII)
_MARKS = r"(?:[-_.\ ]+\d+|(?:\ ?[-_])?\ ?\(\d+\)|(?:\ -)?[-_\ ][Cc]opy)*\Z"

_CLOCK = re.compile(_CLOCK_TEXT, re.ASCII | re.VERBOSE)
_EPOCH = re.compile(_EPOCH_TEXT, re.ASCII)
_CLOCK_IN_NAME = re.compile(r"(?<!\d)" + _CLOCK_TEXT + _MARKS, re.ASCII | re.VERBOSE)
_EPOCH_IN_NAME = re.compile(rf"(?<![0-9A-Za-z]){_EPOCH_TEXT}(?!.*\d{{10}}){_MARKS}", re.ASCII)
_OFFSET = re.compile(r"[+-]\d\d:\d\d", re.ASCII)

_NO_CAMERA = re.compile(
    r"""(?:img|image|dsc|dscf|dscn|pic|pict|picture|photo|foto|frame|still|snap|snapshot|screenshot)(?:[-_.\ ]*\d+)?
    |pxl|mvimg|vid|video|capture|grab|cam|camera|webcam|screen\ ?shot(?:\ from)?|whatsapp\ image""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""What cameras and programs put before a time without naming a camera; `IMG_0012` is one too, `webcam2` is none."""

_OF_FILMS = {"3gp", "3g2", "264", "265"}


@dataclass(frozen=True, slots=True)
class Naming:
    """How names are read. Raises UsageError for a pattern or a time zone that cannot be used."""

    pattern: str | None = None
    """Regular expression with a group `camera`, `time` or both, searched in the name; with a `/` in the whole path."""
    timezone: str = "UTC"
    """What wall clocks without an offset of their own show: a name of the IANA database or +HH:MM."""
    _expression: re.Pattern[str] | None = field(init=False, repr=False, compare=False)
    _zone: tzinfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_expression", None if self.pattern is None else _compile(self.pattern))
        object.__setattr__(self, "_zone", _find_zone(self.timezone))

    @property
    def zone(self) -> tzinfo:
        """Where the clocks stand."""
        return self._zone

    def read(self, path: str) -> tuple[str | None, datetime | None]:
        """Return the camera and the time (aware, UTC) that `path`, relative with `/`, names; None for what it does not.

        What the pattern does not give is read as without a pattern.
        """
        camera, time = self._read_by_pattern(path)
        if camera is None or time is None:
            usual_camera, usual_time = _read_name(path.rpartition("/")[2], self._zone)
            camera, time = camera or usual_camera, time or usual_time
        return camera, time

    def matches(self, path: str) -> bool:
        """Whether the pattern gives a camera or a time for `path`."""
        return self._read_by_pattern(path) != (None, None)

    def read_time(self, text: str) -> datetime | None:
        """Return the time that the whole of `text` is, such as EXIF's `2021:03:27 12:53:37.5+02:00`, or None."""
        if match := _CLOCK.fullmatch(text):
            return _read_clock(match, self._zone)
        if match := _EPOCH.fullmatch(text):
            return _read_epoch(match)
        return None

    def cut_time(self, path: str) -> str:
        """Return `path` without its time and copy marks: what is left, such as a sequence number, knows no clock."""
        match = self._search(path)
        if match is not None and self.read_time(match.groupdict().get("time") or ""):
            start, end = match.span("time")
            before = len(path) - len(match.string)
            path = path[: before + start] + path[before + end :]
        elif match := _CLOCK_IN_NAME.search(name := split_suffix(path)[0]) or _EPOCH_IN_NAME.search(name):
            path = path[: match.start()] + path[max(map(match.end, match.groupdict())) :]
        return _COPY_MARK.sub("", path)

    def _search(self, path: str) -> re.Match[str] | None:
        if self._expression is None:
            return None
        return self._expression.search(path if "/" in self._expression.pattern else path.rpartition("/")[2])

    def _read_by_pattern(self, path: str) -> tuple[str | None, datetime | None]:
        match = self._search(path)
        if match is None:
            return None, None
        groups = match.groupdict()
        return groups.get("camera") or None, self.read_time(groups.get("time") or "")


def split_suffix(name: str) -> tuple[str, str]:
    """Split `a.b.PNG` into `a.b` and `png`. In `12.53.37` and `.png` there is none: it starts with a letter.

    Those of some films do not.
    """
    stem, _, suffix = name.rpartition(".")
    if stem and suffix.isalnum() and (suffix[0].isalpha() or suffix.lower() in _OF_FILMS):
        return stem, suffix.lower()
    return name, ""


def _read_name(name: str, zone: tzinfo) -> tuple[str | None, datetime | None]:
    stem, _ = split_suffix(name)
    if match := _CLOCK_IN_NAME.search(stem):
        time = _read_clock(match, zone)
    elif match := _EPOCH_IN_NAME.search(stem):
        time = _read_epoch(match)
    if match is None or time is None:
        return None, None
    return _read_camera(stem[: match.start()]), time


def _read_camera(text: str) -> str | None:
    camera = text.rstrip(" -_.,@#")
    return None if not camera or _NO_CAMERA.fullmatch(camera) else camera


def _read_clock(match: re.Match[str], zone: tzinfo) -> datetime | None:
    year, month, day, hour, minute, second = match.group("year", "month", "day", "hour", "minute", "second")
    if second is None and not (match["colon"] or match["iso"]):
        return None  # 20210327_0001 is a date with a sequence number
    try:
        if match["zone"]:
            zone = _read_zone(match["zone"])
        clock = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), _microseconds(match), zone
        )
        return clock if zone is UTC else clock.astimezone(UTC)
    except ValueError:
        return None


def _read_epoch(match: re.Match[str]) -> datetime:
    # Not fromtimestamp, which takes a float and so rounds.
    return _EPOCH_START + timedelta(seconds=int(match["seconds"]), microseconds=_microseconds(match))


_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)


def _microseconds(match: re.Match[str]) -> int:
    digits = match["fraction"] or match["attached"]
    return int(digits[:6].ljust(6, "0")) if digits else 0


def _read_zone(text: str) -> tzinfo:
    digits = re.sub(r"\D", "", text)
    if not digits:
        return UTC
    east = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-east if text.startswith("-") else east)


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        expression = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"--name-pattern {pattern!r} is not a regular expression: {error}") from None
    if not {"camera", "time"} & expression.groupindex.keys():
        raise UsageError(f"--name-pattern {pattern!r} has neither a group (?P<camera>...) nor (?P<time>...)")
    return expression


def _find_zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return _read_zone(name) if _OFFSET.fullmatch(name) else zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # Python has no database of its own; Windows and slim containers have none either.
        hint = "" if zoneinfo.available_timezones() else " (this machine has no time zone data: pip install tzdata)"
        raise UsageError(
            f"--timezone {name!r} is neither a time zone such as Europe/Berlin nor an offset such as +02:00{hint}"
        ) from None
