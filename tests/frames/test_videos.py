"""Videos: read by their time stamps, refused where damaged, recognised by what moves, and filtered as frames."""

import csv
import json
import math
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift import cli, filter_frames
from framesift.cli import options
from framesift.duplicates import Preference, find_duplicates
from framesift.errors import UnreadableFrame, UsageError
from framesift.filtering import manifest
from framesift.filtering.option_values import parse_every
from framesift.filtering.settings import Settings
from framesift.frames.naming import Naming
from framesift.frames.videos import compare_fingerprints, open_video, probe_video, read_fingerprint, sample_frames
from framesift.frames.videos.fingerprint import STEP_S, fingerprint_frames
from framesift.frames.videos.formats import sniff_video
from framesift.frames.videos.stills import is_still, name_film, name_still
from tests.conftest import encode, make_image, read_tree

SIZE = (160, 120)
CODECS = {
    "mp4": "mp4v", "m4v": "mp4v", "mov": "mp4v", "3gp": "mp4v", "avi": "MJPG", "mkv": "mp4v",
    "webm": "VP80", "flv": "FLV1", "wmv": "WMV2", "mpg": "mp4v", "ts": "mp4v",
}  # fmt: skip


def draw_scene(time: float, seed: int = 0) -> np.ndarray:
    """A room with a still pattern, in which two bright things wander; where to depends on the seed alone."""
    width, height = SIZE
    image = np.zeros((height, width, 3), np.uint8)
    image[:] = (40 + np.add.outer(np.arange(height), np.arange(width)) // 4)[..., None]
    rng = np.random.default_rng(seed)
    for _ in range(2):
        speed_x, speed_y, phase_x, phase_y = rng.uniform([0.5, 0.5, 0, 0], [1.5, 1.5, 6, 6])
        x = int((0.45 + 0.4 * math.sin(speed_x * time + phase_x)) * width)
        y = int((0.45 + 0.4 * math.cos(speed_y * time + phase_y)) * height)
        cv2.rectangle(image, (x, y), (x + 20, y + 24), (210, 190, 240), -1)
    return image


def write_video(path: Path, images, rate: float = 10, scale: float = 1) -> Path:
    codec = cv2.VideoWriter_fourcc(*CODECS[path.suffix[1:]])
    writer = None
    for image in images:
        if scale != 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        if writer is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, codec, rate, image.shape[1::-1])
            assert writer.isOpened()
        writer.write(image)
    writer.release()
    return path


def film(path: Path, start: float = 0, end: float = 6, rate: float = 10, scale: float = 1, seed: int = 0) -> Path:
    times = (start + n / rate for n in range(round((end - start) * rate)))
    return write_video(path, (draw_scene(time, seed) for time in times), rate, scale)


def fingerprint(path: Path):
    return read_fingerprint(path)[0]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return fingerprint(film(tmp_path_factory.mktemp("whole") / "a.mp4", end=12, rate=25))


class TestReading:
    @pytest.mark.parametrize("suffix", CODECS)
    def test_every_format_is_read_with_its_times(self, tmp_path, suffix):
        path = film(tmp_path / f"a.{suffix}", end=2, rate=25 if suffix in ("mpg", "3gp") else 10)
        samples = list(sample_frames(path, 0.5))
        assert [time for time, _ in samples] == pytest.approx([0, 0.5, 1, 1.5], abs=0.041)
        assert all(np.abs(image.astype(int) - draw_scene(time)).mean() < 6 for time, image in samples)

    def test_the_header_is_told(self, tmp_path):
        info = probe_video(film(tmp_path / "a.mp4", end=2))
        assert (info.width, info.height, info.frame_rate, info.frames) == (*SIZE, 10, 20)
        assert info.duration_s == pytest.approx(2)

    @pytest.mark.parametrize(("every", "count"), [(0.01, 20), (0.1, 20), (0.3, 7), (1, 2), (60, 1)])
    def test_each_frame_is_given_once(self, tmp_path, every, count):
        times = [time for time, _ in sample_frames(film(tmp_path / "a.avi", end=2), every)]
        assert len(times) == count and times == sorted(set(times)) and times[0] == 0

    @pytest.mark.parametrize("name", ["frame%05d.avi", "bad\udcff.mp4", "-i.mp4", "new\nline.avi", "http:x.avi"])
    def test_odd_names(self, tmp_path, name):
        path = film(tmp_path / f"a{Path(name).suffix}", end=0.5).rename(tmp_path / name)
        assert len(list(sample_frames(path, 0.1))) == 5

    def test_only_regular_files_are_opened(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.mp4")
        (tmp_path / "folder.mp4").mkdir()
        for name, reason in {
            "pipe.mp4": "not a regular file",
            "folder.mp4": "regular|directory",
            "no.mp4": "No such",
        }.items():
            with pytest.raises(UnreadableFrame, match=reason):
                probe_video(tmp_path / name)

    def test_a_play_list_is_not_followed(self, tmp_path):
        film(tmp_path / "a.ts", end=1)
        (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n")
        with pytest.raises(UnreadableFrame, match="not a video"):
            probe_video(tmp_path / "list.mp4")

    def test_too_many_pixels(self, tmp_path):
        with (
            pytest.raises(UnreadableFrame, match=r"too many pixels \(160x120\)"),
            open_video(film(tmp_path / "a.mp4", end=0.5), 160 * 120 - 1),
        ):
            pass

    @pytest.mark.parametrize("suffix", ["avi", "mkv", "flv"])
    def test_a_cut_video_is_damaged_after_its_last_frame(self, tmp_path, suffix):
        path = film(tmp_path / f"a.{suffix}", end=6)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        samples = sample_frames(path, 0.5)
        assert next(samples)[0] == 0
        with pytest.raises(UnreadableFrame, match=r"damaged video: ends after [23]\.\d+ of \d\.\d+ s"):
            list(samples)

    def test_no_descriptor_is_left_open(self, tmp_path):
        path = film(tmp_path / "a.mp4", end=1)
        before = len(os.listdir("/dev/fd"))
        samples = sample_frames(path, 0.1)
        next(samples)
        samples.close()
        probe_video(path)
        assert len(os.listdir("/dev/fd")) == before

    def test_other_bytes_are_no_video(self):
        for head in (b"", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"#EXTM3U", b"\x1aE\xdf", b"G" + bytes(187), b"<html>"):
            assert sniff_video(head) is None

    def test_the_corpus(self, shared):
        with (shared / "bad_inputs" / "expected.csv").open(newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["path"].startswith("video/")]
        assert len(rows) >= 8
        for row in rows:
            path = shared / "bad_inputs" / row["path"]
            if row["expected"] == "readable":
                assert next(sample_frames(path, 1))[1].shape[1::-1] == (int(row["width"]), int(row["height"]))
                fingerprint(path)
            else:
                with pytest.raises(UnreadableFrame):
                    fingerprint(path)


class TestFingerprint:
    @pytest.mark.parametrize(
        ("name", "start", "end", "rate", "scale"),
        [
            ("same.mp4", 0, 12, 25, 1),
            ("small.webm", 0, 12, 25, 0.5),
            ("slow.avi", 0, 12, 12.5, 0.8),
            ("late.mkv", 3.2, 12, 25, 0.6),
            ("early.flv", 0, 8, 25, 0.4),
            ("both.wmv", 2.3, 9.1, 25, 0.5),
        ],
    )
    def test_the_same_film_is_found_with_its_offset(self, tmp_path, whole, name, start, end, rate, scale):
        part = fingerprint(film(tmp_path / name, start, end, rate, scale))
        match = compare_fingerprints(whole, part)
        assert match.offset_s == pytest.approx(start, abs=0.25)
        assert match.overlap_s == pytest.approx(end - start, abs=0.5) and match.similarity > 0.9
        reverse = compare_fingerprints(part, whole)
        assert reverse.offset_s == pytest.approx(-match.offset_s, abs=0.01)
        assert reverse.similarity == pytest.approx(match.similarity, abs=1e-3)

    def test_a_film_is_the_same_as_itself(self, whole):
        before = whole.copy()
        match = compare_fingerprints(whole, whole)
        assert (match.offset_s, match.similarity) == (0, 1) and (whole == before).all()

    def test_another_film_of_the_same_camera_is_not(self, tmp_path, whole):
        assert compare_fingerprints(whole, fingerprint(film(tmp_path / "b.mp4", end=12, rate=25, seed=1))) is None

    def test_a_film_that_only_begins_or_ends_alike_is_not(self, whole):
        other = fingerprint_frames((n / 8, draw_scene(n / 8, seed=2)) for n in range(96))
        for piece in (48, 64, 80):
            assert compare_fingerprints(whole, np.concatenate([whole[:piece], other[piece:]])) is None
            assert compare_fingerprints(whole, np.concatenate([other[:piece], whole[piece:]])) is None

    def test_films_that_overlap_but_both_show_more_are_not(self, whole):
        assert compare_fingerprints(whole[:64], whole[32:]) is None

    def test_a_thing_that_stands_there_all_the_time_is_a_difference(self, whole):
        def with_box(time):
            image = draw_scene(time)
            image[100:116, 130:155] = 0
            return image

        other = fingerprint_frames((n / 8, with_box(n / 8)) for n in range(96))
        assert compare_fingerprints(whole, other) is None

    @pytest.mark.parametrize("level", [0, 100])
    def test_where_nothing_moves_nothing_can_be_told(self, level):
        rng = np.random.default_rng(level)
        noisy = [
            fingerprint_frames(
                (n / 8, np.clip(make_image(level=level) + rng.integers(-2, 3, (48, 64, 3)), 0, 255).astype(np.uint8))
                for n in range(60)
            )
            for _ in range(2)
        ]
        assert compare_fingerprints(*noisy) is None

    def test_a_single_frame(self, whole):
        one = fingerprint_frames([(0.0, draw_scene(0))])
        assert one.shape == (1, 64)
        assert compare_fingerprints(one, one) is None and compare_fingerprints(whole, one) is None

    def test_real_films(self, shared, tmp_path):
        source = shared / "frames" / "video" / "traffic_camera.mp4"
        whole = fingerprint(source)
        with open_video(source) as video:
            images = [cv2.resize(image, (320, 180), interpolation=cv2.INTER_AREA) for _, image in video.sample(0.08)]
        for name, first, last in (("late.mp4", 87, None), ("early.mkv", 0, -87)):
            part = fingerprint(write_video(tmp_path / name, images[first:last], 12.5))
            assert compare_fingerprints(whole, part).offset_s == pytest.approx(first / 12.5, abs=0.5)
        halves = [
            fingerprint_frames((n / 12.5, image) for n, image in enumerate(half))
            for half in (images[:144], images[144:])
        ]
        assert compare_fingerprints(*halves) is None

    def test_people_who_walk_through_the_same_room_are_told_apart(self, shared):
        whole = fingerprint(shared / "frames" / "video" / "one-by-one-person-detection.mp4")
        length = round(13.9 / STEP_S)
        pieces = [whole[start : start + length] for start in range(0, 10 * length, length)]
        for number, piece in enumerate(pieces):
            assert compare_fingerprints(whole, piece).offset_s == pytest.approx(number * length * STEP_S, abs=0.25)
            assert all(compare_fingerprints(piece, other) is None for other in pieces if other is not piece)


class TestDuplicates:
    def find(self, folder: Path, **options):
        return find_duplicates(folder, index=folder.parent / "index.sqlite", **options)

    def test_the_longest_then_the_largest_is_kept(self, tmp_path):
        folder = tmp_path / "films"
        film(folder / "small.mp4", scale=0.5)
        film(folder / "short.avi", 1.5, 6)
        film(folder / "large.mkv")
        film(folder / "other.mp4", seed=1)
        shutil.copy(folder / "other.mp4", folder / "same.mp4")
        first = self.find(folder)
        found = {group.keeper.path: {m.item.path for m in group.members} for group in first.groups}
        assert found == {"large.mkv": {"small.mp4", "short.avi"}, "other.mp4": {"same.mp4"}}
        assert all(0.85 < m.similarity <= 1 for group in first.groups for m in group.members)
        assert "longest, 6.0 s" in {group.reason for group in first.groups}
        assert self.find(folder, jobs=1).groups == first.groups

    @pytest.mark.parametrize(
        ("order", "groups"),
        [
            (None, {}),
            ("largest-resolution", {}),
            ("longest", {"poor.mp4": ["good.mkv"]}),
            ("smallest-file,longest", {}),
            ("oldest", {"poor.mp4": ["good.mkv"]}),
        ],
    )
    def test_the_order_holds_for_films_too(self, tmp_path, order, groups):
        """A poor copy that is half a second longer: the good one does not go for it unless the order says so."""
        folder = tmp_path / "films"
        film(folder / "good.mkv", 0, 5)
        film(folder / "poor.mp4", 0, 5.5, scale=0.5)
        os.utime(folder / "poor.mp4", (10**9, 10**9))
        if order == "smallest-file,longest":
            (folder / "poor.mp4").write_bytes((folder / "poor.mp4").read_bytes() + bytes(10**6))
        preference = None if order is None else Preference.parse(order)
        found = self.find(folder, preference=preference).groups
        assert {group.keeper.path: [m.item.path for m in group.members] for group in found} == groups

    def test_the_longer_of_two_equals_is_no_better(self, tmp_path):
        """By a frame, as another frame rate leaves it: then the next criterion decides."""
        folder = tmp_path / "films"
        film(folder / "b.mp4", 0, 5.1, rate=10)
        film(folder / "a.mp4", 0, 5.0, rate=10)
        os.utime(folder / "a.mp4", (10**9, 10**9))
        [group] = self.find(folder, preference=Preference.parse("longest,oldest")).groups
        assert (group.keeper.path, group.reason) == ("a.mp4", "oldest, 2001-09-09 01:46:40")

    def test_what_shows_colour_stays(self, tmp_path):
        folder = tmp_path / "films"
        images = [draw_scene(n / 10) for n in range(60)]
        write_video(folder / "colour.mp4", images)
        grey = [cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR) for image in images]
        write_video(folder / "grey.avi", grey)
        assert (folder / "grey.avi").stat().st_size > (folder / "colour.mp4").stat().st_size
        for group in self.find(folder).groups:
            assert (group.keeper.path, group.reason) == ("colour.mp4", "in colour")

    def test_the_index_is_used(self, tmp_path, monkeypatch):
        film(tmp_path / "films" / "a.mp4")
        film(tmp_path / "films" / "b.avi")
        groups = self.find(tmp_path / "films").groups
        monkeypatch.setattr("framesift.duplicates.videos.read_fingerprint", lambda *_: pytest.fail("was read again"))
        assert self.find(tmp_path / "films").groups == groups and len(groups) == 1

    def test_black_films_are_left_alone_unless_they_are_the_same_bytes(self, tmp_path):
        folder = tmp_path / "films"
        write_video(folder / "a.mp4", [make_image(level=0)] * 30)
        write_video(folder / "b.avi", [make_image(level=0)] * 30)
        shutil.copy(folder / "a.mp4", folder / "c.mp4")
        [group] = self.find(folder).groups
        assert {group.keeper.path, group.members[0].item.path} == {"a.mp4", "c.mp4"}

    def test_damaged_films_are_named_and_left(self, tmp_path):
        folder = tmp_path / "films"
        content = film(folder / "cut.avi").read_bytes()
        film(folder / "whole.mp4", scale=0.5)
        (folder / "cut.avi").write_bytes(content[: len(content) // 2])
        (folder / "text.mp4").write_text("no film")
        findings = self.find(folder)
        assert findings.groups == [] and {each.path for each in findings.skipped} == {"cut.avi", "text.mp4"}

    def test_removed_and_given_back(self, tmp_path, capsys):
        folder, backup = tmp_path / "films", tmp_path / "backup"
        film(folder / "a.mp4")
        film(folder / "b.avi", 1, 5)
        before = read_tree(folder)
        arguments = ["duplicates", str(folder), "--index", str(tmp_path / "i"), "--remove-to", str(backup), "--json"]
        assert cli.main(arguments) == options.DONE
        found = json.loads(capsys.readouterr().out)
        assert found["videos"] == 2 and found["groups"][0]["keeper"] == "a.mp4" and not (folder / "b.avi").exists()
        assert cli.main(["undo", str(backup)]) == options.DONE
        assert read_tree(folder) == before


def door(path: Path, events=((1, 2),), end: float = 4, rate: float = 10) -> Path:
    """A still scene in which a box stands during each event (s)."""

    def scene(time):
        is_there = any(start <= time < stop for start, stop in events)
        return make_image(*SIZE, box=(60, 50, 60, 50) if is_there else None)

    return write_video(path, (scene(n / rate) for n in range(round(end * rate))), rate)


class TestFiltering:
    def test_a_video_is_a_camera_of_its_own(self, tmp_path):
        door(tmp_path / "frames" / "door.mp4")
        (tmp_path / "frames" / "c1_20210327_103636.png").write_bytes(encode(make_image()))
        decisions = list(filter_frames(tmp_path / "frames", tmp_path / "results", every="500ms"))
        assert [(d.frame.path, str(d.verdict)) for d in decisions] == [
            ("c1_20210327_103636.png", "keep"),
            ("door.mp4/door_000000.000s.png", "keep"),
            ("door.mp4/door_000000.500s.png", "drop"),
            ("door.mp4/door_000001.000s.png", "keep"),
            ("door.mp4/door_000001.500s.png", "drop"),
            ("door.mp4/door_000002.000s.png", "keep"),
            *((f"door.mp4/door_00000{time}s.png", "drop") for time in ("2.500", "3.000", "3.500")),
        ]
        assert {d.frame.camera for d in decisions[1:]} == {"door.mp4"} and decisions[3].frame.offset == 1
        kept = {d.frame.path for d in decisions if d.verdict == "keep"}
        assert set(read_tree(tmp_path / "results")) == kept | {manifest.NAME}
        still = cv2.imread(str(tmp_path / "results" / "door.mp4" / "door_000001.000s.png"))
        assert still.shape == (120, 160, 3) and still[75, 90].min() > 200
        assert list(manifest.read_decisions(str(tmp_path / "results" / manifest.NAME))) == decisions

    def test_frames_are_chosen_by_their_time(self, tmp_path, capsys):
        (tmp_path / "frames").mkdir()
        for name in ("c1_2021_03_27__10_00_00.avi", "c1_2021_03_27__12_00_00.avi", "door.avi"):
            door(tmp_path / "frames" / name)
        period = {"start": "2021-03-27 10:00:01", "end": "2021-03-27 10:00:02"}
        decisions = list(filter_frames(tmp_path / "frames", tmp_path / "results", every="500ms", **period))
        assert [decision.frame.offset for decision in decisions] == [1, 1.5, 2, 2.5]
        arguments = ["filter", str(tmp_path / "frames"), str(tmp_path / "results"), "--every", "500ms"]
        assert cli.main([*arguments, "--from", period["start"], "--to", period["end"]]) == 0
        assert "not looked at: at other times (5 frames), without a time (1 frame)\n" in capsys.readouterr().out
        assert cli.main(arguments) == 2  # later frames of a film depend on which of the earlier ones were looked at
        assert "was filled with start 2021-03-27 10:00:01, not without: choose" in capsys.readouterr().err

    def test_without_every_videos_are_left_out(self, tmp_path, capsys):
        door(tmp_path / "frames" / "door.mp4")
        with pytest.raises(UsageError, match=r"holds no frame \(videos: 1; --every 1s samples them"):
            list(filter_frames(tmp_path / "frames"))
        (tmp_path / "frames" / "a.png").write_bytes(encode(make_image()))
        assert cli.main(["filter", str(tmp_path / "frames"), str(tmp_path / "results")]) == options.DONE
        assert capsys.readouterr().out.endswith("1 video left out: --every 1s looks at a frame for each second\n")

    def test_again_is_nothing_and_opens_no_frame(self, tmp_path, monkeypatch):
        door(tmp_path / "frames" / "door.mp4")
        list(filter_frames(tmp_path / "frames", tmp_path / "results", every=1))
        before = read_tree(tmp_path / "results")
        monkeypatch.setattr("framesift.filtering.films.walk_stills", lambda *_: pytest.fail("was decoded again"))
        assert list(filter_frames(tmp_path / "frames", tmp_path / "results", every=1)) == []
        assert read_tree(tmp_path / "results") == before

    @pytest.mark.parametrize(("stop", "chosen"), [(1, {}), (3, {}), (5, {}), (4, {"against": 2}), (4, {"most": 1})])
    def test_stopped_and_run_again_is_an_undisturbed_run(self, tmp_path, stop, chosen):
        frames = tmp_path / "frames"
        door(frames / "a.mp4", [(0.6, 1.2), (2, 3)])
        door(frames / "b" / "c10_2021_03_27__10_36_36.avi")
        decisions = list(filter_frames(frames, tmp_path / "whole", every=0.5, **chosen))
        assert any(decision.left_out for decision in decisions) == ("most" in chosen)
        steps = filter_frames(frames, tmp_path / "stopped", every=0.5, jobs=1, **chosen)
        for _ in range(stop):
            next(steps)
        steps.close()
        with (tmp_path / "stopped" / manifest.NAME).open("ab") as file:
            file.write(b'{"torn')
        list(filter_frames(frames, tmp_path / "stopped", every=0.5, jobs=4, **chosen))
        assert read_tree(tmp_path / "stopped") == read_tree(tmp_path / "whole")

    @pytest.mark.parametrize("call", [3, 12, 20, 26, 33])
    def test_killed_and_run_again_is_an_undisturbed_run(self, tmp_path, call):
        """A new interpreter each time: OpenCV's threads do not live through a fork."""
        frames = tmp_path / "frames"
        door(frames / "a.mp4", [(0.6, 1.2), (2, 3)])
        arguments = ["filter", str(frames), str(tmp_path / "killed"), "--every", "500ms"]
        script = (
            "import functools, sys, framesift.filtering.results; from framesift import cli; from tests import killing\n"
            "framesift.filtering.results.GROUP_DECISIONS = 3\n"
            "killing.wrap(functools.partial(killing.kill, int(sys.argv[1])))\n"
            "cli.main(sys.argv[2:])"
        )
        root = Path(__file__).resolve().parents[2]
        result = subprocess.run([sys.executable, "-c", script, str(call), *arguments], cwd=root)
        assert result.returncode == -signal.SIGKILL
        assert cli.main(arguments) == options.DONE
        list(filter_frames(frames, tmp_path / "whole", every=0.5))
        assert read_tree(tmp_path / "killed") == read_tree(tmp_path / "whole")

    def test_a_still_placed_but_not_recorded_is_ours(self, tmp_path):
        door(tmp_path / "frames" / "door.mp4")
        results = tmp_path / "results"
        list(filter_frames(tmp_path / "frames", results, every=1))
        whole = read_tree(results)
        lines = (results / manifest.NAME).read_bytes().splitlines(keepends=True)
        (results / manifest.NAME).write_bytes(b"".join(lines[:2]))
        list(filter_frames(tmp_path / "frames", results, every=1))
        assert read_tree(results) == whole
        (results / "door.mp4" / "mine.png").write_bytes(b"")
        with pytest.raises(UsageError, match="is not of framesift"):
            list(filter_frames(tmp_path / "frames", results, every=1))

    def test_a_longer_film_goes_on(self, tmp_path):
        events = [(1, 2), (4, 5)]
        door(tmp_path / "frames" / "door.avi", events, end=3)
        list(filter_frames(tmp_path / "frames", tmp_path / "results", every=1))
        door(tmp_path / "frames" / "door.avi", events, end=6)
        decisions = list(filter_frames(tmp_path / "frames", tmp_path / "results", every=1))
        assert [d.verdict[0] for d in decisions] == list("dkk")
        whole = [d.verdict for d in filter_frames(tmp_path / "frames", every=1)]
        assert [d.verdict for d in manifest.read_decisions(str(tmp_path / "results" / manifest.NAME))] == whole

    def test_a_cut_film_is_decided_up_to_the_damage(self, tmp_path, capsys):
        path = door(tmp_path / "frames" / "cut.avi")
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        (tmp_path / "frames" / "text.mp4").write_text("no film")
        arguments = ["filter", str(tmp_path / "frames"), str(tmp_path / "results"), "--every", "0.5s"]
        assert cli.main(arguments) == options.SKIPPED
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 2 and "cut.avi: damaged video: ends after" in lines[0] and "not a video" in lines[1]
        decisions = list(manifest.read_decisions(str(tmp_path / "results" / manifest.NAME)))
        assert [d.verdict[0] for d in decisions][:3] == list("kdk") and decisions[-2].frame.path == "cut.avi"
        assert cli.main(arguments) == options.SKIPPED
        assert capsys.readouterr().err.splitlines() == [f"{line} (skipped by an earlier run)" for line in lines]

    def test_any_number_of_workers_decides_the_same(self, tmp_path):
        for number in range(3):
            door(tmp_path / "frames" / f"{number}.mp4", [(number * 0.5, 2)])
        for jobs in (1, 2, 8):
            list(filter_frames(tmp_path / "frames", tmp_path / f"r{jobs}", every=0.2, jobs=jobs))
        assert read_tree(tmp_path / "r1") == read_tree(tmp_path / "r2") == read_tree(tmp_path / "r8")

    def test_links_are_for_pictures_only(self, tmp_path):
        door(tmp_path / "frames" / "door.mp4")
        list(filter_frames(tmp_path / "frames", tmp_path / "results", every=1, link="hard"))
        assert (tmp_path / "results" / "door.mp4" / "door_000000.000s.png").stat().st_size > 0

    def test_dry_run_and_removal(self, tmp_path, capsys):
        door(tmp_path / "frames" / "door.mp4")
        before = read_tree(tmp_path)
        assert len(list(filter_frames(tmp_path / "frames", tmp_path / "results", every=1, dry_run=True))) == 4
        assert (
            cli.main(["filter", str(tmp_path / "frames"), "--remove-to", str(tmp_path / "b"), "--every", "1s"])
            == options.USAGE
        )
        assert "no frame can be removed from a video" in capsys.readouterr().err
        assert read_tree(tmp_path) == before

    def test_the_names_of_stills_are_read_back(self, tmp_path):
        naming = Naming(timezone="+02:00")
        film = name_film("b/c10_2021_03_27__10_36_36.mp4", naming)
        still = name_still(film, 12.5, naming)
        assert still.path == "b/c10_2021_03_27__10_36_36.mp4/c10_2021_03_27__08_36_48.500Z.png"
        assert Naming().read(still.path) == ("b/c10", still.time)
        assert (still.camera, still.offset) == ("b/c10", 12.5)
        plain = name_still(name_film("a/door_2.mp4", naming), 3725.0416, naming)
        assert plain.path == "a/door_2.mp4/door_2_003725.042s.png" and Naming().read(plain.path) == (None, None)
        long = name_still(name_film(f"{'é' * 125}.mp4", naming), 0, naming).path.rpartition("/")[2]
        assert len(os.fsencode(long)) <= 255
        other = name_film("x.ts", naming)
        for frame in (still, plain, name_still(other, 1, naming), other.frame):
            video = tmp_path / (frame.path if frame.offset is None else frame.path.rpartition("/")[0])
            video.parent.mkdir(parents=True, exist_ok=True)
            video.touch()
            assert is_still(frame.path, str(tmp_path)) == (frame.offset is not None)

    @pytest.mark.parametrize(
        ("text", "seconds"), [("1s", 1), ("500ms", 0.5), ("2min", 120), ("0.25", 0.25), ("1 h", 3600)]
    )
    def test_times_are_read(self, text, seconds):
        assert parse_every(text) == seconds

    @pytest.mark.parametrize("text", ["", "s", "-1s", "1d", "nan", "1e3", "0.1ms", "0"])
    def test_other_times_are_refused(self, text):
        with pytest.raises(UsageError, match="--every takes"):
            Settings(every=parse_every(text))
