"""What was typed is read: whatever its order, and nothing is taken for what nobody wrote."""

import pytest

from framesift import cli
from framesift.cli import options, parsing
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


def read(words: str, program: str | None = None) -> list[object]:
    """Return what a command line of `filter` says: folders, thresholds, and some options."""
    found = parsing.parse(words.split(), program)
    names = ("directory", "results", "min_contour_area", "score_threshold", "method", "dry_run")
    return [getattr(found, name) for name in names]


@pytest.mark.parametrize(
    "words",
    [
        "in out 0.2% 3% --method tolerance --dry-run",
        "--method tolerance --dry-run in out 0.2% 3%",
        "--dry-run in --method tolerance out 0.2% 3%",
        "in --method tolerance out 0.2% --dry-run 3%",
        "in out --method tolerance 0.2% 3% --dry-run",
        "in out --method=tolerance 0.2% --dry 3%",
        "in --dry-run out --method tolerance -- 0.2% 3%",
    ],
)
def test_values_and_options_come_in_any_order(words):
    expected = ["in", "out", "0.2%", "3%", "tolerance", True]
    assert read(f"filter {words}") == read(words, "main.py") == expected


def test_what_stands_behind_two_dashes_is_no_option_in_any_order():
    assert read("filter in --dry-run -- -out")[:2] == ["in", "-out"]
    assert read("filter in --dry-run --method tolerance -- --quiet 5%")[:3] == ["in", "--quiet", "5%"]


def test_folders_of_any_number_stand_on_both_sides_of_an_option():
    found = parsing.parse(["duplicates", "a", "--method", "hash", "b", "--protect", "a", "c", "--protect", "b"], None)
    assert (found.directories, found.method, found.protect) == (["a", "b", "c"], "hash", ["a", "b"])
    assert parsing.parse(["duplicates", "--json", "a"], None).directories == ["a"]
    assert parsing.parse(["duplicates", "-i", "a", "--json"], None).directories == []


def test_thresholds_of_tune_come_behind_options_too():
    found = parsing.parse(["tune", "in", "--questions", "0", "0.2%", "--json", "3%"], None)
    assert (found.directory, found.min_contour_area, found.score_threshold) == ("in", "0.2%", "3%")


def test_the_folder_of_the_demo_comes_behind_an_option():
    assert parsing.parse(["demo", "--no-browser", "here"], None).folder == "here"
    assert parsing.parse(["demo", "--no-browser"], None).folder == "framesift-demo"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("filter in --json out 1 --quiet 2 3", "framesift filter: does not take 3 besides what stands before"),
        ("filter in --methd tolerance out", "framesift filter: has no option --methd: did you mean --method?"),
        ("filter in --json out --methd=x 5", "framesift filter: has no option --methd: did you mean --method?"),
        ("filter in out --jobs 0 5", "framesift filter: --jobs: 0 is less than 1"),
        ("filter --json --method tolerance", "framesift filter: needs DIR"),
        ("apply p --remove-to b q", "framesift apply: does not take q besides what stands before"),
        ("overview a --json b", "framesift overview: does not take b besides what stands before"),
    ],
)
def test_what_is_wrong_is_said_as_well_in_any_order(capsys, words, line):
    assert refuse(capsys, *words.split()).startswith(line)
