"""The README and the pages of docs are true: their commands run, their options are those of the program."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import cv2
import pytest

from benchmarks.scenes.readme.pictures import draw_pictures
from framesift import cli
from framesift.cli.commands import COMMANDS
from tests.cli.test_terminal import show
from tests.test_imports import ROOMS

ROOT = Path(__file__).resolve().parents[1]
PAGES = {path: path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
README, ALL = PAGES[ROOT / "README.md"], "\n".join(PAGES.values())
SET_UP = re.compile(r"python3 -m venv \.venv && \.venv/bin/pip install [^&]+ && ")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", ALL, re.MULTILINE | re.DOTALL)


SCRIPTS = [block for block in blocks("sh") if "DIR" not in block and "pytest" not in block]
"""The placeholder line cannot run; the test command is running now, and .ci/run takes it from the README."""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a user has, with the interpreter of the tests in place of the new environment."""
    for name in ("framesift", "images"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("main.py", "imaging_interview.py", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "activate").write_text('PATH="$PWD/.venv/bin:$PATH"\n')
    programs = {"python": '"$@"', "framesift": "-c 'from framesift.cli import run; run()' \"$@\""}
    for name, arguments in programs.items():
        program = tmp_path / ".venv" / "bin" / name
        program.write_text(f"#!/bin/sh\nexec '{sys.executable}' {arguments}\n")
        program.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("script", SCRIPTS)
def test_commands_run(clone, script):
    script = SET_UP.sub("", script)
    assert "pip" not in script
    paths = {"PATH": f"{clone}/.venv/bin:{os.environ['PATH']}", "XDG_CACHE_HOME": str(clone / "cache")}
    done = subprocess.run(
        ["bash", "-ec", script], cwd=clone, capture_output=True, text=True, timeout=600, env=os.environ | paths
    )
    unexpected = [line for line in done.stderr.splitlines() if not line.startswith("giving back to ")]
    assert (done.returncode, unexpected) == (0, [])
    assert all(not path.name.endswith(".tmp") for path in clone.rglob("*"))


def test_there_are_two_commands_with_all_the_set_up():
    assert [bool(SET_UP.match(line)) for block in blocks("sh") for line in block.splitlines()].count(True) == 2


def test_the_library_example_runs(clone):
    [example] = blocks("python")
    done = subprocess.run([sys.executable, "-c", example], cwd=clone, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    frames = list((clone / "images" / "frames").rglob("*.jpg"))
    assert len(done.stdout.splitlines()) == len(frames) >= 40


def test_the_manifest_line_has_the_keys_of_a_real_one(clone):
    [example] = blocks("json")
    subprocess.run([sys.executable, "main.py", "images/frames", "r"], cwd=clone, capture_output=True, check=True)
    line = (clone / "r" / "manifest.jsonl").read_text().splitlines()[1]
    assert json.loads(line).keys() == json.loads(example).keys()


def options_of(command: str) -> set[str]:
    with pytest.MonkeyPatch.context() as patch:
        texts: list[str] = []
        patch.setattr("argparse.ArgumentParser.print_help", lambda self, *_: texts.append(self.format_help()))
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
    return set(re.findall(r"--[a-z][a-z-]+", texts[0])) - {"--help", "--version"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_documented(command):
    assert f"framesift {command}" in ALL
    assert options_of(command) <= set(re.findall(r"[` ](--[a-z][a-z-]+)", ALL))


def test_extras_are_installed_in_one_way_that_works():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = re.findall(r"pip install (?:-e )?'([^']*)\[(\w+)\]'", ALL)
    assert {place for place, _ in named} == {"."}
    assert {"cluster", "fast", "heif", "remote", "web"} <= {extra for _, extra in named} <= set(extras)
    assert "framesift[" not in ALL


def test_the_options_of_the_main_job_stand_on_one_page():
    page = PAGES[ROOT / "docs" / "options.md"]
    assert options_of("filter") <= set(re.findall(r"[` ](--[a-z][a-z-]+)", page))


def test_the_readme_shows_what_a_run_says(clone):
    [said] = blocks("text")
    _, shown = show("images/frames", "results", folder=clone, start=["main.py"])
    assert re.sub(r"\x1b\[[0-9;]*[mK]", "", shown.rpartition("\r")[2]).splitlines()[-7:] == said.splitlines()


def test_the_readme_shows_first_and_tunes_before_it_speaks_of_px():
    heads = re.findall(r"^## (.*)", README, re.MULTILINE)
    assert heads[:3] == ["Try it", "What you get", "See why"]
    assert README.index("![") < README.index("## Try it")
    assert README.index("framesift tune DIR") < README.index("--method") < README.index(" px")


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 240


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)\)", PAGES[page])
    assert [target for target in targets if not (page.parent / target).exists()] == []
    if page.name == "README.md":
        assert {f"docs/{other.name}" for other in PAGES if other != page} <= set(targets)


def test_what_the_architecture_names_is_there():
    page = PAGES[ROOT / "docs" / "architecture.md"]
    paths = [path for path in re.findall(r"`([\w./]+)`", page) if "/" in path and not path.endswith("/")]
    assert len(paths) > 20
    assert [path for path in paths if not any((root / path).exists() for root in (ROOT, ROOT / "framesift"))] == []
    folders = re.findall(r"`(\w+/(?:\w+/)?)`", page)
    assert [
        folder for folder in folders if not list((ROOT / "framesift").rglob(folder)) and not (ROOT / folder).exists()
    ] == []


def test_the_rooms_of_the_architecture_are_those_that_are_checked():
    rows = re.findall(r"^\| `(\w+)[/.]\S*` \| ", PAGES[ROOT / "docs" / "architecture.md"], re.MULTILINE)
    assert rows == ROOMS


def test_the_picture_of_the_report_is_light():
    assert 50_000 < (ROOT / "images" / "report.png").stat().st_size < 300_000


def test_pictures_are_what_the_program_draws(tmp_path):
    draw_pictures(tmp_path)
    pictures = set(re.findall(r"\]\((?:\.\./)?images/([^)]+)\)", ALL))
    # By benchmarks.scenes.readme.report and benchmarks.labels in a browser, and by benchmarks.quality.
    pictures -= {"report.png", "review.png", "labels.jpg", "quality.png", "budgets.png"}
    assert sorted(pictures) == sorted(path.name for path in tmp_path.iterdir())
    for picture in pictures:
        drawn, shown = (cv2.imread(str(folder / picture)).astype(int) for folder in (tmp_path, ROOT / "images"))
        assert abs(drawn - shown).mean() < 1, picture
