"""What is probably not meant is said, with the command that probably is."""

import pytest

from framesift import cli
from framesift.cli import options
from tests.filtering.test_run import NEW, scene

NOTE = "framesift: note: "


@pytest.fixture
def told(write_tree, tmp_path, monkeypatch, capsys):
    """Filter `frames`, and return what is said on stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, tree=None, code: int = options.DONE) -> list[str]:
        write_tree(tree or scene(None, None, NEW))
        capsys.readouterr()
        assert cli.main(["filter", *words]) == code
        return capsys.readouterr().err.splitlines()

    return run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["0.5", "1"], "0.5 px and 1 px are next to nothing; for a share of the picture: framesift filter D r 0.5% 1%"),
        (["2"], "2 px is next to nothing; for a share of the picture: framesift filter D r 2%"),
        (["2", "0.5%"], "2 px is next to nothing; for a share of the picture: framesift filter D r 2% 0.5%"),
        (["500", "50"], "regions below 500 px do not count, so 50 px as the score threshold has no effect; "
         "the smallest region comes first: framesift filter D r 50 500"),
        (["3%", "1%"], "regions below 3% do not count, so 1% as the score threshold has no effect; "
         "the smallest region comes first: framesift filter D r 1% 3%"),
        (["3%", "20"], "regions below 3% do not count, so 20 px as the score threshold has no effect; "
         "the smallest region comes first: framesift filter D r 20 3%"),
    ],
)  # fmt: skip
def test_thresholds(told, words, said):
    assert told("frames", "r", *words)[0] == NOTE + said.replace(" D ", " frames ")


@pytest.mark.parametrize(
    "words", [[], ["0", "0"], ["10", "10"], ["0.05%", "500"], ["0.2%", "0.2%"], ["--method", "tolerance"]]
)
def test_usual_thresholds_are_not_doubted(told, words):
    assert told("frames", "r", *words) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["50%"], "regions below 50% do not count, so 0.75% as the score threshold has no effect; "
         "the score threshold comes second: framesift filter frames r 0.05% 50%"),
        (["--most", "50%", "50%"], "regions below 50% do not count, so 0.75% as the score threshold has no effect; "
         "the score threshold comes second: framesift filter frames r --most 50% 0.05% 50%"),
        (["0.5%", "--method", "tolerance"], "regions below 0.5% do not count, so 0.2% as the score threshold has no "
         "effect; the score threshold comes second: framesift filter frames r 0.2% 0.5% --method tolerance"),
        (["3000"], "regions below 3000 px do not count, so 0.75% as the score threshold has no effect; "
         "the score threshold comes second: framesift filter frames r 0.05% 3000"),
    ],
)  # fmt: skip
def test_a_threshold_that_is_alone_and_leaves_the_other_no_effect(told, words, said):
    assert told("frames", "r", *words)[0] == NOTE + said


def test_the_usual_threshold_of_a_budget_is_not_doubted(told):
    assert told("frames", "r", "--keep", "2") == told("frames", "r2", "--keep", "2", "0.5%") == []


SWAPPED = "regions below {0} do not count, so {1} as the score threshold has no effect; the other way round: "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("score-threshold = 0.75",
         ['score-threshold = 0.75 is next to nothing, in px; for a share of the picture: score-threshold = "0.75%"']),
        ('min-contour-area = "2%"\nscore-threshold = "1%"',
         [SWAPPED.format("2%", "1%") + 'min-contour-area = "1%", score-threshold = "2%"']),
        ("min-contour-area = 500\nscore-threshold = 50",
         [SWAPPED.format("500 px", "50 px") + "min-contour-area = 50, score-threshold = 500"]),
        ('min-contour-area = "2%"\nscore-threshold = 20',
         [SWAPPED.format("2%", "20 px") + 'min-contour-area = 20, score-threshold = "2%"']),
        ('min-contour-area = "2%"',
         [SWAPPED.format("2%", "0.75%") + 'min-contour-area = "0.75%", score-threshold = "2%"']),
        ("[camera.c1]\nmin-contour-area = 2",
         ["[camera.c1] min-contour-area = 2 is next to nothing, in px; for a share of the picture: "
          'min-contour-area = "2%"']),
        ('[camera.c1.night]\nscore-threshold = "0.01%"',
         ["[camera.c1.night] " + SWAPPED.format("0.05%", "0.01%")
          + 'min-contour-area = "0.01%", score-threshold = "0.05%"']),
        ('[camera.c1]\nmin-contour-area = 3000',
         ["camera c1: " + SWAPPED.format("3000 px", "0.75%") + 'min-contour-area = "0.75%", score-threshold = 3000']),
        ('min-contour-area = "0.1%"\nscore-threshold = "1%"', []),
        ("score-threshold = 0", []),
        ('score-threshold = "0%"', []),
        ('keep = 2\nmin-contour-area = "1%"', []),
    ],
)  # fmt: skip
def test_thresholds_of_a_settings_file(told, tmp_path, text, said):
    (tmp_path / "my.toml").write_text(text)
    notes = [line for line in told("frames", "r", "--config", "my.toml") if line.startswith(NOTE)]
    assert notes == [f"{NOTE}my.toml: {line}" for line in said]


def test_a_settings_file_among_the_frames_is_doubted_too(told):
    tree = scene(None, None, NEW) | {"framesift.toml": b"score-threshold = 0.75"}
    assert told("frames", "r", tree=tree)[0].startswith(f"{NOTE}frames/framesift.toml: score-threshold = 0.75 is next")
    assert not [line for line in told("frames", "r2", "0.2%", "3%", tree=tree) if line.startswith(NOTE)]


@pytest.mark.parametrize("words", [["--most", "0.6"], ["--most=0.6"], ["0.2%", "3%", "--mos", "0.6"]])
def test_a_share_that_was_written_as_a_fraction(told, words):
    assert f"{NOTE}--most 0.6 is 0.6% of the picture; for 60% of it: --most 60%" in told("frames", "r", *words)


@pytest.mark.parametrize("share", ["0.6%", "0.6 %", "1", "60", "60%"])
def test_a_share_in_percent_is_not_doubted(told, share):
    assert not [line for line in told("frames", "r", "--most", share) if "--most" in line]


def test_a_share_that_was_written_as_a_fraction_in_a_settings_file(told, tmp_path):
    (tmp_path / "my.toml").write_text('most = 0.6\n[camera.c1]\nmost = "0.07"\n[camera.c2.night]\nmost = "0.6%"\n')
    doubts = [line for line in told("frames", "r", "--config", "my.toml") if "of the picture" in line]
    assert doubts == [
        f'{NOTE}my.toml: most = 0.6 is 0.6% of the picture; for 60% of it: most = "60%"',
        f'{NOTE}my.toml: [camera.c1] most = 0.07 is 0.07% of the picture; for 7% of it: most = "7%"',
    ]
    again = told("frames", "r2", "--config", "my.toml", "--most", "60%")
    assert not [line for line in again if "of the picture" in line], "the command line is stronger"


def test_results_among_the_frames(told):
    assert told("frames", "frames/out") == [
        f"{NOTE}frames/out lies in frames: framesift passes it over there, but other programs will see its "
        "pictures twice; beside it: framesift filter frames frames-out"
    ]
    [line] = told("frames", "--remove-to", "frames/b")
    assert line.endswith("beside it: framesift filter frames --remove-to frames-b")


def test_a_threshold_that_keeps_nearly_all(told):
    tree = scene(*[None, NEW] * 12) | scene(*[None] * 12, camera="c2")
    said = "c1 (24 of 24): nearly every frame is kept; thresholds that fit: framesift tune frames"
    assert told("frames", "r", tree=tree) == [NOTE + said]
    assert told("frames", "r", tree=tree) == [], "of an earlier run it has been said"
    assert told("frames", "r2", "--quiet", tree=tree) == []


def test_a_threshold_that_keeps_nearly_nothing(told):
    said = "c1 (1 of 55): hardly a frame is kept; is nothing new lost? framesift tune frames"
    assert told("frames", "r", tree=scene(*[None] * 55)) == [NOTE + said]


def test_names_without_times_are_told_on_stderr(told):
    pictures = scene(None, NEW, None).values()
    [line] = told("frames", "r", tree={f"odd/IMG_{n}.png": content for n, content in enumerate(pictures)})
    assert line.startswith(
        f"{NOTE}no times in 3 frames (camera odd): in the order of names; see --name-pattern, --time-format"
    )


def test_folders_that_were_taken_for_each_other(told):
    [line] = told("results", "frames", code=options.USAGE)
    assert line == "framesift: results: no such folder; probably meant: framesift filter frames results"


def test_results_are_never_meant_for_frames(told):
    told("frames", "r")
    [line] = told("nowhere", "r", code=options.USAGE)
    assert line == "framesift: nowhere: no such folder"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_files_in_place_of_their_folder(told, capsys, count):
    """As a shell puts them for `frames/*.png`."""
    names = [f"frames/{number}.png" for number in range(count)]
    tree = dict.fromkeys((name.removeprefix("frames/") for name in names), b"")
    if count < 5:
        assert told(*names, tree=tree, code=options.USAGE) == ["framesift: frames/0.png: is not a folder"]
        return
    with pytest.raises(SystemExit):
        told(*names, tree=tree)
    said = capsys.readouterr().err
    assert said.startswith("framesift filter: takes folders, and not the pictures in them: frames; see")


def test_a_dry_run_needs_no_results(told, tmp_path):
    assert told("frames", "--dry-run", "--report", "page.html") == told("frames", "0.2%", "3%", "--dry-run") == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frames", "page.html"]


def test_a_results_folder_that_is_not_there(told, capsys):
    for command in ("report", "audit"):
        assert cli.main([command, "nope"]) == options.USAGE
        assert capsys.readouterr().err == "framesift: nope: no such folder\n"
