"""What is read equals OpenCV's picture; bombs, odd sizes and what is no picture are refused with a reason."""

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift.errors import UnreadableFrame
from framesift.frames.reader import MAX_PIXELS, decode_picture, read_picture, sniff_format
from tests.conftest import encode


def make_scene(width: int = 66, height: int = 50) -> np.ndarray:
    """A smooth coloured picture with a little noise, as a camera sees."""
    y, x = np.mgrid[0:height, 0:width]
    scene = np.stack([x * 255 // width, y * 255 // height, (x + y) % 256], -1)
    noise = np.random.default_rng(1).normal(0, 3, scene.shape)
    return np.clip(scene + noise, 0, 255).astype(np.uint8)


def decode_as_opencv(content: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


def encode_with(image: np.ndarray, suffix: str, *options: int) -> bytes:
    done, content = cv2.imencode(suffix, image, options)
    assert done
    return content.tobytes()


def find_refusal(content: bytes, max_pixels: int = MAX_PIXELS) -> str:
    """The reason for which bytes are refused."""
    with pytest.raises(UnreadableFrame) as caught:
        decode_picture(content, max_pixels)
    assert "\n" not in caught.value.reason
    return caught.value.reason


SAMPLING = {
    "444": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    "422": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    "420": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    "440": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440,
    "411": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411,
}


class TestPixels:
    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".gif", ".tif"])
    @pytest.mark.parametrize("size", [(66, 50), (1, 1), (17, 3), (3, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
    def test_equal_opencv(self, suffix: str, size: tuple[int, int]) -> None:
        content = encode(make_scene(*size), suffix)
        assert np.array_equal(decode_picture(content), decode_as_opencv(content))

    @pytest.mark.parametrize("sampling", SAMPLING)
    @pytest.mark.parametrize("restart", [0, 2])
    @pytest.mark.parametrize("progressive", [0, 1])
    def test_jpeg_kinds(self, sampling: str, restart: int, progressive: int) -> None:
        content = encode_with(
            make_scene(67, 41),
            ".jpg",
            *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SAMPLING[sampling]),
            *(cv2.IMWRITE_JPEG_RST_INTERVAL, restart),
            *(cv2.IMWRITE_JPEG_PROGRESSIVE, progressive),
        )
        assert np.array_equal(decode_picture(content), decode_as_opencv(content))

    def test_grey_jpeg(self) -> None:
        content = encode(make_scene()[:, :, 0])
        assert np.array_equal(decode_picture(content), decode_as_opencv(content))

    @pytest.mark.parametrize("channels", [1, 3, 4])
    def test_16_bit(self, channels: int) -> None:
        image = np.random.default_rng(2).integers(0, 65536, (40, 30, channels)).astype(np.uint16)
        image[:, :, 3:] = 65535
        content = encode(image)
        assert np.array_equal(decode_picture(content), decode_as_opencv(content))

    def test_real_frames(self, shared: Path) -> None:
        for folder in sorted((shared / "frames").glob("c*")):
            for path in sorted(folder.iterdir())[::40]:
                assert np.array_equal(read_picture(path).pixels, decode_as_opencv(path.read_bytes())), path

    def test_picture_carries_bytes_and_status(self, tmp_path: Path) -> None:
        path = tmp_path / "frame.png"
        path.write_bytes(encode(make_scene()))
        picture = read_picture(path)
        assert picture.content == path.read_bytes()
        assert picture.stat.st_ino == path.stat().st_ino
        assert picture.pixels.dtype == np.uint8

    def test_many_threads_read_the_same(self, tmp_path: Path) -> None:
        paths = []
        for suffix in (".jpg", ".png", ".webp", ".gif"):
            paths.append(tmp_path / f"frame{suffix}")
            paths[-1].write_bytes(encode(make_scene(), suffix))
        expected = [read_picture(path).pixels for path in paths] * 25
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda path: read_picture(path).pixels, paths * 25))
        assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


class TestAlpha:
    @pytest.fixture(params=[".png", ".webp"])
    def suffix(self, request: pytest.FixtureRequest) -> str:
        return request.param

    def encode_alpha(self, scene: np.ndarray, alpha: np.ndarray, suffix: str) -> bytes:
        quality = (cv2.IMWRITE_WEBP_QUALITY, 90) if suffix == ".webp" else ()
        return encode_with(np.dstack([scene, alpha]), suffix, *quality)

    def test_opaque_equals_opencv(self, suffix: str) -> None:
        content = self.encode_alpha(make_scene(), np.full((50, 66), 255, np.uint8), suffix)
        assert np.array_equal(decode_picture(content), decode_as_opencv(content))

    def test_transparent_is_black(self, suffix: str) -> None:
        alpha = np.full((50, 66), 255, np.uint8)
        alpha[:, 33:] = 0
        content = self.encode_alpha(make_scene(), alpha, suffix)
        pixels = decode_picture(content)
        assert not pixels[:, 33:].any()
        assert np.array_equal(pixels[:, :33], decode_as_opencv(content)[:, :33])

    def test_half_transparent_is_half_as_bright(self) -> None:
        pixels = decode_picture(
            self.encode_alpha(np.full((50, 66, 3), 200, np.uint8), np.full((50, 66), 51, np.uint8), ".png")
        )
        assert np.all(pixels == 40)


def make_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def declare(suffix: str, width: int, height: int) -> bytes:
    """A small picture whose header declares another size."""
    lossy = (cv2.IMWRITE_WEBP_QUALITY, 90) if suffix == ".webp" else ()
    content = bytearray(encode_with(make_scene(), suffix, *lossy))
    if suffix == ".jpg":
        frame = content.index(b"\xff\xc0")
        content[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    elif suffix == ".png":
        content[8:33] = make_chunk(b"IHDR", struct.pack(">II", width, height) + bytes(content[24:29]))
    elif suffix == ".bmp":
        content[18:26] = struct.pack("<ii", width, height)
    elif suffix == ".gif":
        content[6:10] = struct.pack("<HH", width, height)
    elif suffix == ".webp":
        content[26:30] = struct.pack("<HH", width, height)
    return bytes(content)


class TestSizes:
    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".gif"])
    def test_bomb(self, suffix: str) -> None:
        assert find_refusal(declare(suffix, 65500, 65500)) == "too many pixels (65500x65500)"

    def test_webp_bomb(self) -> None:
        assert find_refusal(declare(".webp", 16383, 16383)) == "too many pixels (16383x16383)"

    def test_tiff_bomb(self) -> None:
        content = encode(make_scene(), ".tif")
        width = struct.pack("<HHIHH", 256, 3, 1, 66, 0)
        assert width in content
        assert find_refusal(content.replace(width, struct.pack("<HHII", 256, 4, 1, 99_000_000))).startswith(
            "too many pixels"
        )

    def test_gif_frame_larger_than_its_screen(self) -> None:
        content = bytearray(encode(make_scene(), ".gif"))
        place = content.index(b"\x2c\0\0\0\0" + struct.pack("<HH", 66, 50))
        content[place + 5 : place + 9] = b"\xff\xff\xff\xff"
        assert find_refusal(bytes(content)) == "too many pixels (65535x65535)"

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".gif", ".webp"])
    def test_nothing_wide(self, suffix: str) -> None:
        assert find_refusal(declare(suffix, 0, 50)) == "bad size (0x50)"

    def test_limit_is_included(self) -> None:
        content = encode(make_scene())
        assert decode_picture(content, max_pixels=66 * 50).shape == (50, 66, 3)
        assert find_refusal(content, max_pixels=66 * 50 - 1) == "too many pixels (66x50)"

    def test_endless_scans(self) -> None:
        content = encode_with(make_scene(), ".jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
        scan = content[content.rindex(b"\xff\xda") : -2]
        assert find_refusal(content[:-2] + scan * 1000 + b"\xff\xd9")


class TestFormats:
    @pytest.mark.parametrize(
        ("suffix", "name"),
        [(".jpg", "JPEG"), (".png", "PNG"), (".bmp", "BMP"), (".webp", "WebP"), (".tif", "TIFF"), (".gif", "GIF")],
    )
    def test_sniff(self, suffix: str, name: str) -> None:
        assert sniff_format(encode(make_scene(), suffix)[:12]) == name

    @pytest.mark.parametrize("content", [b"", b"text", bytes(64), b"\x89QNG\r\n\x1a\n", b"RIFF\0\0\0\0AVI "])
    def test_sniff_nothing(self, content: bytes) -> None:
        assert sniff_format(content) is None

    def test_reasons(self) -> None:
        assert find_refusal(b"<!doctype html>") == "not a picture"
        assert find_refusal(bytes(4096)) == "not a picture"
        assert find_refusal(b"\0\x05\x16\x07\0\x02\0\0Mac OS X") == "AppleDouble companion file, not a picture"
        assert find_refusal(b"\0\0\0\x1cftypheic") == "truncated HEIF"
        assert find_refusal(encode(make_scene(), ".jp2")) == "JPEG 2000 is not read"
