"""Telling somebody of what was decided, as it is decided: a program, or a web address. No decision waits for it."""

from framesift.filtering.telling.delivery import Delivery, Receiver, Undelivered
from framesift.filtering.telling.notice import Notice, notice_of, notice_of_fault
from framesift.filtering.telling.program import Program
from framesift.filtering.telling.webhook import Webhook

__all__ = ["Delivery", "Notice", "Program", "Receiver", "Undelivered", "Webhook", "notice_of", "notice_of_fault"]
