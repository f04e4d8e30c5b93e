"""Settings files: what one says for which cameras, told before a run; and what is advised, written into one."""

import argparse
import os
import sys

from framesift.cli.cautions import tell
from framesift.cli.options import find_config
from framesift.errors import UsageError, as_command, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from framesift.filtering.run import Run
    from framesift.filtering.settings import Settings


def tell_settings(run: "Run", options: argparse.Namespace) -> None:
    """Say on stderr which file was read, what it says for which cameras, and which of its sections are of none."""
    from framesift.filtering.section_words import describe_cameras, describe_section

    path = find_config(options)
    if path is None or options.quiet:
        return
    settings, cameras = run.settings, _find_cameras(run)
    print(f"{show(path)}: {_describe_all(settings)}", file=sys.stderr)
    if options.watch or run.source.goes_on:  # cameras come as they come
        for section in settings.sections:
            print(f"{show(path)}: {section.title} {describe_section(section)}", file=sys.stderr)
        return
    for line in describe_cameras(settings, cameras):
        print(f"{show(path)}: {line}", file=sys.stderr)
    unused = [section for section in settings.sections if not any(map(section.covers, cameras))]
    tell(
        (f"{section.title} of {show(path)} is of no camera of {show(options.directory)}" for section in unused), options
    )


def _find_cameras(run: "Run") -> list[str]:
    from framesift.frames.videos import name_film

    frames = (frame.camera for frame in run.source.listing.frames)
    films = (name_film(path, run.settings.naming).camera for path in run.source.listing.videos)
    return list(dict.fromkeys([*frames, *films, *run.sink.summary.cameras, *sorted(run.source.excluded)]))


def _describe_all(settings: "Settings") -> str:
    thresholds = f"min-contour-area {settings.min_contour_area}, score-threshold {settings.score_threshold}"
    return f"all cameras: method {settings.method}, {thresholds}"


def add_saving_arguments(group: argparse._ActionsContainer, what: str) -> None:
    """Add where settings are written to."""
    group.add_argument("--save", metavar="FILE", help=f"write {what} into this settings file (extra settings)")
    where = "with --save: into the section of this camera, or of those of a pattern such as 'c2*'"
    group.add_argument("--for", dest="section", metavar="CAMERA", help=where)


def check_saving(options: argparse.Namespace) -> None:
    """Refuse a settings file that cannot be written to, before the work begins."""
    if options.section is not None and not options.save:
        raise UsageError("--for belongs to --save")
    if options.save:
        from framesift.filtering.config_writing import check_config

        check_config(options.save)


def save_settings(options: argparse.Namespace, values: "Mapping[str, Any]") -> str:
    """Write settings where `--save` says; return the line that says so."""
    from framesift.filtering.config_writing import write_config
    from framesift.filtering.sections import name_section

    write_config(options.save, values, options.section)
    where = "" if options.section is None else f", {name_section(options.section)}"
    return f"{show(options.save)}{where}: written; {_name_filter(options)}"


def _name_filter(options: argparse.Namespace) -> str:
    from framesift.frames.finding import SETTINGS_FILE

    folder = os.path.normpath(options.directory)
    found = os.path.realpath(options.save) == os.path.realpath(os.path.join(folder, SETTINGS_FILE))
    words = ["framesift", "filter", options.directory, f"{folder}-kept", *([] if found else ["--config", options.save])]
    return as_command(words)
