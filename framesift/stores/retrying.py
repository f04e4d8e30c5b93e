"""Asking a store again when it does not answer, and saying in words why it refused."""

import errno
import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from framesift.errors import FramesiftError, StorageError, UsageError, show
from framesift.stores.silence import Silence

PAUSES = (0.1, 0.4, 1.6, 6.0, 20.0)
"""Seconds between attempts, each shortened by chance by up to a fifth: many workers do not come back at once."""
_LONGEST = 30.0
"""Seconds after the first failure in which an attempt begins: those to a server that is not reached take long."""

_PASSING = {errno.EBUSY, errno.EIO, errno.ETIMEDOUT, errno.EPIPE, getattr(errno, "EREMOTEIO", errno.EIO)}
"""How fsspec says 500, 503 and an answer that it does not know."""
_BROKEN_TRANSFERS = {"HTTPClientError", "IncompleteReadError", "ResponseParserError", "ClientConnectionError"}
_BROKEN_TRANSFERS |= {"ClientPayloadError", "ServerDisconnectedError", "ResponseStreamingError", "ConnectionError"}
_BROKEN_TRANSFERS |= {"ServiceRequestError", "ServiceResponseError", "SFTPError", "SSHException"}
_BROKEN_TRANSFERS |= {"NoValidConnectionsError"}
"""Of botocore, aiohttp, azure-core and paramiko, which are not imported for this."""
_NO_CREDENTIALS = {"NoCredentialsError", "PartialCredentialsError", "TokenRetrievalError", "ProfileNotFound"}
_NO_CREDENTIALS |= {"UnauthorizedSSOTokenError", "SSOTokenLoadError", "CredentialRetrievalError"}
_NO_CREDENTIALS |= {"DefaultCredentialsError", "RefreshError", "CredentialUnavailableError"}
_REFUSED_CREDENTIALS = {"ClientAuthenticationError", "AuthenticationException", "PasswordRequiredException"}
"""Of azure-core and paramiko."""
_GOOGLE_S = {"HttpError"}
"""Of gcsfs, with a code of HTTP."""
_REFUSED = "the store does not accept the credentials"
_NO_ACCOUNT = "connection_string or account_name"
"""What adlfs says without either."""
_NOT_ACCEPTED = "Server failed to authenticate the request", "Connection string is either blank or malformed"
"""What azure-storage and adlfs say of a wrong key, or of what is no connection string."""
_VARIABLES = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS, or log in with gcloud",
    "az": "AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
    "sftp": "a key in the SSH agent, or in ~/.ssh",
}
"""Where each kind of store looks for credentials."""
_KINDS = {"s3a": "s3", "gcs": "gs", "abfs": "az", "ssh": "sftp"}

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


def persist(
    call: Callable[[], T],
    renew: Callable[[], None] = lambda: None,
    pauses: tuple[float, ...] | None = None,
    silence: Silence | None = None,
) -> T:
    """Return what `call` returns, tried again while the store is busy, silent or broken off. Raises what it raises.

    `renew` is called before each further attempt; without `pauses` they are the usual ones. Calls that share a
    `silence` give up together.
    """
    attempt, pauses, silence = call, PAUSES if pauses is None else pauses, silence or Silence()
    silence.check()
    begun, failed = time.monotonic(), 0.0
    waits = [pause * random.uniform(0.8, 1) for pause in pauses[: getattr(_thread, "most", len(pauses))]]
    for pause in (*waits, math.inf):
        try:
            return attempt()
        except Exception as error:
            if not _may_pass(error):
                raise
            failed = failed or time.monotonic()
            if pause + time.monotonic() - failed > _LONGEST:
                if not hasattr(_thread, "most"):
                    silence.begin(error, time.monotonic() - begun)
                raise
            if silence.wait(pause):
                raise

        def attempt() -> T:
            renew()
            return call()

    raise AssertionError("the last pause is longer than is waited")


def explain(error: Exception, url: str) -> FramesiftError:
    """Return what to raise for an error that no further attempt can help: one line, with the URL and no secrets."""
    names, code = _names(error), code_of(error)
    places = [part.partition("://")[0] for part in url.split("::") if "://" in part]
    variables = _VARIABLES.get(_KINDS.get(places[-1], places[-1]) if places else "s3", "")
    if names & _NO_CREDENTIALS or _NO_ACCOUNT in str(error) or "No authentication methods" in str(error):
        return UsageError(f"no credentials: set {variables}", url)
    if names & _GOOGLE_S and str(getattr(error, "code", "")) == "401":
        anonymous = "nonymous" in str(error)
        return UsageError(f"{'no credentials' if anonymous else _REFUSED}: set {variables}", url)
    if names & _REFUSED_CREDENTIALS or any(words in str(error) for words in _NOT_ACCEPTED):
        return UsageError(f"{_REFUSED}: set {variables}", url)
    if code == "NoSuchBucket" or "container does not exist" in str(error) or "bucket does not exist" in str(error):
        return UsageError("no such bucket", url)
    if str(error).startswith("Forbidden: "):  # gcsfs, with a line of its own for what the store said
        return StorageError(f"access denied ({_describe(OSError(str(error).partition(chr(10))[2]))})", url)
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
    if isinstance(error, FileNotFoundError | PermissionError | FileExistsError) or _names(error) & _REFUSED_CREDENTIALS:
        return False
    if isinstance(error, TimeoutError | ConnectionError | EOFError) or _names(error) & _BROKEN_TRANSFERS:
        return True
    return isinstance(error, OSError) and error.errno in _PASSING


def _names(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _describe(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
    return show(" ".join(words.split())[:200])
