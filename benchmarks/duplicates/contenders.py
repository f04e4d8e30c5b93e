"""What is compared: framesift's methods, other programs, and the plain loop over all pairs of files."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random

import cv2
import numpy as np

from benchmarks.duplicates.labelled import LabelledSet
from framesift.duplicates import Method, by_combined, by_framediff, by_hash, find_duplicates

Pair = tuple[str, str]
PEERS = ("imagededup", "difpy", "czkawka")


@dataclass(frozen=True)
class Outcome:
    """What a contender made of a labelled set."""

    name: str
    found: frozenset[Pair]
    """Sorted pairs of names that it calls near-duplicates, among the labelled ones at least."""
    seconds: float
    """From the files to the groups, nothing remembered."""
    again: float | None = None
    """A second run."""


METHODS: dict[str, Callable[[], Method]] = {
    "combined 90%": by_combined,
    "combined 95%": lambda: by_combined(0.95),
    "hash": by_hash,
    "framediff": by_framediff,
}


def run_method(name: str, labelled: LabelledSet) -> Outcome:
    """Time the whole search; then ask the method for its verdict on every labelled pair."""
    method = METHODS[name]()
    with tempfile.TemporaryDirectory() as place:
        times = []
        for _ in range(2):
            start = time.perf_counter()
            findings = find_duplicates(labelled.folder, method, index=Path(place) / "index.sqlite")
            times.append(time.perf_counter() - start)
    items = [item.path for item in findings.inventory.items]
    described = dict(zip(items, findings.inventory.descriptors, strict=True))
    labelled_pairs = [(one, other) for one, other, _ in labelled.same] + labelled.different
    found = [pair for pair in labelled_pairs if _are_near(method, described[pair[0]], described[pair[1]])]
    return Outcome(f"framesift {name}", frozenset(map(sort_pair, found)), *times)


def _are_near(method: Method, one: np.ndarray, other: np.ndarray) -> bool:
    neighbours = method.search(np.array([one, other]), np.arange(2))
    return bool(list(neighbours.find(0, np.ones(2, np.bool_))))


def run_peer(name: str, labelled: LabelledSet, python: str) -> Outcome | str:
    """Run another program in the interpreter that has it; returns why not, where it cannot."""
    command = [python, str(Path(__file__).with_name("peers.py")), name, str(labelled.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["no message"])[-1]
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    return Outcome(name, frozenset(sort_pair(tuple(pair)) for pair in answer["pairs"]), answer["seconds"])


def estimate_all_pairs(labelled: LabelledSet, sample: int = 100) -> float:
    """Return the seconds that comparing every pair from its two files would take, from a sample of the pairs.

    Per pair, as in the usual script: read both files, cosine hash by imagehash, histograms, mean squared error.
    """
    paths = sorted(labelled.folder.iterdir())
    pairs = list(combinations(paths, 2))
    _compare_files(*pairs[0])  # importing its libraries is not what is measured
    start = time.perf_counter()
    for one, other in Random(1).sample(pairs, min(sample, len(pairs))):
        _compare_files(one, other)
    return (time.perf_counter() - start) / min(sample, len(pairs)) * len(pairs)


def _compare_files(one: Path, other: Path) -> bool:
    import imagehash
    from PIL import Image

    a, b = (np.asarray(cv2.imread(str(path)), np.uint8) for path in (one, other))
    distance = imagehash.phash(Image.fromarray(a)) - imagehash.phash(Image.fromarray(b))
    first, second = (cv2.calcHist([image], [0, 1, 2], None, [8, 8, 8], [0, 256] * 3) for image in (a, b))
    correlation = cv2.compareHist(first, second, cv2.HISTCMP_CORREL)
    error = float(np.mean((a.astype(float) - cv2.resize(b, a.shape[1::-1])) ** 2))
    return distance == 0 and correlation > 0.7 and error < 1000


def sort_pair(pair: Pair) -> Pair:
    """The pair in the order of names."""
    one, other = sorted(pair)
    return one, other


def interpreter(path: str | None) -> str:
    """The interpreter of the other programs: this one unless another is named."""
    return path or sys.executable
