"""The background of a camera: what of its scene stands still, by one light."""

from dataclasses import dataclass

import cv2
import numpy as np

from framesift.filtering.health.structure import Field, Structure, Values, overlay
from framesift.filtering.health.vitals import CELLS, Vitals

GRID = 8, 6
"""Columns and rows of the cells in which structure is looked for."""
MEMORY = 16
"""So many frames make a background: those before count less and less."""
_STRUCTURED = 0.2
"""Of the mean: where there is less structure, nothing tells whether it is lost."""
_LEAST_STRUCTURE, _LEAST_CELLS = 0.002, 6
"""Of a cell, and of the picture: a background with less of it cannot be judged by."""
_KEPT = 0.35
"""A cell of which less is found has lost its structure."""
_AS_SHARP = 0.95
"""Of the details: with more of them nothing is out of focus."""
_LOW = 1 / 16
"""Of the squared gradients: a cell that has less shows nothing of what was there."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a frame stands to a background."""

    agreement: float
    """How much of the structure is found, about 1 as a rule; 0 where there is another."""
    kept: float
    """Share of the cells with structure that have kept it."""
    low: float
    """Share of them in which hardly any gradient is left."""
    sharpness: float
    """By how many doublings the details have grown against the coarse structure; negative where they are lost."""


class Background:
    """A mean of frames, of which the latest count most."""

    def __init__(self, structure: Structure, vitals: Vitals) -> None:
        self.field: Field = np.zeros_like(structure.field)
        self.coarse: Values = np.zeros(CELLS[::-1], np.float32)
        self.details: Values = np.zeros(CELLS[::-1], np.float32)
        self.steps: Values = np.zeros(len(structure.field) - 1, np.float32)
        """The mean squares of the steps from row to row."""
        self.white = 0.0
        self.frames = 0
        self.learn(structure, vitals)

    def learn(self, structure: Structure, vitals: Vitals) -> None:
        """Take in a frame."""
        self.frames += 1
        part = np.float32(max(1 / self.frames, 1 / MEMORY))
        self.field += part * (structure.field - self.field)
        self.coarse += part * (shrink(structure.steepness, CELLS) - self.coarse)
        self.details += part * (vitals.show_details() - self.details)
        self.steps += part * (structure.steps - self.steps)
        self.white += float(part) * (vitals.white - self.white)

    def fits(self, structure: Structure) -> bool:
        """Tell whether a frame has the shape of this background."""
        return self.field.shape == structure.field.shape

    def compare(self, structure: Structure, vitals: Vitals) -> Comparison | None:
        """Compare a frame; None where the background has too little structure to judge by."""
        whole = shrink(overlay(self.field, self.field), GRID)
        structured = whole > max(_STRUCTURED * float(whole.mean()), _LEAST_STRUCTURE)
        if np.count_nonzero(structured) < _LEAST_CELLS:
            return None
        found = shrink(overlay(structure.field, self.field), GRID)[structured]
        whole = whole[structured]
        coarse = shrink(structure.steepness, CELLS)
        gradients = shrink(coarse, GRID)[structured] / np.maximum(shrink(self.coarse, GRID)[structured], 1e-3)
        return Comparison(
            float(found.sum() / whole.sum()),
            float(np.count_nonzero(found > _KEPT * whole) / found.size),
            float(np.count_nonzero(gradients < _LOW) / gradients.size),
            self._measure_sharpness(coarse, vitals.show_details()),
        )

    def measure_unevenness(self, structure: Structure) -> float:
        """Return how many doublings lie between the quartiles of how steep the cells have become."""
        changes = np.log2((shrink(structure.steepness, CELLS) + 16) / (self.coarse + 16))
        low, high = np.percentile(changes, (25, 75))
        return float(high - low)

    def _measure_sharpness(self, coarse: Values, details: Values) -> float:
        """Return the weighted median over the cells of how details and coarse structure have changed."""
        if float(details.sum()) > _AS_SHARP * float(self.details.sum()):
            return 0.0
        then = np.log2((self.details + 1) / (self.coarse + 16))
        now = np.log2((details + 1) / (coarse + 16))
        change, weight = (now - then).ravel(), np.sqrt(np.minimum(coarse, self.coarse)).ravel()
        order = np.argsort(change)
        reached = np.cumsum(weight[order])
        if reached[-1] <= 0:
            return 0.0
        return float(change[order][int(np.searchsorted(reached, reached[-1] / 2))])


def shrink(values: Values, grid: tuple[int, int]) -> Values:
    """Return the mean of each cell of a grid, (rows, columns), of values (height, width)."""
    return np.asarray(cv2.resize(values, grid, interpolation=cv2.INTER_AREA), np.float32)
