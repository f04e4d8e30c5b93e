import errno
import json
import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.errors import StorageError, UsageError
from framesift.filtering import manifest
from framesift.filtering.manifest_file import whole_length
from framesift.filtering.selection import Decision, Verdict
from framesift.filtering.verifying import verify
from framesift.frames.frame import Frame
from framesift.frames.levels import Levels

BYTES_OF_PATHS = st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name)
PATHS = BYTES_OF_PATHS.map(lambda name: name.decode("utf-8", "surrogateescape"))
TIMES = st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
SCORES = st.none() | st.integers(0, 10**9).map(lambda n: n / 2)
DECISIONS = st.builds(
    Decision,
    st.builds(Frame, PATHS, PATHS, TIMES),
    st.sampled_from(Verdict),
    SCORES,
    st.none() | PATHS,
    st.text(),
    st.none() | st.tuples(st.integers(1, 10**5), st.integers(1, 10**5)),
    st.none() | st.floats(0, 1),
    gap=st.none() | st.floats(0, 1e9),
)
DROP = Decision(
    Frame("c10/b\udcff.png", "c10", datetime(2021, 3, 27, tzinfo=UTC)), Verdict.DROP, 5.0, "a", "why", (4, 3)
)


@given(DECISIONS)
def test_a_decision_comes_back_whole(decision):
    line = manifest.encode_decision(decision)
    assert line.endswith(b"\n") and line.count(b"\n") == 1 and line.isascii()
    assert manifest.decode_decision(line) == decision


def test_the_line_of_the_contract():
    entry = json.loads(manifest.encode_decision(DROP))
    assert entry == {
        "path": "c10/b\udcff.png",
        "camera": "c10",
        "time": "2021-03-27T00:00:00+00:00",
        "verdict": "drop",
        "score": 5.0,
        "reference": "a",
        "reason": "why",
        "size": [4, 3],
    }


def test_a_line_says_how_much_has_changed_only_where_that_tells_something():
    entry = json.loads(manifest.encode_decision(replace(DROP, extent=0.83)))
    assert entry.pop("extent") == 0.83
    assert entry == json.loads(manifest.encode_decision(DROP))


RANGES = st.none() | st.tuples(st.integers(0, 65535), st.integers(1, 65536)).filter(lambda r: r[0] < r[1]).map(
    lambda r: Levels(*r)
)


@given(DECISIONS, RANGES)
def test_the_range_of_16_bits_stands_in_the_line_and_whoever_does_not_know_of_it_reads_on(decision, levels):
    line = manifest.encode_decision(decision, levels)
    assert manifest.decode_decision(line) == decision
    assert manifest.decode_levels(line) == (levels and (decision.frame.camera, levels))
    assert (levels is None) is (line == manifest.encode_decision(decision))


@pytest.mark.parametrize("value", [b"null", b"[1]", b'"0 to 5"', b"[5, 5]", b"[0, 1e3]", b"[" * 10_000])
def test_a_range_that_is_none_says_nothing(value):
    line = manifest.encode_decision(DROP, Levels(0, 1024)).replace(b"[0, 1024]", value)
    assert manifest.decode_levels(line) is None


def test_of_each_camera_the_first_range_holds(tmp_path):
    lines = [manifest.encode_decision(DROP, levels) for levels in (None, Levels(0, 1024), Levels(0, 4096))]
    assert manifest.read_levels(write(tmp_path, HEADER, *lines)) == {"c10": Levels(0, 1024)}


def write(tmp_path, *lines: bytes) -> str:
    path = tmp_path / "manifest.jsonl"
    path.write_bytes(b"".join(lines))
    return str(path)


HEADER = manifest.encode_header({"blur": [5]})


def test_reads_what_was_written(tmp_path):
    path = write(tmp_path, HEADER, manifest.encode_decision(DROP))
    assert manifest.read_settings(path) == {"blur": [5]}
    assert list(manifest.read_decisions(path)) == [DROP]


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_torn_last_line_is_not_there(tmp_path, cut):
    whole = HEADER + manifest.encode_decision(DROP)
    path = write(tmp_path, whole, manifest.encode_decision(DROP)[:-cut])
    assert list(manifest.read_decisions(path)) == [DROP]
    assert whole_length(path) == len(whole)


def test_the_end_is_found_behind_a_long_torn_line(tmp_path):
    path = write(tmp_path, HEADER, b"x" * 200_000)
    assert whole_length(path) == len(HEADER)


@pytest.mark.parametrize("torn", [b"", b"{", HEADER[:20], HEADER[:-1]])
def test_a_torn_first_line_is_a_manifest_not_begun(tmp_path, torn):
    path = write(tmp_path, torn)
    assert manifest.read_settings(path) is None
    assert whole_length(path) == 0


@pytest.mark.parametrize("first", [b"frames: 12\n", b"notes", b"[]\n", b"null\n", b'{"a": 1}\n', b"\xff\xfe\n", b"\n"])
def test_another_file_of_this_name_is_refused(tmp_path, first):
    with pytest.raises(UsageError, match="is not a manifest of framesift"):
        manifest.read_settings(write(tmp_path, first))


def test_a_newer_schema_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"written by framesift 9\.0"):
        manifest.read_settings(write(tmp_path, b'{"framesift": "9.0", "schema": 2, "settings": {}}\n'))


@pytest.mark.parametrize("line", [b"{}\n", b"null\n", b"\n", b'{"path": 1\n', b"\xff\n", b'{"time": 3, "path": "a"}\n'])
def test_a_damaged_line_is_named(tmp_path, line):
    path = write(tmp_path, HEADER, manifest.encode_decision(DROP), line, manifest.encode_decision(DROP))
    with pytest.raises(StorageError, match="line 3 is damaged"):
        list(manifest.read_decisions(path))


def test_a_results_folder_that_is_closed_is_not_an_empty_one(tmp_path, monkeypatch):
    write(tmp_path, HEADER)
    looked = os.lstat

    def look(path, **options):
        if os.fspath(path).startswith(f"{tmp_path}/"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return looked(path, **options)

    monkeypatch.setattr(os, "lstat", look)
    for ask in (manifest.open_record, lambda folder: list(verify(folder))):
        with pytest.raises(StorageError, match="Permission denied"):
            ask(tmp_path)
