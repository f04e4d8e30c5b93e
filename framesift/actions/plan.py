"""What is to be removed, written down before anything is touched: a file that people can read, edit and apply later."""

import json
import math
import os
import stat
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from framesift import __version__
from framesift.actions.files.outputs import create_output
from framesift.actions.marks import is_mark, make_mark
from framesift.actions.paths import find_oddity, is_plain_folder
from framesift.errors import PathLike, StorageError, UsageError, as_command, show

SCHEMA = 1
_MOST = 2**64
_MOST_BYTES = 2**30
"""Of a file with a plan: a million steps have less."""
_TIME_UNITS_NS = (1, 100, 1_000, 1_000_000, 10_000_000, 1_000_000_000, 2_000_000_000)
"""How finely disks keep times of modification, FAT at last: while a disk is mounted they may be known finer."""


@dataclass(frozen=True, slots=True)
class FileStat:
    """What tells a file from another, and from itself before a change."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "FileStat":
        """Take the five fields of a status."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    @property
    def identity(self) -> tuple[int, int]:
        """Device and inode: equal for two paths to one file."""
        return self.device, self.inode

    def is_still(self, status: os.stat_result) -> bool:
        """Whether `status` is of this file with this content. Giving it a name, as moving does, changes its ctime."""
        found = FileStat.of(status)
        same = (found.identity, found.size, found.mtime_ns) == (self.identity, self.size, self.mtime_ns)
        return same and stat.S_ISREG(status.st_mode)

    def may_be(self, planned: "FileStat") -> bool:
        """Whether this may be the planned file on a disk that was taken away and came back: its content has to tell."""
        times = (planned.mtime_ns // unit * unit for unit in _TIME_UNITS_NS)
        return self.size == planned.size and self.mtime_ns in times


_FIELDS = tuple(field.name for field in fields(FileStat))


@dataclass(frozen=True, slots=True)
class Step:
    """One file to be moved to the backup, and the one that stays in its place."""

    path: str
    """Below the root, with `/`."""
    file: FileStat
    """As the scan found it."""
    keeper: str
    """Below the root, with `/`."""
    keeper_file: FileStat
    reason: str
    similarity: float | None = None
    """0 to 1."""
    sha256: str | None = None
    """Of the bytes that the scan read; None where it made none."""
    keeper_sha256: str | None = None
    """The same of the keeper. With both a plan outlives what makes up devices and inodes anew."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a removal. Raises UsageError for steps that would leave a group empty or reach out of the root."""

    root: str
    """Absolute, without links."""
    steps: tuple[Step, ...]
    folders: tuple[str, ...] = ()
    """Below the root, with `/`: the folders that were searched; empty for the root itself."""

    def __post_init__(self) -> None:
        if not is_plain_folder(self.root):
            raise UsageError(f"the plan's root {show(self.root)} is not an absolute path")
        for folder in self.folders:
            if oddity := find_oddity(folder):
                raise UsageError(f"the plan has a folder that {oddity}: {_show(folder)}")
        removed: set[str] = set()
        for step in self.steps:
            for path in (step.path, step.keeper):
                if oddity := find_oddity(path):
                    raise UsageError(f"the plan has a path that {oddity}: {_show(path)}")
                if self.folders and not path.startswith(tuple(f"{folder}/" for folder in self.folders)):
                    raise UsageError(f"the plan has a path that lies in none of its folders: {_show(path)}")
            if step.path in removed:
                raise UsageError(f"the plan removes {show(step.path)} twice")
            removed.add(step.path)
        for step in self.steps:
            if step.keeper in removed:
                raise UsageError(f"the plan keeps {show(step.keeper)} for {show(step.path)} and removes it too")

    @property
    def places(self) -> list[str]:
        """The searched folders, absolute, each once."""
        return [os.path.join(self.root, folder) for folder in dict.fromkeys(self.folders)] or [self.root]


def plan_removal(root: PathLike, steps: Iterable[Step], folders: Iterable[str] = ()) -> Plan:
    """Return the plan of `steps` below the folder `root`, of which `folders` were searched."""
    return Plan(os.path.realpath(os.fsdecode(root)), tuple(steps), tuple(folders))


def write_plan(plan: Plan, path: PathLike) -> None:
    """Write a plan to a new file, a step a line. Raises UsageError where it exists, and StorageError."""
    with create_output(path) as file:
        file.write(encode_plan(plan, make_mark(_name_place(plan))))


def encode_plan(plan: Plan, mark: str = "") -> bytes:
    """Return a plan as JSON in ASCII, a step a line."""
    more = ({"folders": plan.folders} if plan.folders else {}) | ({"mark": mark} if mark else {})
    head = json.dumps({"framesift": __version__, "schema": SCHEMA, "root": plan.root, **more})[:-1]
    steps = ",\n".join(json.dumps(asdict(step), allow_nan=False) for step in plan.steps)
    return f'{head}, "steps": [\n{steps}\n]}}\n'.encode("ascii")


def read_plan(path: PathLike, place: PathLike | None = None) -> Plan:
    """Read a plan that `write_plan` wrote and that may have been edited since.

    With `place` it is one of the same paths below that folder. Raises UsageError for anything but a valid plan, and
    without `place` for one that this user has not made on this machine; StorageError where it cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            _check_kind(os.fstat(descriptor), path)
            content = file.read()
    except OSError as error:
        raise StorageError.of(error, path) from error
    try:
        plan, mark = _decode(content)
    except UsageError as error:
        raise UsageError(error.reason, path) from None
    except RecursionError:
        raise UsageError("is nested too deeply for a plan", path) from None
    except ValueError as error:
        raise UsageError(f"is not JSON: {error}", path) from None
    if place is not None:
        return replace(plan, root=os.path.realpath(os.fsdecode(place)))
    if not is_mark(mark, _name_place(plan)):
        raise UsageError(_describe_stranger(plan), path)
    return plan


def _name_place(plan: Plan) -> str:
    """Return what the mark of a plan is for: no backup has the same, for none has a root that begins so."""
    return json.dumps(["plan", plan.root, *plan.folders])


def _describe_stranger(plan: Plan) -> str:
    return (
        f"was not made by you on this machine, so where it takes files from may be anybody's choice: "
        f"{show(plan.root)}; if that is right, say so: {as_command(['--in', plan.root])}"
    )


def _check_kind(status: os.stat_result, path: PathLike) -> None:
    """Refuse a pipe, which can make us wait for ever, and a file that no memory holds."""
    if not stat.S_ISREG(status.st_mode):
        raise UsageError("is not a regular file, as a plan is", path)
    if status.st_size > _MOST_BYTES:
        raise UsageError("is larger than a plan can be", path)


def decode_plan(content: bytes) -> Plan:
    """Return the plan that `encode_plan` has written. Raises UsageError, ValueError and RecursionError for others."""
    return _decode(content)[0]


def _decode(content: bytes) -> tuple[Plan, str]:
    """Return a plan with its mark, which is empty where it has none."""
    document = json.loads(content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse)
    if not isinstance(document, dict) or "framesift" not in document:
        raise UsageError("is not a plan of framesift")
    if document.get("schema") != SCHEMA:
        raise UsageError(f"was written by framesift {show(str(document['framesift']))}: this version cannot apply it")
    folders, mark = document.pop("folders", []), document.pop("mark", "")
    if set(document) != {"framesift", "schema", "root", "steps"}:
        raise UsageError("a plan has framesift, schema, root, perhaps folders and mark, and steps, and nothing else")
    if not isinstance(document["root"], str) or not isinstance(document["steps"], list):
        raise UsageError("a plan's root is a path, and its steps are a list")
    if not isinstance(mark, str):
        raise UsageError("a plan's mark is a text")
    if not isinstance(folders, list) or not all(isinstance(folder, str) for folder in folders):
        raise UsageError("a plan's folders are a list of paths")
    steps = tuple(_decode_step(*numbered) for numbered in enumerate(document["steps"], start=1))
    return Plan(document["root"], steps, tuple(folders)), mark


def _decode_step(number: int, entry: Any) -> Step:
    try:
        step = dict(entry)
        step["file"], step["keeper_file"] = decode_stat(step["file"]), decode_stat(step["keeper_file"])
        decoded = Step(**step)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"step {number} of the plan is not one: {error}") from None
    texts = (decoded.path, decoded.keeper, decoded.reason)
    digests = (decoded.sha256, decoded.keeper_sha256)
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(each, str | None) for each in digests):
        raise UsageError(f"step {number} of the plan: path, keeper, reason, sha256 and keeper_sha256 are texts")
    if not (decoded.similarity is None or _is_number(decoded.similarity)):
        raise UsageError(f"step {number} of the plan: similarity is a number from 0 to 1, or null")
    return decoded


def decode_stat(entry: Any) -> FileStat:
    """Return the status of a file as plans and journals have it. Raises TypeError and ValueError for anything else."""
    file = FileStat(**entry)
    for name in _FIELDS:
        value = getattr(file, name)
        if type(value) is not int or abs(value) >= _MOST:
            raise ValueError(f"{name} is not a whole number")
    return file


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value <= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands there twice")
    return dict(pairs)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _show(path: str) -> str:
    return path.encode("unicode_escape", "surrogatepass").decode("ascii")
