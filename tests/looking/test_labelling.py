"""Labels of kept frames for dropped ones: what is certain, what is asked, and what the answers do."""

import csv
import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift import UsageError, carry_labels
from framesift.errors import StorageError
from tests.conftest import read_tree
from tests.looking.labelled_run import CAR, FRAMES, PERSON, draw, name, read_names, write_labels, write_run


@pytest.fixture
def results(tmp_path) -> Path:
    return write_run(tmp_path)


def table(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def fill_in(path: Path, answers: dict[tuple[str, str], str]) -> Path:
    """The table of what is to be checked with these answers, by frame and item."""
    rows = table(path)
    for row in rows:
        row["fits"] = answers.get((row["path"], row["item"]), "")
    filled = path.parent.parent / "checked.csv"
    with open(filled, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return filled


def test_what_stands_still_is_carried_and_the_rest_is_asked(results, tmp_path):
    carried = carry_labels(results, write_labels(tmp_path, name(0)), tmp_path / "out")
    both = ["car", "person"]
    expected = {name(0): both, name(1): both, name(2): ["person"], name(3): both, name(4): ["person"]}
    assert read_names(tmp_path / "out" / "certain" / "kept.json") == expected
    assert read_names(tmp_path / "out" / "to-check" / "kept.json") == {name(2): ["car"], name(4): ["car"]}
    asked = [(row["path"], row["item"], row["label"], row["box"]) for row in table(tmp_path / "out" / "to-check.csv")]
    assert [row[:3] for row in asked] == [
        (name(2), "label 1", "car"),
        (name(3), "change", ""),
        (name(4), "label 1", "car"),
    ]
    assert asked[0][3] == "40,50,48,32"
    assert (carried.whole, carried.to_check, carried.to_label, carried.labels, carried.questions) == (1, 3, 0, 6, 3)
    states = [(row["path"], row["state"]) for row in table(tmp_path / "out" / "frames.csv")]
    assert states == [(name(1), "certain"), (name(2), "to check"), (name(3), "to check"), (name(4), "to check")]


def test_only_certain_leaves_out_what_has_to_be_checked(results, tmp_path):
    carry_labels(results, write_labels(tmp_path, name(0)), tmp_path / "out", only_certain=True)
    assert set(read_names(tmp_path / "out" / "certain" / "kept.json")) == {name(0), name(1)}


def test_answers_decide(results, tmp_path):
    labels, out = write_labels(tmp_path, name(0)), tmp_path / "out"
    carry_labels(results, labels, out, only_certain=True)
    answers = {(name(2), "label 1"): "yes", (name(3), "change"): "no", (name(4), "label 1"): "no"}
    checked = fill_in(out / "to-check.csv", answers)
    carried = carry_labels(results, labels, out, only_certain=True, checked=[checked])
    found = read_names(out / "certain" / "kept.json")
    assert (found[name(2)], found[name(4)]) == (["car", "person"], ["person"]) and name(3) not in found
    assert (carried.whole, carried.to_check, carried.to_label) == (3, 0, 1)
    assert not (out / "check.html").exists() and not (out / "to-check" / "kept.json").exists()
    assert {row["path"]: row["state"] for row in table(out / "frames.csv")}[name(3)] == "to label"


def test_an_unsure_answer_asks_again(results, tmp_path):
    labels, out = write_labels(tmp_path, name(0)), tmp_path / "out"
    carry_labels(results, labels, out)
    checked = fill_in(out / "to-check.csv", {(name(2), "label 1"): "unsure", (name(3), "change"): "yes"})
    assert carry_labels(results, labels, out, checked=[checked]).questions == 2


def test_answers_about_other_labels_are_refused(results, tmp_path):
    labels, out = write_labels(tmp_path, name(0)), tmp_path / "out"
    carry_labels(results, labels, out)
    checked = fill_in(out / "to-check.csv", {(name(2), "label 1"): "yes"})
    before = read_tree(out)
    write_labels(tmp_path, name(0), boxes=((41, 50, 48, 32), PERSON))
    with pytest.raises(UsageError, match="the answers are about other labels or other results"):
        carry_labels(results, labels, out, checked=[checked])
    checked.write_text('path,reference,item,label,box,fits\nx.png,y.png,change,,"0,0,1,1",yes\n')
    with pytest.raises(UsageError, match=r"1 answer about what is not to be checked, such as x.png, change"):
        carry_labels(results, labels, out, checked=[checked])
    checked.write_text("path,reference,item,label,box,fits\nx.png,y.png,change,,,perhaps\n")
    with pytest.raises(UsageError, match=r"checked.csv: line 2: 'perhaps' is neither yes, no nor unsure"):
        carry_labels(results, labels, out, checked=[checked])
    assert read_tree(out) == before


def test_the_users_own_labels_of_a_dropped_frame_win(results, tmp_path):
    labels = write_labels(tmp_path, name(0), name(4), boxes=(CAR,))
    carried = carry_labels(results, labels, tmp_path / "out")
    assert carried.without == {"labelled already": 1}
    data = json.loads((tmp_path / "out" / "certain" / "kept.json").read_text())
    before = json.loads(labels.read_text())
    assert data["images"][:2] == before["images"] and data["annotations"][:2] == before["annotations"]
    assert all(image["file_name"] != name(4) for image in data["images"][2:])


def test_results_labels_and_frames_stay_as_they_are(results, tmp_path):
    labels = write_labels(tmp_path, name(0))
    before = read_tree(results), labels.read_bytes(), read_tree(tmp_path / "frames")
    carry_labels(results, labels, tmp_path / "out")
    assert (read_tree(results), labels.read_bytes(), read_tree(tmp_path / "frames")) == before
    for inside in (results / "out", tmp_path / "frames" / "out"):
        with pytest.raises(UsageError, match="which is not written to"):
            carry_labels(results, labels, inside)


def test_any_number_of_workers_writes_the_same(results, tmp_path):
    labels = write_labels(tmp_path, name(0))
    for jobs in (1, 3):
        carry_labels(results, labels, tmp_path / f"out-{jobs}", jobs=jobs)
    trees = [read_tree(tmp_path / f"out-{jobs}") for jobs in (1, 3)]
    assert trees[0] == trees[1]


def test_what_is_marked_by_the_run_as_left_out_gets_nothing(tmp_path):
    from framesift import filter_frames

    write_run(tmp_path)
    other = draw(9) // 3
    (tmp_path / "frames" / name(7)).write_bytes(cv2.imencode(".png", other)[1].tobytes())
    list(filter_frames(tmp_path / "frames", tmp_path / "again", "10", "5%", border_mask="0,0,0,0", most="10%"))
    carried = carry_labels(tmp_path / "again", write_labels(tmp_path, name(0)), tmp_path / "out")
    assert carried.without == {"left out by --most, so no kept frame stands for them": 1}


def test_a_change_that_the_run_is_too_coarse_to_see_is_asked(tmp_path):
    """A car that is a little further on, and so like its ground that no pixel changes by the run's 45 levels."""
    soft = [
        np.asarray(110 + 0.25 * (image.astype(float) - 110), np.uint8) for image in (draw(1), draw(2, car=(46, 50)))
    ]
    results = write_run(tmp_path, dict(enumerate(soft)))
    line = json.loads((results / "manifest.jsonl").read_text().splitlines()[2])
    assert line["verdict"] == "drop" and line["score"] == 0
    carry_labels(results, write_labels(tmp_path, name(0)), tmp_path / "out")
    assert read_names(tmp_path / "out" / "to-check" / "kept.json") == {name(1): ["car"]}


def test_labels_of_a_picture_of_another_shape_are_asked(results, tmp_path):
    carry_labels(results, write_labels(tmp_path, name(0), size=(200, 100)), tmp_path / "out")
    assert read_names(tmp_path / "out" / "certain" / "kept.json") == {name(0): ["car", "person"]}


def test_labels_of_a_smaller_copy_fit(results, tmp_path):
    half = tuple(tuple(side / 2 for side in box) for box in (CAR, PERSON))
    carry_labels(results, write_labels(tmp_path, name(0), boxes=half, size=(100, 75)), tmp_path / "out")
    assert read_names(tmp_path / "out" / "certain" / "kept.json")[name(1)] == ["car", "person"]


def test_a_frame_of_another_size_gets_no_labels(tmp_path):
    frames = {"a": draw(1), "b": draw(2), "c": cv2.resize(draw(3), (100, 75))}
    results = write_run(tmp_path, frames)
    carried = carry_labels(results, write_labels(tmp_path, name(0)), tmp_path / "out")
    assert carried.whole == 1 and carried.without == {}


def test_files_that_have_changed_since_the_run_are_named(results, tmp_path):
    (tmp_path / "frames" / name(1)).write_bytes(b"nothing")
    carried = carry_labels(results, write_labels(tmp_path, name(0)), tmp_path / "out")
    [(path, reason)] = carried.problems
    assert path == name(1) and "cannot be read" in reason
    assert name(1) not in read_names(tmp_path / "out" / "certain" / "kept.json")


def test_labels_of_other_frames_are_refused_or_named(results, tmp_path):
    with pytest.raises(UsageError, match=r"names no frame of .*results: it has 1 other names, such as x/y.png"):
        carry_labels(results, write_labels(tmp_path, "x/y.png"), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    carried = carry_labels(results, write_labels(tmp_path, name(0), "x/y.png"), tmp_path / "out")
    assert carried.strangers == ["x/y.png"]


def test_absolute_paths_lead_to_where_dropped_frames_lie(results, tmp_path):
    carry_labels(results, write_labels(tmp_path, str(results / name(0))), tmp_path / "out")
    names = list(read_names(tmp_path / "out" / "certain" / "kept.json"))
    assert names[1] == str(tmp_path / "frames" / name(1)) and all(map(os.path.exists, names))


def test_without_its_frames_a_run_is_not_looked_at(results, tmp_path):
    (tmp_path / "frames").rename(tmp_path / "moved")
    labels = write_labels(tmp_path, name(0))
    with pytest.raises(StorageError, match="name where they lie now with --source"):
        carry_labels(results, labels, tmp_path / "out")
    assert carry_labels(results, labels, tmp_path / "out", source=tmp_path / "moved").whole == 1


def _store_turned(image: np.ndarray) -> bytes:
    """A JPEG that lies on its side, with an EXIF that says so: orientation 6."""
    content = cv2.imencode(".jpg", np.ascontiguousarray(np.rot90(image)), [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    return content[:2] + b"\xff\xe1" + (len(tiff) + 8).to_bytes(2, "big") + b"Exif\0\0" + tiff + content[2:]


@pytest.mark.parametrize("upright", [True, False])
def test_a_turned_picture_is_labelled_upright_or_as_it_is_stored(upright, tmp_path):
    from framesift import filter_frames

    for number, image in enumerate((FRAMES["a"], FRAMES["b"], FRAMES["c"])):
        path = tmp_path / "frames" / name(number).replace("png", "jpg")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_store_turned(image))
    list(filter_frames(tmp_path / "frames", tmp_path / "results", "10", "90%", border_mask="0,0,0,0"))
    boxes, size = (CAR, PERSON), (200, 150)
    if not upright:
        boxes = tuple((y, 200 - x - width, height, width) for x, y, width, height in boxes)
        size = (150, 200)
    labels = write_labels(tmp_path, name(0).replace("png", "jpg"), boxes=boxes, size=size)
    carry_labels(tmp_path / "results", labels, tmp_path / "out")
    certain = read_names(tmp_path / "out" / "certain" / "kept.json")
    assert certain[name(1).replace("png", "jpg")] == ["car", "person"]
    assert certain[name(2).replace("png", "jpg")] == ["person"]
