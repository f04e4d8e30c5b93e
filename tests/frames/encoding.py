"""Films that only ffmpeg can write: H.264 and others in containers and streams, with sound."""

import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from framesift.frames.videos import open_video

CODECS = {"webm": "libvpx", "mpg": "mpeg2video", "vob": "mpeg2video", "m2v": "mpeg2video", "hevc": "libx265"} | {
    "mjpeg": "mjpeg",
    "ogv": "libtheora",
    "asf": "wmv2",
    "avi": "mpeg4",
    "3gp": "mpeg4",
}
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg, which writes what OpenCV cannot")


def encode_film(path: Path, *options: str, rate: float = 10, seconds: float = 4, sound: float = 0) -> Path:
    """Write a film in which everything moves, with a key frame each ten frames."""
    path.parent.mkdir(parents=True, exist_ok=True)
    codec = CODECS.get(path.suffix[1:], "libx264")
    fast = {"libx264": ("-preset", "ultrafast"), "libx265": ("-preset", "ultrafast", "-x265-params", "log-level=none")}
    words = ["-f", "lavfi", "-i", f"testsrc2=size=160x120:rate={rate}:duration={seconds}"]
    if sound:
        words += ["-f", "lavfi", "-i", f"sine=duration={sound}", "-map", "0", "-map", "1"]
    words += [
        "-c:v",
        codec,
        *fast.get(codec, ()),
        "-pix_fmt",
        "yuvj420p" if codec == "mjpeg" else "yuv420p",
        "-g",
        "10",
    ]
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-threads", "1", *words, *options, str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def decode(path: Path, key_frames: bool = False) -> list[tuple[float, int]]:
    """Return the time and a checksum of each frame."""
    with open_video(path, key_frames=key_frames) as video:
        return [(time, zlib.crc32(image.tobytes())) for time, image in video.sample(0)]
