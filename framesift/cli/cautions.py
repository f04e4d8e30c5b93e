"""What is probably not meant, in one line with the command that probably is. Nothing is refused for it."""

import argparse
import os
from collections.abc import Iterable, Iterator

from framesift.cli.options import open_config
from framesift.cli.telling import hide_address
from framesift.cli.terminal import Terminal
from framesift.errors import as_command, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from framesift.comparators.thresholds import Threshold
    from framesift.filtering.run import Run
    from framesift.filtering.settings import Settings

LEAST_PX = 10
"""A threshold of less px is nothing that a picture shows: a percent sign was forgotten."""


def tell(lines: "Iterable[str]", options: argparse.Namespace) -> None:
    """Print lines on stderr."""
    import sys

    terminal = Terminal(sys.stderr, options.color)
    for line in lines:
        print(f"{options.program}: {terminal.paint('note', 'yellow')}: {line}", file=sys.stderr)


def doubt_wishes(settings: "Settings", options: argparse.Namespace) -> "Iterator[str]":
    """Yield what is doubtful before a run."""
    yield from _doubt_units(settings, options)
    yield from _doubt_most(settings, options)
    if options.is_exposed:
        others = "all users of this machine see a command, and what may be a secret in this one"
        yield f"{others}: write the address into a file that only you can read, and name that in its place"
    area, score = settings.min_contour_area, settings.score_threshold
    given = options.min_contour_area, options.score_threshold
    if all(given) and area.relative == score.relative and area.value > score.value:
        yield _describe_swapped(area, score, options)
    for option in ("results", "remove_to"):
        if (folder := getattr(options, option)) and is_inside(folder, options.directory):
            yield describe_inside(folder, options.directory, options)


def doubt_outcome(run: "Run", options: argparse.Namespace) -> "Iterator[str]":
    """Yield what is doubtful once it is decided: thresholds that keep nearly all of a camera, or nearly nothing."""
    from framesift.filtering.summary import name_cameras

    cameras = list(run.sink.summary.cameras.values())
    many = [camera for camera in cameras if camera.keeps_nearly_all]
    few = [camera for camera in cameras if camera.keeps_hardly_any]
    config = ["--config", options.config] if options.config else []
    tune = as_command(["framesift", "tune", options.directory, *run.settings.options(), *config])
    if many:
        yield f"{name_cameras(many)}: nearly every frame is kept; thresholds that fit: {tune}"
    if few:
        yield f"{name_cameras(few)}: hardly a frame is kept; is nothing new lost? {tune}"
    yield from _doubt_mixture(run, options)


def is_inside(folder: str, directory: str) -> bool:
    """Tell whether a folder lies in another, or would."""
    from framesift.stores import is_url

    if is_url(folder) or is_url(directory):
        return folder.startswith(f"{directory.rstrip('/')}/")
    inner, outer = os.path.realpath(folder), os.path.realpath(directory)
    return inner != outer and os.path.commonpath([inner, outer]) == outer


def describe_inside(folder: str, directory: str, options: argparse.Namespace) -> str:
    """Say that a folder that is written to lies among what is read, and where it would lie better."""
    outer = directory.rstrip("/") if directory.strip("./") else os.path.realpath(directory)
    beside = f"{outer}-{os.path.basename(folder.rstrip('/'))}"
    return (
        f"{show(folder)} lies in {show(directory)}: framesift passes it over there, but other programs will see its "
        f"pictures twice; beside it: {_reword(options, {folder: beside})}"
    )


def _doubt_units(settings: "Settings", options: argparse.Namespace) -> "Iterator[str]":
    pairs = (("min_contour_area", settings.min_contour_area), ("score_threshold", settings.score_threshold))
    tiny = {
        getattr(options, name): threshold
        for name, threshold in pairs
        if getattr(options, name) and not threshold.relative and 0 < threshold.value < LEAST_PX
    }
    if tiny:
        values = " and ".join(f"{threshold} px" for threshold in tiny.values())
        verb = "is" if len(tiny) == 1 else "are"
        meant = _reword(options, {text: f"{text.strip()}%" for text in tiny})
        yield f"{values} {verb} next to nothing; for a share of the picture: {meant}"


def _doubt_most(settings: "Settings", options: argparse.Namespace) -> "Iterator[str]":
    """Yield where a share of the picture was probably written as a fraction of 1: 0.6 is 0.6%."""
    if options.most is not None:
        yield from _describe_fraction(options.most, "", "--most ")
    elif any(most is not None and most < 1 for most in settings.all_of("most")) and (config := open_config(options)):
        for title, values in (("", config.values), *((f"{each.title} ", each.values) for each in config.cameras)):
            yield from _describe_fraction(str(values.get("most", "%")), f"{show(config.path)}: {title}", "most = ")


def _describe_fraction(text: str, place: str, name: str) -> "Iterator[str]":
    if "%" not in text and float(text) < 1:
        percent = f"{100 * float(text):.10g}%"
        meant = f"{name}{percent}" if name.startswith("--") else f'{name}"{percent}"'
        yield f"{place}{name}{text.strip()} is {text.strip()}% of the picture; for {percent} of it: {meant}"


def _describe_swapped(area: "Threshold", score: "Threshold", options: argparse.Namespace) -> str:
    swapped = {options.min_contour_area: options.score_threshold, options.score_threshold: options.min_contour_area}
    smallest, least = (f"{each}{'' if each.relative else ' px'}" for each in (area, score))
    return (
        f"regions below {smallest} do not count, so {least} as the score threshold has no effect; "
        f"the smallest region comes first: {_reword(options, swapped)}"
    )


def _doubt_mixture(run: "Run", options: argparse.Namespace) -> "Iterator[str]":
    """Yield the same of thresholds of which one is in px, and the other a share."""
    from framesift.filtering.comparator_choice import comparator_of

    area, score = run.settings.min_contour_area, run.settings.score_threshold
    if area.relative == score.relative or not (options.min_contour_area and options.score_threshold):
        return
    for camera in run.sink.summary.cameras.values():
        for size, _ in camera.sizes.most_common(1):
            compared = comparator_of(run.settings, camera.camera).compared_area_of(size)
            if area.px(compared) > score.px(compared):
                yield _describe_swapped(area, score, options)
                return


def _reword(options: argparse.Namespace, others: dict[str, str]) -> str:
    """Return the command with other words in place of some."""
    start = ["framesift", options.name] if options.program == "framesift" else ["python", options.program]
    words = hide_address(options.words, getattr(options, "notify", None))
    return as_command([*start, *(others.get(word, word) for word in words)])
