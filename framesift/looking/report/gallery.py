"""What a page shows of the frames of one camera: each is read once, however often it is shown and compared."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor

from framesift.cluster.parallel import SingleFlight, map_ordered
from framesift.filtering.manifest import Record
from framesift.looking.report.album import encode
from framesift.looking.report.survey import Item
from framesift.looking.report.views import View, draw_pair
from framesift.looking.rereading import Pixels, Sight, Sights, read_pixels

_WINDOW = 8


class Gallery:
    """Draws the pictures of one camera, `width` px wide."""

    def __init__(self, record: Record, camera: str, width: int, sights: Sights) -> None:
        self._record, self._camera, self._width, self._sights = record, camera, width, sights
        self._reads = SingleFlight[None]()
        self._references: set[str | None] = set()
        self._compared: set[str | None] = set()
        self.pictures: dict[str, bytes | str] = {}
        """By path: WebP, or why there is none."""

    def draw(
        self, alone: list[Item], pairs: list[Item], workers: Executor, step: Callable[[], object]
    ) -> dict[int, View]:
        """Draw frames that are shown `alone` and `pairs` of a frame and its reference; return these by their rows.

        `step` is called for each item. In the order of the run a frame and its reference are near each other, and what
        is compared of the reference is still known.
        """
        self._references = {item.decision.reference for item in pairs}
        self._compared = self._references | {item.decision.frame.path for item in pairs}
        items = {item.row: (item, False) for item in alone} | {item.row: (item, True) for item in pairs}
        shown, views = Counter(item.row for item in alone + pairs), dict[int, View]()
        rows = sorted(items)
        for row, view in zip(
            rows, map_ordered(workers, self._draw, map(items.__getitem__, rows), _WINDOW), strict=True
        ):
            if view is not None:
                views[row] = view
            for _ in range(shown[row]):
                step()
        return views

    def _draw(self, task: tuple[Item, bool]) -> View | None:
        item, is_pair = task
        path = item.decision.frame.path
        if is_pair:
            return draw_pair(self._record, item, self._look, self._show)
        if path in self._compared:
            self._look(path)
        else:
            self._read(path)
        return None

    def _look(self, path: str) -> Sight | str:
        """Return what is compared of a frame, or why it cannot be read; it is shown from then on."""
        once = path not in self._references
        sight = self._sights.describe(self._camera, path, once=once, show=lambda pixels: self._show(path, pixels))
        self._reads.call(path, lambda: self._read(path))
        shown = self.pictures[path]
        return sight or (shown if isinstance(shown, str) else "cannot be read")

    def _read(self, path: str) -> None:
        """Show a frame that may have been shown already."""
        if path not in self.pictures:
            self._show(path, read_pixels(self._record, self._camera, path))

    def _show(self, path: str, pixels: Pixels | str) -> None:
        """Draw a frame that has not been drawn before, or note why it cannot be."""
        if path not in self.pictures:
            self.pictures[path] = pixels if isinstance(pixels, str) else encode(pixels, self._width)
