"""The browser of the user."""

import os
import sys


def open_browser(address: str) -> None:
    """Open a page where there is a screen: a browser of the terminal would take the terminal away."""
    import webbrowser

    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(address)


def open_secret(address: str, folder: str) -> str:
    """Open a page whose address nobody else may know, and return the file in `folder` that leads to it.

    Everybody on a machine sees its command lines, so the browser is given the name of a file that only its owner reads.
    Raises UsageError for a file of that name that is not ours, and StorageError.
    """
    import html
    import pathlib

    from framesift.actions.files.outputs import HTML_MARK, replace_output

    path = os.path.join(folder, "open.html")
    link = f'<meta charset="utf-8"><meta http-equiv="refresh" content="0; url={html.escape(address)}">'
    with replace_output(path) as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(HTML_MARK + f"{link}<title>framesift</title>\n".encode())
    open_browser(pathlib.Path(path).as_uri())
    return path
