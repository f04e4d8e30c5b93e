"""Label files of five formats: read, written for more pictures, and read again by the tools that they are of."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.errors import UsageError
from framesift.export.labels import Addition, LabelFiles, read_labels
from tests.export import labelled
from tests.export.labelled import CAR, PERSON

FORMS = ("coco", "yolo", "voc", "cvat", "label_studio")
CORNERS = {"car": CAR, "person": PERSON}


def add(files: LabelFiles, name: str, *numbers: int, own: bool = True) -> dict[str, bytes]:
    """What is written when another picture gets some of the first one's labels."""
    first = files.pictures[0]
    labels = [first.labels[n] for n in numbers]
    return dict(files.encode([Addition(first, name, "c1/a.png", "2024-05-06T07:08:09+00:00", labels)], own))


def name_of(form: str) -> str:
    prefix = {"yolo": "labels/", "label_studio": "/data/local-files/?d=kept/"}.get(form, "")
    return prefix + ("c1/d" if form == "yolo" else "c1/d.png")


def lay(tree: dict[str, bytes], root: Path) -> Path:
    for path, content in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


@pytest.mark.parametrize("form", FORMS)
def test_what_was_labelled_is_read(form, tmp_path):
    files = read_labels(labelled.write(form, tmp_path, "c1/a.png", "c1/b.png"))
    assert len(files.pictures) == 2
    for picture in files.pictures:
        assert picture.is_labelled and picture.size in ((160, 120), None)
        for label in picture.labels:
            x, y, width, height = CORNERS[label.name]
            xs, ys = zip(*(point for polygon in label.outline for point in polygon), strict=True)
            assert [min(xs) * 160, min(ys) * 120, max(xs) * 160, max(ys) * 120] == pytest.approx(
                [x, y, x + width, y + height]
            )


@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_is_read_again(form, tmp_path):
    files = read_labels(labelled.write(form, tmp_path, "c1/a.png", "c1/b.png"))
    again = read_labels(lay(add(files, name_of(form), 1), tmp_path / "again"))
    names = {picture.name: [label.name for label in picture.labels] for picture in again.pictures}
    own = {picture.name: [label.name for label in picture.labels] for picture in files.pictures}
    assert names == own | {name_of(form): ["person"]}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_to_be_checked_stands_alone(form, tmp_path):
    files = read_labels(labelled.write(form, tmp_path, "c1/a.png", "c1/b.png"))
    tree = add(files, name_of(form), 0, own=False)
    if form == "label_studio":
        [task] = json.loads(tree["label_studio.json"])
        assert "annotations" not in task and task["predictions"][0]["result"][0]["id"] == "r1car"
        return
    [picture] = read_labels(lay(tree, tmp_path / "again")).pictures
    assert (picture.name, [label.name for label in picture.labels]) == (name_of(form), ["car"])


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_coco_is_read_by_pycocotools_and_keeps_what_it_does_not_know(tmp_path):
    api = pytest.importorskip("pycocotools.coco")
    files = read_labels(labelled.write("coco", tmp_path, "c1/a.png", "c1/b.png"))
    path = lay(add(files, "c1/d.png", 0, 1), tmp_path / "again") / "coco.json"
    read = api.COCO(str(path))
    image = next(image for image in read.dataset["images"] if image["file_name"] == "c1/d.png")
    labels = read.loadAnns(read.getAnnIds(imgIds=image["id"]))
    assert [label["attributes"] for label in labels] == [{"occluded": False, "track_id": n} for n in (1, 2)]
    assert [label["score"] for label in labels] == [0.9, 0.9] and image["weather"] == "dry"
    assert read.annToMask(labels[0])[31, 21] == 1 and read.dataset["mine"] == [1]
    ids = [label["id"] for label in read.dataset["annotations"]]
    assert len(set(ids)) == len(ids) == 6
    before = labelled.coco("c1/a.png", "c1/b.png")
    assert read.dataset["images"][:2] == before["images"] and read.dataset["annotations"][:4] == before["annotations"]


@pytest.fixture
def pictures(tmp_path) -> Path:
    import cv2

    for name in ("a", "b", "d"):
        (tmp_path / "images").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "images" / f"{name}.png"), np.zeros((120, 160, 3), np.uint8))
    return tmp_path / "images"


def test_yolo_is_read_by_supervision(tmp_path, pictures):
    supervision = pytest.importorskip("supervision")
    files = read_labels(labelled.write("yolo", tmp_path, "a.png", "b.png"))
    root = lay(add(files, "labels/d", 1), tmp_path / "again")
    read = supervision.DetectionDataset.from_yolo(str(pictures), str(root / "labels"), str(root / "data.yaml"))
    found = read.annotations[str(pictures / "d.png")]
    assert read.classes == ["car", "person"] and found.class_id.tolist() == [1]
    assert found.xyxy[0] == pytest.approx([110, 60, 130, 100])


def test_voc_is_read_by_supervision(tmp_path, pictures):
    supervision = pytest.importorskip("supervision")
    files = read_labels(labelled.write("voc", tmp_path, "a.png", "b.png"))
    tree = add(files, "d.png", 0)
    root = lay(tree, tmp_path / "again")
    read = supervision.DetectionDataset.from_pascal_voc(str(pictures), str(root))
    found = read.annotations[str(pictures / "d.png")]
    assert [read.classes[n] for n in found.class_id] == ["car"] and len(found) == 1
    written = Xml.fromstring(tree["d.xml"])
    assert (written.findtext("filename"), written.findtext("path")) == ("d.png", "/data/d.png")
    assert written.findtext("object/mine") == "7" and written.findtext("object/pose") == "Left"


def test_cvat_keeps_attributes_and_numbers_pictures_on(tmp_path):
    files = read_labels(labelled.write("cvat", tmp_path, "c1/a.png", "c1/b.png"))
    root = Xml.fromstring(add(files, "c1/d.png", 0)["cvat.xml"])
    image = root.findall("image")[-1]
    assert dict(image.attrib) == {"id": "2", "name": "c1/d.png", "width": "160", "height": "120", "subset": "train"}
    assert image.find("box").attrib["z_order"] == "2" and image.findtext("box/attribute") == "red"
    assert root.findtext("meta/mine") == "1" and len(root.findall("image")) == 3


@pytest.mark.parametrize(
    ("numbers", "types"), [((0,), ["rectanglelabels"]), ((0, 1), ["rectanglelabels"] * 2 + ["relation"])]
)
def test_a_relation_goes_along_where_both_its_ends_do(numbers, types, tmp_path):
    files = read_labels(labelled.write("label_studio", tmp_path, "c1/a.png"))
    task = json.loads(add(files, "x", *numbers)["label_studio.json"])[-1]
    assert [entry["type"] for entry in task["annotations"][0]["result"]] == types


def test_a_cancelled_annotation_and_a_task_without_one_are_not_labelled(tmp_path):
    tasks = labelled.label_studio("c1/a.png", "c1/b.png")
    tasks[0]["annotations"][0]["was_cancelled"] = True
    tasks[1]["annotations"] = []
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    assert [picture.is_labelled for picture in read_labels(tmp_path / "tasks.json").pictures] == [False, False]


def mask_of(box: tuple[int, int, int, int]) -> np.ndarray:
    x, y, width, height = box
    mask = np.zeros((120, 160), np.uint8)
    mask[y : y + height, x : x + width] = 1
    return mask


@pytest.mark.parametrize("compressed", [False, True])
def test_a_mask_lies_where_it_was_painted(compressed, tmp_path):
    data = labelled.coco("a.png")
    mask = mask_of(PERSON)
    if compressed:
        tool = pytest.importorskip("pycocotools.mask")
        counts = tool.encode(np.asfortranarray(mask))["counts"].decode()
    else:
        flat = mask.T.ravel()
        ends = np.flatnonzero(np.diff(flat)) + 1
        counts = np.diff([0, *ends, flat.size]).tolist()
    data["annotations"][1] |= {"segmentation": {"size": [120, 160], "counts": counts}, "iscrowd": 1}
    (tmp_path / "masks.json").write_text(json.dumps(data))
    files = read_labels(tmp_path / "masks.json")
    xs, ys = zip(*files.pictures[0].labels[1].outline[0], strict=True)
    assert (min(xs) * 160, max(xs) * 160) == pytest.approx((110.5, 129.5))
    assert (min(ys) * 120, max(ys) * 120) == pytest.approx((60.5, 99.5))
    written = json.loads(add(files, "d.png", 1)["masks.json"])["annotations"][-1]
    assert written["segmentation"]["counts"] == counts and written["iscrowd"] == 1


@pytest.mark.parametrize(
    ("counts", "size", "reason"),
    [
        ([5, 5], [120, 160], "do not fill its 160x120 px"),
        ([10**12], [10**6, 10**6], "has a mask of 1000000x1000000 px"),
        ("~~~~", [120, 160], "do not fill its 160x120 px"),
        ("PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP", [120, 160], "do not fill"),
        ("1", [120, 160], "do not fill"),
        (None, [120, 160], "do not fill"),
    ],
)
def test_a_mask_that_is_none_is_refused(counts, size, reason, tmp_path):
    data = labelled.coco("a.png")
    data["annotations"][0]["segmentation"] = {"size": size, "counts": counts}
    (tmp_path / "masks.json").write_text(json.dumps(data))
    with pytest.raises(UsageError, match=reason):
        read_labels(tmp_path / "masks.json")


BAD = {
    "deep.json": (b"[" * 100_000, "is not JSON"),
    "text.json": (b"hello", "is not JSON"),
    "other.json": (b'{"a": 1}', "is neither of COCO nor of Label Studio"),
    "numbers.json": (b"[1, 2]", "is not a list of objects"),
    "stray.json": (b'{"images": [], "annotations": [{"id": 4, "image_id": 9}]}', "annotation 4 is of the image 9"),
    "twice.json": (b'{"images": [{"id": 1, "file_name": "a"}, {"id": 1}], "annotations": []}', "two images of one id"),
    "nameless.json": (b'{"images": [{"id": 1}], "annotations": []}', "image 1 has no file_name"),
    "id.json": (b'{"images": [{"id": [1], "file_name": "a"}], "annotations": []}', "neither a number nor a text"),
    "min.json": (b'[{"image": "a.png", "label": []}]', "export as JSON, not as JSON-MIN"),
    "bomb.xml": (b'<!DOCTYPE a [<!ENTITY b "ccccc">]><annotations>&b;</annotations>', "declares a document type"),
    "half.xml": (b"<annotations><image", "is not XML"),
    "film.xml": (b"<annotations><track id='0'/></annotations>", "export it as CVAT for images"),
    "deep.xml": (b"<annotations>" + b"<a>" * 50 + b"</a>" * 50 + b"</annotations>", "elements in elements"),
    "one.xml": (b"<annotation/>", "of Pascal VOC name the folder"),
    "points.xml": (
        b'<annotations><image name="a" width="9" height="9"><polygon points="1,2;x"/></image></annotations>',
        "has 'x' where a number has to be",
    ),
    "labels.zip": (b"PK", "an archive has to be unpacked"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_label_file_is_refused_in_one_line(name, tmp_path):
    content, reason = BAD[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_labels(tmp_path / name)
    assert reason in str(caught.value) and "\n" not in str(caught.value) and name in str(caught.value)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("car 0.5 0.5 0.1 0.1", "begins with 'car'"),
        ("7 0.5 0.5 0.1 0.1", "the class 7"),
        ("0 0.5 0.5 nan 0.1", "'nan' where a number"),
        ("0 50 50 10 10", "in shares of the picture"),
        ("0 0.5", "in shares of the picture"),
    ],
)
def test_a_line_of_yolo_that_is_none_is_named(line, reason, tmp_path):
    root = labelled.write("yolo", tmp_path, "a.png")
    (root / "labels" / "a.txt").write_text(f"0 0.5 0.5 0.1 0.1\n{line}\n")
    with pytest.raises(UsageError, match=rf"labels/a.txt line 2 .*{reason}"):
        read_labels(root)


def test_pipes_and_links_are_no_label_files(tmp_path):
    root = labelled.write("yolo", tmp_path, "a.png")
    os.mkfifo(root / "labels" / "pipe.txt")
    (root / "labels" / "link.txt").symlink_to("/etc/passwd")
    assert [picture.name for picture in read_labels(root).pictures] == ["labels/a"]
    os.mkfifo(tmp_path / "labels.json")
    with pytest.raises(UsageError, match="not a regular file"):
        read_labels(tmp_path / "labels.json")


KEYS = [
    "id",
    "image_id",
    "bbox",
    "segmentation",
    "counts",
    "size",
    "file_name",
    "data",
    "annotations",
    "result",
    "value",
]
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(["coco", "label_studio"]), JSON, st.integers(0, 200))
def test_whatever_stands_in_a_file_it_is_read_or_refused(form, value, place):
    """A value of chance in the place of one of a good file."""
    data = labelled.coco("a.png") if form == "coco" else labelled.label_studio("a.png")
    spots: list = []

    def walk(node):
        for key in range(len(node)) if isinstance(node, list) else list(node):
            spots.append((node, key))
            if isinstance(node[key], list | dict):
                walk(node[key])

    walk(data)
    node, key = spots[place % len(spots)]
    node[key] = value
    from framesift.export.labels.coco import CocoFiles
    from framesift.export.labels.label_studio import LabelStudioFiles

    try:
        files = CocoFiles("x.json", data) if form == "coco" else LabelStudioFiles("x.json", data)
    except UsageError:
        return
    for picture in files.pictures:
        list(files.encode([Addition(picture, "new.png", "a.png", None, picture.labels)]))
