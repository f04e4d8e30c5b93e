"""`framesift filter`, which is also `main.py`: keep the frames that show something new."""

import argparse
import contextlib
import os
import sys
from itertools import chain

from framesift.cli import streams
from framesift.cli.backups import add_removal_arguments, check_plan_file, remove
from framesift.cli.ends import open_sink_of, open_source_of
from framesift.cli.options import (
    DONE,
    EXIT_CODES,
    SKIPPED,
    add_cluster_argument,
    add_comparing_arguments,
    add_jobs_argument,
    add_settings,
    open_workers_of,
    read_options,
    tell_left_out,
)
from framesift.cli.telling import Receivers, add_telling_arguments, tells
from framesift.errors import UsageError, pip_install, show
from framesift.filtering.options import CHOOSING, FRAMES, NUMBER, RUNNING

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from contextlib import ExitStack
    from typing import Any

    from framesift.cli.progress import Bar
    from framesift.filtering.run import Run
    from framesift.filtering.selection import Decision
    from framesift.filtering.settings import Settings
    from framesift.looking.report.rehearsal import Rehearsal

DESCRIPTION = """\
Walks the frames of each camera in time order and copies to RESULTS those that show something new against the last
kept frame. RESULTS/manifest.jsonl says what was decided of each frame, and why. Nothing of yours is ever changed.
With --remove-to BACKUP there is no RESULTS: the frames that show nothing new are moved to BACKUP instead."""

EXAMPLE = """\
example:
  %(prog)s frames results                    the default thresholds, relative to the picture
  %(prog)s frames results 0.1%% 1.5%%          shares of the picture: the same for any size
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
        help="folder of the frames, or its URL (s3://BUCKET/FOLDER); or [NAME=]rtsp://HOST/PATH..., or a list of them",
    )
    results = "folder for the kept frames, or its URL: new, empty, or of an earlier run to go on with"
    add("results", metavar="RESULTS", nargs="?", help=results)
    add_comparing_arguments(parser)
    add_settings(parser.add_argument_group("number of frames"), NUMBER)
    add_settings(parser.add_argument_group("frames"), [*FRAMES, *CHOOSING])
    add_removal_arguments(parser.add_argument_group("removing"))
    _add_running_arguments(parser.add_argument_group("running"))
    add_telling_arguments(parser.add_argument_group("telling somebody"))


def _add_running_arguments(group: argparse._ActionsContainer) -> None:
    add = group.add_argument
    add_settings(group, RUNNING)
    watch = "go on: decide new frames as they arrive, until Ctrl-C or SIGTERM"
    add("--watch", action="store_true", help=watch)
    add("--for", metavar="TIME", dest="duration", help="end after so long, such as 10m: with streams")
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

    from framesift.cli import cautions, configs
    from framesift.cli.crew import open_forks
    from framesift.cli.health import tell_fault
    from framesift.cli.threads import import_opencv

    import_opencv()
    from framesift.filtering.run import Run

    settings, receivers = _read_wishes(options), Receivers(options)
    with ExitStack() as stack:
        rehearsal = _prepare_report(options, settings, stack)
        cluster = open_workers_of(options, stack)
        source, sink = open_source_of(options, settings), open_sink_of(options, settings)
        receivers.follow(sink, settings, options, stack)
        with (
            Run(source, sink, settings) as run,
            _open_bar(run, options) as bar,
            suppress(*([KeyboardInterrupt] if options.watch else [])),  # the one way in which watching ends
            closing(
                run.decide(options.jobs, cluster or open_forks(options, settings, source.expected, stack))
            ) as decisions,
        ):
            cautions.tell(cautions.doubt_wishes(settings, options), options)
            if options.watch:
                sink.health.listeners.append(tell_fault("" if options.streams else options.directory, settings.naming))
            configs.tell_settings(run, options)
            if options.watch and not options.quiet:
                print(f"{show(options.directory)}: watching; Ctrl-C ends it", file=sys.stderr)
            run.follow = bar.update
            for decision in decisions:
                bar.set_postfix_str(f"{sink.volume.kept:,} kept", refresh=False)
                bar.update(not (settings.keep or cluster))
                _tell_decision(decision, options, settings, bar)
                if rehearsal is not None:
                    rehearsal.add(decision, run.levels.find(decision.frame.camera))
        if options.report:
            _write_report(options, rehearsal)
    return _conclude(run, options)


def _open_bar(run: "Run", options: argparse.Namespace) -> "Bar":
    from framesift.cli.outcome import tell_earlier
    from framesift.cli.progress import open_bar

    earlier = tell_earlier(run, options)
    total = None if options.watch else run.source.expected
    return open_bar(total=total, quiet=options.quiet, earlier=0 if options.watch or not total else earlier)


def _read_wishes(options: argparse.Namespace) -> "Settings":
    """Return the settings, once it is clear that all that is asked for can be had."""
    from framesift.filtering.combinations import Wishes, check_combination

    check_plan_file(options)
    streams.read_streams(options)
    if not options.streams and os.path.isfile(options.directory):  # and perhaps the next files for RESULTS and so on
        raise UsageError("is not a folder", options.directory)
    _shift_thresholds(options)
    settings = streams.complete(read_options(options), options)
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
            tells(options),
            bool(options.streams),
            options.seconds,
        )
    )
    options.watch |= bool(options.streams)
    if not options.results and not options.remove_to and not options.dry_run:
        example = f"such as: framesift filter {show(options.directory)} {show(options.directory.rstrip('/'))}-kept"
        raise UsageError(f"takes RESULTS, or --remove-to BACKUP and then perhaps --plan; {example}")
    _refuse_swapped(options)
    return settings


def _refuse_swapped(options: argparse.Namespace) -> None:
    """Raise UsageError where DIR is not there: where RESULTS is, of no run, they were taken for each other."""
    from framesift.filtering.manifest import NAME
    from framesift.stores import is_url

    first, second = options.directory, options.results
    if options.streams or is_url(first) or "://" in first or os.path.lexists(first) or not os.path.isdir(second or ""):
        return
    is_run = os.path.exists(os.path.join(second, NAME))
    meant = "" if is_run else f"; probably meant: framesift filter {show(second)} {show(first)}"
    raise UsageError(f"no such folder{meant}", first)


def _shift_thresholds(options: argparse.Namespace) -> None:
    """Take the numbers behind DIR for thresholds where there need be no RESULTS."""
    from framesift.comparators.thresholds import Threshold

    if not (options.remove_to or options.dry_run) or options.score_threshold:
        return
    numbers = [options.results, options.min_contour_area]
    with contextlib.suppress(UsageError):
        list(map(Threshold.parse, filter(None, numbers)))
        options.results, options.min_contour_area, options.score_threshold = None, *numbers


def _tell_decision(decision: "Decision", options: argparse.Namespace, settings: "Settings", bar: "Bar") -> None:
    is_skipped = decision.verdict == "skip"
    if not (is_skipped or options.verbose):
        return
    from framesift.stores import join

    path = decision.frame.path if options.streams else join(options.directory, decision.frame.path)
    if is_skipped:
        missing = f": {pip_install('heif')}" if decision.reason.endswith(" the extra heif") else ""
        bar.write(f"{show(path)}: {decision.reason}{missing}", file=sys.stderr)
    else:
        from framesift.looking.wording import describe_decision

        bar.write(f"{show(path)}: {describe_decision(settings, decision)}", file=sys.stderr)


def _prepare_report(options: argparse.Namespace, settings: "Settings", stack: "ExitStack") -> "Rehearsal | None":
    """Refuse a report that would overwrite something before the work begins; begin what a dry run is reported from."""
    if not options.report:
        return None
    from framesift.actions.files.outputs import check_output
    from framesift.looking.report.rehearsal import Rehearsal

    check_output(options.report, None if options.dry_run else options.results)
    if not options.dry_run:
        return None
    folder = options.results or f"{options.directory.rstrip('/')}-kept"
    return stack.enter_context(Rehearsal(folder, options.directory, settings))


def _write_report(options: argparse.Namespace, rehearsal: "Rehearsal | None") -> None:
    from framesift.cli.progress import follow_steps, open_bar
    from framesift.filtering.manifest import open_record
    from framesift.looking.report import write_report
    from framesift.stores import is_url

    source = options.directory if is_url(options.directory) else None
    record = open_record(options.results, source) if rehearsal is None else rehearsal.finish()
    with open_bar(stage="report", unit="picture", quiet=options.quiet) as bar:
        write_report(record, options.report, options.jobs, follow=follow_steps(bar))


def _conclude(run: "Run", options: argparse.Namespace) -> int:
    """Carry out the removal, print the summary; return the exit code."""
    from framesift.cli import cautions
    from framesift.cli.outcome import describe_order, describe_run
    from framesift.filtering.selection import Verdict
    from framesift.stores import join

    source, summary = run.source, run.sink.summary
    removed = _remove_dropped(run, options) if options.remove_to else {}

    for folder, reason in source.listing.unlisted:
        print(f"{show(join(options.directory, folder))}: {reason}", file=sys.stderr)
    left_out = source.left_out
    tell_left_out(left_out, source.settings.choice, options.directory, quiet=True)
    for path, reason in run.sink.skipped().items():
        print(
            f"{show(path if options.streams else join(options.directory, path))}: {reason} (skipped by an earlier run)",
            file=sys.stderr,
        )
    for line in [] if options.watch else describe_order(source):  # which has told of each
        print(f"{show(options.directory)}: {line}", file=sys.stderr)
    if options.json:
        import json
        from dataclasses import asdict

        more: dict[str, Any] = {"removed": removed} if removed else {}
        more |= {"cluster": run.cost.as_json()} if run.cost else {}
        more |= {"budget": [each.as_json() for each in run.allotments]} if run.allotments else {}
        more |= {"films": asdict(source.passage)} if source.passage.frames else {}
        more |= {"not_looked_at": not_looked_at} if (not_looked_at := left_out.as_json()) else {}
        more |= {"health": health} if (health := run.sink.health.as_json()) else {}
        more |= {"passed_over": source.listing.others} if source.listing.others else {}
        print(json.dumps({**summary.as_json(), "late": len(source.late), "replaced": source.replaced, **more}))
    elif not options.quiet:
        print("\n".join(describe_run(run, options, removed)))
    if not (options.quiet or options.watch):
        cautions.tell(chain(summary.doubts(), cautions.doubt_outcome(run, options)), options)
    left = source.late or source.replaced or removed.get("left")
    return SKIPPED if summary.verdicts[Verdict.SKIP] or source.listing.unlisted or left else DONE


def _remove_dropped(run: "Run", options: argparse.Namespace) -> "dict[str, Any]":
    from framesift.filtering.removal import Removal

    return remove(run.sink.plan(), options) if isinstance(run.sink, Removal) else {}
