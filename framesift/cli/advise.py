"""`framesift advise`: what would keep fewer frames of a run, measured on some of them."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from framesift.cli.options import DONE, EXIT_CODES, SKIPPED, add_jobs_argument, add_source_argument
from framesift.errors import UsageError, as_command, counted, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framesift.filtering.manifest import Record
    from framesift.looking.advice import BusyPart, CameraAdvice

DESCRIPTION = """\
Says why a run has kept so many frames, and what would help: it decides some stretches of each camera again, at most 200
frames, as the run did, with the method tolerance, and without the part of the picture that changes most. Every number
is counted, none is guessed. Nothing is written."""

EXAMPLE = """\
example:
  %(prog)s results
  %(prog)s results --json

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=advise_command, takes_urls=True)
    parser.add_argument("results", metavar="RESULTS", help="folder that framesift filter has filled")
    add_source_argument(parser)
    add_jobs_argument(parser)
    parser.add_argument("--json", action="store_true", help="what was measured, as JSON")


def advise_command(options: argparse.Namespace) -> int:
    """Measure, and say what was found."""
    from framesift.cli.progress import open_bar
    from framesift.filtering.places import borrow_record
    from framesift.looking.advice import advise, choose_stretches, count_steps

    with borrow_record(options.results, options.source) as record:
        stretches = choose_stretches(record)
        if not stretches:
            raise UsageError("has decided no picture: advise looks at pictures, not at films", options.results)
        total = count_steps(stretches)
        with open_bar(stage="advise", total=total) as bar:
            cameras = list(advise(record, stretches, options.jobs, bar.update))
    if options.json:
        print(json.dumps([_as_json(options, record, camera) for camera in cameras]))
    else:
        print("\n".join(line for camera in cameras for line in _describe(options, record, camera)))
        if any(camera.kept < camera.frames for camera in cameras):  # an audit draws from the dropped ones
            print(f"Fewer is not better by itself: {_command('audit', options.results)} bounds what is lost")
    return DONE if sum(camera.frames for camera in cameras) == total else SKIPPED


def _describe(options: argparse.Namespace, record: "Record", camera: "CameraAdvice") -> "Iterator[str]":
    are = "is" if camera.frames == 1 else "are"
    now = f"{camera.kept} of {counted(camera.frames, 'frame')} looked at {are} kept"
    yield f"{show(camera.camera)}: {now}{_percent(camera.kept, camera)}"
    if camera.tolerance is not None:
        keeps = f"{camera.tolerance}{_percent(camera.tolerance, camera)}"
        yield f"  --method tolerance would keep {keeps}: {_write_filter(record)}"
    if camera.busy:
        keeps = f"{camera.busy.kept}{_percent(camera.busy.kept, camera)}"
        yield f"  {_describe_part(camera.busy)}, mask it, and {keeps} would be kept: {_write_mask(options, record)}"
    if camera.repeats:
        have = "frame has" if camera.repeats == 1 else "frames have"
        yield f"  {camera.repeats} {have} the same bytes as the frame before: {_command('overview', record.source)}"
    if camera.tolerance is None and camera.busy is None:
        yield "  that is few" if camera.is_few else "  nothing that was tried keeps many fewer"


def _describe_part(busy: "BusyPart") -> str:
    across, down = (sorted(100 * point[side] for point in busy.polygon) for side in (0, 1))
    place = f"{across[0]:.0f} to {across[-1]:.0f} % across, {down[0]:.0f} to {down[-1]:.0f} % down"
    return f"{100 * busy.share:.0f} % of the change lies in one part of the picture ({place}): if nothing there matters"


def _percent(number: int, camera: "CameraAdvice") -> str:
    return f" ({100 * number / camera.frames:.0f} %)" if camera.frames else ""


def _write_filter(record: "Record") -> str:
    """Return the command of a run with the other method; masks, of which no file is known, are to be named."""
    from framesift.looking.advice import use_tolerance

    words = [record.source, f"{record.folder}-tolerance", *use_tolerance(record.settings).options()]
    return _command("filter", *words) + (" --mask FILE" if record.settings.masks else "")


def _write_mask(options: argparse.Namespace, record: "Record") -> str:
    return _command("mask", record.source, "--page", "masks.html", "--results", options.results)


def _command(*words: str) -> str:
    return as_command(["framesift", *words])


def _as_json(options: argparse.Namespace, record: "Record", camera: "CameraAdvice") -> dict[str, Any]:
    busy, tolerance = camera.busy, camera.tolerance
    return {
        "camera": camera.camera,
        "frames": camera.frames,
        "kept": camera.kept,
        "same_bytes_as_before": camera.repeats,
        "tolerance": None if tolerance is None else {"kept": tolerance, "command": _write_filter(record)},
        "mask": busy
        and {
            "kept": busy.kept,
            "share_of_change": busy.share,
            "polygon": busy.polygon,
            "command": _write_mask(options, record),
        },
    }
