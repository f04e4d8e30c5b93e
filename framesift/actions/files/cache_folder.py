"""Where this program keeps what is its own: folders of the user, as the XDG specification has them."""

import os


def cache_folder() -> str:
    """Return the absolute path of the program's own folder among the user's caches. It need not exist."""
    return _find("XDG_CACHE_HOME", ".cache")


def state_folder() -> str:
    """Return the same for what is to be kept from run to run, and lies on this machine alone."""
    return _find("XDG_STATE_HOME", ".local/state")


def _find(variable: str, usual: str) -> str:
    folder = os.environ.get(variable, "")
    if not os.path.isabs(folder):  # the XDG specification: anything else is to be ignored
        folder = os.path.join(os.path.expanduser("~"), usual)
    return os.path.join(folder, "framesift")
