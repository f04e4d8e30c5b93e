"""Asking a store again when it does not answer, and saying in words why it refused."""

import errno
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from framesift.errors import FramesiftError, StorageError, UsageError, show

PAUSES = (0.1, 0.4, 1.6, 6.0, 20.0)
"""Seconds between attempts, each shortened by chance by up to a half, so that many workers do not come back at once."""

_PASSING = {errno.EBUSY, errno.EIO, errno.ETIMEDOUT, errno.EPIPE, getattr(errno, "EREMOTEIO", errno.EIO)}
"""How fsspec says 500, 503 and an answer that it does not know."""
_BROKEN_TRANSFERS = {"HTTPClientError", "IncompleteReadError", "ResponseParserError", "ClientConnectionError"}
_BROKEN_TRANSFERS |= {"ClientPayloadError", "ServerDisconnectedError", "ResponseStreamingError", "ConnectionError"}
"""Of botocore and aiohttp, which are not imported for this."""
_NO_CREDENTIALS = {"NoCredentialsError", "PartialCredentialsError", "TokenRetrievalError", "ProfileNotFound"}
_NO_CREDENTIALS |= {"UnauthorizedSSOTokenError", "SSOTokenLoadError", "CredentialRetrievalError"}

_thread = threading.local()

T = TypeVar("T")


class CutShort(ConnectionError):
    """Fewer bytes came than were announced."""


@contextmanager
def trying_again(most: int) -> Iterator[None]:
    """Let nothing be tried again more than `most` times in this thread: it comes round by itself, or hardly matters."""
    _thread.most = most
    try:
        yield
    finally:
        del _thread.most


def persist(call: Callable[[], T]) -> T:
    """Return what `call` returns, tried again while the store is busy, silent or broken off. Raises what it raises."""
    for pause in PAUSES[: getattr(_thread, "most", len(PAUSES))]:
        try:
            return call()
        except Exception as error:
            if not _may_pass(error):
                raise
        time.sleep(pause * random.uniform(0.5, 1))
    return call()


def explain(error: Exception, url: str) -> FramesiftError:
    """Return what to raise for an error that no further attempt can help: one line, with the URL and no secrets."""
    names, code = _names(error), code_of(error)
    if names & _NO_CREDENTIALS:
        return UsageError("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE", url)
    if code == "NoSuchBucket":
        return UsageError("no such bucket", url)
    if isinstance(error, PermissionError):
        return StorageError(f"access denied ({code or _describe(error)})", url)
    if isinstance(error, FileNotFoundError):
        return StorageError("no such file or folder", url)
    return StorageError(f"the store does not answer as it should: {_describe(error)}", url)


def code_of(error: Exception) -> str:
    """Return the word that S3 has for an error, such as NoSuchKey; empty for errors of other kinds."""
    for cause in (error, error.__cause__):
        response = getattr(cause, "response", None)
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Code", ""))
    return ""


def _may_pass(error: Exception) -> bool:
    if isinstance(error, FileNotFoundError | PermissionError | FileExistsError):
        return False
    if isinstance(error, TimeoutError | ConnectionError) or _names(error) & _BROKEN_TRANSFERS:
        return True
    return isinstance(error, OSError) and error.errno in _PASSING


def _names(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _describe(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
    return show(" ".join(words.split())[:200])
