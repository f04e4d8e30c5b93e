"""S3: listed page by page, read in one request, written and copied under conditions that the store itself checks."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from fsspec.asyn import sync

from framesift.stores.objects import Changed, FetchRange, ObjectStat, Refused
from framesift.stores.retrying import CutShort, code_of
from framesift.stores.silence import REACHED, Silence
from framesift.stores.store import Head, Store, read_mtime_ns

OPTIONS = {
    "use_listings_cache": False,
    "default_fill_cache": False,
    "config_kwargs": {
        "connect_timeout": REACHED,
        "read_timeout": 30,
        "max_pool_connections": 64,
        "retries": {"total_max_attempts": 1},
    },
}
"""No list of names stays in memory, and `retrying` is the one who tries again: it sees broken transfers as well."""

SLOWEST = 1 << 17
"""Bytes a second: a transfer that takes a minute longer than at this rate is broken off and begun again."""
_MOST_DELETED = 1000
_NOT_MET = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_NO_SUCH_RANGE = {"InvalidRange", "416"}
"""Behind the end, and all of an empty object."""
_ARCHIVED = "InvalidObjectState"

T = TypeVar("T")


class S3Store(Store):
    """S3, or a store that speaks as it does."""

    def __init__(self, files: Any, silence: Silence | None = None) -> None:
        super().__init__(files, silence=silence)
        files.retries = 1

    def scan(self, folder: str) -> Iterator[Head]:
        bucket, prefix = self._split(folder)
        prefix = prefix + "/" if prefix else ""
        self._read_times_fast()
        token: dict[str, str] = {}
        while True:
            page = self._ask_for("list_objects_v2", Bucket=bucket, Prefix=prefix, Delimiter="/", **token)
            for below in page.get("CommonPrefixes", ()):
                yield Head(below["Prefix"][len(prefix) : -1], True)
            for entry in page.get("Contents", ()):
                if entry["Key"] != prefix:  # the empty object by which consoles show a folder
                    mtime_ns = read_mtime_ns(entry) // 10**9 * 10**9  # an object that is read says whole seconds
                    yield Head(entry["Key"][len(prefix) :], False, entry["Size"], mtime_ns)
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _read_times_fast(self) -> None:
        """The library reads each time as if it could be in any format, which takes most of the time of a listing."""
        self._persist(self.files.connect)
        self.files.session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=read_time)

    def is_folder(self, path: str) -> bool:
        bucket, prefix = self._split(path)
        page = self._ask_for("list_objects_v2", Bucket=bucket, Prefix=prefix + "/" if prefix else "", MaxKeys=1)
        return bool(page.get("Contents"))

    def ranges(self, path: str, url: str, first: int) -> tuple[FetchRange, ObjectStat]:
        head, status = self._get_range(path, url, 0, first)

        def fetch(start: int, end: int) -> bytes:
            if end <= len(head) or len(head) == status.st_size:
                return head[start:end]
            return self._get_range(path, url, start, end, IfMatch=status.etag)[0]

        return fetch, status

    def replace(self, path: str, content: bytes, etag: str) -> str:
        return str(self._put(path, content, IfMatch=etag)["ETag"])

    def copy(self, source: ObjectStat, path: str, target: str) -> bool:
        """Raises Changed where the source is another version by now, and FileExistsError where there is a target."""
        if self.etag(target):  # asked, as not every store that speaks S3 knows the condition on a copy
            raise FileExistsError(target)
        (from_bucket, from_key), (bucket, key) = self._split(path), self._split(target)
        origin = {"Bucket": from_bucket, "Key": from_key}
        place = {"Bucket": bucket, "Key": key, "IfNoneMatch": "*"}
        with _conditions():
            self._ask_for("copy_object", CopySource=origin, CopySourceIfMatch=source.etag, **place)
        return True

    def delete(self, paths: Iterable[str]) -> None:
        keys = [self._split(path) for path in paths]
        for start in range(0, len(keys), _MOST_DELETED):
            some = keys[start : start + _MOST_DELETED]
            wanted = {"Objects": [{"Key": key} for _, key in some], "Quiet": True}
            for refused in self._ask_for("delete_objects", Bucket=some[0][0], Delete=wanted).get("Errors", ()):
                raise PermissionError(f"{refused['Key']} cannot be deleted: {refused['Code']}")

    def etag(self, path: str) -> str:
        bucket, key = self._split(path)
        try:
            return str(self._ask_for("head_object", Bucket=bucket, Key=key)["ETag"])
        except FileNotFoundError:
            return ""

    def _put(self, path: str, content: bytes, **condition: str) -> dict[str, Any]:
        bucket, key = self._split(path)
        with _conditions():
            return self._ask_for("put_object", Bucket=bucket, Key=key, Body=content, **condition)

    def _create_once(self, path: str, content: bytes) -> None:
        bucket, key = self._split(path)
        try:
            self.files.call_s3("put_object", Bucket=bucket, Key=key, Body=content, IfNoneMatch="*")
        except OSError as error:
            if code_of(error) in ("PreconditionFailed", "412"):
                raise FileExistsError(path) from error
            raise

    def _read_once(self, path: str, url: str, most: int) -> tuple[bytes, ObjectStat]:
        return self._get(path, url, most)

    def _get_range(self, path: str, url: str, start: int, end: int, **condition: str) -> tuple[bytes, ObjectStat]:
        call = partial(self._get, path, url, end - start, Range=f"bytes={start}-{end - 1}", **condition)
        try:
            found: tuple[bytes, ObjectStat] = self._persist_reading(call)
            return found
        except OSError as error:
            if code_of(error) in _NO_SUCH_RANGE:
                return b"", ObjectStat(0, 0, url)
            if code_of(error) in _NOT_MET:
                raise Refused("changed while it was read") from None
            raise

    def _get(self, path: str, url: str, most: int, **options: str) -> tuple[bytes, ObjectStat]:
        """Read an object, or a range of it, in one request: the bytes, the size and the version belong together."""
        bucket, key = self._split(path)
        try:
            found: tuple[bytes, ObjectStat] = sync(self.files.loop, self._fetch, bucket, key, url, most, options)
            return found
        except PermissionError as error:
            if code_of(error) == _ARCHIVED:
                raise Refused("is in an archive tier: restore it first") from None
            raise

    async def _fetch(
        self, bucket: str, key: str, url: str, most: int, options: dict[str, str]
    ) -> tuple[bytes, ObjectStat]:
        answer = await self.files._call_s3("get_object", Bucket=bucket, Key=key, **options)
        body, length = answer["Body"], int(answer["ContentLength"])
        size = int(answer.get("ContentRange", f"/{length}").rpartition("/")[2])
        status = ObjectStat(size, read_mtime_ns(answer), url, answer["ETag"])
        if not 0 < length <= most:
            body.close()
            return b"", status
        try:
            content = await asyncio.wait_for(body.read(), 60 + length / SLOWEST)
        finally:
            body.close()
        if len(content) != length:
            raise CutShort(f"{len(content)} of {length} bytes came")
        return content, status

    def _ask_for(self, method: str, **arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._persist(lambda: self.files.call_s3(method, **arguments))
        return answer

    def _split(self, path: str) -> tuple[str, str]:
        bucket, _, key = path.lstrip("/").partition("/")
        return bucket, key


def read_time(value: Any) -> Any:
    """Return a time that S3 says; the `2021-03-27T12:53:37.000Z` of a listing without asking what format it is in."""
    if isinstance(value, str) and value.endswith("Z"):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    from botocore.utils import parse_timestamp

    return parse_timestamp(value)


@contextmanager
def _conditions() -> Iterator[None]:
    """Raise Changed where an object is gone or another version than the one that the request goes by."""
    try:
        yield
    except FileNotFoundError:
        raise Changed from None
    except OSError as error:
        if code_of(error) in _NOT_MET and not isinstance(error, FileExistsError):
            raise Changed from None
        raise
