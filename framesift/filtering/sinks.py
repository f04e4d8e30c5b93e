"""Where decisions go, and what earlier runs have left there: nowhere, a folder (`results`), or a `removal`."""

from collections.abc import Hashable, Iterator
from types import TracebackType
from typing import Self

from framesift.errors import PathLike
from framesift.filtering.clocks import Clock
from framesift.filtering.describing import View
from framesift.filtering.earlier_runs import Kept
from framesift.filtering.file_state import Standing
from framesift.filtering.health import Health
from framesift.filtering.selection import Decision, Marks
from framesift.filtering.summary import Summary, Volume
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.stores import ObjectStat, join, locate


class Sink:
    """Counts decisions and keeps none of them: for whoever takes them as they are made. Other sinks do more.

    A context manager: entering looks at what is there and takes it, leaving completes it.
    """

    takes_content = False
    """Whether `add` needs the bytes of kept frames."""
    takes_status = False
    """Whether `add` needs what the file system says of each file."""
    takes_stills = False
    """Whether `add` needs the pixels of kept frames of films."""

    def __init__(self, folder: PathLike | None = None) -> None:
        self.folder = None if folder is None else locate(folder)
        """Path or URL of what is written to, wherever it lies: never input."""
        self.summary = Summary()
        """All decisions so far, those of earlier runs into the same results folder included."""
        self.volume = Volume()
        self.health = Health()
        """What is wrong with the cameras; who is to be told is one of its `listeners`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    @property
    def cameras(self) -> list[str]:
        """The cameras of which earlier runs have decided frames."""
        return []

    @property
    def last_frames(self) -> list[Frame]:
        """The last decided frames of each of them, the last that has a time among them."""
        return []

    def begin(self) -> None:
        """Make ready to take decisions: the frames have been found."""

    def is_decided(self, path: str) -> bool:
        """Tell whether a frame is decided: by an earlier run, or by this one and written."""
        return False

    def is_skipped(self, path: str) -> bool:
        """Tell whether a frame that is decided was skipped, when it was looked at last."""
        return False

    def holds(self, path: str, file: str) -> bool:
        """Tell whether the file of a decided frame is as it was then, as far as its size and time tell it."""
        return True

    def find_decision(self, path: str) -> Decision | None:
        """Return what was decided of a frame last; None where nothing was."""
        return None

    def find_kept(self, path: str) -> str:
        """Return where the copy of a kept frame lies, if there is one."""
        return join(self.folder or "", path)

    def decisions(self) -> Iterator[Decision]:
        """Yield what earlier runs have decided."""
        yield from ()

    def find_standing(self, path: str, status: ObjectStat | None = None) -> Standing:
        """Return what is known of a file that has been found: whether it holds what was decided.

        Of an object, `status` is what the listing of its store says.
        """
        return Standing.NEW

    def clock(self, camera: str) -> Clock:
        """Return how far a camera has come."""
        return Clock()

    def kept(self, camera: str) -> list[Kept]:
        """Return the frames of a camera, in no order, that late ones may be compared with."""
        return []

    def skipped(self) -> dict[str, str]:
        """Return, after the run, the paths that earlier runs skipped and that are so still, and why."""
        return {}

    def last_offset(self, film: str) -> float | None:
        """Return how far a film has been decided, in seconds."""
        return None

    def references(self, camera: str) -> dict[Hashable, Marks]:
        """Return which frames of each chain of a camera later ones are compared with, as `References` has them."""
        return {}

    def levels(self, camera: str) -> Levels | None:
        """Return the range in which earlier runs have read the 16-bit frames of a camera."""
        return None

    def add(self, view: View, decision: Decision) -> None:
        """Take a decision. Raises StorageError, also for an earlier decision."""
        self.summary.add(decision, view.exposure)
        self.health.add(decision, view.exposure.vitals)
        self.volume.add(decision, view.file.size if view.file else 0)

    def flush(self) -> None:
        """Return when everything added is on the disk. Raises StorageError."""
