"""Tables that people fill in, as spreadsheets and editors write them back."""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from framesift.errors import PathLike, StorageError, UsageError

_MOST_BYTES = 256 * 2**20
"""A row for each of a million frames has half of it."""
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What begins a cell that a spreadsheet takes for a formula, and so runs, also in its wide form."""
_GUARD = "'"
"""What makes a text of such a cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read."""

    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str | None]]]
    """With the number of the line that each ends in; None for what is missing in a short one."""


def encode_table(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV in UTF-8, of which no cell is run by the spreadsheet that opens it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([neutralise(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def read_table(path: PathLike) -> Table:
    """Return the rows of a CSV file in UTF-8, with or without a mark at its start, split by comma, semicolon or tab.

    Cells that `encode_table` has made neutral are what they were. Raises UsageError for what is no such file,
    StorageError where it cannot be read.
    """
    lines = _read_lines(path)
    heading = lines[0] if lines else ""
    reader = csv.DictReader(lines, delimiter=max(",;\t", key=heading.count))
    try:
        rows = [(reader.line_num, {key: _restore(cell) for key, cell in row.items() if key}) for row in reader]
        return Table(tuple(reader.fieldnames or ()), rows)
    except csv.Error as error:  # a cell of more than 131072 characters, a NUL
        raise UsageError(f"is not a table of answers: {error}", path) from None


def _read_lines(path: PathLike) -> list[str]:
    if not os.path.isfile(path):
        raise UsageError("is not a file" if os.path.lexists(path) else "no such file", path)
    try:
        if os.path.getsize(path) > _MOST_BYTES:
            raise UsageError("is larger than any table of framesift", path)
        with open(os.fsdecode(path), encoding="utf-8-sig", newline="") as file:
            return file.read().splitlines()
    except OSError as error:
        raise StorageError.of(error, path) from error
    except UnicodeDecodeError:
        raise UsageError("is not a CSV file in UTF-8", path) from None


def neutralise(cell: str) -> str:
    """Put a mark before what would be run, and before what would be read as such a mark."""
    return _GUARD + cell if cell.startswith((*_FORMULA, _GUARD)) else cell


def is_formula(cell: str) -> bool:
    """Tell whether a spreadsheet would run this cell."""
    return cell.startswith(_FORMULA)


def _restore(cell: str | None) -> str | None:
    marked = isinstance(cell, str) and cell.startswith(_GUARD) and cell[1:].startswith((*_FORMULA, _GUARD))
    return cell[1:] if cell and marked else cell
