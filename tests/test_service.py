"""The unit for systemd is one, and calls framesift as it can be called."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from framesift.cli.parsing import parse

PACKAGING = Path(__file__).parent.parent / "packaging"
UNIT = PACKAGING / "framesift@.service"


def test_the_unit_is_one(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("needs systemd-analyze")
    program = tmp_path / "framesift"
    program.symlink_to("/bin/true")
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/framesift/bin/framesift", str(program)))
    done = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_it_starts_is_a_command_of_ours():
    [line] = re.findall(r"^ExecStart=\S+/framesift (.*)$", UNIT.read_text(), re.MULTILINE)
    options = parse(line.replace("${FRAMES}", "/srv/frames").replace("$OPTIONS", "--method tolerance").split(), None)
    assert (options.name, options.directory, options.watch, options.method) == (
        "filter",
        "/srv/frames",
        True,
        "tolerance",
    )


def test_the_recipe_installs_extras_that_there_are():
    import tomllib

    extras = tomllib.loads((PACKAGING.parent / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    [wanted] = re.findall(r"/usr/src/framesift\[([a-z,]+)\]", (PACKAGING / "Containerfile").read_text())
    assert set(wanted.split(",")) <= set(extras)
