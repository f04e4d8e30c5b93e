"""Which file of a group is kept, and the reason that people are told."""

import pytest

from framesift.duplicates import Item, Preference
from framesift.errors import UsageError


def item(path="a", size=(10, 10), file_size=5, mtime_ns=7) -> Item:
    return Item(path, size, file_size, mtime_ns, 0, 0, 0)


@pytest.mark.parametrize(
    ("keeper", "other", "reason"),
    [
        (item("z", size=(20, 10)), item("a", file_size=9), "largest resolution 20x10"),
        (item("z", file_size=9), item("a", mtime_ns=1), "largest file, 9 bytes"),
        (item("z", mtime_ns=1), item("a"), "oldest, 1970-01-01 00:00:00"),
        (item("b/f_9.jpg"), item("a/f_10.jpg"), "first name, f_9.jpg"),
        (item("a/f.jpg"), item("b/f.jpg"), "first path, a/f.jpg"),
        (item("f_01.jpg"), item("f_1.jpg"), "first path, f_01.jpg"),
    ],
)
def test_the_usual_order_of_preference(keeper, other, reason):
    preference = Preference()
    assert sorted([other, keeper], key=preference.key) == [keeper, other]
    assert preference.explain(keeper, other) == reason


@pytest.mark.parametrize(
    ("order", "kept"),
    [
        ("largest-resolution", "large"),
        ("smallest-resolution", "heavy"),
        ("largest-file", "heavy"),
        ("smallest-file", "new"),
        ("oldest", "large"),
        ("newest,name", "new"),
        ("name", "heavy"),
    ],
)
def test_other_orders(order, kept):
    items = [item("large", (20, 20), 5, 1), item("heavy", (5, 5), 9, 2), item("new", (10, 10), 1, 3)]
    preference = Preference.parse(order)
    assert items[preference.sort(items)[0]].path == kept


def test_an_unknown_order_is_named():
    with pytest.raises(UsageError, match="not 'best'"):
        Preference.parse("oldest, best")
