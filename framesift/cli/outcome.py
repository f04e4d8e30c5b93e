"""What `framesift filter` says in the end: a table for eyes, plain lines for all else, and the next step."""

import argparse
import sys
from itertools import groupby

from framesift.cli.backups import describe_removal, name_undo
from framesift.cli.health import describe_health
from framesift.cli.terminal import Terminal, format_bytes
from framesift.errors import as_command, counted, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from framesift.filtering.run import Run
    from framesift.filtering.selection import Verdict
    from framesift.filtering.sources import Source
    from framesift.filtering.summary import Summary
    from framesift.frames.naming import Naming

_BAR = 20
"""Columns of the bar of what was kept."""
_TOLD = 8
"""So many budgets are told one by one."""
_MANY = 20
"""Of so many frames on it is worth a word that more than half are kept."""
_CAMERA = 30
"""Columns that the name of a camera may take."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


def describe_run(run: "Run", options: argparse.Namespace, removed: "dict[str, Any]") -> "Iterator[str]":
    """Yield what a person reads of a run: a table and what comes next on a terminal, plain lines for all else."""
    source, summary, naming = run.source, run.sink.summary, run.settings.naming
    terminal = Terminal(sys.stdout, options.color)
    yield from format_table(summary, naming, terminal) if terminal.is_live else summary.lines(naming)
    yield from describe_health(run.sink.health.faults, naming)
    yield from _describe_films(source)
    yield from filter(None, [source.left_out.describe()])
    yield from source.notes()
    yield from describe_budget(run)
    if run.cost:
        yield run.cost.line()
    if options.remove_to:
        yield from _describe_paged(run)
    if source.listing.videos and source.settings.every is None:
        yield f"{counted(len(source.listing.videos), 'video')} left out: --every 1s looks at a frame for each second"
    if source.listing.others:
        yield source.listing.describe_others()
    if terminal.is_live:
        yield from _describe_outcome(run, options)
    if removed:
        yield describe_removal(removed, options)
    if terminal.is_live and removed.get("done") and options.remove_to and not options.dry_run:
        yield f"Give them back: {name_undo(options.remove_to)}"


def _describe_paged(run: "Run") -> "Iterator[str]":
    from framesift.filtering.removal import Removal

    if not isinstance(run.sink, Removal):
        return
    if run.sink.paged:
        yield f"{counted(len(run.sink.paged), 'file')} of several pages left: no page can be removed from a file"
    if run.sink.joined:
        number = counted(len(run.sink.joined), "file")
        yield f"{number} left that showed nothing new: a second picture or a film is behind the first"


def describe_budget(run: "Run") -> "Iterator[str]":
    """Yield by which thresholds a budget was kept, and what of it was not reached."""
    told = run.allotments
    missed = [each for each in told if not each.reached]
    if len(told) > _TOLD:
        lowest, highest = (choose(told, key=lambda each: each.threshold.value).threshold for choose in (min, max))
        kept, allowed = sum(each.kept for each in told), sum(each.allowed for each in told)
        more = f"; {len(missed):,} not reached, such as" if missed else ""
        yield f"{len(told):,} budgets: {kept:,} of {allowed:,} kept, by thresholds from {lowest} to {highest}{more}"
        told = missed[:_TOLD]
    for each in told:
        if each.reached:
            yield f"budget of {each.part}: {each.kept:,} of {each.allowed:,} kept, by a threshold of {each.threshold}"
        else:
            yield f"budget of {each.part} not reached: {each.kept:,} frames of {each.allowed:,} show something new"


def describe_order(source: "Source") -> "Iterator[str]":
    """Yield a line for each camera of which frames came out of order, and for what is left under a decided name."""
    from framesift.filtering.sources import AHEAD_OF_OTHERS, CONTRARY, describe_fault

    for camera, paths in source.listing.contrary.items():
        yield f"camera {show(camera)}: {counted(len(paths), 'frame')}, such as {show(paths[0])}: {CONTRARY}"
    for camera, faults in groupby(source.faults, key=lambda frame: frame.camera):
        number, first = counted(len(faulty := list(faults)), "frame"), faulty[0]
        yield f"camera {show(camera)}: clock fault: {number}, such as {show(first.path)}: {describe_fault(first)}"
    for camera, stamp in source.ahead.items():
        yield f"camera {show(camera)}: clock fault: {show(stamp.path)}: {AHEAD_OF_OTHERS}"
    for path in source.replaced:
        yield f"{show(path)}: holds another film than the one that was decided: left; give it another name"
    for camera, late in groupby(source.late, key=lambda frame: frame.camera):
        number, first = counted(len(left := list(late)), "frame"), left[0]
        yield (
            f"camera {show(camera)}: {number} came after later ones had been decided, such as {show(first.path)}; "
            "left out: --late decide compares them with the kept frames before them"
        )


def tell_earlier(run: "Run", options: argparse.Namespace) -> int:
    """Return how many frames earlier runs have decided, and tell whoever looks on where something is left to do."""
    earlier, rest = run.sink.summary.verdicts.total(), run.source.expected
    if earlier and rest and sys.stderr.isatty() and not options.quiet:
        decided = counted(earlier, "frame")
        print(f"{show(options.results)}: {decided} decided earlier, {rest:,} to go", file=sys.stderr)
    return earlier


def format_table(summary: "Summary", naming: "Naming", terminal: Terminal) -> list[str]:
    """Return a row for each camera and one for all, with a bar of what was kept, and what else there is to say."""
    cameras = list(summary.cameras.values())
    rows = [_row(_cut(show(c.camera)), c.verdicts, _span(c.first, c.last, naming), terminal.draws) for c in cameras]
    if len(rows) > 1:
        rows.append(_row("total", summary.verdicts, "", terminal.draws))
    heads: tuple[str, ...] = ("camera", "frames", "kept", "", "", "dropped", "skipped", f"from, to{naming.zone_name}")
    widths = _measure(heads, rows)
    if sum(widths) + 2 * (len(widths) - 1) > terminal.columns:
        heads, rows = heads[:-1], [row[:-1] for row in rows]  # rather no times than lines that are broken
        widths = widths[:-1]
    lines = [terminal.paint("  ".join(_pad(heads, widths)).rstrip(), "faint")]
    lines += ["  ".join(_paint(list(_pad(row, widths)), terminal)).rstrip() for row in rows]
    for camera in cameras:
        lines += [f"{show(camera.camera)}: {note}" for note in camera.notes()]
        lines += [terminal.paint(hint, "yellow") for hint in camera.hints()]
    return lines


def _describe_outcome(run: "Run", options: argparse.Namespace) -> "Iterator[str]":
    """Yield what this run comes to, what it has written, and what can be done next."""
    volume = run.sink.volume
    sizes = f" ({format_bytes(volume.kept_bytes)} of {format_bytes(volume.bytes)})" if volume.bytes else ""
    earlier = run.sink.summary.verdicts.total() - volume.frames
    many = f"{volume.kept:,} of {counted(volume.frames, 'frame')}"
    if options.dry_run:
        yield f"{many} would be kept{sizes}; nothing was written"
    elif not options.remove_to and not volume.frames:
        yield f"nothing new: all {counted(earlier, 'frame')} in {show(options.results)} were decided earlier"
    elif not options.remove_to:
        before = f"; {earlier:,} decided earlier" if earlier else ""
        yield f"{many} kept in {show(options.results)}{sizes}{before}"
    if options.report:
        yield f"report: {show(options.report)}"
    elif not (options.dry_run or options.remove_to):
        yield f"Look: {_command('report', options.results)}"
        yield from _point_to_advice(run, options)


def _point_to_advice(run: "Run", options: argparse.Namespace) -> "Iterator[str]":
    """Name the command that measures why so many frames are kept, where many are, of pictures on this machine."""
    from framesift.stores import is_url

    volume = run.sink.volume
    many = volume.frames >= _MANY and 2 * volume.kept > volume.frames
    if many and run.source.listing.frames and not is_url(options.results):
        yield f"Too many? {_command('advise', options.results)}"


def _describe_films(source: "Source") -> "Iterator[str]":
    """Say what was passed over in the films of this run, where something was."""
    passage = source.passage
    if passage.passed_over:
        hint = "only key frames were decoded" if source.settings.key_frames else "--every frame looks at all"
        yield f"films: {passage.passed_over} of {counted(passage.frames, 'frame')} passed over between samples: {hint}"
    if passage.torn:
        end = "ends" if passage.torn == 1 else "end"
        yield f"films: {passage.torn} {end} in the middle of a picture, which is no frame"


def _command(name: str, folder: str) -> str:
    from framesift.stores import is_url

    words = ["framesift", name, folder, *(["--output", "report.html"] if is_url(folder) else [])]
    return as_command(words)


def _row(name: str, verdicts: "Counter[Verdict]", time: str, is_drawn: bool) -> tuple[str, ...]:
    from framesift.filtering.selection import Verdict

    kept, frames = verdicts[Verdict.KEEP], verdicts.total()
    share = kept / frames if frames else 0.0
    rest = (f"{verdicts[verdict]:,}" for verdict in (Verdict.DROP, Verdict.SKIP))
    return (name, f"{frames:,}", f"{kept:,}", f"{100 * share:.0f} %", _bar(share, is_drawn), *rest, time)


def _bar(share: float, is_drawn: bool) -> str:
    """Draw a share, to an eighth of a column; in ASCII to a column."""
    if not is_drawn:
        return ("#" * round(_BAR * share)).ljust(_BAR, ".")
    whole, part = divmod(round(8 * _BAR * share), 8)
    return ("█" * whole + _EIGHTHS[part] * (part > 0)).ljust(_BAR, "·")


def _span(first: "datetime | None", last: "datetime | None", naming: "Naming") -> str:
    if first is None or last is None:
        return ""
    day, end = naming.show(first), naming.show(last)
    return f"{day} to {end[11:] if end[:10] == day[:10] else end}"


def _cut(name: str) -> str:
    return name if len(name) <= _CAMERA else f"…{name[1 - _CAMERA :]}"


def _measure(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[int]:
    return [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]


def _pad(cells: tuple[str, ...], widths: list[int]) -> "Iterator[str]":
    for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        yield cell.ljust(width) if column in (0, 4, 7) else cell.rjust(width)


def _paint(cells: list[str], terminal: Terminal) -> "Iterator[str]":
    is_total = cells[0].rstrip() == "total"
    for column, cell in enumerate(cells):
        skipped = column == 6 and cell.strip() != "0"
        styles = ["green"] if column == 4 else ["yellow"] if skipped else ["bold"] if is_total else []
        yield terminal.paint(cell, *styles) if cell.strip() else cell
