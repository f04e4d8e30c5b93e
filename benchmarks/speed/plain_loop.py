"""The plain loop of the field: one frame at a time, one core.

    python plain_loop.py FRAMES RESULTS

Thresholds are the defaults of main.py, 0.05 % and 0.75 % of the compared area. It keeps what main.py keeps, on frames
whose names begin with the camera and sort in the order of time.
"""

import re
import shutil
import sys
from pathlib import Path

import cv2
from numpy import uint8
from numpy.typing import NDArray

Image = NDArray[uint8]


def describe(image: Image) -> Image:
    """Grey, blurred, with black borders."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    height, width = grey.shape
    grey[:, : 5 * width // 100 + 1] = 0
    grey[: 10 * height // 100 + 1] = 0
    grey[:, width - 5 * width // 100 :] = 0
    return grey  # type: ignore[return-value]


def has_changed(reference: Image, grey: Image) -> bool:
    """Whether the changed regions that are large enough make up enough of the picture."""
    height, width = grey.shape
    area = (width - 2 * (5 * width // 100) - 1) * (height - 10 * height // 100 - 1)
    difference = cv2.absdiff(reference, grey)
    _, changed = cv2.threshold(difference, 45, 255, cv2.THRESH_BINARY)
    changed = cv2.dilate(changed, None, iterations=2)  # type: ignore[call-overload]
    contours, _ = cv2.findContours(changed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    areas = [cv2.contourArea(contour) for contour in contours]
    score = sum(a for a in areas if a >= area * 5 / 10_000)
    return bool(score > area * 75 / 10_000)


def main(frames: Path, results: Path) -> None:
    """Copy the frames that differ from the last kept one of their camera and size."""
    results.mkdir(parents=True, exist_ok=True)
    references: dict[tuple[str, tuple[int, ...]], Image] = {}
    for path in sorted(frames.iterdir()):
        image = cv2.imread(str(path))
        if image is None:
            continue
        grey = describe(image)  # type: ignore[arg-type]
        camera = re.split("[-_]", path.name)[0], grey.shape
        if camera not in references or has_changed(references[camera], grey):
            references[camera] = grey
            shutil.copy(path, results / path.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
