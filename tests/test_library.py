"""What `import framesift` offers: light to import, and the same as the commands."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import framesift
from framesift import cli
from tests.conftest import read_tree
from tests.filtering.test_run import NEW, scene

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def frames(write_tree) -> Path:
    return write_tree(scene(None, None, NEW, NEW, None))


def test_importing_it_loads_nothing_heavy():
    code = "import sys, framesift; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert not {"cv2", "numpy", "typing", "dataclasses", "argparse"} & set(loaded.split())


def test_an_expression_is_compiled_when_it_is_first_used(monkeypatch):
    compiled, compile_now = [], re.compile

    def compile_and_tell(*form) -> re.Pattern:
        compiled.append(form)
        return compile_now(*form)

    monkeypatch.setattr(re, "compile", compile_and_tell)
    expression = framesift.compile_on_use("(a+)b", re.IGNORECASE)
    assert not compiled
    assert expression.fullmatch("AAB")[1] == "AA" and expression.fullmatch("ba") is None
    assert compiled == [("(a+)b", re.IGNORECASE)]
    assert expression.sub("", "xaby") == "xy" and expression.pattern == "(a+)b"


@pytest.mark.parametrize("name", framesift.__all__)
def test_every_name_that_it_offers_is_there(name):
    assert getattr(framesift, name).__doc__
    assert name in dir(framesift)


def test_another_name_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'filter_everything'"):
        _ = framesift.filter_everything


def run_json(capfd: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert cli.main([*arguments, "--json", "--quiet"]) == 0
    return json.loads(capfd.readouterr().out)


def test_the_overview_is_that_of_the_command(frames, capfd):
    overview = framesift.survey_frames(frames)
    told = json.loads(json.dumps([camera.as_json() for camera in overview.cameras]))
    assert told == run_json(capfd, "overview", str(frames))["cameras"]
    assert [sighting.frame for sighting in overview.sightings] == overview.listing.frames


def test_names_and_limits_are_read_as_filter_reads_them(frames):
    overview = framesift.survey_frames(frames, name_pattern=r"(?P<camera>[a-z])", max_pixels=100)
    assert {camera.camera for camera in overview.cameras} == {"c"}
    assert all("px" in sighting.problem or "pixels" in sighting.problem for sighting in overview.sightings)


def test_near_duplicates_are_those_of_the_command(frames, tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    findings = framesift.find_duplicates(frames)
    told = run_json(capfd, "duplicates", str(frames))
    assert [group.keeper.path for group in findings.groups] == [group["keeper"] for group in told["groups"]] != []


def test_the_way_there_and_back(frames, tmp_path):
    """Filter, hand over, verify; remove near-duplicates by a plan that was written down, undo."""
    kept = [d.frame.path for d in framesift.filter_frames(frames, tmp_path / "results") if d.verdict == "keep"]
    assert b"".join(framesift.export_frames(tmp_path / "results", "list")).decode().split() == kept
    assert [
        d.frame.path for d in framesift.open_record(tmp_path / "results").decisions() if d.verdict == "keep"
    ] == kept
    assert not any(outcome.problem for outcome in framesift.verify(tmp_path / "results"))
    before = read_tree(frames)
    framesift.write_plan(framesift.find_duplicates(frames, index=tmp_path / "index").removal(), tmp_path / "plan.json")
    moved = list(framesift.apply_plan(framesift.read_plan(tmp_path / "plan.json"), tmp_path / "backup"))
    assert moved and len(read_tree(frames)) == len(before) - len(moved)
    assert not any(outcome.problem for outcome in framesift.undo(tmp_path / "backup"))
    assert read_tree(frames) == before


def test_a_format_that_is_not_there_is_named(frames, tmp_path):
    list(framesift.filter_frames(frames, tmp_path / "results"))
    with pytest.raises(framesift.UsageError, match="there is no format 'excel': these are list, csv"):
        framesift.export_frames(tmp_path / "results", "excel")
