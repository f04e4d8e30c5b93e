"""What a search of a large collection has found while it goes on: some of the groups, and nothing that stays."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import pytest

from framesift.duplicates import Watch
from framesift.review import Request
from framesift.review.duplicates import searches
from framesift.web.duplicates.descriptions import describe_group, describe_scored_group
from tests.web.serving import open_review, write_people


class Onlooker(Watch):
    """Notes what has been found at each picture that is described."""

    def __init__(self, look: Any) -> None:
        self.look, self.seen, self.totals = look, [], set()

    def follow(self, items: Iterable[Any], stage: str, total: int | None = None) -> Iterable[Any]:
        for item in items:
            yield item
            if stage == "describing":
                self.seen.append(self.look())
                self.totals.add(total)


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A review of one folder: five persons' pictures, four of each, of which the first are looked at first."""
    monkeypatch.setattr(searches, "GLANCES", (4, 6, 19))
    write_people(tmp_path / "people", 5)
    root = tmp_path / "root"
    (root / "PERSON-0001").mkdir(parents=True)
    for path in sorted((tmp_path / "people").rglob("*.png")):
        path.rename(root / "PERSON-0001" / f"{path.parent.name}_{path.name}")
    with open_review(root) as opened:
        yield opened


def test_groups_are_there_while_the_search_goes_on(review):
    _, [collection] = review.collections.page("", True, 0, 10)
    watch = Onlooker(lambda: review.searches.so_far(collection.id))
    summary = review.searches.search_one(collection, Request(), "job", watch)
    assert summary.groups == 5 and watch.totals == {20}
    known = [len(groups) for groups in watch.seen]
    assert known == [0] * 4 + [1] * 6 + [1] * 20, "a glance at 4, at 6, at all; at 19 of 20 it is not worth it"
    [group] = watch.seen[-1]
    assert {Path(item.path).name for item in group.items} == {
        f"PERSON-0001_{name}.png" for name in ("big", "mid", "small")
    }
    assert review.searches.so_far(collection.id) == []
    total, groups = review.groups.page(collection.id)
    assert total == 5 and groups[0].group == group.group


def test_a_search_that_is_stopped_leaves_nothing(review):
    _, [collection] = review.collections.page("", True, 0, 10)

    class Stopped(Exception):
        pass

    def stop() -> None:
        if review.searches.so_far(collection.id):
            raise Stopped

    with pytest.raises(Stopped):
        review.searches.search_one(collection, Request(), "job", Onlooker(stop))
    assert review.searches.so_far(collection.id) == [] and review.groups.page(collection.id)[0] == 0


def test_turned_pictures_are_found_where_that_is_asked_for(review):
    _, [collection] = review.collections.page("", True, 0, 10)
    folder = Path(review.collections.folder(collection))
    first = sorted(folder.iterdir())[0]
    cv2.imwrite(str(folder / "turned.png"), cv2.rotate(cv2.imread(str(first)), cv2.ROTATE_90_CLOCKWISE))
    for turned, expected in ((False, {}), (True, {"turned.png": "turned by 90 degrees"})):
        review.searches.search_one(collection, Request(turned=turned), "job", Watch())
        groups = review.groups.page(collection.id, 0, 10)[1]
        lies = {each["name"]: each["lies"] for group in groups for each in describe_group(group)["members"]}
        assert {name: how for name, how in lies.items() if how} == expected
        assert ("turned.png" in lies) == turned
    described = [describe_scored_group(group, review.groups.measure(group), Request(turned=True)) for group in groups]
    [scores] = [each["scores"] for group in described for each in group["members"] if each["lies"]]
    assert scores["combined"]["similarity"] > 95 and all(score["near"] for score in scores.values())
