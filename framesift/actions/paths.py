"""What a path that was read from a file may be: in its plain form, below a folder, and through no link."""

import os

from framesift.frames.finding import JOURNAL

METADATA = "metadata.json"
"""Name of the file that describes a folder and is kept in step."""


def find_oddity(path: str) -> str:
    """Say why `path` is none below a folder; return an empty string where it is one."""
    if "\0" in path:
        return "has a NUL"
    if not {"", ".", ".."}.isdisjoint(path.split("/")):
        return "leaves the root or is not in its plain form"
    try:
        whole = os.fsdecode(os.fsencode(path)) == path
    except UnicodeEncodeError:
        whole = False
    return "" if whole else "no file can have"


def is_plain_folder(path: str) -> bool:
    """Tell whether `path` is absolute and in its plain form."""
    return os.path.isabs(path) and not find_oddity(path[1:] or "x")


def names_journal(path: str) -> bool:
    """Tell whether a part of `path` is the name of a journal, also where upper and lower case are one."""
    return JOURNAL in path.casefold().split("/")


def lies_behind_link(folder: str, path: str) -> bool:
    """Tell whether one of the folders of `path` below `folder` is a link. `folder` itself may be one."""
    parent = folder
    for part in path.split("/")[:-1]:
        parent = os.path.join(parent, part)
        if os.path.islink(parent):
            return True
    return False
