"""A run with 16-bit frames in the review: the recorded range is used for everything that is drawn or decided again."""

import pytest

from framesift import filter_frames
from framesift.frames.levels import Levels
from tests.conftest import encode
from tests.filtering.test_ranges import count_thermal, draw, write
from tests.filtering.test_run import name
from tests.review.runs.test_runs import Counting, forge, identify, line, served

__all__ = ["served"]


@pytest.fixture
def thermal(served, tmp_path) -> str:
    frames = write(tmp_path / "site" / "deck", count_thermal)
    list(filter_frames(frames, frames.parent / "kept"))
    return identify("kept")


def test_decisions_are_drawn_in_the_recorded_range(served, thermal):
    run = served.runs.open(thermal)
    assert set(run.record.levels) == {"c1"}
    for number in range(1, 7):
        changes = served.changes(thermal, number)
        assert changes["change"] == "" and bool(changes["counted"]) is (number in (3, 5, 6))


@pytest.mark.parametrize("kind", ["rehearsal", "tuning"])
def test_a_run_is_decided_again_in_the_recorded_range_though_its_first_frame_is_another_now(
    served, thermal, tmp_path, kind
):
    frame = tmp_path / "site" / "deck" / "c1" / name(0)
    frame.write_bytes(encode(count_thermal(draw(0)) + 20_000))
    watch = Counting()
    if kind == "rehearsal":
        told = served.kinds["rehearsal"](served.plan_rehearsal(thermal, None, "0.75%"), watch)
        # Now the first is all white, and all else differs from it.
        assert told["changes"][0]["path"] == f"c1/{name(1)}" and told["kept"] == 5
        return
    served.kinds["tuning"]({"run_id": thermal, "questions": 3}, watch)
    sweep = served.tunings._held[thermal].session.sweep
    assert sweep.levels.find("c1") == served.runs.open(thermal).decisions.levels["c1"]


def test_a_range_that_is_read_later_is_known(served, tmp_path):
    run_id = forge(tmp_path / "site" / "kept", [line("c1/0.png", verdict="keep")])
    assert served.runs.open(run_id).record.levels == {}
    lines = [line("c1/0.png", verdict="keep"), line("c1/1.png", levels=[0, 4096]), line("c1/2.png", levels=[3])]
    forge(tmp_path / "site" / "kept", lines)
    assert served.runs.open(run_id).record.levels == {"c1": Levels(0, 4096)}
