"""What is measured, and how anyone measures it again."""

import sys
from collections.abc import Callable


def exit_code_of(work: Callable[[], None], *problems: type[Exception]) -> int:
    """Do what a command is for; 0, or 3 where one of these problems ended it, which is said on stderr."""
    try:
        work()
    except problems as error:
        print(error, file=sys.stderr)
        return 3
    return 0
