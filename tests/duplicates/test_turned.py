"""Pictures that were turned or mirrored are found where that is asked for, and not otherwise."""

import json

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framesift import cli
from framesift.comparators.orientation import AS_IT_IS, TURNS, Turn
from framesift.duplicates import (
    allow_turns,
    by_combined,
    by_framediff,
    by_hash,
    by_identity,
    by_pixels,
    find_duplicates,
    measure_scores,
)
from framesift.duplicates.search import plan_groups
from framesift.errors import UsageError
from tests.comparators.test_comparators import paint
from tests.conftest import encode

METHODS = {"combined": by_combined, "hash": by_hash, "framediff": by_framediff}
OTHERS = [turn for turn in TURNS if turn != AS_IT_IS]


def find(folder, method, name="index.sqlite"):
    return find_duplicates(folder, method, index=folder.parent / name)


@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_a_turn_is_what_it_says(turn):
    """Of a flag with one light corner: it goes round clockwise, from the other side where it is mirrored."""
    flag = np.zeros((2, 3), np.uint8)
    flag[0, 0] = 9
    rows, columns = np.nonzero(turn.apply(flag) == 9)
    right, down = bool(columns[0]), bool(rows[0])
    corners = [(False, False), (True, False), (True, True), (False, True)]
    assert (right, down) == corners[(turn.degrees // 90 + turn.mirrored) % 4]
    assert turn.apply(flag).shape == ((3, 2) if turn.degrees % 180 else (2, 3))


@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_scores_are_of_the_pair_as_it_lies(write_tree, turn):
    picture = paint(1, 320, 240)
    turned = encode(turn.apply(picture))
    folder = write_tree({"a.png": encode(picture), "b.png": turned, "c.png": encode(paint(2, 320, 240))})
    items = {item.path: item for item in find_duplicates(folder).inventory.items}
    others = [items["b.png"], items["c.png"]]
    near, far = measure_scores(str(folder), items["a.png"], others, None, turns=[turn, AS_IT_IS])
    assert (near.similarity, near.distance, near.is_confirmed, near.score) == (1, 0, True, 0)
    assert near.hash_similarity == near.ssim == near.colours == 1
    assert far == measure_scores(str(folder), items["a.png"], others, None)[1] and far.similarity < 0.9
    assert measure_scores(str(folder), items["a.png"], [], None, turns=[]) == []


@pytest.mark.parametrize("turn", OTHERS, ids=str)
@pytest.mark.parametrize("name", METHODS)
def test_every_orientation_is_found_where_it_is_asked_for(write_tree, name, turn):
    picture = paint(1, 320, 240)
    smaller = cv2.resize(turn.apply(picture), None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    other = encode(paint(2, 320, 240))
    folder = write_tree({"a.png": encode(picture), "b.jpg": encode(smaller, ".jpg"), "c.png": other})
    [group] = find(folder, allow_turns(METHODS[name]())).groups
    [member] = group.members
    assert (group.keeper.path, member.item.path, member.turn) == ("a.png", "b.jpg", turn)
    assert member.sha256 is not None and member.similarity > 0.8
    assert find(folder, METHODS[name]()).groups == []


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), turn=st.sampled_from(OTHERS), quality=st.integers(60, 95))
def test_any_picture_is_found_however_it_lies(tmp_path_factory, seed, turn, quality):
    folder = tmp_path_factory.mktemp("turned") / "in"
    folder.mkdir()
    picture = paint(seed, 160, 120)
    (folder / "a.png").write_bytes(encode(picture))
    content = cv2.imencode(".jpg", turn.apply(picture), [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    (folder / "b.jpg").write_bytes(content)
    [group] = find(folder, allow_turns(by_combined())).groups
    assert [member.turn for member in group.members] == [turn]
    assert find(folder, by_combined()).groups == []


def test_what_is_symmetrical_lies_as_it_is(write_tree):
    half = paint(1, 160, 240)
    picture = np.concatenate([half, half[:, ::-1]], axis=1)
    folder = write_tree({"a.bmp": encode(picture, ".bmp"), "b.png": encode(picture[:, ::-1])})
    for method in (by_combined(), allow_turns(by_combined())):
        [group] = find(folder, method).groups
        assert [(member.item.path, member.turn) for member in group.members] == [("b.png", AS_IT_IS)]


def test_pixels_are_compared_as_they_lie(write_tree):
    picture = paint(1, 320, 240)
    labels = np.zeros((120, 160), np.uint8)
    labels[20:60, 30:90] = 1
    folder = write_tree({
        "a.png": encode(picture), "b.bmp": encode(Turn(90, True).apply(picture), ".bmp"),
        "c.png": encode(Turn(180).apply(picture ^ 1)), "mask.png": encode(labels),
        "other.png": encode(Turn(90).apply(labels * 2)), "turned.bmp": encode(Turn(90).apply(labels), ".bmp"),
    })  # fmt: skip
    exact = find(folder, allow_turns(by_pixels()))
    found = {(group.keeper.path, member.item.path): member.turn for group in exact.groups for member in group.members}
    assert found == {("b.bmp", "a.png"): Turn(90, True), ("turned.bmp", "mask.png"): Turn(270)}
    alike = {frozenset([group.keeper.path, *(member.item.path for member in group.members)])
             for group in find(folder, allow_turns(by_combined())).groups}  # fmt: skip
    assert alike == {frozenset(["a.png", "b.bmp", "c.png"]), frozenset(["mask.png", "turned.bmp"])}


def test_files_that_are_turned_are_not_the_same_files():
    with pytest.raises(UsageError, match="--turned does not go with --method identical"):
        allow_turns(by_identity())


def test_it_is_said_how_a_picture_lies(write_tree, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    picture = paint(1, 320, 240)
    folder = write_tree({
        "a.bmp": encode(picture, ".bmp"), "b.png": encode(picture), "c.png": encode(Turn(90, True).apply(picture)),
    })  # fmt: skip
    export = tmp_path / "media.json"
    arguments = ["duplicates", str(folder), "--turned", "--export", str(export)]
    assert cli.main(arguments) == 0
    assert "b.png\n" in (shown := capsys.readouterr().out) and "c.png  (mirrored and turned by 90 degrees)\n" in shown
    assert cli.main([*arguments, "--json"]) == 0
    members = json.loads(capsys.readouterr().out)["groups"][0]["members"]
    first, second = sorted(members, key=lambda member: str(member["path"]))
    assert "turned" not in first and "mirrored" not in first
    assert (second["turned"], second["mirrored"]) == (90, True)
    assert len(json.loads(export.read_text())["media"]["a.bmp"]["hash"]) == 64
    groups = find(folder, allow_turns(by_combined())).groups
    reasons = {step.path: step.reason for step in plan_groups(str(folder), groups).steps}
    assert reasons["c.png"] == f"{reasons['b.png']}; this one is mirrored and turned by 90 degrees"
