"""Thresholds in px, or relative to the compared area."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from framesift.errors import UsageError


@dataclass(frozen=True, slots=True)
class Threshold:
    """An area in px of the compared size, or a share of the compared area."""

    value: Fraction
    """px, or percent where `relative`. Exact: a score that equals its threshold must not depend on rounding."""
    relative: bool = False

    @classmethod
    def parse(cls, value: "str | float | Threshold") -> "Threshold":
        """Read `5000`, `"5000"` or `"0.75%"`. Raises UsageError for anything else."""
        if isinstance(value, Threshold):
            return value
        if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
            return cls(Fraction(value))
        match = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)\s*(%?)\s*", str(value), re.ASCII)
        if match is None:
            raise UsageError(f"a threshold is a number of px such as 5000, or a share such as 0.75%, not {value!r}")
        threshold = cls(Fraction(match[1]), match[2] == "%")
        if threshold.relative and threshold.value > 100:
            raise UsageError(f"a threshold is at most 100% of the compared area, not {threshold}")
        return threshold

    def px(self, compared_area: int) -> float:
        """Return the threshold in px for a compared area of so many px."""
        if not self.relative:
            return float(self.value)
        # Rounded once, as all of Python's division of whole numbers; a Fraction would look for common divisors first.
        return self.value.numerator * int(compared_area) / (self.value.denominator * 100)

    def __str__(self) -> str:
        number = Decimal(self.value.numerator) / Decimal(self.value.denominator)
        return format_number(number) + ("%" if self.relative else "")


def read_share(text: str) -> Threshold:
    """Read a share that a budget has found, which may be more than the whole: `1250.5%`.

    Raises ValueError.
    """
    if not re.fullmatch(r"\d{1,15}(\.\d{1,30})?%", text, re.ASCII):
        raise ValueError(f"{text!r} is no share")
    return Threshold(Fraction(text[:-1]), relative=True)


def format_number(value: float | Decimal) -> str:
    """Write a number without exponent or needless zeros: 51234.5, 50000, 0.75."""
    text = str(value)
    if "e" in text.lower():
        text = f"{Decimal(text):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
