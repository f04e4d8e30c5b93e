"""`framesift advise`: what would keep fewer frames of a run, measured on some of them."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from framesift.cli.options import DONE, EXIT_CODES, SKIPPED, add_jobs_argument, add_source_argument
from framesift.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framesift.filtering.manifest import Record
    from framesift.looking.advice import CameraAdvice

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
    from framesift.filtering.places import borrow_record
    from framesift.looking.advice import name_command
    from framesift.looking.streamed import require_dropped

    with borrow_record(options.results, options.source) as record:
        require_dropped(record)
        cameras, total = measure_advice(options, record)
    if options.json:
        print(json.dumps([_as_json(options, record, camera) for camera in cameras]))
    else:
        print("\n".join(line for camera in cameras for line in _describe(options, record, camera)))
        if any(camera.kept < camera.frames for camera in cameras):  # an audit draws from the dropped ones
            command = name_command("audit", options.results)
            print(f"Fewer is not better by itself: {command} says how much is lost at most")
    return DONE if sum(camera.frames for camera in cameras) == total else SKIPPED


def measure_advice(options: argparse.Namespace, record: "Record") -> "tuple[list[CameraAdvice], int]":
    """Return what was measured, and how many frames were to be looked at; shows a bar meanwhile."""
    from framesift.cli.progress import open_bar
    from framesift.looking.advice import advise, choose_stretches, count_steps

    stretches = choose_stretches(record)
    if not stretches:
        raise UsageError("has decided no picture: advise looks at pictures, not at films", options.results)
    total = count_steps(stretches)
    with open_bar(stage="advise", total=total) as bar:
        return list(advise(record, stretches, options.jobs, bar.update)), total


def _describe(options: argparse.Namespace, record: "Record", camera: "CameraAdvice") -> "Iterator[str]":
    from framesift.looking.advice import describe_advice, describe_keeping

    yield describe_keeping(camera)
    for finding in describe_advice(record, options.results, camera):
        yield f"  {finding.words}: {finding.command}" if finding.command else f"  {finding.words}"


def _as_json(options: argparse.Namespace, record: "Record", camera: "CameraAdvice") -> dict[str, Any]:
    from framesift.looking.advice import write_filter, write_mask

    busy, tolerance = camera.busy, camera.tolerance
    return {
        "camera": camera.camera,
        "frames": camera.frames,
        "kept": camera.kept,
        "same_bytes_as_before": camera.repeats,
        "tolerance": None if tolerance is None else {"kept": tolerance, "command": write_filter(record)},
        "mask": busy
        and {
            "kept": busy.kept,
            "share_of_change": busy.share,
            "polygon": busy.polygon,
            "command": write_mask(record, options.results),
        },
    }
