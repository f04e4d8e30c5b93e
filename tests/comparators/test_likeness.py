"""A picture shows what another shows where nothing that a person would see is in one of them alone."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators.likeness import make_view, measure_excess
from framesift.comparators.worst_window import find_worst
from tests.comparators.test_comparators import paint


def letter(seed: int, size=(600, 800)) -> np.ndarray:
    """A few lines of text on white paper."""
    random = np.random.default_rng(seed)
    image = np.full((size[1], size[0], 3), 255, np.uint8)
    for line in range(8):
        text = "".join(random.choice(list("abcdefghiklmnorstu  "), 28))
        cv2.putText(image, text, (40, 120 + 40 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 1, cv2.LINE_AA)
    return image


def thing(colour: tuple[int, int, int], ground: tuple[int, int, int] = (255, 255, 255), radius: int = 40) -> np.ndarray:
    image = np.full((400, 400, 3), ground, np.uint8)
    return cv2.circle(image, (200, 200), radius, colour, -1, cv2.LINE_AA)


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


def scale(image: np.ndarray, factor: float) -> np.ndarray:
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def cut(image: np.ndarray, share: float) -> np.ndarray:
    height, width = image.shape[:2]
    y, x = round(height * share / 2), round(width * share / 2)
    return np.ascontiguousarray(image[y : height - y, x : width - x])


def differ(keeper: np.ndarray, member: np.ndarray) -> bool:
    return measure_excess(make_view(keeper), make_view(member)) > 1


SAME = {
    "encoded again": lambda image: jpeg(image, 30),
    "half": lambda image: jpeg(scale(image, 0.5), 85),
    "small": lambda image: scale(image, 0.2),
    "a little cropped": lambda image: cut(image, 0.03),
    "cropped": lambda image: cut(image, 0.06),
    "brighter": lambda image: cv2.convertScaleAbs(image, alpha=1.15),
    "darker": lambda image: cv2.convertScaleAbs(image, alpha=0.85),
    "less contrast": lambda image: cv2.convertScaleAbs(image, alpha=0.8, beta=25),
}


PICTURES = {"photo": paint(1, 640, 480), "page": letter(1), "thing": thing((40, 60, 200))}


@pytest.mark.parametrize("change", SAME)
@pytest.mark.parametrize("name", PICTURES)
def test_versions_of_a_picture_are_the_same(name, change):
    assert not differ(PICTURES[name], SAME[change](PICTURES[name]))


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (200, 120, 60)])
@pytest.mark.parametrize("radius", [6, 20, 90])
def test_flat_ground_is_no_agreement(ground, radius):
    """Of whatever colour, and however much of it there is."""
    blank = np.full((400, 400, 3), ground, np.uint8)
    one, moved = thing((40, 160, 200), ground, radius), np.roll(thing((40, 160, 200), ground, radius), 3 * radius, 1)
    assert differ(blank, one) and differ(one, blank) and differ(one, moved)


@pytest.mark.parametrize("other", range(2, 8))
def test_other_text_is_another_page(other):
    assert differ(letter(1), letter(other))


def test_a_word_is_a_difference():
    page = letter(1)
    other = page.copy()
    other[95:125, 200:260] = 255
    assert differ(page, other) and differ(other, page)


@pytest.mark.parametrize("hue", range(20, 180, 20))
def test_colour_counts(hue):
    """A shirt in other colours of the same lightness, and one in grey."""
    lab = [cv2.cvtColor(np.array([[[150, 128 + 50 * np.cos(a), 128 + 50 * np.sin(a)]]], np.uint8), cv2.COLOR_LAB2BGR)
           for a in (0, hue / 90 * np.pi)]  # fmt: skip
    one, other = (thing(tuple(int(level) for level in colour[0, 0])) for colour in lab)
    assert differ(one, other)
    grey = cv2.cvtColor(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    assert differ(one, grey) and differ(grey, one)


@pytest.mark.parametrize("radius", [25, 120])
@pytest.mark.parametrize("level", [40, 90, 140, 190])
def test_a_grey_thing_in_another_grey_is_another_thing(level, radius):
    """White ground says that the light has not changed, whatever line leads through the two levels of a picture."""
    one = thing((level,) * 3, radius=radius)
    for other in (level + 32, level + 60):
        assert differ(one, thing((other,) * 3, radius=radius)) and differ(thing((other,) * 3, radius=radius), one)


@pytest.mark.parametrize("level", [40, 76, 112])
def test_darker_ground_makes_no_thing_lighter(level):
    one, other = (thing((each,) * 3, radius=90) for each in (level, level + 36))
    assert differ(one, cv2.convertScaleAbs(other, alpha=0.9))
    assert differ(one, cv2.convertScaleAbs(other, alpha=0.85, beta=18))


@pytest.mark.parametrize("hue", range(0, 360, 30))
@pytest.mark.parametrize("grain", [0, 2])
def test_neighbours_on_a_chart_of_pale_colours_are_two(hue, grain):
    """Thirty degrees apart and as light: all over the picture, and as a thing on white."""
    angles = np.deg2rad((hue, hue + 30))
    lab = [np.uint8([[[150, 128 + 38 * np.cos(angle), 128 + 38 * np.sin(angle)]]]) for angle in angles]
    colours = [tuple(int(level) for level in cv2.cvtColor(each, cv2.COLOR_LAB2BGR)[0, 0]) for each in lab]
    noise = np.random.default_rng(hue).normal(0, grain, (400, 400, 1))
    one, other = (np.clip(np.float64(colour) + noise, 0, 255).astype(np.uint8) for colour in colours)
    assert differ(one, other) and not differ(one, jpeg(scale(one, 0.8), 50))
    assert differ(*(thing(colour, radius=90) for colour in colours))


def test_two_levels_are_no_line():
    """Teal and blue: a gain of 2.9 leads from one to the other."""
    one, other = (thing(colour, radius=90) for colour in ((168, 150, 0), (198, 146, 0)))
    assert differ(one, other) and differ(other, one)


@pytest.mark.parametrize("gain", [0.8, 0.9, 1.08])
def test_in_other_light_a_grey_thing_is_the_same(gain):
    one = thing((110, 110, 110), (190, 190, 190))
    assert not differ(one, cv2.convertScaleAbs(one, alpha=gain))


@pytest.mark.parametrize("gain", [1.06, 1.1, 1.15])
def test_paper_that_is_cut_off_at_white_hides_no_light(gain):
    """Paper and the ink on it stay what they are, while a coloured band becomes brighter."""
    page = letter(1)
    page[:70], page[700:] = (215, 190, 170), (120, 74, 34)
    assert not differ(page, jpeg(cv2.convertScaleAbs(page, alpha=gain), 90))


@pytest.mark.parametrize("gain", [0.92, 0.95, 1.06])
def test_black_on_white_in_other_light_and_drawn_larger_is_the_same(gain):
    """Edges are sharper in one of them; only what became of white tells the light."""
    plan = cv2.rectangle(np.full((480, 640, 3), 255, np.uint8), (60, 60), (580, 420), (0, 0, 0), 8)
    for x in (200, 330, 450):
        cv2.line(plan, (x, 60), (x, x), (0, 0, 0), 6)
        cv2.putText(plan, f"{x % 37} m2", (x + 10, 110), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 1, cv2.LINE_AA)
    larger = cv2.resize(plan, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_LANCZOS4)
    grey = plan if gain < 1 else cv2.convertScaleAbs(larger, alpha=1 / gain)
    assert not differ(jpeg(grey if gain > 1 else larger, 90), jpeg(cv2.convertScaleAbs(grey, alpha=gain), 85))


@pytest.mark.parametrize("corner", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_a_crop_at_two_sides_of_thin_lines_is_the_same(corner):
    """What is a line of few px is here between two px, and there on one, when both are small."""
    bars = np.full((360, 600, 3), 255, np.uint8)
    random = np.random.default_rng(1)
    x = 60
    while x < 530:
        width = int(random.integers(2, 9))
        bars[40:270, x : x + width] = 0
        x += width + int(random.integers(3, 12))
    cv2.putText(bars, "4012345678901", (150, 320), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2, cv2.LINE_AA)
    right, down = corner
    assert not differ(bars, jpeg(np.ascontiguousarray(bars[12 * down : 348 + 12 * down, 20 * right :][:, :580]), 85))


@pytest.mark.parametrize("corner", [(0, 0), (0, 465), (625, 0), (625, 465), (300, 0)])
def test_what_a_crop_takes_away_is_no_difference(corner):
    """Something bright at the rim is nowhere in the cropped picture."""
    picture = cv2.GaussianBlur(paint(1, 640, 480), (0, 0), 12)
    x, y = corner
    picture[y : y + 15, x : x + 15] = (255, 255, 255)
    assert not differ(picture, jpeg(cut(picture, 0.07), 90))


def test_a_mirrored_picture_is_another():
    assert differ(paint(1, 640, 480), paint(1, 640, 480)[:, ::-1])


def test_a_crop_does_not_stand_for_the_whole():
    picture = paint(1, 640, 480)
    assert not differ(picture, cut(picture, 0.06)) and differ(cut(picture, 0.06), picture)


def test_what_was_cut_off_at_white_does_not_stand_for_what_has_it():
    random = np.random.default_rng(1)
    picture = cv2.GaussianBlur(random.integers(0, 256, (300, 400, 3), dtype=np.uint8), (0, 0), 4)
    picture = cv2.normalize(picture, None, 60, 250, cv2.NORM_MINMAX)
    glaring = cv2.convertScaleAbs(picture, alpha=1.5)
    assert not differ(picture, glaring) and differ(glaring, picture)


def test_transparency_is_content():
    white = np.full((200, 200, 3), 255, np.uint8)
    black, drawn = np.zeros_like(white), cv2.line(white.copy(), (20, 20), (180, 150), (0, 0, 0), 9)
    other = cv2.line(white.copy(), (180, 20), (20, 150), (0, 0, 0), 9)
    icon, another, opaque = make_view(black, drawn), make_view(black, other), make_view(drawn)
    assert measure_excess(icon, icon) == 0
    assert measure_excess(icon, another) > 1
    assert measure_excess(icon, opaque) <= 1 < measure_excess(opaque, icon)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (16, 16), (1, 500), (3000, 60), (5, 4000)])
def test_any_size_can_be_looked_at(size):
    picture = paint(1, *size)
    assert not differ(picture, picture)
    assert differ(picture, np.full((40, 40, 3), 7, np.uint8)) or size == (1, 1) or size == (2, 2)


def test_versions_of_photos_are_the_same():
    """But for one in a hundred, of poor quality: to miss one costs room, to take one for another costs a picture."""
    random, same = np.random.default_rng(1), 0
    for seed in range(100):
        picture, gain = paint(seed, 480, 360), random.uniform(0.85, 1.1)
        smaller = scale(picture, random.uniform(0.3, 1))
        version = jpeg(cv2.convertScaleAbs(smaller, alpha=gain), int(random.integers(40, 96)))
        same += not differ(picture, version)
    assert same >= 99


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    factor=st.floats(0.6, 1),
    gain=st.floats(0.9, 1.05),
    quality=st.integers(70, 95),
)
def test_mild_versions_of_photos_are_the_same(seed, factor, gain, quality):
    picture = paint(seed, 480, 360)
    assert not differ(picture, jpeg(cv2.convertScaleAbs(scale(picture, factor), alpha=gain), quality))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), x=st.integers(20, 460), y=st.integers(20, 340), quality=st.integers(50, 95))
def test_something_new_is_seen_wherever_it_is(seed, x, y, quality):
    picture = paint(seed, 480, 360)
    colour = tuple(int(level) ^ 0x80 for level in picture[y, x])
    changed = cv2.circle(picture.copy(), (x, y), 12, colour, -1)
    assert differ(picture, jpeg(changed, quality)) and differ(changed, jpeg(picture, quality))


def write_page(date: str, width: int = 1240) -> np.ndarray:
    """An invoice, scanned at 150 dpi, on which a digit is some 20 px high."""
    page = np.full((width * 1754 // 1240, width, 3), 255, np.uint8)
    for line in range(18):
        text = date if line == 3 else f"Item {line:02d}  maintenance of unit {line * 7 % 13}"
        cv2.putText(page, text, (90, 300 + line * 50), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 1, cv2.LINE_AA)
    return page


def test_one_digit_of_a_large_page_is_seen():
    page, other = write_page("12.03.2024"), write_page("12.08.2024")
    assert measure_excess(make_view(page), make_view(other)) > 1
    for copy in (jpeg(page, 60), cv2.resize(page, (620, 877), interpolation=cv2.INTER_AREA), page[30:-30, 20:-20]):
        assert measure_excess(make_view(page), make_view(copy)) <= 1


@pytest.mark.parametrize("ground", [0, 255])
def test_one_thing_in_two_blues_is_no_change_of_light(ground):
    """Three channels of one colour are three levels, and tell no more of the light than one."""
    navy, blue = (
        cv2.rectangle(np.full((400, 400, 3), ground, np.uint8), (120, 120), (280, 300), colour, -1)
        for colour in ((110, 40, 20), (200, 80, 30))
    )
    for one, other in ((navy, blue), (blue, navy)):
        assert measure_excess(make_view(one), make_view(other)) > 1


def test_what_shows_one_colour_only_is_like_that_colour_only():
    white, grey = (np.full((200, 300, 3), level, np.uint8) for level in (255, 230))
    assert measure_excess(make_view(white), make_view(grey)) > 1 < measure_excess(make_view(grey), make_view(white))


def test_looking_first_where_it_was_worst_tells_the_same():
    """Of many pairs, far and near: only a value beyond the limit may be another."""
    pictures = [paint(seed, 240, 160) for seed in range(2)]
    pictures += [cv2.circle(pictures[0].copy(), (150, 60), radius, (0, 0, 255), -1) for radius in (2, 4, 30)]
    pictures += [jpeg(pictures[0], 60), np.clip(pictures[0] * 0.9, 0, 255).astype(np.uint8)]
    for one in pictures:
        for other in pictures:
            whole = find_worst(one, other, 1.0)
            for place in ((0.0, 0.0), (0.4, 0.6), (0.999, 0.999)):
                near = find_worst(one, other, 1.0, place=place)
                assert (near.excess <= 1) == (whole.excess <= 1)
                assert near.excess > 1 or near.excess == pytest.approx(whole.excess, rel=1e-4)
