"""Pascal VOC: an XML file for each picture. http://host.robots.ox.ac.uk/pascal/VOC/voc2012/devkit_doc.pdf"""

import os
from collections.abc import Iterable, Iterator
from copy import deepcopy
from xml.etree import ElementTree as Xml

from framesift.errors import PathLike, UsageError, show
from framesift.export.labels.document import (
    Addition,
    Label,
    LabelFiles,
    LabelledPicture,
    Outline,
    box_outline,
    check_points,
    read_number,
    read_size,
)
from framesift.export.labels.reading import MOST_BYTES_OF_ONE, read_bytes, read_xml, walk_files, write_xml


class VocFiles(LabelFiles):
    """A folder of XML files."""

    form = "Pascal VOC"

    def __init__(self, folder: PathLike) -> None:
        self._root = os.fsdecode(folder)
        self._paths: list[str] = []
        self.pictures = []
        for path in walk_files(self._root, ".xml"):
            root = read_xml(os.path.join(self._root, path), MOST_BYTES_OF_ONE)
            if root.tag != "annotation":
                raise UsageError(f"is no file of Pascal VOC: it begins with <{root.tag[:40]}>", path)
            self._paths.append(path)
            self.pictures.append(_read_picture(root, path))

    def encode(self, additions: Iterable[Addition], own: bool = True) -> Iterator[tuple[str, bytes]]:
        if own:
            for path in self._paths:
                yield path, read_bytes(os.path.join(self._root, path), MOST_BYTES_OF_ONE)
        for addition in additions:
            folder, _, name = addition.name.rpartition("/")
            path = f"{folder}/{os.path.splitext(name)[0]}.xml".lstrip("/")
            yield path, write_xml(_make_annotation(addition, name), path)


def _make_annotation(addition: Addition, name: str) -> Xml.Element:
    root: Xml.Element = deepcopy(addition.like.entry)
    for each in addition.labels:
        root.append(deepcopy(each.entry))
    former = root.findtext("filename") or ""
    _set(root, "filename", name)
    if (path := root.find("path")) is not None and path.text:
        if path.text.endswith(former):
            path.text = path.text.removesuffix(former) + name
        else:
            root.remove(path)
    Xml.indent(root)
    return root


def _set(root: Xml.Element, tag: str, text: str) -> None:
    element = root.find(tag)
    if element is None:
        element = Xml.SubElement(root, tag)
    element.text = text


def _read_picture(root: Xml.Element, path: str) -> LabelledPicture:
    name = (root.findtext("filename") or "").strip()
    if not os.path.splitext(name)[1]:  # some tools leave it empty, or the suffix away
        name = os.path.splitext(path.rpartition("/")[2])[0] + (os.path.splitext(name)[1] or ".jpg")
    folder = path.rpartition("/")[0]
    size = read_size(root.findtext("size/width"), root.findtext("size/height"), show(path))
    objects = root.findall("object")
    if size is None and objects:
        raise UsageError("does not say how large the picture is", path)
    labels = tuple(_read_object(each, size or (1, 1), f"{show(path)}: object {n}") for n, each in enumerate(objects, 1))
    for each in objects:
        root.remove(each)
    name = name.replace("\\", "/").rpartition("/")[2]
    return LabelledPicture(f"{folder}/{name}".lstrip("/"), size, labels, root)


def _read_object(element: Xml.Element, size: tuple[int, int], what: str) -> Label:
    name, box, polygon = (element.findtext("name") or "").strip(), element.find("bndbox"), element.find("polygon")
    outline: Outline = ()
    if polygon is not None and len(polygon):
        outline = (_read_polygon(polygon, size, what),)
    if box is not None:
        left, top, right, bottom = (read_number(box.findtext(s), what) for s in ("xmin", "ymin", "xmax", "ymax"))
        if right < left or bottom < top:
            raise UsageError(f"{what} has a box that ends before it begins")
        outline = (*outline, *box_outline(left / size[0], top / size[1], right / size[0], bottom / size[1]))
    if not outline:
        raise UsageError(f"{what} has no bndbox")
    return Label(name, outline, element)


def _read_polygon(element: Xml.Element, size: tuple[int, int], what: str) -> tuple[tuple[float, float], ...]:
    """Return the points of `<pt><x>..</x><y>..</y></pt>`, or of `<x1>..</x1><y1>..</y1>`."""
    numbers = [read_number(leaf.text, what) for leaf in element.iter() if not len(leaf) and leaf is not element]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    return check_points([(x / size[0], y / size[1]) for x, y in pairs], what)
