"""python peers.py NAME FOLDER: the pairs that another program finds, as JSON on the last line. No import of ours.

It is run by the interpreter that has the program, which need not be the one that has framesift.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

Pairs = set[tuple[str, str]]


def imagededup(folder: Path) -> Pairs:
    """PHash with its default distance of 10 bits."""
    from imagededup.methods import PHash

    found = PHash(verbose=False).find_duplicates(image_dir=str(folder))
    return {tuple(sorted((one, other))) for one, others in found.items() for other in others}


def difpy(folder: Path) -> Pairs:
    """`similarity="similar"`: mean squared error below 5 at 50x50 px."""
    import difPy

    built = difPy.build(str(folder), show_progress=False)
    found = difPy.search(built, similarity="similar", show_progress=False).result
    return set(_pairs([key, *(match[0] for match in matches)] for key, matches in found.items()))


def czkawka(folder: Path) -> Pairs:
    """`czkawka_cli image` with its defaults."""
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "found.json"
        command = ["czkawka_cli", "image", "-d", str(folder), "-C", str(target)]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        groups = json.loads(target.read_text())
    return set(_pairs([entry["path"] for entry in group] for group in groups))


def _pairs(groups: Iterable[list[str]]) -> Iterable[tuple[str, str]]:
    for group in groups:
        yield from combinations(sorted({Path(path).name for path in group}), 2)


def _count_seconds() -> float:
    """Of one core, of this program and of those that it has started."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main(name: str, folder: Path) -> None:
    """Print {"seconds": ..., "pairs": [...]}."""
    if name == "czkawka" and shutil.which("czkawka_cli") is None:
        sys.exit("czkawka_cli is not installed")
    start = _count_seconds()
    pairs = {"imagededup": imagededup, "difpy": difpy, "czkawka": czkawka}[name](folder)
    print(json.dumps({"seconds": _count_seconds() - start, "pairs": sorted(pairs)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
