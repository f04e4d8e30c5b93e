"""Tables are opened in spreadsheets, and come back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.actions.files.tables import encode_table, read_table
from framesift.errors import UsageError, show

CELLS = st.text(st.sampled_from("=+-@'\"ab,;\uff1d\uff20 "), max_size=5).map(show)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4))
def test_every_cell_comes_back_and_none_is_run(tmp_path_factory, rows):
    path: Path = tmp_path_factory.getbasetemp() / "table.csv"
    content = encode_table([("left", "right"), *rows])
    path.write_bytes(content)
    found = [(row["left"], row["right"]) for _, row in read_table(path).rows]
    assert found == [(left, right) for left, right in rows]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\uff1d1"])
def test_a_formula_becomes_a_text(cell):
    assert encode_table([(cell,)]).decode().lstrip('"').startswith("'")


def test_what_a_spreadsheet_has_written_back_without_the_mark_is_read_too(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n=x,'plain\n")
    assert [row for _, row in read_table(tmp_path / "t.csv").rows] == [{"a": "=x", "b": "'plain"}]


@pytest.mark.parametrize("content", ["a,b\n" + "x" * 200_000, "x" * 200_000, "a\n\0"])
def test_a_cell_without_an_end_is_one_line(tmp_path, content):
    (tmp_path / "t.csv").write_text(content)
    try:
        read_table(tmp_path / "t.csv")
    except UsageError as error:
        assert "is not a table" in error.reason
