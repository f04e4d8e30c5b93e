"""`framesift leaks`: images that lie in two folders which should have nothing in common."""

import argparse
import sys

from framesift.cli.options import DONE, SKIPPED, add_settings, positive, read_choice
from framesift.errors import counted, show
from framesift.filtering.options import PATTERNS

TYPE_CHECKING = False  # importing typing for it would take a tenth of the time of --help
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from framesift.duplicates import Leaks

DESCRIPTION = """\
Finds the images below B that show what an image below A shows, such as those of testing and of training: copies, also
saved again, resized, cropped by up to a tenth or in other light. Nothing is changed. Films are not looked at."""

EXAMPLE = """\
example:
  %(prog)s dataset/train dataset/test        exit code 1 where there are any: for a check before training
  %(prog)s dataset/train dataset/test --csv > leaks.csv

exit codes:
  0 nothing of B is in A   1 near-copies were found, or images could not be read   2 wrong usage
  3 stopped: disk or memory refused, or a library is missing   130, 143 interrupted"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE
    parser.set_defaults(command=leaks_command)
    add = parser.add_argument
    add("first", metavar="A", help="a folder; those below it are searched too")
    add("second", metavar="B", help="another folder, beside it")
    add_settings(parser, PATTERNS)
    index = "where descriptors are remembered, so that a second run is fast (default: in the user's cache folder)"
    add("--index", metavar="FILE", help=index)
    add("--jobs", metavar="N", type=positive, help="files read at the same time (default: all cores)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the pairs as JSON")
    form.add_argument("--csv", action="store_true", help="the pairs as CSV: path below B, original below A, similarity")
    add("--quiet", action="store_true", help="no progress bars and no list: the exit code alone")


def leaks_command(options: argparse.Namespace) -> int:
    """Find the pairs and print them."""
    from framesift.cli.progress import open_bar
    from framesift.duplicates import Watch, find_leaks

    class Bars(Watch):
        def follow(self, items: "Any", stage: str, total: int | None = None) -> "Any":
            return open_bar(items, stage, total, "image", options.quiet)

    choice = read_choice(options)
    found = find_leaks(
        options.first, options.second, jobs=options.jobs, index=options.index, exclude=choice.exclude,
        include=choice.include, watch=Bars(),
    )  # fmt: skip
    for skipped in found.skipped:
        print(f"{show(skipped.path)}: {skipped.reason}", file=sys.stderr)
    if options.json:
        import json

        print(json.dumps(as_json(found)))
    elif options.csv:
        import csv

        writer = csv.writer(sys.stdout)
        writer.writerow(("path", "original", "similarity"))
        writer.writerows((each.path, each.original, f"{each.similarity:.4f}") for each in found.leaks)
    elif not options.quiet:
        print("\n".join(lines_of(found, options)))
    return SKIPPED if found.leaks or found.skipped else DONE


def as_json(found: "Leaks") -> "dict[str, Any]":
    """Return what was found for programs."""
    from dataclasses import asdict

    return {
        "first": found.first,
        "second": found.second,
        "images": list(found.images),
        "leaks": [asdict(each) for each in found.leaks],
        "skipped": [asdict(each) for each in found.skipped],
    }


def lines_of(found: "Leaks", options: argparse.Namespace) -> "Iterator[str]":
    """Yield a line for each pair, then what it comes to."""
    from framesift.stores import join

    for each in found.leaks:
        here, there = (
            show(join(folder, path)) for folder, path in ((options.second, each.path), (options.first, each.original))
        )
        yield f"{100 * each.similarity:5.1f}%  {here}  is  {there}"
    first, second = found.images
    where = f"{show(options.first)} ({counted(first, 'image')})"
    yield f"{len(found.leaks):,} of {counted(second, 'image')} in {show(options.second)} are in {where} too"
