"""Hands the result over to labelling tools, each in the format that it reads."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from framesift.errors import PathLike, UsageError
from framesift.export import cvat, data_sets, lists, records
from framesift.export.manifest_table import ManifestTable, read_manifest, write_parquet
from framesift.export.rows import Row, read_rows
from framesift.export.splitting import Split
from framesift.filtering.manifest import Record, open_record
from framesift.filtering.places import borrow_record
from framesift.stores import is_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from framesift.duplicates import Watch
    from framesift.export.parts import Divided

__all__ = [
    "DATA_SETS",
    "FORMATS",
    "Format",
    "ManifestTable",
    "export_frames",
    "export_parts",
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
    suffix: str = ".json"
    """Of its file."""

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
    "list": Format(lists.write_list, "a path a line, relative to RESULTS", says_verdicts=False, suffix=".txt"),
    "csv": Format(lists.write_csv, "a row for each frame", suffix=".csv"),
    "coco": Format(records.write_coco, "COCO: the images, without annotations"),
    "yolo": Format(
        lists.write_list,
        "YOLO: absolute paths, one a line, such as train.txt",
        None,
        says_verdicts=False,
        suffix=".txt",
    ),
    "cvat": Format(cvat.write_xml, "CVAT for images 1.1: annotations of a task", suffix=".xml"),
    "cvat-manifest": Format(
        cvat.write_manifest, "CVAT: manifest.jsonl of a cloud storage or share, to make a task from", suffix=".jsonl"
    ),
    "label-studio": Format(records.write_label_studio, "Label Studio: tasks to import", "/data/local-files/?d="),
    "fiftyone": Format(records.write_fiftyone, "FiftyOne: for fiftyone.Dataset.from_json", None),
    "parquet": TableFormat(write_parquet, "Parquet: all decisions, for pandas, Polars and DuckDB"),
}

DATA_SETS: dict[str, Callable[[str, str, Sequence[Row], str], None]] = {
    "imagefolder": data_sets.write_image_folder,
    "webdataset": data_sets.write_shards,
}
"""What holds the pictures too. Takes the folder, the name of a part, its rows and the results folder."""


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


def export_parts(
    results: PathLike,
    name: str,
    output: PathLike,
    *,
    split: str = "80,10,10",
    seed: int = 0,
    prefix: str | None = None,
    jobs: int | None = None,
    index: PathLike | None = None,
    watch: "Watch | None" = None,
) -> "Divided":
    """Write the kept frames to the new folder `output`, divided into train, val and test by these shares.

    Each part is a file of the format `name`, or with `imagefolder` and `webdataset` holds the pictures themselves;
    beside them `split.csv` says where each frame is. Near-copies never stand on both sides: see `divide_rows`. The same
    `seed` gives the same parts. Raises UsageError (an unknown format, an output that exists, too little to divide) and
    StorageError; nothing is left then.
    """
    from framesift.actions.files.outputs import create_folder

    if name not in FORMATS and name not in DATA_SETS:
        raise UsageError(f"there is no format {name!r}: these are {', '.join((*FORMATS, *DATA_SETS))}")
    if is_url(results):
        raise UsageError("--split and pictures in a folder work with results on this machine only", results)
    form = FORMATS.get(name)
    if isinstance(form, TableFormat):
        raise UsageError(f"--format {name} holds all decisions: it is not divided")
    shares = Split.parse(split, seed)
    record = open_record(results)
    before = "" if form is None else form.prefix if prefix is None else prefix
    rows = list(read_rows(record, False, before))
    if not rows:
        raise UsageError("has no kept frame", results)
    with create_folder(output) as folder:
        divided = _divide(rows, record.folder, record.settings.naming.zone, shares, jobs, index, watch)
        for part, of_part in divided.parts.items():
            numbered = [replace(row, number=number) for number, row in enumerate(of_part, start=1)]
            if form is None:
                data_sets.require_files(numbered, record.folder)
                DATA_SETS[name](folder, part, numbered, record.folder)
                continue
            with open(os.path.join(folder, part + form.suffix), "xb") as file:
                file.writelines(piece.encode("utf-8", "surrogateescape") for piece in form.write(numbered))
        if name == "yolo":
            data_sets.write_yolo_yaml(folder, list(divided.parts))
        data_sets.write_overview(folder, divided)
    return divided


def _divide(
    rows: list[Row],
    folder: str,
    zone: tzinfo,
    split: Split,
    jobs: int | None,
    index: PathLike | None,
    watch: "Watch | None",
) -> "Divided":
    from framesift.export.parts import Divided, divide_rows  # brings OpenCV: who exports a list need not wait

    if len(split.names) == 1:
        return Divided({split.names[0]: rows})
    times = (row.time and datetime.fromisoformat(row.time).astimezone(zone) for row in rows)
    days = [time.date().isoformat() if time else "" for time in times]
    return divide_rows(rows, days, folder, split, jobs, index, watch)


def _write(results: PathLike, form: Format | TableFormat, dropped: bool, prefix: str | None) -> Iterator[bytes]:
    with borrow_record(results) as record:
        yield from form.encode(record, dropped, prefix)
