"""Whose a backup or a plan is: it bears a mark of its root, which only the key of the user who began it can make.

Who hands in a backup can write any root into its journal, and so choose where files are given back to; who hands in a
plan, where they are taken from.
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
from contextlib import suppress

from framesift.actions.files.cache_folder import state_folder
from framesift.actions.files.outputs import create_output
from framesift.errors import FramesiftError

_NAME = "backup-key"
_KEY = re.compile(rb"[0-9a-f]{64}\n")


def make_mark(what: str) -> str:
    """Return the mark of `what`, of a backup the path of its root; empty where this user can keep no key."""
    key = _read_key() or _make_key()
    return _sign(key, what) if key else ""


def is_mark(mark: str, what: str) -> bool:
    """Tell whether this user has made a mark, here and for this."""
    key = _read_key()
    return bool(key) and hmac.compare_digest(_sign(key, what).encode(), mark.encode("utf-8", "surrogatepass"))


def can_mark() -> bool:
    """Tell whether what this user makes now will be known again."""
    return bool(_read_key())


def _sign(key: bytes, what: str) -> str:
    return hmac.new(key, os.fsencode(what), hashlib.sha256).hexdigest()


def _read_key() -> bytes:
    """Return the key; empty where there is none that is this user's alone."""
    with suppress(OSError):
        path = os.path.join(state_folder(), _NAME)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            is_own = status.st_uid == os.geteuid() and stat.S_ISREG(status.st_mode) and not status.st_mode & 0o077
            key = os.read(descriptor, 100) if is_own else b""
        finally:
            os.close(descriptor)
        return key if _KEY.fullmatch(key) else b""
    return b""


def _make_key() -> bytes:
    """Make a key, unless the home is another's (that of who called `sudo`), or cannot be written to."""
    folder = state_folder()
    with suppress(OSError, FramesiftError):
        if os.path.isabs(folder) and os.stat(_find_existing(folder)).st_uid == os.geteuid():
            os.makedirs(folder, mode=0o700, exist_ok=True)
            with create_output(os.path.join(folder, _NAME)) as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(secrets.token_hex(32).encode() + b"\n")
    return _read_key()  # or that of another program, which was first


def _find_existing(folder: str) -> str:
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder
