"""`framesift mask`: begin a mask file, and show for each camera what is masked."""

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from framesift.cli.options import (
    DONE,
    EXIT_CODES,
    SKIPPED,
    add_mask_argument,
    add_reading_arguments,
    add_settings,
    read_options,
    refuse_among_frames,
    tell_left_out,
)
from framesift.errors import UnreadableFrame, show
from framesift.filtering.options import OPTIONS

if TYPE_CHECKING:
    from framesift.filtering.settings import Settings
    from imaging_interview import Image

DESCRIPTION = """\
Writes a mask file with an entry for each camera, in which nothing is masked yet, and draws a frame of each camera:
dimmed is what is not compared. With --mask FILE it draws what that file masks, and writes no other."""

_LONGEST = 180
"""Bytes of a camera's name in that of its picture, which is first written under a longer one."""

EXAMPLE = """\
example:
  %(prog)s frames                            begins mask.json; draws mask-pictures/CAMERA.png
  %(prog)s frames --mask mask.json           draws what mask.json masks: edit, look, and edit again
  framesift filter frames results --mask mask.json

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
    add_mask_argument(parser, "draw what this file masks in framesift filter")
    add_settings(parser, [OPTIONS["border_mask"]])
    add_reading_arguments(parser.add_argument_group("frames"))


def mask_command(options: argparse.Namespace) -> int:
    """Begin a mask file, or take one, and draw a frame of each camera."""
    from framesift.actions import storage_errors
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
            os.makedirs(options.pictures, exist_ok=True)
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
    from framesift.filtering.describing import check_masks
    from framesift.looking.evidence import draw_ruler, outline_compared
    from framesift.looking.explanation_picture import encode_picture

    path, pixels = next(_read_whole(options.directory, paths, settings), ("", None))
    if pixels is None:
        print(f"{show(camera)}: has no whole frame to draw", file=sys.stderr)
        return False
    height, width = pixels.shape[:2]
    check_masks(settings, camera, (width, height), path)
    part = comparator_of(settings, camera).compared_part((width, height))
    target = os.path.join(options.pictures, _name_picture(camera))
    with replace_output(target) as file:
        file.write(encode_picture(draw_ruler(outline_compared(pixels, part))))
    share = 100 * part.area / (width * height)
    print(f"{show(camera)}: {share:.0f} % of {width}x{height} px are compared: {show(target)}")
    return True


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
    """Return the name of a camera's picture: a camera that is named after a folder may have a / in its name.

    One that is too long for a file is cut, and a digest tells it apart.
    """
    name = camera.replace("%", "%25").replace("/", "%2F")
    encoded = os.fsencode(name)
    if len(encoded) > _LONGEST:
        name = f"{encoded[:_LONGEST].decode(errors='ignore')}-{hashlib.sha256(encoded).hexdigest()[:16]}"
    return f"{name}.png"
