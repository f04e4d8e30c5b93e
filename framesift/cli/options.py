"""What the commands share: exit codes, and the settings of a run as options."""

import argparse
import os
import sys

from framesift.errors import UsageError, show
from framesift.filtering.options import CHOOSING, COMPARING, FRAMES, OPTIONS, PATTERNS, THRESHOLDS, Option

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import ExitStack
    from typing import Any

    from framesift.cluster import Cluster
    from framesift.filtering.config import Config
    from framesift.filtering.settings import Settings
    from framesift.frames.choosing import Choice, LeftOut

NO_CONFIG = "none"
"""What stands for no settings file, where one is asked for."""
NAMING = "name_pattern", "camera", "time_format", "timezone"
"""The options that say how names are read."""

DONE, SKIPPED, USAGE, STORAGE, IN_USE = range(5)
EXIT_CODES = """\
exit codes:
  0 done   1 done, some files were skipped   2 wrong usage
  3 stopped: disk or memory refused, or a library is missing   4 the results folder is in use
  130, 143 interrupted: the same command goes on where it stopped"""


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


def add_threshold_arguments(parser: argparse.ArgumentParser, *meanings: str) -> None:
    """Add both thresholds behind the folders, with other `meanings` than those of a run where there are some."""
    for option, meaning in zip(THRESHOLDS, meanings or [option.meaning for option in THRESHOLDS], strict=True):
        parser.add_argument(option.name, metavar=option.name.upper(), nargs="?", help=_escape(meaning))


def add_settings(group: argparse._ActionsContainer, options: "Iterable[Option]") -> None:
    """Add settings of a run. What is not given is None in the end: `read_options` knows what is usual."""
    for option in options:
        about: dict[str, Any] = {"help": _escape(option.help)}
        if option.name == "mask":
            add_mask_argument(group, option.meaning)
            continue
        if option.default is False:
            about |= {"action": "store_true"}
        elif option.many:
            about |= {"metavar": option.metavar, "action": "append"}
        elif option.choices:
            about |= {"choices": option.choices}
        else:
            about |= {"metavar": option.metavar, "type": whole_number if option.whole else None}
        group.add_argument(option.flag, dest=option.name, **about)


def add_reading_arguments(group: argparse._ActionsContainer) -> None:
    """Add which frames are looked at, from which size on one is refused, and how names are read."""
    wanted = ("max_pixels", *NAMING)
    add_settings(group, [*(option for option in FRAMES if option.name in wanted), *CHOOSING])


def read_options(options: argparse.Namespace) -> "Settings":
    """Return the settings that were given, those that a command does not offer as they are usually."""
    from framesift.filtering.reading_settings import read_settings

    return read_settings(open_config(options), **{name: getattr(options, name, None) for name in OPTIONS})


def add_comparing_arguments(parser: argparse.ArgumentParser, *meanings: str) -> None:
    """Add both thresholds, as `add_threshold_arguments`, how frames are compared, and where that is written down."""
    add_threshold_arguments(parser, *meanings)
    group = parser.add_argument_group("comparing")
    add_config_argument(group)
    add_settings(group, COMPARING)


def add_config_argument(group: argparse._ActionsContainer) -> None:
    """Add where settings are written down."""
    where = "settings of all cameras, and of some (default: DIR/framesift.toml, where there is one; none: no file)"
    group.add_argument("--config", metavar="FILE", help=where)


def open_config(options: argparse.Namespace) -> "Config | None":
    """Return what the settings file says that was named, or lies in the folder of the frames; None without one."""
    path = find_config(options)
    if path is None:
        return None
    from framesift.filtering.config_file import read_config

    return read_config(path, is_trusted=options.config is not None)


def find_config(options: argparse.Namespace) -> str | None:
    """Return the path of the settings file of a command: the one that was named, or that lies among the frames."""
    from framesift.frames.finding import SETTINGS_FILE
    from framesift.stores import is_url

    named: str | None = getattr(options, "config", NO_CONFIG)
    if named is not None or is_url(options.directory):
        return None if named == NO_CONFIG else named
    path = os.path.join(options.directory, SETTINGS_FILE)
    return path if os.path.lexists(path) else None


def read_choice(options: argparse.Namespace) -> "Choice":
    """Return what `--exclude` and `--include` say, of a command without the other settings of a run."""
    from framesift.frames.choosing import Choice

    return Choice(*(option.value(getattr(options, option.name)) for option in PATTERNS))


def tell_left_out(left_out: "LeftOut", choice: "Choice", directory: str, quiet: bool = False) -> None:
    """Say on stderr what was not looked at, unless `quiet`, and which patterns were of no use."""
    if not quiet and (line := left_out.describe()):
        print(line, file=sys.stderr)
    for line in choice.describe_unused(left_out):
        print(f"{show(directory)}: {line}", file=sys.stderr)


def _escape(text: str) -> str:
    """Return a text as argparse takes it."""
    return text.replace("%", "%%")


def add_jobs_argument(group: argparse._ActionsContainer) -> None:
    """Add how many frames are read at the same time."""
    group.add_argument("--jobs", metavar="N", type=positive, help="frames read at the same time (default: all cores)")


def add_source_argument(group: argparse._ActionsContainer) -> None:
    """Add where the frames of a results folder lie now."""
    where = "where the frames lie (default: where RESULTS says, as long as that is no store)"
    group.add_argument("--source", metavar="DIR", help=where)


def add_cluster_argument(group: argparse._ActionsContainer) -> None:
    """Add where frames are read."""
    where = "read frames on a Dask cluster: tcp://HOST:8786, or local for --jobs processes of this machine"
    group.add_argument("--cluster", metavar="ADDRESS", help=where)
    patience = "how long the cluster's first worker is waited for (default: 60)"
    group.add_argument("--cluster-wait", metavar="SECONDS", type=positive, help=patience)


def open_workers_of(options: argparse.Namespace, stack: "ExitStack") -> "Cluster | None":
    """Open the cluster that was asked for until `stack` ends; None without one: this process does it all."""
    if options.cluster is None:
        return None
    from framesift.cluster import open_cluster
    from framesift.stores import is_url

    more = {"patience": options.cluster_wait} if options.cluster_wait else {}
    given = getattr(options, "directories", None) or [options.directory]
    folders = [folder for folder in given if not is_url(folder)]
    tell = _ignore if options.quiet else _tell
    return stack.enter_context(open_cluster(options.cluster, options.jobs, folders=folders, tell=tell, **more))


def _tell(line: str) -> None:
    """Say something on stderr, above the bars that are there."""
    from tqdm import tqdm

    tqdm.write(line, file=sys.stderr)


def _ignore(line: str) -> None:
    """Say nothing."""


def add_mask_argument(group: argparse._ActionsContainer, purpose: str) -> None:
    """Add the files that say what is ignored, or looked at only."""
    help_ = f"{purpose}; CAMERA=FILE is for one camera only, and more than one --mask may be given"
    group.add_argument("--mask", metavar="FILE", action="append", default=[], help=help_)


def refuse_among_frames(output: str, source: str, option: str) -> None:
    """Raise UsageError where the next run would take a picture for a frame; `option` names another place."""
    folder = os.path.realpath(source)
    if os.path.commonpath([folder, os.path.realpath(output)]) == folder:
        raise UsageError(f"is in the folder of the frames, where it would become one: use {option}", output)
