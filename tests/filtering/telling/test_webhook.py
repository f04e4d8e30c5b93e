"""A notice is posted as JSON to real servers of this machine, which fail in every way a server can."""

import base64
import datetime
import http.server
import json
import ssl
import threading

import pytest

from framesift.errors import UsageError
from framesift.filtering.telling import Notice, Undelivered, Webhook, webhook

NOTICE = Notice("keep", {"camera": "c1", "frame": "c1/a\udcff.jpg", "score": 1.5, "time": None}, "/kept/a.jpg")


class Server(http.server.ThreadingHTTPServer):
    """Answers with `codes`, one after the other, then with 204, and notes what it was sent."""

    def __init__(self, *codes):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.codes, self.bodies, self.headers, self.paths = list(codes), [], [], []
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join()
        self.server_close()

    def url(self, before="", path="/hook/s3cret?token=s3cret", scheme="http"):
        return f"{scheme}://{before}127.0.0.1:{self.server_port}{path}"


class _Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.headers.append(self.headers)
        self.server.paths.append(self.path)
        code = self.server.codes.pop(0) if self.server.codes else 204
        self.send_response(code)
        if 300 <= code < 400:
            self.send_header("Location", self.server.url(path="/elsewhere"))
        self.end_headers()

    def do_GET(self):
        self.server.paths.append(f"GET {self.path}")
        self.send_error(404)

    def log_message(self, *_):
        pass


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(webhook, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(webhook, "LONGEST_PAUSE", 0.004)
    monkeypatch.setattr(webhook, "LOOK", 0.001)


def deliver(url, closing=lambda: False, **more):
    Webhook(url, lambda path: f"picture of {path}", **more).deliver(NOTICE, closing)


def test_the_decision_is_posted_with_its_picture():
    with Server() as server:
        deliver(server.url("user:p%40ss@"))
    assert server.bodies == [
        {
            "event": "keep",
            "camera": "c1",
            "frame": "c1/a\udcff.jpg",
            "score": 1.5,
            "time": None,
            "thumbnail": "picture of /kept/a.jpg",
        }
    ]
    assert server.paths == ["/hook/s3cret?token=s3cret"]
    assert server.headers[0]["Authorization"] == "Basic " + base64.b64encode(b"user:p@ss").decode()
    assert server.headers[0]["Content-Type"] == "application/json"


def test_it_is_tried_again_while_the_other_side_may_come_back():
    with Server(503, 500, 429, 408) as server:
        deliver(server.url())
    assert server.bodies == [server.bodies[0]] * 5


@pytest.mark.parametrize(
    "code, reason",
    [
        (404, "answers 404 Not Found"),
        (403, "answers 403 Forbidden"),
        (299 + 2, "answers 301, which leads elsewhere: name the address that is meant"),
        (307, "answers 307, which leads elsewhere: name the address that is meant"),
        (499, "answers 499"),
    ],
)
def test_what_a_second_try_would_not_mend_is_not_tried_again_and_nobody_is_followed(code, reason):
    with Server(code) as server, pytest.raises(Undelivered) as failed:
        deliver(server.url())
    assert str(failed.value) == reason
    assert server.paths == ["/hook/s3cret?token=s3cret"]


def test_a_server_that_is_away_is_given_up_after_an_hour():
    now = [0.0]

    def clock():
        now[0] += 1.0
        return now[0]

    with Server() as server:
        url = server.url()
    with pytest.raises(Undelivered, match=r"^Connection refused$"):
        deliver(url, clock=clock)
    assert webhook.KEPT_TRYING - 10 <= now[0] <= webhook.KEPT_TRYING + 10


def test_at_the_end_of_a_run_it_is_given_up_sooner_and_the_others_at_once():
    now = [0.0]

    def clock():
        now[0] += 0.1
        return now[0]

    with Server() as server:
        url = server.url()
    hook = Webhook(url, lambda _: None, clock)
    with pytest.raises(Undelivered, match=r"^Connection refused$"):
        hook.deliver(NOTICE, lambda: True)
    assert now[0] < webhook.AT_THE_END + 2
    with pytest.raises(Undelivered, match=r"^given up at the end of the run$"):
        hook.deliver(NOTICE, lambda: True)


def test_what_is_no_web_server_is_said():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_talk, args=(listening,), daemon=True).start()
        hook = Webhook(f"http://127.0.0.1:{listening.getsockname()[1]}/", lambda _: None)
        assert hook._post(b"{}").reason == "does not answer as a web server"


def _talk(listening):
    connection, _ = listening.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"220 mail.example SMTP\r\n")


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    context, trusting = make_certificate(tmp_path)
    with Server() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with pytest.raises(Undelivered, match=r"^its certificate is not trusted "):
            deliver(server.url(scheme="https"))
        assert server.bodies == []
        deliver(server.url(scheme="https"), context=trusting)
        assert len(server.bodies) == 1


def make_certificate(folder):
    """A server's context with a certificate of its own for 127.0.0.1, and a client's that trusts it."""
    x509 = pytest.importorskip("cryptography.x509", reason="needs the package cryptography")
    from ipaddress import ip_address

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, today = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(1))
        .not_valid_after(today + datetime.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(secret + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context, ssl.create_default_context(cadata=made.public_bytes(pem).decode())


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/s3cret",
        "file:///etc/s3cret",
        "http://",
        "http://host:s3cret/",
        "s3cret",
        "http://host/s3 cret",
        "http://host/s3cret\n",
        "http://[host/s3cret",
        "http://host/ü",
        "",
    ],
)
def test_what_is_no_url_is_refused_and_not_repeated(url):
    with pytest.raises(UsageError) as refused:
        Webhook(url, lambda _: None)
    assert str(refused.value) == "--notify takes a URL such as https://HOST/PATH"


def test_the_name_has_no_secret():
    hook = Webhook("https://user:s3cret@hooks.example:8443/s3cret/path?token=s3cret#s3cret", lambda _: None)
    assert hook.name == "--notify https://hooks.example:8443"
    assert Webhook("http://[::1]:80/x", lambda _: None).name == "--notify http://[::1]:80"
