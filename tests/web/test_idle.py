"""Connections that ask for nothing, or slowly, keep nobody out and fill no log."""

import asyncio
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

pytest.importorskip("uvicorn", reason="needs the extra: pip install '.[web]'")

import httpx2 as httpx
import uvicorn

from framesift.web import connections
from framesift.web.connections import Connection, count_most
from tests.web.serving import Server, people_tree

BEGINNINGS = {
    "silent": b"",
    "half a line": b"GET /api/coll",
    "half a header": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ",
    "no body": b"POST /api/searches HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 900000\r\n\r\n{",
    "a body of parts": b"POST /api/searches HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
}
MANY = 400
"""More than there may be, by the limit on descriptors that the server is started with."""
DESCRIPTORS = 256


@pytest.fixture
def limited() -> Iterator[None]:
    """Few descriptors, for the programs that are started meanwhile; enough of them for the many connections here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * MANY:
        pytest.skip(f"needs {2 * MANY} descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def server(write_tree, limited) -> Iterator[Server]:
    with Server(write_tree(people_tree(1), "people")) as made:
        made.wait_for_scan()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(2 * MANY, soft), hard))
        yield made


def connect(server: Server, beginning: bytes) -> socket.socket:
    address = urlsplit(server.address)
    made = socket.create_connection((address.hostname, address.port), timeout=30)
    if beginning:
        made.sendall(beginning)
    return made


def ask(server: Server) -> int:
    """The status of an answer by a connection of its own: one that is silent may be closed like the others."""
    headers = {**server.client.headers, "Connection": "close"}
    return httpx.get(f"{server.address}/api/collections", headers=headers, timeout=30, trust_env=False).status_code


def test_hundreds_of_them_keep_nobody_out(server):
    beginnings = list(BEGINNINGS.values())
    with ExitStack() as stack:
        for number in range(MANY):
            try:
                stack.enter_context(connect(server, beginnings[number % len(beginnings)]))
            except ConnectionError:  # closed again before it could say anything
                continue
            if number % 50 == 0:
                assert ask(server) == 200
        assert [ask(server) for _ in range(5)] == [200] * 5
        code, said = server.end(15)
    assert code == 0 and len(said.splitlines()) <= 50, said[:2000]


class TestPatience:
    """The limits by themselves, in a server that has a fraction of a second of it."""

    @pytest.fixture
    def address(self, monkeypatch) -> Iterator[tuple[str, int]]:
        monkeypatch.setattr(connections, "PATIENCE", 0.2)

        async def answer(scope: dict, receive: Callable, send: Callable) -> None:
            while (await receive()).get("more_body"):
                pass
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
            await send({"type": "http.response.body", "body": b"ok"})

        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(answer, log_level="critical", lifespan="off", http=Connection)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        yield listening.getsockname()
        server.should_exit = True
        thread.join(30)
        listening.close()

    @pytest.mark.parametrize("beginning", BEGINNINGS)
    def test_what_does_not_arrive_is_given_up(self, address, beginning):
        with socket.create_connection(address, timeout=30) as made:
            made.sendall(BEGINNINGS[beginning])
            assert receive_all(made) == b""

    @pytest.mark.parametrize("beginning", ["half a header", "no body", "a body of parts"])
    def test_nor_is_what_drips(self, address, beginning):
        """Else a byte a second would hold a connection for ever."""
        with socket.create_connection(address, timeout=30) as made:
            made.sendall(BEGINNINGS[beginning])
            until = time.monotonic() + 30
            drop = b"1\r\nx\r\n" if beginning == "a body of parts" else b"x"
            with pytest.raises(ConnectionError):
                while time.monotonic() < until:
                    made.sendall(drop)
                    time.sleep(0.01)

    def test_who_asks_at_once_is_answered_again_and_again(self, address):
        with socket.create_connection(address, timeout=30) as made:
            for _ in range(5):
                made.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                answer = b""
                while not answer.endswith(b"ok"):
                    answer += made.recv(1000)
                assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(("limit", "most"), [(256, 64), (20, 8), (10**6, 256), (resource.RLIM_INFINITY, 256)])
def test_the_limit_leaves_descriptors_for_the_work(monkeypatch, limit, most):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    assert count_most() == most


def receive_all(made: socket.socket) -> bytes:
    """What is sent until the connection is closed, or reset."""
    received = b""
    try:
        while part := made.recv(1000):
            received += part
    except ConnectionError:
        pass
    return received
