"""What a terminal can do: colours, and a line that is written again."""

import os

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from typing import TextIO

STYLES = {"bold": "1", "faint": "2", "red": "31", "green": "32", "yellow": "33"}


class Terminal:
    """A stream, and whether it shows colours: `when` is auto, always or never."""

    def __init__(self, stream: "TextIO", when: str = "auto") -> None:
        self.is_live = stream.isatty()
        """Whether a person looks on: what is piped or written to a file stays as programs know it."""
        try:
            self.columns = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            self.columns = 100
        self.draws = can_show("█▏·", stream)
        """Whether it shows the blocks that bars are drawn of."""
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        self.is_coloured = when == "always" or (when == "auto" and self.is_live and not plain)

    def paint(self, text: str, *styles: str) -> str:
        """Return a text in some of `STYLES`, where there are colours."""
        if not (self.is_coloured and styles):
            return text
        return f"\x1b[{';'.join(STYLES[style] for style in styles)}m{text}\x1b[0m"


def can_show(text: str, stream: "TextIO") -> bool:
    """Tell whether a stream can hold these characters."""
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def format_bytes(number: float) -> str:
    """Write a size as people read it."""
    for unit in ("B", "kB", "MB"):
        if number < 999.5:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} GB"


def clear_line(stream: "TextIO") -> None:
    """Take a progress bar, and the ^C that the terminal has put behind it, away."""
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        stream.write("\r\x1b[2K")
