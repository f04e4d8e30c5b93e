"""`framesift events`: what happened when."""

import argparse
import json
import sys

from framesift.cli.options import DONE, EXIT_CODES, SKIPPED, add_jobs_argument, add_source_argument
from framesift.errors import counted, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from framesift.frames.naming import Naming
    from framesift.looking.events import Event

DESCRIPTION = """\
Lists what happened: stretches in which something came, went or moved, between two calms. Kept frames are compared
again, and what the light alone has changed is no event. A car that parks is one, that it leaves another."""

EXAMPLE = """\
example:
  %(prog)s results
  %(prog)s results --gap 10min               what happens within ten minutes is one event
  %(prog)s results --format csv --output events.csv

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=events_command, takes_urls=True)
    add = parser.add_argument
    add("results", metavar="RESULTS", help="folder that framesift filter has filled")
    gap = "an event is over after so long a calm, such as 90s or 10min (default: three times the usual interval)"
    add("--gap", metavar="TIME", help=gap)
    add("--format", choices=("table", "json", "csv"), default="table", help="table, json or csv (default table)")
    add("--output", metavar="FILE", help="a new file (default: standard output)")
    add_source_argument(parser)
    add_jobs_argument(parser)


def events_command(options: argparse.Namespace) -> int:
    """Find the events and list them."""
    from framesift.cli.listing import write_listing
    from framesift.cli.progress import follow_steps, open_bar
    from framesift.filtering.places import borrow_record
    from framesift.looking.events import find_events_in, parse_duration

    gap = None if options.gap is None else parse_duration(options.gap)
    with borrow_record(options.results, options.source) as record, open_bar(stage="events") as bar:
        naming = record.settings.naming
        events = find_events_in(record, gap, jobs=options.jobs, follow=follow_steps(bar))
    write_listing(_encode(options.format, events, naming), options.output)
    if unread := sum(event.unread for event in events):
        gone = "cannot be read any more: what changed there, and whether it was light, cannot be said"
        print(f"{show(options.results)}: {counted(unread, 'kept frame')} {gone}", file=sys.stderr)
        return SKIPPED
    return DONE


def _encode(form: str, events: "list[Event]", naming: "Naming") -> bytes:
    from framesift.actions.files.tables import encode_table
    from framesift.looking.events import COLUMNS, as_json, as_row

    if form == "json":
        return (json.dumps([as_json(event) for event in events], indent=1) + "\n").encode()
    if form == "csv":
        return encode_table([COLUMNS, *map(as_row, events)])
    return _lay_out(events, naming).encode()


def _lay_out(events: "list[Event]", naming: "Naming") -> str:
    """Return a line for each event, below the name of its camera."""
    if not events:
        return "no event: nothing came, went or moved\n"
    lines = []
    for number, event in enumerate(events):
        if number == 0 or event.camera != events[number - 1].camera:
            own = [each for each in events if each.camera == event.camera]
            lines.append(f"{show(event.camera)}: {counted(len(own), 'event')}{naming.zone_name}")
        lines.append(f"  {_describe_times(event, naming)}  {_describe_size(event)}  {show(event.best)}")
    return "\n".join(lines) + "\n"


def _describe_times(event: "Event", naming: "Naming") -> str:
    if event.start is None or event.end is None:
        return f"{show(event.first)} to {show(event.last)}"
    start, end = (naming.show(time, "%Y-%m-%d %H:%M:%S") for time in (event.start, event.end))
    return f"{start} to {end.removeprefix(start[:11]):<19}"


def _describe_size(event: "Event") -> str:
    frames = f"{event.frames:>4} {'frame ' if event.frames == 1 else 'frames'}"
    if event.share is None or event.box is None:
        return f"{frames}  {'not to be read':<32}"
    x, y, width, height = event.box
    return f"{frames}  {100 * event.share:>5.1f} % at {f'{x},{y},{width},{height}':<19}"
