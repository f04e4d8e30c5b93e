"""Memory that is used again and not given back: fresh pages cost more than some of the work done in them."""

import contextlib
import ctypes
import gc

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_LARGEST_PICTURE = 32 * 2**20
"""Bytes; glibc takes no larger threshold."""


def reuse_memory() -> None:
    """Tell the C library's allocator to keep what is freed, so that the next picture finds its pages there.

    By default glibc maps each buffer of a picture anew and unmaps it when it is freed; the page faults of that take up
    to half of the time of a JPEG (`benchmarks/speed/NOTES.md`). For whole programs only, before OpenCV is loaded. Does
    nothing where the C library is not glibc.
    """
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _LARGEST_PICTURE)
        mallopt(_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(_TOP_PAD, 2 * _LARGEST_PICTURE)


def keep_garbage() -> None:
    """Have Python not look for cycles among all that there is when it ends.

    That takes a tenth of the time of a short run, and what nobody can reach any more goes with the process.
    """
    gc.disable()
    gc.freeze()
