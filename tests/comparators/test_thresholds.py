import pytest

from framesift.comparators.thresholds import Threshold, format_number, read_share
from framesift.errors import UsageError


@pytest.mark.parametrize(
    ("text", "px", "written"),
    [
        ("5000", 5000, "5000"),
        (5000, 5000, "5000"),
        (0.5, 0.5, "0.5"),
        ("0", 0, "0"),
        (" 12.5 ", 12.5, "12.5"),
        ("2%", 20, "2%"),
        (".75 %", 7.5, "0.75%"),
        ("0.05%", 0.5, "0.05%"),
        ("100%", 1000, "100%"),
    ],
)
def test_px_and_shares(text, px, written):
    threshold = Threshold.parse(text)
    assert threshold.px(1000) == px
    assert str(threshold) == written
    assert Threshold.parse(str(threshold)) == threshold
    assert Threshold.parse(threshold) is threshold


def test_a_share_is_exact():
    """0.07 * 700 / 100 is not 0.49 in floating point; a score that equals the threshold must not be decided by that."""
    assert Threshold.parse("0.07%").px(5_000) == 3.5
    assert [area for area in range(0, 10**6, 50) if Threshold.parse("0.07%").px(area * 100) != area * 7 / 100] == []


def test_a_share_of_any_precision_is_rounded_once():
    share = read_share("33." + 29 * "3" + "7%")
    for area in (1, 3, 1_676_917, 10**8):
        assert share.px(area) == float(share.value * area / 100)


@pytest.mark.parametrize(
    "text", ["", "-1", -1, "0,5%", "x", "1e3", "nan", float("nan"), float("inf"), "101%", "5 px", "٣"]
)
def test_refuses(text):
    with pytest.raises(UsageError, match="a threshold is"):
        Threshold.parse(text)


@pytest.mark.parametrize(
    ("value", "text"), [(51234.5, "51234.5"), (50000.0, "50000"), (1e16, "10000000000000000"), (0.1, "0.1")]
)
def test_numbers_are_written_plainly(value, text):
    assert format_number(value) == text
