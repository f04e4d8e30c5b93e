"""`framesift filter`, which is also `main.py`: keep the frames that show something new."""

import argparse
import sys
from itertools import groupby

from framesift.cli.backups import add_removal_arguments, check_plan_file, describe_removal, remove
from framesift.cli.options import (
    DONE,
    EXIT_CODES,
    SKIPPED,
    add_cluster_argument,
    add_jobs_argument,
    add_mask_argument,
    add_max_pixels_argument,
    add_naming_arguments,
    open_workers_of,
    whole_number,
)
from framesift.errors import UsageError, counted, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import ExitStack
    from typing import Any

    from tqdm import tqdm

    from framesift.filtering.run import Run
    from framesift.filtering.selection import Decision
    from framesift.filtering.settings import Settings
    from framesift.frames.finding import Frame
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
    area = "changed regions smaller than this do not count: px, or a share (default 0.05%%; tolerance: 0.75%%)"
    add("min_contour_area", metavar="MIN_CONTOUR_AREA", nargs="?", help=area)
    score = "a frame is kept when its changed area is above this: px, or a share (default 0.75%%)"
    add("score_threshold", metavar="SCORE_THRESHOLD", nargs="?", help=score)
    add_comparing_arguments(parser.add_argument_group("comparing"))
    _add_frame_arguments(parser.add_argument_group("frames"))
    add_removal_arguments(parser.add_argument_group("removing"))
    _add_running_arguments(parser.add_argument_group("running"))


def add_comparing_arguments(group: argparse._ActionsContainer) -> None:
    """Add what says how frames are compared."""
    add = group.add_argument
    method = "framediff (default): pixel by pixel; tolerance: forgives shake, foliage and changes of light"
    add("--method", metavar="HOW", default="framediff", help=method)
    thorough = "with tolerance: find also what is small, and keep a little more (0.1%% and 0.75%%)"
    add("--thorough", action="store_true", help=thorough)
    width = "with tolerance: compare wider frames at this width (default 320)"
    add("--width", metavar="PX", type=whole_number, help=width)
    add("--blur", metavar="PX,...", default="5", help="sides of the Gaussian kernels in px, odd, or none (default 5)")
    mask = "strips that are not compared, percent of the side: left,top,right,bottom (default 5,10,5,0)"
    add("--border-mask", metavar="PERCENT,...", default="5,10,5,0", help=mask)
    regions = "regions to ignore or to look at only: polygons (JSON, LabelMe, COCO) or a black-and-white PNG"
    add_mask_argument(group, regions)
    size = "compare all frames at this size in px (default: each frame at its own, with frames of the same size)"
    add("--size", metavar="WIDTHxHEIGHT", help=size)


def _add_frame_arguments(group: argparse._ActionsContainer) -> None:
    add = group.add_argument
    add("--min-size", metavar="PX", type=whole_number, default=0, help="skip frames whose shorter side is less")
    add_max_pixels_argument(group)
    every = "look at videos too: at a frame for each 1s, 500ms or 2min; kept ones become PNG files"
    add("--every", metavar="TIME", help=every)
    add_naming_arguments(group)


def _add_running_arguments(group: argparse._ActionsContainer) -> None:
    add = group.add_argument
    fast = "fast: JPEG straight to grey, reduced where --size allows; about one frame in 100 is decided otherwise"
    add("--decode", choices=("exact", "fast"), default="exact", help=fast)
    link = "link kept frames instead of copying them: hard or symbolic"
    add("--link", choices=("hard", "symbolic"), default="copy", help=link)
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

    _sort_out_places(options)
    settings = read_settings(options)
    with ExitStack() as stack:
        rehearsal = _prepare_report(options, settings, stack)
        cluster = open_workers_of(options, stack)
        hidden = True if options.watch else options.quiet or None
        with (
            Run(options.directory, options.results, settings, options.dry_run, options.remove_to, options.watch) as run,
            tqdm(total=run.expected, unit="frame", file=sys.stderr, disable=hidden) as bar,
            suppress(*([KeyboardInterrupt] if options.watch else [])),  # the one way in which watching ends
            closing(_watch(run, options) if options.watch else run.decide(options.jobs, cluster)) as decisions,
        ):
            for decision in decisions:
                bar.update()
                _tell_decision(decision, options, bar)
                if rehearsal is not None:
                    rehearsal.add(decision)
        if options.report:
            _write_report(options, rehearsal)
    return _conclude(run, options)


def _watch(run: "Run", options: argparse.Namespace) -> "Generator[Decision, None, None]":
    from framesift.filtering.watching import watch_frames

    def tell(path: str, what: str) -> None:
        print(f"{show(path)}: {what}", file=sys.stderr)

    if not options.quiet:
        print(f"{show(options.directory)}: watching; Ctrl-C ends it", file=sys.stderr)
    return watch_frames(run, tell, options.jobs)


def _tell_decision(decision: "Decision", options: argparse.Namespace, bar: "tqdm[Any]") -> None:
    from framesift.filtering.selection import Verdict
    from framesift.stores import join

    path = join(options.directory, decision.frame.path)
    if decision.verdict is Verdict.SKIP:
        bar.write(f"{show(path)}: {decision.reason}", file=sys.stderr)
    elif options.verbose:
        bar.write(f"{decision.verdict} {show(path)}: {decision.reason}", file=sys.stderr)


def _prepare_report(options: argparse.Namespace, settings: "Settings", stack: "ExitStack") -> "Rehearsal | None":
    """Refuse a report that would overwrite something before the work begins; begin what a dry run is reported from."""
    if not options.report:
        return None
    from framesift.stores import is_url

    for place in filter(is_url, (options.directory, options.results)):
        raise UsageError("--report works with folders of this machine: run framesift report afterwards", place)
    from framesift.actions.files.outputs import check_output
    from framesift.looking.report.rehearsal import Rehearsal

    check_output(options.report, None if options.dry_run else options.results)
    return stack.enter_context(Rehearsal(options.results, options.directory, settings)) if options.dry_run else None


def _write_report(options: argparse.Namespace, rehearsal: "Rehearsal | None") -> None:
    from framesift.filtering.manifest import open_record
    from framesift.looking.report import write_report

    record = open_record(options.results) if rehearsal is None else rehearsal.finish()
    write_report(record, options.report, options.jobs)


def _sort_out_places(options: argparse.Namespace) -> None:
    """Take RESULTS or --remove-to, and where there is no RESULTS the numbers behind DIR as thresholds."""
    from framesift.comparators.thresholds import Threshold

    check_plan_file(options)
    _check_watch(options)
    if options.remove_to:
        numbers = [options.results, options.min_contour_area]
        try:
            list(map(Threshold.parse, filter(None, [*numbers, options.score_threshold])))
        except UsageError:
            numbers.append("")
        if options.score_threshold or "" in numbers:
            raise UsageError("takes RESULTS or --remove-to BACKUP, not both")
        options.results, options.min_contour_area, options.score_threshold = None, *numbers
    elif not options.results or options.plan:
        raise UsageError("takes RESULTS, or --remove-to BACKUP and then perhaps --plan")


def _check_watch(options: argparse.Namespace) -> None:
    """Refuse beside --watch what belongs to a run that ends, or writes nothing."""
    if not options.watch:
        return
    if options.every:
        raise UsageError("--watch looks at pictures only: sample videos in a run of their own, with --every")
    if options.cluster:
        raise UsageError("--watch decides a frame in less time than it takes to send it: it takes no --cluster")
    if options.dry_run or options.remove_to:
        other = "--dry-run" if options.dry_run else "--remove-to"
        raise UsageError(f"--watch copies what is new to RESULTS as it arrives: it takes no {other}")
    if options.report:
        raise UsageError("--watch has no end to report at: framesift report RESULTS FILE.html does it at any time")


def _conclude(run: "Run", options: argparse.Namespace) -> int:
    """Carry out the removal, print the summary; return the exit code."""
    from framesift.filtering.selection import Verdict
    from framesift.stores import join

    removed = remove(run.removal(), options) if options.remove_to else {}

    for folder, reason in run.listing.unlisted:
        print(f"{show(join(options.directory, folder))}: {reason}", file=sys.stderr)
    late_frames = [] if options.watch else run.late  # which has told of each
    for camera, late in groupby(late_frames, key=lambda frame: frame.camera):
        print(f"{show(options.directory)}: {_describe_late(camera, list(late))}", file=sys.stderr)
    if options.json:
        import json

        more = {"removed": removed} if removed else {}
        more |= {"cluster": run.cost.as_json()} if run.cost else {}
        print(json.dumps({**run.summary.as_json(), "late": len(run.late), **more}))
    elif not options.quiet:
        lines = [*run.summary.lines(), *([run.cost.line()] if run.cost else [])]
        print("\n".join([*lines, *([describe_removal(removed, options)] if removed else [])]))
        if run.listing.videos and not options.every:
            print(f"{counted(len(run.listing.videos), 'video')} left out: --every 1s looks at a frame for each second")
    skipped = run.summary.verdicts[Verdict.SKIP] or run.listing.unlisted or run.late or removed.get("left")
    return SKIPPED if skipped else DONE


def _describe_late(camera: str, late: "list[Frame]") -> str:
    return (
        f"camera {show(camera)}: {counted(len(late), 'frame')} came after later ones had been decided, "
        f"such as {show(late[0].path)}; left out: filter into a new results folder to include them"
    )


def read_settings(options: argparse.Namespace) -> "Settings":
    """Return the settings that the options of this command say."""
    from framesift.comparators.masks.reading import read_masks
    from framesift.filtering.settings import (
        DEFAULT_WIDTH,
        Decoding,
        Method,
        Placement,
        Settings,
        choose_thresholds,
        parse_blur,
        parse_border_mask,
        parse_every,
        parse_method,
        parse_size,
    )
    from framesift.frames.naming import Naming

    method = parse_method(options.method)
    if options.width and method is not Method.TOLERANCE:
        raise UsageError("--width belongs to --method tolerance")
    naming = Naming(options.name_pattern, options.timezone)
    return Settings(
        *choose_thresholds(method, options.min_contour_area, options.score_threshold, options.thorough),
        parse_blur(options.blur),
        parse_border_mask(options.border_mask),
        parse_size(options.size) if options.size else None,
        options.min_size,
        options.max_pixels,
        naming,
        Placement(options.link),
        Decoding(options.decode),
        parse_every(options.every) if options.every else None,
        method,
        options.width or DEFAULT_WIDTH,
        read_masks(options.mask, naming),
    )
