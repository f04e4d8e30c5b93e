"""`framesift mask`: begin a mask file, show for each camera what is masked, and draw masks on a page."""

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from framesift.cli.configs import add_saving_arguments, check_saving, save_settings
from framesift.cli.options import (
    DONE,
    EXIT_CODES,
    SKIPPED,
    add_config_argument,
    add_jobs_argument,
    add_mask_argument,
    add_reading_arguments,
    add_settings,
    read_options,
    refuse_among_frames,
    tell_left_out,
)
from framesift.errors import UnreadableFrame, UsageError, as_command, show
from framesift.filtering.options import OPTIONS

if TYPE_CHECKING:
    from framesift.filtering.manifest import Record
    from framesift.filtering.settings import Settings
    from framesift.looking.masking import CameraChanges, Sheet
    from imaging_interview import Image

DESCRIPTION = """\
Writes a mask file with an entry for each camera, in which nothing is masked yet, and draws a frame of each camera:
dimmed is what is not compared. With --mask FILE it draws what that file masks, and writes no other. With --page it
writes a page instead, which opens offline: there regions are drawn with mouse, finger or keys, over where the changes
of a run were, and saved as a mask file."""

_LONGEST = 180
"""Bytes of a camera's name in that of its picture, which is first written under a longer one."""

EXAMPLE = """\
example:
  %(prog)s frames                            begins mask.json; draws mask-pictures/CAMERA.png
  %(prog)s frames --mask mask.json           draws what mask.json masks: edit, look, and edit again
  framesift filter frames results --mask mask.json
  %(prog)s frames --page masks.html --results results    a page to draw on, which says what would be kept

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=mask_command)
    add = parser.add_argument
    add("directory", metavar="DIR", help="folder of the frames; folders below it are searched too")
    add("--output", metavar="FILE.json", default="mask.json", help="the file to begin (default mask.json)")
    pictures = "folder for the pictures, outside of DIR (default mask-pictures)"
    add("--pictures", metavar="FOLDER", default="mask-pictures", help=pictures)
    page = "write a page to draw masks on instead; what it saves has the name that --output gives"
    add("--page", metavar="FILE.html", help=page)
    results = "folder of a run with these frames: --page shows where changes were, and estimates what would be kept"
    add("--results", metavar="RESULTS", help=results)
    add_mask_argument(parser, "draw what this file masks in framesift filter")
    add_saving_arguments(parser, "which masks --mask names")
    add_config_argument(parser)
    add_settings(parser, [OPTIONS["border_mask"]])
    frames = parser.add_argument_group("frames")
    add_reading_arguments(frames)
    add_jobs_argument(frames)


def mask_command(options: argparse.Namespace) -> int:
    """Begin a mask file, or take one, and draw a frame of each camera; or write the page."""
    check_saving(options)
    if options.save and (options.page or not options.mask):
        raise UsageError("--save writes down which masks --mask names: draw them first, with --page")
    if options.page:
        return _write_page(options)
    if options.results:
        raise UsageError("--results is shown on a page: name one with --page FILE.html")
    masks = _locate_masks(options) if options.save else []
    code = _draw_pictures(options)
    if options.save:
        print(save_settings(options, {"mask": masks}))
    return code


def _locate_masks(options: argparse.Namespace) -> list[str]:
    """Return the masks as a settings file names them: by their paths from its own folder on."""
    folder = os.path.dirname(os.path.realpath(options.save))
    located = []
    for text in options.mask:
        camera, equals, path = text.partition("=")
        if not equals or os.path.lexists(text):
            camera, equals, path = "", "", text
        below = os.path.relpath(os.path.realpath(path), folder)
        if below.startswith(os.pardir) and folder == os.path.realpath(options.directory):
            told = "lies outside of DIR, and a settings file among the frames names no such masks: save to another file"
            raise UsageError(told, path)
        located.append(f"{camera}{equals}{below}")
    return located


def _draw_pictures(options: argparse.Namespace) -> int:
    from framesift.actions import storage_errors
    from framesift.actions.files.access import new_folder
    from framesift.actions.files.outputs import create_output
    from framesift.comparators.masks import require_cameras
    from framesift.comparators.masks.reading import start_masks

    refuse_among_frames(options.pictures, options.directory, "--pictures")
    settings = read_options(options)
    cameras = _find_cameras(options.directory, settings)
    require_cameras(settings.masks, list(cameras), options.directory)
    with ExitStack() as stack:
        if not options.mask:
            stack.enter_context(create_output(options.output)).write(start_masks(cameras).encode("ascii"))
        with storage_errors(options.pictures):
            stack.enter_context(new_folder(options.pictures, options.directory))
        drawn = [_draw_camera(options, settings, camera, paths) for camera, paths in cameras.items()]
    if not options.mask:
        print(f"{show(options.output)}: fill it in, then look with --mask {show(options.output)}")
    return DONE if all(drawn) else SKIPPED


def _find_cameras(directory: str, settings: "Settings") -> dict[str, list[str]]:
    """Return the paths of the frames of each camera, its films behind its pictures."""
    from framesift.frames.finding import find_frames
    from framesift.frames.videos import name_film

    listing = find_frames(directory, settings.naming, videos=True, choice=settings.choice)
    tell_left_out(listing.left_out, settings.choice, directory)
    cameras: dict[str, list[str]] = {}
    for frame in listing.frames:
        cameras.setdefault(frame.camera, []).append(frame.path)
    for video in listing.videos:
        cameras.setdefault(name_film(video, settings.naming).camera, []).append(video)
    return cameras


def _draw_camera(options: argparse.Namespace, settings: "Settings", camera: str, paths: list[str]) -> bool:
    """Draw the first whole frame of a camera; tell whether there is one."""
    from framesift.actions.files.outputs import replace_output
    from framesift.filtering.comparator_choice import comparator_of
    from framesift.looking.evidence import draw_ruler, outline_compared
    from framesift.looking.explanation_picture import encode_picture

    settings = _in_colour(settings, camera)
    pixels = _read_first(options, settings, camera, paths)
    if pixels is None:
        return False
    height, width = pixels.shape[:2]
    part = comparator_of(settings, camera).compared_part((width, height))
    target = os.path.join(options.pictures, _name_picture(camera))
    with replace_output(target) as file:
        file.write(encode_picture(draw_ruler(outline_compared(pixels, part))))
    share = 100 * part.area / (width * height)
    print(f"{show(camera)}: {share:.0f} % of {width}x{height} px are compared: {show(target)}")
    return True


def _in_colour(settings: "Settings", camera: str) -> "Settings":
    """Return settings that a camera is shown by: its masks and borders, on pictures in the colours that they have."""
    from framesift.filtering.option_values import Decoding, Method

    return replace(settings.of(camera), method=Method.FRAMEDIFF, decode=Decoding.EXACT, size=None)


def _read_first(options: argparse.Namespace, settings: "Settings", camera: str, paths: list[str]) -> "Image | None":
    """Return the first whole frame of a camera, which its masks must fit; say so where there is none."""
    from framesift.filtering.describing import check_masks

    path, pixels = next(_read_whole(options.directory, paths, settings), ("", None))
    if pixels is None:
        print(f"{show(camera)}: has no whole frame to draw", file=sys.stderr)
        return None
    check_masks(settings, camera, (pixels.shape[1], pixels.shape[0]), path)
    return pixels


def _read_whole(directory: str, paths: list[str], settings: "Settings") -> "Iterator[tuple[str, Image | None]]":
    """Yield the whole frames, of a video the first."""
    from framesift.filtering.describing import read_frame, sampling_of
    from framesift.frames.suffixes import is_video
    from framesift.frames.videos import name_film, walk_stills

    for path in paths:
        if is_video(path):
            film = name_film(path, settings.naming)
            still = next(walk_stills(directory, film, sampling_of(settings), settings.naming))
            yield path, still.pixels
            continue
        with suppress(UnreadableFrame):
            yield path, read_frame(os.path.join(directory, path), settings).pixels


def _name_picture(camera: str) -> str:
    """Return the name of a camera's picture."""
    return f"{name_file(camera)}.png"


def name_file(camera: str) -> str:
    """Return a name for a file of a camera: one that is named after a folder may have a / in its name.

    One that is too long for a file is cut, and a digest tells it apart.
    """
    name = camera.replace("%", "%25").replace("/", "%2F")
    encoded = os.fsencode(name)
    if len(encoded) > _LONGEST:
        name = f"{encoded[:_LONGEST].decode(errors='ignore')}-{hashlib.sha256(encoded).hexdigest()[:16]}"
    return name


def _write_page(options: argparse.Namespace) -> int:
    """Write the page on which masks are drawn."""
    from framesift.actions.files.outputs import check_output
    from framesift.cli.progress import open_bar
    from framesift.comparators.masks import require_cameras
    from framesift.filtering.manifest import open_record
    from framesift.frames.finding import SETTINGS_FILE
    from framesift.looking.masking import Drawing, list_polygons, sample_changes, write_masking

    check_output(options.page)
    settings = read_options(options)
    record = open_record(options.results, options.directory) if options.results else None
    if record:
        _refuse_settings(options)
        settings = replace(record.settings, masks=settings.masks or record.settings.masks)
    cameras = _find_cameras(options.directory, settings)
    require_cameras(settings.masks, list(cameras), options.directory)
    changes = sample_changes(record) if record else {}
    polygons = list_polygons(settings.masks)
    if record and not changes.keys() & cameras.keys():
        raise UsageError(
            f"is of other frames: it has decided none of a camera of {show(options.directory)}", record.folder
        )
    sheets = [_lay_sheet(options, settings, camera, paths, changes) for camera, paths in cameras.items()]
    title = f"Masks of {show(os.path.basename(os.path.abspath(options.directory)))}"
    commands = _write_commands(options, record)
    drawing = Drawing(title, list(cameras), polygons, os.path.basename(options.output), *commands, record)
    total = sum(len(sheet.changes.choose()) for sheet in sheets if sheet.changes)
    with open_bar(stage="mask", total=total) as bar:
        write_masking(options.page, drawing, sheets, options.jobs, bar.update)
    print(f"{show(options.page)}: open it, draw, and save the mask")
    words = ["framesift", "mask", options.directory, "--mask", options.output, "--save", SETTINGS_FILE]
    print(f"then for all runs to come: {as_command(words)}")
    return DONE if all(sheet.picture is not None for sheet in sheets) else SKIPPED


def _refuse_settings(options: argparse.Namespace) -> None:
    """Raise UsageError for what a run has settled: with other settings its changes would be others."""
    from framesift.filtering.options import OPTIONS as ALL

    for option in ALL.values():
        if option.name != "mask" and getattr(options, option.name, None) not in (None, [], False):
            raise UsageError(f"{option.flag} is as RESULTS says: leave it away")


def _lay_sheet(
    options: argparse.Namespace,
    settings: "Settings",
    camera: str,
    paths: list[str],
    changes: "dict[str, CameraChanges]",
) -> "Sheet":
    """Return what a person draws on: a frame of a camera, in the colours that it has."""
    from framesift.filtering.comparator_choice import comparator_of
    from framesift.looking.masking import Sheet, lay_sheet

    shown = _in_colour(settings, camera)
    pixels = _read_first(options, shown, camera, paths)
    if pixels is None:
        return Sheet(camera, None, (0, 0, 1, 1), changes.get(camera))
    part = comparator_of(replace(shown, masks=()), camera).compared_part((pixels.shape[1], pixels.shape[0]))
    return lay_sheet(camera, pixels, part, changes.get(camera))


def _write_commands(options: argparse.Namespace, record: "Record | None") -> tuple[str, str]:
    """Return the command that says what a mask keeps, and the one that keeps it."""
    settings: list[str] = []
    if record:
        thresholds = record.settings.min_contour_area, record.settings.score_threshold
        settings = [*map(str, thresholds), *record.settings.options()]
    mask = ["--mask", os.path.basename(options.output)]
    results = f"{os.path.normpath(options.results or options.directory)}-masked"
    begin = ["framesift", "filter", options.directory]
    words = [*begin, *settings, *mask, "--dry-run"], [*begin, results, *settings, *mask]
    return as_command(words[0]), as_command(words[1])
