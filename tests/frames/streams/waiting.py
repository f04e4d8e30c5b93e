"""Waiting for what has to come: nothing depends on when it does."""

import time
from collections.abc import Callable
from typing import Any

BOX = (20, 20, 20, 16)
"""Where something new stands."""
LIMIT = 60.0
"""Seconds."""


def wait_for(is_so: Callable[[], Any]) -> Any:
    """Return what it returns, once that is true."""
    end = time.monotonic() + LIMIT
    while not (found := is_so()):
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.02)
    return found
