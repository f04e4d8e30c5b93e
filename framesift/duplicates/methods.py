"""The ways of finding near-duplicates: a comparator, and what score makes two files near-duplicates."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framesift.comparators.combined import Combined
from framesift.comparators.comparator import Comparator
from framesift.comparators.embedding import Embedding
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.orientation import AllTurns
from framesift.comparators.pixel_digest import PixelDigest
from framesift.comparators.thresholds import Threshold
from framesift.comparators.verified_hash import VerifiedHash
from framesift.duplicates.neighbours import (
    CombinedNeighbours,
    DigestNeighbours,
    EmbeddingNeighbours,
    FramediffNeighbours,
    HashNeighbours,
    Neighbours,
    TurnedNeighbours,
)
from framesift.duplicates.second_look import Look, are_single, have_same_bytes, have_same_pixels, look_alike, resemble
from framesift.errors import UsageError

FRAMEDIFF_SIZE = (320, 240)
"""Width and height in px at which frame differencing compares files of any size."""
FRAMEDIFF_AREA = 1000
FRAMEDIFF_SCORE = 1000
"""px: the smallest contour that counts, and what the score has to be below."""
COMBINED_SIMILARITY, EMBEDDING_SIMILARITY = 0.45, 0.95
"""Light that has changed costs a picture most of what its histograms add: the second look is what decides."""
HASH_DISTANCE = 8
COMBINED_SIDE = 256
"""px: what is larger is described in averages of squares of its pixels that have at least so many at each side, four
for each of the 64 that are compared. Averages of fewer would change what the Lanczos filter makes of them."""
RESEMBLING_BITS = 80
"""Of the 256 of a gradient hash: a crop of 4 % at every side changes up to 68."""


@dataclass(frozen=True)
class Method:
    """One way of finding near-duplicates."""

    name: str
    comparator: Comparator
    key: str
    """What a descriptor depends on beside the picture: descriptors of equal keys can be compared."""
    search: Callable[[NDArray[Any], NDArray[np.intp]], Neighbours]
    """Makes the neighbours of descriptors, (n, ...), in an order of preference, (n,)."""
    look: Look = look_alike
    """What decides, of the files themselves, whether a neighbour is the same."""
    side: int = 0
    """px that a picture, made smaller by averaging its pixels, has at least at each side when it is described; 0: it
    is described in full."""
    turned: bool = False
    """Whether a picture is found however it lies; descriptors are those of all orientations then."""


def by_combined(similarity: float = COMBINED_SIMILARITY) -> Method:
    """Near-duplicates are at least so similar: gradient hash, SSIM and colours in one score (see `Combined`).

    What differs in more than 72 of the 256 bits of the hash, or in the large, is not looked at; nor is a picture in
    which something has come, or gone, that can be seen at 64 px.
    """
    search = partial(CombinedNeighbours, similarity=similarity)
    return Method("combined", Combined(), f"combined/3 {COMBINED_SIDE}", search, side=COMBINED_SIDE)


def by_resemblance() -> Method:
    """The same, for what is only told and not removed: crops of more are looked at, and a little more may differ."""
    search = partial(CombinedNeighbours, similarity=COMBINED_SIMILARITY, most_bits=RESEMBLING_BITS)
    return replace(by_combined(), search=search, look=resemble)


def by_hash(distance: int = HASH_DISTANCE) -> Method:
    """Near-duplicates have cosine hashes that differ in at most so many bits, confirmed by colours and levels."""
    comparator = VerifiedHash(distance)
    return Method("hash", comparator, "hash/2", partial(HashNeighbours, comparator=comparator))


def by_framediff() -> Method:
    """Near-duplicates have no changed region of 1000 px at a common small size."""
    comparator = FrameDifferencing(Threshold.parse(FRAMEDIFF_AREA), size=FRAMEDIFF_SIZE)
    key = f"framediff/2 {comparator.size} {comparator.blur} {comparator.border_mask}"
    search = partial(FramediffNeighbours, comparator=comparator, limit=FRAMEDIFF_SCORE)
    return Method("framediff", comparator, key, search)


def by_embedding(comparator: Embedding, similarity: float = EMBEDDING_SIMILARITY) -> Method:
    """Near-duplicates have feature vectors with at least this cosine."""
    key = f"embedding/2 {comparator.digest} {comparator.size} {comparator.mean} {comparator.scale}"
    search = partial(EmbeddingNeighbours, comparator=comparator, similarity=similarity)
    return Method("embedding", comparator, key, search, are_single)


def by_pixels() -> Method:
    """Duplicates have the same pixels, whatever files they lie in: nothing is guessed."""
    return Method("pixels", PixelDigest(), "pixels/2", DigestNeighbours, have_same_pixels)


def by_identity() -> Method:
    """Duplicates are the same files, byte for byte."""
    return Method("identical", PixelDigest(), "pixels/2", DigestNeighbours, have_same_bytes)


def allow_turns(method: Method) -> Method:
    """Return a method that finds pictures too that were turned by quarters or mirrored. Raises UsageError where there
    is none: files that are turned are not the same files.
    """
    if method.look is have_same_bytes:
        raise UsageError("turned pictures are not the same files: --turned does not go with --method identical")
    comparator, search = AllTurns(method.comparator), partial(TurnedNeighbours, search=method.search)
    return replace(method, comparator=comparator, key=f"{method.key} turned", search=search, turned=True)


def parse_similarity(text: str) -> float:
    """Read `90%` or `0.9`. Raises UsageError for anything that is not above 0 and at most 100 %."""
    match = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)\s*(%?)\s*", text, re.ASCII)
    value = float(match[1]) / (100 if match[2] else 1) if match else 0.0
    if not 0 < value <= 1:
        raise UsageError(f"--similarity takes a share such as 90% or 0.9, not {text!r}")
    return value
