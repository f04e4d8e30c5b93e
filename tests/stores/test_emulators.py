"""Google's store as an emulator of it has it. Both libraries are installed by hand: they bring many others."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from framesift import filter_frames
from framesift.cli import main
from framesift.cli.options import USAGE
from framesift.stores import opening
from tests.filtering.test_run import NEW, scene

pytest.importorskip("gcsfs", reason="needs gcsfs: pip install gcsfs gcp-storage-emulator")
pytest.importorskip("gcp_storage_emulator", reason="needs gcp-storage-emulator: pip install gcsfs gcp-storage-emulator")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A bucket of an emulator that is asked by this test alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["start", "--host=127.0.0.1", f"--port={port}", "--in-memory", "--default-bucket=cams"]
    emulator = subprocess.Popen(
        [sys.executable, "-m", "gcp_storage_emulator", *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert emulator.stdout is not None
        next(line for line in emulator.stdout if "started" in line)
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        opening._open.cache_clear()
        yield "gs://cams"
    finally:
        opening._open.cache_clear()
        emulator.kill()
        emulator.communicate()


def put(frames: Path, url: str) -> None:
    for path in frames.rglob("*.png"):
        store, place = opening.open_store(f"{url}/{path.relative_to(frames)}")
        assert store.create(place, path.read_bytes())


def test_frames_and_results_in_google_s_store(bucket, write_tree, tmp_path, capfd):
    frames = write_tree(scene(None, NEW, NEW, None))
    put(frames, f"{bucket}/frames")
    expected = list(filter_frames(frames, tmp_path / "here"))
    assert list(filter_frames(f"{bucket}/frames", f"{bucket}/kept")) == expected
    assert list(filter_frames(f"{bucket}/frames", f"{bucket}/kept")) == []
    assert main(["filter", f"{bucket}/frames", f"{bucket}/kept", "--quiet"]) == 0
    assert capfd.readouterr() == ("", ""), "quiet is quiet"


def test_a_bucket_that_is_not_there(bucket, write_tree, capsys):
    frames = write_tree(scene(None))
    assert main(["filter", str(frames), "gs://elsewhere/kept", "--quiet"]) == USAGE
    assert main(["filter", "gs://elsewhere/frames", str(frames.parent / "r"), "--quiet"]) == USAGE
    assert [line.partition(": ")[2] for line in capsys.readouterr().err.splitlines()] == [
        "gs://elsewhere/kept: no such bucket",
        "gs://elsewhere/frames: no such folder",
    ]
