"""What came of one file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file that was asked about, and why it could not be done."""

    path: str
    """Absolute."""
    problem: str = ""
    """Why it was left as it is; empty where all is done."""
    companion: bool = False
    """Whether it was not asked about by itself, but belongs to a picture that was."""
