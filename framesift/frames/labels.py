"""Labels of pictures that have names or folders of their own: masks, and trees of labels beside the tree of pictures.

`7_mask.png` is one of `7.jpg`. `labels/train/7.txt`, `Annotations/train/7.xml` and `masks/train/7.png` are labels of
`train/7.jpg` in a folder beside theirs, `street_masks/7.png` of one in `street`. Masks are pictures, often the same.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from framesift.frames.suffixes import find_suffix, is_picture, is_raw

LABELS = {"txt", "json", "xml", "caption", "csv"}
"""What people have written of a picture, and programs for training."""
_LOSSLESS = {"png", "gif", "bmp", "tif", "tiff"}
_ARRAYS = {"npy", "npz", "mat", "pts"}
_SURE = r"labels?|masks?|annotations?|annots?|segmentations?|segmentation(?:class|object)(?:aug|raw)?"
_LIKELY = r"anns?|segs?|gts?|ground_?truths?|gt(?:fine|coarse)|mattes?|trimaps?"
"""Words that may be something else, unless it is pictures that they stand beside."""
_TREE = re.compile(
    rf"(?:(?P<prefix>.+?)(?P<apart>[_-]?))??(?:(?P<sure>{_SURE})|(?:{_LIKELY}))(?:[_-]?\d+)?", re.IGNORECASE | re.ASCII
)
_BEFORE = re.compile(rf"(?:{_SURE}|{_LIKELY})[_-](.+)", re.IGNORECASE | re.ASCII | re.DOTALL)
_BEFORE_PICTURES = ("", "image_", "img_", "frame_", "rgb_", "image-", "img-")
"""`mask_7.png` is one of `image_7.png`."""
_BEHIND = re.compile(rf"(.+)[_-](?:{_SURE}|{_LIKELY})", re.IGNORECASE | re.ASCII | re.DOTALL)
_SCENE = re.compile(r"(.+)_(?:leftImg8bit|gt(?:Fine|Coarse)(?:_[A-Za-z]+)*)", re.ASCII | re.DOTALL)
"""Of Cityscapes: `aachen_000000_000019_leftImg8bit.png` has `aachen_000000_000019_gtFine_labelIds.png`."""
_PICTURES = re.compile(
    r"(?:jpe?g|png)?images?|im(?:age|g)s?(?:[_-]?\d+)?|pictures?|photos?|frames?|rgb|colou?rs?"
    r"|inputs?|originals?|raw|src|sources?|scans?|data|leftimg8bit",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Contents:
    """The names in a folder."""

    files: tuple[str, ...] = ()
    folders: frozenset[str] = frozenset()


class LabelTrees:
    """Finds what lies in trees of labels, and what that is of. `list_folder` gives what is in a folder, each time."""

    def __init__(self, list_folder: Callable[[str], Contents]) -> None:
        self._list = list_folder
        self._trees: dict[str, list[str]] = {}
        self._labels: dict[str, dict[str, list[str]]] = {}
        """Of folders of pictures: the paths of labels, by the names that these are for."""
        self._pictures: dict[str, dict[str, list[str]]] = {}
        """Of folders of labels: the paths of pictures, the same."""

    def folders(self, folder: str) -> list[str]:
        """Return where labels of the pictures in a folder would lie."""
        if folder not in self._trees:
            self._trees[folder] = list(self._find_beside(folder, lambda own, other, all_: is_tree(other, own, all_)))
        return self._trees[folder]

    def labels(self, path: str) -> list[str]:
        """Return the paths of the labels of a picture."""
        folder, _, name = path.rpartition("/")
        if folder not in self._labels:
            self._labels[folder] = self._index(self.folders(folder), is_label_kind, lambda name: [_key_of_label(name)])
        known = self._labels[folder]
        found = dict.fromkeys(each for key in _keys(name) for each in known.get(key, ()))
        return [each for each in found if _is_plausible(each, path)]

    def pictures(self, path: str) -> list[str]:
        """Return the paths of the pictures that the file at `path` is a label of, none if it is not a label."""
        folder, _, name = path.rpartition("/")
        if not is_label_kind(name):
            return []
        if folder not in self._pictures:
            self._pictures[folder] = self._index(self._find_beside(folder, is_tree), _is_labelled_kind, _keys)
        found = self._pictures[folder].get(_key_of_label(name), ())
        return [each for each in found if _is_plausible(path, each)]

    def _index(
        self, folders: Iterable[str], is_one: Callable[[str], bool], keys_of: Callable[[str], list[str]]
    ) -> dict[str, list[str]]:
        found = defaultdict[str, list[str]](list)
        for folder in folders:
            for name in sorted(filter(is_one, self._list(folder).files)):
                for key in keys_of(name):
                    found[key].append(f"{folder}/{name}")
        return dict(found)

    def _find_beside(self, folder: str, is_one: Callable[[str, str, Collection[str]], bool]) -> Iterator[str]:
        """Yield the folders that have the place of this one in a tree beside one of those that it lies in."""
        parts = folder.split("/") if folder else []
        for place, own in enumerate(parts):
            beside = self._list("/".join(parts[:place])).folders
            for other in sorted(beside - {own}):
                if is_one(own, other, beside):
                    yield "/".join([*parts[:place], other, *parts[place + 1 :]])


def is_tree(name: str, pictures: str, beside: Collection[str]) -> bool:
    """Tell whether a folder is named as one of the labels of what is in `pictures`, of the folders `beside` it."""
    found = _TREE.fullmatch(name)
    if not found or _is_of_labels(pictures):
        return False
    prefix, is_sure, is_usual = found["prefix"], bool(found["sure"]), bool(_PICTURES.fullmatch(pictures))
    if prefix is None:
        return is_sure or is_usual
    if prefix.lower() == pictures.lower():
        return bool(found["apart"]) or (found["sure"] is not None and found["sure"].lower().startswith("annot"))
    return bool(found["apart"]) and is_usual and all(prefix.lower() != each.lower() for each in beside)


def _is_plausible(label: str, picture: str) -> bool:
    """Tell whether a picture in a tree of labels is one: a camera may have such a name, and take its pictures at the
    same times as the one beside it, but JPEGs rather than what loses nothing."""
    if not is_picture(label):
        return True
    parts = zip(label.split("/")[:-1], picture.split("/")[:-1], strict=True)
    tree, pictures = next((own, other) for own, other in parts if own != other)
    found = _TREE.fullmatch(tree)
    if _PICTURES.fullmatch(pictures) or (found and found["prefix"]):
        return True
    return find_suffix(label) in _LOSSLESS and not tree.lower().startswith("label")


def _is_of_labels(folder: str) -> bool:
    found = _TREE.fullmatch(folder)
    return found is not None and (found["prefix"] is None or bool(found["apart"]))


def is_label_kind(name: str) -> bool:
    """Tell whether a file may be a label, by its suffix."""
    return find_suffix(name) in LABELS | _ARRAYS or _is_labelled_kind(name)


def find_masked(name: str, stems: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the pictures of a folder whose label a file is named to be, by {name without suffix: names}."""
    key = _key_of_label(name)
    if not is_label_kind(name) or key == name.rpartition(".")[0]:
        return []
    return [each for before in _BEFORE_PICTURES for each in stems.get(before + key, ()) if _is_labelled_kind(each)]


def _is_labelled_kind(name: str) -> bool:
    return is_picture(name) and not is_raw(name)


def _keys(name: str) -> list[str]:
    """Return what a label of a picture may be named after: all of its name, that without the suffix, or the scene."""
    stem = name.rpartition(".")[0]
    scene = _SCENE.fullmatch(stem)
    scenes = [stem.removeprefix(before) for before in _BEFORE_PICTURES] + ([scene[1]] if scene else [])
    return list(dict.fromkeys([name, *scenes]))


def _key_of_label(name: str) -> str:
    stem = name.rpartition(".")[0]
    found = _SCENE.fullmatch(stem) or _BEHIND.fullmatch(stem) or _BEFORE.fullmatch(stem)
    return found[1] if found else stem
