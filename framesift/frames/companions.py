"""Which files belong to a picture or film: raw data, sidecars, labels, captions, the film of a Live Photo.

They lie in the same folder and have its name, or its name without the suffix: `IMG_1.JPG` has `IMG_1.CR2`, `IMG_1.xmp`,
`IMG_1.JPG.json`, `IMG_1.MOV`. Labels may lie in a tree of their own (`frames.labels`): `images/train/7.jpg` has
`labels/train/7.txt`. A file may belong to several: `7.txt` to `7.jpg` and `7.png`.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from framesift.errors import PathLike, UnreadableFrame
from framesift.frames.labels import LABELS, Contents, LabelTrees, find_masked, is_label_kind
from framesift.frames.suffixes import RAW, is_picture, is_video

_SIDECARS = LABELS | {"xmp", "aae", "pp3", "dop", "on1", "cos", "vrd", "dr4", "acr", "arp", "thm", "wav", "vtt"}
_SIDECARS |= {"srt", "ass", "gpx", "lrv", "lrf"}
_LIVE_FILMS, _LIVE_PICTURES = {"mov", "mp4"}, {"jpg", "jpeg", "heic", "heif"}
_LONGEST_LIVE = 10.0
"""Seconds: a longer film beside a picture of its name is no Live Photo; the picture is perhaps taken from it."""
_NOT_OURS = "metadata.json"
"""Describes a folder."""
_NUMBERED = re.compile(r"(.+)(\(\d+\))\.json", re.ASCII | re.DOTALL)
"""Google Takeout has `IMG.jpg(1).json` for `IMG(1).jpg`, and since 2024 `IMG.jpg.supplemental-metadata(1).json`."""
_TAKEOUT_S = "supplemental-metadata"
"""Of which the end, or all of it, is missing where the name would be longer than 51 characters."""


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


class Companions:
    """Finds companions below `root`. Each folder is listed once, when it is first asked for."""

    def __init__(self, root: PathLike) -> None:
        self._root = os.fsdecode(root)
        self._folders: dict[str, _Folder] = {}
        self._listings: dict[str, Contents] = {}
        self._trees = LabelTrees(self._list)
        self.unlisted: dict[str, str] = {}
        """Folders of which it cannot be told what lies there, and why: their files may have companions all the same."""

    def of(self, path: str) -> list[Companion]:
        """Return what belongs to the file at `path`, and what belongs to that."""
        found, pending = dict[str, None](), [path]
        while pending:
            new = [each for each in self._find_next(pending.pop(0)) if each not in found and each != path]
            found.update(dict.fromkeys(new))
            pending += new
        return [Companion(each, self._find_owners(each)) for each in found]

    def owners(self, path: str) -> tuple[str, ...]:
        """Return what the file at `path` belongs to and what belongs to nothing else; nothing for most files."""
        owners = self._find_owners(path)
        return owners if owners and self._is_short(path) else ()

    def _find_next(self, path: str) -> list[str]:
        folder, _, name = path.rpartition("/")
        beside = [_join(folder, each) for each in sorted(self._folder(folder).companions.get(name, ()))]
        return [*filter(self._is_short, beside), *self._find_labels(path)]

    def _find_owners(self, path: str, below: tuple[str, ...] = ()) -> tuple[str, ...]:
        folder, _, name = path.rpartition("/")
        beside = (_join(folder, owner) for owner in self._folder(folder).owners.get(name, ()))
        found = list[str]()
        for owner in (*beside, *self._trees.pictures(path)):
            above = () if owner in below else self._find_owners(owner, (*below, path))
            found += above if above and self._is_short(owner) else (owner,)
        return tuple(dict.fromkeys(found))

    def _find_labels(self, path: str) -> list[str]:
        if not is_picture(path):
            return []
        labels, folder = self._trees.labels(path), path.rpartition("/")[0]
        for unlisted in self.unlisted.keys() & self._trees.folders(folder):
            self.unlisted[folder] = self.unlisted[unlisted]
        return labels

    def _folder(self, folder: str) -> _Folder:
        if folder not in self._folders:
            self._folders[folder] = _relate(self._list(folder).files)
        return self._folders[folder]

    def _list(self, folder: str) -> Contents:
        if folder not in self._listings:
            self._listings[folder] = self._scan(folder)
        return self._listings[folder]

    def _scan(self, folder: str) -> Contents:
        files, folders = list[str](), list[str]()
        try:
            with os.scandir(os.path.join(self._root, folder)) as entries:
                for entry in entries:
                    (folders if entry.is_dir() else files).append(entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return Contents()
        except OSError as error:
            self.unlisted[folder] = error.strerror or str(error)
            return Contents()
        return Contents(tuple(files), frozenset(folders))

    def _is_short(self, path: str) -> bool:
        """Tell whether a film is as short as a Live Photo, as far as can be told; True for other files."""
        if not is_video(path):
            return True
        from framesift.frames.videos import probe_video  # brings OpenCV

        with suppress(UnreadableFrame):
            return probe_video(os.path.join(self._root, path)).duration_s <= _LONGEST_LIVE
        return True


def find_companions(root: PathLike, paths: Iterable[str]) -> dict[str, tuple[Companion, ...]]:
    """Return what belongs to each of the files at `paths` below `root`, of those to which something does."""
    companions = Companions(root)
    return {path: tuple(found) for path in paths if (found := companions.of(path))}


def find_labelled(root: PathLike, companions: Mapping[str, Iterable[Companion]]) -> frozenset[str]:
    """Return the files, of those with companions, that have a label or caption with something in it."""

    def is_filled(path: str) -> bool:
        with suppress(OSError):
            return os.path.getsize(os.path.join(os.fsdecode(root), path)) > 0
        return False

    return frozenset(
        path
        for path, found in companions.items()
        if any(_is_label(each.path, path) and is_filled(each.path) for each in found)
    )


def _is_label(path: str, owner: str) -> bool:
    """Tell a label from other companions: `7.json` is one of `7.jpg`, and `7.jpg.json` what a program has noted."""
    (folder, _, name), (own_folder, _, own_name) = path.rpartition("/"), owner.rpartition("/")
    if folder != own_folder or is_picture(name):
        return is_label_kind(name)
    return _suffix(name) in LABELS and name.rpartition(".")[0] == own_name.rpartition(".")[0]


def _relate(names: Sequence[str]) -> _Folder:
    """Say of the names in a folder which belong to which."""
    folder, stems, known = _Folder(), _by_stem(names), set(names)
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
    if masked := find_masked(name, stems):
        return masked
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
