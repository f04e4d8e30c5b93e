"""Reads a settings file, `framesift.toml`: what it says, or in which line and column it says what cannot be."""

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import Any

from framesift.errors import PathLike, UnreadableFrame, UsageError, show
from framesift.filtering.config import (
    OF_RUNS,
    CameraConfig,
    Config,
    choose_names,
    refuse_in_section,
    write_name,
)
from framesift.filtering.options import OPTIONS, Option
from framesift.filtering.reading_settings import as_of_file, read_settings
from framesift.filtering.sections import name_section
from framesift.frames.light import Light
from framesift.frames.periods import Period
from framesift.frames.reader.source import open_regular

SECTIONS = "camera"
"""The table that holds the sections."""
_LARGEST = 2**20
"""Bytes."""
_NAMES = {write_name(name): name for name in OPTIONS if name not in OF_RUNS}
_BY_HAND = {
    *map(write_name, OF_RUNS), "cluster", "cluster-wait", "color", "config", "dry-run", "for", "jobs", "json", "notify",
    "on-health", "on-keep", "plan", "quiet", "remove-to", "report", "results", "verbose", "watch",
}  # fmt: skip
"""Options of the command that say nothing of how frames are decided."""
_LISTS = {"blur": ",", "border_mask": ",", "size": "x"}
"""Options whose numbers may be written as a list, and what stands between them on the command line."""
_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_OF_LIGHT = tuple((light.value,) for light in Light)
_DEEPEST = 4
"""Parts of a key that mean something: camera.c2.night.most."""
Path = tuple[str, ...]
"""Of a key: the tables that it is in, and itself."""


def read_config(path: PathLike, is_trusted: bool = True) -> Config:
    """Return what a settings file says. Raises UsageError, which names file and line, for what cannot be.

    Of one that lies among the frames and that nobody has named, not `is_trusted`, masks lie in its own folder, and
    `max-pixels` is no more than usual.
    """
    return parse_config(read_text(path), path, is_trusted)


def parse_config(text: str, path: PathLike, is_trusted: bool = True) -> Config:
    """Return what the text of a settings file says, which lies or is to lie at `path`. Raises as `read_config`."""
    return _File(os.fsdecode(path), text, is_trusted).read()


def read_text(path: PathLike) -> str:
    """Return the text of a file. Raises UsageError for what is none."""
    try:
        with open_regular(path, _LARGEST) as (descriptor, _), open(descriptor, "rb", closefd=False) as file:
            return file.read().decode("utf-8-sig")
    except UnreadableFrame as error:
        if error.reason == "empty file":
            return ""
        raise UsageError(error.reason, path) from None
    except OSError as error:
        raise UsageError(error.strerror or str(error), path) from None
    except UnicodeDecodeError as error:
        raise UsageError(f"is no settings file: not UTF-8 text, at byte {error.start}", path) from None


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    text: str
    is_trusted: bool

    def read(self) -> Config:
        tables = self._parse()
        sections = tables.pop(SECTIONS, {})
        of_all = {light: tables.pop(light) for light in Light if isinstance(tables.get(light), dict)}
        if not isinstance(sections, dict):
            told = f"is the table of the sections, such as [{SECTIONS}.c2]; --camera is {write_name('camera')} here"
            raise self._error((SECTIONS,), f"{SECTIONS} {told}")
        values = dict(self._read_values((), tables, _NAMES))
        if not self.is_trusted and values.get("max_pixels", 0) > (usual := int(str(OPTIONS["max_pixels"].default))):
            most = f"max-pixels is more than {usual}, which no file that lies among the frames may allow"
            raise self._error(("max-pixels",), f"{most}: name the file with --config")
        self._check_together(values)
        return Config(
            values, (*self._read_lights(of_all, sections), *self._read_sections(sections)), self.path, self.is_trusted
        )

    def _check_together(self, values: Mapping[str, Any]) -> None:
        """Raise UsageError where settings of the file cannot be together, whatever is given by hand."""
        try:
            read_settings(**{name: value for name, value in values.items() if name != "mask"})
        except UsageError as error:
            told = as_of_file(error, self.path)
            key = next((key for key in map(write_name, values) if f"{key} " in told.reason), "")
            raise self._error((key,), told.reason) from None

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            match = _PLACE.fullmatch(str(error))
            line, column = (match[2], match[3]) if match and match[2] else (str(self.text.count("\n") + 1), "1")
            reason = match[1] if match else str(error)
            hint = ": a text stands in quotes" if reason == "Invalid value" else ""
            raise UsageError(f"is not TOML: {_lower(reason)}{hint}", f"{self.path}:{line}:{column}") from None
        except RecursionError:
            raise UsageError("is not TOML that can be read: too many brackets in each other", self.path) from None

    def _read_lights(self, of_all: Mapping[Light, Any], sections: Mapping[str, Any]) -> Iterator[CameraConfig]:
        """Yield the sections of a light and of all cameras: `[night]` is `[camera."*".night]`."""
        for light, table in of_all.items():
            if light in sections.get("*", {}):
                raise self._error((light,), f"[{light}] is {name_section('*', light)}, which stands here too")
            yield self._read_section((light,), "*", table, None, light)

    def _read_sections(self, sections: Mapping[str, Any]) -> Iterator[CameraConfig]:
        for camera, table in sections.items():
            path = (SECTIONS, camera)
            if not isinstance(table, dict):
                told = f"a section has a header such as [{SECTIONS}.c2]; --camera is {write_name('camera')} here"
                raise self._error(path, f"{SECTIONS}.{camera} is no section: {told}")
            own = {key: value for key, value in table.items() if not isinstance(value, dict)}
            if own or not table:
                yield self._read_section(path, camera, own)
            for part, values in table.items():
                if isinstance(values, dict):
                    hours, light = self._read_part(path, part)
                    yield self._read_section((*path, part), camera, values, hours, light)

    def _read_section(
        self, path: Path, camera: str, table: Mapping[str, Any], hours: str | None = None, light: str | None = None
    ) -> CameraConfig:
        names = {write_name(name): name for name in choose_names(hours, light)}
        refuse = partial(refuse_in_section, hours=hours, light=light)
        values = dict(self._read_values(path, table, names, refuse))
        return CameraConfig(camera, values, hours, self._place(path), light)

    def _read_part(self, path: Path, part: str) -> tuple[str | None, str | None]:
        """Return the hours or the light that a table in a section is of."""
        if part in tuple(Light):
            return None, part
        try:
            Period(hours=part)
        except UsageError:
            told = 'a table in a section is of a light or of hours, such as [camera.c2.night] or [camera.c2."22-6"]'
            near = self._suggest(part, [*Light, *_NAMES])
            raise self._error((*path, part), f"{show(part)} is neither: {told}{near}") from None
        return part, None

    def _read_values(
        self,
        path: Path,
        table: Mapping[str, Any],
        names: Mapping[str, str],
        refuse: Callable[[str], str] = lambda _: "",
    ) -> Iterator[tuple[str, Any]]:
        for key, value in table.items():
            if key not in names:
                if isinstance(value, dict) and (len(path) > 2 or path[:1] in _OF_LIGHT):
                    told = f"a section of a light or of hours holds no other, such as {show(key)}"
                    raise self._error((*path, key), told)
                near = [*names, *Light] if isinstance(value, dict) else names
                raise self._error((*path, key), self._refuse(path, key, near, refuse))
            if path and key == "exclude":
                if not isinstance(value, bool):
                    raise self._error((*path, key), "exclude is true or false in a section, for all its frames")
                yield key, value
                continue
            try:
                yield names[key], self._read_value(OPTIONS[names[key]], key, value)
            except UsageError as error:
                raise as_of_file(error, self._place((*path, key))) from None

    def _read_value(self, option: Option, key: str, value: Any) -> Any:
        """Return a value as the option takes it, once it is clear that it can be read."""
        if option.default is False:
            if not isinstance(value, bool):
                raise UsageError(f"{key} is true or false, not {show(str(value))}")
            return value
        if option.many or option.name == "mask":
            texts = [_write(each, key) for each in (value if isinstance(value, list) else [value])]
            if option.name == "mask":
                texts = [self._find_mask(text) for text in texts]
            self._try(option, texts)
            return texts
        if isinstance(value, list) and option.name in _LISTS:
            text = _LISTS[option.name].join(_write(each, key) for each in value) or "none"
        else:
            text = _write(value, key)
        if option.whole and not re.fullmatch(r"\d{1,18}", text, re.ASCII):
            wrong = "cannot be negative" if re.fullmatch(r"-\d+", text, re.ASCII) else "must be a whole number"
            raise UsageError(f"{key} {wrong}: {show(text)}")
        self._try(option, text)
        return int(text) if option.whole else text

    def _try(self, option: Option, text: Any) -> None:
        """Raise UsageError for a value that cannot be, whatever stands beside it."""
        beside = {"method": "tolerance"} if option.name == "width" else {}
        read_settings(**{option.name: text, **beside})

    def _find_mask(self, text: str) -> str:
        """Return a mask, or CAMERA=MASK, whose path is relative to the settings file, as one that can be opened."""
        folder = os.path.dirname(os.path.abspath(self.path))
        camera, equals, file = text.partition("=")
        if not equals or os.path.lexists(os.path.join(folder, text)):
            camera, equals, file = "", "", text
        path = os.path.normpath(os.path.join(folder, file))
        if not self.is_trusted and os.path.commonpath([os.path.realpath(folder), os.path.realpath(path)]) != (
            os.path.realpath(folder)
        ):
            raise UsageError("a mask lies outside of the folder of the frames: name the settings file with --config")
        return f"{camera}{equals}{path}"

    def _refuse(self, path: Path, key: str, names: Iterable[str], refuse: Callable[[str], str]) -> str:
        """Say why a key cannot stand where it does."""
        if path and key in _NAMES:
            return f"a section {refuse(_NAMES[key])}"
        if key.replace("_", "-") in _BY_HAND:
            return f"{key} is no setting of a file: it is given by hand"
        return f"there is no setting {show(key)}{self._suggest(key, names)}"

    def _suggest(self, key: str, names: Iterable[str]) -> str:
        near = get_close_matches(key.replace("_", "-").lower(), list(names), 1, cutoff=0.5)
        return f": did you mean {near[0]}?" if near else ""

    def _error(self, path: Path, reason: str) -> UsageError:
        return UsageError(reason, self._place(path))

    def _place(self, path: Path) -> str:
        line = find_line(self.text, path)
        return f"{self.path}:{line}" if line else self.path


def find_line(text: str, path: Path) -> int:
    """Return the line, from 1, in which a key, or the header of a table, stands; 0 where that is not found."""
    return _find_lines(text).get(path, 0)


@lru_cache(maxsize=1)
def _find_lines(text: str) -> dict[Path, int]:
    """Return the line of each key and header; of a table without a header the first that is of something in it."""
    table: Path = ()
    found: dict[Path, int] = {}
    within: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if (header := _read_path(line.strip(), header=True)) is not None:
            path = table = header
        elif "=" in line and (key := _read_path(line.partition("=")[0], header=False)) is not None:
            path = (*table, *key)
        else:
            continue
        found.setdefault(path, number)
        for size in range(1, min(len(path), _DEEPEST)):
            within.setdefault(path[:size], number)
    return within | found


def _read_path(line: str, header: bool) -> Path | None:
    """Return the path that a header or the left side of a key names; None for what is none."""
    if header and not line.startswith("["):
        return None
    try:
        table = tomllib.loads(line if header else f"{line} = 0")
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    path = []
    while isinstance(table, dict) and table:
        [(key, table)] = table.items()
        path.append(key)
    return tuple(path) or None


def _write(value: Any, key: str) -> str:
    """Return a value as it is typed on the command line."""
    if isinstance(value, bool | dict | list | time):
        raise UsageError(f"{key} cannot be {_KINDS[type(value)]}")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, str) else f"{value}"


_KINDS = {bool: "true or false", dict: "a table", list: "a list", time: "a time of day without quotes"}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
