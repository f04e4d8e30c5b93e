"""What somebody is told of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from framesift.filtering.health import Fault
from framesift.filtering.selection import Decision
from framesift.stores import join, strip_secrets


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened, in words for programs."""

    event: str
    """What happened: `keep` or `health`."""
    values: dict[str, str | float | None]
    """What is known of it, by name."""
    picture: str | None = None
    """Path or URL of the picture that shows it."""

    def environment(self) -> dict[str, str]:
        """Return the variables of a program that is told; what is not known is empty."""
        texts = {name: "" if value is None else str(value) for name, value in self.values.items()}
        return {f"FRAMESIFT_{name.upper()}": text for name, text in ({"event": self.event} | texts).items()}

    def as_json(self, draw: Callable[[str], str | None]) -> dict[str, Any]:
        """Return what a web address is told; `draw` makes a small JPEG in base64 of a picture, where that can be."""
        return {"event": self.event, **self.values, "thumbnail": self.picture and draw(self.picture)}

    @property
    def subject(self) -> str:
        """What it is about: a frame as the manifest names it, or a camera."""
        return str(self.values.get("frame") or self.values.get("camera") or self.event)


def notice_of(decision: Decision, directory: str, kept: str) -> Notice:
    """Return what is told of a kept frame of `directory`, of which `kept` is the copy; both are paths or URLs."""
    frame = decision.frame
    return Notice(
        "keep",
        {
            "camera": frame.camera,
            "frame": frame.path,
            "path": strip_secrets(join(directory, frame.file)),
            "kept": strip_secrets(kept),
            "time": frame.time.isoformat() if frame.time else None,
            "score": decision.score,
            "reference": decision.reference,
            "reason": decision.reason,
        },
        kept,
    )


def notice_of_fault(fault: Fault, directory: str) -> Notice:
    """Return what is told of a fault of a camera that begins, or is over; `directory` has the frames."""
    path = join(directory, fault.path)
    known = fault.as_json()
    return Notice(
        "health",
        {
            "camera": fault.camera,
            "fault": str(fault.kind),
            "state": "over" if fault.is_over else "begins",
            "begin": known["begin"],
            "end": known["end"],
            "amount": fault.amount,
            "frame": fault.path,
            "path": strip_secrets(path),
            "words": fault.words,
        },
        path,
    )
