"""How far the work on one camera has come, and what it has cost."""

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from framesift.filtering.chunks.keeping import Image
from framesift.filtering.chunks.walking import Chunk, Known, Outcome, Row
from framesift.filtering.stitching import Correction, Walk
from framesift.frames.frame import Frame

ROW_BYTES = 1000
"""About what a decision takes in memory."""


@dataclass(slots=True)
class Cost:
    """What was done, and what of it was done again."""

    compared: int = 0
    compared_again: int = 0
    decoded: int = 0
    decoded_again: int = 0

    def add(self, outcome: Outcome, again: bool) -> None:
        """Count one chunk."""
        self.compared += outcome.compared
        self.decoded += outcome.decoded
        if again:
            self.compared_again += outcome.compared
            self.decoded_again += outcome.decoded

    def as_json(self) -> dict[str, int]:
        """Return the counts for programs."""
        return {name: getattr(self, name) for name in self.__slots__}

    def line(self) -> str:
        """Return the shares for a person."""
        compared, decoded = _share(self.compared_again, self.compared), _share(self.decoded_again, self.decoded)
        return f"done twice, on the cluster: {compared} of the comparisons, {decoded} of the decoding"


def _share(again: int, all_: int) -> str:
    return f"{100 * again / max(1, all_ - again):.1f}%"


@dataclass(slots=True, eq=False)
class Piece:
    """A chunk that is not settled."""

    chunk: Chunk
    first: int
    """Number of its first frame in the camera."""
    guess: Known
    """What it was last sent with."""
    future: "Future[Outcome] | None" = None
    """Of what is under way; None when that has come back."""
    walk: Walk[Row, Image] | None = None
    place: str = ""
    """The worker that walked it."""

    def take(self, outcome: Outcome) -> bool:
        """Take what came of it; return whether it was walked again."""
        if isinstance(outcome.result, Correction):
            assert self.walk is not None
            self.walk = self.walk.corrected(outcome.result)
            return True
        again, self.walk, self.place = self.walk is not None, outcome.result, outcome.place
        return again


@dataclass(frozen=True, slots=True)
class Block:
    """A settled chunk that is to be recorded."""

    first: int
    known: Known
    """The true references that it was walked from."""
    rows: list[Row]

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        held = sum(reference.descriptor.nbytes for references in self.known.values() for reference in references)
        return ROW_BYTES * len(self.rows) + held


@dataclass(slots=True, eq=False)
class CameraWalk:
    """The chunks of one camera, from the first that is not recorded on."""

    frames: list[Frame]
    known: Known
    """The references after the last settled chunk."""
    limit: int
    """Frames whose descriptors one worker can keep."""
    next: int = 0
    """Number of the first frame that has not been sent."""
    given: int = 0
    """So many frames have been recorded."""
    pieces: deque[Piece] = field(default_factory=deque)
    blocks: deque[Block] = field(default_factory=deque)
    problems: dict[str, str] = field(default_factory=dict)
    """Frames that are skipped without being read, and why: by their paths."""

    @property
    def name(self) -> str:
        """The camera."""
        return self.frames[0].camera

    @property
    def walked(self) -> bool:
        """Whether every chunk is settled."""
        return self.next == len(self.frames) and not self.pieces

    def settle(self) -> int:
        """Move the first chunk to what is to be recorded; return its weight."""
        piece = self.pieces.popleft()
        assert piece.walk is not None
        block = Block(piece.first, self.known, piece.walk.steps)
        self.blocks.append(block)
        self.known = {**self.known, **piece.walk.ends}
        return block.weight

    def go_back(self, block: Block, path: str, problem: str) -> int:
        """Begin again with a block, in which a frame is skipped; return the weight of the blocks that this drops."""
        dropped = sum(later.weight for later in self.blocks)
        for piece in self.pieces:
            if piece.future is not None:
                piece.future.cancel()
                piece.future = None
        self.pieces.clear()
        self.blocks.clear()
        self.problems[path] = problem
        self.known, self.next = block.known, block.first
        return dropped
