"""Patterns of names that came with a folder of somebody else are given up, and else read as any others."""

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.errors import UsageError
from framesift.frames.names import guarding
from framesift.frames.naming import Naming

PATTERNS = [
    r"(?P<camera>cam\d)_(?P<time>\d{8}_\d{6})",
    r"^(?P<camera>\w+)/(?P<date>[\d-]+)/(?P<time>[\d-]+)",
    r"(?P<time>\d+)(?=x)|(?P<camera>[a-zä]+)",
]
TREACHEROUS = r"(?P<camera>(a+)+)/\$"
paths = st.text(st.sampled_from("cam1/_-20210327x ä\udcff"), min_size=1, max_size=30).map(lambda text: f"{text}.png")


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(PATTERNS), paths)
def test_a_guarded_pattern_reads_the_same(pattern, path):
    plain = Naming(pattern)
    guarded = GUARDED[pattern]
    assert guarded == plain and guarded.read(path) == plain.read(path)
    assert guarded.matches(path) == plain.matches(path) and guarded.cut_time(path) == plain.cut_time(path)


GUARDED = {pattern: Naming(pattern).guarded() for pattern in PATTERNS}


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(guarding, "_SEARCHER", guarding._SEARCHER.replace("ITIMER_REAL, 2)", "ITIMER_REAL, 0.2)"))


def test_a_pattern_that_takes_for_ever_is_given_up_while_others_go_on(short):
    naming, ticks, done = Naming(TREACHEROUS).guarded(), [], threading.Event()

    def tick() -> None:
        while not done.wait(0.01):
            ticks.append(time.monotonic())

    other = threading.Thread(target=tick)
    other.start()
    for _ in range(2):  # it has ended, and stays so
        with pytest.raises(UsageError, match="takes too long, such as on a"):
            naming.read("/".join(["a" * 60, "b.png"]))
    done.set()
    other.join()
    assert len(ticks) > 3


def test_many_slow_names_are_given_up_together(monkeypatch):
    monkeypatch.setattr(guarding, "_LIMIT_OF_ALL_S", 0)
    naming = Naming(PATTERNS[0]).guarded()
    with pytest.raises(UsageError, match="takes too long"):
        naming.read("cam1_20210327_125337.png")


def test_without_a_pattern_there_is_nothing_to_guard():
    assert Naming().guarded().read("c1_20210327_125337.png") == Naming().read("c1_20210327_125337.png")
