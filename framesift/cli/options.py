"""What the commands share: exit codes, and how numbers are read."""

import argparse

DONE, SKIPPED, USAGE, STORAGE, IN_USE = range(5)
EXIT_CODES = """\
exit codes:
  0 done   1 done, some files were skipped   2 wrong usage   3 stopped: the disk refused
  4 the results folder is in use   130, 143 interrupted: the same command goes on where it stopped"""


def whole_number(text: str) -> int:
    """Read a whole number that is not negative."""
    if int(text) < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return int(text)


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return int(text)


whole_number.__name__ = positive.__name__ = "whole number"  # argparse puts the name into its message
