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
    "streams": ["framesift.filtering.streams", "framesift.frames.streams.addresses", "requests"],
    "watching": ["framesift.filtering.arrivals", "framesift.filtering.film_arrivals", "framesift.filtering.waiting"],
    "removing": ["framesift.filtering.removal", "framesift.actions.backup", "framesift.actions.journal"],
    "telling": ["framesift.filtering.telling"],
    "a settings file": ["framesift.filtering.config_file", "tomllib"],
    "stores": ["framesift.stores.s3", "framesift.stores.store", "framesift.stores.retrying", "fsspec"],
    "the other method": ["framesift.comparators.tolerance", "framesift.comparators.change"],
    "patterns of somebody else": ["framesift.frames.names.guarding", "subprocess"],
    "time zones": ["zoneinfo"],
    "stacks and raw files": ["framesift.frames.reader.raw", "framesift.frames.reader.pages.stack"],
    "animations": ["framesift.frames.reader.pages.animation"],
    "pages": ["framesift.looking", "framesift.web", "framesift.review", "sqlite3"],
    "other commands": ["framesift.duplicates", "framesift.export", "framesift.tuning"],
}


MODULES = "print(*sys.modules)"
"""The modules that are there, and the packages that they are in."""
EXPRESSIONS = """
from framesift import _Expression
modules = [module for name, module in sys.modules.items() if name.startswith("framesift")]
found = {f"{module.__name__}.{name}": value for module in modules for name, value in vars(module).items()}
print(*(name for name, value in found.items() if isinstance(value, _Expression) and len(vars(value)) > 1))
"""
"""Those of the regular expressions that are compiled on use which have been."""


def tell(what: str, code: str, *arguments: object) -> set[str]:
    """What a process tells in the end that has executed some code."""
    command = [sys.executable, "-c", f"import sys\n{code}\n{what}", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines()[-1].split())


def tell_of_run(what: str, folder: Path, frames: dict[str, bytes]) -> set[str]:
    """What is told of a run over pictures of a folder of this machine."""
    for path, content in frames.items():
        (folder / "frames" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "frames" / path).write_bytes(content)
    given = folder / "frames", folder / "results", "0.2%", "0.2%", "--jobs", 1, "--quiet", "--json"
    return tell(what, "from framesift.cli import main; main(sys.argv[1:], 'main.py')", *given)


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> set[str]:
    return tell_of_run(MODULES, tmp_path_factory.mktemp("start"), scene(None, NEW, None))


@pytest.mark.parametrize("wish", WITHOUT)
def test_a_run_imports_nothing_for_what_it_was_not_asked_for(plain, wish):
    assert "framesift.filtering.results" in plain
    assert not plain & set(WITHOUT[wish])


def test_where_nothing_changes_few_libraries_are_imported(tmp_path):
    """Else imutils is, which brings all of urllib."""
    libraries = {"hashlib", "imutils", "multiprocessing", "random", "secrets", "shutil", "socket", "tempfile"}
    assert not tell_of_run(MODULES, tmp_path, scene(None, None)) & libraries


def test_names_as_most_cameras_write_them_are_read_without_rare_expressions(tmp_path):
    frames = {path.partition("/")[2]: content for path, content in scene(None, None, camera="c10").items()}
    assert not tell_of_run(EXPRESSIONS, tmp_path, frames)


def test_other_names_are_read_with_them(tmp_path):
    frames = {path.replace("c10_", "10-04-"): content for path, content in scene(None, camera="c10").items()}
    assert any(".names." in name for name in tell_of_run(EXPRESSIONS, tmp_path, frames))
