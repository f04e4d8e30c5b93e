"""How much was lost: a person looks at frames drawn at random among the dropped ones, and the rest is arithmetic."""

from framesift.looking.audit.answers import ANSWERS, Answers, count_answers, read_answers, write_answers
from framesift.looking.audit.bound import bound_lost
from framesift.looking.audit.draw import Sample, draw_sample
from framesift.looking.audit.page import write_audit

__all__ = [
    "ANSWERS",
    "Answers",
    "Sample",
    "bound_lost",
    "count_answers",
    "draw_sample",
    "read_answers",
    "write_answers",
    "write_audit",
]
