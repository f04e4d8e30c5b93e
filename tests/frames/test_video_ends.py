"""Where films end: sound is no measure of it, the file is; and what is torn at the end of a stream is no frame."""

import os
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift import cli
from framesift.cli import options
from framesift.errors import UnreadableFrame
from framesift.frames.videos import open_video
from framesift.frames.videos.endings import ends_early, lacks_rows
from framesift.frames.videos.formats import sniff_video
from tests.frames.encoding import decode, encode_film, needs_ffmpeg
from tests.frames.test_videos import film

STREAMS = {
    "h264.ts": (), "h265.ts": ("-c:v", "libx265", "-x265-params", "log-level=none"), "mpeg4.ts": ("-c:v", "mpeg4"),
    "mpeg2.ts": ("-c:v", "mpeg2video", "-r", "25"), "h264.m2ts": (), "sound.ts": (), "a.h264": (), "a.hevc": (),
    "a.mjpeg": ("-r", "25"), "a.mpg": ("-r", "25"), "h264.mpg": ("-c:v", "libx264"), "a.m2v": ("-r", "25"), "a.asf": (),
    "a.mkv": (), "a.flv": (), "a.webm": (), "a.avi": ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
    "fast.mp4": ("-movflags", "faststart"),
}  # fmt: skip


def decode_all(path, key_frames=False):
    """Return the frames of a film that may be damaged, the number of torn ones, and the damage."""
    frames = []
    with open_video(path, key_frames=key_frames) as video:
        try:
            frames.extend((time, image.tobytes()) for time, image in video.sample(0))
        except UnreadableFrame as error:
            return frames, video.torn, error.reason
        return frames, video.torn, ""


def decode_damaged(path):
    """As `decode_all`, of what may not even be opened."""
    try:
        return decode_all(path)
    except UnreadableFrame as error:
        return [], 0, error.reason


@pytest.fixture(scope="module")
def streams(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams")
    return {
        name: encode_film(folder / name, *options, seconds=3, sound=2.5 if name == "sound.ts" else 0)
        for name, options in STREAMS.items()
    }


@needs_ffmpeg
class TestTorn:
    @pytest.mark.parametrize("name", STREAMS)
    def test_whole_streams_keep_their_last_picture(self, streams, name):
        frames, torn, damage = decode_all(streams[name])
        assert (torn, damage) == (0, "") and frames[-1][0] == pytest.approx(2.9, abs=0.1)

    @pytest.mark.parametrize("name", STREAMS)
    def test_no_smeared_picture_of_a_cut_stream_is_a_frame(self, streams, tmp_path, name):
        whole = {image for _, image in decode_all(streams[name])[0]}
        content, cut = streams[name].read_bytes(), tmp_path / name
        for place in range(8):
            cut.write_bytes(content[: len(content) // 2 + place * (len(content) // 20) + place * 7])
            frames, torn, _ = decode_all(cut)
            assert frames and {image for _, image in frames} <= whole
            assert torn in (0, 1, 2)
            assert set(decode_all(cut, key_frames=True)[0]) <= set(frames)

    @pytest.mark.parametrize("name", ["h264.ts", "mpeg2.ts", "a.h264", "a.mjpeg", "a.mpg"])
    def test_a_stream_without_one_whole_picture_is_damaged(self, streams, tmp_path, name, capsys):
        """One line for each, wherever it was cut, and the search for near-duplicates goes on."""
        content, cut = streams[name].read_bytes(), tmp_path / "films" / name
        cut.parent.mkdir()
        for length in range(1200, 12_000, 900):
            cut.write_bytes(content[:length])
            frames, _, damage = decode_damaged(cut)
            assert frames or damage, length
            if damage:
                assert (
                    cli.main(["duplicates", str(cut.parent), "--index", str(tmp_path / "i.sqlite")]) == options.SKIPPED
                )
                assert capsys.readouterr().err.count(str(cut)) == 1
                assert (
                    cli.main(["filter", str(cut.parent), str(tmp_path / f"r{length}"), "--every", "1s"])
                    == options.SKIPPED
                )
                capsys.readouterr()

    @pytest.mark.parametrize("name", ["h264.ts", "h264.m2ts"])
    def test_cut_between_two_packets(self, streams, tmp_path, name):
        whole, content = {image for _, image in decode_all(streams[name])[0]}, streams[name].read_bytes()
        packet = 188 if name.endswith(".ts") else 192
        for place in range(len(content) // 2 // packet, len(content) // 2 // packet + 6):
            (tmp_path / name).write_bytes(content[: place * packet])
            assert {image for _, image in decode_all(tmp_path / name)[0]} <= whole

    def test_a_raw_stream_whose_parameters_stand_at_its_beginning_only(self, tmp_path, monkeypatch):
        monkeypatch.setattr("framesift.frames.videos.tails._TAIL", 4096)
        path = encode_film(tmp_path / "a.h264", seconds=6)
        assert len(decode(path)) == 60
        path.write_bytes(path.read_bytes()[:-90])
        frames, torn, _ = decode_all(path)
        assert (len(frames), torn) == (59, 1)

    def test_a_torn_picture_between_samples_loses_none(self, tmp_path):
        path = encode_film(tmp_path / "a.ts", seconds=3)
        path.write_bytes(path.read_bytes()[: -188 * 2])
        with open_video(path) as video:
            assert [time for time, _ in video.sample(1)] == [0, 1, 2]


@needs_ffmpeg
class TestSound:
    @pytest.mark.parametrize("suffix", ["mkv", "webm", "flv", "ts", "mp4", "mov", "asf", "ogv", "mpg"])
    def test_sound_that_is_longer_is_no_damage(self, tmp_path, suffix):
        codecs = {"webm": "libopus", "ogv": "libvorbis", "mpg": "mp2", "asf": "wmav2"}
        options = ("-r", "25") if suffix == "mpg" else ()
        path = encode_film(tmp_path / f"a.{suffix}", "-c:a", codecs.get(suffix, "aac"), *options, seconds=2, sound=12)
        frames, torn, damage = decode_all(path)
        assert (frames[-1][0], torn, damage) == (pytest.approx(1.9, abs=0.1), 0, "")
        assert decode_all(path, key_frames=True)[1:] == (0, "")

    def test_nor_in_fragments(self, tmp_path):
        options = "-movflags", "frag_keyframe+empty_moov", "-c:a", "aac"
        assert decode_all(encode_film(tmp_path / "a.mp4", *options, seconds=2, sound=12))[2] == ""

    def test_sound_between_two_pictures_does_not_end_the_film(self, tmp_path):
        """OpenCV gives up after 4096 packets of other streams."""
        path = encode_film(
            tmp_path / "a.mkv", "-c:a", "libopus", "-frame_duration", "2.5", rate=0.05, seconds=60, sound=60
        )
        assert [time for time, _ in decode(path)] == [0, 20, 40]

    @pytest.mark.parametrize("suffix", ["mkv", "webm", "flv"])
    def test_a_cut_film_is_damaged_for_all_that(self, tmp_path, suffix):
        codec = "libopus" if suffix == "webm" else "aac"
        path = encode_film(tmp_path / f"a.{suffix}", "-c:a", codec, seconds=8, sound=20)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
        frames, _, damage = decode_all(path)
        assert frames and damage.startswith("damaged video: ends after ")


@needs_ffmpeg
class TestKeyFrames:
    @pytest.mark.parametrize("suffix", ["mkv", "webm", "flv", "asf", "avi", "mp4", "ts"])
    @pytest.mark.parametrize("every", [0, 8])
    def test_a_whole_film_is_not_damaged_because_others_follow_the_last(self, tmp_path, suffix, every):
        path = encode_film(tmp_path / f"a.{suffix}", "-g", "40", "-sc_threshold", "0", seconds=47)
        with open_video(path, key_frames=True) as video:
            assert [time for time, _ in video.sample(every)] == list(range(0, 47, every or 4))

    def test_where_decoding_ends_early_that_is_said_as_with_all_frames(self, tmp_path):
        path = encode_film(tmp_path / "a.mp4", "-sc_threshold", "0", seconds=30)
        content = bytearray(path.read_bytes())
        for at in range(len(content) // 3, len(content) * 2 // 3, 2000):
            content[at : at + 1000] = b"\x55" * 1000
        path.write_bytes(content)
        frames, _, damage = decode_all(path)
        assert frames and damage.startswith("damaged video: ends after ")
        assert decode_all(path, key_frames=True)[1:] == (0, damage)

    def test_one_key_frame_for_all_is_no_damage(self, tmp_path):
        path = encode_film(tmp_path / "a.mp4", "-g", "999", "-sc_threshold", "0", seconds=8)
        frames, torn, damage = decode_all(path, key_frames=True)
        assert (len(frames), torn, damage) == (1, 0, "")


class TestEndings:
    @pytest.mark.parametrize("suffix", ["avi", "mkv", "webm", "flv", "wmv", "mp4", "mov"])
    def test_a_file_that_was_cut_is_shorter_than_it_says(self, tmp_path, suffix):
        path = film(tmp_path / f"a.{suffix}", end=2)
        kind, size = sniff_video(path.read_bytes()[:1024]), path.stat().st_size
        descriptor = os.open(path, os.O_RDONLY)
        assert not ends_early(descriptor, kind, size)
        os.close(descriptor)
        path.write_bytes(path.read_bytes()[: size - 100])
        descriptor = os.open(path, os.O_RDONLY)
        assert ends_early(descriptor, kind, size - 100)
        os.close(descriptor)

    @settings(max_examples=300, deadline=None)
    @given(kind=st.sampled_from(["Matroska", "WMV", "FLV", "MP4", "AVI", "TS"]), content=st.binary(max_size=200))
    def test_any_bytes(self, kind, content, tmp_path_factory):
        start = {"Matroska": b"\x1aE\xdf\xa3", "AVI": b"RIFF", "WMV": bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")}
        path = tmp_path_factory.getbasetemp() / "any"
        path.write_bytes(start.get(kind, b"") + content)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            assert ends_early(descriptor, kind, path.stat().st_size) in (True, False)
        finally:
            os.close(descriptor)

    def test_rows(self):
        def picture(rows):
            return b"\0\0\x01\0\x11" + b"".join(b"\0\0\x01" + bytes([row + 1]) + b"\x55" for row in range(rows))

        assert not lacks_rows(picture(4) * 2) and lacks_rows(picture(4) + picture(3))
        assert not lacks_rows(picture(3)) and not lacks_rows(b"")

    def test_boxes_of_any_length(self, tmp_path):
        for content, early in [
            (struct.pack(">I4sQ", 1, b"mdat", 2**40), True),
            (struct.pack(">I4s", 0, b"mdat") + bytes(50), False),
            (struct.pack(">I4s", 4, b"mdat") + bytes(50), False),
        ]:
            (tmp_path / "a").write_bytes(content)
            descriptor = os.open(tmp_path / "a", os.O_RDONLY)
            assert ends_early(descriptor, "MP4", len(content)) == early
            os.close(descriptor)
