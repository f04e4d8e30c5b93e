"""The stores of Google and Microsoft as emulators have them, which are installed by hand: they bring many others."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import fsspec
import pytest

from framesift import filter_frames
from framesift.cli import main
from framesift.cli.options import STORAGE, USAGE
from framesift.errors import StorageError
from framesift.stores import opening, retrying
from tests.filtering.test_run import NEW, scene

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Of every azurite."""
AZURITE = shutil.which("azurite-blob")
needs_google = pytest.mark.skipif(
    not (find_spec("gcsfs") and find_spec("gcp_storage_emulator")),
    reason="needs gcsfs and its emulator: pip install gcsfs gcp-storage-emulator",
)
needs_azure = pytest.mark.skipif(
    not (find_spec("adlfs") and AZURITE), reason="needs adlfs and azurite: pip install adlfs, npm install -g azurite"
)


class Emulator:
    """One that is asked by one test alone, with an empty bucket."""

    def __init__(self, scheme: str, folder: Path, setenv: Callable[[str, str], None]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"{scheme}://cams"
        if scheme == "gs":
            setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
            words = ["start", "--host=127.0.0.1", f"--port={port}", "--in-memory", "--default-bucket=cams"]
            words, ready = [sys.executable, "-m", "gcp_storage_emulator", *words], "started"
        else:
            place = f"BlobEndpoint=http://127.0.0.1:{port}/{ACCOUNT}"
            setenv("AZURE_STORAGE_CONNECTION_STRING", f"AccountName={ACCOUNT};AccountKey={KEY};{place}")
            words = [str(AZURITE), "--skipApiVersionCheck", "--disableTelemetry", "--blobPort", str(port)]
            words, ready = [*words, "--location", str(folder)], "successfully listens"
        plain = os.environ | {"PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=plain,
        )
        assert self.process.stdout is not None
        next(line for line in self.process.stdout if ready in line)
        if scheme == "az":
            fsspec.filesystem("az", skip_instance_cache=True).mkdir("cams")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def put(self, frames: Path) -> str:
        for path in frames.rglob("*.png"):
            store, place = opening.open_store(f"{self.url}/frames/{path.relative_to(frames)}")
            assert store.create(place, path.read_bytes())
        return f"{self.url}/frames"


@pytest.fixture(params=[pytest.param("gs", marks=needs_google), pytest.param("az", marks=needs_azure)])
def emulator(request, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    opening._open.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(retrying, "PAUSES", (0.01, 0.01))
    running = Emulator(request.param, tmp_path / "store", monkeypatch.setenv)
    yield running
    running.kill()
    opening._open.cache_clear()
    fsspec.get_filesystem_class(request.param).clear_instance_cache()


def test_the_decisions_are_those_of_this_machine(emulator, write_tree, tmp_path, capfd):
    frames = write_tree(scene(None, NEW, NEW, None))
    there, kept = emulator.put(frames), f"{emulator.url}/kept"
    expected = list(filter_frames(frames, tmp_path / "here"))
    assert list(filter_frames(there, kept)) == expected
    assert list(filter_frames(there, kept)) == []
    assert main(["filter", there, kept, "--quiet"]) == 0
    assert capfd.readouterr() == ("", ""), "quiet is quiet"


def test_a_bucket_that_is_not_there(emulator, write_tree, capfd):
    frames, nowhere = write_tree(scene(None)), emulator.url.replace("cams", "elsewhere")
    assert main(["filter", str(frames), f"{nowhere}/kept", "--quiet"]) == USAGE
    assert main(["filter", f"{nowhere}/frames", str(frames.parent / "r"), "--quiet"]) == USAGE
    assert [line.partition(": ")[2] for line in capfd.readouterr().err.splitlines()] == [
        f"{nowhere}/kept: no such bucket",
        f"{nowhere}/frames: no such folder",
    ]


@pytest.mark.parametrize("emulator", [pytest.param("az", marks=needs_azure)], indirect=True)
def test_a_server_that_goes_in_the_middle_ends_the_run_with_one_line(emulator, write_tree, tmp_path, capfd):
    """Of Google's that takes half a minute, which its library waits."""
    there = emulator.put(write_tree(scene(*[None, NEW] * 20)))
    decisions = filter_frames(there, f"{emulator.url}/kept", jobs=8)
    next(decisions)
    emulator.kill()
    with pytest.raises(StorageError, match="the store does not answer as it should"):
        list(decisions)
    assert main(["filter", there, str(tmp_path / "r"), "--quiet"]) == STORAGE
    [line] = capfd.readouterr().err.splitlines()
    assert "the store does not answer as it should: Cannot connect" in line
