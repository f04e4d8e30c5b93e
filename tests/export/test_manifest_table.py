"""All decisions as a table, read by the libraries it is for."""

import builtins
import io
import json
import os
import sys
import tracemalloc
from pathlib import Path

import pytest

import framesift
from framesift import cli, export_frames, filter_frames, read_manifest
from framesift.cli import options
from framesift.export import manifest_table
from framesift.export.manifest_table import COLUMNS
from framesift.filtering import manifest
from framesift.filtering.manifest import open_record
from tests.export.test_export import ODD, add_line
from tests.filtering.test_run import MOVED, NEW, scene, views

pyarrow = pytest.importorskip("pyarrow", reason="needs pyarrow: pip install '.[tables]'")
parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def results(write_tree, tmp_path: Path) -> Path:
    """Two kept frames, two dropped, one skipped, and a name that is no text."""
    tree = scene(None, None, NEW, NEW)
    tree[ODD] = next(iter(tree.values()))
    tree["cut.png"] = tree[ODD][:-20]
    frames = write_tree(tree)
    (Path(os.fsdecode(os.fsencode(frames) + b"/\xff.png"))).write_bytes(tree[ODD])
    list(filter_frames(frames, tmp_path / "results"))
    return tmp_path / "results"


def read_parquet(results: Path) -> "pyarrow.Table":
    return parquet.read_table(io.BytesIO(b"".join(export_frames(results, "parquet"))))


def test_each_decision_is_a_row(results):
    decisions = list(open_record(results).decisions())
    assert list(read_manifest(results)) == decisions
    table = read_manifest(results).to_arrow()
    assert table.column_names == list(COLUMNS)
    rows = table.to_pylist()
    for row, decision in zip(rows, decisions, strict=True):
        frame = decision.frame
        assert os.fsencode(row["path"].replace("\\xff", "\udcff")) == os.fsencode(frame.path)
        assert (row["camera"], row["time"], row["verdict"]) == (frame.camera, frame.time, decision.verdict)
        assert (row["score"], row["reference"], row["reason"]) == (decision.score, decision.reference, decision.reason)
        assert (row["width"], row["height"]) == (decision.size or (None, None))
        assert row["represented_by"] == (decision.reference if decision.verdict == "drop" else None)
        if decision.score is not None:
            assert (row["score"] > row["threshold"]) == (decision.verdict == "keep")
            assert row["threshold"] == pytest.approx(0.0075 * row["compared_area"])
    assert {row["verdict"] for row in rows} == {"keep", "drop", "skip"}
    assert read_parquet(results).equals(table)


def test_what_is_left_out_has_nobody_to_stand_for_it(write_tree, tmp_path):
    list(filter_frames(write_tree(views(*MOVED)), tmp_path / "results", most=60))
    rows = read_manifest(tmp_path / "results").to_arrow().to_pylist()
    assert [row["represented_by"] for row in rows] == [None] * 7
    assert [row["extent"] is not None for row in rows] == [
        d.extent is not None for d in read_manifest(tmp_path / "results")
    ]


def test_what_only_some_lines_have(results):
    more = {"offset": 1.5, "page": 2, "of": "a.jpg", "order": "late", "again": True, "extent": 0.8}
    add_line(results, **more)
    assert {name: read_parquet(results).to_pylist()[-1][name] for name in more} == more


def test_columns_say_unit_and_meaning(results):
    schema = parquet.read_schema(io.BytesIO(b"".join(export_frames(results, "parquet"))))
    for field in schema:
        _, unit, meaning = COLUMNS[field.name]
        assert field.metadata.get(b"unit", b"").decode() == unit
        assert field.metadata[b"description"].decode() == meaning
    docs = (Path(framesift.__file__).parents[1] / "docs" / "tables.md").read_text()
    for name, (_, unit, meaning) in COLUMNS.items():
        assert f"| `{name}` | {unit} | {meaning} |" in docs


def test_polars_takes_it(results):
    polars = pytest.importorskip("polars", reason="needs polars")
    assert polars.DataFrame(read_manifest(results))["verdict"].to_list() == verdicts_of(results)


def test_pandas_takes_it(results):
    pytest.importorskip("pandas", reason="needs pandas")
    frame = read_manifest(results).to_arrow().to_pandas()
    assert frame["verdict"].to_list() == verdicts_of(results)
    assert str(frame["time"].dtype) == "datetime64[us, UTC]"


def test_duckdb_takes_it(results, tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="needs duckdb")
    decisions = read_manifest(results)
    found = duckdb.sql("select verdict from decisions").fetchall()
    assert [verdict for (verdict,) in found] == [str(decision.verdict) for decision in decisions]
    (tmp_path / "t.parquet").write_bytes(b"".join(export_frames(results, "parquet")))
    [(number,)] = duckdb.sql(f"select count(*) from '{tmp_path / 't.parquet'}' where score > threshold").fetchall()
    assert number == 1


def verdicts_of(results: Path) -> list[str]:
    return [str(decision.verdict) for decision in open_record(results).decisions()]


def test_a_run_without_decisions_is_an_empty_table(results):
    path = results / manifest.NAME
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert read_parquet(results).num_rows == 0
    assert read_manifest(results).to_arrow().column_names == list(COLUMNS)


def test_there_are_no_paths_to_put_something_before(results, capsys):
    command = ["export", str(results), "--format", "parquet", "--output", str(results.parent / "t.parquet")]
    assert cli.main([*command, "--prefix", "x/"]) == options.USAGE
    assert "a table of all decisions has the paths of the manifest: leave --prefix away" in capsys.readouterr().err
    assert cli.main(command) == options.DONE
    assert parquet.read_table(results.parent / "t.parquet").equals(read_manifest(results).to_arrow())


def test_a_terminal_is_not_shown_a_table(results, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert cli.main(["export", str(results), "--format", "parquet"]) == options.USAGE
    assert "parquet is not for the eye: name a file with --output" in capsys.readouterr().err


def test_without_pyarrow_it_says_what_to_install(results, capsys, monkeypatch):
    known = builtins.__import__

    def without(name, *rest):
        if name.split(".")[0] == "pyarrow":
            raise ImportError(name)
        return known(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    target = results.parent / "t.parquet"
    assert cli.main(["export", str(results), "--format", "parquet", "--output", str(target)]) == options.STORAGE
    assert "tables need pyarrow: " in capsys.readouterr().err
    assert not target.exists()


def test_memory_does_not_grow_with_the_number_of_decisions(results, monkeypatch):
    monkeypatch.setattr(manifest_table, "ROWS", 100)
    path = results / manifest.NAME
    head, *lines = path.read_bytes().splitlines(keepends=True)
    peaks = []
    for number in (200, 2000):
        path.write_bytes(head + lines[0] * number)
        tracemalloc.start()
        before, most = pyarrow.total_allocated_bytes(), 0
        for _ in export_frames(results, "parquet"):
            most = max(most, pyarrow.total_allocated_bytes() - before)
        peaks.append((tracemalloc.get_traced_memory()[1], most))
        tracemalloc.stop()
    assert peaks[1][0] < peaks[0][0] + 50_000
    assert peaks[1][1] < peaks[0][1] + 50_000


def test_a_damaged_line_is_named(results):
    with open(results / manifest.NAME, "a") as file:
        file.write(json.dumps({}) + "\n")
    with pytest.raises(framesift.StorageError, match="line 9 is damaged"):
        read_manifest(results).to_arrow()


def test_what_is_no_results_folder(tmp_path):
    with pytest.raises(framesift.UsageError, match=r"holds no manifest\.jsonl"):
        list(read_manifest(tmp_path))
