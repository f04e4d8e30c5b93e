"""The descriptors that a worker process keeps, so that a chunk can be walked again without decoding it again."""

import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
KEPT_BYTES = 768 * 2**20
"""Of descriptors, in each worker process."""
KEPT_PART = 4
"""They take at most one part in so many of what a worker may use."""


class Kept:
    """The descriptors of the chunks that were walked last in this process, as many as fit."""

    def __init__(self) -> None:
        self._chunks: OrderedDict[str, list[Image | None]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, key: str, descriptors: list[Image | None], memory: int | None = None) -> None:
        """Keep those of one chunk, and as many of the others as fit into a part of the `memory` of this process."""
        room = KEPT_BYTES if memory is None else min(KEPT_BYTES, memory // KEPT_PART)
        with self._lock:
            self._bytes += _count_bytes(descriptors) - _count_bytes(self._chunks.pop(key, []))
            self._chunks[key] = descriptors
            while self._bytes > room:
                self._bytes -= _count_bytes(self._chunks.popitem(last=False)[1])

    def find(self, key: str) -> list[Image | None] | None:
        """Return those of a chunk, if they are still there."""
        with self._lock:
            return self._chunks.get(key)


KEPT = Kept()


def _count_bytes(descriptors: list[Image | None]) -> int:
    return sum(each.nbytes for each in descriptors if each is not None)
