"""Kept frames in a folder for each day: other names in RESULTS, and everything else the same."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift import filter_frames
from framesift.cli import main
from framesift.errors import UsageError
from framesift.filtering import manifest
from framesift.filtering.kept_names import name_frame, name_kept
from framesift.filtering.manifest import open_record
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.verifying import verify
from framesift.frames.frame import Frame
from framesift.looking.rereading import read_pixels
from tests.conftest import encode, make_image

BY_DAY = read_settings(results_by="day", timezone="Europe/Berlin")
MIDNIGHT = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
"""In Berlin."""
NAMES = st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=8)


@given(st.lists(NAMES, min_size=1, max_size=3).map("/".join), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_the_way_back_leads_to_the_frame(path, time):
    if time is not None and not 1 < time.year < 9999:
        return
    frame = Frame(path, "c1", time)
    assert name_frame(name_kept(frame, BY_DAY), BY_DAY) == path
    assert name_kept(frame, read_settings()) == path


@pytest.mark.parametrize(
    "seconds, day", [(-1, "2026-11-29"), (0, "2026-11-30"), (86399, "2026-11-30"), (None, "undated")]
)
def test_the_day_is_that_of_the_clocks_of_the_camera(seconds, day):
    time = None if seconds is None else datetime.fromtimestamp(MIDNIGHT.timestamp() + seconds, UTC)
    assert name_kept(Frame("c1/a.jpg", "c1", time), BY_DAY) == f"{day}/c1/a.jpg"


@pytest.fixture
def frames(tmp_path):
    """Frames of two cameras around a midnight, one without a time, a stack of pages."""
    import cv2

    folder = tmp_path / "frames"
    for camera in ("a", "b"):
        (folder / camera).mkdir(parents=True)
        for number in range(12):
            content = encode(make_image(box=(5 * (number // 2), 20, 12, 12)))
            (folder / camera / f"{1764460000 + 600 * number}.png").write_bytes(content)
    (folder / "b" / "latest.png").write_bytes(encode(make_image(box=(2, 2, 20, 20))))
    pages = [make_image(box=(6 * number, 10, 12, 12)) for number in range(4)]
    assert cv2.imwritemulti(str(folder / "a" / "1764460100.tiff"), [np.asarray(page) for page in pages])
    return folder


def as_lines(results):
    return (results / "manifest.jsonl").read_text().split("\n")[1:]


def kept_files(results):
    files = (path for path in results.rglob("*") if path.is_file() and path.suffix != ".jsonl")
    return {str(path.relative_to(results)) for path in files}


def test_decisions_are_the_same_and_files_lie_below_their_day(frames, tmp_path):
    plain, by_day = tmp_path / "plain", tmp_path / "by_day"
    list(filter_frames(frames, plain))
    decisions = list(filter_frames(frames, by_day, results_by="day"))
    assert as_lines(plain) == as_lines(by_day)
    kept = [each.frame for each in decisions if str(each.verdict) == "keep"]
    assert kept_files(by_day) == {name_kept(each, read_settings(results_by="day")) for each in kept}
    assert kept_files(plain) == {each.path for each in kept}
    assert {path.name for path in by_day.iterdir() if path.is_dir()} == {"2025-11-29", "2025-11-30", "undated"}
    assert [outcome for outcome in verify(by_day) if outcome.problem] == []
    assert list(filter_frames(frames, by_day, results_by="day")) == []


def test_it_goes_on_from_kept_frames_of_other_days(frames, tmp_path):
    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    list(filter_frames(frames, whole, results_by="day"))
    (tmp_path / "some").mkdir()
    for path in sorted(frames.rglob("*.[pt]*"), key=lambda path: (path.stem == "latest", path)):
        target = tmp_path / "some" / path.relative_to(frames)
        target.parent.mkdir(exist_ok=True)
        shutil.copy2(path, target)
        list(filter_frames(tmp_path / "some", pieces, results_by="day"))
        target.unlink()  # what is kept is read from RESULTS
    assert kept_files(pieces) == kept_files(whole)


def test_what_a_killed_run_has_placed_is_known(frames, tmp_path):
    results = tmp_path / "results"
    list(filter_frames(frames, results, results_by="day"))
    whole = (results / "manifest.jsonl").read_bytes()
    (results / "manifest.jsonl").write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
    list(filter_frames(frames, results, results_by="day"))
    assert (results / "manifest.jsonl").read_bytes() == whole
    (results / "2025-11-30" / "a" / "other.png").write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"other\.png: is not of framesift"):
        list(filter_frames(frames, results, results_by="day"))


def test_another_way_of_laying_is_another_folder(frames, tmp_path, capsys):
    results = tmp_path / "results"
    list(filter_frames(frames, results, results_by="day"))
    assert main(["filter", str(frames), str(results)]) == 2
    assert "was filled with results by day, not without: choose" in capsys.readouterr().err
    list(filter_frames(frames, tmp_path / "flat"))
    assert main(["filter", str(frames), str(tmp_path / "flat"), "--results-by", "day"]) == 2
    assert "was filled without results by day: choose" in capsys.readouterr().err


def test_folders_are_as_open_as_those_of_the_frames(frames, tmp_path):
    (frames / "a").chmod(0o700)
    results = tmp_path / "results"
    list(filter_frames(frames, results, results_by="day"))
    modes = {path.name: path.stat().st_mode & 0o777 for path in (results / "2025-11-29").iterdir()}
    assert modes["a"] == 0o700 and modes["b"] != 0o700


def test_who_looks_at_results_finds_the_kept_frames(frames, tmp_path, capsys):
    results = tmp_path / "results"
    decisions = list(filter_frames(frames, results, results_by="day"))
    shutil.rmtree(frames)
    record = open_record(results)
    for decision in decisions:
        if str(decision.verdict) == "keep":
            frame = decision.frame
            assert not isinstance(read_pixels(record, frame.camera, frame.path), str)
            for name in (frame.path, str(results / record.name_kept(frame.path))):
                assert main(["explain", str(results), name, "--output", str(tmp_path / "drawn.png")]) in (0, 1)
            (tmp_path / "drawn.png").unlink(missing_ok=True)
    capsys.readouterr()
    assert main(["export", str(results), "--format", "list"]) == 0
    exported = capsys.readouterr().out.split("\n")[:-1]
    assert set(exported) == kept_files(results)
    assert main(["export", str(results), "--format", "yolo"]) == 0
    assert all(Path(path).is_file() for path in capsys.readouterr().out.split("\n")[:-1])
    assert main(["report", str(results), "--output", str(tmp_path / "page.html")]) == 0


def test_a_film_is_laid_by_the_days_of_its_frames(tmp_path):
    cv2 = pytest.importorskip("cv2")
    folder = tmp_path / "films"
    folder.mkdir()
    name = "gate_2026_11_29__23_59_58.avi"
    film = cv2.VideoWriter(str(folder / name), cv2.VideoWriter_fourcc(*"MJPG"), 1, (64, 48))
    for number in range(4):
        film.write(make_image(box=(14 * number, 10, 12, 12)))
    film.release()
    results = tmp_path / "results"
    decisions = list(filter_frames(folder, results, results_by="day", every="1s"))
    assert [str(each.verdict) for each in decisions] == ["keep"] * 4
    assert sorted(path.split("/")[0] for path in kept_files(results)) == ["2026-11-29"] * 2 + ["2026-11-30"] * 2
    assert list(filter_frames(folder, results, results_by="day", every="1s")) == []


def test_a_manifest_is_not_read_twice_for_it(frames, tmp_path, monkeypatch):
    results = tmp_path / "results"
    decisions = list(filter_frames(frames, results, results_by="day"))
    record, reads = open_record(results), []
    read = manifest.read_kept_names
    monkeypatch.setattr(manifest, "read_kept_names", lambda *given: reads.append(1) or read(*given))
    for decision in decisions:
        if str(decision.verdict) == "keep":
            record.name_kept(decision.frame.path)
    assert reads == [1]
