"""Pictures for the browser: files that it can show as they are, others as JPEG, and small ones, which are kept.

Small pictures are kept by what the file holds, so that a renamed file needs no new one; how much is kept is bounded.
"""

import hashlib
import os
import re
import threading
from collections import OrderedDict
from contextlib import suppress

import cv2

from framesift.actions import storage_errors
from framesift.actions.files.staging import clear_staged, stage_file
from framesift.frames.reader import decode_picture, is_deep_file, sniff_format
from framesift.frames.reader.source import explain_error, open_regular
from framesift.looking.page.thumbnails import Pixels, shrink_image
from framesift.review.duplicates.contents import Contents

WIDTHS = (120, 240, 480, 960)
"""px: a width asked for is rounded up to one of these."""
JPEG = "image/jpeg"
KINDS = {"JPEG": JPEG, "PNG": "image/png", "GIF": "image/gif", "WebP": "image/webp", "BMP": "image/bmp"}
"""Formats that browsers show."""

_MOST_BYTES = 256 * 2**20
_AT_ONCE = 2
"""Pictures decoded at the same time: one of 100 million px takes 300 MB."""
_QUALITY = 80
_NAME = re.compile(r"[0-9a-f]{32}\.jpg")


class Pictures:
    """Makes and keeps pictures in the folder `folder`. For any thread."""

    def __init__(self, contents: Contents, folder: str, most_bytes: int = _MOST_BYTES) -> None:
        self._contents, self._folder, self._most_bytes = contents, folder, most_bytes
        self._lock = threading.Lock()
        self._decoding = threading.BoundedSemaphore(_AT_ONCE)
        self._sizes = _list_files(folder)
        self._total = sum(self._sizes.values())

    def tag(self, path: str, width: int) -> str | None:
        """Return what tells the small picture of a file from that of other bytes, where it is known without reading."""
        known = self._contents.recall(path, os.lstat(path))
        return known and _name(known, fit_width(width))

    def thumbnail(self, path: str, width: int) -> tuple[bytes, str]:
        """Return a JPEG of the file, at most so wide and twice as high, with its tag.

        Raises UnreadableFrame for what is no whole picture, StorageError.
        """
        width = fit_width(width)
        with storage_errors(path):
            known = self._contents.recall(path, os.lstat(path))
        kept = known and self._recall(_name(known, width))
        if known and kept:
            return kept, _name(known, width)
        with self._decoding:
            content, sha256 = self._contents.read(path)
            name = _name(sha256, width)
            small = self._recall(name)
            if small is None:
                small = encode_jpeg(shrink_image(decode_picture(content), width))
                self._keep(name, small)
        return small, name

    def full(self, path: str) -> tuple[str, int | bytes]:
        """Return the media type of a picture at full size, and a descriptor to send it from, or a JPEG made of it.

        Raises UnreadableFrame for what is no whole picture and no format that browsers show, StorageError.
        """
        try:
            with open_regular(path, None) as (descriptor, _):
                kind = KINDS.get(sniff_format(os.pread(descriptor, 12, 0)) or "")
                if kind is not None and not is_deep_file(path):  # browsers show the upper 8 bits alone
                    return kind, os.dup(descriptor)
        except OSError as error:
            raise explain_error(error, path) from error
        with self._decoding:
            return JPEG, encode_jpeg(decode_picture(self._contents.read(path)[0]))

    def _recall(self, name: str) -> bytes | None:
        with self._lock:
            if name not in self._sizes:
                return None
            self._sizes.move_to_end(name)
        try:
            with open(os.path.join(self._folder, name), "rb") as file:
                content = file.read()
        except OSError:
            content = b""
        if not content.endswith(b"\xff\xd9"):  # gone, or cut off when the machine went down
            with self._lock:
                self._total -= self._sizes.pop(name, 0)
            return None
        return content

    def _keep(self, name: str, content: bytes) -> None:
        """Keep a picture and let go of those not asked for the longest. A disk that refuses costs time alone."""
        path = os.path.join(self._folder, name)
        with suppress(OSError):
            os.makedirs(self._folder, exist_ok=True)
            with stage_file(path) as (file, temporary):
                file.write(content)
                file.flush()
                os.replace(temporary, path)
            with self._lock:
                self._total += len(content) - self._sizes.pop(name, 0)
                self._sizes[name] = len(content)
                while self._total > self._most_bytes and len(self._sizes) > 1:
                    oldest, size = self._sizes.popitem(last=False)
                    self._total -= size
                    os.unlink(os.path.join(self._folder, oldest))


def fit_width(width: int) -> int:
    """Return the width of the small picture that is kept for a width asked for."""
    return next((kept for kept in WIDTHS if kept >= width), WIDTHS[-1])


def encode_jpeg(image: Pixels) -> bytes:
    """Return a picture, (height, width, 3) BGR, as JPEG."""
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def _name(sha256: str, width: int) -> str:
    return f"{hashlib.sha256(f'{sha256} {width} {_QUALITY}'.encode()).hexdigest()[:32]}.jpg"


def _list_files(folder: str) -> OrderedDict[str, int]:
    """Return the sizes of the pictures that are kept, the oldest first; what an earlier start left unfinished goes.

    What else lies there is somebody's: a folder of pictures may be called as this one is.
    """
    found = []
    clear_staged(folder)
    with storage_errors(folder), suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                found.append((status.st_mtime_ns, entry.name, status.st_size))
    return OrderedDict((name, size) for _, name, size in sorted(found))
