"""The files of a corpus, written in processes of their own: what is imported here weighs 60 MB and more."""

import os
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from benchmarks.speed.kinds import ACTIVITY, SEED, Kind

QUALITY = 92
"""Of JPEG: between the 80 of thrifty cameras and the 95 and more of good ones."""
FRESH_NOISE = 1.6
"""Deviation in grey levels of the noise that tells frames apart that show the same."""
RECURRING = 50
"""Different pictures among the small frames."""
BYTES_OF_SMALL = 12_000
BEGINNING = 1_600_000_000_000
"""Milliseconds since 1970 in the name of the first frame whose own time is not used."""


def render_block(folder: str, camera: str, count: int, first: int, last: int, kind: Kind) -> None:
    """Write frames `first` to `last` (excluded) of the `count` of a camera."""
    import cv2

    from benchmarks.scenes import make_deck, render_scene
    from benchmarks.scenes.rendering import add_noise
    from benchmarks.scenes.writing import encode, frame_stem

    cv2.setNumThreads(1)
    options = [cv2.IMWRITE_JPEG_QUALITY, QUALITY] if kind.suffix == ".jpg" else []
    if kind.adaptive:
        options = [cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_ALL_FILTERS]
    interval = timedelta(minutes=5) / kind.alike
    moments = make_deck(camera, SEED, count, interval)
    scene = make_deck(camera, SEED, -(-count // kind.alike), timedelta(minutes=5), min(ACTIVITY * kind.alike, 0.9))
    for index in range(first, last, kind.alike):
        image = render_scene(scene, index // kind.alike, kind.size).image
        for copy in range(min(kind.alike, last - index)):
            noisy = add_noise(image, [SEED, index, copy], FRESH_NOISE) if copy else image
            target = Path(folder, frame_stem(moments, index + copy) + kind.suffix)
            target.write_bytes(encode(kind.suffix, noisy, options))


def write_small_frames(folder: str, count: int, different: int) -> None:
    """Write `count` PNGs of 80x60 px of one camera, each a file of its own, whose pictures recur after `different`.

    What matters here is the number of files, not what they show.
    """
    from benchmarks.scenes import make_deck, render_scene
    from benchmarks.scenes.writing import Format

    scene, form = make_deck("c10", 5, different), Format(".png")
    contents = [form.encode(render_scene(scene, index, (80, 60)).image) for index in range(different)]
    for index in range(count):
        Path(folder, f"c10-{BEGINNING + 1000 * index}.png").write_bytes(contents[index % different])


def link_frames(own: str, folder: str, most: int) -> None:
    """Give the frames below `own` names that sort in framesift's order, as links where the disk allows it."""
    from framesift.frames.finding import find_frames

    cameras: dict[str, int] = {}
    for index, frame in enumerate(find_frames(own).frames[:most]):
        camera = cameras.setdefault(frame.camera, len(cameras) + 1)
        suffix = os.path.splitext(frame.path)[1].lower()
        source = os.path.join(os.path.realpath(own), frame.path)
        target = os.path.join(folder, f"c{camera:04d}-{BEGINNING + index}{suffix}")
        with suppress(OSError):
            os.link(os.path.realpath(source), target)
            continue
        shutil.copy(source, target)


def decode_film(own: str, folder: str, most: int) -> None:
    """Write the first frames of a film as PNGs. Raises OSError where OpenCV cannot read it."""
    import cv2

    film = cv2.VideoCapture(own)
    written = 0
    while written < most:
        found, image = film.read()
        if not found:
            break
        cv2.imwrite(os.path.join(folder, f"c0001-{BEGINNING + written}.png"), image)
        written += 1
    film.release()
    if not written:
        raise OSError(f"{own}: no film that OpenCV can read")


def write_film(folder: str, target: str) -> None:
    """Write the frames as an MPEG-4 film, 10 a second, at the size of the first. Raises OSError."""
    import cv2

    film = None
    for path in sorted(Path(folder).iterdir()):
        image = cv2.imread(str(path))
        if image is None:
            continue
        if film is None:
            size = (image.shape[1], image.shape[0])
            code = cv2.VideoWriter.fourcc(*"mp4v")
            film = cv2.VideoWriter(target, code, 10.0, size)
        film.write(image if (image.shape[1], image.shape[0]) == size else cv2.resize(image, size))
    if film is None or not film.isOpened():
        raise OSError(f"{target}: OpenCV writes no film here")
    film.release()
