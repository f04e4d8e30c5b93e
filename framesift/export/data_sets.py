"""Folders that hold the pictures themselves, in the layout that training code loads.

Hugging Face `datasets`, imagefolder: https://huggingface.co/docs/datasets/image_dataset
WebDataset, shards of tar: https://github.com/webdataset/webdataset
"""

import csv
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Sequence

from framesift.errors import StorageError, UsageError
from framesift.export.rows import Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from framesift.export.parts import Divided

SHARD_FRAMES, SHARD_BYTES = 1000, 2**28
"""A shard is closed when it has so many frames, or bytes."""


def write_image_folder(folder: str, part: str, rows: Sequence[Row], results: str) -> None:
    """Copy the pictures of a part to a folder of its name, below their paths, beside `metadata.csv`."""
    target = os.path.join(folder, part)
    os.mkdir(target)
    for row in rows:
        copy = os.path.join(target, row.path)
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        shutil.copyfile(os.path.join(results, row.file), copy)
    with open(os.path.join(target, "metadata.csv"), "x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file_name", "camera", "time", "score", "width", "height"))
        for row in rows:
            _require_text(row)
            writer.writerow((row.path, row.camera, row.time, row.score, row.width, row.height))


def write_shards(folder: str, part: str, rows: Sequence[Row], results: str) -> None:
    """Write the pictures of a part to shards `train-000000.tar`, each with a JSON file of what is known of it.

    The same frames give the same bytes.
    """
    for number, of_shard in enumerate(_fill_shards(rows, results)):
        name = os.path.join(folder, f"{part}-{number:06}.tar")
        with tarfile.open(name, "x", format=tarfile.GNU_FORMAT) as shard:
            for row in of_shard:
                with open(os.path.join(results, row.file), "rb") as file:
                    content = file.read()
                about = {"path": row.path, "camera": row.camera, "time": row.time, "score": row.score}
                about |= {"width": row.width, "height": row.height}
                suffix = os.path.splitext(row.path)[1].lower()
                for ending, data in ((suffix, content), (".json", json.dumps(about).encode("ascii"))):
                    member = tarfile.TarInfo(f"{row.number - 1:08}{ending}")
                    member.size = len(data)
                    shard.addfile(member, io.BytesIO(data))


def _fill_shards(rows: Sequence[Row], results: str) -> Iterator[list[Row]]:
    shard: list[Row] = []
    size = 0
    for row in rows:
        if len(shard) == SHARD_FRAMES or size >= SHARD_BYTES:
            yield shard
            shard, size = [], 0
        shard.append(row)
        size += os.path.getsize(os.path.join(results, row.file))
    if shard:
        yield shard


def write_yolo_yaml(folder: str, parts: Sequence[str]) -> None:
    """Write what ultralytics reads: where the lists of the parts are, from this file on."""
    lines = [f"{part}: {part}.txt" for part in parts]
    if "val" not in parts:
        lines.append("val: train.txt  # there is no other part: name one")
    with open(os.path.join(folder, "data.yaml"), "x", encoding="utf-8") as file:
        file.write("\n".join([*lines, "names:", "  0: object  # your classes, in the order of your labels", ""]))


def write_overview(folder: str, divided: "Divided") -> None:
    """Write `split.csv`: each kept frame with its part; what is left out with the frame that shows the same."""
    with open(os.path.join(folder, "split.csv"), "x", encoding="utf-8", errors="surrogateescape", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "camera", "time", "part", "same_as"))
        for part, rows in divided.parts.items():
            writer.writerows((row.path, row.camera, row.time, part, "") for row in rows)
        writer.writerows((row.path, row.camera, row.time, "", same.path) for row, same in divided.left_out)


def require_files(rows: Sequence[Row], results: str) -> None:
    """Raise StorageError where a kept frame is not in the results folder any more."""
    for row in rows:
        path = os.path.join(results, row.file)
        if not os.path.isfile(path):
            raise StorageError("is not there any more", path)


def _require_text(row: Row) -> None:
    try:
        row.path.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(
            "a name that is not UTF-8 cannot stand in metadata.csv: choose another format", row.path
        ) from None
