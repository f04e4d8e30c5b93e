"""The browser of the user."""

import os
import sys


def open_browser(address: str) -> None:
    """Open a page where there is a screen: a browser of the terminal would take the terminal away."""
    import webbrowser

    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(address)
