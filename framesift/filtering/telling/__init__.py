"""Telling somebody of what was decided, as it is decided: a program, or a web address. No decision waits for it."""

from framesift.filtering.telling.delivery import Delivery, Undelivered
from framesift.filtering.telling.notice import Notice, notice_of
from framesift.filtering.telling.program import Program
from framesift.filtering.telling.webhook import Webhook

__all__ = ["Delivery", "Notice", "Program", "Undelivered", "Webhook", "notice_of"]
