"""The shell of every page: one file that opens without a network, in which no name of a file can become markup.

A page carries a content security policy that lists the digests of its own scripts and styles: nothing else runs,
nothing is fetched but, by a page that says so, pictures that lie near it. uPlot (MIT, 50 KB) draws the charts; its
licence lies beside it.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from framesift import __version__
from framesift.actions.files.outputs import HTML_MARK, replace_output
from framesift.errors import PathLike, show

__all__ = [
    "CHARTS",
    "embed_json",
    "encode_json",
    "escape",
    "outlines",
    "read_asset",
    "thumbnails",
    "write_page",
]

CHARTS = "uPlot.iife.min.js"
"""The plotting library, for the pages that draw with it."""

_BESIDE = " file: 'self'"
"""Where pictures may come from besides: of this machine, or from where the page itself was read."""
_STYLES = ("uPlot.min.css", "page.css")


def escape(text: PathLike) -> str:
    """Return `text` as one line of text for HTML, in attributes too."""
    return html.escape(show(text))


def embed_json(identity: str, value: Any) -> str:
    """Return a block of data for scripts; they read it with `JSON.parse(document.getElementById(identity).text)`."""
    return f'<script type="application/json" id="{escape(identity)}">{encode_json(value)}</script>\n'


def encode_json(value: Any) -> str:
    """Return JSON, in ASCII, that cannot end the script element it stands in."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def write_page(
    path: PathLike,
    title: str,
    body: Iterable[str],
    scripts: Sequence[str] = (),
    beside: bool = False,
    styles: Sequence[str] = (),
) -> None:
    """Write a page to `path`, piece by piece as `body` yields them: markup of the main part, names already escaped.

    `scripts` are names of files in `assets`; they run after the body, in that order. An element with the id `content`
    must be in the body: the skip link leads there. `beside` lets it show pictures that lie near it. `styles` are names
    of files in `assets` too, besides those that every page has.

    Raises UsageError for a file that is not ours, StorageError.
    """
    with replace_output(path) as file:
        file.write(HTML_MARK)
        file.write(_head(title, scripts, beside, styles).encode())
        for piece in body:
            file.write(piece.encode())
        if CHARTS in scripts:
            file.write(f"<!-- uPlot:\n{read_asset('uPlot.LICENSE')}-->\n".encode())
        for name in scripts:
            file.write(f"<script>{read_asset(name)}</script>\n".encode())
        file.write(b"</body>\n</html>\n")


def _head(title: str, scripts: Sequence[str], beside: bool, more: Sequence[str]) -> str:
    styles = [read_asset(name) for name in (*_STYLES, *more)]
    policy = (
        f"default-src 'none'; img-src data:{_BESIDE if beside else ''}; base-uri 'none'; form-action 'none'; "
        f"script-src {_digests(map(read_asset, scripts))}; style-src {_digests(styles)}"
    )
    return (
        read_asset("head.html") + f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="generator" content="framesift {__version__}">\n<title>{escape(title)}</title>\n'
        + "".join(f"<style>{style}</style>\n" for style in styles)
        + '</head>\n<body>\n<a class="skip" href="#content">Skip to the content</a>\n'
        "<noscript><p>This page draws its charts and pictures with JavaScript, which is off.</p></noscript>\n"
    )


def _digests(texts: Iterable[str]) -> str:
    digests = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts]
    return " ".join(digests) or "'none'"


def read_asset(name: str) -> str:
    """Return a script or style of ours."""
    return files("framesift.looking.page").joinpath("assets", name).read_text(encoding="utf-8")
