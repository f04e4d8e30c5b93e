"""What of the files of a plan another disk cannot hold, or cannot be given back from it: said before they are moved."""

import errno
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress

from framesift.actions.attributes import Attributes
from framesift.actions.files.access import ACCESS_LIST
from framesift.actions.journal import Entry
from framesift.actions.plan import Plan
from framesift.errors import PathLike, counted, show
from framesift.frames.companions import Companions

_ANY = "user.framesift"
"""Asked for, to know whether a disk has such things at all: the answer is that there is no such attribute, or that
there can be none."""


def describe_crossing(plans: Iterable[Plan], backup: PathLike) -> str:
    """Say in one line what of the files of plans, with what goes with them, does not go to the disk of `backup`.

    Or does not come back. Empty where all does, as on one disk. Nothing is written. Raises OSError.
    """
    place = os.path.realpath(os.fsdecode(backup))
    while not os.path.isdir(place):
        place = os.path.dirname(place)
    device = os.stat(place).st_dev
    moved = [each for plan in plans for each in _read_crossing(plan, device)]
    if not moved:
        return ""
    if not hasattr(os, "listxattr"):  # macOS
        return "to another disk, extended attributes and access lists are not carried on this system"
    names = Counter(identity for identity, _ in moved)
    files = dict(moved)
    kept = _describe_kept(place, list(files.values()), backup)
    lost = _describe_lost(files, names)
    return "; ".join(filter(None, [kept, lost]))


def describe_return(entries: Iterable[Entry], place: str) -> str:
    """Say in one line what of the files of a backup the disk of `place` cannot hold; empty where it holds all."""
    return _describe_kept(
        place, [entry.attributes for entry in entries if entry.attributes], place, "they are lost there"
    )


def _read_crossing(plan: Plan, device: int) -> Iterator[tuple[tuple[int, int], Attributes]]:
    """Yield identity and attributes of all that would go to the disk `device` from another."""
    companions = Companions(plan.root)
    paths = [step.path for step in plan.steps if _lies_elsewhere(os.path.join(plan.root, step.path), device)]
    for path in {*paths, *(companion.path for each in paths for companion in companions.of(each))}:
        full = os.path.join(plan.root, path)
        with suppress(OSError):  # it stays, and that is said then
            status = os.lstat(full)
            yield (status.st_dev, status.st_ino), Attributes.of(full)


def _lies_elsewhere(path: str, device: int) -> bool:
    with suppress(OSError):
        return os.lstat(path).st_dev != device
    return False


def _describe_kept(
    place: str, files: list[Attributes], named: PathLike, then: str = "the journal keeps them for undo"
) -> str:
    """Say what files will not have on the disk of a place."""
    extended = sum(any(name != ACCESS_LIST for name in each.extended) for each in files)
    lists = sum(ACCESS_LIST in each.extended for each in files)
    lacking = [
        f"{what} of {counted(number, 'file')}"
        for what, number, name in (("extended attributes", extended, _ANY), ("access lists", lists, ACCESS_LIST))
        if number and not _can_hold(place, name)
    ]
    if not lacking:
        return ""
    return f"the disk of {show(named)} cannot hold the {' and '.join(lacking)}: {then}"


def _describe_lost(files: dict[tuple[int, int], Attributes], names: Counter[tuple[int, int]]) -> str:
    """Say what will not be as it was when all is given back."""
    owners = 0 if os.geteuid() == 0 else sum(each.owner != os.geteuid() for each in files.values())
    elsewhere = sum(each.names > names[identity] for identity, each in files.items())
    said = []
    if owners:
        said.append(f"{counted(owners, 'file')} of another owner will come back as yours")
    if elsewhere:
        said.append(f"{counted(elsewhere, 'file')} with another name that stays will come back as one of its own")
    return "; ".join(said)


def _can_hold(place: str, name: str) -> bool:
    if not hasattr(os, "getxattr"):  # macOS
        return False
    try:
        os.getxattr(place, name)
    except OSError as error:
        return error.errno not in (errno.ENOTSUP, errno.EOPNOTSUPP)
    return True
