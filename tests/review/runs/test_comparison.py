"""Two runs over the same frames: the counts are those of a comparison by hand, whatever each manifest holds."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift import filter_frames
from framesift.review.refusals import Conflict, Unknown
from framesift.review.runs.runs import Run
from tests.filtering.test_run import scene
from tests.review.runs.test_runs import SCENE, close, forge, identify, line, open_review, served

__all__ = ["served"]

COUNTS = ("both", "only_first", "only_second", "neither", "lone_first", "lone_second")
DONE = st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 6), st.sampled_from(["keep", "drop", "skip"]))


def write_lines(done: list[tuple[str, int, str]]) -> list[dict[str, Any]]:
    return [line(f"{camera}/{n}.png", 5, verdict, camera=camera) for camera, n, verdict in done]


def count_by_hand(first: dict[str, str], second: dict[str, str]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for path in first | second:
        kept = first.get(path) == "keep", second.get(path) == "keep"
        if path not in second:
            word = "lone_first"
        elif path not in first:
            word = "lone_second"
        else:
            word = {(True, True): "both", (True, False): "only_first", (False, True): "only_second"}.get(
                kept, "neither"
            )
        counts[path[0], word] += 1
    return counts


@settings(max_examples=40, deadline=None)
@given(st.lists(DONE, max_size=20), st.lists(DONE, max_size=20))
def test_counts_are_those_by_hand(tmp_path_factory, first, second):
    tmp_path = tmp_path_factory.mktemp("compared")
    review = open_review(tmp_path)
    for name, done in (("one", first), ("two", second)):
        forge(tmp_path / "site" / name, write_lines(done))
    one, two = ({f"{camera}/{n}.png": verdict for camera, n, verdict in done} for done in (first, second))
    expected = count_by_hand(one, two)
    comparison = review.compare(identify("one"), identify("two"))
    found = comparison.view()
    assert {(row["camera"], word): row[word] for row in found["cameras"] for word in COUNTS if row[word]} == expected
    assert all(found[word] == sum(n for (_, of), n in expected.items() if of == word) for word in COUNTS)
    assert [found[side]["frames"] for side in ("first", "second")] == [len(one), len(two)]
    for side, mine, other in (("first", one, two), ("second", two, one)):
        items = comparison.list_frames(side, None, 0, 60)["items"]
        paths = [path for path in mine if mine[path] == "keep" and other.get(path, "keep") != "keep"]
        assert sorted(item["first"]["path"] for item in items) == sorted(paths)
        assert all(item[each]["path"] == item["first"]["path"] for item in items for each in ("first", "second"))
        assert {item["kept_by"] for item in items} <= {side}
    both = comparison.list_frames(None, None, 0, 60)
    assert both["total"] == len(both["items"]) == found["only_first"] + found["only_second"]
    assert [item["first"]["number"] for item in both["items"]] == sorted(i["first"]["number"] for i in both["items"])
    close(review)


def test_real_runs_by_two_methods(served, write_tree):
    frames = write_tree({**scene(*SCENE), **scene(*SCENE[::-1], camera="c2")}, "site/deck")
    kept = {}
    for name, method in (("run-default", "framediff"), ("run-tolerance", "tolerance")):
        decisions = filter_frames(frames, frames.parent / name, method=method)
        kept[name] = {decision.frame.path for decision in decisions if decision.verdict == "keep"}
    first, second = kept.values()
    comparison = served.compare(identify("run-default"), identify("run-tolerance"))
    found = comparison.view()
    assert [found["both"], found["only_first"], found["only_second"]] == [
        len(first & second), len(first - second), len(second - first)
    ]  # fmt: skip
    assert [found[side]["method"] for side in ("first", "second")] == ["framediff", "tolerance"]
    turned = served.compare(identify("run-tolerance"), identify("run-default")).view()
    assert (turned["only_first"], turned["only_second"]) == (found["only_second"], found["only_first"])
    listed = comparison.list_frames(None, None, 0, 60)["items"]
    assert {item["first"]["path"] for item in listed} == first ^ second
    c2 = comparison.list_frames(None, "c2", 0, 60)
    assert c2["total"] == sum(item["first"]["camera"] == "c2" for item in listed)
    assert comparison.list_frames(None, None, 1, 1)["items"] == listed[1:2]
    with pytest.raises(Unknown):
        comparison.list_frames(None, "c3", 0, 60)
    [other] = served.list_others(identify("run-default"))["items"]
    assert (other["id"], other["name"]) == (identify("run-tolerance"), "run-tolerance")


def test_only_runs_over_the_same_frames(served, tmp_path):
    site = tmp_path / "site"
    lines = [line("c1/0.png", verdict="keep")]
    (site / "deck").mkdir(parents=True, exist_ok=True)
    (site / "linked").symlink_to(site / "deck")
    one = forge(site / "one", lines)
    by_link = forge(site / "by_link", lines, "../linked")
    others = [forge(site / "two", lines, "../elsewhere"), forge(site / "nul", lines, "../de\0ck")]
    others.append(forge(site / "url", lines, "s3://bucket/deck"))
    assert [item["id"] for item in served.list_others(one)["items"]] == [by_link]
    assert served.compare(one, by_link).view()["both"] == 1
    for other in others:
        with pytest.raises(Conflict):
            served.compare(one, other)
    for first, second in ((one, identify("none")), (identify("none"), one), (one, "..")):
        with pytest.raises(Unknown):
            served.compare(first, second)
    with pytest.raises(Unknown):
        served.list_others("..")


def test_a_damaged_manifest_is_compared_as_far_as_it_goes_and_said(served, tmp_path):
    lines = [line("c1/0.png", verdict="keep"), line("c1/1.png", 5, "keep")]
    one = forge(tmp_path / "site" / "one", lines)
    two = forge(tmp_path / "site" / "two", [lines[0], "{"])
    found = served.compare(one, two).view()
    assert (found["both"], found["lone_first"], found["first"]["problem"]) == (1, 1, None)
    assert "damaged" in found["second"]["problem"]


def write_many(folder: Path, keep: int) -> str:
    lines = (line(f"c{n % 9}/{n}.png", n, "keep" if n % keep == 0 else "drop") for n in range(1, 3001))
    return forge(folder, list(lines))


def test_of_many_frames_only_those_of_the_page_are_read_again(served, tmp_path, monkeypatch):
    one, two = write_many(tmp_path / "site" / "one", 3), write_many(tmp_path / "site" / "two", 5)
    comparison, read = served.compare(one, two), []
    read_decision = Run.read_decision
    monkeypatch.setattr(Run, "read_decision", lambda run, number: read.append(number) or read_decision(run, number))
    found, page = comparison.view(), comparison.list_frames("second", None, 300, 60)
    numbers = [n for n in range(1, 3001) if n % 5 == 0 and n % 3]
    assert (found["both"], found["only_first"], found["only_second"]) == (200, 800, len(numbers)) and len(read) == 120
    assert [item["first"]["number"] for item in page["items"]] == numbers[300:360]
