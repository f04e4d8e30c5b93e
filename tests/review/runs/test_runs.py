"""Runs as the review shows them: found, indexed within bounds, never believed, worked on as the command line does."""

import hashlib
import json
import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from framesift import cli, filter_frames
from framesift.comparators.thresholds import Threshold
from framesift.errors import StorageError, UsageError
from framesift.filtering.manifest import NAME, open_record
from framesift.filtering.selection import Verdict
from framesift.filtering.settings import Settings
from framesift.frames.names import guarding
from framesift.looking.audit import bound_lost
from framesift.review.jobs import Cancelled
from framesift.review.refusals import Conflict, Unknown
from framesift.review.runs.audits import Audits
from framesift.review.runs.commands import write_command
from framesift.review.runs.manifest import reading
from framesift.review.runs.rehearsals import rehearse
from framesift.review.runs.review import RunReview, parse_threshold
from framesift.review.runs.runs import Runs
from framesift.review.runs.timeline import POINTS
from framesift.review.store import Store
from framesift.tuning import Answer
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import NEW, scene

FRAMES = Path(__file__).resolve().parents[3] / "images" / "frames"
SCENE = [None, (10, 10, 3, 3), (10, 10, 6, 5), (30, 20, 4, 4), NEW, NEW, None, (20, 8, 9, 9)]


class Counting:
    """Follows a job without anybody who watches."""

    def __init__(self) -> None:
        self.seen = 0

    def follow(self, items: Any, stage: str, total: int | None = None) -> Iterator[Any]:
        for item in items:
            self.seen += 1
            yield item


@pytest.fixture
def served(tmp_path: Path) -> Iterator[RunReview]:
    """A review of `tmp_path / site`."""
    with_store = open_review(tmp_path)
    yield with_store
    close(with_store)


def open_review(tmp_path: Path) -> RunReview:
    (tmp_path / "site").mkdir(exist_ok=True)
    (tmp_path / "output").mkdir(exist_ok=True)
    return RunReview(str(tmp_path / "site"), str(tmp_path / "output"), Store(tmp_path / "output"))


def close(review: RunReview) -> None:
    review.audits._store.close()


def identify(path: str) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


@pytest.fixture
def run_id(served, write_tree) -> str:
    """A run of two cameras of a scene."""
    frames = write_tree({**scene(*SCENE), **scene(*SCENE[::-1], camera="c2")}, "site/deck")
    list(filter_frames(frames, frames.parent / "kept"))
    return identify("kept")


def forge(folder: Path, lines: list[Any], source: str = "../deck", **settings: Any) -> str:
    """Write a manifest as anybody could; return the run's id."""
    folder.mkdir(parents=True, exist_ok=True)
    header = {"framesift": "0.1.0", "schema": 1, "settings": {**Settings().record(), "source": source, **settings}}
    texts = [line if isinstance(line, str) else json.dumps(line) for line in [header, *lines]]
    (folder / NAME).write_text("".join(f"{text}\n" for text in texts))
    return identify(folder.name)


def line(path: str, number: int = 0, verdict: str = "drop", **values: Any) -> dict[str, Any]:
    first = verdict == "keep" and not number
    score, reference = (None, None) if first else (float(number), "c1/0.png")
    entry = {"path": path, "camera": "c1", "time": None, "verdict": verdict, "score": score, "reference": reference}
    return {**entry, "reason": "score", "size": [64, 48], **values}


def test_finds_the_runs_and_nothing_else(served, tmp_path):
    site = tmp_path / "site"
    for folder in ("", "deck/kept", ".hidden", "a folder \udcff"):
        forge(site / folder, [line("c1/0.png", verdict="keep")])
    forge(tmp_path / "elsewhere", [])
    (site / "link").symlink_to(tmp_path / "elsewhere")
    (site / "linked").mkdir()
    (site / "linked" / NAME).symlink_to(tmp_path / "elsewhere" / NAME)
    (site / "folder" / NAME).mkdir(parents=True)
    os.mkfifo(site / "folder" / NAME / NAME)
    found = served.list_runs(0, 60)
    assert found["total"] == 3
    names = {item["name"]: item["id"] for item in found["items"]}
    assert names == {
        "site": identify(""), "deck/kept": identify("deck/kept"), "a folder \\xff": identify("a folder \udcff")
    }  # fmt: skip
    assert all(served.view(item["id"])["verdicts"] == item["verdicts"] for item in found["items"])
    assert served.list_runs(1, 1)["items"] == found["items"][1:2]
    for unknown in ("0" * 16, "", "..", identify("elsewhere"), identify("link")):
        with pytest.raises(Unknown):
            served.view(unknown)


def test_our_own_output_is_no_run(tmp_path):
    forge(tmp_path / "site" / "output" / "kept", [])
    (tmp_path / "output").mkdir()
    store = Store(tmp_path / "output")
    review = RunReview(str(tmp_path / "site"), str(tmp_path / "site" / "output"), store)
    assert review.list_runs(0, 60)["total"] == 0
    store.close()


def test_says_what_the_manifest_says(served, run_id):
    decisions = list(served.runs.open(run_id).record.decisions())
    run = served.view(run_id)
    counts = Counter((d.frame.camera, str(d.verdict)) for d in decisions)
    assert [row["camera"] for row in run["cameras"]] == ["c1", "c2"]
    for row in run["cameras"]:
        assert all(row[str(verdict)] == counts[row["camera"], str(verdict)] for verdict in Verdict)
    timeline = served.timeline(run_id, "c2")
    shown = [d for d in decisions if d.frame.camera == "c2"]
    assert timeline["scores"] == [d.score for d in shown] and timeline["verdicts"] == [str(d.verdict) for d in shown]
    assert timeline["times"] == [d.frame.time.timestamp() for d in shown] and timeline["timed"]
    listed = served.decisions(run_id, "c1", "drop", False, 0, 100)
    assert [item["path"] for item in listed["items"]] == [
        d.frame.path for d in decisions if (d.frame.camera, d.verdict) == ("c1", Verdict.DROP)
    ]
    for number, decision in enumerate(decisions, start=1):
        whole = served.decision(run_id, number)
        assert (whole["path"], whole["score"], whole["reason"]) == (
            decision.frame.path,
            decision.score,
            decision.reason,
        )
        if decision.reference:
            assert decisions[whole["reference_number"] - 1].frame.path == decision.reference
    assert [served.decision(run_id, n)["next"] for n in (1, 8, 16)] == [2, None, None]
    assert [served.decision(run_id, n)["previous"] for n in (1, 9, 16)] == [None, None, 15]
    for number in (0, 17, 2**40):
        with pytest.raises(Unknown):
            served.decision(run_id, number)
    with pytest.raises(Unknown):
        served.timeline(run_id, "c3")


def test_the_doubtful_come_first(served, run_id):
    items = served.decisions(run_id, None, None, True, 0, 100)["items"]
    distances = [abs(item["score"] - item["limit"]) / item["limit"] for item in items]
    assert distances == sorted(distances) and len(items) == served.view(run_id)["verdicts"]["drop"] + sum(
        item["verdict"] == "keep" for item in items
    )
    second = served.decisions(run_id, None, None, True, 3, 2)
    assert second["items"] == items[3:5] and second["total"] == len(items)


def test_what_was_left_out_stays_so_with_any_score_threshold(served, tmp_path):
    lines = [line("c1/0.png", verdict="keep"), line("c1/1.png", 99, extent=0.9), line("c1/2.png", 99, verdict="keep")]
    run_id = forge(tmp_path / "site" / "kept", lines, most=60)
    assert [served.estimate(run_id, threshold, None)["estimated"] for threshold in ("1", "100")] == [2, 1]
    items = served.decisions(run_id, None, None, False, 0, 10)["items"]
    assert [item["extent"] for item in items] == [None, 0.9, None]


def test_the_timeline_marks_changes_of_the_whole_picture_however_many_frames_there_are(served, tmp_path):
    lines = [line("c1/0.png", verdict="keep")]
    lines += [line(f"c1/{n}.png", 99, verdict="keep") for n in range(1, 2 * POINTS)]
    lines[3001]["extent"], lines[3002]["extent"] = 0.7, 0.8
    lines[3003] |= {"extent": 0.9, "verdict": "drop"}
    run_id = forge(tmp_path / "site" / "kept", lines, most=85)
    timeline = served.timeline(run_id, None)
    marked = [n for n, change in zip(timeline["numbers"], timeline["changes"], strict=True) if change]
    assert timeline["shown"] <= POINTS and marked and set(marked) <= {3002, 3003, 3004}
    assert served.timeline(forge(tmp_path / "site" / "kept", lines[:2]), None)["changes"] == [False, False]


@pytest.mark.parametrize("threshold", ["0", "0.75%", "40", "3%", "1000000"])
def test_the_estimate_counts_recorded_scores(served, run_id, threshold):
    run = served.runs.open(run_id)
    limit = parse_threshold(threshold).px(int(run.decisions.areas[0]))
    told = served.estimate(run_id, threshold, None)
    expected = Counter(
        d.frame.camera
        for d in run.record.decisions()
        if (d.score is None and d.verdict is Verdict.KEEP) or (d.score or 0) > limit
    )
    assert {row["camera"]: row["estimated"] for row in told["cameras"]} == expected
    assert told["estimated"] == expected.total() and told["frames"] == 16
    assert served.estimate(run_id, threshold, "c2")["estimated"] == expected["c2"]
    if threshold == "0.75%":
        assert told["estimated"] == told["kept"], "the run's own threshold keeps what the run kept"


@pytest.mark.parametrize("text", ["", "much", "-1", "nan", "101%", "1e5", "9" * 30, "1" * 5000])
def test_what_is_no_threshold_is_not_repeated(served, run_id, text):
    with pytest.raises(UsageError) as raised:
        served.estimate(run_id, text, None)
    assert not text or text not in raised.value.reason


def test_reads_on_where_a_manifest_has_grown(served, tmp_path):
    run_id = forge(tmp_path / "site" / "kept", [line("c1/0.png", verdict="keep"), line("c1/1.png", 1)])
    path = tmp_path / "site" / "kept" / NAME
    first = served.runs.open(run_id).decisions
    assert served.runs.open(run_id).decisions is first, "read once"
    with path.open("a") as file:
        file.write(json.dumps(line("c1/2.png", 2)) + "\n" + json.dumps(line("c1/3.png", 3))[:20])
    grown = served.runs.open(run_id).decisions
    assert len(first) == 2 and len(grown) == 3 and grown.read(3).frame.path == "c1/2.png"
    assert grown.find("c1/2.png") == 3 and grown.find("c1/9.png") is None
    forge(path.parent, [line("c1/other.png", verdict="keep")], blur=[3])
    assert served.runs.open(run_id).decisions.read(1).frame.path == "c1/other.png"
    with pytest.raises(StorageError):
        grown.read(3)


def test_a_hundred_thousand_lines_within_bounds(served, tmp_path):
    chance = np.random.default_rng(0)
    scores = chance.exponential(10, 100_000).round(1)
    text = json.dumps(line("c1/N.png", 0, "VERDICT", score=-1.0, reference="c1/0.png"))
    rows = [
        text.replace("N.png", f"{n}.png")
        .replace("-1.0", str(score))
        .replace("VERDICT", "keep" if score > 16 else "drop")
        for n, score in enumerate(scores.tolist())
    ]
    run_id = forge(tmp_path / "site" / "kept", rows)
    decisions = served.runs.open(run_id).decisions
    kept = sum(column.nbytes for column in vars(decisions).values() if isinstance(column, np.ndarray))
    assert len(decisions) == 100_000 and kept <= 50 * len(decisions) + 1000
    timeline = served.timeline(run_id, "c1")
    assert timeline["shown"] == len(timeline["scores"]) <= POINTS and timeline["decisions"] == 100_000
    assert timeline["numbers"] == sorted(timeline["numbers"]) and not timeline["timed"]
    keeps = scores[scores > 16]
    drawn = {verdict: [s for s, v in zip(timeline["scores"], timeline["verdicts"], strict=True) if v == verdict]
             for verdict in ("keep", "drop")}  # fmt: skip
    assert max(drawn["drop"]) == scores[scores <= 16].max() and {keeps.min(), keeps.max()} <= set(drawn["keep"])
    page = served.decisions(run_id, None, "drop", True, 50_000, 5)["items"]
    assert len(page) == 5 and all(item["verdict"] == "drop" for item in page)
    assert served.decision(run_id, 70_000)["next"] == 70_001
    assert served.estimate(run_id, "20", None)["estimated"] == int((scores > 20).sum())
    assert served.audit(run_id, 1000, 1)["drawn"] == 1000


FORGED_LINES = [
    "not JSON",
    "null",
    "[" * 100_000,
    '{"path": NaN}',
    json.dumps(line("")),
    json.dumps(line("c1/1.png", camera={"a": 1})),
    json.dumps(line("c1/1.png", score="many")),
    json.dumps(line("c1/1.png")).replace("0.0", "NaN"),
    json.dumps(line("c1/1.png")).replace("0.0", "1" + "0" * 400),
    json.dumps(line("c1/1.png", size=[10**6, 10**6])),
    json.dumps(line("c1/1.png", size=[64, -48])),
    json.dumps(line("c1/1.png", size={"a": 1, "b": 2})),
    json.dumps(line("c1/1.png", time="2021-03-27T10:00:00")),
    json.dumps(line("c1/1.png", time=5)),
    json.dumps(line("c1/1.png", reason=[1])),
    json.dumps(line("c1/1.png", extent="all")),
    json.dumps(line("c1/1.png", extent=-0.5)),
    "x" * 3_000_000,
]


@pytest.mark.parametrize("forged", FORGED_LINES, ids=range(len(FORGED_LINES)))
def test_a_line_that_is_none_ends_what_is_shown_and_is_said(served, tmp_path, forged):
    run_id = forge(tmp_path / "site" / "kept", [line("c1/0.png", verdict="keep"), forged, line("c1/2.png")])
    run = served.view(run_id)
    assert "line 3" in run["problem"] and run["verdicts"] == {"keep": 1, "drop": 0, "skip": 0}
    assert len(served.timeline(run_id, None)["scores"]) == 1
    assert served.decisions(run_id, None, None, True, 0, 10)["total"] == 0
    for refused in (lambda: served.audit(run_id, 5, 0), lambda: served.plan_tuning(run_id, 5)):
        with pytest.raises(Conflict):
            refused()


FORGED_SETTINGS: list[dict[str, Any]] = [
    {"blur": [99_999_999_999]},
    {"blur": "many"},
    {"border_mask": [float("nan"), 0, 0, 0]},
    {"border_mask": [1, 2]},
    {"size": [100_000, 100_000]},
    {"score_threshold": "9" * 500},
    {"min_size": "small"},
    {"max_pixels": None},
    {"masks": 7},
    {"name_pattern": 3},
    {"every": "often"},
    {"against": 0},
    {"against": "all"},
    {"most": "half"},
    {"most": float("nan")},
    {"method": "guess"},
    {"source": None},
]


@pytest.mark.parametrize("settings", FORGED_SETTINGS, ids=lambda settings: next(iter(settings)))
def test_settings_that_no_run_has_are_refused_in_words(served, tmp_path, settings):
    run_id = forge(tmp_path / "site" / "kept", [line("c1/0.png", verdict="keep")], **settings)
    with pytest.raises(Conflict) as raised:
        served.view(run_id)
    assert str(tmp_path) not in raised.value.reason


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """The paths that are opened or listed meanwhile."""
    seen: list[str] = []
    watching = [True]

    def note(event: str, values: tuple[Any, ...]) -> None:
        if watching and event in ("open", "os.scandir", "os.listdir") and isinstance(values[0], str | bytes):
            seen.append(os.fsdecode(values[0]))

    sys.addaudithook(note)
    yield seen
    watching.clear()


SECRET = {"c1/0.png": b"", "c1/1.png": b""}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("../../secret/c1/0.png", "../deck"),
        ("/ROOT/secret/c1/0.png", "../deck"),
        ("link/c1/0.png", "../deck"),
        ("link.png", "../deck"),
        ("c1/0.png", "../../secret"),
        ("c1/0.png", "/ROOT/secret"),
        ("c1/0.png", "../linked"),
        ("c1/0.png", "/"),
        ("c1/./0.png", "../../secret/."),
        ("a\0b", "../deck"),
        ("c1/0.png", "../deck\0"),
        ("", "../../secret/c1/0.png"),
        ("c1/0.png", "zip://::/ROOT/secret/private.zip"),
        ("c1/0.png", "zip://::http://127.0.0.1:9/a.zip"),
        ("c1/0.png", "s3://attacker/x"),
    ],
)
def test_nothing_outside_is_ever_opened(served, write_tree, tmp_path, opened, path, source):
    """The manifest is forged: frames, references, the folder of frames, and links among the frames lead outside."""
    write_tree(scene(None, NEW), "site/deck")
    secret = write_tree({"c1/0.png": next(iter(scene(None).values())), "c1/1.png": b"secret"}, "secret")
    (tmp_path / "site" / "deck" / "link").symlink_to(secret)
    (tmp_path / "site" / "deck" / "link.png").symlink_to(secret / "c1" / "0.png")
    (tmp_path / "site" / "linked").symlink_to(secret)
    place = path.replace("/ROOT", str(tmp_path)), source.replace("/ROOT", str(tmp_path))
    lines = [line("c1/c1_2021_03_27__10_00_00.png", verdict="keep"), line(place[0] or "x", 1, reference=place[0])]
    run_id = forge(tmp_path / "site" / "kept", lines, place[1])
    opened.clear()
    served.list_runs(0, 60)
    served.view(run_id)
    served.decisions(run_id, None, None, True, 0, 10)
    pictures = [
        lambda: served.sheet(run_id, 2),
        lambda: served.thumbnail(run_id, 2, False, 100),
        lambda: served.thumbnail(run_id, 2, True, 100),
        lambda: served.changes(run_id, 2),
        lambda: served.kinds["rehearsal"](served.plan_rehearsal(run_id, None, "1%"), Counting()),
        lambda: served.kinds["tuning"](served.plan_tuning(run_id, 3), Counting()),
    ]
    for picture in pictures:
        with pytest.raises(Conflict):
            picture()
    assert opened and not [path for path in opened if path.startswith(str(secret)) or "link" in path]


def test_frames_outside_are_told_and_not_shown(served, write_tree, tmp_path):
    frames = write_tree(scene(None, NEW, NEW), "elsewhere")
    list(filter_frames(frames, tmp_path / "site" / "kept"))
    run = served.view(identify("kept"))
    assert run["pictures"] is False and "outside" in run["problem"]
    assert served.decision(identify("kept"), 2)["pictures"] is False
    with pytest.raises(Conflict, match="outside"):
        served.sheet(identify("kept"), 1)
    assert served.audit(identify("kept"), 3, 0)["drawn"] == 1


def test_draws_decisions_as_explain_does(served, run_id, tmp_path):
    cli.main(
        [
            "explain",
            str(tmp_path / "site" / "kept"),
            served.decision(run_id, 3)["path"],
            "--output",
            str(tmp_path / "e.png"),
        ]
    )
    assert served.sheet(run_id, 3) == (tmp_path / "e.png").read_bytes()
    assert served.thumbnail(run_id, 3, False, 50)[:3] == served.thumbnail(run_id, 3, True, 50)[:3] == b"\xff\xd8\xff"
    number = next(n for n in range(1, 17) if (served.decision(run_id, n)["score"] or 0) > 100)
    changes = served.changes(run_id, number)
    assert changes["size"] == [64, 48] and changes["counted"][0].startswith("M") and changes["change"] == ""
    with pytest.raises(Conflict, match="nothing"):
        served.thumbnail(run_id, 1, True, 50)


def test_pictures_follow_their_files_and_take_bounded_room(served, run_id, tmp_path, monkeypatch):
    dropped = next(number for number in range(1, 16) if served.decision(run_id, number)["verdict"] == "drop")
    before = served.sheet(run_id, dropped)
    path = tmp_path / "site" / "deck" / served.decision(run_id, dropped)["path"]
    path.write_bytes(encode(make_image(level=200)))
    changed = served.sheet(run_id, dropped)
    assert changed != before, "the sheet says that the files have changed"
    monkeypatch.setattr("framesift.review.runs.pictures._ROOM", len(changed) + 1)
    for number in range(1, 6):
        served.sheet(run_id, number)
    assert served.pictures._bytes <= len(changed) + 1 and len(served.pictures._drawn) < 5


@pytest.mark.parametrize(("area", "score"), [(None, "3%"), ("0.5%", "0.5%"), ("0", "10"), ("0.05%", "0.75%")])
def test_a_rehearsal_is_exact_and_writes_nothing(served, run_id, tmp_path, area, score):
    before = read_tree(tmp_path / "site")
    run, watch = served.runs.open(run_id), Counting()
    told = served.kinds["rehearsal"](served.plan_rehearsal(run_id, area, score), watch)
    expected = {d.frame.path: d for d in filter_frames(run.record.source, None, area or "0.05%", score)}
    recorded = {d.frame.path: d for d in run.record.decisions()}
    changed = {path for path, d in expected.items() if d.verdict is not recorded[path].verdict}
    kept = Counter(d.frame.camera for d in expected.values() if d.verdict is Verdict.KEEP)
    assert {row["camera"]: row["kept"] for row in told["cameras"]} == kept and told["kept"] == kept.total()
    assert {change["path"] for change in told["changes"]} == changed and told["changed"] == len(changed)
    assert told["kept_before"] == served.view(run_id)["verdicts"]["keep"]
    assert (told["frames"], told["missing"], told["added"], watch.seen) == (16, 0, 0, 16)
    assert read_tree(tmp_path / "site") == before
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("kind", ["rehearsal", "tuning"])
def test_work_that_is_stopped_ends_at_once(served, run_id, kind):
    class Stopping(Counting):
        def follow(self, items: Any, stage: str, total: int | None = None) -> Iterator[Any]:
            for item in super().follow(items, stage, total):
                if self.seen > 2:
                    raise Cancelled
                yield item

    plan = served.plan_rehearsal(run_id, None, "3%") if kind == "rehearsal" else served.plan_tuning(run_id, 3)
    watch = Stopping()
    with pytest.raises(Cancelled):
        served.kinds[kind](plan, watch)
    assert watch.seen == 3
    assert served.kinds[kind](plan, Counting())["frames"] == 16


def test_a_rehearsal_counts_frames_that_came_and_went(served, run_id, tmp_path, write_tree):
    (tmp_path / "site" / "deck" / served.decision(run_id, 2)["path"]).unlink()
    write_tree(scene(None, None, camera="c3"), "site/deck")
    told = served.kinds["rehearsal"](served.plan_rehearsal(run_id, None, "3%"), Counting())
    assert (told["missing"], told["added"], told["frames"]) == (1, 2, 17)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"method": "tolerance", "width": 200},
        {"blur": (3, 5), "border_mask": (1, 2.5, 3, 0), "size": (48, 40), "min_size": 10, "max_pixels": 10_000},
        {
            "blur": (),
            "name_pattern": r"(?P<camera>c\d)_(?P<time>\d{4}_\d\d_\d\d__\d\d_\d\d_\d\d)",
            "timezone": "Europe/Berlin",
        },
        {"decode": "fast", "link": "hard"},
    ],
)
def test_the_command_filters_with_the_same_settings(write_tree, tmp_path, options):
    frames = write_tree(scene(*SCENE), "it's frames")
    list(filter_frames(frames, tmp_path / "kept", **options))
    record = open_record(tmp_path / "kept")
    command = write_command(record, parse_threshold("0.1%"), parse_threshold("2%"))
    program, *words = shlex.split(command)
    assert program == "framesift" and cli.main([*words, "--quiet"]) == 0
    made, wanted = (r.settings.record() for r in (open_record(tmp_path / "kept-new"), record))
    assert made == {**wanted, "min_contour_area": "0.1%", "score_threshold": "2%"}


def test_an_audit_bounds_as_the_command_line_and_survives(served, tmp_path):
    dropped = 20
    lines = [line(f"c1/{n}.png", n, "drop" if n else "keep") for n in range(dropped + 1)]
    run_id = forge(tmp_path / "site" / "kept", lines)
    audit = served.audit(run_id, 5, 3)
    assert (audit["drawn"], audit["dropped"], audit["at_most"]) == (5, dropped, None)
    items = [served.audits.view_item(audit["id"], place)["decision"] for place in range(1, 6)]
    assert len({item["number"] for item in items}) == 5 and {item["verdict"] for item in items} == {"drop"}
    for place, answer, lost in ((1, "no", 0), (2, "yes", 1), (4, "unsure", 3), (4, "no", 2)):
        told = served.audits.answer(audit["id"], place, answer)
        assert (told["answered"], told["lost"]) == (max(place, told["answered"]), lost)
        assert told["at_most"] == bound_lost(lost, told["answered"], dropped)
    again = open_review(tmp_path)
    kept = Audits(again.audits._store, again.runs)
    assert kept.view(audit["id"]) == told and kept.list_of(run_id)[0]["id"] == audit["id"]
    assert kept.answer(audit["id"], 4, "")["answered"] == 2, "an answer is taken back"
    close(again)
    for place in (0, 6):
        with pytest.raises(Unknown):
            served.audits.answer(audit["id"], place, "no")
    with pytest.raises(UsageError):
        served.audits.answer(audit["id"], 1, "perhaps")


def test_an_audit_of_a_run_begun_anew_shows_no_other_frames(served, run_id, tmp_path):
    audit = served.audit(run_id, 3, 0)
    forge(tmp_path / "site" / "kept", [line(f"c1/{n}.png", n, "drop" if n else "keep") for n in range(20)])
    with pytest.raises(Conflict, match="anew"):
        served.audits.view_item(audit["id"], 1)


def test_where_nothing_was_dropped_nothing_is_drawn(served, tmp_path):
    run_id = forge(tmp_path / "site" / "kept", [line("c1/0.png", verdict="keep")])
    with pytest.raises(Conflict, match="no frame was dropped"):
        served.audit(run_id, 5, 0)


def tune(review: RunReview, run_id: str, questions: int) -> dict[str, Any]:
    told: dict[str, Any] = review.kinds["tuning"](review.plan_tuning(run_id, questions), Counting())
    return told


def test_questions_are_kept_over_a_restart(served, run_id, tmp_path):
    with pytest.raises(Unknown, match="again"):
        served.tunings.view(run_id)
    assert tune(served, run_id, 3)["answered"] == 0
    state = served.tunings.view(run_id)
    assert state["question"]["number"] == 1 and not state["finished"] and state["total"] == 3
    for side in (True, False):
        assert served.tunings.picture(run_id, 1, side)[:3] == b"\xff\xd8\xff"
    asked = []
    while state["question"]:
        asked.append(state["question"])
        answer = Answer.YES if len(asked) == 1 else Answer.NO
        state = served.tunings.answer(run_id, state["question"]["number"], answer)
    assert state["finished"] and 1 <= len(asked) <= 3 and state["advice"]["answers"] == len(asked)
    assert state["advice"]["score_threshold"] in state["advice"]["command"]
    assert served.tunings.view(run_id, 1)["question"] == {**asked[0], "answer": "yes"}
    again = open_review(tmp_path)
    assert tune(again, run_id, 3)["answered"] == len(asked)
    assert again.tunings.view(run_id)["advice"] == state["advice"]
    close(again)
    for number in (0, 9):
        with pytest.raises(Unknown):
            served.tunings.answer(run_id, number, "yes")


def test_only_the_last_sweeps_are_held(served, write_tree, monkeypatch):
    monkeypatch.setattr("framesift.review.runs.tunings._HELD", 1)
    ids = []
    for name in ("one", "two"):
        frames = write_tree(scene(*SCENE), f"site/{name}")
        list(filter_frames(frames, frames.parent / f"{name}-kept"))
        ids.append(identify(f"{name}-kept"))
        served.runs.list_places(0)
        tune(served, ids[-1], 2)
    assert served.tunings.view(ids[1])["total"] == 2
    with pytest.raises(Unknown):
        served.tunings.view(ids[0])


def test_more_lines_or_sizes_than_fit_are_said(served, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_LINES", 3)
    lines = [line(f"c1/{n}.png", n, "drop" if n else "keep") for n in range(9)]
    assert "3 decisions" in served.view(forge(tmp_path / "site" / "kept", lines))["problem"]
    monkeypatch.setattr(reading, "MOST_CHAINS", 2)
    sizes = [line(f"c1/{n}.png", verdict="keep", size=[10 + n, 10]) for n in range(3)]
    run_id = forge(tmp_path / "site" / "sizes", sizes)
    served.runs.list_places(0)
    assert "line 4" in served.view(run_id)["problem"]


def test_a_pattern_that_takes_for_ever_ends_a_rehearsal_and_not_the_server(tmp_path, monkeypatch):
    monkeypatch.setattr(guarding, "_SEARCHER", guarding._SEARCHER.replace("ITIMER_REAL, 2)", "ITIMER_REAL, 0.2)"))
    path = tmp_path / "site" / "deck" / ("a" * 60) / "b.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(encode(make_image()))
    run_id = forge(tmp_path / "site" / "kept", [], name_pattern=r"(?P<camera>(a+)+)/\$")
    runs = Runs(str(tmp_path / "site"), str(tmp_path / "output"))
    five = Threshold.parse("5%")
    with pytest.raises(UsageError, match="takes too long, such as on a"):
        rehearse(runs.open(run_id), runs.confines, five, five, lambda items, _: items)
