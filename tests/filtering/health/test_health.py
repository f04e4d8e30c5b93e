"""Faults come out as they begin and as they end, to whoever listens."""

from datetime import UTC, datetime, timedelta

from framesift.filtering.health import Fault, FaultKind, Health
from framesift.filtering.selection import Decision, Order, Verdict
from framesift.frames.frame import Frame

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def decide(number: int, order: Order | None = None) -> Decision:
    frame = Frame(f"c1/{number}.jpg", "c1", NOON + timedelta(minutes=number))
    return Decision(frame, Verdict.DROP, 0.0, "c1/0.jpg", "score 0 <= 1", (640, 480), order=order)


def test_a_fault_is_told_as_it_begins_and_once_more_when_it_is_over():
    health, told = Health(), []
    health.listeners.append(told.append)
    for number in range(6):
        health.add(decide(number, Order.FAULT if number in (2, 3) else None))
    begun = Fault("c1", FaultKind.CLOCK, NOON + timedelta(minutes=2), None, 60.0, "c1/2.jpg")
    over = Fault("c1", FaultKind.CLOCK, begun.begin, NOON + timedelta(minutes=4), 60.0, begun.path, is_over=True)
    assert told == [begun, over]
    assert health.faults == [over]


def test_a_line_says_what_it_is_since_when_and_which_frame_shows_it():
    moved = Fault("c1", FaultKind.MOVED, NOON, None, 23.0, "c1/2.jpg", share=0.036)
    assert moved.line() == "c1: moved by 23 px (3.6 % of the width) since 2026-05-01 12:00:00: c1/2.jpg"
    assert moved.as_json()["kind"] == "moved"
