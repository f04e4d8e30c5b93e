"""Cameras walked in chunks by an executor, against the plain walk: no cluster is needed for that."""

import os
import random
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framesift import filter_frames
from framesift.cluster import LOST, WorkersLost
from framesift.errors import StorageError
from framesift.filtering.chunks import Dispatch, camera, dispatch, keeping, walking
from framesift.filtering.chunks.keeping import Kept
from framesift.filtering.settings import Settings
from framesift.frames.finding import find_frames
from tests.conftest import encode, make_image


def write_cameras(root, seed: int, lengths: tuple[int, ...]):
    """Cameras with quiet and lively times, other views, two sizes, and damaged frames."""
    draw = random.Random(seed)
    for number, length in enumerate(lengths):
        place = 0
        for minute in range(length):
            place = draw.choice([place, place, place, draw.randrange(40)])
            size = {"width": 48, "height": 64} if draw.random() < 0.2 else {}
            level = 130 if draw.random() < 0.1 or minute > 40 else 60
            content = encode(make_image(level=level, box=(place, 20, 12, 12) if place else None, **size))
            path = root / f"c{number}" / f"c{number}_2021_03_27__{10 + minute // 60}_{minute % 60:02}_00.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content[:-20] if draw.random() < 0.1 else content)
    return root


def walk(root, executor, *, slots=1, longest=None, against=1, most=None, **options) -> tuple[list, Dispatch]:
    chosen = Settings(against=against, most=most)
    walker = Dispatch(executor, str(root), chosen, lambda _: {}, slots=slots, longest=longest, **options)
    return [decision for _, decision in walker.decide(find_frames(root).frames)], walker


@pytest.fixture(scope="module")
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    lengths=st.sampled_from([(50,), (25, 25), (30, 2, 9), (8,) * 6]),
    slots=st.sampled_from([1, 2, 4, 16]),
    longest=st.sampled_from([1, 7, 100, None]),
    kept=st.sampled_from([0, 2**20]),
    against=st.integers(1, 4),
    most=st.sampled_from([None, 20.0]),
)
def test_any_chunks_on_any_number_of_workers_are_the_plain_walk(
    tmp_path_factory, threads, monkeypatch, seed, lengths, slots, longest, kept, against, most
):
    root = write_cameras(tmp_path_factory.mktemp("cameras"), seed, lengths)
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "KEPT_BYTES", kept)
        decisions, walker = walk(root, threads, slots=slots, longest=longest, against=against, most=most)
    assert decisions == list(filter_frames(root, jobs=1, against=against, most=most))
    assert walker.cost.decoded - walker.cost.decoded_again == len(decisions)
    assert kept == 0 or walker.cost.decoded_again == 0


def test_no_more_workers_than_cameras_do_nothing_twice(tmp_path, threads):
    decisions, walker = walk(write_cameras(tmp_path, 1, (20, 20)), threads, slots=1, longest=7)
    assert walker.cost.decoded == len(decisions) == 40
    assert walker.cost.compared_again == walker.cost.decoded_again == 0


class Inline(Executor):
    """Does everything at once, in the caller's thread; remembers what was sent."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def submit(self, function, /, chunk, *arguments):
        self.lengths.append(len(chunk.frames))
        future: Future = Future()
        future.set_result(function(chunk, *arguments))
        return future


@pytest.mark.parametrize(("ahead", "sent"), [(2**20, 6), (-1, 2)])
def test_workers_go_on_while_decisions_are_recorded_as_far_as_memory_allows(tmp_path, monkeypatch, ahead, sent):
    write_cameras(tmp_path, 3, (30,))
    monkeypatch.setattr(dispatch, "AHEAD", ahead)
    inline = Inline()
    walker = Dispatch(inline, str(tmp_path), Settings(), lambda _: {}, longest=5)
    deciding = walker.decide(find_frames(tmp_path).frames)
    next(deciding), next(deciding)
    assert len(inline.lengths) == sent
    assert 2 + len(list(deciding)) == sum(inline.lengths) == 30


def test_chunks_become_small_to_the_end_where_another_worker_could_help(tmp_path, monkeypatch):
    root = write_cameras(tmp_path, 4, (40, 8))
    monkeypatch.setattr(dispatch, "LONGEST", 16)
    monkeypatch.setattr(dispatch, "SHORTEST", 2)
    for slots, lengths in (1, [16, 16, 8, 8]), (2, [16, 4, 12, 2]):
        inline = Inline()
        walk(root, inline, slots=slots)
        assert inline.lengths[:4] == lengths


def test_order_is_given_up_rather_than_memory(tmp_path, threads, monkeypatch):
    root = write_cameras(tmp_path, 2, (40, 5, 5))
    monkeypatch.setattr(dispatch, "AHEAD", -1)
    decisions, _ = walk(root, threads, slots=3, longest=5)
    plain = list(filter_frames(root, jobs=1))
    assert sorted(decisions, key=lambda d: plain.index(d)) == plain
    for name in ("c0", "c1", "c2"):
        assert [d for d in decisions if d.frame.camera == name] == [d for d in plain if d.frame.camera == name]


class Losing(Executor):
    """Calls in a thread of its own; a chunk that holds the frame `deadly` loses its worker."""

    def __init__(self, deadly: str) -> None:
        self.deadly = deadly
        self.calls = 0

    def submit(self, function, /, *arguments):
        future: Future = Future()
        self.calls += 1
        threading.Thread(target=self._call, args=(future, function, *arguments)).start()
        return future

    def _call(self, future, function, chunk, *arguments):
        read = {frame.path for frame in chunk.frames} - set(chunk.problems)
        if any(self.deadly in path for path in read):
            future.set_exception(WorkersLost("lost"))
            return
        try:
            future.set_result(function(chunk, *arguments))
        except BaseException as error:
            future.set_exception(error)


@pytest.mark.parametrize("slots", [1, 3])
def test_the_frame_that_costs_workers_their_lives_is_found_and_skipped(tmp_path, slots):
    root, executor = write_cameras(tmp_path, 3, (150, 20)), Losing("c0_2021_03_27__11_17")
    decisions, _ = walk(root, executor, slots=slots)
    (root / "c0" / "c0_2021_03_27__11_17_00.png").write_bytes(b"damaged")
    expected = list(filter_frames(root, jobs=1))
    assert [d.reason for d in decisions if d not in expected] == [LOST]
    assert [d for d in decisions if d.reason != LOST] == [d for d in expected if "11_17_00" not in d.frame.path]
    assert executor.calls < 50


def test_a_frame_that_changes_after_it_was_decided_is_skipped_and_the_rest_follows(tmp_path, threads):
    """What is copied has to be what was decided."""
    root = write_cameras(tmp_path, 4, (30,))
    kept = [d.frame.path for d in filter_frames(root, jobs=1) if d.verdict == "keep"]
    victim, given = kept[2], []
    walker = Dispatch(threads, str(root), Settings(), lambda _: {}, slots=2, longest=20)
    for view, decision in walker.decide(find_frames(root).frames):
        if not given:
            (root / victim).write_bytes(b"another picture")
        if decision.verdict == "keep":
            assert view.content == (root / decision.frame.path).read_bytes()
        given.append(decision)
    assert given == [
        d if d.frame.path != victim else given[[g.frame.path for g in given].index(victim)]
        for d in filter_frames(root, jobs=1)
    ]
    assert [d.reason for d in given if d.frame.path == victim] == [dispatch.CHANGED]


def test_a_chunk_that_changes_before_it_is_walked_again_is_walked_anew(tmp_path, threads, monkeypatch):
    root = write_cameras(tmp_path, 5, (40,))
    monkeypatch.setattr(keeping, "KEPT_BYTES", 0)
    changed = threading.Event()
    original = walking.walk_chunk_again

    def rewrite_first(chunk, *arguments):
        if not changed.is_set():
            changed.set()
            for frame in chunk.frames:
                path = root / frame.path
                earlier = path.stat().st_mtime_ns - 10**9
                path.write_bytes(path.read_bytes())
                os.utime(path, ns=(earlier, earlier))
        return original(chunk, *arguments)

    monkeypatch.setattr(dispatch, "walk_chunk_again", rewrite_first)
    decisions, walker = walk(root, threads, slots=4, longest=10)
    assert changed.is_set() and walker.cost.decoded_again > 0
    assert decisions == list(filter_frames(root, jobs=1))


def test_a_folder_that_a_worker_does_not_see_is_said_with_its_path(tmp_path, threads):
    root = write_cameras(tmp_path / "here", 6, (3,))
    frames = find_frames(root).frames
    walker = Dispatch(threads, str(tmp_path / "there"), Settings(), lambda _: {})
    with pytest.raises(StorageError, match=r"there: is not there on .*: every worker needs the folder"):
        list(walker.decide(frames))


def test_stopping_cancels_what_was_sent(tmp_path):
    class Idle(Executor):
        def __init__(self):
            self.futures = []

        def submit(self, function, /, *arguments):
            self.futures.append(Future())
            if len(self.futures) == 1:
                self.futures[0].set_result(function(*arguments))
            return self.futures[-1]

    executor = Idle()
    walker = Dispatch(executor, str(write_cameras(tmp_path, 7, (30,))), Settings(), lambda _: {}, slots=3, longest=5)
    decisions = walker.decide(find_frames(tmp_path).frames)
    next(decisions)
    decisions.close()
    assert len(executor.futures) > 2 and all(future.cancelled() for future in executor.futures[1:])


def test_descriptors_are_kept_as_far_as_they_fit(monkeypatch):
    monkeypatch.setattr(keeping, "KEPT_BYTES", 250)
    kept, picture = Kept(), make_image(10, 10)[:, :, 0]
    for key in "abc":
        kept.put(key, [picture, None])
    assert [kept.find(key) is not None for key in "abc"] == [False, True, True]
    kept.put("c", [picture])
    kept.put("d", [picture, picture], memory=400)
    assert [kept.find(key) is not None for key in "abcd"] == [False] * 4


def test_the_cost_in_words():
    cost = camera.Cost(compared=110, compared_again=10, decoded=100, decoded_again=0)
    assert cost.line() == "done twice, on the cluster: 10.0% of the comparisons, 0.0% of the decoding"


def test_what_workers_have_walked_is_told_before_it_is_decided(tmp_path, threads):
    """Each frame once, however often its chunk is walked again; also while an earlier camera holds decisions back."""
    told: list[int] = []
    root = write_cameras(tmp_path, 3, (60, 40, 20))
    walker = Dispatch(threads, str(root), Settings(), lambda _: {}, slots=8, longest=5, walked=told.append)
    decided = [sum(told) for _ in walker.decide(find_frames(root).frames)]
    assert sum(told) == len(decided) == 120
    assert all(seen > number for number, seen in enumerate(decided))
