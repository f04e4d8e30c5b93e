"""Many walks at once equal single ones; questions, answers and advice on made-up numbers and on frames with truth."""

import csv
import random
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from benchmarks.quality.metrics import summarise
from benchmarks.quality.own import read_cameras
from benchmarks.quality.tuning import answer_session, measure_setting, sweep_camera
from framesift import filter_frames
from framesift.comparators.thresholds import Threshold
from framesift.errors import UsageError
from framesift.filtering.comparator_choice import comparator_of
from framesift.filtering.option_values import Method
from framesift.filtering.options import DEFAULT_THRESHOLDS, THOROUGH_THRESHOLDS
from framesift.filtering.reading_settings import choose_thresholds
from framesift.filtering.selection import Verdict
from framesift.filtering.settings import Settings
from framesift.frames.finding import find_frames
from framesift.tuning import Answer, AnswerTable, Grid, Pair, Question, Session, Setting, Sweep, pairs
from framesift.tuning.belief import (
    LAPSE,
    MISS_COST,
    WRONG_ANSWERS,
    Stakes,
    believe,
    choose_question,
    expect_answers,
    expect_costs,
    learn,
    weigh_settings,
)
from framesift.tuning.grid import AREAS, SCORES
from framesift.tuning.pairs import Pool
from tests.conftest import encode, make_image
from tests.filtering.test_run import scene

BOXES = [None, (10, 10, 3, 3), (10, 10, 6, 5), (30, 20, 4, 4), (10, 10, 20, 20), (12, 12, 20, 20), None, (20, 8, 9, 9)]
METHODS = pytest.mark.parametrize("method", list(Method))


def setting_of(area: str, score: str) -> Setting:
    return Setting(Threshold.parse(area), Threshold.parse(score))


def sweep_folder(
    folder: Path,
    method: Method = Method.FRAMEDIFF,
    given: tuple[str, str] | None = None,
    against: int = 1,
    most: float | None = None,
) -> Sweep:
    default = Setting(*choose_thresholds(method))
    grid = Grid(default, setting_of(*given) if given else default)
    sweep = Sweep(folder, Settings(method=method, against=against, most=most), grid)
    assert len(list(sweep.walk(find_frames(folder).frames, 2))) == len(find_frames(folder).frames)
    return sweep


@pytest.fixture
def folder(write_tree) -> Path:
    """Two cameras, one with two sizes of frames, and a damaged frame."""
    tree = scene(*BOXES) | scene(*BOXES[::-1], camera="c2", width=96, height=80)
    tree |= scene(*BOXES[3:6], camera="c2", start=30)
    tree[next(iter(tree))] = encode(make_image())[:-30]
    return write_tree(tree)


@METHODS
@pytest.mark.parametrize("thresholds", [None, ("12", "40"), ("0", "0"), ("0.3%", "0.1%")])
@pytest.mark.parametrize(("against", "most"), [(1, None), (3, None), (1, 10.0), (2, 5.0)])
def test_every_setting_walks_as_the_filter_does(folder, method, thresholds, against, most):
    sweep = sweep_folder(folder, method, thresholds, against, most)
    places = {*range(against, len(sweep.grid.settings), 23), sweep.grid.given, sweep.grid.default}
    for place in places:
        setting = sweep.grid.settings[place]
        chosen = setting.min_contour_area, setting.score_threshold
        decisions = filter_frames(folder, None, *chosen, method=method, against=against, most=most)
        kept = [d.frame.camera for d in decisions if d.verdict is Verdict.KEEP]
        assert {c: int(tally.kept[place]) for c, tally in sweep.cameras.items()} == {
            camera: kept.count(camera) for camera in sweep.cameras
        }, setting


@METHODS
@pytest.mark.parametrize("against", [1, 2])
def test_the_scores_shown_are_those_of_the_given_setting(folder, method, against):
    sweep = sweep_folder(folder, method, ("0.2%", "1%"), against)
    found = filter_frames(folder, None, "0.2%", "1%", method=method, against=against)
    decisions = [d for d in found if d.score is not None]
    comparator = comparator_of(Settings(method=method), "")
    shares = [d.score / comparator.compared_area_of(d.size) for d in decisions]
    assert [*sweep.cameras["c1"].scores, *sweep.cameras["c2"].scores] == pytest.approx(shares)


def test_frames_that_are_not_whole_are_told_and_not_counted(folder):
    sweep = sweep_folder(folder)
    assert sweep.frames == 18 and sweep.cameras["c1"].skipped == 1
    [(path, reason)] = sweep.problems
    assert path.startswith("c1/") and reason
    assert sweep.cameras["c2"].sizes == {(96, 80): 8, (64, 48): 3}


def test_only_last_kept_frames_are_in_memory(write_tree):
    sweep = sweep_folder(write_tree(scene(*[None, (10, 10, 4, 4)] * 25)))
    [held] = sweep._held.values()
    assert 1 <= len(held) <= 3


def test_of_several_last_kept_frames_the_latest_of_the_nearest_is_asked_about(write_tree):
    """A tour of two views, and a third that lies between them for a setting that counts areas."""
    folder = write_tree(scene(None, (10, 10, 20, 20), None, (10, 10, 20, 20)))
    sweep = sweep_folder(folder, against=2)
    [held] = sweep._held.values()
    assert [holding.holders.all() for holding in held] == [True, True]
    assert all(tally.kept.tolist() == [2] * len(sweep.grid.settings) for tally in sweep.cameras.values())


@METHODS
@given(data=st.data())
@hypothesis_settings(max_examples=8, deadline=None)
def test_one_comparison_gives_the_score_for_every_minimum_area(method, data):
    chance = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    noise = [np.kron(chance.integers(0, 256, (9, 12, 3), np.uint8), np.ones((6, 6, 1), np.uint8)) for _ in range(2)]
    default = Setting(*choose_thresholds(method))
    grid = Grid(default, default)
    sweep = Sweep(".", Settings(method=method), grid)
    before, after = (sweep.comparator("").describe(np.asarray(image, np.uint8)) for image in noise)
    area, scores = sweep.comparator("").compared_area(after), sweep.compare("", before, after)
    for place, setting in enumerate(grid.settings):
        one = comparator_of(Settings(min_contour_area=setting.min_contour_area, method=method), "")
        assert scores[place] == one.score(before, after)
        assert grid.limits(area)[place] == setting.score_threshold.px(area)


def test_the_defaults_are_plausible():
    for method, thresholds in [*DEFAULT_THRESHOLDS.items(), (Method.TOLERANCE, THOROUGH_THRESHOLDS)]:
        grid = Grid(setting_of(*thresholds), setting_of("500", "5000"))
        assert grid.default < grid.plausible <= grid.given, method
        weights = weigh_settings(grid)
        assert weights.sum() == pytest.approx(1) and int(weights.argmax()) == grid.default
        assert len(grid.settings) == len(set(grid.settings)) == grid.plausible + len(SCORES) + len(AREAS) + 1


def test_answers_are_mixed_at_the_threshold_and_clear_far_from_it():
    chances = expect_answers(np.array([0, 5, 10, 20, 1e9, 3]), np.array([10, 10, 10, 10, 10, 0]))
    assert chances == pytest.approx([LAPSE, 0.278, 0.5, 0.722, 1 - LAPSE, 1 - LAPSE], abs=1e-3)


def stakes_of(chances: list[list[float]], frames: list[int]) -> Stakes:
    """Each setting decides so many frames by each kind of pairs."""
    likely = np.array(chances)
    return Stakes.count(
        likely, np.repeat(np.array(frames)[:, None], likely.shape[1], axis=1), np.zeros(likely.shape[1])
    )


def test_a_miss_costs_more_than_a_false_keep():
    """Two settings that are as likely as each other: the one that keeps is expected to cost less."""
    sure = stakes_of([[1.0, 0.0]], [1])
    assert expect_costs(np.array([0.5, 0.5]), sure) == pytest.approx([0.5, MISS_COST / 2])
    assert expect_costs(np.array([0.95, 0.05]), sure).argmin() == 0
    assert expect_costs(np.array([0.05, 0.95]), sure).argmin() == 1


def test_an_answer_speaks_for_its_kind_whatever_the_weights_are():
    """The setting that keeps 60 frames of a kind is nearly ruled out, and yet one of them was called new."""
    stakes, weights = stakes_of([[1 - LAPSE, LAPSE]], [60]), np.array([0.05, 0.95])
    told = replace(stakes, chances=believe(stakes.chances, True))
    assert expect_costs(weights, stakes).argmin() == 1 and expect_costs(weights, told).argmax() == 1


@given(st.floats(0.01, 0.99), st.floats(0, 1))
def test_an_answer_is_believed_as_it_is_trusted(chance, trust):
    before = np.array([chance])
    for new in (True, False):
        after = believe(before, new, trust)
        assert (after >= before) == new or after == pytest.approx(before)
        assert believe(after, not new, trust) == pytest.approx(before), "the opposite takes it back"
    assert believe(np.array([0.5]), True) == pytest.approx([1 - WRONG_ANSWERS])


def test_asks_what_decides():
    """Of three kinds only the second tells apart two settings that cost something if they are taken for each other."""
    weights, all_of_them = np.array([0.3, 0.3, 0.4]), np.arange(3)
    chances = [[0.9, 0.1, 0.9], [0.9, 0.9, 0.1], [0.9, 0.1, 0.1]]
    assert choose_question(weights, stakes_of(chances, [0, 9, 0]), all_of_them) == 1
    even = stakes_of([[0.5, 0.5, 0.5], [0.7, 0.6, 0.6]], [0, 0])
    first = np.array([1.0, 0, 0])
    assert choose_question(first, even, all_of_them[:2]) == 0, "nothing decides: the least certain"
    assert choose_question(first, even, all_of_them[1:2]) == 1, "only what is offered"


def test_asks_about_what_many_frames_hang_on():
    weights = np.array([0.1, 0.9])
    for frames in ([60, 1], [1, 60]):
        stakes = stakes_of([[0.95, 0.05], [0.95, 0.05]], frames)
        assert choose_question(weights, stakes, np.arange(2)) == int(np.argmax(frames))


@given(st.lists(st.booleans(), max_size=12), st.integers(0, 2**32))
def test_weights_do_not_depend_on_the_order_of_answers(answers, seed):
    chances = np.random.default_rng(seed).uniform(0.1, 0.9, (12, 5))
    told = list(zip(chances, answers, strict=False))
    results = []
    for order in (told, told[::-1]):
        weights = np.full(5, 0.2)
        for chance, new in order:
            weights = learn(weights, chance, new)
        results.append(weights)
    assert results[0] == pytest.approx(results[1]) and results[0].sum() == pytest.approx(1)


def test_an_answer_counts_less_where_there_are_other_cameras(folder):
    weights, chances = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    assert learn(weights, chances, True) == pytest.approx([0.82, 0.18])
    assert learn(weights, chances, True, 0.5) == pytest.approx([0.681, 0.319], abs=1e-3)
    sweeps = [sweep_folder(folder), sweep_folder(folder / "c1")]
    assert [len(sweep.cameras) for sweep in sweeps] == [2, 1]
    assert [Session(sweep)._trust for sweep in sweeps] == [0.5, 1]


def question_of(verdicts: list[bool], name: str = "b") -> Question:
    return Question(Pair("c", "a", name), np.where(verdicts, 0.9, 0.1))


def test_the_pool_groups_pairs_and_is_bounded(monkeypatch):
    monkeypatch.setattr(pairs, "MOST_GROUPS", 8)
    pool, all_of_them = Pool(np.full(10, 0.1)), np.full(10, True)
    for verdicts in ([True] * 10, [False] * 10):
        pool.add(question_of(verdicts), all_of_them)
    assert len(pool) == 0, "what all settings agree about is no question"
    chance = random.Random(0)
    for number in range(500):
        cut = chance.randrange(1, 10) if number < 400 else 5
        pool.add(question_of([place < cut for place in range(10)], str(number)), np.arange(10) < 3)
    groups = [*pool]
    assert len(groups) == 9 and all(len(group.examples) == pairs.EXAMPLES for group in groups)
    assert sum(group.met for group in groups) == 500
    assert sum(group.frames for group in groups).tolist() == [500] * 3 + [0] * 7
    for number in range(1, 1000):
        pool.add(question_of([bool(number >> place & 1) for place in range(10)]), all_of_them)
    assert 8 <= len(pool) <= 16
    most = max(groups, key=lambda group: group.met * (5 - abs(group.verdicts.sum() - 5)))
    assert most.verdicts.tolist() in [group.verdicts.tolist() for group in pool], "much hangs on it"


def believer(setting: Setting, sweep: Sweep):
    """Somebody who thinks exactly as one of the settings does."""
    place = sweep.grid.settings.index(setting)
    return lambda question: Answer.YES if question.verdicts[place] else Answer.NO


def cost_of(sweep: Sweep, right: Setting) -> np.ndarray:
    """What each plausible setting costs where that one is right."""
    groups, place = [*sweep.pool], sweep.grid.settings.index(right)
    verdicts, frames = (np.array([getattr(group, name) for group in groups]) for name in ("verdicts", "frames"))
    new = verdicts[:, [place]]
    return (frames * (MISS_COST * (new & ~verdicts) + (verdicts & ~new))).sum(axis=0)


def put_through(sweep: Sweep, answer, number: int = 10) -> Session:
    session = Session(sweep)
    while (place := session.next(number)) is not None:
        session.answer(place, answer(session.questions[place]))
    return session


def deny(question: Question) -> Answer:
    """Nothing is ever new."""
    return Answer.NO


@pytest.fixture(scope="module")
def walks(tmp_path_factory) -> Sweep:
    """Frames with a patch that comes, grows by a third and goes, again and again."""
    folder = tmp_path_factory.mktemp("walks")
    chance = np.random.default_rng(3)
    for number in range(120):
        side = int(2 * 1.3 ** chance.integers(0, 12))
        image = make_image(160, 120, box=(20, 20, side, side))
        time = datetime.fromtimestamp(1_600_000_000 + 60 * number).strftime("%Y_%m_%d__%H_%M_%S")
        (folder / f"c1_{time}.png").write_bytes(encode(image))
    return sweep_folder(folder)


@pytest.mark.parametrize("thresholds", [("0.05%", "0.2%"), ("0.1%", "2%"), ("0.5%", "4%"), ("0.02%", "0.02%")])
def test_finds_what_somebody_wants(walks, thresholds):
    """The advice costs little if that setting is right, and less than the default does."""
    grid, wanted = walks.grid, setting_of(*thresholds)
    session = put_through(walks, believer(wanted, walks))
    assert len(session.questions) == 10 == session.answered == session.advise().answers
    cost = cost_of(walks, wanted)
    assert cost[grid.settings.index(session.advise().setting)] < 0.75 * cost[grid.default]


def test_one_wrong_answer_in_ten_does_no_great_harm(walks):
    """On the whole the advice still costs less than the default. A wrong yes may keep somewhat more than it does."""
    wanted = setting_of("0.1%", "2%")
    tell, cost = believer(wanted, walks), cost_of(walks, wanted)
    opposite = {Answer.YES: Answer.NO, Answer.NO: Answer.YES}

    def advise(wrong: int) -> float:
        count = iter(range(10))
        session = put_through(walks, lambda q: opposite[tell(q)] if next(count) == wrong else tell(q))
        return float(cost[walks.grid.settings.index(session.advise().setting)])

    costs = [advise(wrong) for wrong in range(10)]
    assert np.mean(costs) < 0.75 * cost[walks.grid.default] and max(costs) < 1.5 * cost[walks.grid.default]


def test_what_the_default_keeps_and_was_called_new_is_kept_whatever_else_is_said(walks):
    default, settings = walks.grid.default, walks.grid.settings
    kept = [place for place, q in enumerate(put_through(walks, deny).questions) if q.verdicts[default]]
    for place in kept:
        session = put_through(walks, deny)
        session.answer(place, Answer.YES)
        assert session.questions[place].verdicts[settings.index(session.advise().setting)]
    assert len(kept) > 5


def test_all_at_once_are_different_questions_and_help_too(walks):
    session = Session(walks)
    session.ask_all(10)
    assert len({q.kind for q in session.questions}) == 10 == len(session.questions)
    tell = believer(setting_of("0.1%", "2%"), walks)
    for place, question in enumerate(session.questions):
        session.answer(place, tell(question))
    cost = cost_of(walks, setting_of("0.1%", "2%"))
    assert cost[walks.grid.settings.index(session.advise().setting)] < 0.75 * cost[walks.grid.default]


def test_without_answers_the_advice_is_the_default(walks):
    session = Session(walks)
    assert session.advise().setting == setting_of(*DEFAULT_THRESHOLDS[Method.FRAMEDIFF])
    session.ask()
    session.answer(0, Answer.UNSURE)
    assert session.advise().answers == 0 and session.advise().setting == walks.grid.settings[walks.grid.default]
    with pytest.raises(UsageError, match="no question 2"):
        session.answer(1, Answer.YES)


def test_frames_that_all_differ_by_nothing_ask_nothing(write_tree):
    session = Session(sweep_folder(write_tree(scene(*[None] * 5))))
    assert session.ask() is None and session.next(10) is None
    session.ask_all(10)
    assert session.questions == [] and session.advise().kept == 1


def test_answers_come_back(folder, tmp_path):
    sweep, frames = sweep_folder(folder), find_frames(folder).frames
    session = Session(sweep)
    session.ask_all(4)
    for place, answer in enumerate((Answer.YES, Answer.NO, Answer.UNSURE)):
        session.answer(place, answer)
    table = tmp_path / "answers.csv"
    AnswerTable(table).save(session.questions)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["answers.csv"]
    questions, problems = AnswerTable(table).recall(sweep, frames)
    assert problems == [] and [(q.pair, q.answer) for q in questions] == [(q.pair, q.answer) for q in session.questions]
    assert all((a.chances == b.chances).all() for a, b in zip(questions, session.questions, strict=True))
    assert Session(sweep, questions).advise() == session.advise()
    other = sweep_folder(folder, Method.TOLERANCE)
    assert len(AnswerTable(table).recall(other, frames)[0]) == 4, "answers are about pairs, whatever the method"


def test_answers_about_frames_that_are_gone_are_named_and_kept(folder, tmp_path):
    sweep, frames = sweep_folder(folder), find_frames(folder).frames
    session = Session(sweep)
    session.ask_all(3)
    for place in range(3):
        session.answer(place, Answer.NO)
    gone = session.questions[0].pair.path
    table = tmp_path / "answers.csv"
    AnswerTable(table).save(session.questions)
    again = AnswerTable(table)
    questions, problems = again.recall(sweep, [frame for frame in frames if frame.path != gone])
    about = [q for q in session.questions if gone in (q.pair.path, q.pair.reference)]
    assert len(questions) == 3 - len(about) >= 1 and problems == [(gone, "is not there")] * len(about)
    again.save([replace(question, answer=Answer.YES) for question in questions])
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["new"] for row in rows] == ["yes"] * len(questions) + ["no"] * len(about)
    assert gone in (rows[-1]["path"], rows[-1]["reference"]) and [row["number"] for row in rows] == ["1", "2", "3"]


def test_answers_about_frames_that_cannot_be_compared_are_named(folder, tmp_path):
    sweep, frames = sweep_folder(folder), find_frames(folder).frames
    table = tmp_path / "answers.csv"
    small, large, damaged = "c2/c2_2021_03_27__10_30_00.png", "c2/c2_2021_03_27__10_01_00.png", sweep.problems[0][0]
    table.write_text(f"number;camera;reference;path;new\n1;c2;{large};{small};Yes \n2;c1;{damaged};{small};no\n\n")
    questions, problems = AnswerTable(table).recall(sweep, frames)
    assert questions == []
    assert problems[0] == (small, f"has not the size of {large}") and problems[1][0] == damaged


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not a table of answers"),
        ("number,camera\n1,2\n", "is not a table of answers"),
        ("number,camera,reference,path,new\n1,c,a,b,maybe\n", "row 2: 'maybe' is neither yes, no nor unsure"),
        ("number,camera,reference,path,new\n1,c,a\n", "row 2: lacks a column"),
        ("number,camera,reference,path,new\n1,c,,b,yes\n", "row 2: lacks a column"),
        (b"\xff\xfe", "is not a CSV file in UTF-8"),
    ],
)
def test_damaged_tables_are_refused_and_stay(tmp_path, text, reason):
    table = tmp_path / "answers.csv"
    content = text.encode() if isinstance(text, str) else text
    table.write_bytes(content)
    with pytest.raises(UsageError, match=reason):
        AnswerTable(table)
    assert table.read_bytes() == content


def test_a_table_cannot_be_a_folder_nor_replace_what_came_between(tmp_path):
    with pytest.raises(UsageError, match="is not a file"):
        AnswerTable(tmp_path)
    with pytest.raises(UsageError, match="its folder does not exist"):
        AnswerTable(tmp_path / "none" / "answers.csv")
    table = AnswerTable(tmp_path / "answers.csv")
    (tmp_path / "answers.csv").write_text("mine")
    with pytest.raises(UsageError, match="is not a file of framesift"):
        table.save([])
    assert (tmp_path / "answers.csv").read_text() == "mine"


def test_ten_answers_by_truth_keep_less_and_lose_nothing(shared):
    """Mean of three cameras, each tuned by its own answers: all right, and with one of the ten the opposite."""
    cameras = ["c101", "c102", "c105"]
    truths = [t for t in read_cameras(shared / "frames", shared / "frames" / "truth") if t.camera in cameras]
    assert [truth.camera for truth in truths] == cameras
    sweeps = [sweep_camera(truth, Method.TOLERANCE) for truth in truths]
    measure = cache(lambda place, setting: measure_setting(truths[place], Method.TOLERANCE, setting))

    def tune(*wrong: int) -> tuple[float, float]:
        sessions = enumerate(zip(truths, sweeps, strict=True))
        summary = summarise(
            [measure(n, answer_session(Session(sweep), truth, 10, wrong)) for n, (truth, sweep) in sessions]
        )
        return summary.coverage, summary.keep_rate

    plain = summarise([measure(n, sweep.grid.settings[sweep.grid.default]) for n, sweep in enumerate(sweeps)])
    coverage, keep_rate = tune()
    assert coverage >= plain.coverage and keep_rate < plain.keep_rate - 0.01
    spoilt = np.mean([tune(wrong) for wrong in range(10)], axis=0)
    assert spoilt[0] >= coverage - 0.02 and spoilt[1] <= plain.keep_rate + 0.02


def test_pixels_are_not_needed_to_count():
    """Made-up measures: two regions of 40 px, of which one counts up to a minimum area of 10 px only."""
    default = Setting(*choose_thresholds(Method.FRAMEDIFF))
    grid = Grid(default, setting_of("20", "40"))
    measures = np.array([[40.0, 10.0], [40.0, 40.0]])
    scores = dict(zip(grid.settings, grid.score(measures, 10_000), strict=True))
    assert scores[setting_of("0.1%", "1%")] == 80 and scores[setting_of("0.2%", "1%")] == 40
    assert scores[setting_of("20", "40")] == 40 and scores[setting_of("0.5%", "1%")] == 0
    assert grid.score(np.empty((0, 2)), 10_000).sum() == 0 and grid.least_area == Threshold.parse(0)
