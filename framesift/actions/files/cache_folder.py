"""Where this program keeps what it can lose: the cache folder of the user, as the XDG specification has it."""

import os


def cache_folder() -> str:
    """Return the absolute path of the program's own folder among the user's caches. It need not exist."""
    caches = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(caches):  # the XDG specification: anything else is to be ignored
        caches = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(caches, "framesift")
