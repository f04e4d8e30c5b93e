"""Films in the main job: chains of a camera's films, going on with them, and what a sample passes over."""

import json
import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift import cli, filter_frames
from framesift.cli import options
from framesift.cluster.parallel import open_workers
from framesift.errors import UsageError
from framesift.filtering import manifest
from framesift.filtering.describing import view_looks
from framesift.filtering.films import Films
from framesift.filtering.option_values import parse_every
from framesift.filtering.options import OPTIONS
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.results import Results
from framesift.filtering.run import Run
from framesift.filtering.settings import Settings
from framesift.filtering.sinks import Sink
from framesift.frames.naming import Naming
from framesift.frames.videos import Still, name_film, name_still
from tests.conftest import encode, make_image, read_decided, read_tree
from tests.frames.encoding import encode_film, needs_ffmpeg
from tests.frames.test_videos import SIZE, door, write_video

MINUTES = {
    "front_20230612_100000.avi": [(1, 2)],
    "front_20230612_100100.avi": [],
    "front_20230612_100200.avi": [(0, 4)],
    "back_20230612_100000.avi": [(2, 9)],
}


def decide(folder: Path, results: Path | None = None, **chosen):
    return list(filter_frames(folder, results, **{"every": 1, **chosen}))


def kept(decisions) -> list[str]:
    return [decision.frame.path for decision in decisions if decision.verdict == "keep"]


@pytest.fixture
def frames(tmp_path) -> Path:
    for name, events in MINUTES.items():
        door(tmp_path / "frames" / name, events)
    return tmp_path / "frames"


def scene(events, end):
    """The pictures of `door`."""
    boxes = [any(start <= n / 10 < stop for start, stop in events) for n in range(end * 10)]
    return [make_image(*SIZE, box=(60, 50, 60, 50) if box else None) for box in boxes]


class TestChains:
    def test_films_whose_names_say_a_camera_are_one_chain(self, frames):
        decisions = decide(frames)
        assert [decision.frame.camera for decision in decisions] == ["back"] * 4 + ["front"] * 12
        assert kept(decisions) == [
            "back_20230612_100000.avi/back_2023_06_12__10_00_00.000Z.png",
            "back_20230612_100000.avi/back_2023_06_12__10_00_02.000Z.png",
            "front_20230612_100000.avi/front_2023_06_12__10_00_00.000Z.png",
            "front_20230612_100000.avi/front_2023_06_12__10_00_01.000Z.png",
            "front_20230612_100000.avi/front_2023_06_12__10_00_02.000Z.png",
            "front_20230612_100200.avi/front_2023_06_12__10_02_00.000Z.png",
        ]
        times = [decision.frame.time for decision in decisions if decision.frame.camera == "front"]
        assert times == sorted(times)

    def test_a_pattern_says_it_too(self, tmp_path):
        for day, hour in (("12", "10"), ("12", "11"), ("13", "09")):
            door(tmp_path / "frames" / f"x{day}{hour}gate.202306{day}_{hour}0000.avi", [])
        assert len({decision.frame.camera for decision in decide(tmp_path / "frames")}) == 3
        pattern = r"(?P<camera>gate)[.](?P<time>\d{8}_\d{6})"
        decisions = decide(tmp_path / "frames", name_pattern=pattern)
        assert {decision.frame.camera for decision in decisions} == {"gate"} and len(kept(decisions)) == 1

    def test_without_a_camera_in_its_name_each_is_its_own(self, tmp_path):
        for name in ("a/10-00-00.avi", "a/20230612_100000.avi", "b.avi"):
            door(tmp_path / "frames" / name, [])
        assert {d.frame.camera for d in decide(tmp_path / "frames")} == {
            "a/10-00-00.avi",
            "a/20230612_100000.avi",
            "b.avi",
        }

    def test_pictures_of_the_camera_are_put_in_by_their_times(self, frames):
        for clock, there in (("095900", False), ("100030", True), ("100300", True)):
            image = make_image(*SIZE, box=(60, 50, 60, 50) if there else None)
            (frames / f"front_20230612_{clock}.png").write_bytes(encode(image))
        (frames / "side_20230612_100030.png").write_bytes(encode(make_image(*SIZE)))
        decisions = decide(frames)
        assert decisions[0].frame.path == "side_20230612_100030.png"
        front = [decision for decision in decisions if decision.frame.camera == "front"]
        times = [decision.frame.time for decision in front]
        assert len(front) == 15 and times == sorted(times)
        assert [d.verdict[0] for d in front if d.frame.offset is None] == ["k", "k", "d"]
        assert [d.verdict[0] for d in front if "_100100." in d.frame.path] == list("kddd")  # the box is gone

    def test_masks_are_for_the_camera(self, frames, tmp_path):
        mask = make_image(*SIZE, level=0)
        mask[:] = 255
        mask[45:115, 50:130] = 0
        cv2.imwrite(str(tmp_path / "mask.png"), mask)
        decisions = decide(frames, mask=[f"front={tmp_path / 'mask.png'}"])
        assert len(kept([d for d in decisions if d.frame.camera == "front"])) == 1
        assert len(kept([d for d in decisions if d.frame.camera == "back"])) == 2
        assert (
            cli.main(["mask", str(frames), "--output", str(tmp_path / "m.json"), "--pictures", str(tmp_path / "drawn")])
            == 0
        )
        assert sorted(os.listdir(tmp_path / "drawn")) == ["back.png", "front.png"]

    def test_labels_report_and_explanation(self, frames, tmp_path, capsys):
        results = tmp_path / "results"
        decide(frames, results)
        still = "front_20230612_100100.avi/front_2023_06_12__10_01_02.000Z.png"
        assert cli.main(["explain", str(results), still, "--output", str(tmp_path / "why.png")]) == options.DONE
        assert "changed" not in capsys.readouterr().err
        assert cli.main(["report", str(results), "--output", str(tmp_path / "report.html")]) == options.DONE
        assert cli.main(["verify", str(results)]) == options.DONE


class TestGoingOn:
    @pytest.mark.parametrize("chosen", [{}, {"against": 2}, {"most": 1}, {"method": "tolerance"}, {"every": "frame"}])
    @pytest.mark.parametrize("stop", [2, 7, 11])
    def test_stopped_and_run_again_is_an_undisturbed_run(self, frames, tmp_path, stop, chosen):
        (frames / "front_20230612_100030.png").write_bytes(encode(make_image(*SIZE)))
        chosen = {"every": 0.5, **chosen}
        decide(frames, tmp_path / "whole", **chosen)
        steps = filter_frames(frames, tmp_path / "stopped", jobs=1, **chosen)
        for _ in range(stop):
            next(steps)
        steps.close()
        decide(frames, tmp_path / "stopped", **chosen)
        assert read_decided(tmp_path / "stopped") == read_decided(tmp_path / "whole")
        assert decide(frames, tmp_path / "stopped", **chosen) == []

    def test_films_that_come_later_go_on_from_the_last_kept_frame(self, frames, tmp_path):
        (tmp_path / "later").mkdir()
        for name in ("front_20230612_100100.avi", "front_20230612_100200.avi"):
            (frames / name).rename(tmp_path / "later" / name)
        decide(frames, tmp_path / "results")
        for name in ("front_20230612_100100.avi", "front_20230612_100200.avi"):
            (tmp_path / "later" / name).rename(frames / name)
            decide(frames, tmp_path / "results")
        whole = {decision.frame.path: decision for decision in decide(frames)}
        found = list(manifest.read_decisions(str(tmp_path / "results" / manifest.NAME)))
        assert {decision.frame.path: decision for decision in found} == whole

    def test_a_kept_still_that_was_taken_away_is_decoded_again(self, frames, tmp_path):
        moved = frames / "front_20230612_100200.avi"
        moved.rename(tmp_path / moved.name)
        decide(frames, tmp_path / "results")
        for still in (tmp_path / "results").rglob("front*.png"):
            still.unlink()
        (tmp_path / moved.name).rename(moved)
        assert [decision.verdict[0] for decision in decide(frames, tmp_path / "results")] == list("kddd")

    def test_a_late_film_is_named_and_one_that_overlaps_is_not_late(self, frames, tmp_path, capsys):
        late = frames / "front_20230612_100000.avi"
        late.rename(tmp_path / late.name)
        arguments = ["filter", str(frames), str(tmp_path / "results"), "--every", "1s"]
        assert cli.main(arguments) == options.DONE
        door(frames / "front_20230612_100203.avi", [])
        assert cli.main(arguments) == options.DONE
        (tmp_path / late.name).rename(late)
        capsys.readouterr()
        assert cli.main(arguments) == options.SKIPPED
        assert "front_20230612_100000.avi" in capsys.readouterr().err

    @pytest.mark.parametrize("name", ["door.avi", "front_20230612_100000.avi"])
    @pytest.mark.parametrize("seconds", [3, 4, 7])
    def test_another_film_of_the_same_name_is_named_and_left(self, tmp_path, name, seconds, capsys):
        folder, film = tmp_path / "frames", tmp_path / "frames" / name
        door(film)
        arguments = ["filter", str(folder), str(tmp_path / "results"), "--every", "1s"]
        assert cli.main(arguments) == options.DONE
        before = read_tree(tmp_path / "results")
        film.unlink()
        door(film, [(2, 3)], seconds)
        os.utime(film, (1_700_000_000, 1_700_000_000))
        capsys.readouterr()
        assert cli.main(arguments) == options.SKIPPED
        expected = f"{name}: holds another film than the one that was decided: left; give it another name"
        assert expected in capsys.readouterr().err
        assert read_tree(tmp_path / "results") == before
        film.rename(folder / f"new_{name}")
        assert cli.main(arguments) == options.DONE

    @pytest.mark.parametrize("chosen", [{}, {"method": "tolerance"}, {"size": (80, 60)}])
    def test_a_longer_film_that_shows_the_same_is_gone_on_with_whatever_its_pixels(self, tmp_path, chosen):
        film = door(tmp_path / "frames" / "door.avi")
        decide(tmp_path / "frames", tmp_path / "results", **chosen)
        film.unlink()
        write_video(film, (np.minimum(picture, 254) for picture in scene([(1, 2), (5, 6)], 7)), 10)
        assert [d.verdict[0] for d in decide(tmp_path / "frames", tmp_path / "results", **chosen)][:2] == ["d", "k"]
        assert decide(tmp_path / "frames", tmp_path / "results", **chosen) == []

    def test_another_time_alone_is_no_other_film(self, frames, tmp_path, capsys):
        decide(frames, tmp_path / "results")
        for film in frames.iterdir():
            os.utime(film, (1_700_000_000, 1_700_000_000))
        arguments = ["filter", str(frames), str(tmp_path / "results"), "--every", "1s"]
        assert cli.main(arguments) == options.DONE
        assert capsys.readouterr().err == ""

    def test_results_in_which_each_film_was_a_camera_are_refused(self, frames, tmp_path):
        results = tmp_path / "results"
        decide(frames, results)
        lines = [json.loads(line) for line in (results / manifest.NAME).read_text().splitlines()]
        del lines[0]["settings"]["key_frames"]
        with (results / manifest.NAME).open("w") as file:
            for line in lines:
                line |= {"camera": line["path"].rpartition("/")[0]} if "path" in line else {}
                file.write(json.dumps(line) + "\n")
        with pytest.raises(UsageError, match="each film was a camera of its own: choose another results folder"):
            decide(frames, results)

    def test_older_results_of_films_without_a_camera_are_gone_on_with(self, tmp_path):
        results = tmp_path / "results"
        door(tmp_path / "frames" / "door.avi")
        decide(tmp_path / "frames", results)
        content = (results / manifest.NAME).read_text()
        (results / manifest.NAME).write_text(content.replace('"key_frames": false, ', ""))
        assert decide(tmp_path / "frames", results) == []

    @needs_ffmpeg
    @pytest.mark.parametrize("suffix", ["ts", "h264", "mkv", "flv"])
    def test_a_film_that_is_being_recorded_is_gone_on_with(self, tmp_path, suffix):
        whole = (
            encode_film(tmp_path / f"a.{suffix}", "-live", "1")
            if suffix == "mkv"
            else encode_film(tmp_path / f"a.{suffix}")
        )
        if suffix == "flv":
            whole = encode_film(tmp_path / "b.flv", "-flvflags", "no_duration_filesize")
        folder, content = tmp_path / "frames", whole.read_bytes()
        folder.mkdir()
        for part in (0.4, 0.45, 0.8, 1):
            (folder / whole.name).write_bytes(content[: int(part * len(content))])
            decide(folder, tmp_path / "results", every="frame")
        found = list(manifest.read_decisions(str(tmp_path / "results" / manifest.NAME)))
        assert found == decide(folder, every="frame") and len(found) == 40


BOX = (60, 50, 60, 50)
LATE = {
    "front_20230612_100000.avi": [],
    "front_20230612_100100.avi": [(0, 2), (3, 4)],  # comes late
    "front_20230612_100101.avi": [(0, 2)],  # so does this, beside it
    "front_20230612_100200.avi": [],
    "front_20230612_100300.avi": [(0, 4)],
}


@pytest.fixture
def late(tmp_path) -> Path:
    """Frames of which all but three films and a picture have been decided into `results`."""
    folder = tmp_path / "frames"
    for name in ("front_20230612_100000.avi", "front_20230612_100200.avi"):
        door(folder / name, LATE[name])
    decide(folder, tmp_path / "results", late="decide")
    for name, events in LATE.items():
        if not (folder / name).exists():
            door(folder / name, events)
    (folder / "front_20230612_100102.png").write_bytes(encode(make_image(*SIZE, box=BOX)))
    return folder


class TestLate:
    def test_each_frame_is_compared_with_the_kept_one_before_it_and_nothing_else_changes(self, late, tmp_path):
        decisions = decide(late, tmp_path / "results", late="decide")
        found = [(d.frame.path[15:21], f"{d.frame.time:%M:%S}", d.verdict[0], d.order) for d in decisions]
        assert found == [
            ("100100", "01:00", "k", "late"),
            ("100100", "01:01", "d", "late"),
            ("100101", "01:01", "d", "late"),
            ("100102", "01:02", "d", "late"),
            ("100100", "01:02", "k", "late"),
            ("100101", "01:02", "k", "late"),
            ("100100", "01:03", "d", "late"),
            ("100101", "01:03", "k", "late"),
            ("100101", "01:04", "d", "late"),
            *(("100300", f"03:0{second}", "k" if not second else "d", None) for second in range(4)),
        ]
        assert decisions[-1].reference == decisions[-4].frame.path
        assert decisions[-4].reference == "front_20230612_100000.avi/front_2023_06_12__10_00_00.000Z.png"
        assert decide(late, tmp_path / "results", late="decide") == []

    @pytest.mark.parametrize("chosen", [{}, {"against": 2}, {"most": 1}, {"method": "tolerance"}, {"every": 0.5}])
    @pytest.mark.parametrize("stop", [1, 3, 6, 10])
    def test_stopped_and_run_again_is_an_undisturbed_run(self, late, tmp_path, stop, chosen):
        if chosen:
            shutil.rmtree(tmp_path / "results")
            (tmp_path / "aside").mkdir()
            aside = [path for path in late.iterdir() if path.name[15:21] not in ("100000", "100200")]
            for path in aside:
                path.rename(tmp_path / "aside" / path.name)
            decide(late, tmp_path / "results", **chosen)
            for path in aside:
                (tmp_path / "aside" / path.name).rename(path)
        shutil.copytree(tmp_path / "results", tmp_path / "stopped")
        chosen = {"every": 1, "late": "decide", **chosen}
        whole = list(filter_frames(late, tmp_path / "results", jobs=4, **chosen))
        steps = filter_frames(late, tmp_path / "stopped", jobs=1, **chosen)
        for _ in range(stop):
            next(steps)
        steps.close()
        assert len(list(filter_frames(late, tmp_path / "stopped", jobs=1, **chosen))) == len(whole) - stop
        assert read_tree(tmp_path / "stopped") == read_tree(tmp_path / "results")

    def test_of_a_film_that_goes_on_beyond_the_last_decided_frame_the_rest_is_in_order(self, late, tmp_path):
        door(late / "front_20230612_100159.avi", [], end=6)
        decisions = decide(late, tmp_path / "results", late="decide")
        found = [(f"{d.frame.time:%S}", d.order) for d in decisions if "100159" in d.frame.path]
        assert found == [("59", "late"), ("00", "late"), ("01", "late"), ("02", "late"), ("03", None), ("04", None)]
        assert decide(late, tmp_path / "results", late="decide") == []

    def test_what_grows_late_is_named_and_moves_nothing(self, tmp_path):
        folder, results = tmp_path / "frames", tmp_path / "results"
        for name in ("front_20230612_100000.avi", "front_20230612_100200.avi"):
            door(folder / name)
        decide(folder, results)
        before = read_tree(results)
        door(folder / "front_20230612_100000.avi", end=7)
        os.utime(folder / "front_20230612_100000.avi", (1_700_000_000, 1_700_000_000))
        source = Films(folder, read_settings(every=1))
        with Run(source, Results(results, folder, source.settings), source.settings) as run:
            assert list(run.decide()) == []
        assert [frame.path for frame in source.late] == ["front_20230612_100000.avi"] and read_tree(results) == before
        assert {d.order for d in decide(folder, results, late="decide")} == {"late"}

    @pytest.mark.parametrize("wrong", ["20990101_100000", "20000101_100000"])
    def test_a_film_of_a_wrong_clock_is_decided_and_makes_no_other_one_late(self, tmp_path, wrong, capsys):
        folder, results = tmp_path / "frames", tmp_path / "results"
        door(folder / "front_20230612_100000.avi")
        decide(folder, results)
        arguments = ["filter", str(folder), str(results), "--every", "1s"]
        door(folder / f"front_{wrong}.avi")
        assert cli.main(arguments) == options.DONE
        expected = f"camera front: clock fault: 1 frame, such as front_{wrong}.avi: its time, {wrong[:4]}-01-01 10:00,"
        assert expected in capsys.readouterr().err
        door(folder / "front_20230612_100100.avi")
        assert [(d.frame.file, d.order) for d in decide(folder, results)] == [("front_20230612_100100.avi", None)] * 4
        of_wrong = [d for d in manifest.read_decisions(results / manifest.NAME) if wrong in d.frame.path]
        assert [d.order for d in of_wrong] == ["clock fault"] * 4 and decide(folder, results) == []

    def test_films_of_a_wrong_clock_come_after_the_others_of_their_camera(self, tmp_path):
        for name in ("front_20990101_100000.avi", "front_20230612_100000.avi", "back_20230612_100000.avi"):
            door(tmp_path / "frames" / name)
        stills = [(d.frame.file, d.order) for d in decide(tmp_path / "frames")]
        orders = [("back_20230612_100000.avi", None), ("front_20230612_100000.avi", None)]
        assert list(dict.fromkeys(stills)) == [*orders, ("front_20990101_100000.avi", "clock fault")]

    def test_the_end_of_a_damaged_film_moves_nothing_back(self, tmp_path):
        folder, results = tmp_path / "frames", tmp_path / "results"
        content = door(folder / "front_20230612_100000.avi", end=10).read_bytes()
        (folder / "front_20230612_100000.avi").write_bytes(content[: len(content) * 2 // 3])
        times = [decision.frame.time for decision in decide(folder, results)]
        assert times == sorted(times) and len(set(times)) > 3


def test_films_whose_days_stand_in_another_order_are_named(tmp_path):
    """Each name is read for itself: their stills are called after their times, and are found again by them."""
    folder, settings = tmp_path / "frames", read_settings(every=1)
    for day, contrary in (("03-04-2021", []), ("03-25-2021", ["front_03-25-2021_10.00.00.avi"])):
        door(folder / f"front_{day}_10.00.00.avi")
        source = Films(folder, settings)
        with Run(source, Results(tmp_path / "results", folder, settings), settings) as run:
            list(run.decide())
        assert [path for paths in source.listing.contrary.values() for path in paths] == contrary
    source = Films(folder, settings)
    with Run(source, Sink(), settings):
        assert source.listing.contrary == {"front": ["front_03-04-2021_10.00.00.avi"]}


class TestSampling:
    def test_every_frame(self, tmp_path):
        door(tmp_path / "frames" / "door.avi", end=2, rate=30)
        assert len(decide(tmp_path / "frames", every="frame")) == 60 == len(decide(tmp_path / "frames", every=0))

    def test_the_summary_says_what_was_passed_over(self, tmp_path, capsys):
        door(tmp_path / "frames" / "door.avi", end=3)
        arguments = ["filter", str(tmp_path / "frames"), str(tmp_path / "r")]
        assert cli.main([*arguments, "--every", "1s", "--dry-run"]) == options.DONE
        line = "films: 27 of 30 frames passed over between samples: --every frame looks at all"
        assert line in capsys.readouterr().out.splitlines()
        assert cli.main([*arguments, "--every", "1s", "--dry-run", "--json"]) == options.DONE
        assert json.loads(capsys.readouterr().out)["films"] == {"frames": 30, "passed_over": 27, "torn": 0}
        assert cli.main([*arguments, "--every", "frame"]) == options.DONE
        assert "passed over" not in capsys.readouterr().out

    @needs_ffmpeg
    def test_key_frames(self, tmp_path, capsys):
        encode_film(tmp_path / "frames" / "door.mp4", seconds=6)
        alone = decide(tmp_path / "frames", every=None, key_frames=True)
        assert [decision.frame.offset for decision in alone] == [0, 1, 2, 3, 4, 5]
        sampled = decide(tmp_path / "frames", every=2, key_frames=True)
        assert [decision.frame.offset for decision in sampled] == [0, 2, 4]
        arguments = ["filter", str(tmp_path / "frames"), str(tmp_path / "r"), "--key-frames"]
        assert cli.main(arguments) == options.DONE
        line = "films: 54 of 60 frames passed over between samples: only key frames were decoded"
        assert line in capsys.readouterr().out.splitlines()
        assert decide(tmp_path / "frames", tmp_path / "r", every="frame", key_frames=True) == []

    @needs_ffmpeg
    def test_films_that_end_within_a_picture_are_counted(self, tmp_path, capsys):
        path = encode_film(tmp_path / "frames" / "door.ts")
        path.write_bytes(path.read_bytes()[: -2 * 188])
        arguments = ["filter", str(tmp_path / "frames"), str(tmp_path / "r"), "--every", "frame"]
        assert cli.main(arguments) == options.DONE
        assert "films: 1 ends in the middle of a picture, which is no frame" in capsys.readouterr().out.splitlines()

    def test_what_is_named_as_a_film_and_is_none_has_its_line(self, tmp_path, capfd):
        door(tmp_path / "frames" / "door.avi")
        for suffix in ("h264", "264", "mjpeg", "dav", "mts", "asf", "vob", "ogv", "ts"):
            (tmp_path / "frames" / f"a.{suffix}").write_bytes(bytes(900))
        arguments = ["filter", str(tmp_path / "frames"), str(tmp_path / "r"), "--every", "1s", "--quiet"]
        assert cli.main(arguments) == options.SKIPPED
        lines = capfd.readouterr().err.splitlines()
        assert len(lines) == 9 and all(line.endswith(": not a video") for line in lines)

    @pytest.mark.parametrize("text", ["frame", "1s", "0.5s", "120s"])
    def test_it_is_written_as_it_is_read(self, text):
        assert OPTIONS["every"].write(parse_every(text)) == text
        assert Settings.from_record(
            json.loads(json.dumps(Settings(every=parse_every(text)).record()))
        ).every == parse_every(text)


def test_a_film_sorts_as_its_name_says():
    film = name_film("a/front_20230612_100000.mp4", Naming())
    assert (film.camera, film.frame.time, film.frame.offset) == ("a/front", film.start, None)
    assert name_film("a/film.mp4", Naming()).camera == "a/film.mp4"


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_few_frames_of_films_are_ahead_with_their_pixels(jobs):
    film, drawn = name_film("front_20230612_100000.avi", Naming()), 0

    def looks():
        nonlocal drawn
        for number in range(60):
            drawn += 1
            is_still = number < 40
            frame = name_still(film, number, Naming())
            yield Still(frame, np.zeros((4, 4, 3), np.uint8), None) if is_still else frame, None

    with open_workers(None, jobs) as workers:
        ahead = [drawn - n for n, _ in enumerate(view_looks(workers, lambda look: look, looks(), jobs))]
    assert len(ahead) == 60 and max(ahead[:40]) <= jobs + 1 and max(ahead[40:]) <= 2 * jobs + 2
