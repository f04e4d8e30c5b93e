"""`framesift report`: one page that shows every decision of a run."""

import argparse

from framesift.cli.options import DONE, EXIT_CODES, add_jobs_argument, add_source_argument
from framesift.errors import show

DESCRIPTION = """\
Writes one page, which opens offline in any browser, from RESULTS/manifest.jsonl: for each camera the scores over time
with the threshold, the most doubtful decisions with what changed drawn into them, and the kept frames."""

EXAMPLE = """\
example:
  %(prog)s results                           writes results/report.html
  %(prog)s results --output look.html
  %(prog)s results --advice                  what would keep fewer stands on top
  %(prog)s results --output send.html --self-contained

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=report_command, takes_urls=True)
    parser.add_argument("results", metavar="RESULTS", help="folder that framesift has filled")
    parser.add_argument("--output", metavar="FILE.html", help="where to write it (default RESULTS/report.html)")
    parser.add_argument(
        "--self-contained",
        action="store_true",
        help="put large pictures into the page, up to 26 MB, so that it can be sent to somebody who does not have the "
        "frames (default: small ones, and the frames are shown from where they lie)",
    )
    parser.add_argument(
        "--advice",
        action="store_true",
        help="measure what would keep fewer frames, as framesift advise does, and say it on top of the page",
    )
    add_source_argument(parser)
    add_jobs_argument(parser)


def report_command(options: argparse.Namespace) -> int:
    """Write the page."""
    import os

    from framesift.actions.files.outputs import check_output
    from framesift.cli.advise import measure_advice
    from framesift.cli.progress import follow_steps, open_bar
    from framesift.errors import UsageError
    from framesift.filtering.places import borrow_record
    from framesift.looking.report import write_report
    from framesift.stores import is_url

    if is_url(options.results) and not options.output:
        raise UsageError("the page is written on this machine: name it with --output FILE.html", options.results)
    output = options.output or os.path.join(options.results, "report.html")
    with borrow_record(options.results, options.source) as record:
        record.require_source()
        check_output(output)  # before minutes of measuring
        advice = measure_advice(options, record)[0] if options.advice else []
        with open_bar(stage="report", unit="picture") as bar:
            write_report(record, output, options.jobs, None, follow_steps(bar), options.self_contained, advice)
    print(show(output))
    return DONE
