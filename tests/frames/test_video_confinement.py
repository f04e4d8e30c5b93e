"""A film opens no other file and no address, whatever is in it, and by whatever name it goes."""

import ctypes
import os
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import cv2
import pytest

from framesift import cli
from framesift.cli import options
from framesift.errors import UnreadableFrame
from framesift.frames.videos import open_video, probe_video
from tests.conftest import encode, make_image
from tests.frames.encoding import encode_film, needs_ffmpeg

_OPEN, _ACCESS, _NONBLOCK = 0x20, 0x01, 0o4000
SUFFIXES = ["mp4", "avi", "mkv", "mov", "ts", "mpg", "flv", "mjpeg", "png"]


class Traps:
    """Files that nobody may open, by the system's word (inotify), and an address that nobody may ask."""

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if not hasattr(libc, "inotify_init1"):
            pytest.skip("needs inotify, which Linux has")
        self._descriptor = libc.inotify_init1(_NONBLOCK)
        self.file = folder / "secret.mp4"
        self.part = folder / "secret.jpg"
        for path in (self.file, self.part):
            if not path.exists():
                path.write_bytes(b"secret")
            assert libc.inotify_add_watch(self._descriptor, os.fsencode(path), _OPEN | _ACCESS) >= 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setblocking(False)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/secret.mp4"

    def sprung(self) -> list[str]:
        """What has been opened or asked since."""
        found = []
        with suppress(BlockingIOError):
            while os.read(self._descriptor, 65536):
                found.append("file")
        with suppress(BlockingIOError):
            while True:
                self._listening.accept()[0].close()
                found.append("address")
        return found

    def close(self) -> None:
        os.close(self._descriptor)
        self._listening.close()


@pytest.fixture
def traps(tmp_path: Path) -> Iterator[Traps]:
    (tmp_path / "outside").mkdir()
    made = Traps(tmp_path / "outside")
    yield made
    made.close()


def play_lists(target: str) -> dict[str, bytes]:
    """Texts that FFmpeg can follow to `target`."""
    hls = f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n"
    representation = f'<Representation id="1" bandwidth="1" mimeType="video/mp4"><BaseURL>{target}</BaseURL>'
    period = f"<Period><AdaptationSet>{representation}</Representation></AdaptationSet></Period>"
    return {
        "hls": hls.encode(),
        "hls with a key": hls.replace("#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF').encode(),
        "concat": f"ffconcat version 1.0\nfile '{target}'\n".encode(),
        "concat of a protocol": f"ffconcat version 1.0\nfile 'concat:{target}|{target}'\n".encode(),
        "dash": f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        f'mediaPresentationDuration="PT1S">{period}</MPD>'.encode(),
        "sdp": f"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\na=control:{target}\r\n"
        "m=video 5004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n".encode(),
        "reference": f"[Reference]\r\nRef1={target}\r\n".encode(),
        "smil": f'<smil><body><video src="{target}"/></body></smil>'.encode(),
        "image pattern": f"image2:{target}\n".encode(),
    }


def box(name: bytes, content: bytes) -> bytes:
    """A box of MP4."""
    return struct.pack(">I", 8 + len(content)) + name + content


def refer(film: bytes, entry: bytes) -> bytes:
    """Put a data reference in place of that which says that an MP4 has its own data; `moov` stands at its end."""
    at = film.index(b"dref") - 4
    size = struct.unpack_from(">I", film, at)[0]
    content = box(b"dref", struct.pack(">II", 0, 1) + entry)
    made = bytearray(film[:at] + content + film[at + size :])
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        start = film.rindex(name, 0, at) - 4
        struct.pack_into(">I", made, start, struct.unpack_from(">I", film, start)[0] + len(content) - size)
    return bytes(made)


def alias(path: str) -> bytes:
    """A reference to another file, as Macintoshes have it."""
    name, full = os.path.basename(path).encode(), os.fsencode(path)
    record = bytes(6) + bytes([4]) + b"disk".ljust(27, b"\0") + bytes(12)
    record += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16) + struct.pack(">hh", 1, 1) + bytes(16)
    record += struct.pack(">HH", 2, len(full)) + full + bytes(len(full) % 2) + struct.pack(">HH", 0xFFFF, 0)
    return box(b"alis", bytes(4) + bytes(4) + record.ljust(160, b"\0"))


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of AVI."""
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def subtitled(play_list: bytes) -> bytes:
    """An AVI of one picture, with a play list where subtitles are: FFmpeg looks itself for what they are."""
    picture = encode(make_image(), ".jpg")
    words = "utf".encode("utf-16-le")
    subtitles = (
        b"GAB2\0" + struct.pack("<HI", 2, len(words)) + words + struct.pack("<HI", 4, len(play_list)) + play_list
    )
    main = struct.pack("<14I", 40000, 10**6, 0, 0x10, 1, 0, 2, 10**6, 64, 48, 0, 0, 0, 0)

    def stream(kind: bytes, codec: bytes, form: bytes) -> bytes:
        head = kind + codec + struct.pack("<IHHIIIIIIII4H", 0, 0, 0, 0, 1, 25, 0, 1, 10**6, 10000, 0, 0, 0, 64, 48)
        return chunk(b"LIST", b"strl" + chunk(b"strh", head) + chunk(b"strf", form))

    form = struct.pack("<IiiHH4sIiiII", 40, 64, 48, 1, 24, b"MJPG", 64 * 48 * 3, 0, 0, 0, 0)
    heads = b"hdrl" + chunk(b"avih", main) + stream(b"vids", b"MJPG", form) + stream(b"txts", bytes(4), b"")
    movie = b"movi" + chunk(b"00dc", picture) + chunk(b"01tx", subtitles) + chunk(b"00dc", picture)
    return chunk(b"RIFF", b"AVI " + chunk(b"LIST", heads) + chunk(b"LIST", movie))


def look(path: Path) -> int:
    """Read all that framesift reads of a film; return the number of its frames."""
    frames = 0
    for key_frames in (False, True):
        with suppress(UnreadableFrame):
            probe_video(path)
            with open_video(path, key_frames=key_frames) as video:
                frames += sum(1 for _ in video.sample(0))
    return frames


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_play_lists_are_no_films(tmp_path, traps, suffix):
    for number, target in enumerate([str(traps.file), "../outside/secret.mp4", f"file://{traps.file}", traps.url]):
        for form, content in play_lists(target).items():
            path = tmp_path / "films" / f"{number} {form}.{suffix}"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            assert look(path) == 0
            assert traps.sprung() == [], form
    assert cli.main(["filter", str(tmp_path / "films"), str(tmp_path / "results"), "--every", "1s"]) == options.SKIPPED
    assert cli.main(["duplicates", str(tmp_path / "films"), "--index", str(tmp_path / "index")]) == options.SKIPPED
    assert traps.sprung() == []


def test_nor_are_they_followed_behind_the_head_of_a_film(tmp_path, traps):
    """What begins as a film to us, and as a play list to whom looks further."""
    film = subtitled(b"x")
    for target in (str(traps.file), traps.url):
        for content in play_lists(target).values():
            for head in (film[:12], film[:256], b"\x1aE\xdf\xa3", b"\0\0\0\x14ftypisom", b"\0\0\1\xba", b"FLV\1"):
                (tmp_path / "a.mp4").write_bytes(head + b"\n" + content)
                look(tmp_path / "a.mp4")
                assert traps.sprung() == []


def test_subtitles_that_are_a_play_list(tmp_path, traps):
    for target in (str(traps.file), traps.url):
        for form, content in play_lists(target).items():
            (tmp_path / "a.avi").write_bytes(subtitled(content))
            assert look(tmp_path / "a.avi") >= 2, "it is a film to us"
            assert traps.sprung() == [], form


@needs_ffmpeg
@pytest.mark.parametrize("form", ["alias", "relative", "url"])
def test_a_film_whose_data_lie_elsewhere(tmp_path, traps, form):
    whole = encode_film(tmp_path / "whole.mp4", seconds=1).read_bytes()
    traps.file.write_bytes(whole)
    traps.sprung()
    entry = {
        "alias": alias(str(traps.file)),
        "relative": box(b"url ", bytes(4) + b"../outside/secret.mp4\0"),
        "url": box(b"url ", bytes(4) + traps.url.encode() + b"\0"),
    }[form]
    for suffix in ("mp4", "mov", "avi", "mkv"):
        path = tmp_path / "outside" / f"a.{suffix}"  # beside it, where the reference would lead
        path.write_bytes(refer(whole, entry))
        look(path)
        assert traps.sprung() == [], suffix


def test_the_traps_work(tmp_path, traps):
    assert traps.sprung() == []
    traps.part.read_bytes()
    assert "file" in traps.sprung()
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", int(traps.url.split(":")[2].partition("/")[0]))).close()
    assert traps.sprung() == ["address"]


@needs_ffmpeg
def test_a_reader_that_is_not_told_the_format_walks_into_them(tmp_path, traps):
    """So what is tried here is what FFmpeg can do."""
    traps.file.write_bytes(encode_film(tmp_path / "whole.ts", seconds=1).read_bytes())
    traps.sprung()
    (tmp_path / "a.ffconcat").write_bytes(play_lists("outside/secret.mp4")["concat"])
    subprocess.run(["ffmpeg", "-loglevel", "quiet", "-i", str(tmp_path / "a.ffconcat"), "-f", "null", "-"], check=False)
    assert "file" in traps.sprung()
    (tmp_path / "a.ffconcat").rename(tmp_path / "a.mp4")
    cv2.VideoCapture(str(tmp_path / "a.mp4"), cv2.CAP_FFMPEG).release()
    assert "file" in traps.sprung()
