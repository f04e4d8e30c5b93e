"""The two ends of a run of the command line: where its frames come from, and where its decisions go."""

import argparse
import math
import sys

from framesift.cli import streams
from framesift.errors import show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from framesift.filtering.settings import Settings
    from framesift.filtering.sinks import Sink
    from framesift.filtering.sources import Source


def open_source_of(options: argparse.Namespace, settings: "Settings") -> "Source":
    """Open the source that was asked for: streams, what arrives, or a folder as it is."""

    def tell(path: str, what: str) -> None:
        print(f"{show(path)}: {what}", file=sys.stderr)

    if options.streams:
        return streams.open_streams(options, settings, tell)
    if options.watch:
        from framesift.filtering.film_arrivals import open_arrivals

        return open_arrivals(options.directory, settings, tell)
    from framesift.filtering.opening import open_source

    return open_source(options.directory, settings)


def open_sink_of(options: argparse.Namespace, settings: "Settings") -> "Sink":
    """Open the sink that was asked for: a removal, nothing, or a results folder."""
    if options.remove_to:
        from framesift.filtering.removal import Removal

        return Removal(options.directory, options.remove_to)
    if not options.results:
        from framesift.filtering.sinks import Sink

        return Sink()
    from framesift.filtering.results import Results

    longest = math.inf
    if options.watch:
        from framesift.filtering.arrivals import LONGEST

        longest = LONGEST
    source, shown = (None, streams.show_all(options)) if options.streams else (options.directory, None)
    return Results(options.results, source, settings, options.dry_run, longest, streams=shown)
