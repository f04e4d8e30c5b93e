"""Months by name: English, German, French, Spanish, Dutch, Italian and Portuguese, in full and shortened."""

from unicodedata import combining, normalize

_NAMES = (
    "january jan januar janvier janv januari enero ene gennaio janeiro",
    "february feb februar février févr fév februari febrero febr febbraio fevereiro",
    "march mar märz mär maerz mrz mars marzo maart mrt março",
    "april apr avril avr abril abr aprile",
    "may mai mayo mei maggio maio",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug août augustus agosto ago",
    "september sep sept septembre septiembre setiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro",
)
"""No shortened name that is a word of its own: `set`, `out`, `mag` and `gen` may be cameras."""


def read_month(text: str) -> int:
    """Return the number of a month by its name, or of its digits."""
    return int(text) if text.isdigit() else _NUMBERS[_fold(text)]


def _fold(text: str) -> str:
    return "".join(each for each in normalize("NFD", text.lower()) if not combining(each))


def _spell(name: str) -> set[str]:
    """Return the ways in which file systems and programs write a name; ASCII letters stand for both cases."""
    ways = {name, _fold(name), name if name.isascii() else name.upper()}
    return {form for way in ways for form in (way, normalize("NFD", way))}


_NUMBERS = {_fold(name): number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_WAYS = {way for names in _NAMES for name in names.split() for way in _spell(name)}
MONTH = "|".join(sorted(_WAYS, key=lambda way: (-len(way), way)))
"""To be matched without regard to case."""
