"""What came out, as text and as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from benchmarks.speed.measuring import QUIET
from benchmarks.speed.race import Outcome, Row

HEAD: Final = (
    *("", "frames/s", "CPU ms/frame", "peak MiB", "x plain loop", "of the bound"),
    *("kept", "same as plain", "others' CPU"),
)
NOTES: Final = """\
x plain loop: median time of the plain loop / median time of this one, over all rounds of this run.
of the bound: the same for decoding alone, all pixels by OpenCV on as many threads, which keeps its memory. What decodes
faster is above 100 %.
CPU ms/frame: user and system time of the process with all its threads and children. peak MiB: the largest process, not
the sum of all. same as plain: the same frames kept; - where a program decides in its own way.
others' CPU: share of all cores that everything else on this machine used meanwhile; above 5 % the times are not to be
trusted, the CPU times hold better."""


def align(rows: Sequence[Sequence[str]]) -> str:
    """Columns under each other: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *rest in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def write_number(value: float | None, form: str) -> str:
    """The number, or a dash."""
    return "-" if value is None else format(value, form)


def list_cells(row: Row) -> tuple[str, ...]:
    """The texts of one line under `HEAD`."""
    same = "-"
    if row.differing is not None:
        same = f"no, {row.differing} differ" if row.differing else "yes"
    return (
        row.name,
        write_number(row.frames_per_second, ".1f"),
        write_number(row.cpu_ms, ".2f"),
        write_number(row.peak_mib, ".0f"),
        write_number(row.ratio, ".2f"),
        write_number(row.share, ".0%"),
        write_number(row.kept, "d"),
        same,
        write_number(row.others, ".0%"),
    )


def tabulate(outcome: Outcome) -> str:
    """A corpus with its title, table, failures and what is missing."""
    corpus = outcome.corpus
    lines = [f"{corpus.title}: {corpus.frames} frames, {corpus.megabytes:.0f} MB, median of {outcome.rounds} rounds"]
    lines.append(align([HEAD, *(list_cells(row) for row in outcome.rows if row.failure is None)]))
    lines += [f"failed: {row.name}: {row.failure}" for row in outcome.rows if row.failure is not None]
    lines += [f"not installed: {peer.name}: {peer.install}" for peer in outcome.missing]
    shares = [row.others for row in outcome.rows if row.others is not None]
    noisy = sum(share > QUIET for share in shares)
    if noisy:
        lines.append(f"NOISY: others used more than {QUIET:.0%} of the cores during {noisy} of these {len(shares)}")
    return "\n".join(lines)


def as_json(machine: dict[str, object], jobs: int, outcomes: Iterable[Outcome]) -> dict[str, object]:
    """Everything, with the seconds of each round."""
    return {"machine": machine, "jobs": jobs, "corpora": [as_entry(outcome) for outcome in outcomes]}


def as_entry(outcome: Outcome) -> dict[str, object]:
    """One corpus, without its place on this machine."""
    corpus = outcome.corpus
    return {
        "corpus": corpus.name,
        "title": corpus.title,
        "frames": corpus.frames,
        "megabytes": round(corpus.megabytes, 1),
        "rounds": outcome.rounds,
        "rows": [asdict(row) for row in outcome.rows],
        "missing": [asdict(peer) for peer in outcome.missing],
    }
