"""What many scripts do with imagehash: a perceptual hash of each frame, compared with that of the last kept one.

python phash_loop.py FRAMES RESULTS
"""

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import imagehash  # type: ignore[import-not-found, import-untyped, unused-ignore]
from PIL import Image

NEAR = 4
"""Bits of 64 that may differ in a frame that shows nothing new."""


def main(frames: Path, results: Path) -> None:
    """Copy the frames whose hash is far from that of the last kept one of their camera."""
    references: dict[str, Any] = {}
    for path in sorted(frames.iterdir()):
        camera = re.split("[-_]", path.name)[0]
        with Image.open(path) as image:
            value = imagehash.phash(image)
        if camera not in references or value - references[camera] > NEAR:
            references[camera] = value
            shutil.copy(path, results / path.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
