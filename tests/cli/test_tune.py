"""`framesift tune`: what it shows, asks, advises and writes."""

import csv
import json
import shlex
import threading
import urllib.request
from pathlib import Path

import cv2
import pytest

from framesift import cli
from framesift.cli import options
from framesift.cli import tune as tune_cli
from tests.conftest import read_tree
from tests.filtering.test_run import scene
from tests.tuning.test_tuning import BOXES


@pytest.fixture
def folder(write_tree) -> Path:
    return write_tree(scene(*BOXES, *BOXES[::-1]) | scene(*BOXES * 2, camera="c2", width=96, height=80))


def run(capsys, *arguments) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.main(["tune", *map(str, arguments)])
    return code, *capsys.readouterr()


def fill(table: Path, words: list[str]) -> None:
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row, word in zip(rows, words, strict=False):
        row["new"] = word
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_without_answers_it_says_that_the_defaults_are_only_that(folder, capsys):
    before = read_tree(folder.parent)
    code, out, err = run(capsys, folder, "--questions", "0")
    assert (code, err) == (options.DONE, "")
    assert "no answers, so nothing is known of these frames; the defaults are 0.05% 0.75%" in out
    assert "camera c1: 16 frames of 64x48\n" in out and "> 0.75%" in out and "<- given" in out
    assert read_tree(folder.parent) == before


def test_the_printed_command_keeps_as_many_as_promised(folder, capsys):
    code, out, _ = run(capsys, folder, "--questions", "0", "--quiet", "--method", "tolerance", "--blur", "3,5")
    lines = out.splitlines()
    assert code == options.DONE and lines[0].endswith("0.2% 0.2%")
    words = shlex.split(lines[-1])
    assert words[:4] == ["framesift", "filter", str(folder), f"{folder}-kept"]
    assert words[4:] == ["0.2%", "0.2%", "--method", "tolerance", "--blur", "3,5"]
    assert cli.main([*words[1:], "--quiet"]) == options.DONE
    kept = len(list(Path(f"{folder}-kept").rglob("*.png")))
    assert lines[1].startswith(f"they keep {kept} of 32 frames")
    assert len(lines) == 3, "shares mean the same for every camera"


def test_says_what_changes_against_the_thresholds_given(folder, capsys):
    def say(*thresholds: str) -> str:
        return run(capsys, folder, *thresholds, "--questions", "0")[1]

    assert "; now, with 30 60, it is " in say("30", "60")
    assert "; now, " not in say(), "these are the defaults, and nothing else is advised"


def test_json_has_every_number(folder, capsys):
    code, out, _ = run(capsys, folder, "30", "60", "--questions", "0", "--json")
    told = json.loads(out)
    assert code == options.DONE and [camera["camera"] for camera in told["cameras"]] == ["c1", "c2"]
    for camera in told["cameras"]:
        [given] = [row for row in camera["scores"] if row["above"] == "60"]
        [area] = [row for row in camera["areas"] if row["min_contour_area"] == "30"]
        assert given["kept"] == area["kept"] and camera["frames"] == 16 and camera["skipped"] == 0
        kept = [row["kept"] for row in camera["scores"]]
        assert kept[0] >= given["kept"] >= kept[-1]
    advice = told["advice"]
    assert advice["answers"] == 0 and (advice["min_contour_area"], advice["score_threshold"]) == ("0.05%", "0.75%")
    compared = {camera["camera"]: camera["compared_area"] for camera in told["cameras"]}
    assert advice["px"] == {c: [round(a * 0.0005, 1), round(a * 0.0075, 1)] for c, a in compared.items()}


def test_pairs_and_a_table_in_place_of_the_page(folder, tmp_path, capsys):
    pairs = tmp_path / "pairs"
    code, out, _ = run(capsys, folder, "--pairs", pairs, "--questions", "4", "--quiet")
    assert code == options.DONE and "4 pairs drawn" in out
    assert sorted(path.name for path in pairs.iterdir()) == ["01.jpg", "02.jpg", "03.jpg", "04.jpg", "answers.csv"]
    assert cv2.imread(str(pairs / "01.jpg")).shape in ((48, 2 * 64 + 16, 3), (80, 2 * 96 + 16, 3))
    fill(pairs / "answers.csv", ["yes", "No", "unsure", "yes"])
    again = [folder, "--answers", pairs / "answers.csv", "--questions", "4", "--quiet"]
    code, out, err = run(capsys, *again)
    assert (code, err) == (options.DONE, "")
    assert out.startswith("thresholds that fit 3 answers (1 unsure): ")
    assert run(capsys, *again) == (code, out, err), "the same answers, the same advice"
    code, out, _ = run(capsys, *again[:-2], "6", "--pairs", tmp_path / "more", "--quiet")
    assert "2 pairs drawn" in out
    with open(tmp_path / "more" / "answers.csv", newline="") as file:
        assert [row["new"] for row in csv.DictReader(file)] == ["yes", "no", "unsure", "yes", "", ""]
    assert sorted(path.name for path in (tmp_path / "more").glob("*.jpg")) == ["05.jpg", "06.jpg"]


def post(address: str, path: str, value: dict) -> dict:
    request = urllib.request.Request(address + path, json.dumps(value).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def answer_all(address: str, word: str, stop_after: int = 99) -> None:
    """Answer as a person with a browser does."""
    with urllib.request.urlopen(f"{address}state/", timeout=20) as response:
        state = json.load(response)
    while "number" in state and state["number"] <= stop_after:
        state = post(address, "answers", {"number": state["number"], "answer": word})
    post(address, "finish", {})


@pytest.fixture
def browse(monkeypatch):
    """A function that has the page answered by a thread, as soon as the browser would be opened."""
    threads = []

    def prepare(word: str, stop_after: int = 99) -> None:
        def open_browser(address: str) -> None:
            threads.append(threading.Thread(target=answer_all, args=(address, word, stop_after)))
            threads[-1].start()

        monkeypatch.setattr(tune_cli, "open_browser", open_browser)

    yield prepare
    for thread in threads:
        thread.join(20)


def test_asks_on_a_page_and_goes_on_where_it_stopped(folder, capsys, browse):
    browse("no", 2)
    code, out, err = run(capsys, folder, "--questions", "4", "--quiet")
    table = Path(f"{folder}-answers.csv")
    assert code == options.DONE and out.startswith("thresholds that fit 2 answers: ")
    assert "answer at http://127.0.0.1:" in err and str(table) in err
    with table.open(newline="") as file:
        assert [row["new"] for row in csv.DictReader(file)][:2] == ["no", "no"]
    browse("yes")
    code, out, _ = run(capsys, folder, "--questions", "4", "--quiet")
    assert code == options.DONE and out.startswith("thresholds that fit 4 answers: ")
    with table.open(newline="") as file:
        assert [row["new"] for row in csv.DictReader(file)] == ["no", "no", "yes", "yes"]
    browse("no")
    _, out, err = run(capsys, folder, "--questions", "4", "--quiet")
    assert out.startswith("thresholds that fit 4 answers: ") and err == "", "answered to the end: no page"
    _, out, _ = run(capsys, folder, "--questions", "4", "--quiet", "--method", "tolerance")
    assert out.startswith("thresholds that fit 4 answers: ") and "--method tolerance" in out, "for another method too"


def test_ctrl_c_keeps_the_answers(folder, capsys, browse, monkeypatch):
    browse("yes", 1)

    def interrupt(server) -> None:
        server._finished.wait(20)
        raise KeyboardInterrupt

    monkeypatch.setattr("framesift.web.questions.QuestionServer.wait", interrupt)
    code, out, err = run(capsys, folder, "--quiet")
    assert (code, out) == (130, "") and "interrupted; the same command goes on where it stopped" in err
    with open(f"{folder}-answers.csv", newline="") as file:
        assert next(csv.DictReader(file))["new"] == "yes"


def test_pairs_that_were_stopped_are_gone_on_with(folder, tmp_path, capsys):
    pairs = tmp_path / "pairs"
    command = [folder, "--pairs", pairs, "--questions", "4", "--quiet"]
    assert run(capsys, *command)[0] == options.DONE
    whole = read_tree(pairs)
    (pairs / "answers.csv").unlink()
    (pairs / "03.jpg").unlink()
    assert run(capsys, *command)[0] == options.DONE and read_tree(pairs) == whole
    (pairs / "answers.csv").unlink()
    (pairs / "02.jpg").write_bytes(b"mine")
    code, _, err = run(capsys, *command)
    assert code == options.USAGE and "nothing was overwritten" in err and (pairs / "02.jpg").read_bytes() == b"mine"


def test_pairs_of_frames_of_two_sizes_are_drawn_whole(write_tree, tmp_path, capsys):
    tree: dict[str, bytes] = {}
    for number, box in enumerate(BOXES * 2):
        tree |= scene(box, start=number, **({"width": 128, "height": 96} if number % 2 else {}))
    frames = write_tree(tree)
    code, _, _ = run(capsys, frames, "--size", "64x48", "--pairs", tmp_path / "pairs", "--quiet")
    drawn = {cv2.imread(str(path)).shape for path in (tmp_path / "pairs").glob("*.jpg")}
    assert code == options.DONE and (96, 64 + 16 + 128, 3) in drawn, "the smaller one beside the larger"


def test_a_mask_has_to_fit_and_is_in_the_printed_command(folder, tmp_path, capsys):
    for camera, code in (("c1", options.DONE), ("c9", options.USAGE)):
        mask = tmp_path / f"{camera}.json"
        mask.write_text(json.dumps({"cameras": {camera: {"ignore": [[[0, 0], [1, 0], [0, 1]]]}}}))
        found, out, err = run(capsys, folder, "--mask", mask, "--questions", "0", "--quiet")
        assert found == code
        assert (f"--mask {mask}" in out) if code == options.DONE else (f"{mask}: is for the camera c9, but" in err)


def test_frames_that_are_not_whole_are_told(folder, capsys):
    damaged = next((folder / "c1").iterdir())
    damaged.write_bytes(damaged.read_bytes()[:-20])
    code, out, err = run(capsys, folder, "--questions", "0")
    assert code == options.SKIPPED and damaged.name in err and "15 frames of 64x48, 1 skipped" in out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--method", "magic"], "--method is framediff or tolerance"),
        (["a", "b"], "a threshold is"),
        (["--answers", "other.csv"], "is not a table of answers"),
        (["--answers", "none/a.csv"], "its folder does not exist"),
        (["--pairs", "frames"], "is not an empty folder"),
        (["--pairs", "other.csv"], "is not an empty folder"),
        (["--pairs", "new", "--answers", "missing.csv"], "no such file"),
        (["--port", "99999"], "port 99999 cannot be had"),
        (["--width", "64"], "--width belongs to"),
    ],
)
def test_wrong_usage_is_one_line_and_changes_nothing(folder, capsys, monkeypatch, arguments, reason):
    monkeypatch.chdir(folder.parent)
    Path("other.csv").write_text("mine\n")
    before = read_tree(folder.parent)
    code, out, err = run(capsys, "frames", *arguments, "--quiet")
    assert (code, out, err.count("\n")) == (options.USAGE, "", 1) and reason in err
    assert read_tree(folder.parent) == before


def test_no_such_folder(tmp_path, capsys):
    code, _, err = run(capsys, tmp_path / "none", "--questions", "0")
    assert code == options.USAGE and err.endswith("no such folder\n")
