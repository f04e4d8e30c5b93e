"""Where a camera streams, and what of that may be seen: names and messages never hold a password or a query.

An address is a URL, or NAME=URL; a list of them is a text file with one a line, where `#` begins a comment.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from framesift import compile_on_use
from framesift.errors import UsageError, show

SCHEMES = "rtsp", "rtsps", "http", "https"
_ADDRESS = compile_on_use(r"(?:(?P<camera>[^\s=/:]+)\s*=\s*)?(?P<url>(?:rtsps?|https?)://\S+)", re.IGNORECASE)
_MEANT = compile_on_use(r"(?:[^\s=/:]+\s*=\s*)?[a-z][a-z0-9+.-]*://", re.IGNORECASE)
"""What stands in a list, if perhaps with a scheme that is none of streams."""
_BETWEEN = compile_on_use(r"(?<![=\s])\s+(?=(?:[^\s=/:]+\s*=\s*)?(?:rtsps?|https?)://)", re.IGNORECASE)
"""What stands between two addresses."""
_NAME = compile_on_use(r"[^\W_][\w.-]{0,79}")
"""What can be the name of a camera, and with it of a folder."""
_LONGEST = 80
_MOST_BYTES = 2**20
"""Of a list."""
ENCODED = "in a user name or password write @ : / ? # as %40 %3A %2F %3F %23"


@dataclass(frozen=True, slots=True)
class Address:
    """A stream of a camera."""

    camera: str
    url: str = field(repr=False)
    """With user, password and query: never to be shown."""

    @property
    def scheme(self) -> str:
        """How it is asked: rtsp, rtsps, http or https."""
        return self._parts.scheme

    @property
    def shown(self) -> str:
        """The URL without user, password and query."""
        parts = self._parts
        return f"{parts.scheme}://{_place_of(parts)}{show(parts.path)}{'?...' if parts.query else ''}"

    @property
    def bare(self) -> str:
        """The URL without user and password, to be asked with `login`."""
        return self._parts._replace(netloc=_place_of(self._parts)).geturl()

    @property
    def login(self) -> tuple[str, str] | None:
        """User and password; None without."""
        parts = self._parts
        return None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))

    @property
    def holds_secret(self) -> bool:
        """Whether there is a password, or a query, which may be one."""
        return bool(self._parts.password or self._parts.query)

    @property
    def path(self) -> str:
        """What stands behind the host."""
        return self._parts.path

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)


def is_stream(text: object) -> bool:
    """Tell whether this is the address of a stream, or meant as one."""
    return isinstance(text, str) and _ADDRESS.match(text) is not None


def read_address(text: str) -> Address:
    """Read a URL or NAME=URL. Raises UsageError, which does not say what it was: a password may stand anywhere."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"is no address of a stream such as rtsp://HOST/PATH or NAME=rtsp://HOST/PATH: {ENCODED}")
    scheme, _, rest = match["url"].partition(":")
    url, name = f"{scheme.lower()}:{rest}", match["camera"]
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:  # half a password that was taken for a port
        is_whole = False
    if not is_whole or "@" in parts.path + parts.query + parts.fragment:  # a password may hold what ends a host
        raise UsageError(f"is no address of a stream: {ENCODED}")
    if name is not None and _NAME.fullmatch(name) is None:
        raise UsageError(f"{show(name)} cannot be the name of a camera: letters and digits, and - . _ within")
    return Address(name or _derive_name(parts), url)


def read_addresses(text: str) -> list[Address]:
    """Read addresses with spaces between them, or the list in the file of this path. Raises UsageError."""
    addresses = [read_address(each) for each in _BETWEEN.split(text)] if is_stream(text) else _read_list(text)
    named = Counter(address.camera for address in addresses)
    camera, number = named.most_common(1)[0]
    if number > 1:
        raise UsageError(f"{number} streams are of camera {show(camera)}: give each a name, as NAME=rtsp://HOST/PATH")
    return addresses


def is_list(path: str) -> bool:
    """Tell whether a file of this machine is a list of streams, or meant as one, as one of its lines says."""
    return any(map(_MEANT.match, _read_lines(path)))


def _read_list(path: str) -> list[Address]:
    addresses = []
    for number, line in enumerate(_read_lines(path), start=1):
        if line and not line.startswith("#"):
            try:
                addresses.append(read_address(line))
            except UsageError as error:
                raise UsageError(f"line {number} {error.reason}", path) from None
    return addresses


def _read_lines(path: str) -> Iterable[str]:
    if not os.path.isfile(path):
        return []
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES + 1)
        return [] if len(content) > _MOST_BYTES else [line.strip() for line in content.decode("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError):
        return []


def _place_of(parts: SplitResult) -> str:
    """Return host and port."""
    return parts.netloc.rpartition("@")[2]


def _derive_name(parts: SplitResult) -> str:
    """Return a name that host and path give: `192-168-1-20-Streaming-Channels-101`."""
    path = re.sub(r"\.\w{1,5}$", "", parts.path)
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{parts.hostname}{path}").strip("-")[:_LONGEST].rstrip("-") or "camera"
