"""What framesift says of a scene as it is, and with each fault laid over it from a random frame on."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import cv2
import numpy as np

from benchmarks.health.faults import DRAWS, Laid, Picture, see
from benchmarks.scenes.writing import Format
from framesift.comparators.differencing import find_compared
from framesift.filtering.health.checkup import Checkup
from framesift.filtering.health.fault import Fault
from framesift.filtering.health.vitals import Vitals, measure_vitals
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from imaging_interview import preprocess_image_change_detection

WITHIN: Final = 3
"""Frames of a fault."""
FIRST: Final = 16
"""Before this frame no fault begins: framesift gets to know the camera."""
_NOON: Final = datetime(2026, 5, 1, 12, tzinfo=UTC)
_SENT: Final = Format(".jpg", 85)
_USUAL: Final = Settings()


@dataclass
class Tally:
    """Of faults of one sort."""

    laid: int = 0
    found: int = 0
    others: int = 0
    """Other faults that were told of the same frames."""
    errors: list[float] = field(default_factory=list)
    """px by which the amount was wrong, where the truth is known."""

    def __iadd__(self, other: "Tally") -> "Tally":
        self.laid += other.laid
        self.found += other.found
        self.others += other.others
        self.errors += other.errors
        return self


@dataclass
class Outcome:
    """Of one scene."""

    quiet: int = 0
    alarms: list[Fault] = field(default_factory=list)
    """Told of frames with which nothing is wrong."""
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    """By kind and sort."""


def measure_scene(name: str, frames: Sequence[Picture], seed: int, times: int) -> Outcome:
    """Follow the drawn frames of a scene, then lay each fault over them so many times."""
    outcome, checkup, before = Outcome(len(frames)), Checkup(name), []
    for number, drawn in enumerate(frames):
        before.append(deepcopy(checkup))
        told = checkup.follow(_name(name, number), None, look(see(drawn)))
        outcome.alarms += [fault for fault in told if not fault.is_over]
    rng = np.random.default_rng([seed, *name.encode()])
    for draw in DRAWS:
        for _ in range(times):
            begin = int(rng.integers(FIRST, len(frames) - WITHIN))
            laid = draw(rng)
            laid_told = _lay(deepcopy(before[begin]), name, frames, begin, laid)
            tally = outcome.tallies.setdefault((laid.kind, laid.sort), Tally())
            tally += _count(laid, laid_told)
    return outcome


def look(picture: Picture) -> Vitals | None:
    """What a run with the usual settings measures of a picture that a camera sends as JPEG."""
    sent = np.asarray(cv2.imdecode(np.frombuffer(_SENT.encode(picture), np.uint8), cv2.IMREAD_COLOR), np.uint8)
    descriptor = preprocess_image_change_detection(sent, _USUAL.blur, _USUAL.border_mask)
    height, width = sent.shape[:2]
    return measure_vitals(descriptor, find_compared(width, height, _USUAL.border_mask, ()), width)


def _lay(checkup: Checkup, name: str, frames: Sequence[Picture], begin: int, laid: Laid) -> list[Fault]:
    told = []
    for number in range(begin, begin + min(WITHIN, laid.lasts)):
        picture = laid.lay(frames[number], number - begin)
        told += list(checkup.follow(_name(name, number), None, look(picture)))
    return [fault for fault in told if not fault.is_over]


def _count(laid: Laid, told: Sequence[Fault]) -> Tally:
    right = [fault for fault in told if fault.kind == laid.kind]
    known = laid.amount is not None and right and right[0].amount is not None
    errors = [abs(right[0].amount - laid.amount)] if known and laid.amount and right[0].amount else []
    return Tally(1, bool(right), len(told) - len(right), errors)


def _name(name: str, number: int) -> Frame:
    return Frame(f"{name}/{number:04}.jpg", name, _NOON + timedelta(minutes=5 * number))
