"""`framesift filter`, which is also `main.py`: keep the frames that show something new."""

import argparse
import contextlib
import math
import sys
from itertools import groupby

from framesift.cli.backups import add_removal_arguments, check_plan_file, describe_removal, remove
from framesift.cli.options import (
    DONE,
    EXIT_CODES,
    SKIPPED,
    add_cluster_argument,
    add_jobs_argument,
    add_settings,
    add_threshold_arguments,
    open_workers_of,
    read_options,
    tell_left_out,
)
from framesift.errors import UsageError, counted, pip_install, show
from framesift.filtering.options import CHOOSING, COMPARING, FRAMES, RUNNING

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack
    from typing import Any

    from tqdm import tqdm

    from framesift.filtering.results import Results
    from framesift.filtering.run import Run
    from framesift.filtering.selection import Decision
    from framesift.filtering.settings import Settings
    from framesift.filtering.sinks import Removal
    from framesift.filtering.sources import Source
    from framesift.looking.report.rehearsal import Rehearsal

DESCRIPTION = """\
Walks the frames of each camera in time order and copies to RESULTS those that show something new against the last
kept frame. RESULTS/manifest.jsonl says what was decided of each frame, and why. Nothing of yours is ever changed.
With --remove-to BACKUP there is no RESULTS: the frames that show nothing new are moved to BACKUP instead."""

EXAMPLE = """\
example:
  %(prog)s frames results                    the default thresholds, relative to the picture
  %(prog)s frames results 0.1%% 1.5%%          shares of the compared area: the same for any size of picture
  %(prog)s frames results 500 5000           px of the compared size
  %(prog)s frames --remove-to backup         the kept frames stay, the others go; framesift undo gives them back

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=filter_command, takes_urls=True)
    add = parser.add_argument
    add(
        "directory",
        metavar="DIR",
        help="folder of the frames, or its URL (s3://BUCKET/FOLDER); folders below it are searched too",
    )
    results = "folder for the kept frames, or its URL: new, empty, or of an earlier run to go on with"
    add("results", metavar="RESULTS", nargs="?", help=results)
    add_threshold_arguments(parser)
    add_settings(parser.add_argument_group("comparing"), COMPARING)
    add_settings(parser.add_argument_group("frames"), [*FRAMES, *CHOOSING])
    add_removal_arguments(parser.add_argument_group("removing"))
    _add_running_arguments(parser.add_argument_group("running"))


def _add_running_arguments(group: argparse._ActionsContainer) -> None:
    add = group.add_argument
    add_settings(group, RUNNING)
    watch = "go on: decide new frames as they arrive, until Ctrl-C or SIGTERM"
    add("--watch", action="store_true", help=watch)
    add("--dry-run", action="store_true", help="decide and report the same, write and move nothing")
    add_jobs_argument(group)
    add_cluster_argument(group)
    add("--report", metavar="FILE.html", help="a page that shows every decision, also of a dry run")
    add("--quiet", action="store_true", help="no progress bar and no summary")
    add("--verbose", action="store_true", help="a line for each decision")
    add("--json", action="store_true", help="the summary as JSON")


def filter_command(options: argparse.Namespace) -> int:
    """Decide all frames, then say what it came to."""
    from contextlib import ExitStack, closing, suppress

    from tqdm import tqdm

    from framesift.filtering.run import Run

    settings = _read_wishes(options)
    with ExitStack() as stack:
        rehearsal = _prepare_report(options, settings, stack)
        cluster = open_workers_of(options, stack)
        source, sink = _open_source(options, settings), _open_sink(options, settings)
        hidden = True if options.watch else options.quiet or None
        with (
            Run(source, sink, settings) as run,
            tqdm(total=source.expected, unit="frame", file=sys.stderr, disable=hidden) as bar,
            suppress(*([KeyboardInterrupt] if options.watch else [])),  # the one way in which watching ends
            closing(run.decide(options.jobs, cluster)) as decisions,
        ):
            if options.watch and not options.quiet:
                print(f"{show(options.directory)}: watching; Ctrl-C ends it", file=sys.stderr)
            for decision in decisions:
                bar.update()
                _tell_decision(decision, options, settings, bar)
                if rehearsal is not None:
                    rehearsal.add(decision, run.levels.find(decision.frame.camera))
        if options.report:
            _write_report(options, rehearsal)
    return _conclude(run, options)


def _read_wishes(options: argparse.Namespace) -> "Settings":
    """Return the settings, once it is clear that all that is asked for can be had."""
    from framesift.filtering.combinations import Wishes, check_combination

    check_plan_file(options)
    _shift_thresholds(options)
    settings = read_options(options)
    check_combination(
        Wishes(
            options.directory,
            options.results,
            settings,
            options.remove_to,
            options.plan,
            options.watch,
            options.dry_run,
            options.report,
            options.cluster,
        )
    )
    if not options.results and not options.remove_to:
        raise UsageError("takes RESULTS, or --remove-to BACKUP and then perhaps --plan")
    return settings


def _shift_thresholds(options: argparse.Namespace) -> None:
    """Take the numbers behind DIR for thresholds where there is no RESULTS."""
    from framesift.comparators.thresholds import Threshold

    if not options.remove_to or options.score_threshold:
        return
    numbers = [options.results, options.min_contour_area]
    with contextlib.suppress(UsageError):
        list(map(Threshold.parse, filter(None, numbers)))
        options.results, options.min_contour_area, options.score_threshold = None, *numbers


def _open_source(options: argparse.Namespace, settings: "Settings") -> "Source":
    from framesift.filtering.arrivals import Arrivals
    from framesift.filtering.films import open_source

    def tell(path: str, what: str) -> None:
        print(f"{show(path)}: {what}", file=sys.stderr)

    return Arrivals(options.directory, settings, tell) if options.watch else open_source(options.directory, settings)


def _open_sink(options: argparse.Namespace, settings: "Settings") -> "Results | Removal":
    from framesift.filtering.arrivals import LONGEST
    from framesift.filtering.results import Results
    from framesift.filtering.sinks import Removal

    if options.remove_to:
        return Removal(options.directory, options.remove_to)
    longest = LONGEST if options.watch else math.inf
    return Results(options.results, options.directory, settings, options.dry_run, longest)


def _tell_decision(decision: "Decision", options: argparse.Namespace, settings: "Settings", bar: "tqdm[Any]") -> None:
    from framesift.filtering.selection import Verdict
    from framesift.stores import join

    path = join(options.directory, decision.frame.path)
    if decision.verdict is Verdict.SKIP:
        missing = f": {pip_install('heif')}" if decision.reason.endswith(" the extra heif") else ""
        bar.write(f"{show(path)}: {decision.reason}{missing}", file=sys.stderr)
    elif options.verbose:
        from framesift.looking.wording import describe_decision

        bar.write(f"{show(path)}: {describe_decision(settings, decision)}", file=sys.stderr)


def _prepare_report(options: argparse.Namespace, settings: "Settings", stack: "ExitStack") -> "Rehearsal | None":
    """Refuse a report that would overwrite something before the work begins; begin what a dry run is reported from."""
    if not options.report:
        return None
    from framesift.actions.files.outputs import check_output
    from framesift.looking.report.rehearsal import Rehearsal

    check_output(options.report, None if options.dry_run else options.results)
    return stack.enter_context(Rehearsal(options.results, options.directory, settings)) if options.dry_run else None


def _write_report(options: argparse.Namespace, rehearsal: "Rehearsal | None") -> None:
    from framesift.filtering.manifest import open_record
    from framesift.looking.report import write_report
    from framesift.stores import is_url

    source = options.directory if is_url(options.directory) else None
    record = open_record(options.results, source) if rehearsal is None else rehearsal.finish()
    write_report(record, options.report, options.jobs)


def _conclude(run: "Run", options: argparse.Namespace) -> int:
    """Carry out the removal, print the summary; return the exit code."""
    from framesift.filtering.selection import Verdict
    from framesift.filtering.sinks import Removal
    from framesift.stores import join

    source, summary = run.source, run.sink.summary
    removed = remove(run.sink.plan(), options) if isinstance(run.sink, Removal) else {}

    for folder, reason in source.listing.unlisted:
        print(f"{show(join(options.directory, folder))}: {reason}", file=sys.stderr)
    left_out = source.left_out
    tell_left_out(left_out, source.settings.choice, options.directory, quiet=True)
    for path, reason in run.sink.skipped().items():
        print(f"{show(join(options.directory, path))}: {reason} (skipped by an earlier run)", file=sys.stderr)
    for line in [] if options.watch else _describe_order(source):  # which has told of each
        print(f"{show(options.directory)}: {line}", file=sys.stderr)
    if options.json:
        import json
        from dataclasses import asdict

        more = {"removed": removed} if removed else {}
        more |= {"cluster": run.cost.as_json()} if run.cost else {}
        more |= {"films": asdict(source.passage)} if source.passage.frames else {}
        more |= {"not_looked_at": not_looked_at} if (not_looked_at := left_out.as_json()) else {}
        more |= {"passed_over": source.listing.others} if source.listing.others else {}
        print(json.dumps({**summary.as_json(), "late": len(source.late), "replaced": source.replaced, **more}))
    elif not options.quiet:
        lines = [*summary.lines(run.settings.naming), *_describe_films(source), *filter(None, [left_out.describe()])]
        lines += [run.cost.line()] if run.cost else []
        print("\n".join([*lines, *([describe_removal(removed, options)] if removed else [])]))
        if isinstance(run.sink, Removal) and run.sink.paged:
            print(f"{counted(len(run.sink.paged), 'file')} of several pages left: no page can be removed from a file")
        if source.listing.videos and source.settings.every is None:
            print(
                f"{counted(len(source.listing.videos), 'video')} left out: --every 1s looks at a frame for each second"
            )
        if source.listing.others:
            print(source.listing.describe_others())
    skipped = (
        summary.verdicts[Verdict.SKIP]
        or source.listing.unlisted
        or source.late
        or source.replaced
        or removed.get("left")
    )
    return SKIPPED if skipped else DONE


def _describe_order(source: "Source") -> "Iterator[str]":
    """Yield a line for each camera of which frames came out of order, and for what is left under a decided name."""
    from framesift.filtering.sources import AHEAD_OF_OTHERS, describe_fault

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


def _describe_films(source: "Source") -> "Iterator[str]":
    """Say what was passed over in the films of this run, where something was."""
    passage = source.passage
    if passage.passed_over:
        hint = "only key frames were decoded" if source.settings.key_frames else "--every frame looks at all"
        yield f"films: {passage.passed_over} of {counted(passage.frames, 'frame')} passed over between samples: {hint}"
    if passage.torn:
        end = "ends" if passage.torn == 1 else "end"
        yield f"films: {passage.torn} {end} in the middle of a picture, which is no frame"
