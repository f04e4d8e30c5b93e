"""Most pictures of a fixed camera are told apart without a look at all of both, and none that is the same."""

import cv2
import numpy as np
import pytest

from framesift.duplicates import album, allow_turns, by_combined, find_duplicates, second_look, series
from tests.comparators.test_landmarks import yard
from tests.conftest import encode

PLACE = cv2.resize(yard(), (320, 240), interpolation=cv2.INTER_AREA)


def frame(number: int) -> np.ndarray:
    """A place with a clock in it, which never shows the same time twice."""
    noise = np.random.default_rng(number).normal(0, 2, PLACE.shape)
    image = np.clip(PLACE + noise, 0, 255).astype(np.uint8)
    cv2.rectangle(image, (16, 16), (190, 46), (0, 0, 0), -1)
    text = f"{number * 7 // 60:02d}:{number * 7 % 60:02d}:{number * 37 % 60:02d}"
    return cv2.putText(image, text, (22, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2, cv2.LINE_AA)


def jpeg(image: np.ndarray, quality: int = 90) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


@pytest.fixture
def looks(monkeypatch) -> list[None]:
    """Counts the looks at all of two pictures."""
    made, look = [], second_look.measure_excess
    monkeypatch.setattr(second_look, "measure_excess", lambda *views: made.append(None) or look(*views))
    return made


@pytest.fixture
def search_files(write_tree, tmp_path):
    def find(tree: dict[str, bytes], **options) -> dict[str, list[str]]:
        findings = find_duplicates(write_tree(tree), index=tmp_path / "index.sqlite", **options)
        return {group.keeper.path: sorted(each.item.path for each in group.members) for group in findings.groups}

    return find


COPIES = {
    "encoded again": lambda image: jpeg(image, 60),
    "half": lambda image: jpeg(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)),
    "darker": lambda image: jpeg(cv2.convertScaleAbs(image, alpha=0.9)),
    "brighter": lambda image: jpeg(cv2.convertScaleAbs(image, alpha=1.08)),
    "less contrast": lambda image: jpeg(cv2.convertScaleAbs(image, alpha=0.85, beta=18)),
    "cropped": lambda image: jpeg(image[5:-5, 6:-6]),
    "cropped by little": lambda image: jpeg(image[1:-1, 2:-1]),
    "the same": encode,
}


def test_few_looks_are_made_of_a_camera_with_a_clock(search_files, looks):
    tree = {f"c1_{number:03d}.jpg": jpeg(frame(number)) for number in range(30)}
    assert search_files(tree) == {}
    assert len(looks) <= 30 < 30 * 29 // 2


def test_what_was_told_apart_once_is_not_read_again(search_files, looks, monkeypatch):
    """Even where no picture stays in memory."""
    read, original = [], second_look.read_file
    monkeypatch.setattr(second_look, "read_file", lambda path: read.append(path) or original(path))
    monkeypatch.setattr(second_look, "IN_MEMORY", 1)
    assert search_files({f"c1_{number:03d}.jpg": jpeg(frame(number)) for number in range(30)}) == {}
    assert len(read) <= 4 * 30


def test_copies_are_found_among_frames_of_the_camera(search_files):
    tree = {f"c1_{number:03d}.png": encode(frame(number)) for number in range(24)}
    names = {f"c1_{3 * number:03d} {kind}.jpg": (number, kind) for number, kind in enumerate(COPIES)}
    copies = {name: COPIES[kind](frame(3 * number)) for name, (number, kind) in names.items()}
    found = search_files({**tree, **copies})
    assert sorted(sorted([keeper, *rest]) for keeper, rest in found.items()) == sorted(
        sorted([name, f"{name[:6]}.png"]) for name in names
    )


@pytest.mark.parametrize("limits", [{"MOST_SERIES": 1, "_CROWD": 1}, {"MOST_PICTURES": 5}, {"_CROWD": 1000}])
def test_what_is_remembered_changes_no_group(search_files, monkeypatch, limits):
    """Of two cameras, with pictures that are the same."""
    for name, value in limits.items():
        monkeypatch.setattr(album, name, value)
    tree = {}
    for number in range(14):
        tree[f"c1_{number:03d}.png"] = encode(frame(number))
        tree[f"c2_{number:03d}.png"] = encode(np.ascontiguousarray(frame(number)[:, ::-1]))
    tree |= {"c1 again.jpg": jpeg(frame(3)), "c2 again.jpg": jpeg(np.ascontiguousarray(frame(5)[:, ::-1]))}
    expected = {"c1_003.png": ["c1 again.jpg"], "c2_005.png": ["c2 again.jpg"]}
    assert search_files(tree) == search_files(tree, jobs=1) == expected


def test_sites_that_tell_little_make_room_for_others(search_files, looks, monkeypatch):
    monkeypatch.setattr(series, "MOST_SITES", 2)
    assert search_files({f"c1_{number:03d}.jpg": jpeg(frame(number)) for number in range(20)}) == {}
    assert len(looks) <= 20


def test_turned_pictures_are_found_among_frames_of_the_camera(search_files):
    """What differs as it lies may be the same when it is turned."""
    tree = {f"c1_{number:03d}.png": encode(frame(number)) for number in range(13)}
    tree["turned.png"] = encode(np.ascontiguousarray(frame(2)[::-1, ::-1]))
    found = search_files(tree, method=allow_turns(by_combined()))
    assert [sorted([keeper, *rest]) for keeper, rest in found.items()] == [["c1_002.png", "turned.png"]]
