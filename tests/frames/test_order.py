"""Frames are put in order the same way, whether or not they are in it already."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from framesift.frames.frame import Frame, order_key, put_in_order

TIMES = st.none() | st.integers(0, 3).map(lambda n: datetime(2021, 3, 27, tzinfo=UTC) + timedelta(seconds=n))
FRAMES = st.lists(st.builds(Frame, st.sampled_from(["a9", "a10", "b (1).jpg", "b.jpg"]), st.sampled_from("12"), TIMES))


@given(FRAMES, st.booleans())
def test_as_sorting_does(frames, before):
    frames = sorted(frames, key=order_key) if before else frames
    assert put_in_order(iter(frames)) == sorted(frames, key=order_key)
