"""Right and wrong of what was found, in all and by kinds and changes."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.duplicates.contenders import Outcome, Pair
from benchmarks.duplicates.labelled import ORIGINAL, Labelled, LabelledSet


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of pairs that were found, and of files."""

    right: int
    wrong: int
    """Pairs of files that show two things."""
    joined: int
    """Files that are in a group with others that show the same, but for one of each group."""
    surplus: int
    """Files that show what another one shows, but for one of each scene: those that could all go."""

    @property
    def precision(self) -> float | None:
        """Share of the pairs found that show the same; None where nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Share of the surplus that was found; None where there is none."""
        return self.joined / self.surplus if self.surplus else None


def judge(labelled: LabelledSet, outcome: Outcome, kind: str | None = None) -> Verdict:
    """Judge what was found among the files of a kind, or among all. A wrong pair of two kinds counts for both."""
    files = {name: each for name, each in labelled.files.items() if kind in (None, each.kind)}
    touched = [pair for pair in outcome.found if any(name in files for name in pair)]
    right = [pair for pair in touched if _shows_the_same(labelled, pair)]
    surplus = len(files) - len({each.scene for each in files.values()})
    return Verdict(len(right), len(touched) - len(right), len(files) - _count_groups(files, right), surplus)


def find_missed(labelled: LabelledSet, outcome: Outcome) -> dict[str, Labelled]:
    """Return the versions that are not in one group with what they were made from."""
    root = _join(labelled.files, [pair for pair in outcome.found if _shows_the_same(labelled, pair)])
    files = labelled.files.items()
    return {name: each for name, each in files if each.change != ORIGINAL and root(name) != root(each.original)}


def _shows_the_same(labelled: LabelledSet, pair: Pair) -> bool:
    one, other = (labelled.files[name].scene for name in pair)
    return one == other


def _count_groups(files: dict[str, Labelled], pairs: list[Pair]) -> int:
    root = _join(files, pairs)
    return len({root(name) for name in files})


def _join(files: dict[str, Labelled], pairs: list[Pair]) -> Callable[[str], str]:
    """Return what names the group of a file, where pairs are in one group."""
    parents = {name: name for name in files}

    def root(name: str) -> str:
        while parents[name] != name:
            name = parents[name]
        return name

    for one, other in pairs:
        parents[root(one)] = root(other)
    return root
