"""Kept frames of long ago go to a backup and come back; the manifest stays true, and runs go on as before."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from framesift import filter_frames
from framesift.actions import apply_plan
from framesift.cli import main
from framesift.errors import StorageError, UsageError
from framesift.filtering.pruned import NAME, forget_present, list_away, note_pruned, read_pruned
from framesift.filtering.pruning import plan_pruning
from framesift.filtering.verifying import verify
from tests.conftest import encode, make_image, read_tree

DAY = 86400
NOW = datetime.now(UTC).timestamp() // DAY * DAY


def write(folder, camera, days, size=(64, 48)):
    """Frames of a camera, one so many days ago each, of which every second is new."""
    (folder / camera).mkdir(parents=True, exist_ok=True)
    for days_ago in days:
        picture = make_image(*size, box=(5 * (days_ago // 20 % 10), 12, 12, 12))
        (folder / camera / f"{NOW - days_ago * DAY:.0f}.png").write_bytes(encode(picture))


@pytest.fixture
def frames(tmp_path):
    folder = tmp_path / "frames"
    write(folder, "a", range(200, 40, -10))
    write(folder, "b", range(200, 0, -10))
    write(folder, "b", range(195, 95, -10), (48, 64))
    return folder


def prune(results, backup, *more):
    return main(["prune", str(results), "--older", "90d", "--remove-to", str(backup), "--quiet", *more])


@pytest.mark.parametrize("chosen", [{}, {"results_by": "day"}, {"against": 3}, {"link": "hard"}], ids=str)
def test_a_run_goes_on_as_if_nothing_had_gone(frames, tmp_path, chosen):
    pruned, whole, backup = (tmp_path / name for name in ("pruned", "whole", "backup"))
    for results in (pruned, whole):
        list(filter_frames(frames, results, **chosen))
    assert prune(pruned, backup) == 0
    assert 0 < len(list_away(pruned)) < 20
    assert [outcome.problem for outcome in verify(pruned) if outcome.problem] == []
    assert list(filter_frames(frames, pruned, **chosen)) == []
    write(frames, "a", [20, 10, 5])
    write(frames, "b", [5, 4, 1])
    write(frames, "b", [6, 2], (48, 64))
    again = [list(filter_frames(frames, results, **chosen)) for results in (pruned, whole)]
    assert again[0] == again[1] != []
    assert (pruned / "manifest.jsonl").read_text() == (whole / "manifest.jsonl").read_text()
    assert main(["undo", str(backup), "--quiet"]) == 0
    assert read_tree(pruned) == read_tree(whole)


def test_the_last_kept_frame_of_each_chain_stays_however_old(frames, tmp_path):
    results = tmp_path / "results"
    decisions = list(filter_frames(frames, results))
    pruning = plan_pruning(results, timedelta(hours=1), datetime.now(UTC) + timedelta(days=1000))
    gone, kept = {step.path for step in pruning.plan.steps}, [d for d in decisions if str(d.verdict) == "keep"]
    stay = [decision for decision in kept if decision.frame.path not in gone]
    assert pruning.stays == len(stay) == 3
    assert {(each.frame.camera, each.size) for each in stay} == {("a", (64, 48)), ("b", (64, 48)), ("b", (48, 64))}
    assert pruning.size == sum((results / path).stat().st_size for path in gone)


def test_nothing_of_the_results_changes_before_it_is_asked_for(frames, tmp_path, capsys):
    results, backup = tmp_path / "results", tmp_path / "backup"
    list(filter_frames(frames, results))
    before = read_tree(results)
    assert main(["prune", str(results), "--older", "90d"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("18 kept frames of ") and " older than 90d (" in said[0]
    assert said[1] == f"Move them away: framesift prune {results} --older 90d --remove-to backup"
    assert prune(results, backup, "--dry-run") == 0
    assert read_tree(results) == before and not backup.exists()


def test_what_is_away_on_purpose_is_told_from_what_is_lost(frames, tmp_path, capsys):
    results = tmp_path / "results"
    list(filter_frames(frames, results))
    prune(results, tmp_path / "backup")
    away = len(list_away(results))
    assert main(["verify", str(results)]) == 0
    assert capsys.readouterr().out.endswith(f"0 not; {away} pruned\n")
    main(["undo", str(tmp_path / "backup"), "--quiet"])
    assert not (results / NAME).exists()
    lost = next(path for path in results.rglob("*.png"))
    lost.unlink()
    assert main(["verify", str(results)]) == 1
    assert f"{lost}: is gone" in capsys.readouterr().err


def test_exports_name_what_is_there(frames, tmp_path, capsys):
    results = tmp_path / "results"
    list(filter_frames(frames, results))
    prune(results, tmp_path / "backup")
    assert main(["export", str(results), "--format", "list"]) == 0
    named = capsys.readouterr().out.split()
    assert set(named) == {str(path.relative_to(results)) for path in results.rglob("*.png")}
    assert main(["report", str(results), "--output", str(tmp_path / "page.html")]) == 0


def test_frames_without_a_time_that_can_be_right_go_by_their_file(tmp_path):
    folder, results = tmp_path / "frames", tmp_path / "results"
    write(folder, "a", [3, 2, 1])
    for number, name in enumerate(("latest.png", "cover.png", f"{NOW - 9000 * DAY:.0f}.png")):
        (folder / "a" / name).write_bytes(encode(make_image(level=30 + 20 * number, box=(8 * number, 2, 20, 20))))
    os.utime(folder / "a" / "cover.png", (NOW - 100 * DAY, NOW - 100 * DAY))
    decisions = list(filter_frames(folder, results))
    assert [str(each.verdict) for each in decisions].count("keep") == 4
    assert [step.path for step in plan_pruning(results, timedelta(days=90)).plan.steps] == ["a/cover.png"]


def test_a_stopped_removal_is_brought_to_an_end_by_the_next(frames, tmp_path):
    results, backup = tmp_path / "results", tmp_path / "backup"
    list(filter_frames(frames, results))
    before = read_tree(results)
    pruning = plan_pruning(results, timedelta(days=90))
    note_pruned(results, [step.path for step in pruning.plan.steps])
    moving = apply_plan(pruning.plan, backup)
    next(moving)
    moving.close()
    assert [outcome.problem for outcome in verify(results) if outcome.problem] == []
    assert list(filter_frames(frames, results)) == []
    assert prune(results, backup) == 0
    assert read_pruned(results) == list_away(results) == {step.path for step in pruning.plan.steps}
    main(["undo", str(backup), "--quiet"])
    assert read_tree(results) == before


def test_links_and_backups_within_are_refused(frames, tmp_path, capsys):
    results = tmp_path / "results"
    list(filter_frames(frames, results))
    assert prune(results, results / "backup") == 2
    assert "lies in RESULTS, where every file is a kept frame: choose another" in capsys.readouterr().err
    list(filter_frames(frames, tmp_path / "links", link="symbolic"))
    with pytest.raises(UsageError, match="has links, which take no room"):
        plan_pruning(tmp_path / "links", timedelta(days=90))
    with pytest.raises(UsageError, match="no such folder"):
        plan_pruning(tmp_path / "nowhere", timedelta(days=90))


@pytest.mark.parametrize("age", ["", "90", "0d", "-1d", "1.5d", "d", "101y", "99999999999d", "90 d", "٣d"])
def test_an_age_that_is_none_is_refused(age, tmp_path, capsys):
    assert main(["prune", str(tmp_path), f"--older={age}"]) == 2
    assert "--older takes an age such as 48h, 90d, 12w or 2y" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [b"x\n", b'"../a"\n', b'"/etc/passwd"\n', b"1\n", b"\xff\n", b"[" * 100_000],
    ids=lambda each: repr(each[:9]),
)
def test_a_forged_file_names_nothing_outside(frames, tmp_path, content):
    results = tmp_path / "results"
    list(filter_frames(frames, results))
    (results / NAME).write_bytes(content)
    for read in (read_pruned, list_away, forget_present, lambda folder: list(verify(folder))):
        with pytest.raises(StorageError):
            read(results)


def test_names_of_any_bytes_are_noted(tmp_path):
    names = {"a\udcff.png", "b\n.png", 'c".png', "ü/d.png"}
    note_pruned(tmp_path, names)
    assert read_pruned(tmp_path) == names
    assert all(json.loads(line) in names for line in (tmp_path / NAME).read_text("ascii").splitlines())
    shutil.rmtree(tmp_path)
    assert read_pruned(tmp_path) == frozenset()
