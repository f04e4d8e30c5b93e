"""Hands the result over to labelling tools, each in the format that it reads."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from framesift.errors import PathLike, UsageError
from framesift.export import cvat, lists, records
from framesift.export.rows import Row, read_rows
from framesift.filtering.places import borrow_record

__all__ = [
    "FORMATS",
    "Format",
    "export_frames",
    "labels",
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


FORMATS = {
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
}


def export_frames(results: PathLike, name: str, *, dropped: bool = False, prefix: str | None = None) -> Iterator[bytes]:
    """Yield the file of the format `name`, piece by piece: the kept frames, with `dropped` the dropped ones too.

    `results` is a results folder or its URL. `prefix` stands before each path, which is relative to the folder of the
    frames. Raises UsageError for an unknown format and for what it cannot say; as it yields, UsageError where there is
    no manifest, and StorageError where it cannot be read.
    """
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}: these are {', '.join(FORMATS)}")
    form = FORMATS[name]
    if dropped and not form.says_verdicts:
        telling = ", ".join(other for other, form in FORMATS.items() if form.says_verdicts)
        raise UsageError(f"--format {name} cannot say which frames were dropped; these can: {telling}")
    return _write(results, form, dropped, form.prefix if prefix is None else prefix)


def _write(results: PathLike, form: Format, dropped: bool, prefix: str | None) -> Iterator[bytes]:
    with borrow_record(results) as record:
        for piece in form.write(read_rows(record, dropped, prefix)):
            yield piece.encode("utf-8", "surrogateescape")
