"""Areas as people read them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.looking.numbers import describe_score, format_px, tell_apart
from framesift.looking.page import read_asset


def test_shares_come_first_and_px_are_rounded():
    assert describe_score(4640.5, 4773.0825, 636411) == (
        "changed 0.73 % of the picture, needed more than 0.75 % (4,641 px, 4,773 px)"
    )
    assert (
        describe_score(0, 1858.6875, 247825) == "changed 0 % of the picture, needed more than 0.75 % (0 px, 1,859 px)"
    )


def test_what_differs_is_told_apart():
    assert tell_apart(0.7501, 0.75) == ("0.7501", "0.75")
    assert tell_apart(1858.6875, 1858.75, whole=True) == ("1,858.7", "1,858.8")
    assert tell_apart(0.75, 0.75) == ("0.75", "0.75")
    assert format_px(2.25) == "2.3" and format_px(51234.5) == "51,235"


@given(st.floats(0, 1e8), st.floats(0, 1e8), st.booleans())
def test_two_numbers_look_the_same_only_where_they_are(first, second, whole):
    texts = tell_apart(first, second, whole)
    near = abs(first - second) <= 1e-12 * max(first, second)
    assert (texts[0] == texts[1]) <= (near or first == second)
    assert (texts[0] != texts[1]) <= (first != second)


@given(st.lists(st.tuples(st.integers(0, 2**24), st.floats(1e-6, 1e8), st.integers(1, 10**8)), min_size=20))
@settings(max_examples=10, deadline=None)
def test_the_pages_say_the_same_to_the_letter(page_of_numbers, values):
    cases = [(score / 2, limit, area) for score, limit, area in values] + [(n / 8, n / 4, 1 << n) for n in range(24)]
    said = page_of_numbers.evaluate("cases => cases.map((each) => describeScore(...each))", cases)
    assert said == [describe_score(*case) for case in cases]


@pytest.fixture(scope="module")
def page_of_numbers(browser):
    """A page that has the script."""
    page = browser.new_page()
    page.add_script_tag(content=read_asset("numbers.js"))
    yield page
    page.close()
