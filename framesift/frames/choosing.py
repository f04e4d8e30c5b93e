"""Which folders and files are looked at: what never belongs to the frames, and what people leave out or take in.

A pattern is compared with the path below the input folder, with `/`:

- `*` stands for any characters but `/`, `?` for one, `[0-9]` for one of these and `[!0-9]` for one of the others;
- a part `**` stands for any number of folders, also none;
- a pattern without a `/` within is the name of a file or folder at any depth; one with a `/`, also at its beginning,
  is a path from the input folder on;
- a pattern of a folder covers all that is in it; with a `/` at its end it is of folders only;
- capitals count.

What an `exclude` covers is left out, unless an `include` covers it too. The folders in `STRAY` are left out unless an
`include` has their name as one of its parts: `@eaDir`, `cam1/@eaDir/*.jpg`, and not `*`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, lru_cache

from framesift.errors import UsageError, counted, show
from framesift.frames.periods import Period

STRAY = (
    *("@eaDir", "@__thumb", ".@__thumb", "@tmp", ".thumbnails", ".thumbs"),  # thumbnails and work of a NAS or desktop
    *("#recycle", "@Recycle", ".recycle", "$RECYCLE.BIN", "RECYCLER", "RECYCLED", "Network Trash Folder", "trashbox"),
    *(".Trash", ".Trash-*", ".Trashes", "lost+found", "LOST.DIR", "System Volume Information"),
    *("#snapshot", "~snapshot", "@Recently-Snapshot", ".snapshot", ".snapshots", ".zfs"),
    *("__MACOSX", ".AppleDouble"),
)
"""Folders of NAS, systems and desktops: thumbnails, bins, snapshots. Capitals do not count."""
APPLE_DOUBLE = "._*"
"""What macOS keeps of a file beside it on disks of others: by name, and by what it begins with."""
APPLE_MAGIC = (b"\0\x05\x16\x07", b"\0\x05\x16\x00")
_HIDDEN = ".*"
OTHER_TIMES, NO_TIME = "at other times", "without a time"
"""What frames are left out for by a `Period`."""
EXCLUDED = "of cameras and hours that are excluded"
"""What frames are left out for by sections of a settings file."""
ALWAYS = Period()
_ANY_FOLDERS = "(?:[^/]+/)*"


@dataclass(slots=True)
class LeftOut:
    """How much was left out, by what."""

    folders: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    """Frames and films."""
    used: set[str] = field(default_factory=set)
    """The patterns that covered something."""

    def update(self, other: "LeftOut") -> None:
        """Add what was left out elsewhere."""
        self.folders.update(other.folders)
        self.files.update(other.files)
        self.used |= other.used

    def describe(self, hidden: bool = False) -> str:
        """Return in one line what was left out, empty where that is nothing; hidden folders only if asked for."""
        names = sorted({name for name in [*self.folders, *self.files] if hidden or name != _HIDDEN})
        return f"not looked at: {', '.join(map(self._describe_one, names))}" if names else ""

    def as_json(self) -> dict[str, dict[str, int]]:
        """Return the numbers for programs."""
        names = sorted({name for name in [*self.folders, *self.files] if name != _HIDDEN})
        return {show(name): {"folders": self.folders[name], "files": self.files[name]} for name in names}

    def _describe_one(self, name: str) -> str:
        numbers = [counted(self.folders[name], "folder")] if self.folders[name] else []
        noun = "frame" if name in (OTHER_TIMES, NO_TIME, EXCLUDED) else "file"
        numbers += [counted(self.files[name], noun)] if self.files[name] else []
        shown = {_HIDDEN: "hidden", APPLE_DOUBLE: "._* of macOS"}.get(name, show(name))
        return f"{shown} ({' and '.join(numbers)})"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which paths are looked at. Raises UsageError for a pattern that is none."""

    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    under: str = ""
    """Path of the folder that is looked into below the one that the patterns are of; empty or with a `/` at its end."""
    period: Period = ALWAYS
    """When the frames have to be taken."""

    def __post_init__(self) -> None:
        for option, patterns in (("--exclude", self.exclude), ("--include", self.include)):
            for pattern in patterns:
                _compile(pattern, option)

    def below(self, folder: str) -> "Choice":
        """Return the choice for whoever looks into the folder `folder`, of paths below that."""
        return replace(self, under=f"{self.under}{folder}/") if folder else self

    def enters(self, path: str, left_out: LeftOut) -> bool:
        """Tell whether the folder at `path` is looked into, and note in `left_out` if not."""
        whole = f"{self.under}{path}/"
        reason = self._stray(whole, path.rpartition("/")[2], left_out) or self._excluded(whole, left_out)
        if reason:
            left_out.folders[reason] += 1
        return not reason

    def takes(self, path: str, left_out: LeftOut) -> bool:
        """Tell whether the file at `path`, in a folder that is looked into, is looked at; and note it if not."""
        if not (self.exclude or self.include):
            return True
        whole = self.under + path
        reason = self._in_stray(whole, left_out) or self._excluded(whole, left_out)
        if reason:
            left_out.files[reason] += 1
        return not reason

    def takes_apple_double(self, path: str, left_out: LeftOut) -> bool:
        """As `takes`, of a file that is not a picture but what macOS keeps of one."""
        if self._is_named(self.under + path, path.rpartition("/")[2], (APPLE_DOUBLE,), left_out):
            return True
        left_out.files[APPLE_DOUBLE] += 1
        return False

    def takes_time(self, time: datetime | None, left_out: LeftOut) -> bool:
        """Tell whether a frame of this time is looked at, and note it if not. With a period none without a time is."""
        return not self.period or self.takes_span(time, time, left_out)

    def takes_span(self, start: datetime | None, end: datetime | None, left_out: LeftOut) -> bool:
        """As `takes_time`, of a film that begins and ends at these times."""
        if not self.period:
            return True
        reason = NO_TIME if start is None or end is None else OTHER_TIMES
        taken = start is not None and end is not None and self.period.overlaps(start, end)
        if not taken:
            left_out.files[reason] += 1
        return taken

    def describe_unused(self, left_out: LeftOut) -> Iterator[str]:
        """Yield a line for each pattern that covered nothing."""
        for pattern in (pattern for pattern in self.exclude if pattern not in left_out.used):
            yield f"--exclude {pattern!r} covers nothing{_advise(pattern)}"
        for pattern in (pattern for pattern in self.include if pattern not in left_out.used):
            only = "" if self.exclude else f"; --exclude '*' --include {pattern!r} looks at nothing else"
            yield f"--include {pattern!r} covers nothing that is left out{_advise(pattern)}{only}"

    def _stray(self, whole: str, name: str, left_out: LeftOut) -> str:
        """Return what a folder is left out for that nobody has excluded."""
        rules = find_stray(name)
        return "" if not rules or self._is_named(whole, name, rules, left_out) else rules[0]

    def _in_stray(self, whole: str, left_out: LeftOut) -> str:
        """As `_stray`, of the folders that a file is in: one was entered perhaps for another file in it."""
        for name in whole.split("/")[:-1] if self.include else ():
            if reason := self._stray(whole, name, left_out):
                return reason
        return ""

    def _is_named(self, whole: str, name: str, rules: tuple[str, ...], left_out: LeftOut) -> bool:
        named = [pattern for pattern in self.include if _compile(pattern).names(name, rules)]
        return self._find(whole, named, left_out)

    def _excluded(self, whole: str, left_out: LeftOut) -> str:
        excluding = [pattern for pattern in self.exclude if _compile(pattern).covers(whole)]
        left_out.used.update(excluding)
        if not excluding or self._find(whole, self.include, left_out):
            return ""
        return f"--exclude {excluding[0]!r}"

    def _find(self, whole: str, patterns: Iterable[str], left_out: LeftOut) -> bool:
        """Tell whether a pattern covers a path or, of a folder, perhaps something in it."""
        covering = [pattern for pattern in patterns if _compile(pattern).covers(whole)]
        left_out.used.update(covering)
        return bool(covering) or (whole.endswith("/") and any(_compile(pattern).reaches(whole) for pattern in patterns))


USUAL = Choice()


def as_patterns(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return one pattern, or several, as a `Choice` takes them."""
    return (given,) if isinstance(given, str) else tuple(given)


def find_stray(name: str) -> tuple[str, ...]:
    """Return the rules that leave a folder of this name out unless somebody wants it; none for a usual one."""
    match = _compile_stray().fullmatch(name)
    rule = (STRAY[match.lastindex - 1],) if match and match.lastindex else ()
    return (*rule, _HIDDEN) if name.startswith(".") else rule


@dataclass(frozen=True, slots=True)
class _Glob:
    parts: tuple[str, ...]
    whole: re.Pattern[str]
    way: re.Pattern[str] | None
    """Of the folders on the way to what is covered; None: any."""

    def covers(self, path: str) -> bool:
        """Tell whether a file, or a folder with a `/` behind, or a folder that it is in, is of this pattern."""
        return self.whole.fullmatch(path) is not None

    def reaches(self, folder: str) -> bool:
        """Tell whether something in a folder, which has a `/` behind, may be of this pattern."""
        return self.way is None or self.way.fullmatch(folder) is not None

    def names(self, name: str, rules: tuple[str, ...]) -> bool:
        """Tell whether a part of the pattern is of this name and, read as a name, one that a rule is about: `*` is of
        any name, and means none of these."""
        parts = [part for part in self.parts if _one_name(part).fullmatch(name)]
        return any(_one_name(rule).fullmatch(part) for rule in rules for part in parts)


@lru_cache(maxsize=1024)
def _compile(pattern: str, option: str = "--include") -> _Glob:
    """Return a pattern to be compared with. Raises UsageError."""
    parts = tuple(part for part in pattern.split("/") if part not in ("", "."))
    if not parts:
        raise UsageError(f"{option} takes a name or path with * and ?, such as '*_thumb.jpg', not {pattern!r}")
    only_folders, way = pattern.endswith("/"), list[str]()
    while len(parts) > 1 and parts[-1] == "**" and not pattern.endswith("/"):
        parts, only_folders = parts[:-1], parts[-2] != "**"
    if "/" not in pattern.removeprefix("./").rstrip("/"):
        parts = ("**", *parts)
    for part, following in zip(parts, (*parts[1:], ""), strict=True):
        if part != "**" or following != "**":
            way.append(_ANY_FOLDERS if part == "**" else f"{_translate(part)}/")
    last = "[^/]+" if parts[-1] == "**" else way.pop().removesuffix("/")
    try:
        whole = re.compile(f"{_join_steps(way)}{last}{'/.*' if only_folders else '(?:/.*)?'}", re.DOTALL)
        return _Glob(parts, whole, _compile_way(way))
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"{option} {pattern!r} is no pattern: {error}") from None


def _join_steps(steps: list[str]) -> str:
    """Return the expression of folders; those between two `**` are, as in `_translate`, taken where they come first."""
    runs: list[list[str]] = [[]]
    for step in steps:
        if step == _ANY_FOLDERS:
            runs.append([])
        else:
            runs[-1].append(step)
    first, *between = map("".join, runs)
    last = f"{_ANY_FOLDERS}{between.pop()}" if between else ""
    return first + "".join(f"(?>{_ANY_FOLDERS}?{run})" for run in between) + last


def _compile_way(steps: list[str]) -> re.Pattern[str] | None:
    expression = ""
    for step in reversed(steps):
        expression = ".*" if step == _ANY_FOLDERS else f"(?:{step}{expression})?"
    return None if expression == ".*" else re.compile(expression, re.DOTALL)


def _translate(part: str) -> str:
    """Return the regular expression of one part.

    What lies between two stars is taken where it stands first: no other place can fit better, and to try them all, as
    `re` would, could take for ever.
    """
    if not part.strip("*"):
        return "[^/]+"
    pieces: list[list[str]] = [[]]
    for token in re.findall(r"\*+|\?|\[[!^]?\]?[^\]]*\]|.", part, re.DOTALL):
        if token == "*" * len(token):
            pieces.append([])
        else:
            pieces[-1].append(_translate_token(token))
    first, *between = map("".join, pieces)
    last = f"[^/]*{between.pop()}" if between else ""
    return first + "".join(f"(?>[^/]*?{piece})" for piece in between) + last


def _translate_token(token: str) -> str:
    if token == "?":
        return "[^/]"
    if len(token) == 1:
        return re.escape(token)
    negation = "^" if token[1] in "!^" else ""
    characters = re.sub(r"[\\\[\]&~|^]|--|^-|-$", lambda found: re.escape(found[0]), token[1 + len(negation) : -1])
    return f"(?!/)[{negation}{characters}]"


@lru_cache(maxsize=256)
def _one_name(pattern: str) -> re.Pattern[str]:
    return re.compile(_translate(pattern), re.IGNORECASE | re.DOTALL)


@cache
def _compile_stray() -> re.Pattern[str]:
    return re.compile("|".join(f"({_translate(rule)})" for rule in STRAY), re.IGNORECASE | re.DOTALL)


def _advise(pattern: str) -> str:
    """Say how a pattern is read that somebody may have meant otherwise."""
    if "/" in pattern.removeprefix("./").rstrip("/"):
        return f" (it is a path from the folder on, and capitals count; '**/{pattern.lstrip('./')}' is at any depth)"
    return " (capitals count)"
