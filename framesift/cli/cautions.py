"""What is probably not meant, in one line with the command that probably is. Nothing is refused for it."""

import argparse
import os
from collections.abc import Iterable, Iterator

from framesift.cli.options import find_config, open_config
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
_THRESHOLDS = "min_contour_area", "score_threshold"


def tell(lines: "Iterable[str]", options: argparse.Namespace) -> None:
    """Print lines on stderr."""
    import sys

    terminal = Terminal(sys.stderr, options.color)
    for line in lines:
        print(f"{options.program}: {terminal.paint('note', 'yellow')}: {line}", file=sys.stderr)


def doubt_wishes(settings: "Settings", options: argparse.Namespace) -> "Iterator[str]":
    """Yield what is doubtful before a run."""
    yield from _doubt_units(settings, options)
    yield from _doubt_units_of_file(settings, options)
    yield from _doubt_most(settings, options)
    if options.is_exposed:
        others = "all users of this machine see a command, and what may be a secret in this one"
        yield f"{others}: write the address into a file that only you can read, and name that in its place"
    for place, area, score in _pairs_of(settings):
        if area.relative == score.relative and area.value > score.value and not _is_meant(score, options):
            yield _describe_swapped(area, score, settings, options, place)
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
    tiny = {
        getattr(options, name): getattr(settings, name)
        for name in _THRESHOLDS
        if getattr(options, name) and _is_tiny(getattr(settings, name))
    }
    if tiny:
        values = " and ".join(f"{threshold} px" for threshold in tiny.values())
        verb = "is" if len(tiny) == 1 else "are"
        meant = _reword(options, {text: f"{text.strip()}%" for text in tiny})
        yield f"{values} {verb} next to nothing; for a share of the picture: {meant}"


def _doubt_units_of_file(settings: "Settings", options: argparse.Namespace) -> "Iterator[str]":
    """Yield the same of thresholds that nobody typed: those of a settings file and of its sections."""
    by_hand = {name for name in _THRESHOLDS if getattr(options, name)}
    of_all = [(name, getattr(settings, name)) for name in _THRESHOLDS if name not in by_hand]
    for title, values in (("", of_all), *((f"{each.title} ", each.changes) for each in settings.sections)):
        for name, threshold in values:
            if name in _THRESHOLDS and _is_tiny(threshold):
                key = name.replace("_", "-")
                told = f"{key} = {threshold} is next to nothing, in px; for a share of the picture"
                yield f'{_name_file(options)}{title}{told}: {key} = "{threshold}%"'


def _is_tiny(threshold: "Threshold") -> bool:
    return not threshold.relative and 0 < threshold.value < LEAST_PX


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


def _pairs_of(settings: "Settings") -> "Iterator[tuple[str, Threshold, Threshold]]":
    """Yield the thresholds of all cameras and of each section that changes some, after where a section stands."""
    yield "", settings.min_contour_area, settings.score_threshold
    for section in settings.sections:
        changes = {"min_contour_area": settings.min_contour_area, "score_threshold": settings.score_threshold}
        changes |= {name: value for name, value in section.changes if name in changes}
        pair = changes["min_contour_area"], changes["score_threshold"]
        if pair != (settings.min_contour_area, settings.score_threshold):
            yield f"{section.title} ", *pair


def _is_meant(score: "Threshold", options: argparse.Namespace) -> bool:
    """Tell whether a score threshold may be of no effect: one of 0 that a file says, or that is usual with --keep."""
    return not score.value and not options.score_threshold


def _describe_swapped(
    area: "Threshold", score: "Threshold", settings: "Settings", options: argparse.Namespace, place: str = ""
) -> str:
    """Say that a score threshold is of no use; `place` is the section that says so, or empty for the whole run."""
    smallest, least = (f"{each}{'' if each.relative else ' px'}" for each in (area, score))
    fault = f"regions below {smallest} do not count, so {least} as the score threshold has no effect"
    if place or not options.min_contour_area:
        return f"{_name_file(options)}{place}{fault}; the other way round: {_write_pair(score, area)}"
    if options.score_threshold:
        swapped = {options.min_contour_area: options.score_threshold, options.score_threshold: options.min_contour_area}
        return f"{fault}; the smallest region comes first: {_reword(options, swapped)}"
    return f"{fault}; the score threshold comes second: {_put_before(options.min_contour_area, settings, options)}"


def _put_before(given: str, settings: "Settings", options: argparse.Namespace) -> str:
    """Return the command with the usual smallest region before a threshold that was alone."""
    from framesift.filtering.reading_settings import choose_thresholds

    usual, _ = choose_thresholds(settings.method)
    words = options.words
    places = [number for number, word in enumerate(words) if word == given]
    # The same text may be the value of an option too.
    place = max(places, key=lambda number: not words[number - 1].startswith("-"), default=len(words))
    return _reword(options, {}, [*words[:place], str(usual), *words[place:]])


def _name_file(options: argparse.Namespace) -> str:
    path = find_config(options)
    return "" if path is None else f"{show(path)}: "


def _write_pair(area: "Threshold", score: "Threshold") -> str:
    return f"min-contour-area = {_write(area)}, score-threshold = {_write(score)}"


def _write(threshold: "Threshold") -> str:
    """Return a threshold as a settings file has it."""
    return f'"{threshold}"' if threshold.relative else str(threshold)


def _doubt_mixture(run: "Run", options: argparse.Namespace) -> "Iterator[str]":
    """Yield the same of thresholds of which one is in px, and the other a share."""
    from framesift.filtering.comparator_choice import comparator_of

    for camera in run.sink.summary.cameras.values():
        own = run.settings.of(camera.camera)
        area, score = own.min_contour_area, own.score_threshold
        if area.relative == score.relative or _is_meant(score, options) or _is_tiny(area) or _is_tiny(score):
            continue  # or its unit has been doubted
        for size, _ in camera.sizes.most_common(1):
            compared = comparator_of(run.settings, camera.camera).compared_area_of(size)
            if area.px(compared) > score.px(compared):
                is_shared = (area, score) == (run.settings.min_contour_area, run.settings.score_threshold)
                place = "" if is_shared else f"camera {show(camera.camera)}: "
                yield _describe_swapped(area, score, own, options, place)
                return


def _reword(options: argparse.Namespace, others: dict[str, str], words: "list[str] | None" = None) -> str:
    """Return the command, or `words` as one, with other words in place of some."""
    start = ["framesift", options.name] if options.program == "framesift" else ["python", options.program]
    words = hide_address(options.words if words is None else words, getattr(options, "notify", None))
    return as_command([*start, *(others.get(word, word) for word in words)])
