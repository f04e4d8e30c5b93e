"""No cut, hole or mutation is taken for a picture, and none ends the process."""

import struct
import zlib

import cv2
import numpy as np
import pytest
import simplejpeg

from framesift.errors import UnreadableFrame
from framesift.frames.reader import decode_picture
from tests.conftest import encode
from tests.frames.test_reader import SAMPLING, decode_as_opencv, encode_with, find_refusal, make_chunk, make_scene


class TestDamage:
    JPEG = encode(make_scene(), ".jpg")
    PROGRESSIVE = encode_with(make_scene(), ".jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    RESTART = encode_with(make_scene(), ".jpg", cv2.IMWRITE_JPEG_RST_INTERVAL, 2)

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".gif", ".tif"])
    def test_no_cut_is_read(self, suffix: str) -> None:
        content = encode(make_scene(), suffix)
        lengths = {*range(1, len(content), 11), *range(len(content) - 40, len(content))}
        assert all(find_refusal(content[:length]) for length in lengths)

    @pytest.mark.parametrize("content", [JPEG, PROGRESSIVE, RESTART], ids=["baseline", "progressive", "restart"])
    def test_no_cut_with_its_end_put_back_is_read(self, content: bytes) -> None:
        start = content.index(b"\xff\xda") + 14
        scans = [k for k in range(start, len(content)) if content[k : k + 2] in (b"\xff\xda", b"\xff\xc4")]
        for length in [*range(start, len(content) - 2, 17), *range(len(content) - 30, len(content) - 2), *scans]:
            assert find_refusal(content[:length] + b"\xff\xd9")

    @pytest.mark.parametrize("content", [JPEG, PROGRESSIVE], ids=["baseline", "progressive"])
    def test_no_zeroed_tail_is_read(self, content: bytes) -> None:
        for length in range(200, len(content) - 20, 31):
            assert find_refusal(content[:length] + bytes(len(content) - length))

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".gif", ".tif"])
    @pytest.mark.parametrize("tail", [b"\0", bytes(512), b"junk" * 99, b"\xff" * 7], ids=["nul", "nuls", "junk", "ff"])
    def test_what_follows_the_end_does_no_harm(self, suffix: str, tail: bytes) -> None:
        content = encode(make_scene(), suffix)
        assert np.array_equal(decode_picture(content + tail), decode_as_opencv(content))

    def test_reasons(self) -> None:
        png = encode(make_scene())
        flipped = bytearray(png)
        flipped[len(png) // 2] ^= 0x10
        scan = self.JPEG.index(b"\xff\xda")
        assert find_refusal(self.JPEG[:-2]) == "truncated JPEG"
        assert find_refusal(self.JPEG[: scan + 200] + b"\xff\xd9") == "damaged JPEG: premature end of data segment"
        assert find_refusal(b"\xff\xd8\xff\xd9") == "JPEG without image data"
        assert find_refusal(png[:-1]) == "truncated PNG"
        assert find_refusal(bytes(flipped)) == "damaged PNG: CRC error in IDAT"
        assert find_refusal(encode(make_scene(), ".bmp")[:-1]) == "truncated BMP"
        assert find_refusal(encode(make_scene(), ".gif")[:-1]) == "truncated GIF"
        assert find_refusal(encode(make_scene(), ".webp")[:-1]) == "truncated WebP"

    def test_gif_with_too_little_data_is_refused(self) -> None:
        content = encode(make_scene(), ".gif")
        assert find_refusal(content[:-1].rstrip(b"\0")[:-400] + b"\0\x3b")

    def test_webp_with_a_zeroed_half_is_refused(self) -> None:
        content = encode(make_scene(), ".webp")
        assert find_refusal(content[: len(content) // 2].ljust(len(content), b"\0")) == "damaged WebP: ends in zeros"

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".gif", ".tif"])
    def test_mutations_are_read_or_refused(self, suffix: str) -> None:
        rng = np.random.default_rng(3)
        content = np.frombuffer(encode(make_scene(24, 18), suffix), np.uint8)
        for _ in range(1000):
            mutated = content.copy()
            places = rng.integers(0, len(mutated), rng.integers(1, 6))
            mutated[places] = rng.choice([0, 1, 127, 128, 255, int(rng.integers(256))], len(places))
            try:
                pixels = decode_picture(mutated.tobytes(), max_pixels=1_000_000)
            except UnreadableFrame as error:
                assert error.reason and "\n" not in error.reason
            else:
                assert pixels.ndim == 3 and pixels.dtype == np.uint8

    def test_unusual_subsampling(self) -> None:
        content = make_unusual_jpeg()
        with pytest.raises(ValueError, match="subsampling"):
            simplejpeg.decode_jpeg(content)
        assert np.array_equal(decode_picture(content), decode_as_opencv(content))
        start = content.index(b"\xff\xda") + 14
        for length in range(start, len(content) - 12, 13):
            assert find_refusal(content[:length])
            assert find_refusal(content[:length] + b"\xff\xd9")


def make_unusual_jpeg() -> bytes:
    """A 4:2:2 JPEG whose blocks Y Y Cb Cr are declared to be one of Y, one of Cb and two of Cr."""
    content = bytearray(encode_with(make_scene(64, 48), ".jpg", cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SAMPLING["422"]))
    frame = content.index(b"\xff\xc0") + 10
    assert content[frame : frame + 9] == bytes([1, 0x21, 0, 2, 0x11, 1, 3, 0x11, 1])
    content[frame : frame + 9] = bytes([1, 0x11, 0, 2, 0x11, 1, 3, 0x21, 1])
    scan = content.index(b"\xff\xda") + 5
    assert content[scan : scan + 6] == bytes([1, 0x00, 2, 0x11, 3, 0x11])
    content[scan + 3] = 0x00  # the second block was coded with the tables of Y
    return bytes(content)


class TestPngChunks:
    def insert(self, *chunks: bytes) -> bytes:
        content = encode(make_scene())
        return content[:33] + b"".join(chunks) + content[33:]

    def test_animation_is_dropped(self) -> None:
        control = make_chunk(b"acTL", struct.pack(">II", 2, 0))
        frame = make_chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 66, 50, 0, 0, 1, 1, 0, 0))
        broken = make_chunk(b"fdAT", b"\0\0\0\1junk")
        assert np.array_equal(decode_picture(self.insert(control, frame, broken)), make_scene())

    def test_animation_of_no_frames_is_refused(self) -> None:
        assert "no frames" in find_refusal(self.insert(make_chunk(b"acTL", bytes(8))))

    def test_compressed_text_costs_nothing(self) -> None:
        bomb = make_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(30_000_000), 9))
        assert np.array_equal(decode_picture(self.insert(bomb)), make_scene())

    def test_one_huge_data_chunk_is_read(self) -> None:
        image = np.random.default_rng(4).integers(0, 256, (1700, 1700, 3)).astype(np.uint8)
        rows = b"".join(b"\0" + row.tobytes() for row in image[:, :, ::-1])
        header = make_chunk(b"IHDR", struct.pack(">IIBBBBB", 1700, 1700, 8, 2, 0, 0, 0))
        content = b"\x89PNG\r\n\x1a\n" + header + make_chunk(b"IDAT", zlib.compress(rows, 0)) + make_chunk(b"IEND", b"")
        assert np.array_equal(decode_picture(content), image)

    def test_long_runs_of_nothing_are_refused(self) -> None:
        assert find_refusal(b"\x89PNG\r\n\x1a\n" + bytes(5_000_000)) == "truncated PNG"
