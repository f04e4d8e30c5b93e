"""The walk through a film, which gives its frames as stills; and what a kept one becomes."""

import os
from collections.abc import Iterator

import cv2

from framesift.errors import UnreadableFrame
from framesift.frames.naming import Naming
from framesift.frames.videos.reading import Image, open_video
from framesift.frames.videos.stills import Film, Passage, Sampling, Still, name_film, name_still


def walk_stills(
    directory: str, film: Film, sampling: Sampling, naming: Naming, passage: Passage | None = None
) -> Iterator[Still]:
    """Yield the frames of a film that are looked at, in order, then what is damaged."""
    last, samples = "", 0
    try:
        with open_video(os.path.join(directory, film.path), sampling.max_pixels, sampling.key_frames) as opened:
            try:
                for offset, image in opened.sample(sampling.every):
                    samples += 1
                    frame = name_still(film, offset, naming)
                    if frame.path != last:  # two frames within a thousandth of a second
                        yield Still(frame, image, opened.stat)
                    last = frame.path
            finally:
                if passage is not None:
                    passage.add(opened, samples)
    except UnreadableFrame as error:
        yield Still(film.frame, None, None, error.reason)


def read_still(directory: str, path: str, sampling: Sampling, naming: Naming) -> Image | None:
    """Decode a film up to the still `path`; None where there is no such frame."""
    for still in walk_stills(directory, name_film(path.rpartition("/")[0], naming), sampling, naming):
        if still.frame.path == path:
            return still.pixels
    return None


def encode_still(pixels: Image) -> bytes:
    """Return the picture as PNG: nothing is lost, and the same pixels give the same bytes."""
    done, content = cv2.imencode(".png", pixels)
    if not done:
        raise ValueError(f"cannot be written as PNG: {pixels.shape}")
    return content.tobytes()
