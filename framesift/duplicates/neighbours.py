"""Exact search for near-duplicates among many descriptors, without a call of Python for every pair.

One keeper is held against all later files at once by bounds that numpy computes; what the bounds cannot rule out is
scored by the comparator. A bound never rules out a near-duplicate: hash distance alone contributes at least its weight
to a combined score, so that a pair further apart than the limit by its hashes is further apart by the score.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.beyond import lies_beyond
from framesift.comparators.combined import HASH_SIDE, HASH_WEIGHT, SSIM_SIDE, Combined
from framesift.comparators.embedding import Embedding
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.perceptual_hash import count_differing_bits
from framesift.comparators.verified_hash import VerifiedHash

Order = NDArray[np.intp]
"""Positions of the files in the order of preference."""
Descriptor = NDArray[Any]


class Near(NamedTuple):
    """A file that may show what the keeper shows."""

    position: int
    similarity: float
    turn: int = 0
    """How it lies beside the keeper: the index in `orientation.TURNS`."""


Found = Iterator[Near]
"""Their positions grow. Of one position the best comes first."""

_SLACK = 1e-4
"""Of bounds computed in float32, many times their error."""
MOST_BITS = 72
"""Bits, of 256, in which the gradient hashes of two versions of a picture may differ; of two pictures, half differ."""
_LEAST_CORRELATION = 0.6
"""Of what is left of two versions when all that is small is gone. Light and contrast do not change it; a crop does,
most where little is seen on plain ground."""
_LARGE = 16
"""px of the side of that."""
_FLAT = 4.0
"""Length of that, in grey levels, up to which there is nothing to compare."""
_BEYOND = 48.0
"""Grey levels by which nothing in one of two versions lies beyond what is around that place in the other."""
_AT_ONCE = 4096
_ROUND = 9
"""Decimals of a similarity that count: 0.9 is reached by what rounding leaves just below it."""


class Neighbours(Protocol):
    """The descriptors of all files, in the order of preference, ready to be searched."""

    def find(self, keeper: int, free: NDArray[np.bool_], own: Descriptor | None = None, opaque: bool = True) -> Found:
        """Yield the near-duplicates of a file among the later ones that are `free`, (n,).

        With `own`, those of this descriptor, which takes the place of the keeper's. One that is not `opaque` may be
        like others on a ground that its descriptor does not show.
        """

    def measure(self, keeper: int, other: int, own: Descriptor | None = None) -> float:
        """Return the similarity of two files, near or not."""


class CombinedNeighbours:
    """By `Combined`: bounded by the hashes, by what is seen in the large and by what lies beyond, then by the score.

    These bounds, of their own, keep from being looked at what only has the same colours, or another thing in it.
    """

    def __init__(
        self, descriptors: NDArray[Any], order: Order, similarity: float, most_bits: float = MOST_BITS
    ) -> None:
        self._descriptors, self._order, self._similarity, self._most_bits = descriptors, order, similarity, most_bits
        self._words = np.ascontiguousarray(descriptors["hash"][order].T)
        self._large = _unit_large(descriptors["grey"])[order]

    def find(self, keeper: int, free: NDArray[np.bool_], own: Descriptor | None = None, opaque: bool = True) -> Found:
        large = self._large[keeper] if own is None else _unit_large(own["grey"][np.newaxis])[0]
        own = self._descriptors[self._order[keeper]] if own is None else own
        most = min(HASH_SIDE**2 * (1 - self._similarity + _SLACK) / HASH_WEIGHT, self._most_bits)
        near = np.flatnonzero((count_bits(self._words, keeper, own["hash"]) <= most) & free[keeper + 1 :]) + keeper + 1
        near = near[self._large[near] @ large >= _LEAST_CORRELATION]
        for position in self._leave_beyond(near, own["grey"]) if opaque else near.tolist():
            similarity = self.measure(keeper, position, own)
            if round(similarity, _ROUND) >= self._similarity:
                yield Near(position, similarity)

    def measure(self, keeper: int, other: int, own: Descriptor | None = None) -> float:
        own = self._descriptors[self._order[keeper]] if own is None else own
        return 1 - Combined().score(own, self._descriptors[self._order[other]])

    def _leave_beyond(self, near: Order, own: NDArray[np.uint8]) -> Iterator[int]:
        """Yield the positions without those at which something is seen that is not in the keeper, or no longer."""
        for part in (near[start : start + _AT_ONCE] for start in range(0, len(near), _AT_ONCE)):
            beyond = lies_beyond(np.ascontiguousarray(own), self._descriptors["grey"][self._order[part]], _BEYOND)
            yield from part[~beyond].tolist()


class HashNeighbours:
    """By `VerifiedHash`: hashes first, then the two measures that confirm. Similarity is the share of equal bits."""

    def __init__(self, descriptors: NDArray[Any], order: Order, comparator: VerifiedHash) -> None:
        self._descriptors, self._order, self._comparator = descriptors, order, comparator
        self._words = np.ascontiguousarray(descriptors["hash"][order].T)

    def find(self, keeper: int, free: NDArray[np.bool_], own: Descriptor | None = None, opaque: bool = True) -> Found:
        own = self._descriptors[self._order[keeper]] if own is None else own
        distance = count_bits(self._words, keeper, own["hash"])
        near = np.flatnonzero((distance <= self._comparator.distance) & free[keeper + 1 :])
        for position in near.tolist():
            other = self._descriptors[self._order[position + keeper + 1]]
            if self._comparator.score(own, other) < 1:
                yield Near(position + keeper + 1, 1 - int(distance[position]) / (64 * len(self._words)))

    def measure(self, keeper: int, other: int, own: Descriptor | None = None) -> float:
        words = self._words[:, keeper] if own is None else own["hash"]
        return 1 - count_differing_bits(words, self._words[:, other]) / (64 * len(self._words))


class FramediffNeighbours:
    """By `FrameDifferencing`: similar below a score in px. There is no bound, so every pair is scored."""

    def __init__(self, descriptors: NDArray[Any], order: Order, comparator: FrameDifferencing, limit: float) -> None:
        self._descriptors, self._order = descriptors, order
        self._comparator, self._limit = comparator, limit

    def find(self, keeper: int, free: NDArray[np.bool_], own: Descriptor | None = None, opaque: bool = True) -> Found:
        own = np.ascontiguousarray(self._descriptors[self._order[keeper]] if own is None else own)
        for position in (np.flatnonzero(free[keeper + 1 :]) + keeper + 1).tolist():
            score = self._comparator.score(own, np.ascontiguousarray(self._descriptors[self._order[position]]))
            if score < self._limit:
                yield Near(position, 1 - score / self._comparator.compared_area(own))

    def measure(self, keeper: int, other: int, own: Descriptor | None = None) -> float:
        own = np.ascontiguousarray(self._descriptors[self._order[keeper]] if own is None else own)
        candidate = np.ascontiguousarray(self._descriptors[self._order[other]])
        return 1 - self._comparator.score(own, candidate) / self._comparator.compared_area(own)


class DigestNeighbours:
    """By `PixelDigest`: those of the same digest, found together."""

    def __init__(self, descriptors: NDArray[Any], order: Order) -> None:
        self._digests = [descriptors[position].tobytes() for position in order]
        self._same: dict[bytes, list[int]] = {}
        for position, digest in enumerate(self._digests):
            self._same.setdefault(digest, []).append(position)

    def find(self, keeper: int, free: NDArray[np.bool_], own: Descriptor | None = None, opaque: bool = True) -> Found:
        for position in self._same.get(self._digests[keeper] if own is None else own.tobytes(), ()):
            if position > keeper and free[position]:
                yield Near(position, 1.0)

    def measure(self, keeper: int, other: int, own: Descriptor | None = None) -> float:
        return float((self._digests[keeper] if own is None else own.tobytes()) == self._digests[other])


class EmbeddingNeighbours:
    """By `Embedding`: one product of a vector with all the others."""

    def __init__(self, descriptors: NDArray[Any], order: Order, comparator: Embedding, similarity: float) -> None:
        self._descriptors, self._order = descriptors, order
        self._comparator, self._similarity = comparator, similarity
        lengths = np.linalg.norm(descriptors, axis=1, keepdims=True)
        self._unit = (descriptors / np.where(lengths == 0, 1, lengths))[order]

    def find(self, keeper: int, free: NDArray[np.bool_], own: Descriptor | None = None, opaque: bool = True) -> Found:
        own = self._descriptors[self._order[keeper]] if own is None else own
        is_zero = not own.any()
        cosines = self._unit[keeper + 1 :] @ (own / (1 if is_zero else np.linalg.norm(own)))
        near = np.flatnonzero((is_zero | (cosines >= self._similarity - _SLACK)) & free[keeper + 1 :])
        for position in (near + keeper + 1).tolist():
            similarity = self.measure(keeper, position, own)
            if round(similarity, _ROUND) >= self._similarity:
                yield Near(position, similarity)

    def measure(self, keeper: int, other: int, own: Descriptor | None = None) -> float:
        own = self._descriptors[self._order[keeper]] if own is None else own
        return 1 - self._comparator.score(own, self._descriptors[self._order[other]])


class TurnedNeighbours:
    """Of descriptors of all orientations, (n, 8, ...): the keeper is held in each against the others as they are."""

    def __init__(
        self, descriptors: NDArray[Any], order: Order, search: Callable[[NDArray[Any], Order], Neighbours]
    ) -> None:
        self._descriptors, self._order = descriptors, order
        self._neighbours = search(descriptors[:, 0], order)

    def find(self, keeper: int, free: NDArray[np.bool_], own: Descriptor | None = None, opaque: bool = True) -> Found:
        turned = self._descriptors[self._order[keeper]] if own is None else own
        found = [
            near._replace(turn=turn)
            for turn, each in enumerate(turned)
            for near in self._neighbours.find(keeper, free, each, opaque)
        ]
        yield from sorted(found, key=lambda near: (near.position, -near.similarity, near.turn))

    def measure(self, keeper: int, other: int, own: Descriptor | None = None) -> float:
        turned = self._descriptors[self._order[keeper]] if own is None else own
        return max(self._neighbours.measure(keeper, other, each) for each in turned)


def count_bits(words: NDArray[np.uint64], keeper: int, own: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Return the Hamming distances, (n - keeper - 1,), of a hash, (words,), to all after `keeper` of (words, n)."""
    distances = np.zeros(words.shape[1] - keeper - 1, np.uint16)
    for word, part in zip(words, own, strict=True):
        distances += np.bitwise_count(word[keeper + 1 :] ^ part)
    return distances


def _unit_large(greys: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (n, 257) of (n, 64, 64) such that the product of two rows is the correlation of what is large in them.

    A picture in which nothing is large has no direction; the last column makes it like others of the kind alone.
    """
    step = SSIM_SIDE // _LARGE
    units = np.empty((len(greys), _LARGE**2 + 1), np.float32)
    for start in range(0, len(greys), 4096):
        part = greys[start : start + 4096]
        large = part.reshape(len(part), _LARGE, step, _LARGE, step).mean(axis=(2, 4), dtype=np.float32)
        large = large.reshape(len(part), -1) - large.mean(axis=(1, 2), keepdims=True)[:, 0]
        lengths = np.linalg.norm(large, axis=1, keepdims=True)
        is_flat = lengths < _FLAT
        large = np.where(is_flat, 0, large / np.maximum(lengths, _FLAT))
        units[start : start + 4096] = np.concatenate([large, is_flat], axis=1)
    return units
