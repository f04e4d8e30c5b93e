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
from framesift.duplicates import Method, by_combined, by_framediff, by_hash, by_identity, by_pixels, find_duplicates

Pair = tuple[str, str]
"""Of names, sorted."""
PEERS = ("imagededup", "difpy", "czkawka")
METHODS: dict[str, Callable[[], Method]] = {
    "combined": by_combined,
    "hash": by_hash,
    "framediff": by_framediff,
    "pixels": by_pixels,
    "identical": by_identity,
}
"""With the settings that they have where nobody says otherwise."""


@dataclass(frozen=True)
class Outcome:
    """What a contender made of a labelled set."""

    name: str
    found: frozenset[Pair]
    """The pairs that it calls the same: of framesift's groups, each member with the file that stays for it."""
    seconds: float
    """Of one core, from the files to the groups, nothing remembered: others on the machine hardly change them."""


def run_method(name: str, labelled: LabelledSet) -> Outcome:
    """Search the whole folder, as the command does."""
    start = time.process_time()
    with tempfile.TemporaryDirectory() as place:
        findings = find_duplicates(labelled.folder, METHODS[name](), index=Path(place) / "index.sqlite")
    seconds = time.process_time() - start
    pairs = ((group.keeper.path, member.item.path) for group in findings.groups for member in group.members)
    return Outcome(name, frozenset(map(sort_pair, pairs)), seconds)


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
    paths = [labelled.folder / name for name in sorted(labelled.files) if not name.endswith(".gif")]
    pairs = list(combinations(paths, 2))
    _compare_files(*pairs[0])  # importing its libraries is not what is measured
    start = time.process_time()
    for one, other in Random(1).sample(pairs, min(sample, len(pairs))):
        _compare_files(one, other)
    return (time.process_time() - start) / min(sample, len(pairs)) * len(pairs)


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
