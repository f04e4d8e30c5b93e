"""The two steps that every way of comparing has.

`describe` turns one picture into a descriptor, whatever it needs to be compared by; it knows one frame only, so it runs
in parallel. `score` compares two descriptors: 0 for the same picture, growing with change.
"""

from typing import Any, Protocol

from numpy.typing import NDArray


class Comparator(Protocol):
    """One way of comparing."""

    def describe(self, image: NDArray[Any]) -> NDArray[Any]:
        """Return the descriptor, of the same shape and dtype for every picture, of a (height, width, 3) uint8 BGR one.

        The picture is left as it is. A descriptor of several parts is a 0-dimensional structured array.
        """

    def score(self, reference: NDArray[Any], candidate: NDArray[Any]) -> float:
        """Return how much two descriptors differ: symmetric, 0 for the same picture, growing with change."""
