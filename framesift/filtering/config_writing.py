"""Writes settings into a settings file, in which what else stands there stays as it is, comments and order too.

Needs the extra `settings`.
"""

import os
from collections.abc import Mapping
from typing import Any

from framesift.actions.files.outputs import check_output, replace_output
from framesift.errors import MissingLibrary, PathLike, UsageError, pip_install
from framesift.filtering.config import Config, write_name
from framesift.filtering.config_file import SECTIONS, parse_config, read_config, read_text


def check_config(path: PathLike) -> None:
    """Refuse a place where no settings can be written, before the work begins.

    Raises UsageError, for a file too that is none of settings, and MissingLibrary.
    """
    _import_tomlkit()
    if os.path.lexists(path):
        read_config(path)
    check_output(path, is_ours=_is_config)


def write_config(path: PathLike, values: Mapping[str, Any], camera: str | None = None) -> Config:
    """Write settings, by the names of the options, of all cameras, or into the section of a name or pattern.

    The file is there whole, or as it was before. Returns what it says then. Raises UsageError for what it could not be
    read with, StorageError where the disk refuses, and MissingLibrary.
    """
    tomlkit = _import_tomlkit()
    check_config(path)
    document = tomlkit.parse(read_text(path) if os.path.lexists(path) else "")
    table = document
    if camera is not None:
        sections = document.setdefault(SECTIONS, tomlkit.table(is_super_table=True))
        if camera not in sections:
            sections[camera] = tomlkit.table()
        table = sections[camera]
    for name, value in values.items():
        table[write_name(name)] = value
    text = f"{tomlkit.dumps(document).rstrip()}\n"
    written = parse_config(text, path)
    with replace_output(path, is_ours=_is_config) as file:
        file.write(text.encode("utf-8"))
    return written


def _is_config(path: PathLike) -> bool:
    """Tell whether a file is one of settings: no other is written to."""
    try:
        read_config(path)
    except UsageError:
        return False
    return True


def _import_tomlkit() -> Any:
    try:
        import tomlkit
    except ImportError:
        raise MissingLibrary(f"writing settings needs tomlkit: {pip_install('settings')}") from None
    return tomlkit
