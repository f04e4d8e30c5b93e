"""The draw is fair, the bound keeps its promise, and the answers find their way back."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from framesift import cli, filter_frames
from framesift.cli import options
from framesift.filtering.manifest import open_record
from framesift.looking.audit import bound_lost, draw_sample
from framesift.looking.audit.bound import chance_of_at_most
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import NEW, scene


def test_known_bounds():
    """0 of 300 is 1 % (Clopper and Pearson: 0.994 %), and a whole population leaves nothing open."""
    endless = 100_000_000
    for found, share in ((0, 0.009936), (1, 0.0157146), (3, 0.0256414), (300, 1.0)):
        assert bound_lost(found, 300, endless) / endless == pytest.approx(share, abs=2e-6)
    assert bound_lost(0, 300, 10_000) / 10_000 < 0.01
    assert [bound_lost(found, 20, 20) for found in (0, 7, 20)] == [0, 7, 20]
    assert bound_lost(0, 1, 20) == 18 and bound_lost(0, 1, 19) == 18


RUNS = 20_000
NOISE = 3 * (0.05 * 0.95 / RUNS) ** 0.5
"""Three standard errors: for some truths the bound is right in exactly 95 % of the runs."""


def test_the_bound_is_right_in_95_of_100_runs():
    """Runs as they would be: frames drawn, the lost ones among them counted, the bound compared with the truth."""
    chance = np.random.default_rng(1)
    shares = []
    for population, drawn in ((40, 10), (1000, 300), (20_000, 300)):
        for lost in (round(share * population) for share in (0, 0.004, 0.01, 0.03, 0.2, 0.5, 0.9, 1)):
            found, runs = np.unique(chance.hypergeometric(lost, population - lost, drawn, RUNS), return_counts=True)
            right = [bound_lost(int(number), drawn, population) >= lost for number in found]
            shares.append(runs[right].sum() / RUNS)
            assert shares[-1] >= 0.95 - NOISE, (population, drawn, lost)
    assert len(shares) == 24 and np.mean(shares) >= 0.95


@pytest.mark.parametrize(("population", "drawn"), [(30, 12), (400, 60)])
def test_the_chance_of_a_wrong_bound_is_at_most_5_percent_for_every_truth(population, drawn):
    bounds = [bound_lost(found, drawn, population) for found in range(drawn + 1)]
    assert bounds == sorted(bounds)
    for lost in range(population + 1):
        wrong = [found for found in range(drawn + 1) if bounds[found] < lost]
        if wrong:
            assert chance_of_at_most(wrong[-1], drawn, lost, population) <= 0.05 + 1e-9


@pytest.fixture
def results(write_tree, tmp_path: Path) -> Path:
    """Two kept frames and eight dropped ones."""
    frames = write_tree(scene(*[None] * 5, *[NEW] * 5))
    assert cli.main(["filter", str(frames), str(tmp_path / "results"), "--quiet"]) == options.DONE
    return tmp_path / "results"


def audit(*arguments: object) -> int:
    return cli.main(["audit", *map(str, arguments)])


def answer(folder: Path, *answers: str) -> Path:
    rows = list(csv.reader((folder / "answers.csv").read_text().splitlines()))
    for row, word in zip(rows[1:], answers, strict=False):
        row[-1] = word
    path = folder / "answered.csv"
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_every_dropped_frame_is_as_likely(results):
    record = open_record(results)
    times: dict[str, int] = {}
    places: dict[str, int] = {}
    for seed in range(800):
        sample = draw_sample(record, 3, seed)
        assert sample.population == 8 and len({d.frame.path for d in sample.decisions}) == 3
        for decision in sample.decisions:
            times[decision.frame.path] = times.get(decision.frame.path, 0) + 1
        first = sample.decisions[0].frame.path
        places[first] = places.get(first, 0) + 1
    assert len(times) == 8 and all(240 < number < 360 for number in times.values())
    assert len(places) == 8 and all(60 < number < 140 for number in places.values())


def test_a_draw(results, capsys):
    before = read_tree(results)
    assert audit(results) == options.DONE
    folder = results.parent / "results-audit"
    output = capsys.readouterr().out
    assert output.startswith(f"8 frames of 8 dropped: answer in {folder}/audit.html, or write\n")
    rows = list(csv.DictReader((folder / "answers.csv").read_text().splitlines()))
    assert sorted(row["path"] for row in rows) == sorted(
        d.frame.path for d in draw_sample(open_record(results), 99, 0).decisions
    )
    assert {row["lost"] for row in rows} == {""} and {row["dropped"] for row in rows} == {"8"}
    assert read_tree(results) == before
    text = (folder / "audit.html").read_text()
    assert text.count("data:image/jpeg;base64,") == 16
    [table] = re.findall(r'<script type="application/json" id="table">(.*?)</script>', text)
    assert [row[2] for row in json.loads(table)["rows"]] == [row["path"] for row in rows]


def test_a_draw_goes_nowhere_else(results, capsys):
    folder = results.parent / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    assert audit(results, "--output", folder) == options.USAGE
    assert "is not empty: choose another folder with --output" in capsys.readouterr().err
    assert read_tree(folder) == {"notes.txt": b"mine"}


def test_a_draw_that_was_stopped_is_gone_on_with(results, capsys):
    folder = results.parent / "drawn"
    assert audit(results, "--output", folder) == options.DONE
    whole = read_tree(folder)
    (folder / "answers.csv").unlink()
    (folder / ".framesift-output-0123456789abcdef.tmp").write_bytes(b"half")
    assert audit(results, "--output", folder) == options.DONE and read_tree(folder) == whole
    assert audit(results, "--output", folder) == options.USAGE, "answers may stand in it"


@pytest.mark.parametrize(
    ("command", "writing"),
    [
        ("audit", "framesift.looking.audit.write_audit"),
        ("mask", "framesift.looking.explanation_picture.encode_picture"),
        ("tune", "framesift.tuning.write_pairs"),
    ],
)
def test_who_stops_a_command_finds_no_empty_folder(results, tmp_path, monkeypatch, command, writing):
    """With Ctrl-C, before the first of what it makes is whole."""
    words = {
        "audit": ["audit", results],
        "mask": ["mask", tmp_path / "frames", "--output", tmp_path / "mask.json", "--pictures", tmp_path / "m"],
        "tune": ["tune", tmp_path / "frames", "--pairs", tmp_path / "pairs", "--questions", "1"],
    }

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = sorted(tmp_path.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(writing, stop)
        assert cli.main([*map(str, words[command]), "--jobs", "1"]) == 130
    assert sorted(tmp_path.rglob("*")) == before
    assert cli.main([*map(str, words[command]), "--jobs", "1"]) == options.DONE


def test_frames_that_changed_since_are_named(results, capsys):
    sample = draw_sample(open_record(results), 1, 0)
    gone = sample.decisions[0].frame.path
    (results.parent / "frames" / gone).unlink()
    assert audit(results, "--number", 1) == options.SKIPPED
    assert capsys.readouterr().err.startswith(f"{gone}: the frame cannot be read any more")


def test_a_folder_of_frames_that_is_elsewhere_now_leaves_no_audit_without_pictures(results, capsys):
    frames, moved = results.parent / "frames", results.parent / "moved"
    frames.rename(moved)
    before = read_tree(results.parent)
    assert audit(results) == options.STORAGE
    [line] = capsys.readouterr().err.splitlines()
    assert "the folder of the frames is gone: name where they lie now with --source" in line
    assert read_tree(results.parent) == before
    assert audit(results, "--source", moved) == options.DONE


def test_the_same_seed_draws_the_same(results):
    record = open_record(results)
    assert draw_sample(record, 4, 7) == draw_sample(record, 4, 7) != draw_sample(record, 4, 8)


@pytest.mark.parametrize(
    ("answers", "answered", "lost", "bound"),
    [
        (["no"] * 8, 8, 0, 0),
        (["No", "YES ", *["no"] * 6], 8, 1, 1),
        (["no"] * 4, 4, 0, bound_lost(0, 4, 8)),
        (["no", "", "unsure", "no"], 4, 2, bound_lost(2, 4, 8)),
    ],
    ids=["all", "one lost", "stopped half-way", "passed over and unsure count as lost"],
)
def test_answers(results, capsys, answers, answered, lost, bound):
    audit(results)
    capsys.readouterr()
    assert audit(results, "--answers", answer(results.parent / "results-audit", *answers), "--json") == options.DONE
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "drawn": 8,
        "answered": answered,
        "lost": lost,
        "dropped": 8,
        "confidence": 0.95,
        "at_most": bound,
        "at_most_share": bound / 8,
    }


def test_answers_in_words(results, capsys):
    audit(results)
    capsys.readouterr()
    audit(results, "--answers", answer(results.parent / "results-audit", *["no"] * 5))
    assert capsys.readouterr().out.splitlines()[:2] == [
        "0 of 5 frames looked at were lost or unsure (the last 3 drawn were not looked at and do not count)",
        "at 95 % confidence at most 25 % of the dropped frames are: 2 of 8",
    ]


def test_spreadsheets_write_semicolons_and_sort_rows(results, capsys):
    audit(results)
    path = answer(results.parent / "results-audit", *["no"] * 8)
    heading, *rows = path.read_text().splitlines()
    path.write_text("\ufeff" + "\n".join([heading, *reversed(rows)]).replace(",", ";"))
    assert audit(results, "--answers", path) == options.DONE


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text, "holds no answers yet"),
        (lambda text: text.replace(",\r\n", ",perhaps\r\n"), "'perhaps' is neither yes, no nor unsure"),
        (lambda text: text.replace(",8,", ",9,"), "is no draw from these results"),
        (lambda text: re.sub(r"\r\n3,.*", "", text), "rows are missing or there twice"),
        (lambda text: re.sub(r"\r\n3,8,[^,]*", "\r\n3,8,other.png", text), "other.png was not dropped in"),
        (lambda text: "a,b\r\n1,2\r\n", "is not a table of answers"),
        (lambda text: "", "is not a table of answers"),
    ],
)
def test_tables_that_prove_nothing_are_refused(results, capsys, change, reason):
    audit(results)
    path = results.parent / "changed.csv"
    path.write_bytes(change((results.parent / "results-audit" / "answers.csv").read_bytes().decode()).encode())
    assert audit(results, "--answers", path) == options.USAGE
    errors = capsys.readouterr().err
    assert reason in errors and errors.count("\n") == 1


def test_nothing_dropped(write_tree, tmp_path, capsys):
    frames = write_tree(scene(None))
    cli.main(["filter", str(frames), str(tmp_path / "results"), "--quiet"])
    assert audit(tmp_path / "results") == options.USAGE
    assert "no frame was dropped, so none can be lost" in capsys.readouterr().err
    assert not (tmp_path / "results-audit").exists()


ODD_CAMERAS = ["=cmd|' C calc'!A0", "@SUM(1)", "+1", "-1", "'quoted", "'=x", "\t=1", "\uff1d1"]


@pytest.mark.parametrize("camera", ODD_CAMERAS)
def test_no_cell_is_run_by_a_spreadsheet_and_all_come_back(tmp_path, camera):
    for number in range(3):
        path = tmp_path / "frames" / camera / f"{1616841000000 + number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(make_image()))
    list(filter_frames(tmp_path / "frames", tmp_path / "out"))
    assert cli.main(["audit", str(tmp_path / "out")]) == 0
    table = tmp_path / "out-audit" / "answers.csv"
    with table.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not any(cell[:1] in set("=+-@\t\r\uff1d") for cell in cells if cell)
    table.write_text(table.read_text(encoding="utf-8").replace(",\n", ",no\n"), encoding="utf-8")
    assert cli.main(["audit", str(tmp_path / "out"), "--answers", str(table)]) == 0


@pytest.mark.parametrize("table", ["x" * 200_000, "9" * 5000])
def test_a_table_of_any_size_of_cell_is_one_line(tmp_path, capsys, results, table):
    path = tmp_path / "odd.csv"
    path.write_text(f"number,dropped,path,reference,score,lost\n{table},1,a,b,0,no\n")
    assert cli.main(["audit", str(results), "--answers", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
