"""The main job in one thread, with a stopwatch on every stage."""

import os
from collections.abc import Iterator
from typing import Final

from benchmarks.speed.stages import Stopwatch
from framesift.actions import Copy, place_files
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.thresholds import Threshold
from framesift.filtering.manifest import encode_decision
from framesift.filtering.selection import Decision, Verdict
from framesift.frames.finding import find_frames
from framesift.frames.frame import Frame
from framesift.frames.reader.picture import decode_picture
from framesift.frames.reader.source import read_file
from imaging_interview import Image

GROUP: Final = 16
"""Kept frames written at a time, with one fsync of the folder for all."""
LIMIT: Final = Threshold.parse("0.75%")


class Walk:
    """The state of the walk over one folder of frames."""

    def __init__(self, folder: str, results: str, watch: Stopwatch) -> None:
        self.folder, self.results, self.watch = folder, results, watch
        self.comparator = FrameDifferencing(Threshold.parse("0.05%"))
        self.references: dict[str, tuple[str, Image]] = {}
        self.waiting: list[Copy] = []

    def run(self) -> Iterator[dict[str, float]]:
        """Yield the seconds of the stages of each frame, and of each kept frame's share in its group."""
        for frame in find_frames(self.folder).frames:
            self.watch.take()
            self.decide(frame)
            yield self.watch.take()
            if len(self.waiting) == GROUP:
                yield self.place()
        if self.waiting:
            yield self.place()

    def decide(self, frame: Frame) -> None:
        """Read, describe, compare and record one frame."""
        watch, comparator = self.watch, self.comparator
        with watch.own("read"):
            content, status = read_file(os.path.join(self.folder, frame.path))
        with watch.own("check"):
            pixels = decode_picture(content)
        with watch.own("mask"):
            descriptor = comparator.describe(pixels)
        score, reference = None, self.references.get(frame.camera)
        if reference is not None:
            with watch.own("contours"):
                score = comparator.score(reference[1], descriptor)
        keep = score is None or score > LIMIT.px(comparator.compared_area(descriptor))
        verdict, size = Verdict.KEEP if keep else Verdict.DROP, (pixels.shape[1], pixels.shape[0])
        path = None if reference is None else reference[0]
        with watch.own("manifest line"):
            encode_decision(Decision(frame, verdict, score, path, f"score {score}", size))
        if keep:
            self.references[frame.camera] = frame.path, descriptor
            self.waiting.append(Copy(frame.path, content, status))

    def place(self) -> dict[str, float]:
        """Write the waiting frames; the share of each in what that took."""
        with self.watch.own("copy"):
            place_files(self.results, self.waiting)
        count = len(self.waiting)
        self.waiting.clear()
        return {stage: seconds / count for stage, seconds in self.watch.take().items()}
