"""A session of questions: which pair is asked about next, and what the answers so far advise."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from framesift.errors import UsageError
from framesift.frames.levels import Levels
from framesift.tuning.belief import (
    CAUTION,
    TRUST_ELSEWHERE,
    Stakes,
    Weights,
    believe,
    choose_question,
    expect_costs,
    learn,
    measure_distances,
    weigh_settings,
)
from framesift.tuning.grid import Setting
from framesift.tuning.pairs import Answer, Group, Question
from framesift.tuning.sweep import Sweep


@dataclass(frozen=True, slots=True)
class Advice:
    """A setting, and what it is based on."""

    setting: Setting
    answers: int
    """Yes and no; 0: the setting is the method's default, and nothing speaks for it."""
    kept: int
    """Frames that the setting keeps."""
    frames: int
    """Whole frames."""


class Session:
    """Questions about a finished sweep. Continues one that was answered earlier, perhaps about other frames too."""

    def __init__(self, sweep: Sweep, questions: Iterable[Question] = ()) -> None:
        self.sweep = sweep
        self.questions = list(questions)
        """In the order asked."""
        self._prior = weigh_settings(sweep.grid)
        self._trust = 1 if len(sweep.cameras) < 2 else TRUST_ELSEWHERE
        self._groups = [*sweep.pool]
        self._places = {group.kind: place for place, group in enumerate(self._groups)}
        self._stakes = _count_stakes(sweep)

    @property
    def answered(self) -> int:
        """How many questions have an answer, `unsure` too."""
        return sum(question.answer is not Answer.NONE for question in self.questions)

    def ask(self) -> Question | None:
        """Add the question that is worth most after the answers so far; None where the settings agree on the rest."""
        return self._ask(self.questions)

    def next(self, number: int) -> int | None:
        """Return the place of the first question without an answer, asking up to `number`; None where all have one."""
        for place, question in enumerate(self.questions):
            if question.answer is Answer.NONE:
                return place
        asked = self.ask() if len(self.questions) < number else None
        return None if asked is None else len(self.questions) - 1

    def ask_all(self, number: int) -> None:
        """Add so many questions, or as many as there are, that are answered without seeing each other's answers.

        For each it is supposed that those before it are answered as the settings, by their weights, expect.
        """
        supposed = [*self.questions]
        for _ in range(number):
            question = self._ask(supposed)
            if question is None:
                break
            new = bool(self._weigh(supposed) @ question.chances > 0.5)
            supposed.append(replace(question, answer=Answer.YES if new else Answer.NO))

    def answer(self, number: int, answer: Answer) -> None:
        """Answer the question of this place, from 0 on, or change its answer. Raises UsageError for no such place."""
        if not 0 <= number < len(self.questions):
            raise UsageError(f"there is no question {number + 1}")
        self.questions[number] = replace(self.questions[number], answer=answer)

    def levels(self, path: str) -> Levels | None:
        """Return the range in which a 16-bit frame of a question is read."""
        cameras = (q.pair.camera for q in self.questions if path in (q.pair.reference, q.pair.path))
        return next(map(self.sweep.levels.find, cameras), None)

    def advise(self) -> Advice:
        """Return the setting that is expected to cost least; without answers the default.

        Whatever the default keeps and was called new is kept by it too.
        """
        grid, told = self.sweep.grid, sum(q.answer in (Answer.YES, Answer.NO) for q in self.questions)
        costs = expect_costs(self._weigh(self.questions), self._weigh_stakes(self.questions))
        for question in self.questions:
            if question.answer is Answer.YES and question.verdicts[grid.default]:
                costs = np.where(question.verdicts, costs, np.inf)
        best = int(np.argmin(costs)) if told else grid.default
        return Advice(grid.settings[best], told, self.sweep.count_kept(best), self.sweep.frames)

    def _weigh(self, questions: Iterable[Question]) -> Weights:
        weights = self._prior
        for question in questions:
            if question.answer in (Answer.YES, Answer.NO):
                weights = learn(weights, question.chances, question.answer is Answer.YES, self._trust)
        return weights

    def _weigh_stakes(self, questions: Iterable[Question]) -> Stakes:
        """Return what is at stake after what was answered about each kind."""
        chances = self._stakes.chances.copy()
        for question in questions:
            if question.answer in (Answer.YES, Answer.NO) and question.kind in self._places:
                place = self._places[question.kind]
                chances[place] = believe(chances[place], question.answer is Answer.YES, self._trust)
        return replace(self._stakes, chances=chances)

    def _ask(self, questions: Sequence[Question]) -> Question | None:
        """Add the question that is worth most after `questions`."""
        asked = {question.kind for question in questions}
        places = np.array([place for place, group in enumerate(self._groups) if group.kind not in asked], np.intp)
        if not len(places):
            return None
        place = choose_question(self._weigh(questions), self._weigh_stakes(questions), places, self._trust)
        cameras = Counter(question.pair.camera for question in questions)
        question = _choose_example(self._groups[place], cameras)
        self.questions.append(question)
        return question


def _count_stakes(sweep: Sweep) -> Stakes:
    groups, grid = [*sweep.pool], sweep.grid
    chances = np.array([group.chances for group in groups]).reshape(-1, grid.plausible)
    frames = np.array([group.frames for group in groups], np.int64).reshape(chances.shape)
    return Stakes.count(chances, frames, CAUTION * sweep.frames * measure_distances(grid))


def _choose_example(group: Group, cameras: Counter[str]) -> Question:
    """Return a pair of the camera that has been asked about least: so a person sees more of them."""
    return min(group.examples, key=lambda question: cameras[question.pair.camera])
