"""Cameras on the loopback that stream a picture, which others change, over RTSP or HTTP; and that fail on demand."""

import base64
import hashlib
import io
import re
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""x, y, width and height in px."""
REALM, NONCE = "camera", "5f3759df"


class Scene:
    """What the cameras of a test see."""

    def __init__(self) -> None:
        self.image = draw_scene()
        self.user: tuple[str, str] | None = None
        self.plain_login = False
        """Whether it asks for the password itself."""
        self.frozen = False
        """Whether nothing is sent any more, on connections that stay."""
        self.playlist = ""
        """What is answered in place of the list of HLS."""
        self.film = "", b""
        """The type of a film, and its bytes, after which nothing comes for a while."""
        self.torn = False
        """Whether the second half of a JPEG gets lost."""
        self.most = sys.maxsize
        """So many pictures are sent on a connection."""
        self.served = 0
        """So many connections that wanted pictures have been taken."""
        self.ended = threading.Event()
        self._begun = time.monotonic()

    def hls(self, path: str) -> tuple[int, str, bytes]:
        """Return the answer to who asks for a list of the last seconds, or for one of them."""
        if match := re.fullmatch(r"/live(\d+)\.ts", path):
            return 200, "video/mp2t", encode_second(self.image, int(match[1]))
        number = int(time.monotonic() - self._begun)
        if self.playlist:
            return 200, "application/vnd.apple.mpegurl", self.playlist.encode()
        head = f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{number}\n"
        parts = "".join(f"#EXTINF:1.0,\nlive{each}.ts\n" for each in range(number, number + 4))
        return 200, "application/vnd.apple.mpegurl", (head + parts).encode()

    def show(self, box: Box | None, size: tuple[int, int] = (128, 96)) -> None:
        """Change what is seen."""
        self.image = draw_scene(box, size)

    def pictures(self, pause: float = 0.04) -> Iterator[Image]:
        """Yield what is seen, again and again."""
        self.served += 1
        sent = 0
        while not self.ended.is_set() and sent < self.most:
            sent += not self.frozen
            if not self.frozen:
                yield self.image
            self.ended.wait(pause)

    def admits(self, method: str, header: str | None) -> bool:
        """Tell whether an Authorization is right."""
        if self.user is None:
            return True
        user, password = self.user
        if self.plain_login:
            return header == "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        fields = dict(re.findall(r'(\w+)="?([^",]*)"?', header or ""))
        inner = _md5(f"{user}:{REALM}:{password}"), _md5(f"{method}:{fields.get('uri')}")
        between = f"{NONCE}:{fields['nc']}:{fields['cnonce']}:{fields['qop']}" if "qop" in fields else NONCE
        return fields.get("response") == _md5(f"{inner[0]}:{between}:{inner[1]}")

    @property
    def challenge(self) -> str:
        """What it asks for."""
        if self.plain_login:
            return f'Basic realm="{REALM}"'
        return f'Digest realm="{REALM}", nonce="{NONCE}", algorithm=MD5, qop="auth"'


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


class _Breakable:
    """A server that can be closed with all its connections, and opened again at the same port."""

    daemon_threads = True
    allow_reuse_address = True
    scene: Scene

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open = {*getattr(self, "open", set()), request}
        super().process_request(request, client_address)  # type: ignore[misc]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no error of ours."""

    def stop(self) -> None:
        self.scene.ended.set()
        self.shutdown()  # type: ignore[attr-defined]
        self.server_close()  # type: ignore[attr-defined]
        for connection in getattr(self, "open", set()):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


class RtspServer(_Breakable, socketserver.ThreadingTCPServer):
    scheme = "rtsp"


class HttpServer(_Breakable, ThreadingHTTPServer):
    scheme = "http"
    block_on_close = False


class Camera:
    """Serves a scene at a port of its own."""

    def __init__(self, kind: type[RtspServer] | type[HttpServer], scene: Scene) -> None:
        self._kind, self.scene = kind, scene
        self._server: Any = None
        self.port = 0
        self.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str, login: str = "") -> str:
        return f"{self._kind.scheme}://{login}{self.host}{path}"

    def start(self) -> None:
        handler = _RtspHandler if self._kind is RtspServer else _HttpHandler
        self.scene.ended.clear()
        self._server = self._kind(("127.0.0.1", self.port), handler)
        self._server.scene = self.scene
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None


@contextmanager
def serve(kind: type[RtspServer] | type[HttpServer]) -> Iterator[Camera]:
    """A camera that is there for the time of the block."""
    camera = Camera(kind, Scene())
    try:
        yield camera
    finally:
        camera.stop()


class Encoder:
    """Pictures to H.264, a key frame every 10."""

    def __init__(self, image: Image) -> None:
        import av

        height, width = image.shape[:2]
        self.size = image.shape
        self._context = av.CodecContext.create("libx264", "w")
        self._context.width, self._context.height, self._context.pix_fmt = width, height, "yuv420p"
        self._context.time_base, self._context.framerate = Fraction(1, 25), Fraction(25)
        self._context.gop_size = 10
        self._context.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "10"}
        self._number = 0

    def encode(self, image: Image) -> bytes:
        """Return the NAL units of one picture, each behind 00 00 01 or 00 00 00 01."""
        import av

        frame = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format="yuv420p")
        frame.pts, self._number = self._number, self._number + 1
        return b"".join(bytes(packet) for packet in self._context.encode(frame))


def draw_scene(box: Box | None = None, size: tuple[int, int] = (128, 96)) -> Image:
    """Return a grey picture with a bright box in it, or none."""
    image = np.full((size[1], size[0], 3), 60, np.uint8)
    if box is not None:
        x, y, width, height = box
        image[y : y + height, x : x + width] = 220
    return image


def encode_jpeg(image: Image) -> bytes:
    """Return a picture as JPEG."""
    _, content = cv2.imencode(".jpg", image)
    return content.tobytes()


def encode_second(image: Image, number: int) -> bytes:
    """Return the part of an MPEG transport stream that shows a picture in the second of this number."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=10, options={"preset": "ultrafast", "tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = image.shape[1], image.shape[0], "yuv420p"
        for count in range(10):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts = 10 * number + count
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


class _RtspHandler(socketserver.StreamRequestHandler):
    """One client: RTSP, and the pictures within the same connection (RFC 2326, 10.12; RFC 6184)."""

    server: Any

    def handle(self) -> None:
        while line := self.rfile.readline().decode().strip():
            method, url, _ = line.split(" ", 2)
            headers = {}
            while field := self.rfile.readline().decode().strip():
                name, _, value = field.partition(":")
                headers[name.lower()] = value.strip()
            if not self._answer(method, url, headers):
                return

    def _answer(self, method: str, url: str, headers: dict[str, str]) -> bool:
        scene, number = self.server.scene, headers["cseq"]
        if "/missing" in url:
            return self._send(404, number)
        if method != "OPTIONS" and not scene.admits(method, headers.get("authorization")):
            return self._send(401, number, f"WWW-Authenticate: {scene.challenge}\r\n")
        if method == "DESCRIBE":
            media = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track0\r\n"
            text = f"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n{media}"
            kind = f"Content-Base: {url}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(text)}\r\n"
            return self._send(200, number, kind, text)
        if method == "SETUP":
            return self._send(200, number, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n")
        self._send(200, number, "Public: OPTIONS, DESCRIBE, SETUP, PLAY\r\nSession: 1\r\n")
        if method == "PLAY":
            self._play()
        return method != "PLAY"

    def _send(self, status: int, number: str, more: str = "", body: str = "") -> bool:
        self.wfile.write(f"RTSP/1.0 {status} so\r\nCSeq: {number}\r\n{more}\r\n{body}".encode())
        return True

    def _play(self) -> None:
        encoder, sequence, begun = None, 0, time.monotonic()
        for image in self.server.scene.pictures():
            if encoder is None or encoder.size != image.shape:
                encoder = Encoder(image)
            units = [unit.rstrip(b"\0") for unit in re.split(b"\0\0\1", encoder.encode(image)) if unit.strip(b"\0")]
            stamp = int((time.monotonic() - begun) * 90000) & 0xFFFFFFFF
            for last, unit in enumerate(units, start=1 - len(units)):
                for final, payload in _packetize(unit):
                    mark = 0x80 if last == 0 and final else 0
                    packet = struct.pack(">BBHII", 0x80, 96 | mark, sequence & 0xFFFF, stamp, 1) + payload
                    self.wfile.write(struct.pack(">BBH", 0x24, 0, len(packet)) + packet)
                    sequence += 1


def _packetize(unit: bytes, size: int = 1200) -> Iterator[tuple[bool, bytes]]:
    """Yield the payloads that a NAL unit is sent in, each with whether it is the last."""
    if len(unit) <= size:
        yield True, unit
        return
    head, kind, rest = unit[0] & 0xE0 | 28, unit[0] & 0x1F, unit[1:]
    for start in range(0, len(rest), size):
        final = start + size >= len(rest)
        flags = (0x80 if start == 0 else 0) | (0x40 if final else 0)
        yield final, bytes([head, flags | kind]) + rest[start : start + size]


def number_jpeg(content: bytes, number: int) -> bytes:
    """Return a JPEG with a comment: taken anew, it is not the same to the byte."""
    return content[:2] + struct.pack(">HHQ", 0xFFFE, 10, number) + content[2:]


class _HttpHandler(BaseHTTPRequestHandler):
    """`/video` is MJPEG, `/still.jpg` a picture, `/same.jpg` one that is made anew as it changes, `/live.m3u8` HLS,
    `/film` one of which nobody says where it ends. Others are what users name by mistake.
    """

    server: Any

    protocol_version = "HTTP/1.1"

    def log_message(self, *words: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        scene, path = self.server.scene, self.path.partition("?")[0]
        if not scene.admits("GET", self.headers.get("Authorization")):
            self._send(401, "text/plain", b"no", ("WWW-Authenticate", scene.challenge))
        elif path == "/video":
            self._stream()
        elif path == "/still.jpg":
            self._send(200, "image/jpeg", number_jpeg(encode_jpeg(next(scene.pictures())), scene.served))
        elif path == "/film":
            self._play(*scene.film)
        elif path == "/same.jpg":
            self._send(200, "image/jpeg", encode_jpeg(next(scene.pictures())))
        elif path == "/moved":
            self._send(302, "text/plain", b"", ("Location", "/video"))
        elif path == "/page":
            self._send(200, "text/html", b"<html>")
        elif path == "/liar.jpg":
            self._send(200, "image/jpeg", b"<html>not found</html>")
        elif path.startswith("/live"):
            self._send(*scene.hls(path))
        else:
            self._send(404, "text/plain", b"nothing")

    def _send(self, status: int, kind: str, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _play(self, kind: str, film: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(film)
        self.close_connection = True

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        for image in self.server.scene.pictures():
            content = encode_jpeg(image)
            content = content[: len(content) // 2] if self.server.scene.torn else content
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(content)}\r\n\r\n"
            self.wfile.write(head.encode() + content + b"\r\n")
        self.close_connection = True
