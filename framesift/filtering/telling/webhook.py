"""A web address that each notice is posted to, as JSON."""

import base64
import http.client
import json
import math
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from framesift.errors import UsageError, show
from framesift.filtering.telling.delivery import Undelivered
from framesift.filtering.telling.notice import Notice

ANSWER = 10.0
"""Seconds that an answer is waited for."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between tries: twice as many each time."""
KEPT_TRYING = 3600.0
"""Seconds for which a notice is tried again. Others wait meanwhile."""
AT_THE_END = 30.0
"""The same once a run has ended, since the last that was delivered. Then all are given up."""
LOOK = 0.25
"""Seconds between two looks whether the run has ended."""
_MAY_PASS = {408, 425, 429}
"""Status codes below 500 after which it makes sense to try again."""


class Webhook:
    """Posts to a URL. `draw` makes a small JPEG in base64 of a picture, None of one that cannot be read.

    User, password, path and query of the URL may be secret: no message has them. Raises UsageError for what is no URL.
    """

    def __init__(
        self,
        url: str,
        draw: Callable[[str], str | None],
        clock: Callable[[], float] = time.monotonic,
        context: ssl.SSLContext | None = None,
    ) -> None:
        parts = _split(url)
        port = f":{parts.port}" if parts.port else ""
        host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
        self.name = f"--notify {parts.scheme}://{show(host)}{port}"
        self._url = urlunsplit(parts._replace(netloc=f"{host}{port}", fragment=""))
        self._headers = {"Content-Type": "application/json", "User-Agent": "framesift"}
        if parts.username is not None:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            self._headers["Authorization"] = f"Basic {base64.b64encode(secret).decode()}"
        self._draw, self._clock = draw, clock
        secure = urllib.request.HTTPSHandler(context=context or ssl.create_default_context())
        self._opener = urllib.request.build_opener(_Stay, secure)
        self._stopped = threading.Event()
        self._good_at, self._ended_at = clock(), math.inf
        self._given_up = False

    def deliver(self, notice: Notice, closing: Callable[[], bool]) -> None:
        """Post a notice, again with growing pauses while the other side is away. Raises Undelivered."""
        if self._given_up:
            raise Undelivered("given up at the end of the run")
        body = json.dumps(notice.as_json(self._draw), allow_nan=False).encode()
        began, pause = self._clock(), FIRST_PAUSE
        while (failure := self._post(body)) is not None:
            if not (failure.may_pass and self._wait(pause, began, closing)):
                raise Undelivered(failure.reason)
            pause = min(2 * pause, LONGEST_PAUSE)
        self._good_at = self._clock()

    def stop(self) -> None:
        """Try no more."""
        self._stopped.set()

    def _wait(self, pause: float, began: float, closing: Callable[[], bool]) -> bool:
        """Wait until the next try; tell whether there is to be one."""
        until = self._clock() + pause
        if until - began > KEPT_TRYING:
            return False
        while True:
            now = self._clock()
            if closing():
                if now < self._ended_at:
                    self._ended_at = now
                    return True
                if now - max(self._ended_at, self._good_at) >= AT_THE_END:
                    self._given_up = True
                    return False
            if now >= until:
                return True
            if self._stopped.wait(min(LOOK, until - now)):
                return False

    def _post(self, body: bytes) -> "_Failure | None":
        """Post once. No text of a library is repeated: it may have the URL."""
        request = urllib.request.Request(self._url, body, self._headers, method="POST")
        try:
            with self._opener.open(request, timeout=ANSWER):
                return None
        except urllib.error.HTTPError as error:
            error.close()
            return _describe_answer(error.code)
        except urllib.error.URLError as error:
            return _describe_loss(error.reason)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return _describe_loss(error)


class _Failure(NamedTuple):
    reason: str
    may_pass: bool


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nobody: the notice would go where the user has not said, and perhaps unencrypted."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _split(url: str) -> SplitResult:
    """Return the parts of a URL that can be posted to. Raises UsageError, which does not repeat it."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError("--notify takes a URL such as https://HOST/PATH")
    return parts


def _describe_answer(code: int) -> _Failure:
    if 300 <= code < 400:
        return _Failure(f"answers {code}, which leads elsewhere: name the address that is meant", False)
    words = http.client.responses.get(code, "")
    return _Failure(f"answers {code} {words}".rstrip(), code >= 500 or code in _MAY_PASS)


def _describe_loss(error: object) -> _Failure:
    """Say why nothing was answered."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _Failure(f"its certificate is not trusted ({show(error.verify_message)})", False)
    if isinstance(error, ssl.SSLError):
        return _Failure("does not speak TLS as it should", True)
    if isinstance(error, TimeoutError):
        return _Failure(f"no answer within {ANSWER:.0f} s", True)
    if isinstance(error, OSError) and error.strerror:
        return _Failure(error.strerror, True)
    return _Failure("does not answer as a web server", True)
