"""What was typed: commands and options, and one line for what is none."""

import argparse
import os
import re
import sys
from importlib import import_module

from framesift.cli.commands import COMMANDS, write_help
from framesift.cli.options import EXIT_CODES, USAGE
from framesift.cli.streams import join_addresses
from framesift.errors import as_command, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, NoReturn


_PATHS = {"DIR", "RESULTS", "BACKUP", "FOLDER", "ROOT", "PLAN", "FRAME", "LABELS", "A", "B"}
"""What values that are paths are called, besides FILE and FILE.html."""


class Parser(argparse.ArgumentParser):
    """Of one command. Wrong usage is one line, with what was probably meant."""

    def __init__(self, command: str, program: str) -> None:
        super().__init__(program, formatter_class=_lay_out)
        self._command = command
        summary, module, function = COMMANDS[command]
        getattr(import_module(f"framesift.cli.{module}"), function)(self)
        self.description = self.description or summary
        colour = "colours: auto (on a terminal, unless NO_COLOR is set), always or never"
        self.add_argument("--color", metavar="WHEN", choices=("auto", "always", "never"), default="auto", help=colour)
        self.set_defaults(name=command)

    def parse_args(self, arguments: "Any" = None, namespace: "Any" = None) -> "Any":
        """Read the words behind the command."""
        options, unknown = self.parse_known_args(arguments, namespace)
        if unknown and any(not each.option_strings and each.nargs in ("?", "*") for each in self._actions):
            options, unknown = self._parse_in_any_order(sys.argv[1:] if arguments is None else list(arguments))
        if unknown:
            self.error(self._describe_unknown(unknown))
        self._refuse_empty(options)
        options.words = sys.argv[1:] if arguments is None else list(arguments)
        return options

    def error(self, message: str) -> "NoReturn":
        """Leave with one line on stderr."""
        missing = re.fullmatch("the following arguments are required: (.*)", message)
        text = f"needs {missing[1].replace(', ', ' and ')}" if missing else message.removeprefix("argument ")
        stop(f"{self.prog}: {text}; see {self.prog} --help")

    def _parse_in_any_order(self, words: list[str]) -> tuple[argparse.Namespace, list[str]]:
        """Read words among which values stand behind options: the options first, then all values in a row.

        Values that may be missing count as missing for argparse as soon as an option comes. (Its own
        parse_intermixed_args would take what stands behind `--` for options.)
        """
        end = words.index("--") if "--" in words else len(words)
        options, values = _OptionParser(self._command, self.prog).parse_known_args(words[:end])
        return self.parse_known_args([*values, *words[end:]], options)

    def _refuse_empty(self, options: argparse.Namespace) -> None:
        """Leave where a path is empty, as of an unset variable of a shell: it would be the folder that one is in."""
        for action in self._actions:
            value = getattr(options, action.dest, None)
            is_empty = "" in value if isinstance(value, list) else value == ""
            name = str(action.metavar)
            if is_empty and name.partition(".")[0] in {*_PATHS, "FILE"}:
                stop(f"{self.prog.split()[0]}: {action.option_strings[-1] if action.option_strings else name} is empty")

    def _describe_unknown(self, words: list[str]) -> str:
        from framesift.frames.suffixes import is_picture

        flag = next((word.partition("=")[0] for word in words if re.match("--?[a-zA-Z]", word)), None)
        if flag is None and is_picture(words[-1]):
            return f"takes folders, and not the pictures in them: {show(os.path.dirname(words[-1]) or os.curdir)}"
        if flag is None:
            return f"does not take {' '.join(map(show, words))} besides what stands before"
        return f"has no option {show(flag)}{suggest(flag, self._option_string_actions)}"


class _OptionParser(Parser):
    """Reads the options of a command, and leaves its values."""

    def add_argument(self, *names: "Any", **about: "Any") -> "Any":
        """Add an option; pass over a value, whose name has no dash."""
        return super().add_argument(*names, **about) if names[0].startswith("-") else None


def parse(arguments: "Sequence[str]", program: str | None) -> argparse.Namespace:
    """Read a whole command line; with `program`, that is the name of the command `filter` alone."""
    words = list(arguments)
    if program is not None or words[:1] == ["filter"]:
        words = join_addresses(words)
    if program is not None:
        parser = Parser("filter", program)
        _add_version(parser)
        options: argparse.Namespace = parser.parse_args(words)
    else:
        if not words or words[0] in ("-h", "--help", "help"):
            _help(words)
        if words[0] == "--version":
            _add_version(bare := argparse.ArgumentParser("framesift"))
            bare.parse_args(words)
        if words[0] not in COMMANDS:
            stop(f"framesift: {_describe_no_command(words)}")
        options = Parser(words[0], f"framesift {words[0]}").parse_args(words[1:])
    options.program = program or "framesift"
    return options


def stop(line: str) -> "NoReturn":
    """Leave with a line on stderr and the exit code for wrong usage."""
    print(line, file=sys.stderr)
    sys.exit(USAGE)


def suggest(word: str, known: "Iterable[str]") -> str:
    """Return `: did you mean X?`, or nothing where nothing is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), 1)
    return f": did you mean {near[0]}?" if near else ""


def _help(words: list[str]) -> "NoReturn":
    """Print the help: asked for, or where nothing was."""
    if words[1:2] and words[1] in COMMANDS:
        Parser(words[1], f"framesift {words[1]}").parse_args(["--help"])
    try:
        print(f"{write_help()}\n{EXIT_CODES}", file=sys.stdout if words else sys.stderr, flush=True)
    except OSError:  # head has gone or the disk is full, and leaving would try again
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(0 if words else USAGE)


def _describe_no_command(words: list[str]) -> str:
    from framesift.stores import is_url

    word = words[0]
    if is_url(word) or os.sep in word or os.path.isdir(word):
        rest = words[1:] or ["results"]
        return f"{show(word)} is no command; probably meant: {as_command(['framesift', 'filter', word, *rest])}"
    return f"there is no command {show(word)}{suggest(word, COMMANDS) or ': see framesift --help'}"


def _add_version(parser: argparse.ArgumentParser) -> None:
    from framesift import __version__

    parser.add_argument("--version", action="version", version=f"framesift {__version__}")


def _lay_out(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=28, width=_line_width())


def _line_width() -> int:
    """Return the columns for help texts. (argparse would import shutil, and with it three compressors, to find out.)"""
    try:
        return min(os.get_terminal_size().columns, 110)
    except OSError:
        return 110
