"""How the program ends when it is told to: the first signal stops it cleanly, the second is one too many to matter."""

import os
import signal
import sys
from collections.abc import Callable

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from sys import UnraisableHookArgs

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN_S = 0.01


class Interrupted(KeyboardInterrupt):
    """A signal asked the program to stop."""

    def __init__(self, number: int) -> None:
        self.number = number


_received: list[int] = []


def find_signal() -> int:
    """Return the number of the signal that came first, 0 where none did: libraries may make another error of it."""
    return _received[0] if _received else 0


def take_signals() -> None:
    """Raise Interrupted at the first signal; the second does nothing while that is dealt with, a third one kills.

    People press Ctrl-C twice, and a terminal that closes sends several: what is begun is brought to its end all the
    same. Signals that whoever started us ignores (nohup) stay ignored.
    """
    _answer(_interrupt)
    sys.unraisablehook = _bring_back


def leave_signals() -> None:
    """Let a signal kill: nothing is left to be brought to an end."""
    _answer(signal.SIG_DFL)


def _answer(handler: Callable[[int, object], None] | signal.Handlers) -> None:
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _interrupt(number: int, frame: object) -> None:
    _answer(_pass_over)
    _received.append(number)
    raise Interrupted(number)


def _pass_over(number: int, frame: object) -> None:
    leave_signals()


def _bring_back(lost: "UnraisableHookArgs") -> None:
    """Send a signal once more that came while Python called what must not raise, as where it collects garbage."""
    if not isinstance(lost.exc_value, Interrupted):
        sys.__unraisablehook__(lost)
        return
    from threading import Timer  # from here it would be lost again

    _answer(_interrupt)
    again = Timer(_AGAIN_S, os.kill, (os.getpid(), lost.exc_value.number))
    again.daemon = True
    again.start()
