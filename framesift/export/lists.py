"""One line a frame."""

import csv
import io
from collections.abc import Iterable, Iterator

from framesift.actions.files.tables import is_formula
from framesift.errors import UsageError
from framesift.export.rows import Row

_COLUMNS = ("path", "camera", "time", "verdict", "score", "represented_by", "width", "height")


def write_list(rows: Iterable[Row]) -> Iterator[str]:
    """Yield a name a line. Raises UsageError for a name with a line break in it."""
    for row in rows:
        if "\n" in row.name or "\r" in row.name:
            raise UsageError("a name with a line break cannot stand in a list: choose another format", row.path)
        yield f"{row.name}\n"


def write_csv(rows: Iterable[Row]) -> Iterator[str]:
    """Yield a heading, then a record for each frame (RFC 4180), of which no cell is run by a spreadsheet.

    A path that would be begins with `./`: it leads any program to the same file. A camera has `'` before its name.
    """
    yield ",".join(_COLUMNS) + "\r\n"
    for row in rows:
        text = io.StringIO(newline="")
        score = "" if row.score is None else row.score
        name = _guard(row.name) if row.name == row.file else row.name  # else it begins with what the user has said
        camera = f"'{row.camera}" if is_formula(row.camera) else row.camera
        kept = row.represented_by and _guard(row.represented_by)
        csv.writer(text).writerow([name, camera, row.time, row.verdict, score, kept, row.width, row.height])
        yield text.getvalue()


def _guard(path: str) -> str:
    return f"./{path}" if is_formula(path) else path
