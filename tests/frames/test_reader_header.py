"""Sizes from headers are those of the decoded pictures."""

from contextlib import suppress
from pathlib import Path

import pytest

from framesift.errors import UnreadableFrame
from framesift.frames.reader import MAX_PIXELS, read_picture, read_size
from tests.conftest import encode, make_image
from tests.frames.test_reader_corpus import list_rows


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".tif", ".gif"])
def test_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(encode(make_image(70, 30), suffix))
    assert read_size(path, MAX_PIXELS) == (70, 30)
    with pytest.raises(UnreadableFrame, match=r"too many pixels \(70x30\)"):
        read_size(path, 2000)


def test_a_cut_file_is_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encode(make_image(70, 30), ".jpg")[:-100])
    assert read_size(path, MAX_PIXELS) == (70, 30)


@pytest.mark.parametrize("content", [b"", b"text", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n\0"])
def test_what_is_no_picture(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(UnreadableFrame) as caught:
        read_size(path, MAX_PIXELS)
    assert caught.value.path == path


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFrame, match="No such file"):
        read_size(tmp_path / "missing.png", MAX_PIXELS)


def test_a_frame_header_behind_a_long_block(tmp_path: Path) -> None:
    content = encode(make_image(70, 30), ".jpg")
    block = b"\xff\xe2" + (40_000).to_bytes(2, "big") + bytes(39_998)
    path = tmp_path / "a.jpg"
    path.write_bytes(content[:2] + block * 3 + content[2:])
    assert read_size(path, MAX_PIXELS) == (70, 30)


@pytest.mark.parametrize("row", list_rows(), ids=lambda row: row["path"])
def test_every_readable_picture_of_the_corpus(shared: Path, row: dict[str, str]) -> None:
    path = shared / "bad_inputs" / row["path"]
    try:
        height, width = read_picture(path).pixels.shape[:2]
    except UnreadableFrame:
        with suppress(UnreadableFrame):  # and nothing else: many are cut behind a good header
            read_size(path, MAX_PIXELS)
    else:
        assert read_size(path, MAX_PIXELS) == (width, height)
