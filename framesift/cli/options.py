"""What the commands share: exit codes, and how numbers are read."""

import argparse
import os

from framesift.errors import UsageError

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from contextlib import ExitStack

    from framesift.cluster import Cluster

DONE, SKIPPED, USAGE, STORAGE, IN_USE = range(5)
EXIT_CODES = """\
exit codes:
  0 done   1 done, some files were skipped   2 wrong usage   3 stopped: the disk refused
  4 the results folder is in use   130, 143 interrupted: the same command goes on where it stopped"""


def whole_number(text: str) -> int:
    """Read a whole number that is not negative."""
    if int(text) < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return int(text)


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return int(text)


whole_number.__name__ = positive.__name__ = "whole number"  # argparse puts the name into its message


def add_naming_arguments(group: argparse._ActionsContainer) -> None:
    """Add how names are read."""
    pattern = "regular expression with the groups (?P<camera>...) and (?P<time>...); with a / it reads the whole path"
    group.add_argument("--name-pattern", metavar="REGEX", help=pattern)
    zone = "where the clocks in names and EXIF stand, such as Europe/Berlin or +02:00 (default UTC)"
    group.add_argument("--timezone", metavar="ZONE", default="UTC", help=zone)


def add_max_pixels_argument(group: argparse._ActionsContainer) -> None:
    """Add the size from which on a picture is refused."""
    limit = "skip frames that declare more px, before they are decoded (default 100000000)"
    group.add_argument("--max-pixels", metavar="PX", type=whole_number, default=100_000_000, help=limit)


def add_jobs_argument(group: argparse._ActionsContainer) -> None:
    """Add how many frames are read at the same time."""
    group.add_argument("--jobs", metavar="N", type=positive, help="frames read at the same time (default: all cores)")


def add_cluster_argument(group: argparse._ActionsContainer) -> None:
    """Add where frames are read."""
    where = "read frames on a Dask cluster: tcp://HOST:8786, or local for --jobs processes of this machine"
    group.add_argument("--cluster", metavar="ADDRESS", help=where)


def open_workers_of(options: argparse.Namespace, stack: "ExitStack") -> "Cluster | None":
    """Open the cluster that was asked for until `stack` ends; None without one: this process does it all."""
    if options.cluster is None:
        return None
    from framesift.cluster import open_cluster

    return stack.enter_context(open_cluster(options.cluster, options.jobs))


def add_mask_argument(group: argparse._ActionsContainer, purpose: str) -> None:
    """Add the files that say what is ignored, or looked at only."""
    help_ = f"{purpose}; CAMERA=FILE is for one camera only, and more than one --mask may be given"
    group.add_argument("--mask", metavar="FILE", action="append", default=[], help=help_)


def refuse_among_frames(output: str, source: str, option: str) -> None:
    """Raise UsageError where the next run would take a picture for a frame; `option` names another place."""
    folder = os.path.realpath(source)
    if os.path.commonpath([folder, os.path.realpath(output)]) == folder:
        raise UsageError(f"is in the folder of the frames, where it would become one: use {option}", output)
