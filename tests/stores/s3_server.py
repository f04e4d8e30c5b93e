"""A real S3 server in this process, moto's, which counts requests and goes wrong when it is told to."""

import atexit
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from framesift.stores import opening, retrying, s3

BUCKET = "cameras"
Request = dict[str, Any]
Application = Callable[[Request, Callable], Any]
Fault = Callable[[Request, Callable, Application], Any]
"""Called in place of the application, which it may call."""


class S3Server:
    """Answers on a free port of the loopback. What `fault` returns for a request, if anything, answers it instead."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        """Method and path of each request, without the bucket."""
        self.fault: Callable[[str], Fault | None] = lambda request: None
        self._application = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def empty(self) -> None:
        """Delete everything."""
        self.fault = lambda request: None
        backend = s3_backends["123456789012"]["aws"]
        for name in list(backend.buckets):
            if name != BUCKET:
                del backend.buckets[name]
        if BUCKET not in backend.buckets:
            backend.create_bucket(BUCKET, "us-east-1")
        self._bucket.keys.clear()
        self.requests.clear()

    @property
    def _bucket(self) -> Any:
        return s3_backends["123456789012"]["aws"].buckets[BUCKET]

    def put(self, tree: Mapping[str, bytes], prefix: str = "frames") -> str:
        """Put {relative path: bytes} below a prefix; return its URL."""
        for path, content in tree.items():
            s3_backends["123456789012"]["aws"].put_object(BUCKET, f"{prefix}/{path}", content)
        return f"s3://{BUCKET}/{prefix}"

    def date(self, key: str, time: datetime) -> None:
        """Have an object written at another time."""
        self._bucket.keys[key].last_modified = time

    def tree(self, prefix: str) -> dict[str, bytes]:
        """{relative path: bytes} of every object below a prefix."""
        keys = sorted(key for key in self._bucket.keys if key.startswith(f"{prefix}/"))
        return {key.removeprefix(f"{prefix}/"): self._bucket.keys[key].value for key in keys}

    def delete(self, key: str) -> None:
        self._bucket.keys.pop(key)

    def _answer(self, environ: Request, start_response: Callable) -> Any:
        path = environ["PATH_INFO"].removeprefix(f"/{BUCKET}").lstrip("/")
        request = f"{environ['REQUEST_METHOD']} {path}"
        with self._lock:
            self.requests.append(request)
            fault = self.fault(request)
        if fault is None:
            return self._application(environ, start_response)
        return fault(environ, start_response, self._application)


@cache
def _start() -> S3Server:
    server = S3Server()
    atexit.register(server.close)
    return server


@pytest.fixture(scope="session")
def s3_process() -> S3Server:
    """The one server of this process, for each module that names this fixture has one of its own."""
    return _start()


@pytest.fixture
def s3_server(s3_process: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> S3Server:
    """An empty server, the only one that the process finds, and hardly any patience with it."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3_process.url,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(retrying, "PAUSES", (0.01, 0.01, 0.01))
    s3_process.empty()
    return s3_process


@contextmanager
def impatient(seconds: float) -> Iterator[None]:
    """Wait for the server for so long only."""
    usual = s3.OPTIONS["config_kwargs"]
    s3.OPTIONS["config_kwargs"] = usual | {"read_timeout": seconds}
    opening._open.cache_clear()
    try:
        yield
    finally:
        s3.OPTIONS["config_kwargs"] = usual
        opening._open.cache_clear()


def refuse(status: int, code: str) -> Fault:
    """Answer with an error as S3 writes it."""
    return answer(status, f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>")


def answer(status: int, text: str) -> Fault:
    """Answer with a text and do nothing."""

    def fault(environ: Request, start_response: Callable, application: Application) -> Any:
        return Response(text, status, content_type="application/xml")(environ, start_response)

    return fault


def hang_up(environ: Request, start_response: Callable, application: Application) -> Any:
    """Close the connection without an answer."""
    environ["werkzeug.socket"].shutdown(2)
    return []


def lose_answer(environ: Request, start_response: Callable, application: Application) -> Any:
    """Do what is asked, and close the connection."""
    list(application(environ, lambda *_: lambda content: None))
    return hang_up(environ, start_response, application)


def cut(environ: Request, start_response: Callable, application: Application) -> Any:
    """Send half of what was announced."""
    content = b"".join(application(environ, start_response))
    yield content[: len(content) // 2]
    environ["werkzeug.socket"].shutdown(2)


def stall(done: threading.Event) -> Fault:
    """Send half of what was announced, and the rest when nobody waits for it any more."""

    def fault(environ: Request, start_response: Callable, application: Application) -> Any:
        content = b"".join(application(environ, start_response))
        yield content[: len(content) // 2]
        done.wait(10)

    return fault
