"""Thresholds from the user's own frames: what each would keep, and which of them a person's answers speak for."""

from framesift.tuning.answers import AnswerTable
from framesift.tuning.grid import Grid, Setting
from framesift.tuning.pairs import Answer, Pair, Question
from framesift.tuning.pictures import draw_frame, write_pairs
from framesift.tuning.session import Advice, Session
from framesift.tuning.sweep import Sweep

__all__ = [
    "Advice",
    "Answer",
    "AnswerTable",
    "Grid",
    "Pair",
    "Question",
    "Session",
    "Setting",
    "Sweep",
    "draw_frame",
    "summary",
    "write_pairs",
]
