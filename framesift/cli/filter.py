"""`framesift filter`, which is also `main.py`: keep the frames that show something new."""

import argparse
import os
import sys
from contextlib import closing
from itertools import groupby
from typing import TYPE_CHECKING, Any

from framesift.cli.options import DONE, EXIT_CODES, SKIPPED, positive, whole_number
from framesift.errors import counted, show

if TYPE_CHECKING:
    from framesift.frames import Frame
    from framesift.pipeline import Run
    from framesift.settings import Settings

DESCRIPTION = """\
Walks the frames of each camera in time order and copies to RESULTS those that show something new against the last
kept frame. RESULTS/manifest.jsonl says what was decided of each frame, and why. Nothing of yours is ever changed."""

EXAMPLE = """\
example:
  %(prog)s frames results                    the default thresholds, relative to the picture
  %(prog)s frames results 0.1%% 1.5%%          shares of the compared area: the same for any size of picture
  %(prog)s frames results 500 5000           px of the compared size

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=filter_command)
    add = parser.add_argument
    add("directory", metavar="DIR", help="folder of the frames; folders below it are searched too")
    add("results", metavar="RESULTS", help="folder for the kept frames: new, empty, or of an earlier run to go on with")
    area = "changed regions smaller than this do not count: px, or a share such as 0.05%% (default)"
    add("min_contour_area", metavar="MIN_CONTOUR_AREA", nargs="?", default="0.05%", help=area)
    score = "a frame is kept when its changed area is above this: px, or a share such as 0.75%% (default)"
    add("score_threshold", metavar="SCORE_THRESHOLD", nargs="?", default="0.75%", help=score)
    _add_comparing_arguments(parser.add_argument_group("comparing"))
    _add_frame_arguments(parser.add_argument_group("frames"))
    _add_running_arguments(parser.add_argument_group("running"))


def _add_comparing_arguments(group: Any) -> None:
    add = group.add_argument
    add("--blur", metavar="PX,...", default="5", help="sides of the Gaussian kernels in px, odd, or none (default 5)")
    mask = "strips that are not compared, percent of the side: left,top,right,bottom (default 5,10,5,0)"
    add("--border-mask", metavar="PERCENT,...", default="5,10,5,0", help=mask)
    size = "compare all frames at this size in px (default: each frame at its own, with frames of the same size)"
    add("--size", metavar="WIDTHxHEIGHT", help=size)


def _add_frame_arguments(group: Any) -> None:
    add = group.add_argument
    add("--min-size", metavar="PX", type=whole_number, default=0, help="skip frames whose shorter side is less")
    limit = "skip frames that declare more px, before they are decoded (default 100000000)"
    add("--max-pixels", metavar="PX", type=whole_number, default=100_000_000, help=limit)
    pattern = "regular expression with the groups (?P<camera>...) and (?P<time>...); with a / it reads the whole path"
    add("--name-pattern", metavar="REGEX", help=pattern)
    zone = "where the clocks in names and EXIF stand, such as Europe/Berlin or +02:00 (default UTC)"
    add("--timezone", metavar="ZONE", default="UTC", help=zone)


def _add_running_arguments(group: Any) -> None:
    add = group.add_argument
    fast = "fast: JPEG straight to grey, reduced where --size allows; about one frame in 100 is decided otherwise"
    add("--decode", choices=("exact", "fast"), default="exact", help=fast)
    link = "link kept frames instead of copying them: hard or symbolic"
    add("--link", choices=("hard", "symbolic"), default="copy", help=link)
    add("--dry-run", action="store_true", help="decide and report the same, write nothing")
    add("--jobs", metavar="N", type=positive, help="frames read at the same time (default: all cores)")
    add("--quiet", action="store_true", help="no progress bar and no summary")
    add("--verbose", action="store_true", help="a line for each decision")
    add("--json", action="store_true", help="the summary as JSON")


def filter_command(options: argparse.Namespace) -> int:
    """Decide all frames, then say what it came to."""
    from tqdm import tqdm

    from framesift.pipeline import Run
    from framesift.selection import Verdict

    with (
        Run(options.directory, options.results, _settings(options), options.dry_run) as run,
        tqdm(total=len(run.pending), unit="frame", file=sys.stderr, disable=options.quiet or None) as bar,
        closing(run.decide(options.jobs)) as decisions,
    ):
        for decision in decisions:
            bar.update()
            path = os.path.join(options.directory, decision.frame.path)
            if decision.verdict is Verdict.SKIP:
                bar.write(f"{show(path)}: {decision.reason}", file=sys.stderr)
            elif options.verbose:
                bar.write(f"{decision.verdict} {show(path)}: {decision.reason}", file=sys.stderr)
    return _conclude(run, options)


def _conclude(run: "Run", options: argparse.Namespace) -> int:
    """Print the summary; return the exit code."""
    from framesift.selection import Verdict

    for folder, reason in run.listing.unlisted:
        print(f"{show(os.path.join(options.directory, folder))}: {reason}", file=sys.stderr)
    for camera, late in groupby(run.late, key=lambda frame: frame.camera):
        print(f"{show(options.directory)}: {_describe_late(camera, list(late))}", file=sys.stderr)
    if options.json:
        import json

        print(json.dumps({**run.summary.as_json(), "late": len(run.late)}))
    elif not options.quiet:
        print("\n".join(run.summary.lines()))
    return SKIPPED if run.summary.verdicts[Verdict.SKIP] or run.listing.unlisted or run.late else DONE


def _describe_late(camera: str, late: "list[Frame]") -> str:
    return (
        f"camera {show(camera)}: {counted(len(late), 'frame')} came after later ones had been decided, "
        f"such as {show(late[0].path)}; left out: filter into a new results folder to include them"
    )


def _settings(options: argparse.Namespace) -> "Settings":
    from framesift.naming import Naming
    from framesift.settings import Decoding, Placement, Settings, parse_blur, parse_border_mask, parse_size
    from framesift.thresholds import Threshold

    return Settings(
        Threshold.parse(options.min_contour_area),
        Threshold.parse(options.score_threshold),
        parse_blur(options.blur),
        parse_border_mask(options.border_mask),
        parse_size(options.size) if options.size else None,
        options.min_size,
        options.max_pixels,
        Naming(options.name_pattern, options.timezone),
        Placement(options.link),
        Decoding(options.decode),
    )
