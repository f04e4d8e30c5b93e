"""Files made for people to look at: whole or not there at all, and never in place of a file that is not ours."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from framesift.actions.files.placing import give_name
from framesift.actions.files.staging import clear_staged, stage_file
from framesift.errors import PathLike, StorageError, UsageError

HTML_MARK = b"<!doctype html>\n<!-- made by framesift -->\n"
PNG_MARK = b"tEXtSoftware\0framesift"
"""What a page or a picture of ours has in its first bytes: such a file may be replaced, and is no foreign file."""
_HEAD = 128


def is_output(path: PathLike) -> bool:
    """Tell whether `path` is a regular file that `replace_output` has written."""
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return head.startswith(HTML_MARK) or PNG_MARK in head


def check_output(
    path: PathLike, coming: PathLike | None = None, is_ours: Callable[[PathLike], bool] = is_output
) -> None:
    """Raise UsageError where `path` cannot be written to, or a file would be lost: before an hour's work, not after.

    `coming` is a folder that will have been made by then; `is_ours` tells which files may be replaced.
    """
    folder = os.path.dirname(os.path.abspath(os.fsdecode(path)))
    if not os.path.isdir(folder) and (coming is None or folder != os.path.abspath(os.fsdecode(coming))):
        raise UsageError("its folder does not exist", path)
    if os.path.isdir(path):
        raise UsageError("is a folder: name a file", path)
    if os.path.lexists(path) and not is_ours(path):
        raise UsageError("is not a file of framesift: choose another name; nothing was overwritten", path)


def check_new(path: PathLike, told: str) -> None:
    """Raise UsageError, saying `told`, where `path` exists; what a stopped run has left beside it is taken away."""
    if os.path.lexists(path):
        clear_staged(os.path.dirname(os.path.abspath(os.fsdecode(path))))
        raise UsageError(told, path)


@contextmanager
def replace_output(path: PathLike, is_ours: Callable[[PathLike], bool] = is_output) -> Iterator[BinaryIO]:
    """Give a file to write to, which becomes `path` when the block ends without an error.

    The content has to be such that `is_ours` knows it again: to begin with HTML_MARK, or hold PNG_MARK in its first
    bytes. Raises as `check_output` does, and StorageError where the disk refuses.
    """
    check_output(path, is_ours=is_ours)
    with _staged(path) as (file, temporary, target):
        yield file
        _sync(file)
        check_output(path, is_ours=is_ours)
        os.replace(temporary, target)


@contextmanager
def create_output(path: PathLike) -> Iterator[BinaryIO]:
    """Give a file to write to, which becomes `path` when the block ends without an error. Never replaces anything.

    Raises UsageError where `path` exists, StorageError where the disk refuses.
    """
    told = "exists: choose another name; nothing was overwritten"
    check_new(path, told)
    with _staged(path) as (file, temporary, target):
        yield file
        _sync(file)
        try:
            give_name(temporary, target)
        except FileExistsError:
            raise UsageError(told, path) from None


@contextmanager
def create_folder(path: PathLike) -> Iterator[str]:
    """Give a folder to fill, which becomes `path` when the block ends without an error. Never replaces anything.

    Raises UsageError where `path` exists, StorageError where the disk refuses.
    """
    taken = UsageError("exists: choose another name; nothing was overwritten", path)
    target = os.path.abspath(os.fsdecode(path))
    if os.path.lexists(target):
        raise taken
    from shutil import rmtree  # brings compressors

    temporary = f"{target}.{os.urandom(8).hex()}.tmp"
    try:
        os.mkdir(temporary)
        try:
            yield temporary
            if os.path.lexists(target):
                raise taken
            os.rename(temporary, target)
        finally:
            rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise StorageError.of(error, path) from error


@contextmanager
def _staged(path: PathLike) -> Iterator[tuple[BinaryIO, str, str]]:
    """Give a file to write to, its temporary name, which is gone at the end, and the final one."""
    target = os.path.abspath(os.fsdecode(path))
    try:
        with stage_file(target) as (file, temporary):
            yield file, temporary, target
    except OSError as error:
        raise StorageError.of(error, path) from error


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
