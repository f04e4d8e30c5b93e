"""What is wrong with a camera: it is covered, moved, out of focus, blinded, frozen, torn, silent, or its clock is.

`Health` follows the frames of all cameras as they are decided, and changes no decision. What is seen of one frame
(`vitals`) is measured where it is described, and what it comes to (`checkup`) where frames come in order.
"""

from framesift.filtering.health.fault import Fault, FaultKind
from framesift.filtering.health.health import Faults, Health, Listener

__all__ = ["Fault", "FaultKind", "Faults", "Health", "Listener", "checkup", "vitals"]
