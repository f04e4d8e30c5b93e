"""A run over streams: what it looks at and when it ends, with cameras that are real servers."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.streams.servers import Camera, HttpServer, RtspServer, serve
from framesift.errors import StorageError, UsageError
from framesift.filtering.config import CameraConfig, Config
from framesift.filtering.manifest import NAME
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.results import Results
from framesift.filtering.run import Run
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.sinks import Sink
from framesift.filtering.streams import Streams
from framesift.frames.streams.addresses import read_address
from tests.conftest import encode, make_image
from tests.frames.streams.waiting import BOX

pytest.importorskip("av", reason="needs PyAV: pip install '.[streams]'")
pytest.importorskip("requests", reason="needs requests: pip install '.[streams]'")


@pytest.fixture
def camera() -> Iterator[Camera]:
    with serve(HttpServer) as opened:
        yield opened


def open_run(camera: Camera, path: str = "/video", sink: Sink | None = None, seconds: float = 60, **options) -> Run:
    settings = read_settings(every="100ms", **options)
    told: list[str] = []
    source = Streams(
        [read_address(f"gate={camera.url(path)}")], settings, ".", lambda *words: told.append(words), seconds
    )
    return Run(source, sink or Sink(), settings)


def decide(run: Run, number: int) -> list[Decision]:
    """The first decisions of a run."""
    with run:
        return [decision for _, decision in zip(range(number), run.decide(2), strict=False)]


def hours_from(start: float, end: float) -> str:
    """Hours of the day that begin and end so many hours from now."""
    times = [datetime.now(UTC) + timedelta(hours=hours) for hours in (start, end)]
    return "-".join(f"{time:%H:%M}" for time in times)


def test_a_trial_remembers_what_it_would_have_kept(camera):
    decisions = []
    with open_run(camera) as run:
        for decision in run.decide(2):
            decisions.append(decision)
            if len(decisions) == 4:
                camera.scene.show(BOX)
            if sum(each.verdict is Verdict.KEEP for each in decisions) == 2:
                break
    assert {each.verdict for each in decisions[1:-1]} == {Verdict.DROP}
    assert decisions[-1].reference == decisions[0].frame.path


def test_other_hours_are_not_looked_at(camera):
    run = open_run(camera, seconds=1.5, hours=hours_from(2, 4))
    assert decide(run, 1) == []
    assert "at other times" in run.source.left_out.describe()
    assert len(decide(open_run(camera, hours=hours_from(-1, 2)), 2)) == 2


def test_a_run_ends_when_its_time_is_over(camera):
    end = (datetime.now(UTC) - timedelta(days=1)).date()
    assert decide(open_run(camera, end=end), 1) == []


def test_streams_that_are_never_there_are_an_error():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and never listens
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        one, two = [f"gate=rtsp://{address}/a"], [f"gate=http://{address}/a", f"yard=http://{address}/b"]
        for places, more in ((one, ""), (two, ", nor did 1 other stream give one")):
            streams = list(map(read_address, places))
            source = Streams(streams, read_settings(every="100ms"), ".", lambda *_: None, 0.3)
            with Run(source, Sink(), read_settings(every="100ms")) as run, pytest.raises(StorageError) as caught:
                list(run.decide(2))
            assert caught.value.reason == f"no frame came: cannot be reached: connection refused{more}"


def test_a_torn_picture_is_skipped(camera):
    camera.scene.torn = True
    [decision] = decide(open_run(camera), 1)
    assert (decision.verdict, decision.reason) == (Verdict.SKIP, "truncated JPEG")


def test_too_small_ones_are_skipped(camera):
    [decision] = decide(open_run(camera, "/still.jpg", min_size=100), 1)
    assert (decision.verdict, decision.size) == (Verdict.SKIP, (128, 96))


@pytest.mark.parametrize("name", ["gate", "yard"])
def test_a_mask_is_for_a_camera_by_its_name(camera, tmp_path, name):
    mask = make_image(128, 96, 255)
    mask[:, :64] = 0
    (tmp_path / "mask.png").write_bytes(encode(mask))
    run = open_run(camera, mask=f"{name}={tmp_path / 'mask.png'}")
    if name == "yard":
        with pytest.raises(UsageError, match="is for the camera yard, but this run has gate"), run:
            pass
        return
    with run:
        decisions = []
        for decision in run.decide(2):
            decisions.append(decision.verdict)
            camera.scene.show(BOX)
            if len(decisions) == 12:
                break
    assert decisions == [Verdict.KEEP] + [Verdict.DROP] * 11


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
@pytest.mark.parametrize("kind", [RtspServer, HttpServer])
def test_a_kept_still_stands_for_its_frame(tmp_path, kind, method):
    """A later run compares with the still as this one did with the frame: to the last px where nothing was lost."""
    with serve(kind) as camera:
        for _ in range(2):
            settings = read_settings(every="100ms", method=method)
            sink = Results(tmp_path / "r", None, settings, streams={"gate": "rtsp://gate/a"})
            source = Streams([read_address(f"gate={camera.url('/video')}")], settings, str(tmp_path / "r"), print, 60)
            decisions = decide(Run(source, sink, settings), 2)
        assert [each.verdict for each in decisions] == [Verdict.DROP] * 2
        assert kind is RtspServer or [each.score for each in decisions] == [0, 0]
    header = json.loads((tmp_path / "r" / NAME).read_text().splitlines()[0])["settings"]
    assert (header["source"], header["streams"]) == (".", {"gate": "rtsp://gate/a"})


def test_results_of_a_folder_are_no_results_of_streams(tmp_path):
    settings = read_settings(every="1s")
    (tmp_path / "frames").mkdir()
    with Results(tmp_path / "r", tmp_path / "frames", settings) as sink:
        sink.begin()
    with pytest.raises(UsageError, match=r"was filled with source \.\./frames, not \.: choose another"):
        Results(tmp_path / "r", None, settings).__enter__()


def test_what_is_not_ours_in_results_is_refused(tmp_path):
    settings = read_settings(every="1s")
    (tmp_path / "gate").mkdir()
    (tmp_path / "gate" / "gate_2026_11_29__15_45_12.345Z.png").write_bytes(b"of a run that was killed")
    with Results(tmp_path, None, settings):
        pass
    (tmp_path / "gate" / "diary.png").write_bytes(b"mine")
    with pytest.raises(UsageError, match="is not of framesift"):
        Results(tmp_path, None, settings).__enter__()


def test_a_name_that_stills_cannot_carry_is_refused():
    for name in ("2021_03_27", "still"):
        with pytest.raises(UsageError, match="would not be read as of one camera: give it another"):
            Streams([read_address(f"{name}=rtsp://cam/a")], read_settings(every="1s"), ".", print)


def test_a_section_of_a_settings_file_is_of_a_camera(camera):
    """One that is left out is not even opened."""
    config = Config({}, (CameraConfig("gate", {"exclude": True}), CameraConfig("yard", {"min_size": 100})))
    settings = read_settings(config, every="100ms")
    addresses = [read_address(f"{name}={camera.url('/still.jpg')}") for name in ("gate", "yard")]
    decisions = decide(Run(Streams(addresses, settings, ".", print, 60), Sink(), settings), 3)
    assert {(each.frame.camera, each.verdict) for each in decisions} == {("yard", Verdict.SKIP)}
