"""python -m benchmarks.duplicates.scaling [METHOD] [NUMBER]: time and memory of grouping made-up descriptors.

Half of them are pictures of their own, each of the others is a copy of one of these but for three bits of its hash.
"""

import resource
import sys
import time

import numpy as np
from numpy.typing import NDArray

from framesift.comparators import combined, verified_hash
from framesift.duplicates import Item, Preference, Watch, by_combined, by_hash
from framesift.duplicates.inventory import Inventory
from framesift.duplicates.search import form_groups

DESCRIPTORS = {"combined": combined.DESCRIPTOR, "hash": verified_hash.DESCRIPTOR}
CHUNK = 1000


def make_descriptors(method: str, number: int) -> NDArray[np.void]:
    """(number,) of the method's descriptors; the same at every call."""
    random = np.random.default_rng(0)
    made = np.zeros(number, DESCRIPTORS[method])
    own = number // 2
    made["hash"][:own] = random.integers(0, 2**63, (own, made["hash"].shape[1]), dtype=np.uint64)
    made["histogram"][:own] = random.gamma(0.5, 1, (own, 3, 64)) * 1000
    side = made["grey"].shape[1] // 8
    for start in range(0, own, CHUNK):
        blocks = random.integers(0, 256, (min(CHUNK, own - start), side, side), dtype=np.uint8)
        made["grey"][start : start + CHUNK][: len(blocks)] = blocks.repeat(8, axis=1).repeat(8, axis=2)
    for start in range(own, number, CHUNK):
        copies = made[start : start + CHUNK]
        copies[:] = made[random.integers(0, own, len(copies))]
        copies["hash"][:, 0] ^= np.uint64(0b1011)
    return made


def main(method: str = "combined", number: str = "100000") -> None:
    """Print groups, members, seconds and memory."""
    descriptors = make_descriptors(method, int(number))
    items = [Item(f"{n}.jpg", (640, 480), len(descriptors) - n, 0, 1, n, 0) for n in range(len(descriptors))]
    chosen = {"combined": by_combined, "hash": by_hash}[method]()
    wall, processor = time.perf_counter(), time.process_time()
    groups = list(form_groups(Inventory(items, descriptors), chosen, Preference(), Watch()))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    members = sum(len(group.members) for group in groups)
    print(f"{method}: {number} files, {len(groups)} groups, {members} members; ", end="")
    print(f"{processor:.1f} s of one core, {wall:.1f} s of clock; {peak} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
