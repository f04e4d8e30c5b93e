"""Everything framesift raises on purpose. Only the command line turns it into a line and an exit code.

FramesiftError
├── UsageError          what was asked for cannot be done as asked          (exit code 2)
├── StorageError        the disk or store refused: full, taken away, silent  (exit code 3)
├── MissingLibrary      something that is not installed is needed            (exit code 3)
├── ResultsInUse        another run is writing to the same results folder    (exit code 4)
└── UnreadableFrame     the file is not a whole picture: skipped, never kept
"""

import os
import re
from collections.abc import Iterable

from framesift import compile_on_use

PathLike = str | bytes | os.PathLike[str]

_NO_MEMORY, _NO_THREAD = -4, "can't start new thread"
"""The number of OpenCV's errors, and the text of Python's, which is all that tells it from others."""
_NO_ROOM = ("failed to map segment from shared object", "Cannot allocate memory")
"""How the linker ends where there is no memory for a library."""

_SECRETS = compile_on_use(r"(?<=[a-z0-9]://)[^/]*@")
_OF_CAMERAS = compile_on_use(
    r"((?:(?:rtsp|rtmp|http)s?|srt|udp|rtp)://)(?:\S*@)?([^\s?]*)(\?(?!\.\.\.(?:[):\s]|$))\S+)?", re.IGNORECASE
)
"""A password whose special characters were not encoded may be all before the last @; a query may be one."""


def show(path: PathLike) -> str:
    """Return `path` as one printable line: control characters and bytes that are not UTF-8 are escaped.

    User and password of a URL are left out, and the query of one that a camera may have.
    """
    text = os.fsdecode(path)
    if text.isprintable() and "://" not in text:  # as nearly all are
        return text
    try:
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte, as only JSON can bring
        text = text.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in hide_secrets(text))


def hide_secrets(text: str) -> str:
    """Return a text with URLs without what may be a secret in them."""
    if "://" not in text:
        return text
    shown = _OF_CAMERAS.sub(lambda match: match[1] + match[2] + ("?..." if match[3] else ""), text)
    return _SECRETS.sub("", shown)


def explain_lack(error: BaseException) -> str:
    """Return what the system has too little of, where an error says that; else nothing."""
    if isinstance(error, MemoryError) or getattr(error, "code", None) == _NO_MEMORY:
        return "not enough memory"
    if isinstance(error, ImportError) and str(error).endswith(_NO_ROOM):
        return "not enough memory to load what is needed"
    return "no more threads can be started" if str(error) == _NO_THREAD else ""


def counted(number: int, noun: str) -> str:
    """Return `1 frame`, `2 frames`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def as_command(words: Iterable[str]) -> str:
    """Return a command as it can be typed into a shell, on one printable line, whatever the names in it."""
    return " ".join(map(_quote, words))


def _quote(word: str) -> str:
    import shlex

    word = hide_secrets(word)
    if show(word) == word:
        return shlex.quote(word)
    try:
        content = os.fsencode(word)
    except UnicodeEncodeError:  # no file has such a name
        return shlex.quote(show(word))
    plain = (chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in content)
    return f"$'{''.join(plain)}'"


def pip_install(extra: str, *packages: str) -> str:
    """Return the command that installs an extra of framesift, or `packages` instead, as it works on this machine."""
    import shlex
    import shutil
    import sys

    pip = os.path.join(os.path.dirname(sys.executable), "pip")
    if shutil.which("pip") == pip or not os.path.exists(pip):
        pip = "pip"
    elif not os.path.relpath(pip).startswith(os.pardir):
        pip = os.path.relpath(pip)
    return f"{pip} install {' '.join(map(shlex.quote, packages or [f'{_find_sources()}[{extra}]']))}"


def _find_sources() -> str:
    """Return what pip knows this package by: the clone or file that it is of, or its name on an index."""
    clone = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if not os.path.exists(os.path.join(clone, "pyproject.toml")):
        clone = _read_origin()
    if not clone:
        return "framesift"
    return "." if os.path.realpath(clone) == os.path.realpath(os.curdir) else clone


def _read_origin() -> str:
    """Return the path that pip has installed this package from; none for one of an index."""
    import json
    from importlib.metadata import PackageNotFoundError, distribution
    from urllib.parse import unquote, urlsplit

    try:
        url = json.loads(distribution("framesift").read_text("direct_url.json") or "{}").get("url", "")
    except (PackageNotFoundError, ValueError):
        return ""
    path = unquote(urlsplit(url).path) if url.startswith("file:") else ""
    return path if os.path.exists(path) else ""


class FramesiftError(Exception):
    """Has the path it is about (None where there is none) and the reason in words."""

    def __init__(self, reason: str, path: PathLike | None = None) -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        return self.reason if self.path is None else f"{show(self.path)}: {self.reason}"


class UsageError(FramesiftError):
    """What was asked for cannot be done as asked."""


class StorageError(FramesiftError):
    """The disk or the store refused: full, read-only, taken away, silent."""

    @classmethod
    def of(cls, error: OSError, path: PathLike) -> "StorageError":
        """Wrap an OSError that was met at `path`."""
        return cls(error.strerror or str(error), path)


class MissingLibrary(FramesiftError):
    """Something that is not installed is needed; the reason says how to install it."""


class ResultsInUse(FramesiftError):
    """Another run is writing to the same results folder."""


class UnreadableFrame(FramesiftError):
    """The file is not a whole picture."""
