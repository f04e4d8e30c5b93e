"""Which frame a label file means: by path, name, address or storage key, however much of the path is said."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from framesift.errors import UsageError, show
from framesift.frames.suffixes import split_suffix

_LOCAL = re.compile(r".*?/data/local-files/\?d=", re.IGNORECASE)
_WEB = re.compile(r"https?://[^/]*/", re.IGNORECASE)
_STORE = re.compile(r"[a-z][a-z0-9+.-]*://[^/]*/", re.IGNORECASE)
_UPLOAD = re.compile(r"(?:.*?/)?data/upload/(?:.*/)?[0-9a-f]{8}-", re.IGNORECASE)
"""What Label Studio makes of the name of a file that was uploaded."""
_LOCAL_FILES = "/data/local-files/?d="


@dataclass(frozen=True, slots=True)
class Match:
    """A name in a label file, and the frame that it means."""

    frame: str
    """Its path."""
    head: str
    """What stands before the folders: scheme and host, or nothing."""
    folders: str
    """What stands before the part that names the frame."""
    said: int
    """How many parts of the frame's path the name says."""
    encoded: bool
    """Whether the part after the head is URL-encoded."""


class Names:
    """The frames of a run, to be found by what label files call them."""

    def __init__(self, frames: Iterable[str], has_suffixes: bool = True) -> None:
        self._has_suffixes = has_suffixes
        self._by_last: defaultdict[str, list[str]] = defaultdict(list)
        for frame in frames:
            self._by_last[self._cut(frame).rpartition("/")[2]].append(frame)

    def find(self, name: str) -> Match | None:
        """Return the frame that a name means; None for none. Raises UsageError where it can mean several."""
        for head, path, encoded in _spell(name):
            parts = path.split("/")
            frames = self._by_last.get(parts[-1], [])
            if not frames:
                continue
            said = {frame: _count_equal(parts, self._cut(frame).split("/")) for frame in frames}
            frame = self._choose(name, parts, said)
            folders = "/".join(parts[: -said[frame]])
            if folders or len(parts) > said[frame]:
                folders += "/"
            return Match(frame, head, folders, said[frame], encoded)
        return None

    def write(self, frame: str, like: Match, prefix: str | None = None) -> str:
        """Return what a frame is called where another one has the name of a match; with a `prefix` that and its path.

        It says as much of the path as that does, or all of it where two frames would have one name.
        """
        path = self._cut(frame)
        if prefix is not None:
            return prefix + (quote(_bytes(path)) if prefix == _LOCAL_FILES or _WEB.match(prefix) else path)
        parts = path.split("/")
        short = "/".join(parts[-like.said :])
        tail = short if like.said < like.frame.count("/") + 1 and self._is_unique(short) else path
        full = like.folders + tail
        return like.head + (quote(_bytes(full)) if like.encoded else full)

    def _cut(self, frame: str) -> str:
        return frame if self._has_suffixes else split_suffix(frame)[0]

    def _is_unique(self, short: str) -> bool:
        others = self._by_last[short.rpartition("/")[2]]
        return sum(f"/{self._cut(frame)}".endswith(f"/{short}") for frame in others) == 1

    def _choose(self, name: str, parts: list[str], said: dict[str, int]) -> str:
        """Return the frame whose whole path is named, else that of whose path most is."""
        whole = [f for f, equal in said.items() if equal == len(self._cut(f).split("/"))]
        most = max(said.values())
        best = [max(whole, key=lambda f: said[f])] if whole else [f for f, equal in said.items() if equal == most]
        if whole and sum(said[f] == said[best[0]] for f in whole) > 1:
            best = [f for f in whole if said[f] == said[best[0]]]
        if len(best) > 1:
            more = f" and {len(best) - 2} more" if len(best) > 2 else ""
            raise UsageError(
                f"{show(name)} can be {show(best[0])} or {show(best[1])}{more}: name pictures by their paths in DIR"
            )
        return best[0]


def _spell(name: str) -> Iterator[tuple[str, str, bool]]:
    """Yield head, path and whether it is encoded, of each way in which a name can be meant."""
    if found := _UPLOAD.match(name):
        yield _LOCAL_FILES, unquote(name[found.end() :], errors="surrogateescape"), True
    if found := _LOCAL.match(name):
        yield found[0], unquote(name[found.end() :], errors="surrogateescape"), True
    elif found := _WEB.match(name):
        yield found[0], unquote(re.split("[?#]", name[found.end() :])[0], errors="surrogateescape"), True
    elif found := _STORE.match(name):
        yield found[0], name[found.end() :], False
    else:
        yield "", name, False
        yield "", name.replace("\\", "/"), False
        yield "", unquote(name, errors="surrogateescape"), True


def _count_equal(parts: list[str], path: list[str]) -> int:
    """Return how many parts are equal from the end on."""
    count = 0
    for one, other in zip(reversed(parts), reversed(path), strict=False):
        if one != other:
            break
        count += 1
    return count


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
