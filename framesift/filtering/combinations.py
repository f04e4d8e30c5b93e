"""What a run cannot do together with what: the one place that says so, before anything is read."""

from collections.abc import Callable
from dataclasses import dataclass

from framesift.errors import PathLike, UsageError
from framesift.filtering.option_values import Lateness, Placement
from framesift.filtering.settings import Settings
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


Condition = Callable[[Wishes], object]

_REFUSED: tuple[tuple[Condition, str], ...] = (
    (
        lambda w: w.watch and w.settings.every is not None,
        "--watch looks at pictures only: sample videos in a run of their own, with --every",
    ),
    (
        lambda w: w.watch and w.cluster,
        "--watch decides a frame in less time than it takes to send it: it takes no --cluster",
    ),
    (lambda w: w.watch and w.dry_run, "--watch copies what is new to RESULTS as it arrives: it takes no --dry-run"),
    (lambda w: w.watch and w.backup, "--watch copies what is new to RESULTS as it arrives: it takes no --remove-to"),
    (
        lambda w: w.watch and w.report,
        "--watch has no end to report at: framesift report RESULTS FILE.html does it at any time",
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
        lambda w: w.backup and w.settings.most is not None,
        "--most compares with frames that are left out, which would be gone: it takes no --remove-to",
    ),
    (
        lambda w: w.backup and w.settings.every is not None,
        "--every belongs to RESULTS: no frame can be removed from a video",
    ),
)
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
    for applies, reason in _REFUSED:
        if applies(wishes):
            raise UsageError(reason)
    for place in filter(is_url, (wishes.directory, wishes.results)):
        for applies, reason in _LOCAL:
            if applies(wishes):
                raise UsageError(reason, place)
