"""Removal to a backup, and back: carried out, undone, emptied, brought to an end after a crash."""
