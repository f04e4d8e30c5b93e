"""Contenders in turn, round after round, and what comes out of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.speed.contenders import DECODING, PLAIN, Contender
from benchmarks.speed.corpora import Corpus
from benchmarks.speed.measuring import Run, RunFailed, measure
from benchmarks.speed.peers import Missing


@dataclass(frozen=True)
class Row:
    """One contender on one corpus; medians over the rounds."""

    name: str
    frames_per_second: float | None = None
    cpu_ms: float | None = None
    """CPU of all threads and child processes, for each frame."""
    peak_mib: float | None = None
    ratio: float | None = None
    """How many times as fast as the plain loop."""
    share: float | None = None
    """Of the speed of decoding alone, the bound of what looks at every pixel."""
    kept: int | None = None
    differing: int | None = None
    """Frames that only one of it and the plain loop keeps; None where it promises nothing."""
    others: float | None = None
    """Share of all cores that other processes used meanwhile."""
    seconds: tuple[float, ...] = ()
    """Of each round, in order."""
    failure: str | None = None


@dataclass(frozen=True)
class Outcome:
    """All contenders on one corpus."""

    corpus: Corpus
    rows: tuple[Row, ...]
    missing: tuple[Missing, ...]
    rounds: int


class Race:
    """The runs on one corpus while they are made."""

    def __init__(
        self, corpus: Corpus, contenders: Sequence[Contender], patience: float, tell: Callable[[str], None]
    ) -> None:
        self.corpus, self.contenders, self.patience, self.tell = corpus, contenders, patience, tell
        self.runs: dict[str, list[Run]] = {c.name: [] for c in contenders}
        self.kept: dict[str, int | None] = {}
        self.sets: dict[str, frozenset[str]] = {}
        self.failures: dict[str, str] = {}

    def run(self, rounds: int, missing: Sequence[Missing] = ()) -> Outcome:
        """One round to warm up, which is not counted, then `rounds`; each begins with another contender."""
        for number in range(rounds + 1):
            start = number % len(self.contenders)
            for contender in [*self.contenders[start:], *self.contenders[:start]]:
                if contender.name not in self.failures:
                    self.tell(f"{self.corpus.title}, round {number} of {rounds}: {contender.name}")
                    self.run_once(contender, counted=number > 0)
        return Outcome(self.corpus, tuple(self.summarise(c.name) for c in self.contenders), tuple(missing), rounds)

    def run_once(self, contender: Contender, counted: bool) -> None:
        """Measure one run; a contender that fails is out."""
        try:
            run = measure(contender, self.patience)
            self.kept[contender.name] = contender.count_kept()
        except (RunFailed, OSError) as error:
            self.failures[contender.name] = str(error)
            return
        if contender.list_kept is not None:
            self.sets[contender.name] = contender.list_kept()
        if counted:
            self.runs[contender.name].append(run)

    def summarise(self, name: str) -> Row:
        """The medians of a contender."""
        if name in self.failures:
            return Row(name, failure=self.failures[name])
        runs, frames = self.runs[name], self.corpus.frames
        seconds = median(run.seconds for run in runs)
        return Row(
            name,
            frames_per_second=frames / seconds,
            cpu_ms=median(run.cpu_seconds for run in runs) / frames * 1000,
            peak_mib=max(run.peak_mib for run in runs),
            ratio=self.compare(PLAIN, seconds),
            share=self.compare(DECODING, seconds),
            kept=self.kept[name],
            differing=self.count_differing(name),
            others=median_of_known([run.others for run in runs]),
            seconds=tuple(run.seconds for run in runs),
        )

    def compare(self, beginning: str, seconds: float) -> float | None:
        """How many times as fast as the contender whose name begins so."""
        runs = next((runs for name, runs in self.runs.items() if name.startswith(beginning)), None)
        return median(run.seconds for run in runs) / seconds if runs else None

    def count_differing(self, name: str) -> int | None:
        """Frames that only one of it and the plain loop keeps."""
        if name not in self.sets or PLAIN not in self.sets:
            return None
        return len(self.sets[name] ^ self.sets[PLAIN])


def median_of_known(values: Sequence[float | None]) -> float | None:
    """The median of those that are numbers."""
    known = [value for value in values if value is not None]
    return median(known) if known else None
