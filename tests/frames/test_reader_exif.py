"""EXIF: pictures are turned as OpenCV turns them, and the time of capture is found."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift.frames.reader import GreyDecoding, decode_picture, read_capture_time, read_picture
from tests.conftest import encode

SCENE = np.random.default_rng(5).integers(0, 256, (8, 16, 3)).astype(np.uint8)
JPEG = encode(SCENE, ".jpg")
LABEL = b"Exif\0\0"


def make_directory(entries: list[tuple[int, int, int, bytes]], order: str, offset: int) -> bytes:
    """A TIFF directory that stands at `offset`; values longer than 4 bytes follow it."""
    head = struct.pack(order + "H", len(entries))
    tail = b""
    behind = offset + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in entries:
        head += struct.pack(order + "HHI", tag, kind, count)
        if len(value) > 4:
            head += struct.pack(order + "I", behind + len(tail))
            tail += value
        else:
            head += value.ljust(4, b"\0")
    return head + bytes(4) + tail


def make_tiff(entries: list[tuple[int, int, int, bytes]], order: str = "<") -> bytes:
    magic = {"<": b"II*\0", ">": b"MM\0*"}[order]
    return magic + struct.pack(order + "I", 8) + make_directory(entries, order, 8)


def make_orientation(value: int, order: str = "<") -> bytes:
    return make_tiff([(0x0112, 3, 1, struct.pack(order + "H", value))], order)


def make_times(order: str = "<", **texts: str) -> bytes:
    """An EXIF block with the texts time, fraction and offset."""
    tags = {"time": 0x9003, "offset": 0x9011, "fraction": 0x9291}
    entries = [(tags[name], 2, len(text) + 1, text.encode() + b"\0") for name, text in texts.items()]
    main = make_tiff([(0x8769, 4, 1, struct.pack(order + "I", 26))], order)
    assert len(main) == 26
    return main + make_directory(entries, order, 26)


def put_segments(*bodies: bytes) -> bytes:
    segments = (b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body for body in bodies)
    return JPEG[:2] + b"".join(segments) + JPEG[2:]


def put_jpeg(exif: bytes) -> bytes:
    return put_segments(LABEL + exif)


def put_png(exif: bytes) -> bytes:
    content = encode(SCENE)
    chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif + struct.pack(">I", zlib.crc32(b"eXIf" + exif))
    return content[:-12] + chunk + content[-12:]


def put_webp(exif: bytes) -> bytes:
    plain = encode(SCENE, ".webp")
    chunks = b"VP8X" + struct.pack("<IB3x", 10, 8) + b"\x0f\0\0\x07\0\0" + plain[12:]
    chunks += b"EXIF" + struct.pack("<I", len(exif)) + exif + b"\0" * (len(exif) % 2)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def assert_as_opencv(content: bytes) -> np.ndarray:
    pixels = decode_picture(content)
    assert np.array_equal(pixels, cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR))
    return pixels


class TestOrientation:
    @pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
    @pytest.mark.parametrize("value", range(10))
    @pytest.mark.parametrize("put", [put_jpeg, put_png, put_webp])
    def test_as_opencv(self, put, value: int, order: str) -> None:
        pixels = assert_as_opencv(put(make_orientation(value, order)))
        assert pixels.shape == ((16, 8, 3) if value in (5, 6, 7, 8) else (8, 16, 3))

    @pytest.mark.parametrize(
        "bodies",
        [
            (LABEL + make_orientation(6), LABEL + make_orientation(3)),
            (LABEL + make_tiff([(0x0128, 3, 1, b"\2")]), LABEL + make_orientation(6)),
            (b"http://ns.adobe.com/xap/1.0/\0<x/>", LABEL + make_orientation(6)),
            (b"Exif", b"", LABEL + make_orientation(6)),
            (b"Exif\0\xff" + make_orientation(6),),
            (LABEL + b"XX\0*" + make_orientation(6, ">")[4:],),
            (LABEL + make_orientation(6)[:20],),
            (LABEL + make_orientation(6)[:18],),
            (LABEL + make_tiff([(0x0112, 7, 99, struct.pack("<I", 6))]),),
            (LABEL + make_tiff([(0x010F, 2, 99, b"\xff\xff"), (0x0112, 3, 1, b"\6")]),),
        ],
        ids=["two", "second", "xmp", "empty", "label", "order", "cut", "cut-value", "type", "pointer"],
    )
    def test_odd_blocks_as_opencv(self, bodies: tuple[bytes, ...]) -> None:
        assert_as_opencv(put_segments(*bodies))

    def test_mutated_blocks_as_opencv(self) -> None:
        rng = np.random.default_rng(6)
        entries = [
            (0x010F, 2, 9, b"a camera\0"),
            (0x0112, 3, 1, b"\6"),
            (0x011A, 5, 1, bytes(8)),
            (0x0128, 3, 1, b"\2"),
        ]
        block = np.frombuffer(make_tiff(entries), np.uint8)
        for _ in range(500):
            mutated = block.copy()
            mutated[rng.integers(0, len(block), 2)] = rng.integers(0, 256, 2)
            cut = mutated[: rng.integers(10, 2 * len(block))]
            assert_as_opencv(put_jpeg(cut.tobytes()))


class TestCaptureTime:
    TIME = "2021:03:27 12:53:37"

    @pytest.fixture
    def find(self, tmp_path: Path):
        def write_and_find(content: bytes) -> tuple[str, str | None] | None:
            (tmp_path / "frame").write_bytes(content)
            return read_capture_time(tmp_path / "frame")

        return write_and_find

    @pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
    @pytest.mark.parametrize("put", [put_jpeg, put_png, put_webp, lambda exif: put_webp(LABEL + exif), bytes])
    def test_found(self, find, put, order: str) -> None:
        assert find(put(make_times(order, time=self.TIME))) == (self.TIME, None)
        every = make_times(order, time=self.TIME, offset="+02:00", fraction="123")
        assert find(put(every)) == (self.TIME + ".123", "+02:00")

    NO_TIMES = ("    :  :     :  :  ", "0000:00:00 00:00:00", "2021-03-27", "", "2021:13:27 12:53:37")

    @pytest.mark.parametrize("text", NO_TIMES)
    def test_no_time(self, find, text: str) -> None:
        assert find(put_segments(LABEL + make_times(time=text))) is None

    def test_odd_fraction_and_offset_are_left_out(self, find) -> None:
        assert find(put_segments(LABEL + make_times(time=self.TIME, offset="local", fraction="x"))) == (self.TIME, None)

    def test_broken_offset_does_not_cost_the_time(self, find) -> None:
        block = make_times(time=self.TIME, offset="+02:00")
        broken = block.replace(struct.pack("<HH", 0x9011, 2), struct.pack("<HH", 0x9011, 7))
        assert broken != block
        assert find(put_jpeg(broken)) == (self.TIME, None)

    def test_nothing_to_find(self, find, tmp_path: Path) -> None:
        contents = [
            JPEG,
            encode(SCENE),
            encode(SCENE, ".webp"),
            encode(SCENE, ".gif"),
            b"",
            b"text",
            make_orientation(1),
        ]
        assert [find(content) for content in contents] == [None] * len(contents)
        assert read_capture_time(tmp_path / "missing") is None
        assert read_capture_time(tmp_path) is None

    def test_cuts_and_mutations_raise_nothing(self, find) -> None:
        block = make_times(time=self.TIME, offset="+02:00", fraction="5")
        rng = np.random.default_rng(7)
        for length in range(len(block)):
            find(block[:length])
        for _ in range(300):
            mutated = np.frombuffer(block, np.uint8).copy()
            mutated[rng.integers(0, len(block), 2)] = rng.choice([0, 1, 127, 255], 2)
            find(mutated.tobytes())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_grey_decoding_is_upright_and_knows_its_size(tmp_path, orientation):
    path = tmp_path / "a.jpg"
    path.write_bytes(put_jpeg(make_orientation(orientation)))
    exact = read_picture(path)
    for grey in (GreyDecoding(), GreyDecoding(exact.size[0] // 2, exact.size[1] // 2)):
        picture = read_picture(path, grey=grey)
        height, width = picture.pixels.shape
        assert picture.size == exact.size and width >= grey.width and height >= grey.height
        expected = cv2.resize(
            cv2.cvtColor(exact.pixels, cv2.COLOR_BGR2GRAY), (width, height), interpolation=cv2.INTER_AREA
        )
        assert cv2.absdiff(picture.pixels, expected).mean() < 8
