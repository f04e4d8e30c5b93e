"""Which file of a group is kept, and the reason that people are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.duplicates import Item, Preference, Traits
from framesift.duplicates.preference import CRITERIA, is_discarded
from framesift.duplicates.traits import NONE
from framesift.errors import UsageError


def item(path="a", size=(10, 10), file_size=5, mtime_ns=7, traits=NONE, seconds=0.0) -> Item:
    return Item(path, size, file_size, mtime_ns, 0, 0, 0, None, traits, seconds)


@pytest.mark.parametrize(
    ("keeper", "other", "reason"),
    [
        (item("z", size=(20, 10)), item("a", file_size=9), "largest resolution 20x10"),
        (item("z", traits=Traits.COLOUR), item("a", file_size=9), "in colour"),
        (item("z", traits=Traits.SOUND), item("a", file_size=9, seconds=9), "with sound"),
        (item("z", seconds=10.5), item("a", file_size=9), "longest, 10.5 s"),
        (item("z", traits=Traits.EXIF), item("a", file_size=9), "with EXIF"),
        (item("a/z", size=(1, 1)), item("$RECYCLE.BIN/S-1-5/a", size=(20, 10)), "in no bin or snapshot"),
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


@pytest.mark.parametrize(
    ("order", "kept"),
    [
        ("exif,largest-file", "taken.jpg"),
        ("colour", "bright.jpg"),
        ("sound", "loud.mp4"),
        ("longest,name", "b/long.mp4"),
        ("folder:b,longest", "b/long.mp4"),
        ("folder:b/c,name", "b/c/poor.jpg"),
        ("folder:./b/c/", "b/c/poor.jpg"),
        ("folder:elsewhere,oldest", "old.jpg"),
    ],
)
def test_orders_by_what_a_file_has_and_where_it_lies(order, kept):
    items = [
        item("taken.jpg", traits=Traits.EXIF),
        item("bright.jpg", traits=Traits.COLOUR),
        item("loud.mp4", traits=Traits.SOUND),
        item("b/long.mp4", seconds=20),
        item("b/c/poor.jpg", (2, 2), 1, 100),
        item("bc/old.jpg", mtime_ns=1),
        item("old.jpg", mtime_ns=0),
    ]
    preference = Preference.parse(order)
    assert items[preference.sort(items)[0]].path == kept


@pytest.mark.parametrize("order", ["largest-resolution", "name", "folder:#recycle"])
@pytest.mark.parametrize(
    "place",
    ["#recycle", "$Recycle.Bin/S-1", "@Recycle", "a/#snapshot/b", "~snapshot", ".Trash-1000/files", "@eaDir/x.jpg"],
)
def test_what_lies_in_a_bin_comes_last_whatever_the_order(order, place):
    items = [item(f"{place}/0.jpg", (99, 99), 99, 0), item("z/small.jpg", (1, 1), 1, 9)]
    assert items[Preference.parse(order).sort(items)[0]].path == "z/small.jpg"
    assert is_discarded(items[0].path) and not is_discarded("z/#recycle.jpg") and not is_discarded("recycled paper/a")


def test_folders_decide_what_the_order_leaves_open_before_the_usual_one():
    items = [item("b/large.jpg", (20, 20)), item("a/small.jpg"), item("c/x.jpg", (30, 30), mtime_ns=0)]
    order = [items[place].path for place in Preference(folders=("a", "b")).sort(items)]
    assert order == ["a/small.jpg", "b/large.jpg", "c/x.jpg"]
    assert Preference(folders=("a", "b")).explain(items[1], items[2]) == "in a, which comes first"
    assert items[Preference(("oldest",), ("a", "b")).sort(items)[0]].path == "c/x.jpg"


@given(st.lists(st.sampled_from([*CRITERIA, "folder:a"]), max_size=4), st.data())
def test_an_order_is_total_and_the_same_however_files_are_listed(names, data):
    paths = st.sampled_from(["a/x", "b/x", "#recycle/x", "y", "z"])
    some = st.builds(
        item, paths, st.sampled_from([(1, 2), (2, 1), (9, 9)]), st.integers(1, 3), st.integers(1, 3),
        st.sampled_from(list(map(Traits, range(8)))), st.sampled_from([0.0, 1.0]),
    )  # fmt: skip
    items = data.draw(st.lists(some, min_size=1, unique_by=lambda each: each.path))
    preference = Preference(tuple(names), ("b",))
    ordered = [items[place] for place in preference.sort(items)]
    shuffled = data.draw(st.permutations(items))
    assert [shuffled[place] for place in preference.sort(shuffled)] == ordered
    discarded = [is_discarded(each.path) for each in ordered]
    assert discarded == sorted(discarded)


def test_an_unknown_order_is_named():
    with pytest.raises(UsageError, match="not 'folder:'"):
        Preference.parse("folder:")
    with pytest.raises(UsageError, match="not 'best'"):
        Preference.parse("oldest, best")
