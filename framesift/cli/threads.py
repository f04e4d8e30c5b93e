"""Threads that nobody asked for."""

import os

_SETTINGS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
"""By which OpenBLAS is told how many threads to have; the first that is set counts."""


def import_opencv() -> None:
    """Import OpenCV, and numpy with it, without a thread for each core.

    Each brings an OpenBLAS that starts them when it is loaded, and they spin for a while in wait of work: up to 0.2 s
    of processor time, for products of matrices that differencing has none of. Who has said how many there are gets
    them. For whole programs only, before anything else imports numpy; programs that this one starts are told nothing.
    """
    if any(name in os.environ for name in _SETTINGS):
        return
    os.environ[_SETTINGS[0]] = "1"
    try:
        import cv2  # noqa: F401
    finally:
        del os.environ[_SETTINGS[0]]
