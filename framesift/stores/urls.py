"""Where frames and results lie: a path of this machine, or the URL of a store."""

import os
import posixpath
import re

from framesift.errors import PathLike, UsageError

_LOCAL = {"file", "local"}
WRITABLE = {"s3", "s3a", "gs", "gcs", "az", "abfs", "memory"}
"""Object stores: what is put under a name is whole or not there at all."""
_READABLE = {"zip", "sftp", "ssh"}
"""Others of fsspec are not asked by many threads at once without harm, such as tar, or have never been tried."""
_REMOTE = WRITABLE | _READABLE
_ARCHIVES = {"zip"}
_AZURE = {"az", "abfs"}
_SCHEME = re.compile(r"([a-z][a-z0-9]*)://")
_CAPITALS = re.compile(r"([A-Za-z][A-Za-z0-9]*)://")
_SECRETS = re.compile(r"(?<=://)[^/]*@")


def is_url(path: PathLike | None) -> bool:
    """Tell whether `path` names something in a store: by a scheme that is known, never by a mere colon."""
    return isinstance(path, str) and (match := _SCHEME.match(path)) is not None and match[1] in _REMOTE


def is_writable(url: str) -> bool:
    """Tell whether a URL is of a store that puts a file whole or not at all."""
    return "::" not in url and scheme_of(url) in WRITABLE


def scheme_of(url: str) -> str:
    """Return `s3` of `s3://bucket/frames`."""
    return url.partition("://")[0]


def locate(path: PathLike) -> str:
    """Return the absolute path, or the URL without a slash at its end. Raises UsageError for a URL without a place."""
    text = os.fsdecode(path)
    match = _SCHEME.match(text)
    if match and match[1] in _LOCAL and "::" not in text:
        text = "/" + text[match.end() :].removeprefix("localhost").lstrip("/")
    if not is_url(text):
        capitals = _CAPITALS.match(text)
        if capitals and not match and is_url(text.lower()) and not os.path.lexists(text):
            raise UsageError(f"write the scheme in small letters: {capitals[1].lower()}://", text)
        if match and match[1] not in _LOCAL and not os.path.lexists(text):
            raise UsageError(f"{match[1]}:// cannot be read; s3://, gs://, az://, sftp:// and zip:// can", text)
        return os.path.abspath(text)
    first, chained, rest = text.partition("::")
    if scheme_of(text) in _ARCHIVES and not rest:
        raise UsageError("name the archive: zip://::FILE.zip, or zip://FOLDER::s3://BUCKET/FILE.zip", text)
    scheme, _, inner = first.partition("://")
    if scheme not in _ARCHIVES | {"memory"} and not inner.partition("/")[0]:
        place = "HOST" if scheme in _READABLE else "BUCKET"
        raise UsageError(f"name a bucket or a host: {scheme}://{place}/FOLDER", text)
    if scheme in _AZURE and "@" in inner.partition("/")[0]:
        raise UsageError(f"takes {scheme}://CONTAINER/FOLDER, and the account in AZURE_STORAGE_ACCOUNT_NAME", text)
    if chained and not is_url(rest):
        rest = os.path.abspath(rest.removeprefix("file://"))
    return f"{scheme}://{inner.rstrip('/')}{chained}{rest}"


def join(root: str, path: str) -> str:
    """Return what lies at `path`, which has `/`, below a folder or a URL as `locate` returns it."""
    if not is_url(root):
        return os.path.join(root, path) if path else root
    first, chained, rest = root.partition("::")
    slash = "" if not path or first.endswith("/") else "/"
    return f"{first}{slash}{path}{chained}{rest}"


def name_of(url: str) -> str:
    """Return the name of a folder: its last part, the bucket, or the archive without its suffix."""
    first, _, rest = url.partition("::")
    inner = first.partition("://")[2].strip("/")
    if not inner and rest:
        return posixpath.splitext(posixpath.basename(rest.rstrip("/")))[0]
    return posixpath.basename(strip_secrets(first).partition("://")[2].rstrip("/")) or "/"


def strip_secrets(url: str) -> str:
    """Return the URL without user and password: it stands in manifests and messages."""
    return _SECRETS.sub("", url) if is_url(url) else url


def is_file_name(name: str) -> bool:
    """Tell whether a name in a store can be one of this machine, and leads nowhere else."""
    return name not in ("", ".", "..") and "/" not in name and "\0" not in name


def is_same_place(one: PathLike | None, other: PathLike | None) -> bool:
    """Tell whether two names are of one folder."""
    if one is None or other is None:
        return False
    if is_url(one) or is_url(other):
        return _normalise(os.fsdecode(one)) == _normalise(os.fsdecode(other))
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False  # one is not there yet; what is wrong with either is said by who lists or writes it


def _normalise(url: str) -> str:
    scheme, _, rest = locate(url).partition("://")
    return f"{ {'s3a': 's3', 'gcs': 'gs', 'abfs': 'az'}.get(scheme, scheme) }://{rest.strip('/')}"
