"""What stands before the application: for whom it answers at all, and what it lets in.

A port of this machine is open to everybody who is logged in to it. So nothing is shown or changed without the token,
which stands in the address that the program prints and becomes a cookie when that is opened. A page of somebody else
must not reach the server through the browser of the person in front of it either, whether by a form, a script, or a
name that leads here (DNS rebinding); and a body has to be bounded and plain before anything looks at it.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from framesift.web.bodies import MEDIA_TYPE, RefusedBody, check_json
from framesift.web.entrance import ENTERED, write_refusal
from framesift.web.headers import LOCKS
from framesift.web.problems import MEDIA_TYPE as PROBLEM
from framesift.web.problems import encode_problem, is_for_person

MOST_BYTES = 2**20
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_SAFE = ("GET", "HEAD", "OPTIONS")
_STATIC = "/static/"
"""Style and scripts, the same for everybody: a page that refuses looks as the others do."""
_HTML = b"text/html; charset=utf-8"
_HEADERS = {
    name.lower().encode(): value.encode()
    for name, value in {**LOCKS, "Cross-Origin-Opener-Policy": "same-origin"}.items()
}
"""On every answer; one that says itself for how long it may be kept keeps that."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what."""

    token: str
    hosts: frozenset[str] = frozenset(LOOPBACK)
    """Names that the server is called by, as in the header Host without the port."""

    @classmethod
    def make(cls, host: str = "127.0.0.1", names: Iterable[str] = ()) -> "Access":
        """Return the access to a server that listens at an address, with a token of its own."""
        bracketed = f"[{host}]" if ":" in host else host
        return cls(secrets.token_urlsafe(24), frozenset({*LOOPBACK, bracketed, *(name.lower() for name in names)}))

    def has_token(self, text: str) -> bool:
        """Tell whether this is the token."""
        return secrets.compare_digest(text.encode("utf-8", "replace"), self.token.encode())


class Refused(Exception):
    """The request is not let in."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(status, detail)
        self.status, self.detail = status, detail


class Guard:
    """ASGI middleware: lets in what may come in, with its body read and checked, and adds the headers."""

    def __init__(self, app: ASGIApp, access: Access, confine: Callable[[], None]) -> None:
        """Guard `app`; `confine` is called before each request is answered."""
        self._app, self._access, self._confine = app, access, confine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        guarded = _Sender(send)
        try:
            headers = Headers(scope=scope)
            self._check_host(headers)
            if cookie := self._enter(scope):
                await _send(guarded, 200, [(b"content-type", _HTML), (b"set-cookie", cookie)], ENTERED)
                return
            self._check_token(scope, headers)
            body = await _read_body(scope, headers, receive)
        except Refused as refused:
            await _refuse(guarded, scope, refused)
            return
        self._confine()
        await self._app(scope, _replay(body, receive), guarded)

    def _check_host(self, headers: Headers) -> None:
        host = headers.get("host", "").lower()
        if _strip_port(host) not in self._access.hosts or len(headers.getlist("host")) != 1:
            raise Refused(421)
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in (f"http://{host}", f"https://{host}"):
            raise Refused(403)

    def _check_token(self, scope: Scope, headers: Headers) -> None:
        """Raise Refused for who has neither the token nor the cookie that is made of it.

        Browsers send the cookie to every port of this machine that a page of it asks: with it alone a change is taken
        only from a page of ours, which the browser says by the header Origin.
        """
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._access.has_token(token.strip()):
            return
        if scope["method"] in _SAFE and scope["path"].startswith(_STATIC):
            return
        if self._has_cookie(scope, headers) and (scope["method"] in _SAFE or "origin" in headers):
            return
        raise Refused(401)

    def _has_cookie(self, scope: Scope, headers: Headers) -> bool:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        name = _name_cookie(scope)
        return name in cookies and self._access.has_token(cookies[name].value)

    def _enter(self, scope: Scope) -> bytes | None:
        """Return the cookie to set where the token stands in the address of the first page."""
        if scope["method"] != "GET" or scope["path"] != "/":
            return None
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if not given:
            return None
        if not self._access.has_token(given):
            raise Refused(401)
        return f"{_name_cookie(scope)}={self._access.token}; HttpOnly; SameSite=Strict; Path=/".encode()


class _Sender:
    """Sends answers with the headers that all have."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            named = {name.lower() for name, _ in headers}
            message["headers"] = headers + [(name, value) for name, value in _HEADERS.items() if name not in named]
        await self._send(message)


async def _read_body(scope: Scope, headers: Headers, receive: Receive) -> bytes:
    """Return the body. Raises Refused for one that is too large, of another kind, or not plain JSON."""
    declared = headers.get("content-length", "0")
    if not declared.isdecimal() or len(declared) > 18:
        raise Refused(400)
    if int(declared) > MOST_BYTES:
        raise Refused(413)
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":  # the client has gone
            raise Refused(400)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            raise Refused(413)
        if not message.get("more_body"):
            break
    body = b"".join(parts)
    if body and scope["method"] not in _SAFE:
        _check_kind(headers)
        try:
            check_json(body)
        except RefusedBody as refused:
            raise Refused(422, str(refused)) from None
    return body


def _check_kind(headers: Headers) -> None:
    kind, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != MEDIA_TYPE or charset not in ("", "utf-8") or "content-encoding" in headers:
        raise Refused(415)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body that was read, and then whatever comes."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give


async def _refuse(send: Send, scope: Scope, refused: Refused) -> None:
    headers = []
    if refused.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if refused.status in (400, 413):  # what was not read must not be taken for the next request
        headers.append((b"connection", b"close"))
    if is_for_person(scope["method"], Headers(scope=scope).get("accept", "")):
        content, kind = write_refusal(refused.status), _HTML
    else:
        content, kind = encode_problem(refused.status, refused.detail), PROBLEM.encode()
    await _send(send, refused.status, [*headers, (b"content-type", kind)], content)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _name_cookie(scope: Scope) -> str:
    """Cookies know no port: two servers of one machine must not take each other's away."""
    _, port = scope.get("server") or ("", 0)
    return f"framesift-{port}"


def _strip_port(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        name = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return ""
    if parts.username is not None or parts.path:
        return ""
    return f"[{name}]" if ":" in name else name
