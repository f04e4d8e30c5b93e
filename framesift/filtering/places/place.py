"""What a run asks of the place of its results. What stands there under a final name is whole, and never replaced."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from framesift.actions import Copy, Link


class Place(ABC):
    """A results folder. Nothing is changed there before `begin`, but that it is taken, so that no other run writes.

    Its methods raise StorageError, and ResultsInUse where another run writes there.
    """

    manifest: str
    """Path of a file of this machine with the manifest; of one in a store it is a copy that is kept up to date."""

    def __init__(self, folder: str, source: str, dry_run: bool) -> None:
        self.folder = folder
        self.source = source
        self._dry_run = dry_run

    @abstractmethod
    def open(self) -> bool:
        """Take the place, and tell whether a manifest stands there. Raises UsageError for what can be no place.

        With `dry_run` it is looked at only.
        """

    @abstractmethod
    def files(self) -> Iterator[str]:
        """Yield the relative paths of what stands there, but for the record of a run and what systems put anywhere."""

    @abstractmethod
    def is_ours(self, kept: str, path: str) -> bool:
        """Tell whether what stands at `kept` is a page of ours, or the frame that has this path in the source.

        A run that was killed between placing and recording leaves such a frame.
        """

    @abstractmethod
    def begin(self, header: bytes) -> int:
        """Make ready to write, with `header` as the first line of a new manifest; return the manifest's length."""

    @abstractmethod
    def write(self, files: Sequence[Copy | Link], lines: bytes) -> None:
        """Place files, then append their lines: what the manifest says is kept stands there. Durable at the return."""

    @abstractmethod
    def complete(self) -> None:
        """Leave the manifest as one file: the run has ended, or was asked to."""

    @abstractmethod
    def close(self) -> None:
        """Give the place free. Can be called at any time."""

    @abstractmethod
    def describe_source(self) -> str:
        """Return where the frames lie, as the manifest says it."""
