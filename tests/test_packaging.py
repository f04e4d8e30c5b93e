"""What `pip install .` puts on a user's machine."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """The wheel of a copy of the sources: building writes into the folder it builds from."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", "imaging_interview.py", "main.py"):
        shutil.copy(ROOT / name, source)
    for name in ("framesift", "benchmarks", "tests"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", target, source]
    subprocess.run(command, check=True, timeout=300)
    [path] = target.iterdir()
    return zipfile.ZipFile(path)


def test_the_names_that_are_installed(wheel):
    names = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"framesift", "imaging_interview.py"}


def test_every_module_is_in_the_wheel(wheel):
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "framesift").rglob("*.py")}
    assert modules | {"framesift/py.typed", "imaging_interview.py"} <= set(wheel.namelist())


def test_what_pages_are_made_of_is_in_the_wheel(wheel):
    for folder in ("looking/page/assets", "web/templates", "web/static", "cli/sample"):
        assets = {str(path.relative_to(ROOT)) for path in (ROOT / "framesift" / folder).rglob("*") if path.is_file()}
        assert len(assets) > 5 and assets <= set(wheel.namelist())


def test_the_sample_is_of_the_frames_of_the_clone_and_small():
    sample = list((ROOT / "framesift" / "cli" / "sample").iterdir())
    assert len(sample) == 24 and sum(frame.stat().st_size for frame in sample) < 1_000_000
    for frame in sample:
        assert frame.read_bytes() == (ROOT / "images" / "frames" / frame.name).read_bytes()


def test_the_wheel_runs_in_an_empty_folder(wheel, tmp_path):
    wheel.extractall(tmp_path / "installed")
    (tmp_path / "empty").mkdir()
    command = [sys.executable, "-m", "framesift", "demo", "--no-browser"]
    where = {**os.environ, "PYTHONPATH": str(tmp_path / "installed"), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        command, cwd=tmp_path / "empty", env=where, capture_output=True, text=True, timeout=120, check=True
    )
    assert "24 frames" in done.stdout and "framesift-demo/report.html" in done.stdout
    assert (tmp_path / "empty" / "framesift-demo" / "report.html").stat().st_size > 100_000


def test_the_command(wheel):
    [entry_points] = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    scripts = wheel.read(entry_points).decode().split()
    assert scripts == ["[console_scripts]", "framesift", "=", "framesift.__main__:run"]


def test_requirements_are_those_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    requirements = set((ROOT / "requirements.txt").read_text().splitlines())
    assert requirements == set(project["dependencies"]) | {
        r for r in project["optional-dependencies"]["test"] if r.startswith("pytest>")
    }
