"""Labels as tools write them: read, and written again for more pictures in the same format."""

import os

from framesift.errors import PathLike, UsageError
from framesift.export.labels.coco import CocoFiles
from framesift.export.labels.cvat import CvatFiles
from framesift.export.labels.document import Addition, Label, LabelFiles, LabelledPicture, Outline
from framesift.export.labels.label_studio import LabelStudioFiles
from framesift.export.labels.names import Match, Names
from framesift.export.labels.reading import MOST_BYTES_OF_ONE, read_json, read_xml, walk_files
from framesift.export.labels.voc import VocFiles
from framesift.export.labels.yolo import YoloFiles, list_texts

__all__ = ["Addition", "Label", "LabelFiles", "LabelledPicture", "Match", "Names", "Outline", "read_labels"]

_KNOWN = "COCO or Label Studio (JSON), CVAT for images (XML), Pascal VOC or YOLO (a folder)"


def read_labels(path: PathLike) -> LabelFiles:
    """Read a label file, or a folder of them, of the format that it is seen to have.

    COCO, Label Studio and CVAT have one file, which may be named or lie alone in a folder; YOLO and Pascal VOC have a
    folder. Raises UsageError for what is none of these, or damaged; StorageError.
    """
    try:
        return _read_folder(path) if os.path.isdir(path) else _read_file(path)
    except UsageError as error:
        inner = f"{os.fsdecode(error.path)}: {error.reason}" if error.path not in (None, path) else error.reason
        raise UsageError(inner, path) from None


def _read_file(path: PathLike) -> LabelFiles:
    name = os.path.basename(os.fsdecode(path))
    if not os.path.lexists(path):
        raise UsageError("no such file or folder", path)
    if name.lower().endswith(".xml"):
        root = read_xml(path)
        if root.tag == "annotations":
            return CvatFiles(name, root)
        raise UsageError(f"begins with <{root.tag[:40]}>: of Pascal VOC name the folder", path)
    if not name.lower().endswith(".json"):
        raise UsageError(f"is none of what is read: {_KNOWN}; an archive has to be unpacked", path)
    data = read_json(path)
    if isinstance(data, list):
        return LabelStudioFiles(name, data)
    if isinstance(data, dict) and {"images", "annotations"} <= data.keys():
        return CocoFiles(name, data)
    raise UsageError("is neither of COCO nor of Label Studio", path)


def _read_folder(folder: PathLike) -> LabelFiles:
    root = os.fsdecode(folder)
    tables = [*walk_files(root, ".json")]
    pages = [*walk_files(root, ".xml")]
    if len(pages) == 1 and read_xml(os.path.join(root, pages[0])).tag == "annotations":
        return _read_file(os.path.join(root, pages[0]))
    if pages and read_xml(os.path.join(root, pages[0]), MOST_BYTES_OF_ONE).tag == "annotation":
        return VocFiles(root)
    if len(tables) == 1:
        return _read_file(os.path.join(root, tables[0]))
    if tables:
        raise UsageError(f"holds {len(tables)} JSON files: name one of them", folder)
    if list_texts(root):
        return YoloFiles(root)
    raise UsageError(f"holds no labels: what is read is {_KNOWN}", folder)
