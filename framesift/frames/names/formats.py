"""Times in a format that the user gives, as `strptime` of Python, C and the shell has it."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from framesift.errors import UsageError

_DIRECTIVES = {
    "Y": r"\d{4}",
    "y": r"\d\d",
    "m": r"\d\d?",
    "d": r"\d\d?",
    "j": r"\d{1,3}",
    "H": r"\d\d?",
    "I": r"\d\d?",
    "M": r"\d\d?",
    "S": r"\d\d?",
    "f": r"\d{1,6}",
    "b": r"[^\W\d_]{3,4}\.?",
    "B": r"[^\W\d_]{3,12}",
    "a": r"[^\W\d_]{2,4}\.?",
    "A": r"[^\W\d_]{3,12}",
    "p": r"[AaPp][Mm]",
    "z": r"(?:[Zz]|[+-]\d\d:?\d\d)",
    "Z": r"(?:UTC|GMT)",
    "%": "%",
}
_DAY = (
    ("Y", "m", "d"),
    ("y", "m", "d"),
    *((year, month, "d") for year in "Yy" for month in "bB"),
    ("Y", "j"),
    ("y", "j"),
)


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """A format of times. Raises UsageError for one that cannot be used."""

    text: str
    has_day: bool = field(init=False)
    """Else the folder of a frame has to say the day."""
    expression: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = re.findall(r"%(.?)", self.text, re.DOTALL)
        for part in parts:
            if part not in _DIRECTIVES:
                raise UsageError(f"--time-format {self.text!r} has %{part}, which is none of %{' %'.join(_DIRECTIVES)}")
        if twice := [part for part in parts if part != "%" and parts.count(part) > 1]:
            raise UsageError(f"--time-format {self.text!r} has %{twice[0]} more than once")
        has_day = any(set(day) <= set(parts) for day in _DAY)
        if not set("HI") & set(parts) and not has_day:
            raise UsageError(f"--time-format {self.text!r} has neither a day nor an hour: such as %d-%m-%Y_%H.%M.%S")
        object.__setattr__(self, "has_day", has_day)
        object.__setattr__(self, "expression", _compile(self.text))

    def search(self, text: str, day: date | None, zone: tzinfo) -> tuple[int, int, datetime] | None:
        """Return where in a text a time of this format stands, and the time, UTC; clocks show `zone`.

        A format without a day needs `day`.
        """
        for match in self.expression.finditer(text):
            if time := self.read(match[0], day, zone):
                return match.start(), match.end(), time
        return None

    def read(self, text: str, day: date | None, zone: tzinfo) -> datetime | None:
        """Return the time that the whole of `text` is, UTC; None where it is none."""
        try:
            time = datetime.strptime(text, self.text)
            if not self.has_day:
                if day is None:
                    return None
                time = time.replace(year=day.year, month=day.month, day=day.day)
            return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def _compile(text: str) -> re.Pattern[str]:
    pieces = re.split(r"%(.)", text, flags=re.DOTALL)
    pattern = "".join(_DIRECTIVES[piece] if n % 2 else re.escape(piece) for n, piece in enumerate(pieces))
    start, end = (r"(?<!\d)" if text[:1] == "%" else ""), (r"(?!\d)" if text[-2:-1] == "%" else "")
    return re.compile(start + pattern + end)
