"""The decisions of a run as a table: for pandas, Polars and DuckDB, and as a Parquet file.

Arrow (https://arrow.apache.org) is what they all read. Rows are taken from the manifest some at a time, so memory does
not depend on how many there are until somebody asks for the whole table.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from framesift.errors import MissingLibrary, PathLike, pip_install
from framesift.export.rows import StandIns
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.manifest import Record
from framesift.filtering.places import borrow_record
from framesift.filtering.selection import Decision

ROWS = 2**15
"""So many are in memory at once, and in each row group of a Parquet file."""

COLUMNS = {
    "path": ("string", "", "of the frame, relative to the folder of the frames"),
    "camera": ("string", "", "that it is of"),
    "time": ("time", "", "when it was taken, UTC; none where neither name nor EXIF says it"),
    "verdict": ("string", "", "keep, drop or skip"),
    "score": ("float64", "px of the compared size", "how much it differs from its reference; none where it has none"),
    "threshold": ("float64", "px of the compared size", "what its score had to exceed to be kept"),
    "compared_area": ("int64", "px of the compared size", "what was compared: score / compared_area is a share"),
    "reference": ("string", "", "path of the frame that it was compared with"),
    "represented_by": ("string", "", "path of the kept frame that stands for a dropped one"),
    "reason": ("string", "", "the verdict in words, or why it was skipped"),
    "width": ("int32", "px", "of the frame"),
    "height": ("int32", "px", "of the frame"),
    "extent": ("float64", "share, 0 to 1", "of the picture that has changed; where all has, or it was left out"),
    "offset": ("float64", "s", "from the start of the film that it is of"),
    "page": ("int32", "", "of a file of several pictures, from 1"),
    "of": ("string", "", "path of the file that held it, where that has been written to since"),
    "order": ("string", "", "late or clock fault; none for a frame that came in order"),
    "again": ("bool", "", "whether it stands in place of an earlier decision on a file that was skipped"),
}
"""Kind, unit and meaning of each column. They stand in the schema as well, as the metadata `unit` and `description`."""


@dataclass(frozen=True, slots=True)
class ManifestTable:
    """The decisions of a results folder, read anew each time they are asked for.

    Iterating yields each `Decision`. Whatever takes Arrow's streams takes this as it is: `polars.DataFrame(table)`,
    `pandas.DataFrame.from_arrow(table)`, `pyarrow.table(table)`, and DuckDB by
    the name of a variable.

    Raises UsageError where there is no manifest, StorageError where it cannot be read, MissingLibrary without pyarrow.
    """

    results: PathLike
    """A folder, or its URL."""

    def __iter__(self) -> Iterator[Decision]:
        with borrow_record(self.results) as record:
            yield from record.decisions()

    def to_reader(self) -> Any:
        """Return a `pyarrow.RecordBatchReader` with the columns of `COLUMNS`: so many rows at a time as fit `ROWS`."""
        return _import_arrow().RecordBatchReader.from_batches(_make_schema(), self._read_batches())

    def to_arrow(self) -> Any:
        """Return all of it as a `pyarrow.Table`."""
        return self.to_reader().read_all()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand it to another library: https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html."""
        return self.to_reader().__arrow_c_stream__(requested_schema)

    def _read_batches(self) -> Iterator[Any]:
        with borrow_record(self.results) as record:
            yield from read_batches(record)


def read_manifest(results: PathLike) -> ManifestTable:
    """Return the decisions of a results folder, a path or URL: to iterate over, or as a table for other libraries.

    Needs the extra `tables` for the table. Raises as `ManifestTable`, once it is read.
    """
    return ManifestTable(results)


def write_parquet(record: Record) -> Iterator[bytes]:
    """Yield a Parquet file of all decisions, piece by piece. Raises as `ManifestTable`."""
    arrow = _import_arrow()
    from pyarrow import parquet

    sink = _Pieces()
    with parquet.ParquetWriter(arrow.PythonFile(sink, mode="w"), _make_schema(), compression="zstd") as writer:
        for batch in read_batches(record):
            writer.write_batch(batch)
            yield sink.take()
    yield sink.take()


def read_batches(record: Record) -> Iterator[Any]:
    """Yield the decisions as `pyarrow.RecordBatch`es. Raises StorageError."""
    arrow, schema = _import_arrow(), _make_schema()
    stand_ins, measures = StandIns(record.settings), _Measures(record)
    rows = (_row(decision, measures, stand_ins) for decision in record.decisions())
    while some := list(islice(rows, ROWS)):
        columns = zip(zip(*some, strict=True), schema.types, strict=True)
        yield arrow.RecordBatch.from_arrays([arrow.array(*column) for column in columns], schema=schema)


class _Measures:
    """What decisions had to exceed, and of how much: worked out once for each camera and size."""

    def __init__(self, record: Record) -> None:
        self._settings = record.settings
        self._known: dict[tuple[str, tuple[int, int], int], tuple[float, int]] = {}

    def find(self, decision: Decision) -> tuple[float | None, int | None]:
        """Return threshold and compared area in px; None where there was nothing to compare."""
        if decision.score is None or decision.size is None:
            return None, None
        camera, settings = decision.frame.camera, self._settings.at(decision.frame)
        key = camera, decision.size, id(settings)
        if key not in self._known:
            area = comparator_of(settings, camera).compared_area_of(decision.size)
            self._known[key] = settings.score_threshold.px(area), area
        return self._known[key]


class _Pieces(io.RawIOBase):
    """A file that is handed on as it is written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._length += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        return self._length

    def take(self) -> bytes:
        """Return what has been written since it was asked for."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _row(decision: Decision, measures: _Measures, stand_ins: StandIns) -> tuple[Any, ...]:
    """Return the values of a decision in the order of the columns."""
    frame = decision.frame
    return (
        _utf8(frame.path),
        _utf8(frame.camera),
        frame.time,
        str(decision.verdict),
        decision.score,
        *measures.find(decision),
        _utf8(decision.reference),
        _utf8(stand_ins.find(decision)),
        _utf8(decision.reason),
        *(decision.size or (None, None)),
        decision.extent,
        frame.offset,
        frame.page,
        _utf8(frame.source),
        None if decision.order is None else str(decision.order),
        decision.again,
    )


def _utf8(text: str | None) -> str | None:
    """Return a text as Arrow can hold it: bytes that are not UTF-8 stand there as `\\xff`."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@cache
def _make_schema() -> Any:
    arrow = _import_arrow()
    kinds = {"string": arrow.string(), "time": arrow.timestamp("us", "UTC"), "float64": arrow.float64()}
    kinds |= {"int64": arrow.int64(), "int32": arrow.int32(), "bool": arrow.bool_()}
    return arrow.schema(
        arrow.field(name, kinds[kind], metadata={"description": meaning} | ({"unit": unit} if unit else {}))
        for name, (kind, unit, meaning) in COLUMNS.items()
    )


def _import_arrow() -> Any:
    try:
        import pyarrow
    except ImportError:
        raise MissingLibrary(f"tables need pyarrow: {pip_install('tables')}") from None
    return pyarrow
