"""Folders, the near-duplicates in them, and what is removed."""

__all__ = [
    "collections",
]
