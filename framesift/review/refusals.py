"""What the review refuses, told apart so that a client can tell what to do about it."""

from framesift.errors import UsageError


class Unknown(UsageError):
    """There is nothing of this id."""


class Conflict(UsageError):
    """Something that is under way, or has been done meanwhile, stands against it."""
