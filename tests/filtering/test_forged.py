"""A results folder that came from somebody else: whatever it says, a command says one line and goes nowhere."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framesift import cli
from framesift.errors import StorageError, UsageError
from framesift.filtering import manifest, manifest_file
from framesift.filtering.manifest import open_record
from framesift.filtering.run import filter_frames
from framesift.filtering.settings import Settings
from tests.conftest import encode, make_image

CODES = {0, 1, 2, 3, 4}
LINES = 6
ODD_PATHS = [
    "../private/diary.png",
    "/etc/passwd",
    "a/../../b.png",
    "a\0b",
    "\ud800x",
    "",
    ".",
    "a//b",
    "a/./b",
    "a/",
    "..",
]
ODD_VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 1e308, float("nan"), float("inf"), 1e300, "KEEP", "x" * 10**5, *ODD_PATHS])
    | st.sampled_from(["2021-01-01", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00", "ab"])
    | st.lists(st.sampled_from([0, 1, -1, 10**9, "x", None, 1.5]), max_size=4)
    | st.dictionaries(st.sampled_from(["a", "camera"]), st.integers(), max_size=2)
    | st.text(max_size=5)
)
FIELDS = ["path", "camera", "time", "verdict", "score", "reference", "reason", "size"]
FIELDS += ["levels", "offset", "extent", "page", "file", "of", "order", "again", "gap"]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("forged")
    for number in range(LINES):
        path = folder / "frames" / "c1" / f"c1-{1616841000000 + 60_000 * number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(make_image(level=40 * (number % 3) + 20)))
    private = folder / "private" / "diary.png"
    private.parent.mkdir()
    private.write_bytes(encode(make_image(level=7)))
    list(filter_frames(folder / "frames", folder / "base"))
    return folder


def forge(place: Path, name: str, line: dict[str, Any] | None = None, header: dict[str, Any] | None = None) -> Path:
    """Return a copy of the results whose third line, and settings, say something else."""
    results = place / name
    shutil.rmtree(results, ignore_errors=True)
    shutil.copytree(place / "base", results)
    first, *others = (results / manifest.NAME).read_bytes().splitlines()
    entry = json.loads(first)
    entry["settings"].update(header or {})
    others[2] = json.dumps({**json.loads(others[2]), **(line or {})}).encode()
    (results / manifest.NAME).write_bytes(b"\n".join([json.dumps(entry).encode(), *others, b""]))
    return results


def run_all(place: Path, results: Path) -> list[int]:
    commands = [
        ["report", str(results), "--jobs", "1"],
        ["explain", str(results), "c1-1616841120000", "--output", str(place / "why.png")],
        ["audit", str(results), "--output", str(place / "audit"), "--jobs", "1"],
        ["export", str(results), "--format", "csv", "--dropped", "--output", str(place / "out.csv")],
        ["export", str(results), "--format", "coco", "--output", str(place / "out.json")],
        ["verify", str(results), "--quiet"],
        ["filter", str(place / "frames"), str(results), "--quiet", "--jobs", "1"],
    ]
    codes = []
    for command in commands:
        for left in ("why.png", "out.csv", "out.json"):
            (place / left).unlink(missing_ok=True)
        shutil.rmtree(place / "audit", ignore_errors=True)
        codes.append(cli.main(command))
    return codes


SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@SLOW
@given(st.sampled_from(FIELDS), ODD_VALUES)
def test_no_value_of_a_line_breaks_a_command(place, field, value):
    assert set(run_all(place, forge(place, "line", {field: value}))) <= CODES


@SLOW
@given(st.sampled_from(sorted({*Settings().record(), "source"})), ODD_VALUES)
def test_no_setting_breaks_a_command(place, name, value):
    assert set(run_all(place, forge(place, "setting", header={name: value}))) <= CODES


@pytest.mark.parametrize("field", ["path", "reference", "of"])
@pytest.mark.parametrize("path", [path for path in ODD_PATHS if path])
def test_a_path_that_leaves_its_folder_is_refused_with_the_number_of_its_line(place, capsys, field, path):
    results = forge(place, "leaving", {field: path})
    for code in run_all(place, results)[:6]:
        assert code == cli.options.STORAGE
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 7 and all("line 4 is " in line for line in lines)


def test_a_private_picture_is_in_no_page(place):
    results = forge(place, "private-page", {"path": "../private/diary.png"})
    assert cli.main(["report", str(results)]) == cli.options.STORAGE
    assert not (results / "report.html").exists()


@pytest.mark.parametrize("header", [{"blur": [5] * 100_000}, {"blur": [10**9 + 1]}, {"size": [10**6, 10**6]}])
def test_settings_that_would_cost_without_bounds_are_refused(place, header):
    with pytest.raises(UsageError, match="settings that this version cannot read"):
        open_record(forge(place, "costly", header=header))


def test_a_long_line_is_refused_before_it_is_read(place, capsys, monkeypatch):
    monkeypatch.setattr(manifest_file, "LONGEST", 2000)
    results = forge(place, "long")
    os.truncate(results / manifest.NAME, 10**7)
    assert set(run_all(place, results)) == {cli.options.STORAGE}
    assert capsys.readouterr().err.count(f"line {LINES + 2} is longer than any of framesift") == 7


def test_a_pipe_in_place_of_a_manifest_hangs_nobody(place):
    results = place / "pipe"
    results.mkdir()
    os.mkfifo(results / manifest.NAME)
    assert set(run_all(place, results)) <= {cli.options.USAGE, cli.options.STORAGE}


def test_blocks_hold_the_same_lines_as_reading_one_by_one(tmp_path, monkeypatch):
    path = tmp_path / "m"
    path.write_bytes(b"head\n" + b"".join(b"x" * n + b"\n" for n in range(1, 60)) + b"torn")
    for block in (1, 7, 64, 10_000):
        monkeypatch.setattr(manifest_file, "BLOCK", block)
        found = [line for _, lines in manifest_file.read_blocks(str(path)) for line in lines]
        assert found == [line for _, line in manifest_file.read_lines(str(path))]


SOURCES = [
    "s3://attacker/x",
    "zip://::/home/user/private.zip",
    "zip://::http://127.0.0.1:1/a.zip",
    "/home/user/private",
]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("command", ["report", "explain", "audit"])
def test_a_store_that_only_the_manifest_names_is_not_asked(place, capsys, monkeypatch, source, command):
    def refuse(*_: object) -> None:
        raise AssertionError("a store was asked")

    monkeypatch.setattr("framesift.frames.reader.source.fetch_object", refuse)
    results = forge(place, "store", header={"source": source})
    more = {"report": [], "explain": ["c1-1616841120000"], "audit": ["--output", str(place / "audit")]}[command]
    assert cli.main([command, str(results), *more]) == cli.options.USAGE
    assert capsys.readouterr().err == (
        f"framesift: {results}: says that its frames lie in {source}: "
        f"if that is right, name them yourself with --source {source}\n"
    )


def test_frames_lie_where_the_user_says(place, tmp_path):
    results = forge(place, "moved", header={"source": "s3://attacker/x"})
    assert cli.main(["report", str(results), "--source", str(place / "frames")]) == 0
    assert not open_record(results).is_named and open_record(results, place / "frames").is_named


@pytest.mark.parametrize(
    ("folder", "source", "named"),
    [
        ("s3://mine/results", "s3://mine/frames", True),
        ("s3://mine/results", "s3://other/frames", False),
        ("s3://mine/results", "zip://::s3://mine/a.zip", False),
        ("s3://mine/results", "/home/me/frames", True),
        ("/home/me/results", "../frames", True),
        ("/home/me/results", "s3://mine/frames", False),
    ],
)
def test_results_in_a_store_may_name_their_own_bucket(tmp_path, folder, source, named):
    path = tmp_path / manifest.NAME
    path.write_bytes(manifest.encode_header({"source": source, **Settings().record()}))
    assert manifest.read_record(folder, str(path)).is_named is named


@pytest.mark.parametrize("header", [b"[1]", b'{"schema": 1, "settings": 5}', b"[" * 10**5, b'{"schema": []}'])
def test_a_header_that_is_none_is_one_line(tmp_path, header):
    (tmp_path / manifest.NAME).write_bytes(header + b"\n")
    with pytest.raises((UsageError, StorageError)):
        open_record(tmp_path)
