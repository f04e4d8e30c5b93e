"""Who may read what is moved or copied: nobody who could not read its source.

A file is as open as its own mode, and as the folders that lead to it.
"""

import os
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress

ACCESS_LIST = "system.posix_acl_access"
"""The extended attribute that Linux keeps a POSIX access list in."""
_GROUP_OBJ, _MASK = 4, 16


def permissions(place: str | int, status: os.stat_result) -> int:
    """Return the nine bits of the mode of a file, folder or descriptor that has this status.

    With an access list the bits of the group stand for all whom the list names: here they are those of the group alone.
    """
    bits = stat.S_IMODE(status.st_mode) & 0o777
    if not hasattr(os, "getxattr"):  # macOS, where the mode says what it is
        return bits
    with suppress(OSError):
        return bits & 0o707 | read_group(os.getxattr(place, ACCESS_LIST)) << 3
    return bits


def read_group(access_list: bytes) -> int:
    """Return what the group of a file itself may do (0 to 7) by the bytes of an access list."""
    try:
        entries = {tag: bits for tag, bits, _ in struct.iter_unpack("<HHI", access_list[4:])}
    except struct.error:
        return 0
    return int(entries.get(_GROUP_OBJ, 0) & entries.get(_MASK, 7) & 7)


def limit(bits: int, group: int, source: str, folder: str, new_group: int) -> int:
    """Return the permissions of a copy in `folder` of what lies in the folder `source` with these, and this group."""
    from_group, from_others = _find_reach(source, group)
    to_group, to_others = _find_reach(folder, new_group)
    others = bits & 0o007 if from_others or not to_others else 0
    if new_group == group:
        of_group = bits & 0o070 if from_group or not to_group else 0
    else:  # its members have been others so far
        of_group = bits & bits << 3 & 0o070 if from_others or not to_group else 0
    return bits & 0o700 | of_group | others


def make_folder(path: str, like: str = "") -> None:
    """Make a folder that is as open as the folder `like`, where that is one. Raises OSError, as `os.mkdir` does."""
    if not os.path.isdir(like):
        os.mkdir(path)
        return
    status = os.stat(like)
    parent = os.path.dirname(path)
    inherits = os.stat(parent).st_mode & stat.S_ISGID
    group = os.stat(parent).st_gid if inherits else os.getegid()
    source = os.path.dirname(os.path.realpath(like))
    bits = limit(permissions(like, status), status.st_gid, source, parent, group) | 0o700
    os.mkdir(path, bits)
    made = stat.S_IMODE(os.lstat(path).st_mode)
    if made & 0o777 != bits:  # by the umask
        os.chmod(path, made & ~0o777 | bits)


def make_all_folders(path: str, like: str) -> None:
    """Make a folder as `make_folder` does, and those above it as usual; nothing where it is there. Raises OSError."""
    path = os.path.abspath(path)
    if not os.path.isdir(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            make_folder(path, like)
        except FileExistsError:  # by another program, or it is no folder
            if not os.path.isdir(path):
                raise


@contextmanager
def new_folder(path: str, like: str) -> Iterator[None]:
    """Make a folder as `make_all_folders` does; one that was not there goes if nothing comes into it before an error.

    Or before the person stops it. Raises OSError.
    """
    was_there = os.path.isdir(path)
    make_all_folders(path, like)
    try:
        yield
    except BaseException:
        if not was_there:
            with suppress(OSError):
                os.rmdir(path)
        raise


def read_owners(root: str, path: str) -> list[list[int]]:
    """Return owner and group of each folder on the way from `root` to the file at `path`. Raises OSError."""
    found, folder = [], root
    for part in path.split("/")[:-1]:
        folder = os.path.join(folder, part)
        status = os.lstat(folder)
        found.append([status.st_uid, status.st_gid])
    return found


def adopt_folder(path: str, owner: int, group: int) -> None:
    """Give a folder of ours that nothing is in yet to whom it had belonged, as far as this user may. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        is_ours = status.st_uid == os.geteuid() and (status.st_uid, status.st_gid) != (owner, group)
        if is_ours and not os.listdir(descriptor):
            give_owner(descriptor, owner, group)
    finally:
        os.close(descriptor)


def give_owner(descriptor: int, owner: int, group: int) -> None:
    """Give a file or folder to a user and a group, or to the group alone, or leave it, as far as this user may."""
    try:
        os.chown(descriptor, owner, group)
    except OSError:  # only root gives files away, and some disks know no owners
        with suppress(OSError):
            os.chown(descriptor, -1, group)


def close_folder(folder: str, source: str) -> None:
    """Let nobody into a folder of ours who cannot get into the folder `source`. What may not be changed stays."""
    status, other = os.stat(folder), os.stat(source)
    from_group, from_others = _find_reach(source, other.st_gid)
    to_group, to_others = _find_reach(folder, status.st_gid)
    closed = 0o007 if to_others and not from_others else 0
    if to_group and not from_others and not (from_group and status.st_gid == other.st_gid):
        closed |= 0o070
    if stat.S_IMODE(status.st_mode) & closed:
        with suppress(PermissionError):
            os.chmod(folder, stat.S_IMODE(status.st_mode) & ~closed)


def _find_reach(folder: str, group: int) -> tuple[bool, bool]:
    """Tell whether the members of a group, and all others, get to what lies in a folder."""
    of_group = others = True
    with suppress(FileNotFoundError):
        for parent in _parents(os.path.realpath(folder)):
            status = os.stat(parent)
            bits = permissions(parent, status)
            enter = bool(bits & 0o001)
            of_group = of_group and (bool(bits & 0o010) if status.st_gid == group else enter)
            others = others and enter
    return of_group, others


def _parents(folder: str) -> Iterator[str]:
    while True:
        yield folder
        if folder == (folder := os.path.dirname(folder)):
            return
