"""A run that goes on: which frames have arrived, and deciding them as they do."""

from framesift.filtering.watching.watch import watch_frames

__all__ = ["watch_frames"]
