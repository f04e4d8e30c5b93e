"""The report: every number is the manifest's, whatever happened to the pictures, in memory that stays flat."""

import base64
import json
import re
import tracemalloc
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift import cli
from framesift.actions.files.outputs import is_output
from framesift.cli import options
from framesift.filtering import manifest
from framesift.filtering.manifest import open_record
from framesift.filtering.selection import Verdict
from framesift.filtering.settings import Settings
from framesift.frames.reader import picture
from framesift.frames.reader.source import read_file
from framesift.looking.report import write_report
from framesift.looking.report.album import choose_width
from framesift.looking.report.survey import BINS, DOUBTFUL, EDGES, find_bin
from framesift.looking.spread import Spread
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import MOVED, NEW, name, scene, views

HOSTILE = "</script><img src=x onerror=alert(1)>&\"'"


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


@pytest.fixture
def results(write_tree, tmp_path) -> Path:
    """Two cameras, of which one has a skipped frame and a camera's name that looks like HTML."""
    frames = write_tree(
        scene(*[None, (10, 10, 8, 8), NEW, None, None] * 3)
        | scene(None, NEW, camera="<b>&'")
        | {f"c1/{name(30)}": encode(make_image())[:-20], f"c1/{name(31)}": encode(make_image(20, 20))}
    )
    assert run("filter", frames, tmp_path / "results", "--quiet") == options.SKIPPED
    return tmp_path / "results"


def data(page: Path) -> list[dict]:
    text = page.read_text(encoding="utf-8")
    return [json.loads(block) for block in re.findall(r'id="frames-\d+">(.*?)</script>', text, re.DOTALL)]


def rows(page: Path) -> list[tuple]:
    """What the page holds of each frame, in the words of the manifest."""
    return [
        (
            row[0],
            camera["camera"],
            None if row[1] is None else datetime.fromtimestamp(row[1], UTC),
            row[3],
            row[2],
            camera["rows"][row[5]][0] if isinstance(row[5], int) else row[5],
            None if row[4] is None else tuple(camera["sizes"][row[4]][:2]),
        )
        for camera in data(page)
        for row in camera["rows"]
    ]


def recorded(folder: Path) -> list[tuple]:
    return [
        (d.frame.path, d.frame.camera, d.frame.time, str(d.verdict), d.score, d.reference, d.size)
        for d in open_record(folder).decisions()
    ]


def test_every_number_is_the_manifests(results):
    assert run("report", results) == options.DONE
    page = results / "report.html"
    assert rows(page) == recorded(results)
    for camera in data(page):
        assert camera["places"] == ["../frames/", "./"]
        counts = camera["histogram"]
        for verdict, bins in (("drop", counts["dropped"]), ("keep", counts["kept"])):
            assert sum(bins) == sum(row[3] == verdict and row[2] is not None for row in camera["rows"])
        reasons = {row[0]: row[6] for row in camera["rows"] if row[2] is None}
        assert all(
            r.reason == reasons[r.frame.path]
            for r in open_record(results).decisions()
            if r.score is None and r.frame.camera == camera["camera"]
        )
    limits = {d.reason.split()[-1] for d in open_record(results).decisions() if d.score is not None}
    assert limits == {f"{limit:g}" for camera in data(page) for *_, limit, _ in camera["sizes"][:1]}
    kept = sum(row[3] == "keep" for row in recorded(results))
    assert f'<strong class="keep">{kept} kept</strong>' in page.read_text()


def test_the_reference_is_found_among_the_last_kept_frames(write_tree, tmp_path):
    frames = write_tree(scene(None, NEW, None, NEW, None))
    assert (
        run("filter", frames, tmp_path / "results", "--against", 2, "--quiet", "--report", tmp_path / "run.html") == 0
    )
    [camera] = data(tmp_path / "run.html")
    assert [row[5] for row in camera["rows"]] == [None, 0, 0, 1, 0]
    assert rows(tmp_path / "run.html") == recorded(tmp_path / "results")
    assert "the nearest of the last 2 kept frames of its camera" in (tmp_path / "run.html").read_text(encoding="utf-8")


def test_changes_of_the_whole_picture_are_marked(write_tree, tmp_path):
    frames, page = write_tree(views(*MOVED)), tmp_path / "run.html"
    assert run("filter", frames, tmp_path / "results", "--most", "60%", "--quiet", "--report", page) == options.DONE
    assert rows(page) == recorded(tmp_path / "results")
    text = page.read_text(encoding="utf-8")
    [camera] = data(page)
    extents = [row[7] if len(row) > 7 else None for row in camera["rows"]]
    assert extents == [d.extent for d in open_record(tmp_path / "results").decisions()]
    assert [n for n, extent in enumerate(extents) if extent] == [1, 5]
    assert camera["rows"][1][6].endswith("left out above 60%")
    cards = text[text.index("When the whole picture changed") : text.index("What would I lose?")]
    assert "All 2, 2 of them left out" in cards
    assert cards.count("◆ The whole picture has changed (100%)") == cards.count("Left out:</strong> changed ") == 2
    assert "left out all the same where more than 60% of the picture has changed" in text
    assert "◇" in text and "whole picture changed 2 times, 2 frames left out" in text
    assert sum(camera["histogram"]["dropped"]) == 2


def test_a_kept_change_of_the_whole_picture_is_marked_on_its_cards(write_tree, tmp_path):
    frames, page = write_tree(views(*MOVED[:2])), tmp_path / "run.html"
    assert run("filter", frames, tmp_path / "results", "--quiet", "--report", page) == options.DONE
    text = page.read_text(encoding="utf-8")
    assert "All 1</h4>" in text
    assert text.count("◆ The whole picture has changed (100%)") == 3, (
        "there, among the doubtful, and in the contact sheet"
    )


def test_where_no_whole_picture_changed_nothing_is_said_of_it(results):
    assert run("report", results) == options.DONE
    text = (results / "report.html").read_text(encoding="utf-8")
    assert "whole picture" not in text[text.index("<main") :].partition("<script>")[0]


def test_some_of_many_changes_are_shown_from_all_over_the_run():
    spread = Spread(2 * DOUBTFUL)
    for number in range(1000):
        spread.add(number)
    shown = spread.items(50)
    assert spread.met == 1000 and len(shown) == 50 and shown == sorted(shown)
    assert shown[0] == 0 and shown[-1] > 900 and max(after - before for before, after in pairwise(shown)) < 40
    assert len(spread._items) <= 2 * DOUBTFUL


def test_runs_that_were_continued(write_tree, results, tmp_path):
    write_tree(scene(NEW, None, start=40) | scene(NEW, None, start=40, camera="<b>&'"))
    run("filter", tmp_path / "frames", results, "--quiet")
    run("report", results)
    assert sorted(rows(results / "report.html"), key=repr) == sorted(recorded(results), key=repr)
    assert len(data(results / "report.html")) == 2


def test_the_report_of_the_run_itself_and_of_a_dry_run(results, tmp_path):
    frames, page = tmp_path / "frames", tmp_path / "page.html"
    assert run("filter", frames, tmp_path / "again", "--quiet", "--report", page) == options.SKIPPED
    assert rows(page) == recorded(results)
    before = read_tree(tmp_path)
    assert run("filter", frames, tmp_path / "new", "--quiet", "--dry-run", "--report", tmp_path / "dry.html") == 1
    assert rows(tmp_path / "dry.html") == recorded(results)
    assert read_tree(tmp_path).keys() - before.keys() == {"dry.html"}


def test_a_dry_run_continues_what_is_there(write_tree, results, tmp_path):
    write_tree(scene(NEW, None, start=40))
    run("filter", tmp_path / "frames", results, "--quiet", "--dry-run", "--report", tmp_path / "dry.html")
    assert len(rows(tmp_path / "dry.html")) == len(recorded(results)) + 2


def test_a_report_in_the_results_folder_is_no_foreign_file(results, tmp_path):
    run("report", results)
    page = results / "report.html"
    assert is_output(page)
    assert run("filter", tmp_path / "frames", results, "--quiet", "--report", page) == options.SKIPPED
    page.write_text("mine")
    assert run("filter", tmp_path / "frames", results, "--quiet") == options.USAGE
    new = tmp_path / "new"
    assert run("filter", tmp_path / "frames", new, "--quiet", "--report", new / "report.html") == options.SKIPPED
    assert is_output(new / "report.html")


def test_files_that_are_not_ours_stay(results, tmp_path, capsys):
    (tmp_path / "mine.html").write_text("mine")
    before = read_tree(tmp_path)
    for command in (
        ["report", results, "--output", tmp_path / "mine.html"],
        ["filter", tmp_path / "frames", tmp_path / "r2", "--report", tmp_path / "mine.html"],
        ["filter", tmp_path / "frames", tmp_path / "r2", "--report", tmp_path / "missing" / "page.html"],
        ["filter", tmp_path / "frames", tmp_path / "r2", "--dry-run", "--report", tmp_path / "r2" / "page.html"],
        ["report", tmp_path / "frames"],
        ["report", tmp_path / "missing"],
    ):
        assert run(*command) == options.USAGE
        assert capsys.readouterr().err.count("\n") == 1
    assert read_tree(tmp_path) == before


def pairs(page: Path) -> list[tuple[str, int]]:
    """Verdict and row of the doubtful decisions, as they stand on the page."""
    text = page.read_text()
    return [
        ("drop" if "Dropped" in card else "keep", int(row))
        for row, card in re.findall(r'<li data-row="(\d+)"><figure><div class="pair">(.*?)</li>', text, re.DOTALL)
    ]


def test_the_doubtful_are_the_nearest_to_the_threshold(tmp_path):
    folder, scores = synthesize(tmp_path, 400)
    write_report(open_record(folder), folder / "report.html")
    limit = data(folder / "report.html")[0]["sizes"][0][2]
    for verdict, candidates in (
        ("drop", sorted((limit - s, n) for n, s in scores.items() if s <= limit)),
        ("keep", sorted((s - limit, n) for n, s in scores.items() if s > limit)),
    ):
        shown = [abs(limit - scores[row]) for v, row in pairs(folder / "report.html") if v == verdict]
        assert shown == [distance for distance, _ in candidates[:DOUBTFUL]] and len(shown) == DOUBTFUL


@pytest.mark.parametrize("method", ["framediff", "tolerance"])
def test_among_drops_without_a_score_those_come_first_in_which_most_has_changed(write_tree, tmp_path, method):
    sides = [0, 4, 12, 0, 8, 16, 6]
    boxes = [(100, 100, side, side) if side else None for side in sides]
    frames = write_tree(scene(*boxes, width=320, height=240))
    run("filter", frames, tmp_path / "out", 2000, 3000, "--method", method, "--quiet")
    assert {d.score for d in open_record(tmp_path / "out").decisions()} == {None, 0}
    run("report", tmp_path / "out")
    text = (tmp_path / "out" / "report.html").read_text()
    assert [sides[row] for _, row in pairs(tmp_path / "out" / "report.html")] == [16, 12, 8, 6, 4, 0]
    assert "the largest region has changed that does not count" in text


def test_the_reference_of_many_drops_is_read_a_few_times(write_tree, tmp_path, monkeypatch):
    frames = write_tree(scene(*[None] * 12, NEW, *[NEW] * 11))
    assert run("filter", frames, tmp_path / "results", "--quiet") == options.DONE
    read: list[str] = []
    monkeypatch.setattr(picture, "read_file", lambda path: (read.append(Path(path).name), read_file(path))[1])
    write_report(open_record(tmp_path / "results"), tmp_path / "page.html", jobs=1)
    shown = json.loads((tmp_path / "results" / "manifest.jsonl").read_text().splitlines()[2])["path"]
    assert read.count(Path(shown).name) == 2  # ranked, and drawn
    most = max(read.count(name) for name in set(read))
    assert most <= 4  # a reference for its events and for its light too


def test_drops_that_cannot_be_compared_again_come_last_and_are_shown(write_tree, tmp_path):
    frames = write_tree(scene(None, (100, 100, 8, 8), (100, 100, 4, 4), width=320, height=240))
    run("filter", frames, tmp_path / "out", 2000, 3000, "--quiet")
    (frames / "c1" / name(1)).unlink()
    run("report", tmp_path / "out")
    assert [row for _, row in pairs(tmp_path / "out" / "report.html")] == [2, 1]


def test_pictures_are_decodable_and_there_once(results):
    run("report", results)
    text = (results / "report.html").read_text()
    blocks = dict(re.findall(r'<script type="text/plain" id="([^"]+)">([^<]+)</script>', text))
    assert len(blocks) == text.count('<script type="text/plain"') and len(set(blocks.values())) > 3
    assert set(re.findall(r'data-picture="([^"]+)"', text)) == set(blocks)
    for block in blocks.values():
        assert cv2.imdecode(np.frombuffer(base64.b64decode(block), np.uint8), cv2.IMREAD_COLOR) is not None


def test_vanished_and_damaged_pictures_have_a_place_and_a_reason(results, tmp_path):
    for path in (tmp_path / "frames" / "c1").iterdir():
        path.write_bytes(path.read_bytes()[:-20]) if "3" in path.name[-9:] else path.unlink()
    run("report", results)
    text = (results / "report.html").read_text()
    assert "no picture: No such file or directory" in text and "The files have changed since the run" in text
    assert rows(results / "report.html") == recorded(results)


def test_pictures_give_way_where_the_page_would_be_too_heavy(results, monkeypatch):
    for bound in ("PAGE_BYTES", "CAMERA_BYTES"):
        monkeypatch.setattr(f"framesift.looking.report.{bound}", 0)
    monkeypatch.setattr("framesift.looking.report._LEAST_BYTES", 900)
    run("report", results)
    text = (results / "report.html").read_text()
    blocks = re.findall(r'<script type="text/plain" id="[^"]+">([^<]+)</script>', text)
    assert 0 < sum(map(len, blocks)) <= 900 and "no picture: this page had no room for it" in text


def test_names_that_look_like_html_stay_text(write_tree, tmp_path):
    path = f"{HOSTILE.replace('/', '')}_{name(0)}"
    frames = write_tree({path: encode(make_image()), "b.png": b"", "\udcff<i>.png": encode(make_image())})
    run("filter", frames, tmp_path / "r", "--quiet", "--report", tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    assert "<img src=x" not in text and "<i>" not in text
    assert {row[0] for row in rows(tmp_path / "page.html")} == {path, "b.png", "\udcff<i>.png"}


def test_a_damaged_manifest_is_one_line(results, capsys):
    path = results / manifest.NAME
    path.write_bytes(path.read_bytes().replace(b'"verdict": "drop"', b'"verdict": "lose"', 1))
    assert run("report", results) == options.STORAGE
    assert "is damaged" in capsys.readouterr().err and not (results / "report.html").exists()
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert run("report", results) == options.USAGE


def test_bins():
    assert [find_bin(score, 100) for score in (0, 1, 100, 100.5, 1e9)] == [
        0,
        1,
        EDGES.index(1) + 1,
        EDGES.index(1) + 2,
        BINS - 1,
    ]
    assert [find_bin(score, 0) for score in (0, 1)] == [0, BINS - 1]


def synthesize(folder: Path, frames: int) -> tuple[Path, dict[int, float]]:
    """A results folder whose pictures are gone: rows and their scores."""
    results = folder / f"r{frames}"
    results.mkdir()
    scores = {}
    reference = None
    with open(results / manifest.NAME, "wb") as file:
        file.write(manifest.encode_header({"source": "../gone", **Settings().record()}))
        for n in range(frames):
            path = f"c1/c1-{1_600_000_000 + 60 * n}.jpg"
            score = None if n == 0 else float(n * 7919 % 5003)
            keep = score is None or score > 1858.6875
            line = {
                "path": path,
                "camera": "c1",
                "time": None,
                "verdict": "keep" if keep else "drop",
                "score": score,
                "reference": reference,
                "reason": "first frame to compare with",
                "size": [640, 480],
            }
            file.write(json.dumps(line).encode() + b"\n")
            reference = path if keep else reference
            if score is not None:
                scores[n] = score
    return results, scores


def test_memory_does_not_grow_with_the_number_of_frames(tmp_path):
    def peak(frames: int) -> int:
        record = open_record(synthesize(tmp_path, frames)[0])
        tracemalloc.start()
        write_report(record, tmp_path / f"{frames}.html", jobs=1)
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return memory

    peak(100)
    few, many = peak(1_000), peak(10_000)
    assert many < few * 1.2 + 500_000, "other threads of the program are counted too"
    assert len(rows(tmp_path / "10000.html")) == 10_000


def test_frames_without_times_and_thresholds_in_px(write_tree, tmp_path):
    frames = write_tree({f"frame_{n}.png": encode(make_image(box=NEW if n % 2 else None)) for n in range(4)})
    run("filter", frames, tmp_path / "r", 0, 0, "--quiet", "--report", tmp_path / "page.html")
    [camera] = data(tmp_path / "page.html")
    assert not camera["timed"] and camera["sizes"] == [[64, 48, 0.0, 2451]]
    assert {d.verdict for d in open_record(tmp_path / "r").decisions()} == {Verdict.KEEP}


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("framediff", "at its own size. Regions that changed and have at least 0.05%"),
        ("tolerance", "by tolerance, 320 px wide. Regions that changed in their structure and have at least 0.2%"),
    ],
)
def test_says_how_it_was_decided(write_tree, tmp_path, method, words):
    frames, page = write_tree(scene(None, NEW)), tmp_path / "page.html"
    assert run("filter", frames, tmp_path / "results", "--quiet", "--method", method, "--report", page) == options.DONE
    assert words in page.read_text(encoding="utf-8")


def test_a_page_is_small_and_sees_the_frames_or_brings_large_pictures(write_tree, tmp_path):
    boxes = [(10 * n, 20, 150, 150) for n in range(12)]
    frames = write_tree(scene(*boxes, width=900, height=600))
    run("filter", frames, tmp_path / "a b", "--quiet")
    for extra, name_ in (([], "small.html"), (["--self-contained"], "whole.html")):
        assert run("report", tmp_path / "a b", "--output", tmp_path / name_, *extra) == options.DONE
    small, whole = tmp_path / "small.html", tmp_path / "whole.html"
    policies = [re.search("img-src ([^;]*);", page.read_text())[1] for page in (small, whole)]
    assert policies == ["data: file: 'self'", "data:"]
    assert [data(page)[0]["places"] for page in (small, whole)] == [["frames/", "a%20b/"], []]


def test_pictures_of_many_frames_stay_small(tmp_path):
    widths = [choose_width(2_200_000 // cameras, 150, (1920, 1080)) for cameras in (1, 4, 16)]
    assert widths == sorted(widths, reverse=True) and widths[0] >= 320


def test_outlines_are_a_small_path_of_what_counts_what_does_not_and_what_is_not_compared(write_tree, tmp_path):
    frames, page = write_tree(scene(None, (100, 100, 80, 80), width=320, height=240)), tmp_path / "page.html"
    run("filter", frames, tmp_path / "results", "--quiet", "--report", page)
    [drawn] = re.findall("<svg.*?</svg>", page.read_text())
    assert drawn.count('class="counted"') == drawn.count('class="dim"') == 1 and len(drawn) < 500
    assert 'viewBox="0 0 320 240"' in drawn
