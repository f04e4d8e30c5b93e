"""What every command leaves out, and takes in where it is asked to."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from framesift import cli, filter_frames, find_duplicates, survey_frames
from framesift.cli import options
from framesift.frames.choosing import Choice
from framesift.review import Review
from tests.conftest import encode, make_image
from tests.filtering.test_run import NEW, name, scene

STRAY = {"c1/@eaDir/thumb.png": encode(make_image()), "#recycle/old.png": encode(make_image())}


@pytest.fixture
def frames(write_tree: Callable[..., Path]) -> Path:
    return write_tree(scene(None, NEW) | scene(None, camera="c2") | STRAY)


def frame(camera: str, minute: int) -> str:
    return f"{camera}/{name(minute, camera)}"


def run(*arguments: object) -> int:
    return cli.main(list(map(str, arguments)))


LINE = "not looked at: #recycle (1 folder), @eaDir (1 folder)"


def test_the_summary_counts_what_was_left_out(frames, tmp_path, capsys):
    assert run("filter", frames, tmp_path / "r", "--exclude", "c2") == options.DONE
    output, errors = capsys.readouterr()
    assert output.splitlines()[-1] == "not looked at: #recycle (1 folder), --exclude 'c2' (1 folder), @eaDir (1 folder)"
    assert output.splitlines()[-2].startswith("total: 2 frames")
    assert errors == ""


def test_as_json(frames, tmp_path, capsys):
    run("filter", frames, tmp_path / "r", "--exclude", "c2/*", "--json")
    assert json.loads(capsys.readouterr().out)["not_looked_at"] == {
        "#recycle": {"folders": 1, "files": 0},
        "--exclude 'c2/*'": {"folders": 0, "files": 1},
        "@eaDir": {"folders": 1, "files": 0},
    }
    run("overview", frames, "--json")
    assert json.loads(capsys.readouterr().out)["not_looked_at"].keys() == {"#recycle", "@eaDir"}
    run("duplicates", frames, "--json", "--quiet")
    assert json.loads(capsys.readouterr().out)["not_looked_at"].keys() == {"#recycle", "@eaDir"}


def test_overview_and_the_others_say_so_too(frames, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for command in (["overview"], ["duplicates"], ["mask"], ["tune", "--questions", "0"]):
        run(command[0], frames, *command[1:])
        assert LINE in "".join(capsys.readouterr()).splitlines()
        run(command[0], frames, *command[1:], "--exclude", "c*", "--include", "c2")
        output = "".join(capsys.readouterr())
        assert "thumb" not in output and "c1" not in output.replace("c1/", "")


def test_a_pattern_that_covers_nothing_is_named(frames, tmp_path, capsys):
    for command in (["filter", frames, tmp_path / "r"], ["overview", frames], ["duplicates", frames]):
        run(*command, "--exclude", "C2", "--quiet")
        assert capsys.readouterr().err == f"{frames}: --exclude 'C2' covers nothing (capitals count)\n"


def test_frames_are_chosen_by_their_time(frames, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for command in (["filter"], ["overview"], ["mask"], ["tune", "--questions", "0"]):
        results = ["r"] if command == ["filter"] else []
        run(command[0], frames, *results, *command[1:], "--from", "2021-03-27 10:01", "--hours", "10-11")
        lines = "".join(capsys.readouterr()).splitlines()
        assert "not looked at: #recycle (1 folder), @eaDir (1 folder), at other times (2 frames)" in lines
    assert run("filter", frames, "r", "--hours", "6") == options.USAGE


def test_a_pattern_that_is_none_is_wrong_usage(frames, tmp_path, capsys):
    assert run("filter", frames, tmp_path / "r", "--exclude", "[z-a]") == options.USAGE
    assert "--exclude '[z-a]' is no pattern" in capsys.readouterr().err


def test_a_run_goes_on_with_other_patterns(frames, tmp_path, capsys):
    assert run("filter", frames, tmp_path / "r", "--exclude", "c2") == options.DONE
    assert run("filter", frames, tmp_path / "r") == options.DONE
    assert "total: 3 frames, 3 kept" in capsys.readouterr().out.splitlines()[-2]
    assert run("filter", frames, tmp_path / "r", "--include", "@eaDir") == options.DONE
    assert "total: 4 frames, 4 kept" in capsys.readouterr().out.splitlines()[-2]


def test_the_library_takes_patterns(frames):
    assert [decision.frame.path for decision in filter_frames(frames, exclude=["c1", "*_01_*"])] == [frame("c2", 0)]
    assert [decision.frame.path for decision in filter_frames(frames, exclude="c1")] == [frame("c2", 0)]
    overview = survey_frames(frames, exclude="c*", include=["c2"])
    assert [sighting.frame.path for sighting in overview.sightings] == [frame("c2", 0)]
    findings = find_duplicates(frames, exclude=["c2"])
    assert {item.path for item in findings.inventory.items} == {frame("c1", 0), frame("c1", 1)}


def test_what_is_left_out_is_never_removed(frames, tmp_path):
    assert run("duplicates", frames, "--remove-to", tmp_path / "b", "--exclude", "c1") == options.DONE
    assert all((frames / path).exists() for path in [*STRAY, frame("c1", 0), frame("c2", 0)])


def test_the_page_has_the_folders_that_were_chosen(frames, tmp_path):
    with Review(frames, tmp_path / "out", tmp_path / "index", Choice(("c1",))) as review:
        while review.jobs.is_pending("scan"):
            time.sleep(0.01)
        [collection] = review.collections.page()[1]
        assert (collection.path, collection.images) == ("c2", 1)
        assert [image.name for image in review.collections.images(collection, 0, 9)[1]] == [name(0, "c2")]
