"""Folders and plans for the tests of removing: what a scan would have found, without a scan."""

import errno
import hashlib
import os
from pathlib import Path

from framesift.actions import FileStat, Plan, Step, plan_removal
from tests.conftest import encode, make_image

LINK = os.link


def link_across(source: str, target: str, **options: object) -> None:
    """`os.link` where the backup is another file system."""
    if ("/backup/" in source) != ("/backup/" in target):
        raise OSError(errno.EXDEV, "Invalid cross-device link")
    LINK(source, target, **options)


def link_nowhere(*_: object, **__: object) -> None:
    """`os.link` on a file system without hard links."""
    raise OSError(errno.EPERM, "Operation not permitted")


def picture(number: int) -> bytes:
    """A small whole picture; every number another one."""
    return encode(make_image(16, 12, number % 251, box=(number % 11, number % 7, 3, 3)))


def stat_of(path: Path) -> FileStat:
    return FileStat.of(os.lstat(path))


def plan_of(root: Path, **removals: str) -> Plan:
    """The plan that removes each key's file and keeps its value's; `__` stands for `/`, and `.png` is added."""
    steps = []
    for name, kept in removals.items():
        path, keeper = (f"{part.replace('__', '/')}.png" for part in (name, kept))
        steps.append(Step(path, stat_of(root / path), keeper, stat_of(root / keeper), "tested", 0.97))
    return plan_removal(root, steps)


def snapshot(root: Path) -> dict[str, tuple]:
    """{path: what must come back}: content, mode and time of every file, the target of every link."""
    found: dict[str, tuple] = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))
        elif path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[name] = (digest, status.st_mode, status.st_mtime_ns)
    return found


def backed_up(backup: Path) -> dict[str, bytes]:
    """{path: content} of what a backup holds, without its journal."""
    return {
        str(path.relative_to(backup)): path.read_bytes()
        for path in sorted(backup.rglob("*"))
        if path.is_file() and path != backup / "journal.jsonl"
    }
