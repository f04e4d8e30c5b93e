"""What is left behind by the package `isal`, and how to be rid of it."""

import cv2
import numpy as np

_FEW = np.ones((1, 64), np.uint8)


def settle() -> None:
    """Put the processor's wide registers of this thread back in order.

    ISA-L returns with their upper halves in use. Until some code that uses them ends properly, all that knows only the
    lower halves is slowed down: `cv2.resize` takes four times as long, `np.sqrt` twice. OpenCV's counting uses them.
    """
    cv2.countNonZero(_FEW)
