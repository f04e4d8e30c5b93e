"""The server of the page of questions: what it gives, and whom and what it refuses."""

import http.client
import json
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from framesift.errors import StorageError, UsageError
from framesift.tuning import Answer, Session, draw_frame
from framesift.web.questions import QuestionServer
from tests.filtering.test_run import scene
from tests.tuning.test_tuning import BOXES, sweep_folder

LARGE = [box and tuple(5 * side for side in box) for box in BOXES]
Reply = tuple[int, dict[str, str], bytes]


class Page:
    """A running server with somebody to talk to it."""

    def __init__(self, folder: Path, number: int = 3) -> None:
        self.session = Session(sweep_folder(folder))
        self.saved: list[list[str]] = []
        self.failure: StorageError | None = None
        lines = ["the end"]
        self.server = QuestionServer(
            self.session, number, lambda path: draw_frame(folder / path), self.save, lambda: lines
        )
        self.token = self.server.address.split("/")[3]

    def save(self) -> None:
        if self.failure is not None:
            raise self.failure
        self.saved.append([str(question.answer) for question in self.session.questions])

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = {"Host": f"127.0.0.1:{self.server.port}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path.replace("TOKEN", self.token), content, sent)
        response = connection.getresponse()
        reply = response.status, dict(response.getheaders()), response.read()
        connection.close()
        return reply

    def answer(self, number: int, word: str) -> Any:
        status, _, content = self.ask("POST", "/TOKEN/answers", {"number": number, "answer": word})
        assert status == 200, content
        return json.loads(content)


@pytest.fixture
def page(write_tree) -> Iterator[Page]:
    made = Page(write_tree(scene(*LARGE, *LARGE[::-1], width=320, height=240)))
    with made.server:
        yield made


def test_asks_takes_answers_and_concludes(page):
    state = json.loads(page.ask("GET", "/TOKEN/state/")[2])
    assert (state["number"], state["total"], state["answer"], state["camera"]) == (1, 3, "", "c1")
    assert state["reference"] < state["path"] and {state["reference"], state["path"]} <= set(scene(*BOXES, *BOXES))
    assert page.answer(1, "yes")["number"] == 2
    assert page.answer(2, "no")["number"] == 3
    assert page.answer(1, "unsure")["number"] == 3, "an answer is changed, and the next open question asked"
    assert json.loads(page.ask("GET", "/TOKEN/state/1")[2])["answer"] == "unsure"
    assert page.answer(3, "no") == {"lines": ["the end"], "asked": 3}
    assert page.saved[-1] == ["unsure", "no", "no"] and len(page.saved) == 4
    assert page.ask("POST", "/TOKEN/finish", {})[0] == 200
    page.server.wait()


def test_the_pictures_are_the_frames(page):
    json.loads(page.ask("GET", "/TOKEN/state/")[2])
    pair = page.session.questions[0].pair
    for side, path in (("reference", pair.reference), ("path", pair.path)):
        status, headers, content = page.ask("GET", f"/TOKEN/picture/1/{side}")
        assert (status, headers["Content-Type"]) == (200, "image/jpeg")
        shown = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        frame = cv2.imread(f"{page.session.sweep.directory}/{path}")
        assert shown.shape == frame.shape and np.abs(shown.astype(int) - frame).mean() < 3


def test_every_reply_is_locked_down(page):
    replies = [
        page.ask("GET", path) for path in ("/TOKEN/", "/TOKEN/questions.js", "/TOKEN/page.css", "/", "/x/state/")
    ]
    assert [status for status, _, _ in replies] == [200, 200, 200, 404, 404]
    for _, headers, content in replies:
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer" and "Access-Control-Allow-Origin" not in headers
        assert page.token.encode() not in content, "the page has no need to know it"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 404),
        ("/wrong/state/", 404),
        ("/TOKEN/state/0", 404),
        ("/TOKEN/state/9", 404),
        ("/TOKEN/state/-1", 404),
        ("/TOKEN/state/" + "9" * 5000, 404),
        ("/TOKEN/picture/1/../../../../etc/passwd", 404),
        ("/TOKEN/picture/1/chances", 404),
        ("/TOKEN/picture/9/path", 404),
        ("/TOKEN/../page.css", 404),
        ("/TOKEN/questions.html", 404),
        ("/TOKEN/%2e%2e/pyproject.toml", 404),
    ],
)
def test_gives_nothing_else(page, path, status):
    page.ask("GET", "/TOKEN/state/")
    assert page.ask("GET", path)[0] == status


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/TOKEN/state/", None, {"Host": "evil.example"}, 421),
        ("GET", "/TOKEN/state/", None, {"Host": "127.0.0.1:1"}, 421),
        ("POST", "/TOKEN/answers", {"number": 1, "answer": "yes"}, {"Host": "evil.example"}, 421),
        ("POST", "/guess/answers", {"number": 1, "answer": "yes"}, {}, 404),
        ("POST", "/TOKEN/answers", {"number": 1, "answer": "yes"}, {"Origin": "http://evil.example"}, 403),
        ("POST", "/TOKEN/answers", {"number": 1, "answer": "yes"}, {"Origin": "null"}, 403),
        ("POST", "/TOKEN/answers", {"number": 1, "answer": "yes"}, {"Content_Type": "text/plain"}, 415),
        ("POST", "/TOKEN/answers", b"x" * 5000, {}, 413),
        ("POST", "/TOKEN/answers", b"", {"Content_Length": "x"}, 411),
        ("POST", "/TOKEN/answers", b"{", {}, 400),
        ("POST", "/TOKEN/answers", b"\xff", {}, 400),
        ("POST", "/TOKEN/answers", b"[" * 4000, {}, 400),
        ("POST", "/TOKEN/answers", b"[]", {}, 400),
        ("POST", "/TOKEN/answers", {"number": True, "answer": "yes"}, {}, 400),
        ("POST", "/TOKEN/answers", {"number": 1, "answer": "perhaps"}, {}, 400),
        ("POST", "/TOKEN/answers", {"number": 1, "answer": ["yes"]}, {}, 400),
        ("POST", "/TOKEN/other", {"number": 1, "answer": "yes"}, {}, 400),
        ("POST", "/TOKEN/answers", {"number": 0, "answer": "yes"}, {}, 404),
        ("POST", "/TOKEN/answers", {"number": 2, "answer": "yes"}, {}, 404),
        ("POST", "/TOKEN/answers", {"number": 10**30, "answer": "yes"}, {}, 404),
        ("PUT", "/TOKEN/answers", {"number": 1, "answer": "yes"}, {}, 501),
    ],
)
def test_refuses(page, method, path, body, headers, status):
    page.ask("GET", "/TOKEN/state/")
    assert page.ask(method, path, body, **headers)[0] == status
    assert page.saved == [] and page.session.answered == 0
    assert page.ask("GET", "/TOKEN/state/1")[0] == 200, "and goes on"


def test_own_origin_may_answer(page):
    page.ask("GET", "/TOKEN/state/")
    origin = f"http://127.0.0.1:{page.server.port}"
    assert page.ask("POST", "/TOKEN/answers", {"number": 1, "answer": "no"}, Origin=origin)[0] == 200


def test_answers_that_cannot_be_saved_end_the_session(page):
    page.ask("GET", "/TOKEN/state/")
    page.failure = StorageError("No space left on device", "answers.csv")
    status, _, content = page.ask("POST", "/TOKEN/answers", {"number": 1, "answer": "no"})
    assert (status, content) == (500, b"No space left on device")
    with pytest.raises(StorageError, match="No space left"):
        page.server.wait()


def test_a_browser_that_goes_away_is_no_trouble(page, capfd):
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", page.server.port), timeout=10) as gone:
            head = f"POST /{page.token}/answers HTTP/1.1\r\nHost: 127.0.0.1:{page.server.port}\r\n"
            gone.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 40\r\n\r\n{{".encode())
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closes with a reset
    assert page.ask("GET", "/TOKEN/state/")[0] == 200
    assert capfd.readouterr().err == ""


def test_a_frame_that_is_gone_is_no_picture(page):
    page.ask("GET", "/TOKEN/state/")
    pair = page.session.questions[0].pair
    Path(page.session.sweep.directory, pair.path).unlink()
    assert page.ask("GET", "/TOKEN/picture/1/path")[0] == 404
    page.answer(1, str(Answer.UNSURE))


def test_listens_to_this_machine_only_and_says_when_a_port_is_taken(page):
    assert page.server._server.server_address[0] == "127.0.0.1" and len(page.token) >= 32
    make: Callable[[int], QuestionServer] = lambda port: QuestionServer(  # noqa: E731
        page.session, 1, draw_frame, page.save, list, port
    )
    for port in (page.server.port, 70_000):
        with pytest.raises(UsageError, match=f"port {port} cannot be had"):
            make(port)
