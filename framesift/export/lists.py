"""One line a frame."""

import csv
import io
from collections.abc import Iterable, Iterator

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
    """Yield a heading, then a record for each frame (RFC 4180)."""
    yield ",".join(_COLUMNS) + "\r\n"
    for row in rows:
        text = io.StringIO(newline="")
        score = "" if row.score is None else row.score
        csv.writer(text).writerow(
            [row.name, row.camera, row.time, row.verdict, score, row.represented_by, row.width, row.height]
        )
        yield text.getvalue()
