"""Numbers only: units of frames, divided among parts."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.errors import UsageError
from framesift.export.splitting import Split, divide

UNITS = st.lists(
    st.dictionaries(st.sampled_from(["c1 day", "c1 night", "c2 day"]), st.integers(1, 40), min_size=1).map(Counter),
    min_size=3,
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "shares"), [("80,10,10", (0.8, 0.1, 0.1)), ("3,1", (0.75, 0.25)), ("100", (1,)), ("70, 30", (0.7, 0.3))]
)
def test_shares(text, shares):
    assert Split.parse(text).shares == pytest.approx(shares)
    assert Split.parse(text).names == ("train", "val", "test")[: len(shares)]


@pytest.mark.parametrize("text", ["", "80,10,5,5", "a,b", "80,-10", "80;20", "nan,1"])
def test_what_are_no_shares(text):
    with pytest.raises(UsageError, match="--split takes the shares of train, val and test, such as 80,10,10 or 90,10"):
        Split.parse(text)


def test_no_part_is_empty_by_wish():
    with pytest.raises(UsageError, match="leave a part out that is to have none"):
        Split.parse("80,0,20")


@given(UNITS, st.integers(0, 5))
def test_every_unit_is_in_one_part_and_every_part_has_one(units, seed):
    split = Split.parse("80,10,10", seed)
    parts = divide(units, split)
    assert len(parts) == len(units)
    assert set(parts) == {0, 1, 2}
    assert divide(units, split) == parts


def test_each_part_gets_its_share_of_every_camera_by_day_and_by_night():
    units = [Counter({(f"c{n % 3}", n % 2): 5 + n % 4}) for n in range(120)]
    split = Split.parse("60,20,20", 1)
    parts, total = divide(units, split), sum(units, Counter())
    for part, share in enumerate(split.shares):
        given_ = sum((unit for unit, its in zip(units, parts, strict=True) if its == part), Counter())
        for stratum, number in total.items():
            assert abs(given_[stratum] / number - share) < 0.1


def test_another_seed_is_another_division():
    units = [Counter({"c1": 5}) for _ in range(30)]
    assert len({tuple(divide(units, Split.parse("80,20", seed))) for seed in range(5)}) == 5


def test_too_little_to_divide():
    with pytest.raises(UsageError, match="--split wants 3 parts, and there are 2 to divide: days of a camera are kept"):
        divide([Counter({"c1": 5}), Counter({"c1": 9})], Split.parse("80,10,10"))
