"""A settings file as a user meets it: found, named, passed over, and told of."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from framesift import cli
from framesift.cli import options
from framesift.filtering.manifest import open_record
from tests.conftest import read_tree
from tests.filtering.test_run import NEW, TOUR, scene


@pytest.fixture
def frames(write_tree, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    write_tree(scene(*TOUR * 2, camera="c1") | scene(None, NEW, camera="door-1") | scene(None, NEW, camera="door-2"))
    return tmp_path / "frames"


def run(*arguments: object) -> int:
    return cli.main(list(map(str, arguments)))


SETTINGS = """\
method = "tolerance"

[camera."door-*"]
score-threshold = "60%"

[camera.door-2]
exclude = true

[camera.gate]
blur = 3
"""


def test_what_each_camera_got_is_said_in_a_line_for_each_kind(frames, capsys):
    (frames / "framesift.toml").write_text(SETTINGS)
    assert run("filter", "frames", "r") == options.DONE
    output, errors = capsys.readouterr()
    assert errors.splitlines() == [
        "frames/framesift.toml: all cameras: method tolerance, min-contour-area 0.2%, score-threshold 0.2%",
        'frames/framesift.toml: door-1: [camera."door-*"] score-threshold 60%',
        'frames/framesift.toml: door-2: [camera."door-*"] score-threshold 60%; [camera.door-2] excluded',
        "framesift: note: [camera.gate] of frames/framesift.toml is of no camera of frames",
    ]
    assert output.splitlines() == [
        "c1: 4 frames, 4 kept (100 %), 0 dropped, 0 skipped, 2021-03-27 10:00 to 2021-03-27 10:03; "
        "whole picture changed 3 times",
        "door-1: 2 frames, 1 kept (50 %), 1 dropped, 0 skipped, 2021-03-27 10:00 to 2021-03-27 10:01",
        "total: 6 frames, 5 kept (83 %), 1 dropped, 0 skipped; whole picture changed 3 times",
        "not looked at: of cameras and hours that are excluded (2 frames)",
    ]
    run("filter", "frames", "r2", "--quiet")
    assert capsys.readouterr() == ("", "")


def test_a_thousand_cameras_of_one_section_are_one_line(write_tree, tmp_path, capsys):
    tree = {}
    for number in range(60):
        tree |= scene(None, camera=f"c{number}")
    frames = write_tree(tree)
    (tmp_path / "f.toml").write_text('[camera."*"]\nblur = 3\n')
    run("filter", frames, "--dry-run", "--config", tmp_path / "f.toml")
    lines = capsys.readouterr().err.splitlines()
    assert len([line for line in lines if "f.toml" in line]) == 2
    assert lines[1].endswith('f.toml: c0, c1, c2 and 57 more: [camera."*"] blur 3')


def test_the_command_line_is_stronger(frames):
    (frames / "framesift.toml").write_text(SETTINGS)
    run("filter", "frames", "r", "0.5%", "5%", "--method", "framediff", "--quiet")
    read = open_record("r").settings
    assert {str(read.of(camera).score_threshold) for camera in ("c1", "door-1")} == {"5%"}
    assert {str(read.of(camera).method) for camera in ("c1", "door-1")} == {"framediff"}


def test_another_file_or_none(frames, tmp_path):
    (frames / "framesift.toml").write_text("blur = 3\n")
    (tmp_path / "other.toml").write_text("blur = 9\n")
    tried = [((), (3,)), (("--config", "other.toml"), (9,)), (("--config", "none"), (5,))]
    for number, (words, blur) in enumerate(tried):
        assert run("filter", "frames", f"r{number}", "--quiet", *words) == options.DONE
        assert open_record(f"r{number}").settings.blur == blur


def test_one_that_is_wrong_is_one_line_and_nothing_is_written(frames, capsys):
    (frames / "framesift.toml").write_text("blur = 3\nmethd = 5\n")
    for command in ("filter frames r", "tune frames --questions 0", "mask frames", "overview frames"):
        assert run(*command.split()) == options.USAGE
        assert capsys.readouterr().err == (
            "framesift: frames/framesift.toml:2: there is no setting methd: did you mean method?\n"
        )
    assert run("filter", "frames", "r", "--config", "nowhere.toml") == options.USAGE
    assert capsys.readouterr().err == "framesift: nowhere.toml: No such file or directory\n"
    assert {path.name for path in frames.parent.iterdir()} == {"frames"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ('score-threshold = "60%"', 'score threshold 60% in [camera."door-*"], not 50%'),
        ('exclude = true', "excluded True in [camera.door-2], not None"),
        ("[camera.gate]", "a section [camera.gate]"),
        ('method = "tolerance"', "method tolerance, not framediff"),
    ],
)  # fmt: skip
def test_results_of_another_file_are_not_gone_on_with(frames, capsys, changed, told):
    (frames / "framesift.toml").write_text(SETTINGS)
    run("filter", "frames", "r", "--quiet")
    before = read_tree(frames.parent / "r")
    others = {
        'score-threshold = "60%"': 'score-threshold = "50%"',
        "[camera.gate]": "[camera.other]",
        "exclude = true": "",
        'method = "tolerance"': "",
    }
    (frames / "framesift.toml").write_text(SETTINGS.replace(changed, others[changed]))
    assert run("filter", "frames", "r", "--quiet") == options.USAGE
    line = f"framesift: {frames.parent / 'r'}: was filled with {told}: choose another results folder\n"
    assert capsys.readouterr().err == line
    assert read_tree(frames.parent / "r") == before
    (frames / "framesift.toml").write_text(f"# the same, written anew\n{SETTINGS}")
    assert run("filter", "frames", "r", "--quiet") == options.DONE


def test_explain_report_and_the_table_know_the_settings_of_each_camera(frames, capsys):
    (frames / "framesift.toml").write_text(SETTINGS)
    run("filter", "frames", "r", "--quiet")
    run("explain", "r", "door-1/door-1_2021_03_27__10_01_00.png", "--output", "why.png")
    assert "needed more than 60 %" in capsys.readouterr().out
    assert run("verify", "r") == options.DONE
    assert run("report", "r", "--output", "report.html") == options.DONE
    page = (frames.parent / "report.html").read_text()
    assert "[camera.&quot;door-*&quot;] score-threshold 60%" in page
    [data] = [json.loads(part.split("</script>")[0].split(">", 1)[1]) for part in page.split('id="frames-1"')[1:]]
    [[_, _, limit, area]] = data["sizes"]
    assert limit == pytest.approx(0.6 * area)


def test_overview_and_tune_read_names_and_choose_frames_by_it(frames, capsys):
    (frames / "framesift.toml").write_text('camera-by = "one"\nexclude = "door-2"\n')
    run("overview", "frames", "--json")
    assert [camera["camera"] for camera in json.loads(capsys.readouterr().out)["cameras"]] == ["frames"]
    (frames / "framesift.toml").write_text(SETTINGS)
    run("tune", "frames", "--questions", "0", "--json")
    assert [camera["camera"] for camera in json.loads(capsys.readouterr().out)["cameras"]] == ["c1", "door-1"]


def test_the_example_of_the_docs_is_read_and_runs(tmp_path, capsys):
    root = Path(__file__).resolve().parents[2]
    [example] = re.findall(r"^```toml\n(.*?)^```", (root / "docs" / "settings.md").read_text(), re.M | re.S)
    assert tomllib.loads(example)
    (tmp_path / "framesift.toml").write_text(example)
    assert run("filter", root / "images" / "frames", tmp_path / "r", "--config", tmp_path / "framesift.toml") == 0
    errors = capsys.readouterr().err.splitlines()
    assert [line.split("framesift.toml: ")[1].split(":")[0] for line in errors] == ["all cameras", "c10", "c20"]
    settings = open_record(tmp_path / "r").settings
    assert {str(settings.of("c10").score_threshold), str(settings.of("c20").score_threshold)} == {"0.4%", "0.75%"}


def test_tune_writes_its_advice_and_leaves_the_rest_as_it_is(frames, capsys):
    pytest.importorskip("tomlkit")
    file = frames / "framesift.toml"
    file.write_text(SETTINGS.replace("[camera.gate]", "# the gate\n[camera.gate]"))
    words = ("--questions", "0", "--quiet")
    assert run("tune", "frames", *words, "--save", "frames/framesift.toml", "--for", "door-1") == options.DONE
    assert capsys.readouterr().err.splitlines()[-1] == (
        "frames/framesift.toml, [camera.door-1]: written; framesift filter frames frames-kept"
    )
    text = file.read_text()
    added = text.replace(SETTINGS.replace("[camera.gate]", "# the gate\n[camera.gate]"), "")
    expected = '[camera.door-1] method = "tolerance" min-contour-area = "0.2%" score-threshold = "0.2%"'
    assert added.split() == expected.split()
    run("tune", "frames", *words, "--save", "frames/framesift.toml")
    top = 'method = "tolerance"', 'min-contour-area = "0.2%"', 'score-threshold = "0.2%"'
    assert file.read_text().splitlines()[:5] == [*top, "", '[camera."door-*"]']
    assert run("filter", "frames", "r", "--quiet") == options.DONE
    read = open_record("r").settings
    assert {camera: str(read.of(camera).score_threshold) for camera in ("c1", "door-1", "door-3")} == {
        "c1": "0.2%",
        "door-1": "0.2%",
        "door-3": "60%",
    }


def test_what_cannot_be_written_to_is_refused_before_the_work(frames, capsys):
    pytest.importorskip("tomlkit")
    (frames.parent / "notes.txt").write_text("to do: water the plants")
    words = ("tune", "frames", "--questions", "0", "--quiet")
    told = {
        "notes.txt": "notes.txt:1:4: is not TOML",
        "nowhere/x.toml": "nowhere/x.toml: its folder does not exist",
        "frames": "frames: ",
    }
    for place, line in told.items():
        assert run(*words, "--save", place) == options.USAGE
        assert capsys.readouterr().err.startswith(f"framesift: {line}")
    assert run(*words, "--for", "c1") == options.USAGE
    assert capsys.readouterr().err == "framesift: --for belongs to --save\n"
    assert (frames.parent / "notes.txt").read_text() == "to do: water the plants"


def test_mask_writes_which_masks_there_are(frames, capsys):
    pytest.importorskip("tomlkit")
    mask = '{"all": {"ignore": [[[0, 0], [0.5, 0], [0.5, 0.2]]]}}'
    (frames.parent / "m.json").write_text(mask)
    assert run("mask", "frames", "--mask", "m.json", "--save", "frames/framesift.toml") == options.USAGE
    assert "lies outside of DIR" in capsys.readouterr().err
    assert not (frames.parent / "mask-pictures").exists()
    assert run("mask", "frames", "--mask", "m.json", "--save", "mine.toml", "--for", "door-*") == options.DONE
    assert (frames.parent / "mine.toml").read_text() == '[camera."door-*"]\nmask = ["m.json"]\n'
    run("filter", "frames", "r", "--quiet", "--config", "mine.toml")
    assert [len(open_record("r").settings.of(camera).masks) for camera in ("c1", "door-1")] == [0, 1]
    (frames / "m.json").write_text(mask)
    run("mask", "frames", "--mask", "frames/m.json", "--pictures", "p2", "--save", "frames/framesift.toml")
    run("filter", "frames", "r2", "--quiet")
    assert len(open_record("r2").settings.masks) == 1


def test_a_preset_is_below_all_that_is_given_besides(frames):
    (frames / "framesift.toml").write_text(
        'preset = "road"\n[camera.door-1]\npreset = "wildlife"\nscore-threshold = "3%"\n'
    )
    run("filter", "frames", "r", "--quiet")
    read = open_record("r").settings
    assert (str(read.method), str(read.score_threshold)) == ("tolerance", "0.5%")
    own = read.of("door-1")
    assert (str(own.min_contour_area), str(own.score_threshold)) == ("0.05%", "3%")
    run("filter", "frames", "r2", "--quiet", "--preset", "indoor")
    read = open_record("r2").settings
    assert {str(read.of(camera).score_threshold) for camera in ("c1", "door-1")} == {"0.05%"}
    with pytest.raises(SystemExit):
        run("filter", "frames", "r3", "--preset", "boat")
