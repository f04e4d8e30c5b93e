"""What was measured, in words, each with the command that does something about it."""

from collections.abc import Iterator
from typing import NamedTuple

from framesift.errors import as_command, counted, show
from framesift.filtering.manifest import Record
from framesift.filtering.section_words import name_files
from framesift.looking.advice.measuring import BusyPart, CameraAdvice, use_tolerance


class Finding(NamedTuple):
    """Something that stands out."""

    words: str
    command: str = ""
    """As it can be typed into a shell; empty where there is nothing to do."""


def describe_keeping(camera: CameraAdvice) -> str:
    """Say how many frames of a camera are kept as it is."""
    are = "is" if camera.frames == 1 else "are"
    now = f"{camera.kept} of {counted(camera.frames, 'frame')} looked at {are} kept"
    return f"{show(camera.camera)}: {now}{_percent(camera.kept, camera)}"


def describe_advice(record: Record, results: str, camera: CameraAdvice) -> Iterator[Finding]:
    """Yield what would help; `results` is what the user calls the results folder."""
    if camera.tolerance is not None:
        keeps = f"{camera.tolerance}{_percent(camera.tolerance, camera)}"
        yield Finding(f"--method tolerance would keep {keeps}", write_filter(record))
    if camera.busy:
        keeps = f"{camera.busy.kept}{_percent(camera.busy.kept, camera)}"
        words = f"{_describe_part(camera.busy)}, mask it, and {keeps} would be kept"
        yield Finding(words, write_mask(record, results))
    if camera.repeats:
        have = "frame has" if camera.repeats == 1 else "frames have"
        words = f"{camera.repeats} {have} the same bytes as the frame before"
        yield Finding(words, name_command("overview", record.source))
    if camera.tolerance is None and camera.busy is None:
        yield Finding("that is few" if camera.is_few else "nothing that was tried keeps many fewer")


def _describe_part(busy: BusyPart) -> str:
    across, down = (sorted(100 * point[side] for point in busy.polygon) for side in (0, 1))
    place = f"{across[0]:.0f} to {across[-1]:.0f} % across, {down[0]:.0f} to {down[-1]:.0f} % down"
    return f"{100 * busy.share:.0f} % of the change lies in one part of the picture ({place}): if nothing there matters"


def _percent(number: int, camera: CameraAdvice) -> str:
    return f" ({100 * number / camera.frames:.0f} %)" if camera.frames else ""


def write_filter(record: Record) -> str:
    """Return the command of a run with the other method; files of masks and settings are to be named."""
    words = [record.source, f"{record.folder}-tolerance", *use_tolerance(record.settings).options()]
    return name_command("filter", *words) + name_files(record)


def write_mask(record: Record, results: str) -> str:
    """Return the command of the page on which masks are drawn."""
    return name_command("mask", record.source, "--page", "masks.html", "--results", results)


def name_command(*words: str) -> str:
    """Return a command of framesift as it can be typed into a shell."""
    return as_command(["framesift", *words])
