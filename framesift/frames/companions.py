"""Which files belong to a picture or film: raw data, sidecars, labels, captions, the film of a Live Photo.

They lie in the same folder and have its name, or its name without the suffix: `IMG_1.JPG` has `IMG_1.CR2`, `IMG_1.xmp`,
`IMG_1.JPG.json`, `IMG_1.MOV`. The labels of YOLO lie in a tree of their own: `images/train/7.jpg` has
`labels/train/7.txt`. A file may belong to several: `7.txt` to `7.jpg` and `7.png`.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.suffixes import RAW, is_picture, is_video

LABELS = {"txt", "json", "xml", "caption", "csv"}
"""What people have written of a picture, and programs for training."""
_SIDECARS = LABELS | {"xmp", "aae", "pp3", "dop", "on1", "cos", "thm", "wav", "srt", "lrv", "vtt"}
_LIVE_FILMS, _LIVE_PICTURES = {"mov", "mp4"}, {"jpg", "jpeg", "heic", "heif"}
_LONGEST_LIVE = 10.0
"""Seconds: a longer film beside a picture of its name is no Live Photo; the picture is perhaps taken from it."""
_NOT_OURS = "metadata.json"
"""Describes a folder."""
_NUMBERED = re.compile(r"(.+)(\(\d+\))\.json", re.ASCII | re.DOTALL)
"""Google Takeout has `IMG.jpg(1).json` for `IMG(1).jpg`, and since 2024 `IMG.jpg.supplemental-metadata(1).json`."""
_TAKEOUT_S = "supplemental-metadata"
"""Of which the end, or all of it, is missing where the name would be longer than 51 characters."""
_IMAGES, _LABELS = "images", "labels"


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that belongs to others."""

    path: str
    """Below the root, with `/`."""
    owners: tuple[str, ...]
    """The paths of all that it belongs to, at least one."""


@dataclass(slots=True)
class _Folder:
    companions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Names of what belongs to a name."""
    owners: dict[str, tuple[str, ...]] = field(default_factory=dict)
    twins: dict[str, list[str]] = field(default_factory=dict)
    """Of names without their suffixes: the pictures, where there are several."""


class Companions:
    """Finds companions below `root`. Each folder is listed once, when it is first asked for."""

    def __init__(self, root: PathLike) -> None:
        self._root = os.fsdecode(root)
        self._folders: dict[str, _Folder] = {}
        self.unlisted: dict[str, str] = {}
        """Folders of which it cannot be told what lies there, and why: their files may have companions all the same."""

    def of(self, path: str) -> list[Companion]:
        """Return what belongs to the file at `path`, in the order of the names."""
        folder, _, name = path.rpartition("/")
        known = self._folder(folder)
        found = [
            Companion(_join(folder, each), tuple(_join(folder, owner) for owner in known.owners[each]))
            for each in sorted(known.companions.get(name, ()))
            if self._is_short(_join(folder, each))
        ]
        return [*found, *self._find_labels(path)]

    def owners(self, path: str) -> tuple[str, ...]:
        """Return what the file at `path` belongs to; nothing for most files."""
        folder, _, name = path.rpartition("/")
        owners = self._folder(folder).owners.get(name, ())
        return tuple(_join(folder, owner) for owner in owners) if owners and self._is_short(path) else ()

    def _folder(self, folder: str) -> _Folder:
        if folder not in self._folders:
            self._folders[folder] = _relate(self._list(folder))
        return self._folders[folder]

    def _list(self, folder: str) -> list[str]:
        try:
            with os.scandir(os.path.join(self._root, folder)) as entries:
                return [entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return []
        except OSError as error:
            self.unlisted[folder] = error.strerror or str(error)
            return []

    def _is_short(self, path: str) -> bool:
        """Tell whether a film is as short as a Live Photo, as far as can be told; True for other files."""
        if not is_video(path):
            return True
        from framesift.frames.videos import probe_video  # brings OpenCV

        with suppress(UnreadableFrame):
            return probe_video(os.path.join(self._root, path)).duration_s <= _LONGEST_LIVE
        return True

    def _find_labels(self, path: str) -> list[Companion]:
        """Return the label of a picture in a tree of YOLO, with all the pictures that it is of."""
        folder, _, name = path.rpartition("/")
        parts = folder.split("/")
        if _IMAGES not in parts or not is_picture(name):
            return []
        place = len(parts) - 1 - parts[::-1].index(_IMAGES)
        stem = name.rpartition(".")[0]
        label = "/".join([*parts[:place], _LABELS, *parts[place + 1 :], f"{stem}.txt"])
        try:
            os.lstat(os.path.join(self._root, label))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            self.unlisted[folder] = error.strerror or str(error)
            return []
        owners = self._folder(folder).twins.get(stem, [name])
        return [Companion(label, tuple(_join(folder, owner) for owner in owners))]


def find_companions(root: PathLike, paths: Iterable[str]) -> dict[str, tuple[Companion, ...]]:
    """Return what belongs to each of the files at `paths` below `root`, of those to which something does."""
    companions = Companions(root)
    return {path: tuple(found) for path in paths if (found := companions.of(path))}


def find_labelled(root: PathLike, companions: Mapping[str, Iterable[Companion]]) -> frozenset[str]:
    """Return the files, of those with companions, that have a label or caption with something in it.

    `7.json` is one of `7.jpg`, and `7.jpg.json` what a program has noted.
    """

    def is_label(path: str, owner: str) -> bool:
        is_named_so = path.rpartition("/")[2].rpartition(".")[0] == owner.rpartition("/")[2].rpartition(".")[0]
        with suppress(OSError):
            return (
                is_named_so and _suffix(path) in LABELS and os.path.getsize(os.path.join(os.fsdecode(root), path)) > 0
            )
        return False

    return frozenset(path for path, found in companions.items() if any(is_label(each.path, path) for each in found))


def _relate(names: list[str]) -> _Folder:
    """Say of the names in a folder which belong to which."""
    folder, stems, known = _Folder(), _by_stem(names), set(names)
    for stem, beside in stems.items():
        if len(beside) > 1 and len(pictures := [name for name in beside if is_picture(name)]) > 1:
            folder.twins[stem] = pictures
    for name in names:
        if owners := _find_owners(name, stems, known):
            folder.owners[name] = tuple(owners)
            for owner in owners:
                folder.companions[owner].append(name)
    return folder


def _find_owners(name: str, stems: Mapping[str, list[str]], known: set[str]) -> list[str]:
    stem, _, suffix = name.rpartition(".")
    suffix = suffix.lower()
    if not stem or name == _NOT_OURS:
        return []
    beside = stems.get(stem, ())
    pictures = [each for each in beside if _is_main(each)]
    if suffix in RAW:
        return pictures
    if suffix in _LIVE_FILMS:
        return [each for each in pictures if _suffix(each) in _LIVE_PICTURES]
    if suffix not in _SIDECARS:
        return []
    raw = [each for each in beside if _suffix(each) in RAW]
    return _find_named(name, known) or pictures or raw or [each for each in beside if is_video(each)]


def _find_named(name: str, known: set[str]) -> list[str]:
    """Return the file whose whole name a sidecar has before its own suffixes, the longest of several."""
    candidates = [name[: place.start()] for place in re.finditer(r"\.", name)]
    if numbered := _NUMBERED.fullmatch(name):
        owner, _, word = numbered[1].rpartition(".")
        if owner and _TAKEOUT_S.startswith(word):
            candidates.clear()  # it tells of another picture than the one whose name it has without the number
        else:
            owner = numbered[1]
        stem, _, suffix = owner.rpartition(".")
        candidates.append(f"{stem}{numbered[2]}.{suffix}")
    named = (each for each in reversed(candidates) if each in known)
    return next(([each] for each in named if _is_main(each) or _suffix(each) in RAW or is_video(each)), [])


def _is_main(name: str) -> bool:
    return is_picture(name) and _suffix(name) not in RAW


def _by_stem(names: Iterable[str]) -> dict[str, list[str]]:
    stems: dict[str, list[str]] = defaultdict(list)
    for name in names:
        stems[name.rpartition(".")[0]].append(name)
    return stems


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
