from dataclasses import replace
from datetime import UTC, datetime, timedelta

from framesift.filtering.exposure import USUAL, Exposure
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.summary import TOO_FLAT, Summary
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.frames.naming import Naming
from imaging_interview import CHANGE_THRESHOLD

START = datetime(2021, 3, 27, 10, tzinfo=UTC)


def decide(
    number: int, verdict: Verdict = Verdict.DROP, size=(640, 480), camera="c1", time=True, extent=None
) -> Decision:
    frame = Frame(f"{camera}/{number}.png", camera, START + timedelta(minutes=number) if time else None)
    return Decision(frame, verdict, None, None, "", size, extent)


def summary_of(*decisions: Decision) -> Summary:
    summary = Summary()
    for decision in decisions:
        summary.add(decision)
    return summary


def test_totals_are_the_sum_of_the_cameras():
    summary = summary_of(decide(0, Verdict.KEEP), decide(1), decide(0, Verdict.SKIP, None, "c2"))
    assert summary.lines()[-1] == "total: 3 frames, 1 kept (33 %), 1 dropped, 1 skipped"
    assert summary.as_json()["frames"] == sum(camera["frames"] for camera in summary.as_json()["cameras"]) == 3


def test_nothing_decided():
    assert summary_of().lines() == ["total: 0 frames, 0 kept, 0 dropped, 0 skipped"]


def test_a_camera_without_times():
    assert summary_of(decide(0, time=False)).lines()[0] == "c1: 1 frame, 0 kept (0 %), 1 dropped, 0 skipped"


def test_how_often_the_whole_picture_has_changed_and_what_was_left_out_for_it():
    changed, left_out = decide(0, Verdict.KEEP, extent=0.7), [decide(1, extent=0.9), decide(2, extent=0.4)]
    summary = summary_of(decide(3, Verdict.KEEP), changed, *left_out, decide(4, Verdict.KEEP, camera="c2"))
    assert [line.partition("; ")[2] for line in summary.lines()] == [
        "whole picture changed 2 times, 2 frames left out",
        "",
        "whole picture changed 2 times, 2 frames left out",
    ]
    for counts, (whole, out) in zip(
        [summary.as_json(), *summary.as_json()["cameras"]], [(2, 2), (2, 2), (0, 0)], strict=True
    ):
        assert (counts["whole_picture_changed"], counts["left_out"]) == (whole, out)
    assert summary_of(changed).lines()[0].endswith("; whole picture changed 1 time")
    assert summary_of(left_out[1]).lines()[0].endswith("; 1 frame left out")


def test_rare_sizes_and_what_they_are_called():
    many = [decide(n) for n in range(100)]
    rare = [decide(n, size=(10, 6)) for n in range(200, 205)]
    line = summary_of(*many, *rare).lines()[0]
    assert line.endswith("; rare size 10x6: c1/200.png, c1/201.png, c1/202.png and 2 more")


def test_two_sizes_of_equal_number_are_not_rare():
    assert "rare" not in summary_of(decide(0), decide(1, size=(10, 6))).lines()[0]


FLAT, BEYOND = Exposure(flat=True), Exposure(Levels(0, 1024), beyond=True)


def test_the_range_of_16_bits_is_told():
    summary = Summary()
    summary.add(decide(0), Exposure(Levels(7000, 8000)))
    assert summary.lines()[0].endswith("; of its 16 bits levels 7000 to 7999 are black to white")
    assert summary.as_json()["cameras"][0]["levels"] == [7000, 8000]


def test_frames_of_which_too_little_is_seen_are_told_where_they_are_many():
    for exposure, words in (FLAT, "span at most 45 grey levels"), (BEYOND, "lie mostly beyond the levels 0 to 1023"):
        for number, told in (1, 0), (5, 1), (100, 1):
            summary = Summary()
            for n in range(100):
                summary.add(decide(n), exposure if n < number else USUAL)
            hints = summary.lines()[1:-1]
            assert len(hints) == told and all(f"c1: {number} of 100 frames {words}" in hint for hint in hints)


def test_a_flat_frame_whose_change_was_seen_is_not_told():
    summary = Summary()
    summary.add(replace(decide(0, Verdict.KEEP), score=5000.0), FLAT)
    assert len(summary.lines()) == 2 and "flat" not in summary.as_json()["cameras"][0]


def test_the_words_say_what_frame_differencing_needs():
    assert f"at most {CHANGE_THRESHOLD} grey levels" in TOO_FLAT


def test_a_name_that_would_disturb_the_terminal_is_escaped():
    assert summary_of(decide(0, camera="c\x1b[31m\n")).lines()[0].startswith("c\\x1b[31m\\n: 1 frame")


def test_times_are_shown_in_the_zone_of_the_names():
    summary = summary_of(decide(0, Verdict.KEEP), decide(5))
    assert summary.lines()[0].endswith(", 2021-03-27 10:00 to 2021-03-27 10:05")
    lines = summary.lines(Naming(timezone="Asia/Tokyo"))
    assert lines[0].endswith(", 2021-03-27 19:00 to 2021-03-27 19:05 Asia/Tokyo")
    assert summary.as_json()["cameras"][0]["first"] == "2021-03-27T10:00:00+00:00"


def test_what_looks_wrong_in_names_is_said_before_the_total():
    summary = summary_of(*(decide(n, time=False) for n in range(3)))
    [doubt] = summary.as_json()["doubts"]
    assert doubt.startswith("no times in 3 frames (camera c1)") and doubt not in summary.lines()
    assert "doubts" not in summary_of(decide(0), decide(1)).as_json()
    film = [Decision(Frame(f"f/{n}", "f", None, n), Verdict.DROP, None, None, "", (9, 9)) for n in range(3)]
    assert summary_of(*film).doubts() == []
