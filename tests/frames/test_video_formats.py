"""More formats of films, the times of raw streams, and key frames alone."""

import os
import struct
import subprocess

import cv2
import pytest

from framesift.errors import UnreadableFrame
from framesift.frames.suffixes import is_video
from framesift.frames.videos import capture, open_video, probe_video, sample_frames
from framesift.frames.videos.formats import sniff_video
from framesift.frames.videos.units import find_units, read_frame_rate
from tests.conftest import make_image
from tests.frames.encoding import decode, encode_film, needs_ffmpeg
from tests.frames.test_videos import film

SUFFIXES = ["mp4", "mov", "3gp", "avi", "mkv", "webm", "flv", "asf", "ogv", "ts", "m2ts", "mts", "mpg", "vob"]
SUFFIXES += ["m2v", "h264", "264", "hevc", "h265", "mjpeg", "mjpg"]


def wrap_in_dav(stream: bytes) -> bytes:
    """Put each picture of H.264, which begins with a delimiter, in a block of a DAV file; a tenth of a second each."""
    starts = [at - 3 for at in find_units(stream) if stream[at] & 0x1F == 9]
    blocks = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(stream)], strict=True)):
        data, extension = stream[start:end], bytes([0x81, 0, 2, 10, 0x80, 0, 20, 15])
        length = 24 + len(extension) + len(data) + 8
        key = any(stream[at] & 0x1F == 5 for at in find_units(data))
        head = b"DHAV" + bytes([0xFD if key or not number else 0xFC, 0, 0, 0])
        head += struct.pack(
            "<IIIHBB", number, length, 0x55A51000 + number // 10, number * 100 % 65536, len(extension), 0
        )
        blocks.append(head + extension + data + b"dhav" + struct.pack("<I", length))
    return b"".join(blocks)


@needs_ffmpeg
class TestFormats:
    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_every_format_is_read_with_its_times(self, tmp_path, suffix):
        raw = {"264": "h264", "h265": "hevc", "mjpg": "mjpeg", "mts": "m2ts"}.get(suffix, suffix)
        rate = 25 if suffix in ("mpg", "vob", "m2v", "mjpeg", "mjpg") else 10
        path = encode_film(tmp_path / f"a.{raw}", rate=rate, seconds=2).rename(tmp_path / f"b.{suffix}")
        assert is_video(path.name)
        times = [time for time, _ in decode(path)]
        assert times == pytest.approx([number / rate for number in range(2 * rate)], abs=0.001)

    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_key_frames_are_those_of_all_frames(self, tmp_path, suffix):
        raw = {"264": "h264", "h265": "hevc", "mjpg": "mjpeg", "mts": "m2ts"}.get(suffix, suffix)
        rate = 25 if raw in ("mpg", "vob", "m2v") else 10
        path = encode_film(tmp_path / f"a.{raw}", rate=rate).rename(tmp_path / f"b.{suffix}")
        keys = decode(path, key_frames=True)
        assert len(keys) > 1 and set(keys) <= set(decode(path))
        assert raw == "mjpeg" or len(keys) <= 10

    def test_a_film_that_begins_between_key_frames_counts_from_its_first_frame(self, tmp_path):
        path = encode_film(tmp_path / "a.mpg", rate=25)
        content = path.read_bytes()
        path.write_bytes(content[: 2048 * 2] + content[2048 * 9 :])
        keys = decode(path, key_frames=True)
        assert len(keys) > 2 and set(keys) <= set(decode(path))

    def test_a_clock_that_steps_back(self, tmp_path):
        first, second = (encode_film(tmp_path / f"{name}.ts", seconds=3) for name in "ab")
        first.write_bytes(first.read_bytes() + second.read_bytes())
        keys, frames = decode(first, key_frames=True), decode(first)
        assert len(keys) >= 5 and set(keys) <= set(frames)
        assert [time for time, _ in frames] == sorted(time for time, _ in frames)

    @pytest.mark.parametrize("rate", [1, 10, 30000 / 1001])
    @pytest.mark.parametrize("suffix", ["h264", "hevc"])
    def test_the_frame_rate_of_a_raw_stream(self, tmp_path, suffix, rate):
        path = encode_film(tmp_path / f"a.{suffix}", rate=rate, seconds=12)
        kind = sniff_video(path.read_bytes()[:1024])
        assert kind == {"h264": "H.264", "hevc": "H.265"}[suffix]
        assert read_frame_rate(path.read_bytes()[:8192], kind) == pytest.approx(rate, abs=1e-3)
        assert [time for time, _ in sample_frames(path, 4)] == pytest.approx([0, 4, 8], abs=1 / rate)

    def test_a_raw_stream_without_a_rate_has_25_frames_a_second(self, tmp_path):
        path = encode_film(tmp_path / "a.h264", "-bsf:v", "filter_units=remove_types=6", rate=25, seconds=1)
        assert read_frame_rate(b"\0\0\x01\x67" + bytes(40), "H.264") is None
        assert probe_video(path).frame_rate == 25

    def test_dav(self, tmp_path):
        stream = encode_film(tmp_path / "a.h264", "-bsf:v", "h264_metadata=aud=insert", "-bf", "0").read_bytes()
        (tmp_path / "b.dav").write_bytes(wrap_in_dav(stream))
        times = [time for time, _ in decode(tmp_path / "b.dav")]
        assert len(times) == 40 and times[-1] == pytest.approx(3.9, abs=0.15)

    def test_pictures_that_begin_long_after_the_sound(self, tmp_path):
        path, both = encode_film(tmp_path / "a.ts", sound=20, seconds=2), tmp_path / "b.ts"
        late = "-i", str(path), "-itsoffset", "15", "-i", str(path), "-map", "0:a", "-map", "1:v", "-c", "copy"
        subprocess.run(["ffmpeg", "-loglevel", "error", *late, str(both)], check=True)
        assert len(decode(both)) == 20


class TestSniffing:
    @pytest.mark.parametrize(
        ("head", "kind"),
        [
            (b"\0\0\0\x01\x67\x42\0\x1e", "H.264"),
            (b"\0\0\x01\x09\x10\0\0\0\x01\x67", "H.264"),
            (b"\0\0\0\x01\x40\x01\x0c", "H.265"),
            (b"\0\0\x01\xb3\x16", "MPEG video"),
            (b"\xff\xd8\xff\xe0", "MJPEG"),
            (b"OggS\0", "Ogg"),
            (b"DHAV\xfd", "DAV"),
            (bytes(900), None),
            (b"\0\0\x01", None),
            (b"\0\0\0\x01", None),
            (b"\0\0\x01\xb0\x01", None),
            (b"\0\0\x01\x42\x07\0", None),
        ],
    )
    def test_by_the_beginning(self, head, kind):
        assert sniff_video(head) == kind

    def test_a_picture_named_as_a_film_is_none(self, tmp_path):
        (tmp_path / "a.mp4").write_bytes(cv2.imencode(".jpg", make_image())[1].tobytes())
        with pytest.raises(UnreadableFrame, match="not a video"):
            probe_video(tmp_path / "a.mp4")

    def test_the_demuxer_is_that_of_the_content(self, tmp_path):
        """Not one that FFmpeg guesses: a play list behind the beginning of a film is not followed."""
        film(tmp_path / "a.ts", end=1)
        (tmp_path / "b.mjpeg").write_bytes(b"\xff\xd8\xff\n#EXTM3U\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n")
        with pytest.raises(UnreadableFrame):
            list(sample_frames(tmp_path / "b.mjpeg", 1))


class TestCapture:
    def test_the_environment_is_left_as_it_was(self, tmp_path, monkeypatch):
        path = film(tmp_path / "a.mp4", end=1)
        monkeypatch.delenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", raising=False)
        probe_video(path)
        assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in os.environ
        monkeypatch.setenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", "threads;1")
        seen, closed = [], cv2.VideoCapture()
        monkeypatch.setattr(capture.cv2, "VideoCapture", lambda *_: seen.append(dict(os.environ)) or closed)
        with pytest.raises(UnreadableFrame), open_video(path):
            pass
        assert seen[0]["OPENCV_FFMPEG_CAPTURE_OPTIONS"].startswith("threads;1|input_format;mov|")
        assert os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] == "threads;1"
