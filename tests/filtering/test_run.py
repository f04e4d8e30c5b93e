import json
import os
import random
import shutil
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framesift import cli, filter_frames, verify
from framesift.errors import StorageError, UsageError
from framesift.filtering import earlier_runs as past
from framesift.filtering import manifest
from framesift.filtering.manifest import open_record
from framesift.filtering.results import Results
from framesift.filtering.selection import Order, Verdict
from framesift.filtering.settings import Settings
from framesift.filtering.sources import CONTRARY
from tests.conftest import encode, make_image, read_decided, read_tree, without_files
from tests.filtering.plain_loop import plain_filter

NEW = (10, 10, 30, 30)


def name(minute: int, camera: str = "c1") -> str:
    return f"{camera}_2021_03_27__10_{minute:02}_00.png"


def scene(*boxes, camera: str = "c1", start: int = 0, **options) -> dict[str, bytes]:
    """Frames of one camera, one a minute, with a bright box or None."""
    return {
        f"{camera}/{name(start + n, camera)}": encode(make_image(box=box, **options)) for n, box in enumerate(boxes)
    }


def verdicts(decisions) -> dict[str, str]:
    return {d.frame.path.split("/")[-1]: str(d.verdict) for d in decisions}


def letters(decisions) -> str:
    return "".join(d.verdict[0] for d in decisions)


def test_keeps_what_is_new_and_copies_it(write_tree, tmp_path):
    frames = write_tree(scene(None, None, NEW, NEW, None))
    decisions = list(filter_frames(frames, tmp_path / "results"))
    assert letters(decisions) == "kdkdk"
    kept = {d.frame.path for d in decisions if d.verdict is Verdict.KEEP}
    tree = read_tree(tmp_path / "results")
    assert set(tree) == kept | {manifest.NAME}
    assert all(tree[path] == (frames / path).read_bytes() for path in kept)
    assert list(manifest.read_decisions(str(tmp_path / "results" / manifest.NAME))) == decisions


def test_without_results_nothing_is_written(write_tree):
    frames = write_tree(scene(None, NEW))
    before = read_tree(frames.parent)
    assert letters(filter_frames(frames)) == "kk"
    assert letters(filter_frames(frames, frames.parent / "results", dry_run=True)) == "kk"
    assert read_tree(frames.parent) == before


def test_stopping_half_way_keeps_what_was_decided(write_tree, tmp_path):
    frames = write_tree(scene(None, NEW, None, NEW))
    steps = filter_frames(frames, tmp_path / "results")
    assert [next(steps).verdict for _ in range(2)] == ["keep", "keep"]
    steps.close()
    assert letters(filter_frames(frames, tmp_path / "results")) == "kk"
    assert len(read_tree(tmp_path / "results")) == 5


def test_new_frames_continue_from_the_last_kept_one(write_tree, tmp_path):
    results = tmp_path / "results"
    write_tree(scene(None, NEW))
    list(filter_frames(tmp_path / "frames", results))
    frames = write_tree(scene(NEW, None, start=2))
    decisions = list(filter_frames(frames, results))
    assert letters(decisions) == "dk"
    assert decisions[0].reference == f"c1/{name(1)}"
    assert list(filter_frames(frames, results)) == []


TOUR = [(4, 8, 24, 30), (34, 8, 24, 30)]
"""What stands out in each of two views that a camera goes to in turn."""


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
def test_a_tour_of_views_is_kept_once(write_tree, tmp_path, method):
    frames = write_tree(scene(*TOUR * 3))
    assert letters(filter_frames(frames, method=method)) == "k" * 6
    decisions = list(filter_frames(frames, tmp_path / "results", method=method, against=2))
    assert letters(decisions) == "kkdddd"
    assert [d.reference for d in decisions] == [None, *[f"c1/{name(n)}" for n in (0, 0, 1, 0, 1)]]
    assert [d.score for d in decisions[2:]] == [0.0] * 4
    assert (
        letters(filter_frames(write_tree(scene(*TOUR, None, start=6)), tmp_path / "results", method=method, against=2))
        == "ddk"
    )


def test_an_exposure_bracket_is_kept_once(write_tree):
    bracket = [{"level": level} for level in (40, 120, 230)]
    tree = {}
    for round_ in range(3):
        for number, options in enumerate(bracket):
            tree |= scene(NEW if round_ == 2 and number == 1 else None, start=3 * round_ + number, **options)
    frames = write_tree(tree)
    assert letters(filter_frames(frames, against=1)) == "k" * 9
    assert letters(filter_frames(frames, against=2)) == "k" * 9
    assert letters(filter_frames(frames, against=3)) == "kkkddddkd"


def test_a_manifest_from_before_the_setting_is_gone_on_with(write_tree, tmp_path):
    frames, path = write_tree(scene(None, NEW)), tmp_path / "results" / manifest.NAME
    list(filter_frames(frames, tmp_path / "results"))
    lines = path.read_bytes()
    assert b'"against": 1, ' in lines
    path.write_bytes(lines.replace(b'"against": 1, ', b""))
    assert letters(filter_frames(write_tree(scene(None, start=2)), tmp_path / "results")) == "k"
    with pytest.raises(UsageError, match="was filled with against 1, not 2: choose another results folder"):
        list(filter_frames(frames, tmp_path / "results", against=2))


def test_one_of_the_last_kept_frames_gone_from_both_is_an_error(write_tree, tmp_path):
    frames = write_tree(scene(None, NEW))
    list(filter_frames(frames, tmp_path / "results", against=2))
    (frames / "c1" / name(0)).unlink()
    (tmp_path / "results" / "c1" / name(0)).unlink()
    write_tree(scene(None, start=2))
    with pytest.raises(StorageError, match="is one of the last kept frames of its camera and cannot be read"):
        list(filter_frames(frames, tmp_path / "results", against=2))


GREY, BRIGHT = {"level": 60}, {"level": 140}


def views(*frames: dict, start: int = 0) -> dict[str, bytes]:
    """Frames of c1, one a minute, each of the brightness of one view, with or without a box."""
    return {
        path: content
        for n, each in enumerate(frames)
        for path, content in scene(each.get("box"), start=start + n, level=each["level"]).items()
    }


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
def test_that_the_whole_picture_has_changed_stands_in_the_manifest(write_tree, tmp_path, method):
    places = [np.random.default_rng(n).choice(np.uint8([20, 120, 220]), (6, 8)) for n in (1, 2)]
    here, there = (place.repeat(8, axis=0).repeat(8, axis=1)[:, :, None].repeat(3, axis=2) for place in places)
    passing = here.copy()
    passing[20:30, 20:26] = 255 - passing[20:30, 20:26]
    frames = write_tree({f"c1/{name(n)}": encode(image) for n, image in enumerate((here, passing, there, there))})
    decisions = list(filter_frames(frames, tmp_path / "results", method=method))
    assert letters(decisions) == "kkkd"
    assert [d.extent for d in decisions] == [None, None, pytest.approx(1, abs=0.4), None]
    assert ": the whole picture has changed (" in decisions[2].reason
    lines = (tmp_path / "results" / manifest.NAME).read_bytes().splitlines()[1:]
    assert [b'"extent": ' in line for line in lines] == [False, False, True, False]
    assert list(manifest.read_decisions(str(tmp_path / "results" / manifest.NAME))) == decisions


def test_a_torn_frame_is_left_out_and_costs_nothing(write_tree, tmp_path):
    torn = make_image(box=NEW)
    torn[10:] = 255
    tree = scene(None, None, NEW, NEW)
    tree[f"c1/{name(1)}"] = encode(torn)
    decisions = list(filter_frames(write_tree(tree), tmp_path / "results", most="60%"))
    assert letters(decisions) == "kdkd" and [d.left_out for d in decisions] == [False, True, False, False]
    assert decisions[1].reason.endswith(", left out above 60%")
    assert [d.reference for d in decisions[1:]] == [f"c1/{name(n)}" for n in (0, 0, 2)]
    assert set(read_tree(tmp_path / "results")) == {f"c1/{name(n)}" for n in (0, 2)} | {manifest.NAME}


MOVED = [GREY, BRIGHT, BRIGHT, {**BRIGHT, "box": (10, 10, 20, 30)}, BRIGHT, GREY, GREY]
"""A camera that is moved, then somebody passes there, then it is moved back."""


def test_a_camera_that_is_moved_keeps_what_passes_there(write_tree):
    frames = write_tree(views(*MOVED))
    decisions = list(filter_frames(frames, most=60))
    assert letters(decisions) == "kddkkdd"
    assert [d.left_out for d in decisions] == [False, True, False, False, False, True, False]
    assert decisions[3].reference == f"c1/{name(1)}", "the frame that was left out stands for the new view"
    assert [d.left_out for d in filter_frames(frames, most=60, against=3)] == [False, True, *[False] * 5]


@pytest.mark.parametrize("cut", range(1, len(MOVED)))
def test_what_was_left_out_is_read_again_from_where_it_came(write_tree, tmp_path, cut):
    write_tree(views(*MOVED[:cut]))
    decisions = list(filter_frames(tmp_path / "frames", tmp_path / "results", most=60))
    frames = write_tree(views(*MOVED[cut:], start=cut))
    rehearsed = list(filter_frames(frames, tmp_path / "results", most=60, dry_run=True))
    assert rehearsed == list(filter_frames(frames, tmp_path / "results", most=60))
    decisions += rehearsed
    assert decisions == list(filter_frames(frames, most=60))


@pytest.mark.parametrize("instead", [None, encode(make_image(20, 20)), b"damaged"])
def test_without_it_the_next_frame_like_it_is_left_out(write_tree, tmp_path, instead):
    frames = write_tree(views(*MOVED[:2]))
    list(filter_frames(frames, tmp_path / "results", most=60))
    (frames / "c1" / name(1)).unlink()
    write_tree({} if instead is None else {f"c1/{name(1)}": instead})
    write_tree(views(*MOVED[2:], start=2))
    decisions = list(filter_frames(frames, tmp_path / "results", most=60))
    of_file = [d for d in decisions if d.frame.source]
    assert letters(of_file) == {None: "", b"damaged": "s"}.get(instead, "k"), "what stands there is a new frame"
    decisions = [d for d in decisions if not d.frame.source]
    assert letters(decisions) == "dkkdd"
    assert [d.left_out for d in decisions] == [True, False, False, True, False]
    assert decisions[1].reference == f"c1/{name(2)}"


@pytest.mark.parametrize("gone", ["results", "frames"])
def test_the_last_kept_frame_is_read_from_wherever_it_still_is(write_tree, tmp_path, gone):
    frames = write_tree(scene(None))
    list(filter_frames(frames, tmp_path / "results"))
    (tmp_path / gone / "c1" / name(0)).unlink()
    write_tree(scene(None, NEW, start=1))
    assert letters(filter_frames(frames, tmp_path / "results")) == "dk"


def test_the_last_kept_frame_gone_from_both_is_an_error(write_tree, tmp_path):
    frames = write_tree(scene(None))
    list(filter_frames(frames, tmp_path / "results"))
    (frames / "c1" / name(0)).unlink()
    (tmp_path / "results" / "c1" / name(0)).unlink()
    write_tree(scene(None, start=1))
    with pytest.raises(StorageError, match="is the last kept frame of its camera and cannot be read"):
        list(filter_frames(frames, tmp_path / "results"))


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.sets(st.integers(1, 11)), moved=st.booleans(), narrow=st.booleans(), against=st.integers(1, 4))
def test_any_partition_into_runs_decides_as_one_run(tmp_path_factory, monkeypatch, cuts, moved, narrow, against):
    """Also where old frames are moved away, and where all paths have one of two hashes.

    What was left out is only in the folder of the frames, so there they stay.
    """
    options = {"against": against} if moved else {"against": against, "most": 20}
    folder = tmp_path_factory.mktemp("growing")
    tree = sorted(random_scene(frames=12).items(), key=lambda item: item[0].split("__")[-1])
    with monkeypatch.context() as patch:
        if narrow:
            patch.setattr(past, "hash", lambda text: len(text) % 2, raising=False)
        for start, end in pairwise(sorted({0, 12, *cuts})):
            if moved:
                shutil.rmtree(folder / "frames", ignore_errors=True)
            for path, content in tree[3 * start : 3 * end]:
                (folder / "frames" / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / "frames" / path).write_bytes(content)
            decided = list(filter_frames(folder / "frames", folder / "grown", **options))
            assert len(decided) == 3 * (end - start)
    for path, content in tree:
        (folder / "frames" / path).write_bytes(content)
    list(filter_frames(folder / "frames", folder / "whole", **options))
    grown, whole = read_decided(folder / "grown"), read_decided(folder / "whole")
    for results in (grown, whole):
        results[manifest.NAME] = sorted(results[manifest.NAME].splitlines())
    assert grown == whole


def test_late_frames_are_left_out(write_tree, tmp_path):
    write_tree(scene(None, start=5))
    list(filter_frames(tmp_path / "frames", tmp_path / "results"))
    frames = write_tree(scene(NEW, start=1))
    assert list(filter_frames(frames, tmp_path / "results")) == []


def test_the_order_of_days_that_was_decided_holds_and_what_says_another_is_named(write_tree, tmp_path, capsys):
    def run(*days: str) -> tuple[str, list[str | None]]:
        frames = write_tree({f"gate_{day}-2021_10.00.00.png": encode(make_image()) for day in days})
        assert cli.main(["filter", str(frames), str(tmp_path / "results"), "--quiet"]) == 0
        times = [d.frame.time for d in open_record(tmp_path / "results").decisions()]
        return capsys.readouterr().err, [time and f"{time:%m-%d}" for time in times]

    assert run("03-04") == ("", ["04-03"])
    error, times = run("03-25")
    assert error == f"{tmp_path / 'frames'}: camera gate: 1 frame, such as gate_03-25-2021_10.00.00.png: {CONTRARY}\n"
    assert times == ["04-03", None] and run("03-25") == ("", times)
    error, times = run("03-26", "04-05")
    assert "camera gate: 1 frame, such as gate_03-26" in error and times == ["04-03", None, "05-04", None]


def test_a_damaged_frame_is_skipped_and_never_a_reference(write_tree, tmp_path):
    tree = scene(None, NEW, None)
    tree[f"c1/{name(1)}"] = tree[f"c1/{name(1)}"][:-30]
    decisions = list(filter_frames(write_tree(tree), tmp_path / "results"))
    assert letters(decisions) == "ksd"
    assert decisions[1].reason == "truncated PNG" and decisions[2].reference == f"c1/{name(0)}"


def test_one_reference_for_each_size(write_tree):
    tree = scene(None) | scene(None, start=1, width=10, height=6) | scene(None, start=2)
    tree |= scene(None, start=3, width=10, height=6)
    assert letters(filter_frames(write_tree(tree))) == "kkdd"


def test_at_one_size_there_is_one_chain(write_tree):
    tree = scene(None) | scene(None, start=1, width=128, height=96) | scene(NEW, start=2)
    frames = write_tree(tree)
    assert letters(filter_frames(frames)) == "kkk"
    decisions = list(filter_frames(frames, size=(32, 24)))
    assert letters(decisions) == "kdk"
    assert [d.size for d in decisions] == [(64, 48), (128, 96), (64, 48)]


def test_small_frames_are_skipped_on_request(write_tree):
    frames = write_tree(scene(None) | scene(None, start=1, width=10, height=6))
    decisions = list(filter_frames(frames, min_size=7))
    assert letters(decisions) == "ks"
    assert decisions[1].reason == "shorter side 6 px < 7"
    assert letters(filter_frames(frames, min_size=6)) == "kk"


def test_large_frames_are_refused_before_decoding(write_tree):
    decisions = list(filter_frames(write_tree(scene(None)), max_pixels=64 * 48 - 1))
    assert decisions[0].reason == "too many pixels (64x48)"


@pytest.mark.parametrize(
    ("area", "score", "expected"), [(0, 0, "kk"), ("0%", "20%", "kk"), (0, 1089, "kd"), (1090, 0, "kd")]
)
def test_thresholds(write_tree, area, score, expected):
    """The box of 30x30 becomes 34x34 px when dilated; a contour runs through the centres of its pixels: 33 x 33."""
    assert letters(filter_frames(write_tree(scene(None, NEW)), None, area, score, blur=())) == expected


def test_equal_names_in_two_folders_do_not_meet(write_tree, tmp_path):
    frames = write_tree({"a/x.png": encode(make_image()), "b/x.png": encode(make_image(level=80))})
    list(filter_frames(frames, tmp_path / "results"))
    assert {p: c for p, c in read_tree(tmp_path / "results").items() if p != manifest.NAME} == read_tree(frames)


def test_results_inside_the_folder_are_not_input(write_tree):
    frames = write_tree(scene(None, NEW))
    list(filter_frames(frames, frames / "results"))
    first = read_tree(frames)
    assert list(filter_frames(frames, frames / "results")) == []
    assert read_tree(frames) == first


@pytest.mark.parametrize("odd", ["a b", "new\nline", "😀", "n" * 200, "bad\udcff\udcfe", "100%d%s", "-rf"])
def test_odd_names_come_back_whole(write_tree, tmp_path, odd):
    frames = write_tree({f"{odd}/{odd}.png": encode(make_image())})
    [decision] = filter_frames(frames, tmp_path / "results")
    assert decision.frame.path == f"{odd}/{odd}.png"
    assert (tmp_path / "results" / odd / f"{odd}.png").read_bytes() == (frames / odd / f"{odd}.png").read_bytes()
    [line] = (tmp_path / "results" / manifest.NAME).read_bytes().splitlines()[1:]
    assert json.loads(line)["path"] == decision.frame.path


def test_an_empty_or_missing_folder_is_an_error_and_makes_nothing(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "missing"):
        with pytest.raises(UsageError):
            list(filter_frames(tmp_path / folder, tmp_path / "results"))
    assert not (tmp_path / "results").exists()


def test_a_folder_that_vanishes_is_not_a_folder_of_damaged_frames(write_tree, tmp_path):
    frames = write_tree(scene(*[None] * 60))
    steps = filter_frames(frames, tmp_path / "results", jobs=1)
    next(steps)
    frames.rename(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="the folder of the frames is gone"):
        list(steps)


def manifest_bytes(frames: Path, results: Path, **options) -> bytes:
    list(filter_frames(frames, results, **options))
    return (results / manifest.NAME).read_bytes()


def random_scene(cameras: int = 3, frames: int = 20) -> dict[str, bytes]:
    rng = random.Random(1)
    tree = {}
    for camera in range(cameras):
        boxes = [rng.choice([None, NEW, (30, 10, 20, 20)]) for _ in range(frames)]
        tree |= scene(*boxes, camera=f"c{camera}")
    damaged = rng.choice(sorted(tree))
    return {path: content[:-9] if path == damaged else content for path, content in tree.items()}


def test_any_number_of_workers_decides_the_same(write_tree, tmp_path):
    frames = write_tree(random_scene())
    expected = manifest_bytes(frames, tmp_path / "r1", jobs=1)
    assert manifest_bytes(frames, tmp_path / "r2", jobs=2) == expected
    assert manifest_bytes(frames, tmp_path / "r8", jobs=8) == expected
    with ProcessPoolExecutor(2) as executor:
        assert manifest_bytes(frames, tmp_path / "rp", executor=executor) == expected


def test_tolerance_decides_the_same_with_any_number_of_workers_and_when_stopped(write_tree, tmp_path):
    frames = write_tree(random_scene())
    expected = manifest_bytes(frames, tmp_path / "r1", jobs=1, method="tolerance", thorough=True)
    assert expected != manifest_bytes(frames, tmp_path / "r", jobs=1)
    with closing(filter_frames(frames, tmp_path / "r2", method="tolerance", thorough=True)) as decisions:
        list(islice(decisions, 7))
    assert manifest_bytes(frames, tmp_path / "r2", jobs=8, method="tolerance", thorough=True) == expected


def test_thresholds_left_out_are_those_of_the_method(write_tree, tmp_path):
    frames = write_tree(scene(None, NEW))
    for number, (options, expected) in enumerate(
        [
            ({}, ["0.05%", "0.75%"]),
            ({"method": "tolerance"}, ["0.2%", "0.2%"]),
            ({"method": "tolerance", "thorough": True}, ["0.05%", "0.05%"]),
            ({"method": "tolerance", "score_threshold": 9}, ["0.2%", "9"]),
        ]
    ):
        list(filter_frames(frames, tmp_path / f"r{number}", **options))
        settings = open_record(tmp_path / f"r{number}").settings
        assert [str(settings.min_contour_area), str(settings.score_threshold)] == expected


def test_any_order_of_the_folder_decides_the_same(write_tree, tmp_path, monkeypatch):
    frames = write_tree(random_scene(frames=6))
    expected = manifest_bytes(frames, tmp_path / "r0")
    plain_scandir = os.scandir

    class Shuffled:
        def __init__(self, path):
            self._entries = list(plain_scandir(path))
            rng.shuffle(self._entries)

        def __enter__(self):
            return iter(self._entries)

        def __exit__(self, *_):
            pass

        def __iter__(self):
            return iter(self._entries)

        def close(self):
            pass

    monkeypatch.setattr(os, "scandir", Shuffled)
    for seed in range(50):
        rng = random.Random(seed)
        assert manifest_bytes(frames, tmp_path / f"r{seed + 1}") == expected


def test_opencv_gets_its_threads_back(write_tree):
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        list(filter_frames(write_tree(scene(None))))
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)


@pytest.mark.parametrize("relative", [True, False], ids=["percent", "px"])
@pytest.mark.parametrize("camera", ["c101", "c102", "c103", "c104", "c105", "c4714", "c7"])
def test_real_cameras_are_decided_as_the_plain_loop_decides(shared, camera, relative):
    """Names of these cameras sort in order of time."""
    paths = sorted((shared / "frames" / camera).iterdir())
    area, score = (0.05, 0.75) if relative else (500, 3000)
    unit = "%" if relative else ""
    decisions = filter_frames(shared / "frames" / camera, None, f"{area}{unit}", f"{score}{unit}")
    found = {d.frame.path: (str(d.verdict), d.score) for d in decisions}
    assert found == plain_filter(paths, area, score, relative)


def test_noise_and_gradients_are_decided_as_the_plain_loop_decides(tmp_path):
    rng = np.random.default_rng(5)
    paths = []
    for number in range(30):
        image = cv2.GaussianBlur(rng.integers(0, 256, (97, 131, 3), np.uint8), (0, 0), 1 + number % 4)
        paths.append(tmp_path / f"c1_2021_03_27__10_{number:02}_00.{('png', 'jpg', 'bmp', 'webp', 'tiff')[number % 5]}")
        paths[-1].write_bytes(encode(image, paths[-1].suffix))
    decisions = filter_frames(tmp_path, None, 3, 40)
    assert {d.frame.path: (str(d.verdict), d.score) for d in decisions} == plain_filter(paths, 3, 40, False)


def write_jpegs(folder: Path, count: int = 12, width: int = 320, height: int = 240) -> Path:
    rng = np.random.default_rng(2)
    folder.mkdir()
    for number in range(count):
        image = cv2.resize(rng.integers(0, 256, (12, 16, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
        (folder / name(number)).with_suffix(".jpg").write_bytes(encode(image, ".jpg"))
    return folder


@pytest.mark.parametrize("size", [None, (80, 60), (100, 60)])
def test_fast_decoding_scores_nearly_the_same(tmp_path, size):
    frames = write_jpegs(tmp_path / "frames")
    exact, fast = (list(filter_frames(frames, size=size, decode=decode)) for decode in ("exact", "fast"))
    assert [d.size for d in fast] == [(320, 240)] * 12 == [d.size for d in exact]
    for one, other in zip(exact[1:], fast[1:], strict=True):
        assert other.score == pytest.approx(one.score, rel=0.1) and one.score > 0


def test_fast_decoding_decides_other_formats_exactly(write_tree):
    frames = write_tree(scene(None, NEW, None))
    assert list(filter_frames(frames, decode="fast")) == list(filter_frames(frames))


def test_fast_decoding_skips_what_is_damaged(tmp_path):
    frames = write_jpegs(tmp_path / "frames", count=2)
    path = frames / f"{name(1)[:-4]}.jpg"
    path.write_bytes(path.read_bytes()[:-300])
    decisions = list(filter_frames(frames, size=(80, 60), decode="fast"))
    assert [d.reason for d in decisions] == ["first frame to compare with", "truncated JPEG"]


def test_late_frames_are_decided_by_the_kept_frame_before_them_when_asked(write_tree, tmp_path):
    """As if they had come in time, however the run is cut; and what follows goes on from what was kept last."""
    states = [None, NEW, NEW, None, None, NEW, None, NEW, NEW, NEW, None, None]
    frames = write_tree({path: content for n, (path, content) in enumerate(scene(*states).items()) if n in (0, 4, 9)})
    first = {d.frame.path: d.verdict for d in filter_frames(frames, tmp_path / "results")}
    write_tree({path: content for n, (path, content) in enumerate(scene(*states).items()) if n < 10})
    assert list(filter_frames(frames, tmp_path / "results")) == []
    shutil.copytree(tmp_path / "results", tmp_path / "cut")
    decisions = list(filter_frames(frames, tmp_path / "results", late="decide"))
    assert [d.frame.path for d in decisions] == [f"c1/{name(n)}" for n in (1, 2, 3, 5, 6, 7, 8)]
    assert {d.order for d in decisions} == {Order.LATE}
    assert letters(decisions) == "kdkkkkd" and first[f"c1/{name(4)}"] == "drop"
    with closing(filter_frames(frames, tmp_path / "cut", late="decide", jobs=1)) as steps:
        assert list(islice(steps, 3)) == decisions[:3]
    assert list(filter_frames(frames, tmp_path / "cut", late="decide", jobs=3)) == decisions[3:]
    assert read_tree(tmp_path / "cut") == read_tree(tmp_path / "results")
    write_tree(scene(None, NEW, start=10))
    later = list(filter_frames(frames, tmp_path / "results"))
    assert letters(later) == "kk" and later[0].reference == f"c1/{name(9)}"


def test_a_skipped_file_that_has_changed_is_looked_at_again_in_its_place(write_tree, tmp_path):
    half, whole, path = encode(make_image(box=NEW))[:-30], encode(make_image(box=NEW)), f"c1/{name(1)}"
    frames = write_tree(scene(None) | {path: half} | scene(None, start=2))
    assert letters(filter_frames(frames, tmp_path / "results")) == "ksd"
    assert list(filter_frames(frames, tmp_path / "results")) == []
    write_tree({path: half[:-9]})
    assert letters(filter_frames(frames, tmp_path / "results")) == "s"
    write_tree({path: whole})
    [decision] = filter_frames(frames, tmp_path / "results")
    assert (decision.verdict, decision.again, decision.reference) == ("keep", True, f"c1/{name(0)}")
    assert list(filter_frames(frames, tmp_path / "results")) == []
    with Results(tmp_path / "results", frames, Settings()) as results:
        verdicts = results.summary.verdicts
        assert (verdicts[Verdict.KEEP], verdicts[Verdict.SKIP], results.skipped()) == (2, 0, {})


def test_a_decided_file_that_holds_another_picture_is_a_new_frame(write_tree, tmp_path):
    frames = write_tree({"c1/video.jpg": encode(make_image())})
    list(filter_frames(frames, tmp_path / "results"))
    for number, box in enumerate([NEW, None, None], start=2):
        write_tree({"c1/video.jpg": encode(make_image(box=box)) + b"\0" * number})
        [decision] = filter_frames(frames, tmp_path / "results")
        assert decision.frame.source == "c1/video.jpg" and decision.verdict == ("drop" if number == 4 else "keep")
        assert list(filter_frames(frames, tmp_path / "results")) == []
    kept = [path for path in read_tree(tmp_path / "results") if path != manifest.NAME]
    assert [outcome.problem for outcome in verify(tmp_path / "results")] == [""] * 3
    assert len(kept) == 3 and (tmp_path / "results/c1/video.jpg").read_bytes() == encode(make_image())


def test_a_file_that_is_only_touched_or_copied_stays_decided(write_tree, tmp_path):
    frames = write_tree(scene(None, NEW))
    list(filter_frames(frames, tmp_path / "results"))
    for path in frames.rglob("*.png"):
        os.utime(path, ns=(5, 5 * 10**17))
    assert list(filter_frames(frames, tmp_path / "results")) == []


def test_a_manifest_that_says_nothing_of_files_goes_on(write_tree, tmp_path):
    """What was decided stays so; what was skipped is looked at once more."""
    frames = write_tree(scene(None, NEW) | {f"c1/{name(2)}": b"half"})
    list(filter_frames(frames, tmp_path / "results"))
    record = tmp_path / "results" / manifest.NAME
    record.write_bytes(without_files(manifest.NAME, record.read_bytes()))
    write_tree({f"c1/{name(0)}": encode(make_image(box=NEW))})
    assert letters(filter_frames(frames, tmp_path / "results")) == "s"
    assert list(filter_frames(frames, tmp_path / "results")) == []


def test_kept_frames_of_a_refreshed_file_that_were_not_recorded_are_known(write_tree, tmp_path):
    frames = write_tree({"c1/video.jpg": encode(make_image())})
    list(filter_frames(frames, tmp_path / "results"))
    before = (tmp_path / "results" / manifest.NAME).read_bytes()
    write_tree({"c1/video.jpg": encode(make_image(box=NEW))})
    list(filter_frames(frames, tmp_path / "results"))
    whole = read_tree(tmp_path / "results")
    (tmp_path / "results" / manifest.NAME).write_bytes(before)
    assert letters(filter_frames(frames, tmp_path / "results")) == "k"
    assert read_tree(tmp_path / "results") == whole
