"""Streams in place of a folder: what was typed is read, and then stands nowhere but in what is asked."""

import argparse
import os

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Callable

    from framesift.filtering.settings import Settings
    from framesift.filtering.streams import Streams

EVERY = 1.0
"""Seconds from one look to the next, where nothing else is asked for."""


def join_addresses(words: "list[str]") -> "list[str]":
    """Return the words of a command line in which addresses of streams that follow each other are one word: DIR."""
    if sum("://" in word for word in words) < 2:
        return words
    from framesift.frames.streams import is_stream

    joined: list[str] = []
    for word in words:
        is_value = len(joined) > 1 and joined[-2].startswith("--n")  # of --notify
        if joined and is_stream(word) and is_stream(joined[-1]) and not is_value:
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined


def read_streams(options: argparse.Namespace) -> None:
    """Set `streams` to the addresses that DIR gives, none for a folder, and DIR to what may be shown of it.

    Raises UsageError.
    """
    from framesift.filtering.option_values import parse_duration

    given = options.directory
    options.streams, options.is_exposed = [], False
    if "://" in given or os.path.isfile(given):  # else a folder, of which nothing of streams need be known
        from framesift.frames.streams import is_list, is_stream, read_addresses

        options.streams = read_addresses(given) if is_stream(given) or is_list(given) else []
        options.is_exposed = is_stream(given) and any(each.holds_secret for each in options.streams)
        if is_stream(given):
            options.directory = " ".join(address.shown for address in options.streams)
            options.words = [options.directory if word == given else word for word in options.words]
    options.seconds = None if options.duration is None else parse_duration(options.duration)


def complete(settings: "Settings", options: argparse.Namespace) -> "Settings":
    """Return settings with how often streams are looked at, where they do not say it."""
    from dataclasses import replace

    return replace(settings, every=EVERY) if options.streams and settings.every is None else settings


def show_all(options: argparse.Namespace) -> dict[str, str]:
    """Return what may be shown of the stream of each camera."""
    return {address.camera: address.shown for address in options.streams}


def open_streams(options: argparse.Namespace, settings: "Settings", tell: "Callable[[str, str], None]") -> "Streams":
    """Return the source that was asked for."""
    import math

    from framesift.filtering.streams import Streams

    seconds = math.inf if options.seconds is None else options.seconds
    return Streams(options.streams, settings, options.results or ".", tell, seconds)
