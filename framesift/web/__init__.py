"""Pages of this machine for its own browser."""

__all__ = [
    "questions",
    "security",
    "serving",
]
