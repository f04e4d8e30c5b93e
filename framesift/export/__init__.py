"""Hands the result over to labelling tools, each in the format that it reads."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from framesift.errors import PathLike, UsageError
from framesift.export import cvat, lists, records
from framesift.export.manifest_table import ManifestTable, read_manifest, write_parquet
from framesift.export.rows import Row, read_rows
from framesift.filtering.manifest import Record
from framesift.filtering.places import borrow_record

__all__ = [
    "FORMATS",
    "Format",
    "ManifestTable",
    "export_frames",
    "labels",
    "read_manifest",
]


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing frames down."""

    write: Callable[[Iterable[Row]], Iterator[str]]
    """Yields the file piece by piece as it takes the rows: memory does not depend on how many there are."""
    summary: str
    prefix: str | None = ""
    """What stands before the paths unless the user says otherwise; None: the folder that the frame lies in."""
    says_verdicts: bool = True
    """Whether it can say which frames were dropped, and which kept frames stand for them."""

    def encode(self, record: Record, dropped: bool, prefix: str | None) -> Iterator[bytes]:
        """Yield the file. Raises as `export_frames`."""
        for piece in self.write(read_rows(record, dropped, self.prefix if prefix is None else prefix)):
            yield piece.encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class TableFormat:
    """One way of writing all decisions down, whatever became of the frames."""

    write: Callable[[Record], Iterator[bytes]]
    summary: str
    says_verdicts: bool = True

    def encode(self, record: Record, dropped: bool, prefix: str | None) -> Iterator[bytes]:
        """Yield the file. Raises as `export_frames`."""
        if prefix is not None:
            raise UsageError("a table of all decisions has the paths of the manifest: leave --prefix away")
        return self.write(record)


FORMATS: dict[str, Format | TableFormat] = {
    "list": Format(lists.write_list, "a path a line, relative to RESULTS", says_verdicts=False),
    "csv": Format(lists.write_csv, "a row for each frame"),
    "coco": Format(records.write_coco, "COCO: the images, without annotations"),
    "yolo": Format(lists.write_list, "YOLO: absolute paths, one a line, such as train.txt", None, says_verdicts=False),
    "cvat": Format(cvat.write_xml, "CVAT for images 1.1: annotations of a task"),
    "cvat-manifest": Format(
        cvat.write_manifest, "CVAT: manifest.jsonl of a cloud storage or share, to make a task from"
    ),
    "label-studio": Format(records.write_label_studio, "Label Studio: tasks to import", "/data/local-files/?d="),
    "fiftyone": Format(records.write_fiftyone, "FiftyOne: for fiftyone.Dataset.from_json", None),
    "parquet": TableFormat(write_parquet, "Parquet: all decisions, for pandas, Polars and DuckDB"),
}


def export_frames(results: PathLike, name: str, *, dropped: bool = False, prefix: str | None = None) -> Iterator[bytes]:
    """Yield the file of the format `name`, piece by piece: the kept frames, with `dropped` the dropped ones too.

    `results` is a results folder or its URL. `prefix` stands before each path, which is relative to the folder of the
    frames. `parquet` has all decisions in any case, with the columns of `read_manifest`. Raises UsageError for an
    unknown format and for what it cannot say; as it yields, UsageError where there is no manifest, StorageError where
    it cannot be read, and MissingLibrary where the format needs a library.
    """
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}: these are {', '.join(FORMATS)}")
    form = FORMATS[name]
    if dropped and not form.says_verdicts:
        telling = ", ".join(other for other, form in FORMATS.items() if form.says_verdicts)
        raise UsageError(f"--format {name} cannot say which frames were dropped; these can: {telling}")
    return _write(results, form, dropped, prefix)


def _write(results: PathLike, form: Format | TableFormat, dropped: bool, prefix: str | None) -> Iterator[bytes]:
    with borrow_record(results) as record:
        yield from form.encode(record, dropped, prefix)
