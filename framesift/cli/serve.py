"""`framesift serve`: a page on which people look at near-duplicates, remove them and bring them back."""

import argparse
import os
import sys
from contextlib import contextmanager

from framesift.cli.browser import open_secret
from framesift.cli.options import DONE, EXIT_CODES, add_settings, read_choice, whole_number
from framesift.cli.terminal import clear_line
from framesift.errors import ResultsInUse, show
from framesift.filtering.options import PATTERNS

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Iterator

    from framesift.errors import PathLike
    from framesift.web.security import Access

DESCRIPTION = """\
Serves a page for the folders with images below ROOT: look at the near-duplicates in them, remove them to a backup, and
bring them back. Only you can reach it, by the address that is printed. Ctrl-C stops it; the next start goes on with
what was not finished. Needs the extra `web`: pip install '.[web]' in the clone of framesift."""

EXAMPLE = """\
example:
  %(prog)s people                            opens the page in the browser
  %(prog)s people --no-browser --port 8000   only prints the address
  %(prog)s people --token-file token         for scripts: curl -H "Authorization: Bearer $(cat token)" ...

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=serve_command)
    add = parser.add_argument
    add("root", metavar="ROOT", help="folder whose folders with images are served")
    add("--port", metavar="N", type=whole_number, help="port to listen at (default: 8765, or the next free one)")
    host = "address to listen at (default 127.0.0.1: this machine only)"
    add("--host", metavar="ADDR", default="127.0.0.1", help=host)
    names = "a name that the server is called by, beside its address; may be given more than once"
    add("--allow-host", metavar="NAME", action="append", default=[], help=names)
    add("--token-file", metavar="FILE", help="write the token that programs need to FILE, which only you can read")
    add("--no-browser", action="store_true", help="do not open the page")
    output = "folder of backups and state (default: ROOT-output, beside ROOT)"
    add("--output", metavar="FOLDER", help=output)
    index = "where descriptors are remembered (default: in the user's cache folder)"
    add("--index", metavar="FILE", help=index)
    add_settings(parser, PATTERNS)


def serve_command(options: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    from framesift.review import Review
    from framesift.web.security import Access
    from framesift.web.serving import listen, serve

    access = Access.make(options.host, options.allow_host)
    with (
        _private_files(),
        _naming_the_page(),
        Review(options.root, options.output, options.index, read_choice(options)) as review,
        listen(options.host, options.port) as listening,
    ):
        if options.token_file:
            _write_token(options.token_file, access.token)
        address = _address(options.host, listening.getsockname()[1])
        serve(review, access, listening, lambda: _announce(options, access, address, review.output))
    if sys.stderr.isatty():
        clear_line(sys.stderr)
        print("framesift: stopped; the same command goes on with what was not finished", file=sys.stderr)
    return DONE


@contextmanager
def _private_files() -> "Iterator[None]":
    """Make files for this user alone: they are copies, or pictures, of what perhaps nobody else may see."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _naming_the_page() -> "Iterator[None]":
    """Say where the page of the other is, where the folder is served already."""
    try:
        yield
    except ResultsInUse as error:
        page = os.path.join(os.fsdecode(error.path or ""), "open.html")
        if not os.path.isfile(page):
            raise
        raise ResultsInUse(f"{error.reason}: its page is {show(page)}", error.path) from None


def _announce(options: argparse.Namespace, access: "Access", address: str, folder: str) -> None:
    page = f"{address}?token={access.token}"
    print(f"serving {show(options.root)} at {page}")
    print(f"token for programs: {access.token}", flush=True)
    if sys.stderr.isatty():
        print("looking through the folders: the page fills meanwhile; Ctrl-C stops", file=sys.stderr)
    if options.host not in ("127.0.0.1", "localhost", "::1"):
        told = "other machines can reach this address: whoever has the token can look and remove"
        print(f"{told}; nothing is encrypted", file=sys.stderr)
    if not options.no_browser:
        open_secret(page, folder)


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"


def _write_token(path: str, token: str) -> None:
    """Write the token to a file that only its owner can read, in place of an earlier one and of nothing else."""
    from framesift.actions.files.outputs import replace_output

    with replace_output(path, _is_token) as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(f"{token}\n".encode())


def _is_token(path: "PathLike") -> bool:
    """Tell whether a file holds a token and nothing else."""
    import re

    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return re.fullmatch(rb"[A-Za-z0-9_-]{32}\n", file.read(64)) is not None
