"""The series of all cameras of a search, each begun when pictures are proposed for a keeper of it."""

import threading
from typing import NamedTuple

from framesift.comparators.landmarks import find_landmarks
from framesift.comparators.likeness import SIDE, View
from framesift.comparators.window_bound import find_largest
from framesift.duplicates.groups import Item
from framesift.duplicates.series import SCALES, Plate, Series, make_plate

MOST_PICTURES, MOST_SERIES = 2**14, 64
"""Remembered at a time, at about 14 kB for a picture."""
_CROWD = 12
"""Pictures proposed for one keeper, as those of its camera are: to look at fewer takes less than to remember them."""


class Album:
    """The series of all cameras. Used by several threads."""

    def __init__(self) -> None:
        self._series = list[Series]()
        self._lock = threading.Lock()

    def tell_apart(self, keeper: Item) -> list[str]:
        """Return the paths of pictures that differ from one that has been seen, as far as that is known."""
        series = self._find(keeper)
        if series is None:
            return []
        series.close(keeper)
        return list(series.tell_apart(keeper))

    def open(self, keeper: Item, view: View, count: int) -> "Page | None":
        """Return what is known of the camera of a keeper that is to be compared with so many others; begun anew where
        that is nothing, None where nothing can be, or it is not worth the while.
        """
        plate, series = make_plate(view), self._find(keeper)
        if plate is None or (series is None and count < _CROWD):
            return None
        series = series or next((each for each in reversed(self._series) if each.fits(plate)), None)
        if series is None:
            landmarks = find_landmarks(plate.fine)
            if not landmarks.are_enough:
                return None
            series = Series(landmarks, plate)
            self._series.append(series)
        series.add(keeper, plate)
        series.close(keeper)
        while len(self._series) > 1 and (
            len(self._series) > MOST_SERIES or sum(map(len, self._series)) > MOST_PICTURES
        ):
            self._series.remove(min((each for each in self._series if each is not series), key=len))
        return Page(series, keeper, plate, self._lock)

    def _find(self, keeper: Item) -> Series | None:
        return next((each for each in reversed(self._series) if each.has(keeper)), None)


class Page(NamedTuple):
    """A keeper among the pictures of its camera."""

    series: Series
    keeper: Item
    plate: Plate
    lock: threading.Lock

    def differs(self, member: Item, view: View) -> bool:
        """Tell whether a picture is known to show something else."""
        plate = make_plate(view)
        if plate is None or plate.fine.shape != self.plate.fine.shape:
            return False
        with self.lock:
            self.series.add(member, plate)
            differ, found = self.series.compare(self.keeper, member)
        if differ or not found.lies_upon[0]:
            return differ
        for scale, (noise, limit) in enumerate(SCALES[: 1 + (max(view.size) > SIDE)]):
            shift = float(found.shift[0]) * max(plate[scale].shape) / max(plate.fine.shape)
            largest, place = find_largest(self.plate[scale], plate[scale], found.gains, shift, noise)
            if largest > limit:
                with self.lock:
                    self.series.learn(scale, place, {self.keeper: self.plate, member: plate})
                return True
        return False
