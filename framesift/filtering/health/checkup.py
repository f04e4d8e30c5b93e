"""What the frames of one camera come to, one after the other: which faults begin and which end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from framesift.filtering.health.background import MEMORY
from framesift.filtering.health.clock import is_another, is_reset
from framesift.filtering.health.fault import Fault, FaultKind
from framesift.filtering.health.habit import LEAST, Habit
from framesift.filtering.health.structure import Structure, find_structure
from framesift.filtering.health.tampering import DOUBTED, Sign, find_movement, find_sign, is_shake
from framesift.filtering.health.tearing import find_blank, find_tear
from framesift.filtering.health.views import FEW, Views
from framesift.filtering.health.vitals import Vitals
from framesift.filtering.selection import Order
from framesift.frames.frame import Frame

CONFIRMED = 3
"""So many frames in a row have to say the same."""
RECOVERED = 2
"""So many frames in a row have to say nothing."""
REPEATS = 2, 12
"""So often the same picture has to come again, and so often that of a film, which leaves out what does not change."""
SAME = 0.6
"""Of the bands that show something: with so many the same it is the same picture, below a clock perhaps."""
_STEADY = 1.5
"""px of the picture that is looked at: a camera in the wind is found elsewhere in each frame."""
_STEADIER = 0.25
"""Of the way that it was moved."""
_TAMPERING = FaultKind.COVERED, FaultKind.BLINDED, FaultKind.MOVED, FaultKind.DEFOCUSED


@dataclass(slots=True)
class Spell:
    """Frames in a row that say something else than what has been told."""

    first: Frame
    sign: Sign | None
    """None: nothing is wrong any more."""
    frames: int = 0

    def goes_on(self, sign: Sign | None) -> bool:
        """Tell whether a frame says the same: a camera that has been moved stays where it is."""
        if self.sign is None or sign is None:
            return self.sign is sign
        if self.sign.kind is not sign.kind:
            return False
        one, other = self.sign.shift, sign.shift
        if not (one and other):
            return True
        apart = max(abs(one.right - other.right), abs(one.down - other.down))
        return apart <= max(_STEADY, _STEADIER * min(one.length, other.length))


class Checkup:
    """Of one camera. What it remembers does not grow with the number of frames."""

    def __init__(self, camera: str) -> None:
        self.camera = camera
        self._open: dict[FaultKind, Fault] = {}
        self._spell: Spell | None = None
        self._views = Views()
        self._seen: Vitals | None = None
        """Of the last frame that was looked at, which those like it are not."""
        self._sign: Sign | None = None
        """What it said."""
        self._bands: tuple[int, ...] = ()
        self._apart: float | None = None
        """Seconds that name and EXIF are usually apart."""
        self._habit = Habit()
        self._last: Frame | None = None
        """That has a time which can be right."""
        self._waited_since: float | None = None
        """Seconds of the clock of whoever waits for frames."""
        self._repeats = 0
        self._first_repeat: Frame | None = None

    def follow(self, frame: Frame, order: Order | None, vitals: Vitals | None) -> Iterator[Fault]:
        """Yield the faults that begin or end with a frame."""
        yield from self._follow_clock(frame, order, vitals)
        if vitals is not None:
            yield from self._follow_repeats(frame, vitals)
            if not self._repeats:  # which tells nothing new
                yield from self._follow_scene(frame, vitals)

    def wait(self, now: float) -> Iterator[Fault]:
        """Yield the silence that begins to be longer than usual; `now` is in seconds, of any clock that goes on."""
        if self._waited_since is None or self._last is None or self._last.time is None:
            self._waited_since = now
            return
        silent = now - self._waited_since
        if silent <= LEAST or FaultKind.SILENT in self._open:
            return
        limit = self._habit.limit(self._last.time.hour)
        if limit is not None and silent > limit:
            yield from self._settle(FaultKind.SILENT, self._last, True, silent)

    def _follow_clock(self, frame: Frame, order: Order | None, vitals: Vitals | None) -> Iterator[Fault]:
        """Tell a time that cannot be right, and, by one that can, a silence before it."""
        self._waited_since = None
        last, apart = self._last, None if vitals is None else vitals.apart
        contrary = apart is not None and is_another(apart, self._apart)
        if order is Order.FAULT or contrary or (frame.time is not None and is_reset(frame.time)):
            amount = abs(apart) if contrary and apart is not None else _measure_gap(last, frame)
            yield from self._settle(FaultKind.CLOCK, frame, True, amount)
            return
        self._apart = self._apart if apart is None else apart
        yield from self._settle(FaultKind.CLOCK, frame, False)
        if frame.time is None or frame.offset is not None:
            return
        gap, self._last = _measure_gap(last, frame), frame
        if gap is None or last is None or last.time is None or gap <= 0:
            return
        limit = self._habit.limit(last.time.hour)
        if FaultKind.SILENT in self._open or (limit is not None and gap > limit):
            self._open.pop(FaultKind.SILENT, None)
            yield Fault(self.camera, FaultKind.SILENT, last.time, frame.time, gap, last.path, is_over=True)
        self._habit.learn(gap, last.time.hour)

    def _follow_repeats(self, frame: Frame, vitals: Vitals) -> Iterator[Fault]:
        """Tell frames that are the same picture again."""
        shown = [now == then for now, then in zip(vitals.bands, self._bands, strict=False) if now]
        self._bands = vitals.bands
        if len(shown) >= 3 and sum(shown) >= SAME * len(shown):
            self._repeats += 1
            first = self._first_repeat = self._first_repeat or frame
            if self._repeats == REPEATS[frame.offset is not None]:
                yield from self._settle(FaultKind.FROZEN, first, True)
        else:
            self._repeats, self._first_repeat = 0, None
            yield from self._settle(FaultKind.FROZEN, frame, False)

    def _follow_scene(self, frame: Frame, vitals: Vitals) -> Iterator[Fault]:
        """Tell what is wrong with what is seen; learn from frames with which nothing is."""
        known = self._views.now is not None and self._views.now.frames >= MEMORY
        if known and self._seen is not None and vitals.is_like(self._seen):
            yield from self._weigh(frame, self._sign, vitals)
            return
        self._seen = None
        picture = vitals.show_picture()
        structure = find_structure(picture)
        ground = self._views.now
        if ground is None or not ground.fits(structure):
            self._views.begin(structure, vitals)
            self._spell = None
            return
        blank = find_blank(picture, structure, ground) if ground.frames >= FEW and not self._tampered else None
        if blank is not None:
            yield from self._settle(FaultKind.TORN, frame, True, blank)
            return
        compared = ground.compare(structure, vitals) if ground.frames >= FEW else None
        if compared is None:
            ground.learn(structure, vitals)
            return
        if compared.agreement < DOUBTED and self._views.recognise(structure, vitals):
            yield from self._settle(FaultKind.MOVED, frame, False)
            return
        shift = find_movement(structure.field, ground.field) if compared.agreement < DOUBTED else None
        if shift is not None and is_shake(shift):
            structure = structure.shift_back(shift)
            compared = ground.compare(structure, vitals) or compared
        sign = find_sign(vitals, structure, ground, compared, shift)
        blinded = sign is not None and sign.kind is FaultKind.BLINDED
        is_whole = compared.kept == 1 or blinded or self._tampered
        tear = None if is_whole else find_tear(picture, structure, ground)
        yield from self._settle(FaultKind.TORN, frame, tear is not None, tear)
        if tear is not None:
            return
        self._seen, self._sign = vitals, sign
        yield from self._weigh(frame, sign, vitals)
        yield from self._learn(frame, structure, vitals)

    def _learn(self, frame: Frame, structure: Structure, vitals: Vitals) -> Iterator[Fault]:
        """Learn what is seen of a frame that is sound, or may be from now on; yield the end of a fault for that."""
        sign = self._sign
        if FaultKind.MOVED in self._open:
            if self._views.try_out(structure, vitals):
                self._seen = None
                yield from self._settle(FaultKind.MOVED, frame, False)
        elif not self._tampered and (sign is None or (sign.shift is not None and is_shake(sign.shift))):
            self._views.come_back()
            assert self._views.now is not None
            self._views.now.learn(structure, vitals)

    @property
    def _tampered(self) -> Fault | None:
        return next((self._open[kind] for kind in _TAMPERING if kind in self._open), None)

    def _weigh(self, frame: Frame, sign: Sign | None, vitals: Vitals) -> Iterator[Fault]:
        """Yield the fault of the scene that begins once enough frames have shown it, or that is over."""
        told = self._tampered
        if (told.kind if told else None) == (sign.kind if sign else None):
            self._spell = None
            return
        if self._spell is None or not self._spell.goes_on(sign):
            self._spell = Spell(frame, sign)
        self._spell.frames += 1
        if self._spell.frames < (RECOVERED if sign is None else CONFIRMED):
            return
        first, self._spell = self._spell.first, None
        if told is not None:
            yield from self._settle(told.kind, first, False)
        if sign is not None:
            share = sign.amount / vitals.width if sign.amount and sign.kind is FaultKind.MOVED else None
            yield from self._settle(sign.kind, first, True, sign.amount, share)

    def _settle(
        self, kind: FaultKind, frame: Frame, shows: bool, amount: float | None = None, share: float | None = None
    ) -> Iterator[Fault]:
        """Yield a fault that begins with a frame that shows it, or ends with one that does not."""
        if shows and kind not in self._open:
            self._open[kind] = Fault(self.camera, kind, frame.time, None, amount, frame.path, share)
            yield self._open[kind]
        elif not shows and kind in self._open:
            yield replace(self._open.pop(kind), end=frame.time, is_over=True)


def _measure_gap(before: Frame | None, frame: Frame) -> float | None:
    """Return the seconds from one frame to another; None where one has no time."""
    if before is None or before.time is None or frame.time is None:
        return None
    return (frame.time - before.time).total_seconds()
