"""Events: on rendered stills whose truth is exact, on plain scenes, and on real cameras."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.scenes.timetable import COATS, PAINTS, TROUSERS, Appearance
from benchmarks.stills import STILLS
from benchmarks.stills.scenes import Stills
from framesift import cli, filter_frames, find_events
from framesift.actions.files.tables import read_table
from framesift.cli import options
from framesift.comparators.tolerance import ToleranceDifferencing
from framesift.errors import UsageError
from framesift.filtering.places import borrow_record
from framesift.looking.events import COLUMNS, find_events_in, parse_duration
from tests.conftest import encode, make_image
from tests.filtering.test_run import NEW, name, scene

SIZE = (320, 240)
YARD = next(each for each in STILLS if each.name == "yard-days")
VAN = Appearance(1, "car", "van", (PAINTS[0],), 6, 13, 0.2, 12.0, (1.0, 0.0))
WALKER = Appearance(2, "person", "walker", (COATS[0], TROUSERS[0]), 20, 20, 0.5, 4.5, (1.0, 0.0))


def write_stills(stills: Stills, folder: Path, frames: int) -> tuple[list[datetime], list[np.ndarray]]:
    """Write the frames of one camera, and return their times and masks."""
    folder.mkdir()
    times, masks = [], []
    for time, image, labels in stills.play_timed(frames, 0, SIZE):
        cv2.imwrite(str(folder / f"{stills.camera}_{time:%Y_%m_%d__%H_%M_%S}.png"), image)
        times.append(time)
        masks.append(labels)
    return times, masks


@pytest.fixture(scope="module")
def yard(tmp_path_factory) -> tuple[Path, list[datetime], list[np.ndarray]]:
    """A van stands in a yard from frame 6 to 13, and somebody is there in frame 20; sun and clouds come and go."""
    folder = tmp_path_factory.mktemp("yard")
    stills = replace(YARD, starts=((0, 9.0),), weather="o", cast=lambda rng, times: (VAN, WALKER))
    times, masks = write_stills(stills, folder / "frames", 28)
    list(filter_frames(folder / "frames", folder / "results"))
    return folder / "results", times, masks


def test_a_van_that_parks_is_one_event_that_it_leaves_another(yard):
    results, times, masks = yard
    events = find_events(results)
    found = [(seconds(event.start), seconds(event.end)) for event in events]
    assert found == [(seconds(times[a]), seconds(times[b])) for a, b in ((6, 6), (14, 14), (20, 21))]
    parks, leaves, walks = events
    assert best_frame(parks, times) == 6 and best_frame(leaves, times) == 14
    assert best_frame(walks, times) == 20, "not the empty yard that was kept after it"
    assert (walks.kept, walks.frames) == (2, 2)
    for event, mask in ((parks, masks[6] == 1), (leaves, masks[13] == 1), (walks, masks[20] == 2)):
        assert overlap(event.box, mask) > 0.4, event
        assert 0.3 * mask.mean() < event.share < 4 * mask.mean()


def seconds(time: datetime | None) -> int:
    """As names of files have it."""
    return int(time.timestamp())


def best_frame(event, times: list[datetime]) -> int:
    return next(n for n, time in enumerate(times) if f"{time:%Y_%m_%d__%H_%M_%S}" in event.best)


def overlap(box: tuple[int, int, int, int], mask: np.ndarray) -> float:
    """Intersection over union of a box and that of a mask."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    across = min(x + width, box[0] + box[2]) - max(x, box[0])
    down = min(y + height, box[1] + box[3]) - max(y, box[1])
    both = max(across, 0) * max(down, 0)
    return both / (width * height + box[2] * box[3] - both)


def test_light_and_dark_are_no_events(write_tree, tmp_path):
    """Frame differencing keeps each of them; what comes in another light is one all the same."""
    levels = (60, 60, 130, 60, 130, 60)
    tree = {f"c1/{name(n)}": encode(add_texture(make_image(level=level))) for n, level in enumerate(levels)}
    tree[f"c1/{name(20)}"] = encode(add_texture(make_image(level=130, box=NEW)))
    decisions = list(filter_frames(write_tree(tree), tmp_path / "results"))
    assert sum(decision.verdict == "keep" for decision in decisions) == 6
    [event] = find_events(tmp_path / "results")
    assert (event.best, event.kept) == (f"c1/{name(20)}", 1)
    assert near(event.box, NEW)


def add_texture(image: np.ndarray) -> np.ndarray:
    """A tiled floor, which is as much brighter and darker as the rest."""
    lines = image.copy()
    lines[::12] = lines[::12] // 3
    lines[:, ::16] = lines[:, ::16] // 3
    return lines


@pytest.mark.parametrize(("camera", "most"), [("c103", 0), ("c319", 2)])
def test_real_light_is_hardly_an_event(shared, tmp_path, camera, most):
    """A camera that darkens the whole picture, and an empty car park on two days of sun and wandering shadows."""
    decisions = list(filter_frames(shared / "frames" / camera, tmp_path / "results"))
    assert sum(decision.verdict == "keep" for decision in decisions) >= most + 2
    assert len(find_events(tmp_path / "results")) <= most


@pytest.fixture
def results(write_tree, tmp_path) -> Path:
    """Something comes at minutes 2 and 20, each for two frames."""
    tree = scene(*[None] * 2, NEW, NEW, *[None] * 16, (30, 20, 20, 20), (30, 20, 20, 20), None)
    list(filter_frames(write_tree(tree), tmp_path / "results"))
    return tmp_path / "results"


def test_what_happens_within_the_gap_is_one_event(results):
    spans = [(event.first[-12:-4], event.last[-12:-4], event.kept, event.frames) for event in find_events(results)]
    assert spans == [("10_02_00", "10_04_00", 2, 3), ("10_20_00", "10_22_00", 2, 3)]
    [all_of_it] = find_events(results, gap=16 * 60)
    assert (all_of_it.kept, all_of_it.frames) == (4, 21)
    assert len(find_events(results, gap=16 * 60 - 1)) == 2
    assert len(find_events(results, gap=119)) == 4


def test_no_two_pictures_are_compared_twice(results, monkeypatch):
    asked, score = [], ToleranceDifferencing.score

    def note(self, before, after):
        asked.append((before, after))
        return score(self, before, after)

    monkeypatch.setattr(ToleranceDifferencing, "score", note)
    assert len(find_events(results)) == 2
    pairs = [(id(before), id(after)) for before, after in asked]
    assert len(pairs) == len(set(pairs))


def test_region_and_share_are_of_the_frame_against_the_calm_before(results):
    first, second = find_events(results)
    assert first.before.endswith(name(0)) and second.before.endswith(name(4))
    assert near(first.box, NEW) and near(second.box, (30, 20, 20, 20))
    assert first.share > second.share > 0.05
    assert first.best.endswith(name(2))


def near(box, other) -> bool:
    return all(abs(a - b) <= 4 for a, b in zip(box, other, strict=True))


def test_frames_without_times_are_counted(write_tree, tmp_path):
    boxes = [None, None, NEW, None, *[None] * 6, NEW, None]
    tree = {f"c/{n}.png": encode(make_image(box=box)) for n, box in enumerate(boxes)}
    list(filter_frames(write_tree(tree), tmp_path / "results"))
    events = find_events(tmp_path / "results", gap=1e6)
    assert [(event.start, event.first, event.last) for event in events] == [
        (None, "c/2.png", "c/3.png"),
        (None, "c/10.png", "c/11.png"),
    ]


def test_late_frames_stand_where_they_belong(write_tree, tmp_path):
    frames = write_tree(scene(*[None] * 10) | scene(NEW, start=20))
    list(filter_frames(frames, tmp_path / "results"))
    write_tree(scene((40, 10, 20, 20), start=15))
    list(filter_frames(frames, tmp_path / "results", late="decide"))
    starts = [event.start.minute for event in find_events(tmp_path / "results", gap=60)]
    assert starts == [15, 20]


def test_frames_that_are_gone_leave_an_event_without_a_region(results, capsys):
    for folder in (results, results.parent / "frames"):
        (folder / "c1" / name(20)).unlink()
    _, second = find_events(results)
    assert second.unread == 1 and second.kept == 2
    assert cli.main(["events", str(results)]) == options.SKIPPED
    assert "1 kept frame cannot be read any more" in capsys.readouterr().err


@pytest.mark.parametrize("text, value", [("90s", 90), ("10min", 600), ("2h", 7200), ("1.5", 1.5), ("1d", 86400)])
def test_gaps(text, value):
    assert parse_duration(text) == value


@pytest.mark.parametrize("text", ["", "ten", "10 minutes", "-1s", "10m"])
def test_what_is_no_gap(text, results, capsys):
    with pytest.raises(UsageError, match="--gap takes a time such as 90s, 10min or 2h"):
        parse_duration(text)
    assert cli.main(["events", str(results), f"--gap={text}"]) == options.USAGE


def test_the_command(results, tmp_path, capsys):
    assert cli.main(["events", str(results)]) == options.DONE
    first, second, _ = capsys.readouterr().out.splitlines()
    assert first == "c1: 2 events"
    assert second.split()[:8] == ["2021-03-27", "10:02:00", "to", "10:04:00", "3", "frames", second.split()[6], "%"]
    assert cli.main(["events", str(results), "--format", "json"]) == options.DONE
    told = json.loads(capsys.readouterr().out)
    events = find_events(results)
    assert [each["start"] for each in told] == [event.start.isoformat() for event in events]
    assert [tuple(each["box"]) for each in told] == [event.box for event in events]
    target = tmp_path / "events.csv"
    assert cli.main(["events", str(results), "--format", "csv", "--output", str(target)]) == options.DONE
    table = read_table(target)
    assert table.columns == COLUMNS
    assert [row["best"] for _, row in table.rows] == [event.best for event in events]
    assert cli.main(["events", str(results), "--format", "csv", "--output", str(target)]) == options.USAGE
    assert "exists: choose another name" in capsys.readouterr().err


def test_a_spreadsheet_runs_nothing(write_tree, tmp_path, capsys):
    tree = {f"=1+1/{path.split('/')[1]}": content for path, content in scene(None, NEW).items()}
    list(filter_frames(write_tree(tree), tmp_path / "results"))
    assert cli.main(["events", str(tmp_path / "results"), "--format", "csv"]) == options.DONE
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert rows and all(row["best"].startswith("'=1+1/") for row in rows)


def test_no_event(write_tree, tmp_path, capsys):
    list(filter_frames(write_tree(scene(None, None)), tmp_path / "results"))
    assert cli.main(["events", str(tmp_path / "results")]) == options.DONE
    assert capsys.readouterr().out == "no event: nothing came, went or moved\n"


def test_real_people_who_come_in_are_events(shared, tmp_path):
    """Six persons come in one after another: nobody is missed, and while the room is empty for long there is none."""
    list(filter_frames(shared / "frames" / "c101", tmp_path / "results"))
    events = find_events(tmp_path / "results")
    with open(shared / "frames" / "truth" / "c101-labels.csv") as file:
        states = [row["state"] for row in csv.DictReader(file)]
    begin = datetime(2021, 3, 27, 12, 50, tzinfo=UTC)
    second = [begin + timedelta(seconds=n) for n in range(len(states))]
    coming = [n for n in range(1, len(states)) if states[n] == "person" != states[n - 1]]
    within = [any(event.start <= second[n] <= event.end for event in events) for n in coming]
    assert len(coming) >= 6 and all(within)
    empty = [n for n in range(4, len(states) - 4) if set(states[n - 4 : n + 5]) == {"empty"}]
    assert not any(event.start <= second[n] <= event.end for event in events for n in empty)


def test_what_is_not_measured_happens_when_the_measured_does(yard):
    results, _, _ = yard
    with borrow_record(results) as record:
        told = find_events_in(record, measured=False)
        measured = find_events_in(record)
    assert [(e.first, e.last, e.start, e.end, e.kept) for e in told] == [
        (e.first, e.last, e.start, e.end, e.kept) for e in measured
    ]
    assert {(event.box, event.share) for event in told} == {(None, None)} and measured[0].box
