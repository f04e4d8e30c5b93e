"""python -m benchmarks.duplicates.one_camera PICTURE FOLDER [NUMBER]: frames of a fixed camera with a clock in them.

Each is the picture at 1920x1080 with noise, a light that wanders by a hundredth, and another time at the top left. Then
`time framesift duplicates FOLDER`, which is to find nothing, and `python benchmarks/speed/decoding_alone.py FOLDER 2`.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE, STEP_S = (1920, 1080), 47


def draw_frame(place: NDArray[np.uint8], number: int) -> NDArray[np.uint8]:
    """Return the frame of this number, (1080, 1920, 3) uint8."""
    noise = np.random.default_rng(number).normal(0, 2, (*place.shape[:2], 1))
    frame = np.clip((place + noise) * (1 + 0.01 * np.sin(number / 9)), 0, 255).astype(np.uint8)
    seconds = number * STEP_S
    text = f"2024-03-{1 + seconds // 86400:02d} {seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    for level, width in ((0, 5), (255, 2)):
        cv2.putText(frame, text, (40, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (level,) * 3, width, cv2.LINE_AA)
    return np.asarray(frame, np.uint8)


def main(picture: str, folder: str, number: str = "400") -> None:
    """Write the frames."""
    seen = cv2.imread(picture)
    if seen is None:
        sys.exit(f"{picture}: is no picture")
    place = cv2.medianBlur(cv2.resize(seen, SIZE, interpolation=cv2.INTER_AREA), 3)
    Path(folder).mkdir(parents=True)
    for each in range(int(number)):
        frame = draw_frame(np.asarray(place, np.uint8), each)
        cv2.imwrite(f"{folder}/c9_{each:05d}.jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
