"""At most so many frames, of real pictures: exact, resumed, by the thresholds that the manifest names."""

import os
import shutil
from collections import Counter
from contextlib import closing

import numpy as np
import pytest

from framesift.cli import main
from framesift.errors import StorageError, UsageError
from framesift.filtering import describing
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.describing import read_frame
from framesift.filtering.manifest import read_decisions
from framesift.filtering.manifest import read_settings as read_recorded
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.run import filter_frames
from framesift.filtering.selection import Verdict
from tests.conftest import encode, make_image, read_decided, read_tree
from tests.frames.test_videos import door

SIZES = {"c1": (160, 120), "c2": (128, 96)}


def draw(camera: str, number: int) -> np.ndarray:
    """A box that comes, grows and goes, in other steps for each number."""
    width, height = SIZES[camera]
    side = (number * 7 + number * number) % 40
    return make_image(width, height, box=(20 + number % 50, 30, side, side) if side else None)


@pytest.fixture
def frames(write_tree):
    """Two cameras, three days, twelve frames a day."""
    tree = {}
    for camera in SIZES:
        for number in range(36):
            name = f"{camera}/{camera}_2021_03_{27 + number // 12}__{8 + number % 12:02}_00_00.png"
            tree[name] = encode(draw(camera, number))
    return write_tree(tree)


def decide(frames, results=None, **how):
    return list(filter_frames(frames, results, **how))


def kept(decisions):
    return [d.frame.path for d in decisions if d.verdict is Verdict.KEEP]


def day_of(decision):
    return decision.frame.camera, decision.frame.time.date()


@pytest.mark.parametrize("keep", ["1/camera", "5/camera", "2", "9", "30", "3/camera/day", "1/camera/day"])
def test_never_more_and_nearly_as_many(frames, keep):
    decisions = decide(frames, keep=keep)
    number, *each = keep.split("/")
    part = {0: lambda d: 0, 1: lambda d: d.frame.camera, 2: day_of}[len(each)]
    counts = Counter(part(d) for d in decisions if d.verdict is Verdict.KEEP)
    assert max(counts.values()) <= int(number)
    assert sum(counts.values()) >= 0.7 * int(number) * len(set(map(part, decisions)))


@pytest.mark.parametrize("how", [{}, {"against": 2}, {"most": "20%"}, {"method": "tolerance"}, {"size": "80x60"}])
def test_every_decision_is_that_of_the_comparison_and_of_the_threshold_it_names(frames, how):
    settings = read_settings(keep="6/camera", **how)
    for decision in decide(frames, keep="6/camera", **how):
        if decision.reference is None:
            continue
        comparator = comparator_of(settings, decision.frame.camera)
        images = [read_frame(str(frames / path), settings).pixels for path in (decision.reference, decision.frame.path)]
        before, after = map(comparator.describe, images)
        assert comparator.score(before, after) == decision.score
        limit = decision.weight.limit.px(comparator.compared_area(after))
        assert (decision.score > limit) == (decision.verdict is Verdict.KEEP or decision.left_out)


@pytest.mark.parametrize(("keep", "thresholds"), [("14", 1), ("7/camera", 2), ("3/camera/day", 6)])
def test_each_part_has_one_threshold(frames, keep, thresholds):
    assert len({d.weight.threshold for d in decide(frames, keep=keep)}) <= thresholds


@pytest.mark.parametrize("keep", ["9", "5/camera", "3/camera/day"])
def test_any_number_of_workers_and_any_interruption_give_the_same_bytes(frames, tmp_path, keep):
    decide(frames, tmp_path / "one", keep=keep, jobs=1)
    decide(frames, tmp_path / "many", keep=keep, jobs=5)
    expected = read_tree(tmp_path / "one")
    assert read_tree(tmp_path / "many") == expected
    for cut in (13, 40):
        results = tmp_path / f"cut{cut}"
        with closing(filter_frames(frames, results, keep=keep)) as decisions:
            for _ in range(cut):
                next(decisions)
        decide(frames, results, keep=keep)
        assert read_decided(results) == read_decided(tmp_path / "one")


def test_nothing_is_decoded_twice_to_find_it(frames, tmp_path, monkeypatch):
    decoded, read_picture = Counter(), describing.read_picture

    def count_decoded(path, *how):
        decoded[path] += 1
        return read_picture(path, *how)

    monkeypatch.setattr(describing, "read_picture", count_decoded)
    decide(frames, tmp_path / "results", keep="3/camera/day")
    assert decoded == dict.fromkeys(map(str, frames.rglob("*.png")), 1)


def test_the_manifest_says_which_threshold_it_was(frames, tmp_path):
    decisions = decide(frames, tmp_path / "results", keep="3/camera/day")
    manifest = tmp_path / "results" / "manifest.jsonl"
    assert list(read_decisions(str(manifest))) == decisions
    assert read_recorded(str(manifest))["budget"] == "3/camera/day"
    assert len({(day_of(d), d.weight.threshold) for d in decisions}) == 6


def test_frames_that_come_later_share_what_is_left(frames, tmp_path):
    later = tmp_path / "later"
    shutil.move(frames / "c2", later)
    decide(frames, tmp_path / "results", keep="1")
    shutil.copytree(later, frames / "c2")
    with pytest.raises(UsageError, match="all cameras: 0 frames left of --keep 1 are too few, for the first frame of"):
        decide(frames, tmp_path / "results", keep="1")
    shutil.rmtree(frames / "c2")
    (frames / "c1" / "c1_2021_04_01__08_00_00.png").write_bytes(encode(draw("c1", 3)))
    assert [d.verdict for d in decide(frames, tmp_path / "results", keep="1")] == [Verdict.DROP]


def test_other_budgets_are_other_results(frames, tmp_path):
    decide(frames, tmp_path / "results", keep="9")
    with pytest.raises(UsageError, match="was filled with budget 9, not 8: choose another results folder"):
        decide(frames, tmp_path / "results", keep="8")


def test_a_frame_that_is_replaced_meanwhile_is_not_kept(frames, tmp_path):
    """All of a camera is looked at before its first frame is decided."""
    decisions = filter_frames(frames, tmp_path / "results", keep="5/camera", jobs=1)
    next(decisions)
    for path in sorted((frames / "c1").iterdir())[1:]:
        path.write_bytes(encode(make_image(160, 120, 200)))
        os.utime(path, (1, 1))
    with pytest.raises(StorageError, match="changed between being looked at and being kept: the same command goes on"):
        list(decisions)


def test_a_damaged_frame_costs_nothing_of_it(frames):
    damaged = frames / "c1" / "c1_2021_03_27__07_00_00.png"
    damaged.write_bytes(b"nothing")
    decisions = decide(frames, keep="5/camera")
    assert decisions[0].verdict is Verdict.SKIP
    assert kept(decisions) == kept(decide(frames, keep="5/camera", exclude="*07_00_00*"))


@pytest.mark.parametrize(
    ("how", "line"),
    [
        ({"keep": 1}, "all cameras: 1 frame left of --keep 1 are too few"),
        (
            {"keep": "2/camera", "at_least": "1/2h"},
            "camera c1: 2 frames left of --keep 2/camera .* --at-least asks for",
        ),
        ({"keep": 5, "late": "decide"}, "--keep has given its frames away when others come late"),
    ],
)
def test_what_cannot_be(frames, tmp_path, how, line):
    with pytest.raises(UsageError, match=line):
        decide(frames, tmp_path / "results", **how)


def test_spacing_and_a_budget_together(frames):
    decisions = decide(frames, keep="4/camera/day", at_most="1/2h", at_least="1/10h")
    last = {}
    for decision in decisions:
        camera, time = decision.frame.camera, decision.frame.time
        if camera in last:
            gap = (time - last[camera]).total_seconds() / 3600
            assert gap < 10 or decision.verdict is Verdict.KEEP
            assert gap >= 2 or decision.verdict is Verdict.DROP
        if decision.verdict is Verdict.KEEP:
            last[camera] = time


def test_the_command(frames, tmp_path, capsys):
    assert main(["filter", str(frames), str(tmp_path / "r"), "--keep", "5/camera"]) == 0
    told = capsys.readouterr().out
    assert "budget of camera c1: 5 of 5 kept, by a threshold of " in told
    assert main(["filter", str(frames), str(tmp_path / "all"), "--keep", "500"]) == 0
    assert "budget of all cameras not reached: " in capsys.readouterr().out
    assert main(["filter", str(frames), str(tmp_path / "days"), "0.05%", "5%", "--keep", "2/camera/day", "--json"]) == 0
    assert '"budget": [{"camera": "c1", "day": "2021-03-27", "allowed": 2, "kept": 2' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--watch"], "--watch cannot know how many frames will come: it takes no --keep"),
        (["--cluster", "local"], "--keep compares by many thresholds at once, on one machine: it takes no --cluster"),
    ],
)
def test_the_command_refuses(frames, tmp_path, capsys, words, line):
    assert main(["filter", str(frames), str(tmp_path / "r"), "--keep", "5", *words]) == 2
    assert capsys.readouterr().err == f"framesift: {line}\n"


def test_the_others_are_moved_away(frames, tmp_path, capsys):
    assert main(["filter", str(frames), "--remove-to", str(tmp_path / "backup"), "--keep", "5/camera"]) == 0
    capsys.readouterr()
    left = Counter(path.parent.name for path in frames.rglob("*.png"))
    assert max(left.values()) <= 5


def test_films(tmp_path):
    """The kept frames are decoded once more, when they are placed; a run that was stopped goes on with the same."""
    for name in ("front_20230612_100000.avi", "front_20230612_100100.avi", "back_20230612_100000.avi"):
        door(tmp_path / "frames" / name, [(1, 2)])
    decisions = decide(tmp_path / "frames", tmp_path / "one", keep="3/camera", every=1)
    counts = Counter(d.frame.camera for d in decisions if d.verdict is Verdict.KEEP)
    assert counts == {"back": 3, "front": 3}
    plain = decide(tmp_path / "frames", tmp_path / "all", every=1)
    assert {d.frame.path for d in plain} == {d.frame.path for d in decisions}
    for path in set(kept(plain)) & set(kept(decisions)):
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "all" / path).read_bytes()
    with closing(filter_frames(tmp_path / "frames", tmp_path / "two", keep="3/camera", every=1)) as stopped:
        for _ in range(6):
            next(stopped)
    decide(tmp_path / "frames", tmp_path / "two", keep="3/camera", every=1)
    assert read_tree(tmp_path / "two") == read_tree(tmp_path / "one")
