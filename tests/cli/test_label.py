"""`framesift label`, as it is typed."""

import json
from pathlib import Path

import pytest

from framesift import cli
from tests.conftest import read_tree
from tests.looking.labelled_run import name, write_labels, write_run


@pytest.fixture
def run(tmp_path, monkeypatch) -> Path:
    write_run(tmp_path)
    write_labels(tmp_path, name(0), "x.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_says_what_came_of_it_and_what_to_do(run, capsys):
    assert cli.main(["label", "results", "--from", "kept.json", "--to", "out"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "6 labels carried over, COCO: out/certain",
        "1 dropped frame certain, 3 to check, 0 to label",
        "3 questions: answer in out/check.html, then",
        "  framesift label results --from kept.json --to out --checked checked.csv",
    ]
    assert said.err == "kept.json: 1 name of no frame of this run, such as x.png\n"


def test_the_command_that_it_names_goes_on(run, capsys):
    assert cli.main(["label", "results", "--from", "kept.json", "--to", "out"]) == 0
    rows = (run / "out" / "to-check.csv").read_text().splitlines()
    (run / "checked.csv").write_text("\n".join([rows[0], *(row + "yes" for row in rows[1:])]) + "\n")
    *_, command = capsys.readouterr().out.splitlines()
    assert cli.main(command.split()[1:]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "4 dropped frames certain, 0 to check, 0 to label"


def test_frames_that_cannot_be_compared_are_named(run, capsys):
    (run / "frames" / name(1)).write_bytes(b"nothing")
    assert cli.main(["label", "results", "--from", "kept.json", "--to", "out"]) == 1
    assert f"{name(1)}: the frame cannot be read any more" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (["--from", "none.json"], 2, "none.json: no such file or folder"),
        (["--to", "results/out"], 2, "results/out: lies in results, which is not written to: name another folder"),
        (["--to", "frames"], 2, "frames: lies in "),
        (["--to", "busy"], 2, "busy: holds notes.txt, which this command has not written: name a new folder"),
        (["--checked", "notes.csv"], 2, "notes.csv: no such file"),
        (["--to", "s3://bucket/out"], 2, "s3://bucket/out: is written on this machine: name a path here"),
    ],
)
def test_what_cannot_be_done_is_one_line(change, code, line, run, capsys):
    (run / "busy").mkdir()
    (run / "busy" / "notes.txt").write_text("mine")
    arguments = {"--from": "kept.json", "--to": "out"} | dict([change])
    before = read_tree(run)
    assert cli.main(["label", "results", *(word for pair in arguments.items() for word in pair)]) == code
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and line in said[0]
    assert read_tree(run) == before


def test_a_name_that_can_be_two_frames_is_one_line(tmp_path, monkeypatch, capsys):
    write_run(tmp_path)
    for path in sorted((tmp_path / "frames" / "c1").iterdir()):
        other = tmp_path / "frames" / "c2" / path.name
        other.parent.mkdir(exist_ok=True)
        other.write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert cli.main(["filter", "frames", "again", "10", "90%", "--quiet", "--camera", "folder"]) == 0
    short = name(0).split("/")[1]
    write_labels(tmp_path, short)
    assert cli.main(["label", "again", "--from", "kept.json", "--to", "out"]) == 2
    said = capsys.readouterr().err
    assert f"{short} can be c1/{short} or c2/{short}: name pictures by their paths in DIR" in said


def test_a_film_is_walked_once_and_its_frames_get_labels(tmp_path, monkeypatch, capsys):
    import cv2

    from tests.looking.labelled_run import FRAMES

    (tmp_path / "films").mkdir()
    film = cv2.VideoWriter(str(tmp_path / "films" / "door.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 1, (200, 150))
    for image in FRAMES.values():
        film.write(image)
    film.release()
    monkeypatch.chdir(tmp_path)
    line = ["filter", "films", "results", "10", "90%", "--every", "1s", "--quiet", "--border-mask", "0,0,0,0"]
    assert cli.main(line) == 0
    decisions = [json.loads(line) for line in (tmp_path / "results" / "manifest.jsonl").read_text().splitlines()[1:]]
    kept, *dropped = [decision["path"] for decision in decisions]
    write_labels(tmp_path, kept)
    assert cli.main(["label", "results", "--from", "kept.json", "--to", "out"]) == 0
    names = [image["file_name"] for image in json.loads((tmp_path / "out/certain/kept.json").read_text())["images"]]
    assert len(dropped) == 4 and names == [kept, *dropped]
    assert "1 dropped frame certain, 3 to check" in capsys.readouterr().out
