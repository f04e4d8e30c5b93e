"""What speaks for a file: EXIF, colour, sound."""

import shutil
import subprocess

import cv2
import numpy as np
import pytest

from framesift.duplicates.traits import Traits, find_traits, is_coloured
from framesift.frames.reader import has_exif
from framesift.frames.videos import has_sound
from tests.comparators.test_comparators import paint
from tests.conftest import encode
from tests.duplicates.test_search import jpeg

Image = pytest.importorskip("PIL.Image", reason="needs Pillow, which writes EXIF")
SOUND = {
    "mp4": ("mpeg4", "aac"), "mov": ("mpeg4", "aac"), "mkv": ("mpeg4", "mp3"), "webm": ("libvpx", "libvorbis"),
    "avi": ("mpeg4", "mp3"), "flv": ("flv", "mp3"), "wmv": ("wmv2", "wmav2"), "mpg": ("mpeg2video", "mp2"),
    "ts": ("mpeg2video", "aac"), "m2ts": ("mpeg2video", "ac3"),
}  # fmt: skip


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff"])
@pytest.mark.parametrize(
    ("tags", "expected"),
    [({0x010F: "Maker"}, True), ({0x0132: "2015:06:01 10:00:00"}, True), ({0x0112: 6, 0x0131: "editor"}, False)],
)
def test_exif_of_a_camera(tmp_path, suffix, tags, expected):
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    Image.fromarray(paint(1)).save(tmp_path / f"a.{suffix}", exif=exif)
    assert has_exif((tmp_path / f"a.{suffix}").read_bytes()) == expected


@pytest.mark.parametrize("content", [jpeg(paint(1)), encode(paint(1)), b"Exif\0\0II*\0", b""])
def test_what_has_none_or_is_no_picture(content):
    assert not has_exif(content)


@pytest.mark.parametrize("quality", [30, 60, 95])
def test_colour_outlives_compression_and_grey_gets_none(quality):
    grey = cv2.cvtColor(cv2.cvtColor(paint(1, 640, 480), cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    small = grey.copy()
    small[100:130, 100:130] = (0, 0, 255)
    for image, expected in ((paint(1, 640, 480), True), (grey, False), (small, True)):
        decoded = cv2.imdecode(np.frombuffer(jpeg(image, quality), np.uint8), cv2.IMREAD_COLOR)
        assert is_coloured(decoded) == expected
    assert find_traits(b"", np.zeros((1, 1, 3), np.uint8)) == Traits(0)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
@pytest.mark.parametrize("suffix", SOUND)
def test_sound_in_every_container(tmp_path, suffix):
    picture, sound = SOUND[suffix]
    for name, inputs in (("loud", ["-f", "lavfi", "-i", "sine=d=1"]), ("silent", [])):
        command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=1:s=160x120", *inputs, "-c:v", picture]
        more = ["-c:a", sound, "-ar", "44100"] if inputs else []
        done = subprocess.run([*command, *more, str(tmp_path / f"{name}.{suffix}")], capture_output=True)
        assert done.returncode == 0, done.stderr
    assert has_sound(tmp_path / f"loud.{suffix}")
    assert not has_sound(tmp_path / f"silent.{suffix}")


@pytest.mark.parametrize(
    "content", [b"", b"x", b"\0\0\0\x08moov", b"\0\0\0\x02moov" * 9, b"FLV\x01", b"G" * 600, b"\0\0\0\0ftyp"]
)
def test_no_film_has_no_sound(tmp_path, content):
    (tmp_path / "a.mp4").write_bytes(content)
    assert not has_sound(tmp_path / "a.mp4") and not has_sound(tmp_path / "none.mp4")
