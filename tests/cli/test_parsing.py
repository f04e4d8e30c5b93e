"""What was typed is read: whatever its order, and nothing is taken for what nobody wrote."""

import pytest

from framesift import cli
from framesift.cli import options
from tests.cli.test_commands import refuse
from tests.conftest import read_tree
from tests.filtering.test_run import NEW, scene


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["filter", "", "--remove-to", "b"], "DIR"),
        (["filter", "", "r"], "DIR"),
        (["filter", "c1", ""], "RESULTS"),
        (["filter", "c1", "--remove-to", ""], "--remove-to"),
        (["filter", "c1", "r", "--report", ""], "--report"),
        (["filter", "c1", "r", "--config="], "--config"),
        (["filter", "c1", "r", "--mask", ""], "--mask"),
        (["filter", "c1", "--remove-to", "b", "--plan", ""], "--plan"),
        (["duplicates", ""], "DIR"),
        (["duplicates", "c1", "", "--remove-to", "b"], "DIR"),
        (["duplicates", "-i", ""], "--input"),
        (["duplicates", "c1", "--protect", ""], "--protect"),
        (["duplicates", "c1", "--export", ""], "--export"),
        (["serve", ""], "ROOT"),
        (["serve", "c1", "--output", ""], "--output"),
        (["overview", ""], "DIR"),
        (["overview", "c1", "--report", ""], "--report"),
        (["mask", ""], "DIR"),
        (["tune", ""], "DIR"),
        (["report", ""], "RESULTS"),
        (["report", "r", "--output", ""], "--output"),
        (["explain", "r", ""], "FRAME"),
        (["audit", ""], "RESULTS"),
        (["export", "", "--format", "csv"], "RESULTS"),
        (["export", "r", "--crops", ""], "--crops"),
        (["prune", "", "--older", "90d", "--remove-to", "b"], "RESULTS"),
        (["leaks", "c1", ""], "B"),
        (["label", "r", "--from", "", "--to", "l"], "--from"),
        (["demo", ""], "FOLDER"),
        (["apply", "", "--remove-to", "b"], "PLAN"),
        (["undo", "b", "--to", ""], "--to"),
        (["verify", ""], "FOLDER"),
        (["empty-backup", "", "--yes"], "BACKUP"),
    ],
)
def test_an_empty_path_is_not_the_folder_that_one_is_in(write_tree, tmp_path, monkeypatch, capsys, words, name):
    """As `"$DIR"` is where nobody has set it: frames of whatever folder one is in must not be moved out of it."""
    monkeypatch.chdir(write_tree(scene(None, None, NEW)))
    before = read_tree(tmp_path)
    assert refuse(capsys, *words) == f"framesift: {name} is empty\n"
    assert read_tree(tmp_path) == before


def test_an_empty_path_is_refused_by_main_py_too(capsys):
    assert refuse(capsys, "", "r", program="main.py") == "main.py: DIR is empty\n"


def test_an_empty_text_that_is_no_path_is_as_usual(write_tree, tmp_path):
    frames = write_tree(scene(None, None, NEW))
    assert cli.main(["filter", str(frames), str(tmp_path / "r"), "", ""]) == options.DONE
