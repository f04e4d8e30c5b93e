"""What a run cannot do together with what: the one place that says so, before anything is read."""

from collections.abc import Callable
from dataclasses import dataclass

from framesift.errors import PathLike, UsageError
from framesift.filtering.option_values import Lateness, Placement
from framesift.filtering.settings import Settings
from framesift.frames.naming import Naming
from framesift.stores import is_url


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a run is asked for."""

    directory: PathLike
    results: PathLike | None
    settings: Settings
    backup: PathLike | None = None
    plan: PathLike | None = None
    watch: bool = False
    dry_run: bool = False
    report: PathLike | None = None
    cluster: str | None = None
    tells: bool = False
    """Whether somebody is told of what happens."""
    streams: bool = False
    """Whether the frames come from streams: then `directory` is what they are called, and `watch` says nothing."""
    seconds: float | None = None


Condition = Callable[[Wishes], object]

_REFUSED: tuple[tuple[Condition, str], ...] = (
    (
        lambda w: w.watch and w.cluster,
        "--watch decides a frame in less time than it takes to send it: it takes no --cluster",
    ),
    (
        lambda w: w.watch and w.dry_run and not w.streams,
        "--watch copies what is new to RESULTS as it arrives: it takes no --dry-run",
    ),
    (lambda w: w.watch and w.backup, "--watch copies what is new to RESULTS as it arrives: it takes no --remove-to"),
    (
        lambda w: w.watch and w.report,
        "--watch has no end to report at: framesift report RESULTS does it at any time",
    ),
    (lambda w: w.watch and w.settings.keep, "--watch cannot know how many frames will come: it takes no --keep"),
    (
        lambda w: w.cluster and w.settings.keep,
        "--keep compares by many thresholds at once, on one machine: it takes no --cluster",
    ),
    (
        lambda w: w.settings.keep and w.settings.late is Lateness.DECIDE,
        "--keep has given its frames away when others come late: it takes no --late decide",
    ),
    (
        lambda w: (
            (w.cluster or w.settings.keep) and any(each.is_partial and each.changes for each in w.settings.sections)
        ),
        "settings that differ from hour to hour, or by light, go without --keep and --cluster",
    ),
    (lambda w: w.backup and w.report, "--report shows what is in RESULTS: it goes without --remove-to"),
    (lambda w: w.backup and w.results, "takes RESULTS or --remove-to BACKUP, not both"),
    (lambda w: w.plan and not w.backup, "takes RESULTS, or --remove-to BACKUP and then perhaps --plan"),
    (lambda w: w.watch and not w.results, "takes RESULTS, or --remove-to BACKUP and then perhaps --plan"),
    (lambda w: w.backup and w.settings.results_by, "--results-by belongs to RESULTS: it goes without --remove-to"),
    (
        lambda w: w.tells and (w.backup or w.dry_run),
        "--on-keep, --on-health and --notify belong to RESULTS: they go without --remove-to and --dry-run",
    ),
    (
        lambda w: w.backup and any(each is not None for each in w.settings.all_of("most")),
        "--most compares with frames that are left out, which would be gone: it takes no --remove-to",
    ),
    (
        lambda w: w.backup and w.settings.every is not None,
        "--every belongs to RESULTS: no frame can be removed from a video",
    ),
)
_STREAMING: tuple[tuple[Condition, str], ...] = (
    (lambda w: w.cluster, "a stream is decided where it is read: it takes no --cluster"),
    (lambda w: w.backup, "of a stream there is nothing to be moved: it takes no --remove-to"),
    (lambda w: w.report, "a stream has no end to report at: framesift report RESULTS does it at any time"),
    (lambda w: w.settings.keep, "of a stream nobody knows how many frames will come: it takes no --keep"),
    (lambda w: w.settings.link is not Placement.COPY, "of a stream there is no file to link to: it takes no --link"),
    (lambda w: w.settings.late is Lateness.DECIDE, "no frame of a stream comes late: it takes no --late"),
    (
        lambda w: w.settings.naming != Naming(timezone=w.settings.timezone),
        "the camera of a stream is named as NAME=URL, and its time is that of arrival: it takes no --name-pattern, "
        "--camera or --time-format",
    ),
    (
        lambda w: w.settings.exclude or w.settings.include,
        "--exclude and --include are of files: leave the address of a stream out instead",
    ),
    (lambda w: is_url(w.results), "kept frames of streams go to a folder of this machine, not to a store"),
)
"""What cannot be where the frames come from streams."""
_LOCAL: tuple[tuple[Condition, str], ...] = (
    (lambda w: w.report, "--report works with folders of this machine: run framesift report afterwards"),
    (lambda w: w.backup, "--remove-to works with folders of this machine only"),
    (lambda w: w.watch, "--watch works with folders of this machine only"),
    (lambda w: w.settings.every is not None, "--every works with folders of this machine only"),
    (lambda w: w.settings.link is not Placement.COPY, "--link works with folders of this machine only"),
)
"""What cannot be where the frames or the results are in a store."""


def check_combination(wishes: Wishes) -> None:
    """Raise UsageError where not all of it can be had at once."""
    for applies, reason in (*(_STREAMING if wishes.streams else ()), *_REFUSED):
        if applies(wishes):
            raise UsageError(reason)
    if wishes.seconds is not None and not wishes.streams:
        raise UsageError("--for ends a run on streams, such as rtsp://HOST/PATH: a folder has an end")
    for place in filter(is_url, (wishes.directory, wishes.results)):
        for applies, reason in _LOCAL:
            if applies(wishes):
                raise UsageError(reason, place)
