"""Answers over HTTP: pictures, and bodies that never end. With requests, which is imported when it is needed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from framesift.errors import MissingLibrary, pip_install
from framesift.frames.streams.addresses import Address
from framesift.frames.streams.faults import SILENCE, SILENT, Broken, Refused, explain_status

MOST_BYTES = 32 * 2**20
"""Of one picture."""
_PIECE = 2**16


class Fetcher:
    """Asks one address, with its user and password where that is asked for; keeps the connection from one to the next.

    A context manager. Raises MissingLibrary.
    """

    def __init__(self, address: Address) -> None:
        try:
            import requests
        except ImportError:
            raise MissingLibrary(f"streams over HTTP need requests: {pip_install('streams')}") from None
        self._url, self._has_login = address.bare, address.login is not None
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "framesift"
        self._session.auth = _Login(*address.login) if address.login else _ask_as_nobody

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._session.close()

    @contextmanager
    def open(self) -> Iterator["Answer"]:
        """Give the answer to one question. Raises Broken."""
        with explained():
            # Not to where an answer leads: a password would go there too.
            response = self._session.get(self._url, stream=True, timeout=SILENCE, allow_redirects=False)
        try:
            if response.status_code != 200:
                raise explain_status(response.status_code, self._has_login)
            yield Answer(response)
        finally:
            response.close()

    def fetch(self) -> bytes:
        """Return a picture as it is now. Raises Broken."""
        with self.open() as answer:
            return answer.read_whole()


class Answer:
    """What a server says, of which nothing is read before it is asked for."""

    def __init__(self, response: Any) -> None:
        self._response = response
        self._since = time.monotonic()
        self._length = 0
        self._is_over = False
        self.kind = str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()
        """The type of its content, such as image/jpeg."""
        self.is_endless = "Content-Length" not in response.headers
        """Whether its length is not said."""

    def read(self, length: int) -> bytes:
        """Return what has come of the body, of at most `length` bytes; nothing at its end. FFmpeg reads by this.

        Raises Broken where nothing comes, or no end of a frame, and then says that this is the end: FFmpeg asks on, and
        PyAV prints each error but the last.
        """
        if self._is_over:
            return b""
        self._is_over = True
        content = self._read(length)
        self._is_over = False
        return content

    def _read(self, length: int) -> bytes:
        self._length += length
        if self._length > MOST_BYTES or time.monotonic() - self._since > SILENCE:
            raise Broken(f"no end of a picture within {MOST_BYTES >> 20} MB" if self._length > MOST_BYTES else SILENT)
        with explained():
            content: bytes = self._response.raw.read1(length)
        self._length += len(content) - length
        return content

    def renew(self) -> None:
        """Take note that a frame has come: for the next one there are as many bytes, and as much time."""
        self._length, self._since = 0, time.monotonic()

    def read_whole(self) -> bytes:
        """Return the body: a picture. Raises Broken."""
        pieces = []
        while piece := self.read(_PIECE):
            pieces.append(piece)
        return b"".join(pieces)


class _Login:
    """Answers a server that asks who it is, as the server wants it: by digest, or in plain text."""

    def __init__(self, user: str, password: str) -> None:
        from requests.auth import HTTPBasicAuth, HTTPDigestAuth

        self._digest, self._basic = HTTPDigestAuth(user, password), HTTPBasicAuth(user, password)

    def __call__(self, request: Any) -> Any:
        request = self._digest(request)
        request.register_hook("response", self._answer_plainly)
        return request

    def _answer_plainly(self, response: Any, **options: Any) -> Any:
        asked = response.headers.get("WWW-Authenticate", "").lower()
        if response.status_code != 401 or "basic" not in asked or "digest" in asked:
            return response
        response.close()
        request = self._basic(response.request.copy())
        request.deregister_hook("response", self._answer_plainly)
        return response.connection.send(request, **options)


def _ask_as_nobody(request: Any) -> Any:
    """Use no password of another place: requests would look for one in ~/.netrc."""
    return request


@contextmanager
def explained() -> Iterator[None]:
    """Turn what requests and urllib3 raise into Broken or Refused, without their texts."""
    import requests
    from urllib3.exceptions import HTTPError

    try:
        yield
    except requests.exceptions.SSLError:
        hint = "REQUESTS_CA_BUNDLE=FILE names one that is"
        raise Refused(f"its certificate is not of an authority that is known here: {hint}") from None
    except requests.exceptions.Timeout:
        raise Broken(f"no answer within {SILENCE:g} s") from None
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
        raise Refused("this is no address") from None
    except requests.exceptions.ConnectionError as error:
        raise Broken(_describe_connection(error)) from None
    except (requests.exceptions.RequestException, HTTPError, OSError, ValueError):
        raise Broken("the connection broke") from None


def _describe_connection(error: BaseException) -> str:
    """Say why a server cannot be reached, as the errors within an error tell it."""
    seen: list[BaseException] = []
    pending: list[Any] = [error]
    while pending and len(seen) < 20:
        one = pending.pop()
        if not isinstance(one, BaseException) or one in seen:
            continue
        seen.append(one)
        if isinstance(one, OSError) and one.errno and one.strerror and not one.filename:
            return f"cannot be reached: {one.strerror.lower()}"
        pending += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return "cannot be reached"
