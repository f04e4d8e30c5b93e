"""Areas as people read them."""

from hypothesis import given
from hypothesis import strategies as st

from framesift.looking.numbers import describe_score, format_px, tell_apart


def test_shares_come_first_and_px_are_rounded():
    assert describe_score(4640.5, 4773.0825, 636411) == (
        "changed 0.73 % of the picture, needed more than 0.75 % (4,640 px, 4,773 px)"
    )
    assert (
        describe_score(0, 1858.6875, 247825) == "changed 0 % of the picture, needed more than 0.75 % (0 px, 1,859 px)"
    )


def test_what_differs_is_told_apart():
    assert tell_apart(0.7501, 0.75) == ("0.7501", "0.75")
    assert tell_apart(1858.6875, 1858.75, whole=True) == ("1,858.7", "1,858.8")
    assert tell_apart(0.75, 0.75) == ("0.75", "0.75")
    assert format_px(2.25) == "2.2" and format_px(51234.5) == "51,234"


@given(st.floats(0, 1e8), st.floats(0, 1e8), st.booleans())
def test_two_numbers_look_the_same_only_where_they_are(first, second, whole):
    texts = tell_apart(first, second, whole)
    near = abs(first - second) <= 1e-12 * max(first, second)
    assert (texts[0] == texts[1]) <= (near or first == second)
    assert (texts[0] != texts[1]) <= (first != second)
