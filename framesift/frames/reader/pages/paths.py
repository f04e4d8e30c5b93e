"""How a page is addressed: by a path below its file, as though that were a folder of pictures.

The second page of `cam1/stack.tif` is `cam1/stack.tif/stack_0002.png`, which is also where it lies when it is kept.
"""

import os
import re

SUFFIXES = ("tif", "tiff", "gif", "webp", "png", "apng")
"""Of the files that may have pages."""
_PAGE = re.compile(rf"(.+\.(?:{'|'.join(SUFFIXES)}))/[^/]*_([0-9]{{4,7}})\.png", re.DOTALL | re.IGNORECASE)
_LONGEST = 200
"""Bytes of the file's name that its pages carry on: with the number they must fit into the 255 that a name can have."""


def name_page(path: str, number: int) -> str:
    """Return the path of a page, counted from 1, of the file at `path`."""
    stem = os.fsencode(path.rpartition("/")[2].rpartition(".")[0])
    short = stem[:_LONGEST].decode("utf-8", "ignore") if len(stem) > _LONGEST else os.fsdecode(stem)
    return f"{path}/{short}_{number:04}.png"


def split_page(path: str) -> tuple[str, int] | None:
    """Return the file and the number of the page that a path is of by its name; None where it cannot be one."""
    match = _PAGE.fullmatch(path)
    if match is None or name_page(match[1], int(match[2])) != path:
        return None
    return match[1], int(match[2])


def find_page(path: str) -> tuple[str, int] | None:
    """Return the file and the number of the page that is at a path of this machine; None where something else is."""
    found = split_page(path)
    return found if found and os.path.isfile(found[0]) else None
