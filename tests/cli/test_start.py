"""What a command imports before it does anything: no more than what it was asked for needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.filtering.test_run import NEW, scene

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = {
    "clusters": ["framesift.cluster.executor", "framesift.filtering.chunks", "asyncio", "distributed"],
    "budgets": ["framesift.filtering.budgets"],
    "films": ["framesift.filtering.films", "framesift.frames.videos.reading", "framesift.frames.videos.walking", "av"],
    "streams": ["framesift.filtering.streams", "framesift.frames.streams.cameras", "requests"],
    "watching": ["framesift.filtering.arrivals", "framesift.filtering.film_arrivals", "framesift.filtering.waiting"],
    "removing": ["framesift.filtering.removal", "framesift.actions.backup", "framesift.actions.journal"],
    "telling": ["framesift.filtering.telling"],
    "a settings file": ["framesift.filtering.config_file", "tomllib"],
    "stores": ["framesift.stores.s3", "fsspec"],
    "pages": ["framesift.looking", "framesift.web", "framesift.review", "sqlite3"],
    "other commands": ["framesift.duplicates", "framesift.export", "framesift.tuning"],
}


def loaded(*arguments: object) -> set[str]:
    """The modules that are there after a command, and the packages that they are in."""
    code = "import sys; from framesift.cli import main; main(sys.argv[1:], 'main.py'); print(*sys.modules)"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines()[-1].split())


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> set[str]:
    """The modules of a run over pictures of a folder of this machine."""
    folder = tmp_path_factory.mktemp("start")
    for path, content in scene(None, NEW, None).items():
        (folder / "frames" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "frames" / path).write_bytes(content)
    return loaded(folder / "frames", folder / "results", "0.2%", "0.2%", "--jobs", 1, "--quiet", "--json")


@pytest.mark.parametrize("wish", WITHOUT)
def test_a_run_imports_nothing_for_what_it_was_not_asked_for(plain, wish):
    assert "framesift.filtering.results" in plain
    assert not plain & set(WITHOUT[wish])
