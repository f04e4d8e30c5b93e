"""The programs: `framesift`, which is `python -m framesift` too, and `main.py`. Ctrl-C ends them from the beginning."""

import signal


def run() -> None:
    """Run the program `framesift`."""
    _be_quiet()
    from framesift import cli

    cli.run()


def run_filter() -> None:
    """Run the program `main.py`."""
    _be_quiet()
    from framesift import cli

    cli.run_filter()


def _be_quiet() -> None:
    """Let Ctrl-C end the program without a word while it imports: there would be a traceback of imports."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    run()
