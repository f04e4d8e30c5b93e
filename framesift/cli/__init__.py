"""The command line: the only place that prints and exits. Nothing heavy is imported before it is needed."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module

from framesift import __version__
from framesift.cli.options import EXIT_CODES, IN_USE, STORAGE, USAGE
from framesift.errors import FramesiftError, ResultsInUse, UsageError, show

COMMANDS = {
    "filter": ("copy the frames that show something new", "filter", "add_arguments"),
    "report": ("show every decision of a run on one page", "report", "add_arguments"),
    "explain": ("draw why one frame was kept, dropped or skipped", "explain", "add_arguments"),
    "audit": ("bound what was lost, by looking at some dropped frames", "audit", "add_arguments"),
    "export": ("hand the result over to a labelling tool", "export", "add_arguments"),
    "tune": ("find thresholds from a few answers about your own frames", "tune", "add_arguments"),
    "mask": ("begin a mask file and show what is masked", "mask", "add_arguments"),
    "overview": ("say what is in a folder of frames", "overview", "add_arguments"),
    "duplicates": ("find near-duplicate images and films and say which to keep", "duplicates", "add_arguments"),
    "serve": ("a page to look at near-duplicates and remove them", "serve", "add_arguments"),
    "apply": ("carry out a plan of removal", "backups", "add_apply_arguments"),
    "undo": ("give back what was removed", "backups", "add_undo_arguments"),
    "empty-backup": ("delete for good what was removed", "backups", "add_empty_arguments"),
    "verify": ("read a backup or results folder again and compare", "backups", "add_verify_arguments"),
}
"""Summary, module of `framesift.cli`, and the function there that describes the command to a parser. A module is
imported when it is needed, and imports little at its top, not even typing: `--help` answers at once."""


class Interrupted(KeyboardInterrupt):
    """A signal asked the program to stop."""

    def __init__(self, number: int) -> None:
        self.number = number


def run() -> None:
    """The program `framesift`."""
    _exit_with(_parse(sys.argv[1:], None))


def run_filter() -> None:
    """The program `main.py`: `framesift filter` without the word."""
    _exit_with(_parse(sys.argv[1:], "main.py"))


def main(arguments: Sequence[str], program: str | None = None) -> int:
    """Run one command and return its exit code. With `program`, that is the name of the command `filter` alone."""
    return _execute(_parse(arguments, program))


def _execute(options: argparse.Namespace) -> int:
    try:
        _refuse_urls(options)
        return int(options.command(options))
    except FramesiftError as error:
        _tell(options, str(error))
        return USAGE if isinstance(error, UsageError) else IN_USE if isinstance(error, ResultsInUse) else STORAGE
    except ImportError as error:
        _tell(options, _what_to_install(error))
        return STORAGE
    except KeyboardInterrupt as interrupt:
        number = interrupt.number if isinstance(interrupt, Interrupted) else signal.SIGINT
        _tell(options, "interrupted; the same command goes on where it stopped")
        return 128 + number


def _refuse_urls(options: argparse.Namespace) -> None:
    """Raise UsageError where a command that works with folders of this machine only is given a URL."""
    if getattr(options, "takes_urls", False):
        return
    from framesift.stores import is_url

    given = [each for value in vars(options).values() for each in (value if isinstance(value, list) else [value])]
    for value in [value for value in given if is_url(value)]:
        raise UsageError("this command works with folders of this machine: fetch this one first", value)


def _line_width() -> int:
    """Return the columns for help texts. (argparse would import shutil, and with it three compressors, to find out.)"""
    try:
        return min(os.get_terminal_size().columns, 110)
    except OSError:
        return 110


def _tell(options: argparse.Namespace, reason: str) -> None:
    try:
        print(f"{options.program}: {show(reason)}", file=sys.stderr)
    except OSError:  # nobody listens: the exit code still says it
        return


def _parse(arguments: Sequence[str], program: str | None) -> argparse.Namespace:
    layout = partial(argparse.RawDescriptionHelpFormatter, max_help_position=28, width=_line_width())
    parser = argparse.ArgumentParser(program or "framesift", formatter_class=layout)
    if program is not None:
        _add_command(parser, "filter")
    else:
        parser.description = "Keeps, out of the frames of fixed cameras, those that show something new."
        parser.epilog = EXIT_CODES
        commands = parser.add_subparsers(metavar="COMMAND", required=True)
        for name, (summary, _, _) in COMMANDS.items():
            _add_command(commands.add_parser(name, help=summary, formatter_class=layout), name)
    parser.add_argument("--version", action="version", version=f"framesift {__version__}")
    parser.set_defaults(program=program or "framesift")
    return parser.parse_args(arguments)


def _add_command(parser: argparse.ArgumentParser, name: str) -> None:
    _, module, function = COMMANDS[name]
    getattr(import_module(f"framesift.cli.{module}"), function)(parser)


def _what_to_install(error: ImportError) -> str:
    """Say in one line what is missing: a package of Python, or a library of the system that OpenCV needs."""
    if error.name in ("fastapi", "starlette", "pydantic", "uvicorn", "jinja2"):
        return "framesift serve needs its extra: pip install 'framesift[web]'"
    packages = {"libGL.so.1": "libgl1", "libgthread-2.0.so.0": "libglib2.0-0", "libglib-2.0.so.0": "libglib2.0-0"}
    library = str(error).split(":")[0]
    if ".so" in library:
        package = packages.get(library, f"the package that has {library}")
        return f"OpenCV cannot load without {library}: install it, on Debian or Ubuntu with: apt-get install {package}"
    return f"{error}: install what framesift needs with: pip install -r requirements.txt"


def _exit_with(options: argparse.Namespace) -> None:
    """Run a command as a process: signals stop it cleanly, and native libraries do not write to the terminal."""
    from framesift.cli.memory import reuse_memory

    reuse_memory()
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, _interrupt)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace")
    # libpng and others report damaged files on descriptor 2 themselves, in the middle of the progress bar.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    os.close(silence)
    try:
        code = _execute(options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output, such as head, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = STORAGE
    sys.exit(code)


def _interrupt(number: int, frame: object) -> None:
    raise Interrupted(number)
