"""`framesift when`: at which moments one part of the picture changed."""

import argparse
import json
import sys

from framesift.cli.options import DONE, EXIT_CODES, SKIPPED, add_jobs_argument, add_source_argument
from framesift.errors import counted, show

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from framesift.frames.naming import Naming
    from framesift.looking.events import RegionChange

DESCRIPTION = """\
Lists when a part of the picture changed: all frames are compared again, in that part alone and as the run compared
them, each with the frame at which it changed last."""

EXAMPLE = """\
example:
  %(prog)s results --region 100,50,200,120             x, y, width and height in px of the frame
  %(prog)s results --region 10%%,20%%,30%%,40%% --camera gate

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=when_command, takes_urls=True)
    add = parser.add_argument
    add("results", metavar="RESULTS", help="folder that framesift filter has filled")
    add("--region", metavar="X,Y,W,H", required=True, help="the part: px of the frame, or percent of its sides")
    add("--camera", metavar="NAME", help="look at this camera only (default: at all)")
    add("--format", choices=("table", "json", "csv"), default="table", help="table, json or csv (default table)")
    add("--output", metavar="FILE", help="a new file (default: standard output)")
    add_source_argument(parser)
    add_jobs_argument(parser)


def when_command(options: argparse.Namespace) -> int:
    """Compare the frames again and list the moments."""
    from framesift.cli.listing import write_listing
    from framesift.cli.progress import follow_steps, open_bar
    from framesift.filtering.places import borrow_record
    from framesift.looking.events import find_region_changes

    unread: list[str] = []
    with borrow_record(options.results) as record:
        naming = record.settings.naming
    with open_bar(stage="when") as bar:
        changes = list(
            find_region_changes(
                options.results,
                options.region,
                options.camera,
                source=options.source,
                jobs=options.jobs,
                follow=follow_steps(bar),
                tell_unread=unread.append,
            )
        )
    write_listing(_encode(options.format, changes, naming), options.output)
    if unread:
        many = f"{counted(len(unread), 'frame')} could not be read again, the first {show(unread[0])}"
        print(f"{show(options.results)}: {many} (of films only what was kept can)", file=sys.stderr)
        return SKIPPED
    return DONE


def _encode(form: str, changes: "list[RegionChange]", naming: "Naming") -> bytes:
    from framesift.actions.files.tables import encode_table

    columns = ("camera", "time", "share", "frame", "reference")
    rows = [
        (
            show(change.camera),
            change.time.isoformat() if change.time else "",
            change.share,
            change.frame,
            change.reference,
        )
        for change in changes
    ]
    if form == "json":
        return (json.dumps([dict(zip(columns, row, strict=True)) for row in rows], indent=1) + "\n").encode()
    if form == "csv":
        cells = [
            (camera, time, f"{share:.4g}", show(frame), show(before)) for camera, time, share, frame, before in rows
        ]
        return encode_table([columns, *cells])
    return _lay_out(changes, naming).encode()


def _lay_out(changes: "list[RegionChange]", naming: "Naming") -> str:
    """Return a line for each moment, below the name of its camera."""
    if not changes:
        return "this part has not changed\n"
    lines = []
    for camera in dict.fromkeys(change.camera for change in changes):
        own = [change for change in changes if change.camera == camera]
        lines.append(f"{show(camera)}: changed {counted(len(own), 'time')}{naming.zone_name}")
        for change in own:
            time = naming.show(change.time, "%Y-%m-%d %H:%M:%S") if change.time else "-"
            lines.append(
                f"  {time}  {100 * change.share:>5.1f} %  {show(change.frame)}  against {show(change.reference)}"
            )
    return "\n".join(lines) + "\n"
