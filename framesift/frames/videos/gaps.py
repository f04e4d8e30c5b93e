"""Where frames are missing in the middle of a film whose header does not count them.

A stamp that comes much later than all others do is a hole, in the file or in the recording: nobody can tell the two
apart. Films that are made with pauses (one frame a minute, or only while something moves) have them all the time.
"""

import math
from collections import Counter

_SLACK_S, _SLACK_INTERVALS = 0.5, 2
_REGULAR = 0.9
"""Share of the intervals, near the usual one, that makes a film one without pauses of its own."""
_NEAR = 1.5
_MOST = 3
"""More holes than these are pauses."""
_WIDE = 5
"""Times the usual interval."""


class Gaps:
    """The intervals between the frames of one film."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._intervals: Counter[int] = Counter()
        """In milliseconds: so many different ones that there are few, however long the film."""
        self._wide: list[tuple[float, float]] = []
        """Those that may be holes, up to one more than may be."""
        self.last = -math.inf
        """When the last one is, in s."""

    def add(self, time: float) -> None:
        """Note the next frame, `time` seconds from the first."""
        interval = time - self.last
        if 0 < interval < math.inf:
            self._intervals[round(interval * 1000)] += 1
            if interval > self._every + _SLACK_S and len(self._wide) <= 100 * _MOST:
                self._wide.append((self.last, time))
        self.last = time

    @property
    def longest(self) -> float:
        """The longest time from one frame to the next, in s; 0 where there is none."""
        return max(self._intervals, default=0) / 1000

    def explain(self) -> str:
        """Return where frames are missing in words; empty where none are, or where nothing tells."""
        total = self._intervals.total()
        if not self._wide or total < 10:
            return ""
        usual = self._find_usual(total) / 1000
        near = sum(count for each, count in self._intervals.items() if usual / _NEAR <= each / 1000 <= usual * _NEAR)
        least = max(self._every + _SLACK_S + _SLACK_INTERVALS * usual, _WIDE * usual)
        holes = [(start, end) for start, end in self._wide if end - start > least]
        if near < _REGULAR * total or not 0 < len(holes) <= _MOST:
            return ""
        return "no frame " + " and ".join(f"between {start:.2f} and {end:.2f} s" for start, end in holes)

    def _find_usual(self, total: int) -> int:
        """Return the median interval."""
        passed = 0
        for interval, count in sorted(self._intervals.items()):
            passed += count
            if 2 * passed >= total:
                return interval
        return 0
