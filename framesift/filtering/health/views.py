"""The views of one camera: that which it has, those that it had before, and the one that it may have from now on."""

from framesift.filtering.health.background import Background
from framesift.filtering.health.structure import Structure
from framesift.filtering.health.vitals import Vitals

MOST = 4
"""So many views are known: those had last."""
ADOPTED = 100
"""So many frames of a new view make it one of the camera."""
FEW = 6
"""A background of fewer frames is not judged by."""
_RECOGNISED = 0.6
"""Of the structure."""


class Views:
    """A camera that is steered to places which it has been to before has not been moved."""

    def __init__(self) -> None:
        self.now: Background | None = None
        """What is usually seen."""
        self._others: list[Background] = []
        self._fresh: Background | None = None

    def begin(self, structure: Structure, vitals: Vitals) -> None:
        """Forget all: from this frame on the picture has another shape."""
        self.now, self._others, self._fresh = Background(structure, vitals), [], None

    def recognise(self, structure: Structure, vitals: Vitals) -> bool:
        """Take a view that was had before for what is usually seen, if a frame shows it."""
        for view in self._others:
            compared = view.compare(structure, vitals)
            if compared is not None and compared.agreement > _RECOGNISED and self.now is not None:
                self._others.remove(view)
                self._others.append(self.now)
                self.now = view
                return True
        return False

    def try_out(self, structure: Structure, vitals: Vitals) -> bool:
        """Learn what a camera sees that has been moved; tell whether that is what it usually sees from now on."""
        if self._fresh is None:
            self._fresh = Background(structure, vitals)
        else:
            self._fresh.learn(structure, vitals)
        if self._fresh.frames < ADOPTED or self.now is None:
            return False
        self._remember(self.now)
        self.now, self._fresh = self._fresh, None
        return True

    def come_back(self) -> None:
        """Remember where a camera was that is back."""
        if self._fresh is not None and self._fresh.frames >= FEW:
            self._remember(self._fresh)
        self._fresh = None

    def _remember(self, view: Background) -> None:
        self._others = [*self._others, view][1 - MOST :]
