"""`explain`: which frame is meant, what is said of it, and whether the files are still those of the run."""

import os
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest

from framesift import cli, filter_frames
from framesift.actions.files.outputs import is_output
from framesift.cli import options
from framesift.errors import UsageError
from framesift.filtering import manifest
from framesift.filtering.manifest import open_record
from framesift.filtering.selection import Decision, Verdict
from framesift.looking.decision_search import find_decision, find_time
from framesift.looking.explanation import explain_decision
from framesift.looking.explanation_picture import GAP, WIDTH, draw_explanation, encode_picture
from framesift.looking.wording import describe_changes, describe_decision, state_verdict, title_verdict
from tests.conftest import encode, make_image
from tests.filtering.test_run import MOVED, NEW, name, scene, views
from tests.frames.test_videos import door

SMALL = (30, 25, 2, 2)
"""A region too small to count at 2 %."""


@pytest.fixture
def run(write_tree, tmp_path):
    """Frames filtered into `results`: kept, dropped without and with a small change, kept, skipped, another size."""
    frames = write_tree(
        scene(None, None, SMALL, NEW)
        | {f"c1/{name(4)}": encode(make_image())[:-20], f"c1/{name(5)}": encode(make_image(90, 1200))}
    )
    assert cli.main(["filter", str(frames), str(tmp_path / "results"), "2%", "3%", "--quiet"]) == options.SKIPPED
    return tmp_path


def explain(folder, part):
    record = open_record(folder / "results")
    decision = find_decision(record, part)
    return explain_decision(record, decision, find_time(record, decision.reference))


@pytest.mark.parametrize(
    ("minute", "title"),
    [
        (0, "KEPT: the first frame of its camera and size"),
        (1, "DROPPED: nothing has changed enough to be marked"),
        (2, "DROPPED: what changed is too small to count"),
        (3, "KEPT: enough has changed since the reference"),
        (4, "SKIPPED: this file was not compared"),
        (5, "KEPT: the first frame of its camera and size"),
    ],
)
def test_every_decision_is_explained(run, minute, title):
    explanation = explain(run, name(minute))
    assert explanation.change == "" and title_verdict(explanation.decision, explanation.evidence) == title
    picture = draw_explanation(explanation)
    assert picture.dtype == np.uint8 and picture.shape[1:] == (WIDTH, 3)
    assert (picture[:, : GAP // 2] == 255).all() and (picture[:, -GAP // 2 :] == 255).all(), "nothing is cut off"
    assert (cv2.imdecode(np.frombuffer(encode_picture(picture), np.uint8), cv2.IMREAD_COLOR) == picture).all()


def test_a_change_of_the_whole_picture_is_explained(write_tree, tmp_path):
    frames, said = write_tree(views(*MOVED)), {}
    for most in (None, 60):
        list(filter_frames(frames, tmp_path / "results", most=most))
        shown = explain(tmp_path, name(1))
        assert shown.change == "" and draw_explanation(shown).shape[1] == WIDTH
        said[most] = (
            title_verdict(shown.decision, shown.evidence),
            state_verdict(shown.decision, shown.limit, shown.area),
        )
        shutil.rmtree(tmp_path / "results")
    above = "changed 110 % of the picture, needed more than 0.75 % (2,640 px, 18 px)"
    extent = "the whole picture has changed (100%)"
    assert said == {
        None: ("KEPT: the whole picture has changed since the reference", f"Kept: {above}; {extent}"),
        60: ("LEFT OUT: too much of the picture has changed since the reference", f"Left out: {above}, but {extent}"),
    }


def test_what_is_like_a_frame_that_was_left_out_is_explained_by_it(write_tree, tmp_path):
    frames = write_tree(views(*MOVED))
    list(filter_frames(frames, tmp_path / "results", most=60))
    shown = explain(tmp_path, name(3))
    assert shown.decision.reference == f"c1/{name(1)}" and shown.change == "" and shown.evidence is not None
    assert shown.settings.reference_in_words == "the last kept frame (or one left out since)"


def test_the_numbers_are_those_of_the_manifest(run):
    for decision in open_record(run / "results").decisions():
        explanation = explain(run, decision.frame.path)
        if decision.score is not None:
            assert explanation.evidence.comparison.score == decision.score
            assert decision.reason.endswith(f" {explanation.limit:g}")
            said = state_verdict(decision, explanation.limit, explanation.area)
            assert said == describe_decision(explanation.settings, decision)
            assert f"({decision.score:,.0f} px, {explanation.limit:,.0f} px)" in said


def test_what_changed_in_words(run):
    assert describe_changes(explain(run, name(1)).evidence) == "No pixel changed by more than 45 of 255 grey levels."
    small = describe_changes(explain(run, name(2)).evidence)
    assert small == "1 region too small to count (yellow): 25 px, and 49 px would count."
    assert describe_changes(explain(run, name(3)).evidence).startswith("1 region counts (red): ")


@pytest.mark.parametrize("size", [(176, 128), (3840, 2160), (1, 300), (300, 1)])
def test_no_text_is_cut_off_at_any_size(write_tree, tmp_path, size):
    long = "W" * 200
    frames = write_tree({f"{long}_{name(n)}": encode(make_image(*size)) for n in range(2)})
    cli.main(["filter", str(frames), str(tmp_path / "results"), "--quiet"])
    picture = draw_explanation(explain(tmp_path, name(1)))
    assert picture.shape[1] == WIDTH and (picture[:, -GAP // 2 :] == 255).all()


def test_a_name_and_its_parts(run, monkeypatch):
    record = open_record(run / "results")
    monkeypatch.chdir(run)
    path = f"c1/{name(1)}"
    for part in (path, name(1), "__10_01", f"frames/{path}", str(run / "frames" / path), f"results/{path}"):
        assert find_decision(record, part).frame.path == path
    with pytest.raises(UsageError) as several:
        find_decision(record, "c1_2021")
    assert several.value.reason.count("c1/c1_2021") == 5 and "and 1 more" in several.value.reason
    with pytest.raises(UsageError) as unknown:
        find_decision(record, "c1_2021_03_27__10_09_00.png")
    assert "is no frame of" in unknown.value.reason and unknown.value.reason.count("c1/c1_2021") == 5


def test_changed_files_are_told(run, capsys):
    target = str(run / "why.png")
    command = ["explain", str(run / "results"), name(2), "--output", target]
    assert cli.main(command) == options.DONE
    output, errors = capsys.readouterr()
    assert (
        output.startswith(f"c1/{name(2)}: Dropped: changed 0 % of the picture,") and errors == "" and is_output(target)
    )
    same = explain(run, name(2))
    (run / "frames" / "c1" / name(2)).write_bytes(encode(make_image(box=NEW)))
    assert cli.main(command) == options.SKIPPED
    line = capsys.readouterr().err
    assert line.startswith(f"c1/{name(2)}: the files have changed since the run: the score is now ")
    assert line.endswith(", the manifest says 0\n")
    assert draw_explanation(explain(run, name(2))).shape[0] > draw_explanation(same).shape[0]


@pytest.mark.parametrize(
    ("minute", "content", "change"),
    [
        (1, None, "the frame cannot be read any more: No such file or directory"),
        (1, b"", "the frame cannot be read any more: empty file"),
        (1, encode(make_image(20, 20)), "the frame or its reference has another size now"),
        (4, encode(make_image()), "skipped then as truncated PNG, now a whole picture"),
        (4, b"", "skipped then as truncated PNG, now empty file"),
    ],
)
def test_vanished_and_damaged_files(run, minute, content, change):
    path = run / "frames" / "c1" / name(minute)
    path.unlink() if content is None else path.write_bytes(content)
    explanation = explain(run, name(minute))
    assert explanation.change == change
    draw_explanation(explanation)


def test_a_kept_frame_that_is_gone_is_taken_from_the_results(run):
    (run / "frames" / "c1" / name(0)).unlink()
    assert explain(run, name(1)).change == ""
    (run / "results" / "c1" / name(0)).unlink()
    assert explain(run, name(1)).change.startswith("the reference cannot be read any more: No such file")


def test_a_kept_frame_whose_file_was_refreshed_is_taken_from_the_results(run):
    """Each picture that a file has held is explained by what it held then, as far as that is anywhere."""

    def refresh(content: bytes, mtime: int) -> Decision:
        path = run / "frames" / "c1" / name(0)
        path.write_bytes(content)
        os.utime(path, (mtime, mtime))
        cli.main(["filter", str(run / "frames"), str(run / "results"), "2%", "3%", "--quiet"])
        [*_, last] = open_record(run / "results").decisions()
        return last

    dropped = refresh(encode(make_image(box=NEW)), 1_700_000_000)
    assert (dropped.verdict, dropped.frame.source) == ("drop", f"c1/{name(0)}")
    assert explain(run, dropped.frame.path).change == explain(run, name(1)).change == ""
    kept = refresh(encode(make_image()), 1_700_000_060)
    refresh(encode(make_image(level=200)), 1_700_000_120)
    assert kept.verdict == "keep" and explain(run, kept.frame.path).change == explain(run, name(1)).change == ""
    assert explain(run, dropped.frame.path).change.startswith("the score is now")


def test_wrong_usage(run, capsys):
    results, frames = str(run / "results"), run / "frames"
    before = sorted(frames.rglob("*"))
    (run / "mine.png").write_bytes(encode(make_image()))
    for arguments in (
        [results, name(1), "--output", str(frames / "x.png")],
        [results, name(1), "--output", str(run / "mine.png")],
        [results, "nothing like it", "--output", str(run / "x.png")],
        [str(frames), name(1), "--output", str(run / "x.png")],
    ):
        assert cli.main(["explain", *arguments]) == options.USAGE
        assert capsys.readouterr().err.count("\n") == 1
    assert sorted(frames.rglob("*")) == before and not (run / "x.png").exists()


def test_settings_that_this_version_does_not_know(run):
    path = run / "results" / manifest.NAME
    path.write_text(path.read_text().replace("framediff", "telepathy", 1))
    with pytest.raises(UsageError, match="telepathy"):
        open_record(run / "results")


def test_frames_compared_at_one_size(write_tree, tmp_path):
    frames = write_tree({f"c1/{name(0)}": encode(make_image()), f"c1/{name(1)}": encode(make_image(128, 96, box=NEW))})
    cli.main(["filter", str(frames), str(tmp_path / "results"), "--size", "32x24", "--quiet"])
    explanation = explain(tmp_path, name(1))
    assert explanation.change == "" and explanation.decision.verdict is Verdict.KEEP
    draw_explanation(explanation)


def test_a_dropped_frame_of_a_film_is_found_in_the_film(tmp_path):
    door(tmp_path / "frames" / "door.mp4")
    list(filter_frames(tmp_path / "frames", tmp_path / "results", every="500ms"))
    record = open_record(tmp_path / "results")
    decision = find_decision(record, "000001.500s")
    assert decision.verdict == "drop" and isinstance(explain_decision(record, decision, None).candidate, str)
    explanation = explain_decision(record, decision, None, walk_films=True)
    assert explanation.change == "" and explanation.evidence.comparison.score == decision.score


@pytest.mark.parametrize(("minute", "of_hours"), [(0, ['[camera.c1."10:00-10:02"]']), (3, [])])
def test_settings_of_some_frames_only_are_told(write_tree, tmp_path, minute, of_hours):
    frames = write_tree(scene(None, None, SMALL, NEW))
    config = tmp_path / "framesift.toml"
    config.write_text('[camera.c1]\nblur = 3\n[camera.c1."10:00-10:02"]\nscore-threshold = "4%"\n')
    list(filter_frames(frames, tmp_path / "results", "2%", "3%", config=config))
    explanation = explain(tmp_path, name(minute))
    assert [section.title for section in explanation.sections] == ["[camera.c1]", *of_hours]
    assert len(draw_explanation(explanation)) > len(draw_explanation(replace(explanation, sections=())))


def test_tolerance_is_explained_by_the_pixels_that_were_compared(shared, tmp_path):
    list(filter_frames(shared / "frames" / "c102", tmp_path / "results", method="tolerance"))
    record = open_record(tmp_path / "results")
    compared = [decision for decision in record.decisions() if decision.score is not None][:12]
    assert any(decision.score for decision in compared)
    for decision in compared:
        assert explain_decision(record, decision, None).change == ""


def test_fast_decoding_is_explained_by_the_pixels_that_were_compared(tmp_path):
    frames = tmp_path / "frames"
    frames.mkdir()
    for minute, box in enumerate((None, NEW)):
        image = cv2.resize(make_image(box=box), (320, 240), interpolation=cv2.INTER_CUBIC)
        (frames / name(minute)).with_suffix(".jpg").write_bytes(encode(image, ".jpg"))
    list(filter_frames(frames, tmp_path / "results", decode="fast", size=(80, 60)))
    explanation = explain(tmp_path, name(1)[:-4])
    assert explanation.change == "" and explanation.evidence.comparison.score == explanation.decision.score > 0
    assert explanation.candidate.shape == (240, 320, 3), "people are shown the colours"
