"""A digest of all pixels: the same for the same pixels, whatever file they lie in, and for no others."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Digest = NDArray[np.uint8]
_BYTES = 32


@dataclass(frozen=True, slots=True)
class PixelDigest:
    """Compares by whether all pixels are the same."""

    def describe(self, image: NDArray[np.uint8]) -> Digest:
        """Return the digest, (32,) uint8, of a BGR picture, (height, width, 3) uint8."""
        return np.frombuffer(bytes.fromhex(digest_pixels(image)), np.uint8)

    def score(self, reference: Digest, candidate: Digest) -> float:
        """Return 0 for the same pixels, 1 for others."""
        return float(not np.array_equal(reference, candidate))


def digest_pixels(*images: NDArray[Any]) -> str:
    """Return the digest of one picture, or of several planes of it, as 64 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=_BYTES)
    for image in images:
        digest.update(f"{image.shape} {image.dtype}".encode())
        digest.update(np.ascontiguousarray(image).data)
    return digest.hexdigest()
