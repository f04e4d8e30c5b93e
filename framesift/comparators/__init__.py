"""Ways of comparing two frames. Each has the same two steps and the same direction.

`describe` turns one picture into a descriptor, whatever it needs to be compared by; it knows one frame only, so it runs
in parallel. `score` compares two descriptors: 0 for the same picture, growing with change.
"""

from framesift.comparators.framediff import FrameDifferencing

__all__ = ["FrameDifferencing"]
