"""The folders with images below the folder that is served, and the images in them. Nothing else is ever opened."""

import base64
import binascii
import hashlib
import os
import re
import stat
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from framesift.errors import FramesiftError, show
from framesift.frames.choosing import USUAL, Choice
from framesift.frames.finding import Listing, scan_folder
from framesift.frames.frame import natural_key
from framesift.frames.reader import MAX_PIXELS, read_size
from framesift.review.jobs import Progress
from framesift.review.refusals import Unknown
from framesift.review.store import Store

_PERSON = re.compile(r"PERSON-[0-9]+", re.IGNORECASE | re.ASCII)
_BATCH = 100
"""Folders that a scan has looked into before they are listed."""
_KEPT_NAMES, _KEPT_SIZES = 16, 20_000
"""Folders whose listing, and images whose size, is kept in memory."""
_COLUMNS = """
SELECT c.*, s.job_id AS searched, s.groups, s.surplus FROM collections c LEFT JOIN searches s ON s.collection_id = c.id
"""


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder that holds images."""

    id: str
    path: str
    """Below the root, with `/`; empty for the root itself."""
    name: str
    """Printable."""
    person_id: str | None
    images: int
    bytes: int
    cover: str | None
    """Id of an image."""
    searched: str | None
    """Id of the job."""
    groups: int | None
    surplus: int | None


@dataclass(frozen=True, slots=True)
class Image:
    """An image as it lies there now."""

    name: str
    """Of the file."""
    size: tuple[int, int] | None
    """Width and height in px as shown; None where the file is no image that can be read."""
    bytes: int
    mtime_ns: int


class Collections:
    """All that is known of the folders below `root`. Its methods may be called from any thread."""

    def __init__(self, store: Store, root: str, output: str, choice: Choice = USUAL) -> None:
        self.root = os.path.realpath(root)
        self._store, self._output = store, output
        self.choice = choice
        """Of the paths below the root."""
        self._lock = threading.Lock()
        self._names: OrderedDict[str, tuple[int, list[str]]] = OrderedDict()
        self._sizes: OrderedDict[tuple[str, int, int], tuple[int, int] | None] = OrderedDict()

    def folder(self, collection: Collection) -> str:
        """Return the absolute path. Raises Unknown where the folder is gone, or a link has taken its place."""
        folder = os.path.join(self.root, collection.path) if collection.path else self.root
        if os.path.realpath(folder) != folder or not os.path.isdir(folder):
            raise Unknown("the folder is gone: look for folders again")
        return folder

    def find(self, collection_id: str) -> Collection:
        """Return a collection. Raises Unknown."""
        query = f"{_COLUMNS} WHERE c.id = ?"
        return _as_collection(self._store.require("there is no such collection", query, collection_id))

    def find_person(self, person_id: str) -> list[Collection]:
        """Return the collections of a person: usually one."""
        return [_as_collection(row) for row in self._store.read(f"{_COLUMNS} WHERE c.person_id = ?", person_id)]

    def page(
        self, query: str = "", persons: bool | None = None, offset: int = 0, limit: int = 60
    ) -> tuple[dict[str, int], list[Collection]]:
        """Return the totals of the collections whose name holds `query`, and some of them in natural order."""
        terms, values = ["1"], list[Any]()
        if query:
            terms.append("instr(c.folded, ?) > 0")
            values.append(query.casefold())
        if persons is not None:
            terms.append(f"c.person_id IS {'NOT ' if persons else ''}NULL")
        where = f"WHERE {' AND '.join(terms)}"
        totals = "SELECT count(*) AS total, coalesce(sum(images), 0) AS images, coalesce(sum(bytes), 0) AS bytes"
        [row] = self._store.read(f"{totals} FROM collections c {where}", *values)
        order = "ORDER BY c.sort, c.name LIMIT ? OFFSET ?"
        rows = self._store.read(f"{_COLUMNS} {where} {order}", *values, limit, offset)
        return dict(row), [_as_collection(row) for row in rows]

    def scan(self, progress: Progress) -> dict[str, int]:
        """Look for the folders again; those that are gone leave the list at the end."""
        pending, batch, mark = [""], list[tuple[Any, ...]](), progress.job_id
        for folder in progress.follow(_drain(pending), "finding"):
            found = self._look_into(folder, pending)
            if found is not None:
                batch.append((*found, mark))
            if len(batch) >= _BATCH:
                self._save(batch)
                batch = []
        self._save(batch)
        with self._store.writing() as database:
            database.execute("DELETE FROM collections WHERE scan != ?", (mark,))
            database.execute("DELETE FROM searches WHERE collection_id NOT IN (SELECT id FROM collections)")
            database.execute("DELETE FROM groups WHERE collection_id NOT IN (SELECT id FROM collections)")
        [[number]] = self._store.read("SELECT count(*) FROM collections")
        return {"collections": number}

    def refresh(self, collection: Collection) -> None:
        """Look into one folder again. One that holds no images now stays in the list until the next scan."""
        found = self._look_into(collection.path, []) or (*_identify(collection.path, self.root), 0, 0, None)
        with self._store.writing() as database:
            row = (*found[-3:], collection.id)
            database.execute("UPDATE collections SET images = ?, bytes = ?, cover = ? WHERE id = ?", row)

    def images(self, collection: Collection, offset: int, limit: int) -> tuple[int, list[Image]]:
        """Return how many images a collection has, and some of them in natural order. Raises Unknown."""
        folder = self.folder(collection)
        names = self._list_names(folder)
        found = (self._describe(folder, name) for name in names[offset : offset + limit])
        return len(names), [image for image in found if image is not None]

    def find_image(self, collection: Collection, image_id: str) -> str:
        """Return the absolute path of an image. Raises Unknown for all but a regular file directly in the folder."""
        path = os.path.join(self.folder(collection), decode_image_id(image_id))
        try:
            regular = stat.S_ISREG(os.lstat(path).st_mode)
        except OSError:
            regular = False
        if not regular:
            raise Unknown("there is no such image")
        return path

    def _describe(self, folder: str, name: str) -> Image | None:
        path = os.path.join(folder, name)
        try:
            status = os.lstat(path)
        except OSError:
            return None
        return Image(name, self._measure(path, status), status.st_size, status.st_mtime_ns)

    def _measure(self, path: str, status: os.stat_result) -> tuple[int, int] | None:
        key = (path, status.st_size, status.st_mtime_ns)
        with self._lock:
            if key in self._sizes:
                return self._sizes[key]
        try:
            size = read_size(path, MAX_PIXELS)
        except FramesiftError:
            size = None
        with self._lock:
            self._sizes[key] = size
            while len(self._sizes) > _KEPT_SIZES:
                self._sizes.popitem(last=False)
        return size

    def _list_names(self, folder: str) -> list[str]:
        """Return the names of the images of a folder, listed again when it has changed."""
        changed = os.stat(folder).st_mtime_ns
        with self._lock:
            known = self._names.get(folder)
            if known is not None and known[0] == changed:
                self._names.move_to_end(folder)
                return known[1]
        found = self._walk(folder, "", [], self.choice.below(os.path.relpath(folder, self.root).removeprefix(".")))
        names = sorted((entry[0] for entry in found), key=lambda name: (natural_key(name), name))
        with self._lock:
            self._names[folder] = changed, names
            while len(self._names) > _KEPT_NAMES:
                self._names.popitem(last=False)
        return names

    def _look_into(self, folder: str, below: list[str]) -> tuple[Any, ...] | None:
        """Return the columns of a folder, if it holds images; note the folders in it."""
        number, size, cover = 0, 0, None
        for path, status in self._walk(self.root, folder, below, self.choice):
            name = path.rpartition("/")[2]
            number, size = number + 1, size + status.st_size
            if cover is None or (natural_key(name), name) < cover:
                cover = natural_key(name), name
        if cover is None:
            return None
        return (*_identify(folder, self.root), number, size, image_id(cover[1]))

    def _walk(self, root: str, folder: str, below: list[str], choice: Choice) -> Iterator[tuple[str, os.stat_result]]:
        listing = Listing()
        for path in scan_folder(root, folder, self._output, listing, below, choice):
            try:
                status = os.lstat(os.path.join(root, path))
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode):
                yield path, status

    def _save(self, batch: list[tuple[Any, ...]]) -> None:
        query = "INSERT OR REPLACE INTO collections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        with self._store.writing() as database:
            database.executemany(query, batch)


def collection_id(path: str) -> str:
    """Return the id of the folder at `path` below the root."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def image_id(name: str) -> str:
    """Return the id of the file `name`: its bytes in base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(os.fsencode(name)).decode().rstrip("=")


def decode_image_id(text: str) -> str:
    """Return the name that an id stands for: a single plain one. Raises Unknown for anything else."""
    try:
        name = os.fsdecode(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError):
        name = ""
    if name in ("", ".", "..") or "/" in name or "\0" in name or image_id(name) != text:
        raise Unknown("there is no such image")
    return name


def show_time(time_ns: int) -> str:
    """Return a time of a file as ISO 8601."""
    try:
        return f"{datetime.fromtimestamp(time_ns // 10**9, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):  # a disk may hold any number
        return "1970-01-01T00:00:00Z"


def _identify(path: str, root: str) -> tuple[str, bytes, str, str, str, str | None]:
    name = path.rpartition("/")[2] or os.path.basename(root) or "/"
    shown = show(path or name)
    person = show(name) if _PERSON.fullmatch(name) else None
    return collection_id(path), os.fsencode(path), shown, shown.casefold(), natural_key(shown), person


def _as_collection(row: Any) -> Collection:
    return Collection(
        row["id"], os.fsdecode(row["path"]), row["name"], row["person_id"], row["images"], row["bytes"], row["cover"],
        row["searched"], row["groups"], row["surplus"],
    )  # fmt: skip


def _drain(pending: list[str]) -> Iterator[str]:
    """Take from a list that grows meanwhile, until it is empty."""
    while pending:
        yield pending.pop()
