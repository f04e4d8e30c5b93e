"""A page that asks about pairs of frames: served to a browser of this machine, and to nobody else.

Only who knows the address with its random part gets an answer at all, so that neither another user of the machine nor
a page of somebody else can look at frames or answer.
"""

import json
import secrets
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from framesift.errors import FramesiftError, StorageError, UsageError, show
from framesift.looking.page import read_asset
from framesift.tuning import Answer, Session
from framesift.web.headers import LOCKS

HOST = "127.0.0.1"
_LARGEST_BODY = 4096
_PLAIN, _JSON, _JPEG = "text/plain; charset=utf-8", "application/json", "image/jpeg"
_ASSETS = {
    "page.css": "text/css; charset=utf-8",
    "questions.css": "text/css; charset=utf-8",
    "comparer.js": "text/javascript; charset=utf-8",
    "questions.js": "text/javascript; charset=utf-8",
}
_ANSWERS = {str(answer): answer for answer in Answer}


class QuestionServer:
    """Asks the questions of a session on a page. A context manager: within it the page is served.

    Raises UsageError where the port cannot be had.
    """

    def __init__(
        self,
        session: Session,
        number: int,
        draw: Callable[[str], bytes],
        save: Callable[[], None],
        conclude: Callable[[], list[str]],
        port: int = 0,
    ) -> None:
        """Prepare the page for `number` questions in all, with their pictures by `draw`, path to JPEG.

        `save` is called after each answer; `conclude` returns the lines that the page ends with; port 0 is any.
        """
        self._session, self._number = session, number
        self._draw, self._save, self._conclude = draw, save, conclude
        self._token = secrets.token_urlsafe(24)
        self._lock = threading.Lock()
        """Requests come in threads of their own."""
        self._finished = threading.Event()
        self._failure: StorageError | UsageError | None = None
        try:
            self._server = _Server((HOST, port), type("Handler", (_Handler,), {"questions": self}))
        except (OSError, OverflowError) as error:
            raise UsageError(f"port {port} cannot be had: {error}") from None
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="framesift-questions", daemon=True
        )

    @property
    def address(self) -> str:
        """What to open in the browser."""
        return f"http://{HOST}:{self.port}/{self._token}/"

    @property
    def port(self) -> int:
        """The port that is listened to."""
        return int(self._server.server_address[1])

    def __enter__(self) -> "QuestionServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self) -> None:
        """Return when the person has finished. Raises StorageError or UsageError where the answers cannot be saved."""
        while not self._finished.wait(0.2):  # in short turns: a signal is not seen while waiting for ever
            pass
        if self._failure is not None:
            raise self._failure

    def has_token(self, token: str) -> bool:
        """Tell whether this is the random part of the address."""
        return secrets.compare_digest(token.encode(), self._token.encode())

    def state(self, number: int | None = None) -> dict[str, Any]:
        """Return a question with its place from 1 on, the next one that needs an answer, or what is concluded."""
        with self._lock:
            place = self._session.next(self._number) if number is None else number - 1
            if place is None:
                return {"lines": self._conclude(), "asked": len(self._session.questions)}
            if not 0 <= place < len(self._session.questions):
                raise UsageError(f"there is no question {place + 1}")
            question = self._session.questions[place]
            asked = len(self._session.questions)
        total = max(self._number, asked)
        pair = {key: show(getattr(question.pair, key)) for key in ("camera", "reference", "path")}
        return {"number": place + 1, "total": total, "asked": asked, "answer": str(question.answer), **pair}

    def picture(self, number: int, side: str) -> bytes:
        """Return the `reference` or the `path` of a question as JPEG. Raises UsageError and UnreadableFrame."""
        with self._lock:
            if not 1 <= number <= len(self._session.questions) or side not in ("reference", "path"):
                raise UsageError("there is no such picture")
            path = getattr(self._session.questions[number - 1].pair, side)
        return self._draw(path)

    def answer(self, number: int, answer: Answer) -> None:
        """Take an answer. Raises UsageError for no such question; ends the session where it cannot be saved."""
        with self._lock:
            self._session.answer(number - 1, answer)
            try:
                self._save()
            except (StorageError, UsageError) as error:
                self._failure = error
                self._finished.set()
                raise

    def finish(self) -> None:
        """Let `wait` return."""
        self._finished.set()


class _Server(ThreadingHTTPServer):
    """Each request in a thread that does not keep the program from ending."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that has gone away in the middle; anything else is a mistake of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    questions: QuestionServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "framesift", ""
    timeout = 30

    def do_GET(self) -> None:
        self._answer(self._read)

    def do_POST(self) -> None:
        self._answer(self._write)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the terminal is for the user."""

    def _answer(self, respond: Callable[[list[str]], None]) -> None:
        allowed = {f"{name}:{self.questions.port}" for name in (HOST, "localhost")}
        token, *parts = self.path.removeprefix("/").split("?")[0].split("/")
        if self.headers.get("Host", "") not in allowed:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "not for this host")
        elif not parts or not self.questions.has_token(token):
            self._refuse(HTTPStatus.NOT_FOUND, "open the address that framesift tune has printed")
        else:
            try:
                respond(parts)
            except StorageError as error:
                self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, error.reason)
            except FramesiftError as error:
                self._refuse(HTTPStatus.NOT_FOUND, error.reason)

    def _read(self, parts: list[str]) -> None:
        if parts == [""]:
            page = "<!doctype html>\n" + read_asset("head.html") + read_asset("questions.html")
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", page.encode())
        elif len(parts) == 1 and parts[0] in _ASSETS:
            self._send(HTTPStatus.OK, _ASSETS[parts[0]], read_asset(parts[0]).encode())
        elif parts[0] == "state" and len(parts) == 2:
            self._send_json(self.questions.state(_read_number(parts[1]) if parts[1] else None))
        elif parts[0] == "picture" and len(parts) == 3:
            self._send(HTTPStatus.OK, _JPEG, self.questions.picture(_read_number(parts[1]), parts[2]))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "no such page")

    def _write(self, parts: list[str]) -> None:
        origin = self.headers.get("Origin")
        if origin is not None and origin.removeprefix("http://") != self.headers["Host"]:
            return self._refuse(HTTPStatus.FORBIDDEN, "not from another page")
        if self.headers.get("Content-Type", "").split(";")[0].strip().lower() != _JSON:
            return self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"takes {_JSON}")
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > 9:
            return self._refuse(HTTPStatus.LENGTH_REQUIRED, "says not how long it is")
        if int(length) > _LARGEST_BODY:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"takes {_LARGEST_BODY} bytes")
        return self._take(parts, self.rfile.read(int(length)))

    def _take(self, parts: list[str], body: bytes) -> None:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            return self._refuse(HTTPStatus.BAD_REQUEST, "is not a JSON object")
        if parts == ["finish"]:
            self._send_json({})
            return self.questions.finish()
        number, word = value.get("number"), value.get("answer")
        if parts != ["answers"] or type(number) is not int or not isinstance(word, str) or word not in _ANSWERS:
            return self._refuse(HTTPStatus.BAD_REQUEST, "takes the number of a question and yes, no or unsure")
        self.questions.answer(number, _ANSWERS[word])
        return self._send_json(self.questions.state())

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self.close_connection = True  # a body that was not read would be taken for the next request
        self._send(status, _PLAIN, reason.encode())

    def _send_json(self, value: dict[str, Any]) -> None:
        self._send(HTTPStatus.OK, _JSON, json.dumps(value).encode())

    def _send(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            **LOCKS,
        }
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _read_number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise UsageError("there is no such question")
    return int(text)
