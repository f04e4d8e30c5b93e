"""Holes in films: frames that are missing or damaged in the middle are named, and pauses are not."""

import re
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.errors import UnreadableFrame
from framesift.frames.naming import Naming
from framesift.frames.videos import Sampling, name_film, open_video, read_fingerprint, walk_stills
from framesift.frames.videos.fingerprint import LONGEST_S
from framesift.frames.videos.gaps import Gaps
from tests.frames.encoding import encode_film, needs_ffmpeg


def explain(times, every=1.0):
    gaps = Gaps(every)
    for time in times:
        gaps.add(time)
    return gaps.explain()


def read(path, every=0.0):
    """Return the times of the frames of a film, and what is damaged."""
    times = []
    try:
        with open_video(path) as video:
            times.extend(time for time, _ in video.sample(every))
    except UnreadableFrame as error:
        return times, error.reason
    return times, ""


class TestGaps:
    @given(st.floats(0.01, 4000), st.integers(2, 300), st.sampled_from([0, 0.2, 1, 60]))
    def test_a_film_of_one_rate_has_none(self, interval, count, every):
        assert explain([number * interval for number in range(count)], every) == ""

    @given(st.lists(st.floats(0.02, 0.03), min_size=60, max_size=200), st.floats(2, 500), st.integers(20, 40))
    def test_a_hole_is_named_whatever_the_jitter(self, intervals, hole, place):
        intervals[place] = hole
        assert explain(np.cumsum([0, *intervals]).tolist()).startswith("no frame between ")

    @given(st.lists(st.floats(0.02, 1.5), min_size=12, max_size=200))
    def test_what_is_not_beyond_the_next_sample_is_none(self, intervals):
        assert explain(np.cumsum([0, *intervals]).tolist(), every=1.0) == ""

    def test_a_film_that_pauses_often_is_made_so(self):
        starts = [30 * minute for minute in range(6)]
        assert explain([start + number / 10 for start in starts for number in range(100)]) == ""

    def test_a_film_of_no_one_rate_is_made_so(self):
        assert explain(np.cumsum(np.random.default_rng(1).exponential(1, 200)).tolist(), every=0.1) == ""

    def test_both_holes_are_named(self):
        times = [number / 10 for number in range(100) if not 20 <= number < 50 and not 60 <= number < 90]
        assert explain(times) == "no frame between 1.90 and 5.00 s and between 5.90 and 9.00 s"


@needs_ffmpeg
class TestFiles:
    @pytest.mark.parametrize("suffix", ["mkv", "webm"])
    def test_a_hole_is_named(self, tmp_path, suffix):
        path = encode_film(tmp_path / f"a.{suffix}", "-g", "40", seconds=12)
        content = path.read_bytes()
        for share in (0.3, 0.5):
            at = int(len(content) * share)
            path.write_bytes(content[:at] + bytes(8192) + content[at + 8192 :])
            times, damage = read(path, 1)
            assert damage.startswith(("damaged video: no frame between", "damaged video: ends after"))
            assert times[0] == 0

    @pytest.mark.parametrize("suffix", ["mkv", "flv", "asf", "ts", "webm"])
    @pytest.mark.parametrize("sound", [0, 5])
    def test_whole_films_are_whole(self, tmp_path, suffix, sound):
        assert read(encode_film(tmp_path / f"a.{suffix}", seconds=4, sound=sound))[1] == ""

    def test_a_film_with_pauses_in_a_format_that_counts_its_frames_is_whole(self, tmp_path):
        pause = "setpts=if(gte(N\\,20)\\,N+100\\,N)/10/TB"
        path = encode_film(tmp_path / "a.mp4", "-vf", pause, "-fps_mode", "passthrough", seconds=4)
        times, damage = read(path)
        assert max(np.diff(times)) > 9 and damage == ""


@needs_ffmpeg
class TestMotionJpeg:
    @pytest.mark.parametrize("name", ["a.avi", "a.mov", "a.mkv", "a.mjpeg"])
    def test_a_damaged_frame_is_not_kept_and_is_named(self, tmp_path, name):
        path = encode_film(tmp_path / name, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", seconds=3)
        whole, damage = read(path)
        assert len(whole) == 30 and not damage
        content = path.read_bytes()
        at = [match.start() for match in re.finditer(rb"\xff\xda\0\x0c", content)][10] + 400
        path.write_bytes(content[:at] + bytes(512) + content[at + 512 :])
        times, damage = read(path)
        assert times == whole[:10] + whole[11:]
        assert damage == f"damaged video: 1 frame damaged, the first at {whole[10]:.2f} s"

    def test_the_next_whole_frame_is_looked_at_instead(self, tmp_path):
        path = encode_film(tmp_path / "a.avi", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", seconds=3)
        content = path.read_bytes()
        at = [match.start() for match in re.finditer(rb"\xff\xda\0\x0c", content)][10] + 400
        path.write_bytes(content[:at] + bytes(512) + content[at + 512 :])
        stills = [*walk_stills(str(tmp_path), name_film("a.avi", Naming()), Sampling(1), Naming())]
        names = [still.frame.path.rpartition("/")[2] for still in stills[:-1]]
        assert names == ["a_000000.000s.png", "a_000001.100s.png", "a_000002.000s.png"]
        assert stills[-1].problem == "damaged video: 1 frame damaged, the first at 1.00 s"

    @pytest.mark.parametrize("part", ["tables", "end"])
    def test_what_cameras_leave_out_is_no_damage(self, tmp_path, part):
        path = encode_film(tmp_path / "a.mjpeg", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-huffman", "default")
        count = len(read(path)[0])
        content = path.read_bytes()
        if part == "tables":
            content = re.sub(rb"\xff\xc4\x01\xa2.{416}", b"", content, flags=re.DOTALL)
        else:
            content = content.replace(b"\xff\xd9", b"") + b"\xff\xd9"
        assert len(content) < path.stat().st_size
        path.write_bytes(content)
        times, damage = read(path)
        assert len(times) == count and not damage


@needs_ffmpeg
class TestCuts:
    def test_a_cut_wmv_is_named(self, tmp_path):
        path = encode_film(tmp_path / "a.asf", seconds=4)
        content = path.read_bytes()
        for share in (0.4, 0.6, 0.8):
            path.write_bytes(content[: int(len(content) * share)])
            assert re.fullmatch(r"damaged video: its file ends early, after \d\.\d\d s", read(path, 1)[1])

    @pytest.mark.parametrize("name", ["a.ts", "a.asf", "a.mpg"])
    def test_a_film_without_one_whole_frame_is_refused(self, tmp_path, name):
        path = encode_film(tmp_path / name, "-r", "25", seconds=3)
        content = path.read_bytes()
        for length in range(2000, len(content) // 6, 997):
            path.write_bytes(content[:length])
            try:
                fingerprint, _, _ = read_fingerprint(path)
            except UnreadableFrame as error:
                assert error.reason and error.path == path
            else:
                assert len(fingerprint)


class TestStamps:
    def write(self, path, scale):
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*"MJPG"), 10, (64, 48))
        for level in range(20):
            writer.write(np.full((48, 64, 3), level * 10, np.uint8))
        writer.release()
        content = path.read_bytes()
        at = content.index(b"strh") + 8 + 20
        path.write_bytes(content[:at] + struct.pack("<II", scale, 1) + content[at + 8 :])

    @pytest.mark.parametrize("scale", [2**15, 2**19, 2**31 - 1])
    def test_a_film_of_years_is_refused_and_costs_nothing(self, tmp_path, scale):
        self.write(tmp_path / "slow.avi", scale)
        with pytest.raises(UnreadableFrame, match=r"hours is not compared|more than ten years") as caught:
            read_fingerprint(tmp_path / "slow.avi")
        assert caught.value.path
        assert LONGEST_S < 2 * 2**19

    def test_a_stamp_beyond_all_dates_is_damage(self, tmp_path):
        self.write(tmp_path / "cam1_20230612_100000.avi", 2**31 - 1)
        film = name_film("cam1_20230612_100000.avi", Naming())
        *_, last = walk_stills(str(tmp_path), film, Sampling(1), Naming())
        assert last.problem == "damaged video: a time stamp of more than ten years"
