"""The command line: the only place that prints and exits. Nothing heavy is imported before it is needed."""

import argparse
import errno
import os
import signal
import sys
from collections.abc import Iterable, Sequence

from framesift.cli.commands import WITHOUT_TRACE
from framesift.cli.options import IN_USE, STORAGE, USAGE
from framesift.cli.parsing import parse
from framesift.cli.signals import Interrupted, find_signal, leave_signals, take_signals
from framesift.cli.terminal import clear_line
from framesift.errors import FramesiftError, ResultsInUse, UsageError, explain_lack, pip_install, show

__all__ = ["main", "run", "run_filter"]

_WRITTEN = ("output", "report", "plan", "pictures", "page", "answers", "pairs", "crops")
"""Options that name what is written here, also by commands that read from stores."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def run() -> None:
    """The program `framesift`."""
    _exit_with(None)


def run_filter() -> None:
    """The program `main.py`: `framesift filter` without the word."""
    _exit_with("main.py")


def main(arguments: Sequence[str], program: str | None = None) -> int:
    """Run one command and return its exit code. With `program`, that is the name of the command `filter` alone."""
    return _execute(parse(arguments, program))


def _execute(options: argparse.Namespace) -> int:
    try:
        _refuse_urls(options)
        return int(options.command(options))
    except FramesiftError as error:
        _tell(options, str(error))
        return USAGE if isinstance(error, UsageError) else IN_USE if isinstance(error, ResultsInUse) else STORAGE
    except ImportError as error:
        if number := find_signal():  # which numpy takes for a package that is missing
            return _tell_interrupted(options, number)
        _tell(options, explain_lack(error) or _what_to_install(error))
        return STORAGE
    except Exception as error:
        lack = explain_lack(error)
        if not lack:
            raise
        _tell(options, f"{lack}; {_describe_rest(options)}")
        return STORAGE
    except KeyboardInterrupt as interrupt:
        return _tell_interrupted(options, interrupt.number if isinstance(interrupt, Interrupted) else signal.SIGINT)


def _tell_interrupted(options: argparse.Namespace, number: int) -> int:
    _tell(options, f"interrupted; {_describe_rest(options)}")
    return 128 + number


def _describe_rest(options: argparse.Namespace) -> str:
    """Say what an interrupted command leaves."""
    if options.name in WITHOUT_TRACE or getattr(options, "dry_run", False):
        return "nothing was written"
    return "the same command goes on where it stopped"


def _refuse_urls(options: argparse.Namespace) -> None:
    """Raise UsageError where a command that works with folders of this machine only is given a URL, or a page one."""
    from framesift.stores import is_url

    if getattr(options, "takes_urls", False):
        for value in [value for name, value in vars(options).items() if name in _WRITTEN]:
            if is_url(value) or str(value).startswith("file://"):
                raise UsageError("is written on this machine: name a path here", value)
        if options.name != "filter":  # which takes them
            _refuse_streams(vars(options).values())
            _refuse_file_urls([getattr(options, "results", None)])
        return
    given = [each for value in vars(options).values() for each in (value if isinstance(value, list) else [value])]
    _refuse_streams(given)
    for value in [value for value in given if is_url(value)]:
        raise UsageError("this command works with folders of this machine: fetch this one first", value)
    _refuse_file_urls(given)


def _refuse_streams(given: Iterable[object]) -> None:
    for value in [value for value in given if isinstance(value, str) and "://" in value]:
        from framesift.frames.streams import is_stream

        if is_stream(value):
            raise UsageError("is a stream, which framesift filter alone reads: name a folder that it has filled", value)


def _refuse_file_urls(given: Iterable[object]) -> None:
    from framesift.stores import locate

    for value in [str(value) for value in given if str(value).startswith("file://")]:
        raise UsageError(f"name the path itself: {show(locate(value))}", value)


def _tell(options: argparse.Namespace, reason: str) -> None:
    try:
        clear_line(sys.stderr)
        print(f"{options.program}: {show(reason)}", file=sys.stderr)
    except OSError:  # nobody listens: the exit code still says it
        return


def _what_to_install(error: ImportError) -> str:
    """Say in one line what is missing: a package of Python, or a library of the system that OpenCV needs."""
    if error.name in ("fastapi", "starlette", "pydantic", "uvicorn", "jinja2"):
        return f"framesift serve needs its extra: {pip_install('web')}"
    packages = {"libGL.so.1": "libgl1", "libgthread-2.0.so.0": "libglib2.0-0", "libglib-2.0.so.0": "libglib2.0-0"}
    library = str(error).split(":")[0]
    if ".so" in library and str(error).endswith("No such file or directory"):
        package = packages.get(library, f"the package that has {library}")
        return f"OpenCV cannot load without {library}: install it, on Debian or Ubuntu with: apt-get install {package}"
    if ".so" in library:
        return f"a library cannot be loaded: {error}"
    return f"{error}: install what framesift needs with: pip install -r requirements.txt"


def _exit_with(program: str | None) -> None:
    """Run a command as a process: signals stop it cleanly, and native libraries do not write to the terminal."""
    options = parse(sys.argv[1:], program)
    options.is_program = True
    from framesift.cli.memory import keep_garbage, reuse_memory

    reuse_memory()
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:  # closed by who started us: >&-
            os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
            setattr(sys, name, os.fdopen(descriptor, "w", closefd=False))
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace")
    # libpng and others report damaged files on descriptor 2 themselves, in the middle of the progress bar.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    os.close(silence)
    try:
        take_signals()
        code = _execute(options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output, such as head, has gone
        code = _leave_output()
    except OSError as error:
        if error.filename is None and error.errno in _FULL:
            _tell(options, f"standard output: {error.strerror}")
            code = _leave_output()
        else:
            code = _show_fault()
    except Interrupted as interrupt:  # all is done
        code = 128 + interrupt.number
    except Exception:
        code = _show_fault()
    leave_signals()
    keep_garbage()
    sys.exit(code)


def _show_fault() -> int:
    """Show what nobody has foreseen; return an exit code that does not say that all was done, as Python's own would."""
    from traceback import print_exc

    print_exc()
    return STORAGE


def _leave_output() -> int:
    """Let what is still to be printed go nowhere, so that leaving does not try again; return the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return STORAGE
