"""Tables that people fill in, as spreadsheets and editors write them back."""

import csv
import os

from framesift.errors import PathLike, StorageError, UsageError


def read_table(path: PathLike) -> "csv.DictReader[str]":
    """Return the rows of a CSV file in UTF-8, with or without a mark at its start, split by comma, semicolon or tab.

    Raises UsageError for what is no such file, StorageError where it cannot be read.
    """
    if not os.path.isfile(path):
        raise UsageError("is not a file" if os.path.lexists(path) else "no such file", path)
    try:
        with open(os.fsdecode(path), encoding="utf-8-sig", newline="") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise StorageError.of(error, path) from error
    except UnicodeDecodeError:
        raise UsageError("is not a CSV file in UTF-8", path) from None
    heading = lines[0] if lines else ""
    return csv.DictReader(lines, delimiter=max(",;\t", key=heading.count))
