"""Thresholds from the user's own frames: what each would keep, and which of them a person's answers speak for."""

from framesift.tuning.grid import Grid, Setting
from framesift.tuning.pairs import Pair
from framesift.tuning.session import Advice, Answer, Question, Session
from framesift.tuning.sweep import Sweep

__all__ = ["Advice", "Answer", "Grid", "Pair", "Question", "Session", "Setting", "Sweep"]
