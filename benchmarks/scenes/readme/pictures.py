"""Draws the pictures of the README, one decision on the sample frames, and those of its events.

python -m benchmarks.scenes.readme.pictures images
"""

import sys
from pathlib import Path

import cv2

from benchmarks.scenes.readme.happenings import draw_happenings
from framesift import filter_frames
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.thresholds import Threshold
from framesift.frames.reader import read_picture
from framesift.looking.evidence import draw_evidence

FRAMES = Path(__file__).resolve().parents[3] / "images" / "frames"
CANDIDATE = "c10_2021_03_27__17_16_10.jpg"


def draw_pictures(folder: Path) -> None:
    """Write reference, candidate, threshold image and contours of the decision on CANDIDATE."""
    [decision] = [decision for decision in filter_frames(FRAMES) if decision.frame.path == CANDIDATE]
    assert decision.reference is not None
    reference, candidate = (read_picture(FRAMES / path).pixels for path in (decision.reference, CANDIDATE))
    evidence = draw_evidence(reference, candidate, FrameDifferencing(Threshold.parse("0.05%")))
    assert evidence.comparison.score == decision.score
    for name in ("reference", "candidate", "contours"):
        cv2.imwrite(str(folder / f"{name}.jpg"), getattr(evidence, name), [cv2.IMWRITE_JPEG_QUALITY, 88])
    cv2.imwrite(str(folder / "threshold.png"), evidence.comparison.threshold, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    draw_happenings(FRAMES, folder, CANDIDATE)


if __name__ == "__main__":
    draw_pictures(Path(sys.argv[1]))
