"""What a file has besides its bytes: mode, owner, times, extended attributes and access lists, other names."""

import base64
import binascii
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Self

from framesift.actions.files.access import ACCESS_LIST, give_owner, read_group

_OWN, _ROOTS = "user.", "trusted."
_KEPT = (_OWN, _ROOTS, ACCESS_LIST)
"""Extended attributes of these names are the file's; those of `security.` are given by the system where it lies."""
_MOST = 2**64
_LONGEST = 2**16
"""Bytes that Linux lets an extended attribute have."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """All of a file that a copy has to be given."""

    mode: int
    """The permission bits, with setuid and the like."""
    owner: int
    group: int
    atime_ns: int
    mtime_ns: int
    names: int = 1
    """How many names the file has: hard links."""
    extended: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, place: str | int) -> Self:
        """Take them from a path, which may be a link, or a descriptor. Raises OSError."""
        status = os.fstat(place) if isinstance(place, int) else os.lstat(place)
        mode = stat.S_IMODE(status.st_mode)
        times = status.st_atime_ns, status.st_mtime_ns
        return cls(mode, status.st_uid, status.st_gid, *times, status.st_nlink, _read_extended(place))

    def give(self, descriptor: int) -> None:
        """Give all to a file that others cannot read yet, as far as its disk holds it and this user may.

        Where an access list or the group is not taken, the mode is that of whom the file had been open to without it.
        Raises OSError.
        """
        give_owner(descriptor, self.owner, self.group)
        for name in _read_extended(descriptor):  # a list that the folder has given
            if name not in self.extended:
                with suppress(OSError):
                    os.removexattr(descriptor, name)
        mode = self.mode
        for name, value in self.extended.items():
            try:
                os.setxattr(descriptor, name, value)
            except (OSError, AttributeError):  # there is no such function on macOS
                if name == ACCESS_LIST:
                    mode = mode & ~0o070 | read_group(value) << 3
        if os.fstat(descriptor).st_gid != self.group >= 0:
            mode &= ~0o070 | mode << 3
        os.chmod(descriptor, mode)
        os.utime(descriptor, ns=(self.atime_ns, self.mtime_ns))

    def give_again(self, path: str) -> None:
        """Give a file what a disk that it has been on meanwhile did not keep, such as fractions of a second.

        Raises OSError.
        """
        if self._is_of(Attributes.of(path)):
            return
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            self.give(descriptor)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _is_of(self, found: "Attributes") -> bool:
        """Tell whether a file has all of them but the time of access, which looking at it changes, and its names."""
        owners = (self.owner, self.group) if self.owner >= 0 else (found.owner, found.group)
        own = self.mode, *owners, self.mtime_ns, self.extended
        return own == (found.mode, found.owner, found.group, found.mtime_ns, found.extended)

    def without_rights(self) -> "Attributes":
        """Return what a stranger may say of a file: no owner, nothing that only root can give, no access list."""
        extended = {name: value for name, value in self.extended.items() if name.startswith(_OWN)}
        return replace(self, mode=self.mode & 0o777, owner=-1, group=-1, extended=extended)

    def encode(self) -> dict[str, Any]:
        """Return them as JSON has them."""
        values = {name: getattr(self, name) for name in _NUMBERS}
        extended = {name: base64.b64encode(value).decode("ascii") for name, value in self.extended.items()}
        return {**values, **({"extended": extended} if extended else {})}


_NUMBERS = ("mode", "owner", "group", "atime_ns", "mtime_ns", "names")


def decode_attributes(entry: Any) -> Attributes:
    """Return what `encode` has written. Raises TypeError and ValueError for anything else."""
    if not isinstance(entry, dict) or not {*_NUMBERS} <= entry.keys() <= {*_NUMBERS, "extended"}:
        raise TypeError
    numbers = [entry[name] for name in _NUMBERS]
    if not all(type(number) is int and abs(number) < _MOST for number in numbers):
        raise ValueError("has no attributes of a file")
    mode, owner, group = numbers[:3]
    if not (0 <= mode <= 0o7777 and 0 <= owner < 2**32 and 0 <= group < 2**32):
        raise ValueError("has a mode or an owner that no file has")
    if any(not -(2**63) <= time < 2**63 for time in numbers[3:5]):
        raise ValueError("has a time that no file has")
    extended = entry.get("extended", {})
    if not isinstance(extended, dict):
        raise TypeError
    decoded = {name: _decode_value(name, value) for name, value in extended.items()}
    return Attributes(**dict(zip(_NUMBERS, numbers, strict=True)), extended=decoded)


def _decode_value(name: str, value: Any) -> bytes:
    if not isinstance(value, str) or "\0" in name or not name.startswith(_KEPT) or len(value) > 2 * _LONGEST:
        raise ValueError("has an extended attribute that no file has")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("has an extended attribute that no file has") from None


def _read_extended(place: str | int) -> dict[str, bytes]:
    """Return the extended attributes; none where they cannot be asked for or read."""
    if not hasattr(os, "listxattr"):
        return {}
    here = {} if isinstance(place, int) else {"follow_symlinks": False}
    found = {}
    with suppress(OSError):
        for name in os.listxattr(place, **here):
            if name.startswith(_KEPT):
                with suppress(OSError):
                    found[name] = os.getxattr(place, name, **here)
    return found
