"""Perceptual hashes, bit for bit those of the `imagehash` library (`phash`, `dhash`), as arrays of 64-bit words.

Sources: N. Krawetz, "Looks Like It" (2011) for the cosine hash (pHash) and "Kind of Like That" (2013) for the gradient
hash (dHash). The cosine transform is computed in whole numbers, so that the bits are the same on every machine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.resampling import convert_to_grey, shrink

Hash = NDArray[np.uint64]
"""(bits / 64,), the first bit of the hash is the highest of the first word."""

COSINE_SIDE = 32
"""px of the side of the grey picture that the cosine hash is computed from."""
_FREQUENCIES = 8
_COSINE_BITS = 22


@dataclass(frozen=True, slots=True)
class GradientHash:
    """Compares by whether each px of a (side + 1) x side version is darker than the next one to its right."""

    side: int = 16
    """side * side bits; a multiple of 8."""

    @property
    def bits(self) -> int:
        """The length of the hash."""
        return self.side**2

    def describe(self, image: NDArray[np.uint8]) -> Hash:
        """Return the hash, (bits / 64,) uint64, of a BGR picture, (height, width, 3) uint8."""
        return hash_gradients(convert_to_grey(image), self.side)

    def score(self, reference: Hash, candidate: Hash) -> float:
        """Return the Hamming distance in bits."""
        return float(count_differing_bits(reference, candidate))


@dataclass(frozen=True, slots=True)
class CosineHash:
    """Compares by which of the 64 lowest frequencies of a 32x32 version are above their median."""

    @property
    def bits(self) -> int:
        """The length of the hash."""
        return _FREQUENCIES**2

    def describe(self, image: NDArray[np.uint8]) -> Hash:
        """Return the hash, (1,) uint64, of a BGR picture, (height, width, 3) uint8."""
        return hash_frequencies(shrink(convert_to_grey(image), COSINE_SIDE, COSINE_SIDE))

    def score(self, reference: Hash, candidate: Hash) -> float:
        """Return the Hamming distance in bits."""
        return float(count_differing_bits(reference, candidate))


def hash_gradients(grey: NDArray[np.uint8], side: int) -> Hash:
    """Return the gradient hash of a grey picture of any size, (height, width) uint8."""
    small = shrink(grey, side + 1, side)
    return _pack(small[:, 1:] > small[:, :-1])


def hash_frequencies(small: NDArray[np.uint8]) -> Hash:
    """Return the cosine hash of a grey picture of 32x32 px, uint8."""
    cosines = _cosine_rows()
    frequencies = cosines @ small.astype(np.int64) @ cosines.T
    middle = np.sort(frequencies, axis=None)[_FREQUENCIES**2 // 2 - 1 :][:2]
    # Above the median, which is the mean of the two in the middle.
    return _pack(frequencies - middle[0] > middle[1] - frequencies)


def count_differing_bits(reference: Hash, candidate: Hash) -> int:
    """Return the Hamming distance of two hashes."""
    return int(np.bitwise_count(reference ^ candidate).sum())


def show_hash(value: Hash) -> str:
    """Return the hexadecimal digits of a hash, as `str` of imagehash's does."""
    return "".join(f"{int(word):016x}" for word in value)


def _cosine_rows() -> NDArray[np.int64]:
    """The lowest rows of the cosine transform (DCT-II) of 32 values, in 2**-22."""
    row, column = np.ogrid[:_FREQUENCIES, :COSINE_SIDE]
    cosines = np.cos(np.pi * row * (2 * column + 1) / (2 * COSINE_SIDE))
    return np.asarray(np.rint(cosines * (1 << _COSINE_BITS)), np.int64)


def _pack(bits: NDArray[np.bool_]) -> Hash:
    return np.packbits(bits.ravel()).view(">u8").astype(np.uint64)
