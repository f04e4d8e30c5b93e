"""Real cameras as numbers: the scores of their frames against each other, computed when they are first needed."""

import os
import time
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.describing import view_frame
from framesift.filtering.settings import Settings
from framesift.frames.finding import find_frames


class Camera:
    """The whole frames of one camera that have its usual size."""

    def __init__(self, name: str, descriptors: list[Any], settings: Settings) -> None:
        self.name = name
        self._descriptors = descriptors
        self._comparator = comparator_of(settings, name)
        self._scores: dict[tuple[int, int], float] = {}
        self.limit = settings.score_threshold.px(self._comparator.compared_area(descriptors[0]))
        self.compare_s: list[float] = []
        """Seconds of each comparison."""

    def __len__(self) -> int:
        return len(self._descriptors)

    def score(self, reference: int, candidate: int) -> float:
        """Return the score of two frames by their numbers, each pair compared once."""
        pair = int(reference), int(candidate)
        if pair not in self._scores:
            started = time.perf_counter()
            self._scores[pair] = self._comparator.score(*(self._descriptors[number] for number in pair))
            self.compare_s.append(time.perf_counter() - started)
        return self._scores[pair]

    def fold(self, number: int) -> int:
        """Return the frame that stands for the `number`th of a longer camera: to the last one, back, and so on."""
        place = number % (2 * len(self) - 2)
        return place if place < len(self) else 2 * len(self) - 2 - place


def read_cameras(folder: Path, least: int = 60) -> tuple[list[Camera], float]:
    """Return the cameras below a folder that have `least` frames, and the median seconds of reading a frame."""
    settings, cameras, seconds = Settings(), list[Camera](), list[float]()
    frames = find_frames(os.fspath(folder)).frames
    for name, of_camera in groupby(frames, key=lambda frame: frame.camera):
        descriptors = []
        for frame in of_camera:
            started = time.perf_counter()
            view = view_frame(frame, os.fspath(folder), settings)
            seconds.append(time.perf_counter() - started)
            if view.descriptor is not None:
                descriptors.append(view.descriptor)
        shapes = [descriptor.shape for descriptor in descriptors]
        usual = [d for d in descriptors if d.shape == max(set(shapes), key=shapes.count)]
        if len(usual) >= least:
            cameras.append(Camera(name, usual, settings))
    return cameras, median(seconds)
