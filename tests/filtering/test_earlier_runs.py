"""What a run needs of a manifest, read quickly, is what decoding every line gives."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framesift.errors import StorageError
from framesift.filtering import earlier_runs as past
from framesift.filtering import manifest, manifest_file
from framesift.filtering.clocks import Clock, Stamp, as_written
from framesift.filtering.earlier_runs import Past
from framesift.filtering.file_state import FileState
from framesift.filtering.selection import Decision, Order, Verdict
from framesift.filtering.summary import Summary
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels
from framesift.frames.names.doubts import Tally

NOON = datetime(2021, 3, 27, 12, tzinfo=UTC)
texts = st.text(st.sampled_from('ab/ "\\\n\t\x7fäé€😀\udcff'), min_size=1, max_size=6)
plain = texts.filter(lambda text: not {"", ".", ".."} & set(text.split("/")))
paths = st.uuids().flatmap(lambda unique: plain.map(lambda text: f"{unique}{text}"))
cameras = st.sampled_from(["c1", "c2", 'ä"\\'])
times = st.none() | st.integers(0, 10**7).map(lambda ms: NOON + timedelta(milliseconds=ms))
files = st.sampled_from(["a.jpg", 'ä"\\'])
stills = st.builds(lambda film, path: f"{film}/{path}".replace("\n", "n"), files, paths)
frames = (
    st.builds(Frame, paths, cameras, times, source=st.none() | files)
    | st.builds(Frame, stills, cameras, times, st.floats(0, 1e9))
    | st.builds(Frame, stills, cameras, times, page=st.integers(1, 9))
)
decisions = st.builds(
    Decision,
    frames,
    st.sampled_from(Verdict),
    st.none() | st.floats(0, 1e12),
    st.none() | plain,
    texts,
    st.none() | st.sampled_from([(640, 480), (10, 6)]),
    st.none() | st.floats(0, 1),
    st.sampled_from([None, None, *Order]),
    st.booleans(),
    gap=st.none() | st.integers(0, 2**40).map(lambda n: n / 8),
)
states = st.none() | st.builds(FileState, st.integers(0, 9), st.integers(-9, 9), st.none() | st.integers(0, 2**32 - 1))


def write(folder: Path, lines: list[bytes], rest: bytes = b"") -> str:
    path = folder / manifest.NAME
    path.write_bytes(manifest.encode_header({}) + b"".join(lines) + rest)
    return str(path)


def read(path: str, one_chain: bool = False, against: int = 1) -> Past:
    found = Past(path, lambda camera: (one_chain, against))
    found.read()
    return found


def rewrite(line: bytes, how: str) -> bytes:
    """The line as another program could write it, saying the same."""
    entry = json.loads(line)
    if how == "compact":
        return json.dumps(entry, separators=(",", ":")).encode() + b"\n"
    if how == "sorted":
        return json.dumps(entry, sort_keys=True).encode() + b"\n"
    if how == "more":
        return json.dumps({**entry, "mask": [1, 2], "verdict ": '"verdict": "keep"'}).encode() + b"\n"
    return line


def check(
    found: Past,
    expected: list[Decision],
    one_chain: bool,
    against: int = 1,
    files: list[FileState | None] | None = None,
) -> None:
    summary, references, clocks, offsets, refreshed = Summary(), {}, {}, {}, {}
    for decision, file in zip(expected, files or [None] * len(expected), strict=False):
        summary.add(decision)
        frame, camera = decision.frame, decision.frame.camera
        if frame.offset is not None:
            offsets[frame.file] = frame.offset
        if frame.time is not None and decision.order is not Order.LATE:
            stamp = Stamp(frame.path, frame.time, as_written(file and file.mtime_ns))
            clocks[camera] = clocks.get(camera, Clock()).after(stamp, decision.order)
        if frame.source is not None:
            refreshed[frame.source] = decision.verdict, file and (file.size, file.mtime_ns)
        if file is not None and frame.source is None:
            assert frame.path in refreshed or found.find_file(frame.path) == (decision.verdict, file)
        if decision.order is Order.LATE:
            continue
        if decision.verdict is Verdict.KEEP:
            kept = references.setdefault((decision.frame.camera, None if one_chain else decision.size), [])
            kept[:] = [*(path for path in kept if path[1]), (decision.frame.path, True)][-against:]
        elif decision.verdict is Verdict.DROP and decision.extent is not None:
            kept = references.get((decision.frame.camera, None if one_chain else decision.size), [])
            kept[:] = [(decision.frame.path, False), *(path for path in kept if path[1])] if kept else []
    for decision, file in zip(expected, files or [None] * len(expected), strict=False):
        path = decision.frame.path
        assert found.find(path) is decision.verdict and found.find(path + "x") is None
        if file is not None:
            assert not found.is_settled(path, file.size + 1, file.mtime_ns) and not found.is_settled(
                path + "x", *file[:2]
            )
    assert (found.clocks, found.offsets) == (clocks, offsets)
    assert {file: (verdict, state and state[:2]) for file, (verdict, state) in found.refreshed.items()} == refreshed
    marks = {(camera, chain): list(each) for camera, of in found.references.items() for chain, each in of.items()}
    assert {place: each for place, each in marks.items() if each} == references
    assert list(found.summary.cameras) == list(summary.cameras)
    for camera in [*summary.cameras.values(), *found.summary.cameras.values()]:  # only this run's names are judged
        camera.names = Tally(camera.camera)
    assert found.summary.as_json() == summary.as_json() and found.summary.lines() == summary.lines()


@pytest.mark.parametrize("narrow", [False, True], ids=["64 bits", "1 bit"])
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some=st.lists(decisions, max_size=12, unique_by=lambda d: d.frame.path),
    forms=st.lists(st.sampled_from(["ours", "ours", "compact", "sorted", "more"]), min_size=12, max_size=12),
    added=st.integers(0, 12),
    one_chain=st.booleans(),
    against=st.integers(1, 3),
    files=st.lists(states, min_size=12, max_size=12),
)
def test_it_is_what_decoding_every_line_gives(
    tmp_path, monkeypatch, narrow, some, forms, added, one_chain, against, files
):
    """Also where all paths have one of two hashes, and for decisions added after it was read."""
    with monkeypatch.context() as patch:
        if narrow:
            patch.setattr(past, "hash", lambda text: len(text) % 2, raising=False)
        patch.setattr(past, "_RECENT", 2)
        encoded = [manifest.encode_decision(d, None, file) for d, file in zip(some, files, strict=False)]
        lines = [rewrite(line, form) for line, form in zip(encoded, forms, strict=False)]
        cut = max(len(some) - added, 0)
        path = write(tmp_path, lines[:cut], rest=b'{"path": "torn')
        found = read(path, one_chain, against)
        check(found, some[:cut], one_chain, against, files)
        offset = len(manifest.encode_header({})) + sum(map(len, lines[:cut]))
        for decision, line, file in zip(some[cut:], lines[cut:], files[cut:], strict=False):
            found.add(decision, offset, file)
            found.summary.add(decision)
            assert found.find(decision.frame.path) is None, "not written yet"
            offset += len(line)
        write(tmp_path, lines)
        check(found, some, one_chain, against, files)
        found.close()


@pytest.mark.parametrize("form", ["ours", "compact", "sorted", "more"])
def test_the_first_range_of_each_camera_is_known(tmp_path, form):
    ranges = [None, Levels(7000, 8000), Levels(0, 4096)]
    some = [Decision(Frame(f"{n}.png", "c1", NOON), Verdict.DROP, 0, "a", "", (2, 1)) for n in range(3)]
    lines = [manifest.encode_decision(d, levels) for d, levels in zip(some, ranges, strict=True)]
    lines.append(manifest.encode_decision(Decision(Frame("9.png", "c2", NOON), Verdict.KEEP, None, None, "", (2, 1))))
    found = read(write(tmp_path, [rewrite(line, form) for line in lines]))
    assert found.levels == {"c1": Levels(7000, 8000)}
    assert found.summary.cameras["c1"].levels == Levels(7000, 8000)
    assert found.summary.cameras["c2"].levels is None and found.summary.cameras["c1"].frames == 3
    found.close()


def test_a_range_that_cannot_be_is_told(tmp_path):
    line = manifest.encode_decision(Decision(Frame("a", "c1", NOON), Verdict.DROP, 1.0, "b", "", (2, 1)), Levels(1, 2))
    with pytest.raises(StorageError, match="holds a value that cannot be"):
        read(write(tmp_path, [line.replace(b"[1, 2]", b"[2, 1]")]))


def test_a_line_of_any_length_is_found(tmp_path):
    long = Decision(Frame("a.png", "c1", NOON), Verdict.SKIP, None, None, "why " * 5000, None)
    found = read(write(tmp_path, [manifest.encode_decision(long)] * 2))
    assert found.find("a.png") is Verdict.SKIP
    found.close()


def test_many_lines_stand_where_they_are_looked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(manifest_file, "BLOCK", 1000)
    some = [
        Decision(Frame(f"{n}.png", "c1", NOON + timedelta(seconds=n)), Verdict(verdict), None, None, "", (2, 1))
        for n, verdict in enumerate(["keep", "drop", "skip"] * 100)
    ]
    found = read(write(tmp_path, list(map(manifest.encode_decision, some))))
    check(found, some, one_chain=False)
    found.close()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"drop"', b'"lost"', "line 3 is damaged"),
        (b'{"path"', b'x{"path"', "line 3 is damaged"),
        (b'"c1"', b'"c1', "line 3 is damaged"),
        (b"03-27T", b"13-27T", "holds a value that cannot be"),
    ],
)
def test_a_damaged_line_is_told(tmp_path, old, new, message):
    line = manifest.encode_decision(Decision(Frame("a", "c1", NOON), Verdict.DROP, 1.0, "b", "", (2, 1)))
    assert old in line
    with pytest.raises(StorageError, match=message):
        read(write(tmp_path, [line, line.replace(old, new, 1)]))
