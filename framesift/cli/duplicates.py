"""`framesift duplicates`: near-duplicates below a folder, and which one of each group to keep."""

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from framesift.cli.backups import (
    add_removal_arguments,
    check_plan_file,
    describe_removal,
    name_apply,
    name_undo,
    remove,
)
from framesift.cli.cautions import describe_inside, is_inside, tell
from framesift.cli.findings import as_json, full_path, lines_of, tell_links, tell_unheard, total_of
from framesift.cli.options import (
    DONE,
    EXIT_CODES,
    SKIPPED,
    add_cluster_argument,
    add_settings,
    open_workers_of,
    positive,
    read_choice,
    tell_left_out,
    whole_number,
)
from framesift.errors import UsageError, as_command, show
from framesift.filtering.options import PATTERNS

if TYPE_CHECKING:
    from framesift.comparators.embedding import Embedding
    from framesift.duplicates import Findings, Method, Place, Preference

DESCRIPTION = """\
Finds the near-duplicate images and videos below DIR, or below several, and names the one to keep of each group: every
other member is within the threshold of the one that is kept. Nothing is changed unless --remove-to says so."""

EXAMPLE = """\
example:
  %(prog)s crops                             list the groups
  %(prog)s crops --similarity 95%%            only what is more alike
  %(prog)s crops --keep oldest               keep the oldest file of each group
  %(prog)s sorted inbox --protect sorted     what is in sorted stays, and its copies in inbox go
  %(prog)s crops --remove-to backup          move the others; framesift undo gives them back

"""
METHODS = ("combined", "hash", "framediff", "embedding", "pixels", "identical")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.description, parser.epilog = DESCRIPTION, EXAMPLE + EXIT_CODES
    parser.set_defaults(command=duplicates_command)
    add = parser.add_argument
    folders = "folder of the files; folders below it are searched too. Of several, files in the first are preferred"
    add("directories", metavar="DIR", nargs="*", help=folders)
    add("-i", "--input", metavar="DIR", action="append", default=[], help="the same")
    add_settings(parser.add_argument_group("files"), PATTERNS)
    _add_comparing_arguments(parser.add_argument_group("comparing"))
    _add_network_arguments(parser.add_argument_group("--method embedding"))
    add_removal_arguments(parser.add_argument_group("removing"))
    _add_running_arguments(parser.add_argument_group("running"))


def _add_comparing_arguments(group: Any) -> None:
    add = group.add_argument
    method = """how images are compared: combined (default; gradient hash, SSIM and colours), hash (cosine hash,
        confirmed by colours and levels), framediff (changed regions of at least 1000 px at 320x240), embedding (a
        neural network); what they propose is then looked at directly. pixels (the same pixels) and identical (the same
        bytes) guess nothing"""
    add("--method", choices=METHODS, default="combined", help=method)
    similarity = """near-duplicates are at least so similar: combined (default 55%%, as the
        second look decides), embedding (default 95%%)"""
    add("--similarity", metavar="PERCENT", help=similarity)
    add("--distance", metavar="BITS", type=whole_number, help="hash: bits of 64 that may differ (default 8)")
    turned = "find pictures too that were turned by 90, 180 or 270 degrees, or mirrored; not with identical"
    add("--turned", action="store_true", help=turned)
    cropped = "find videos too that were cropped, or framed by black bars: what shows more is kept"
    add("--cropped", action="store_true", help=cropped)
    _add_keeping_arguments(group)


def _add_keeping_arguments(group: Any) -> None:
    add = group.add_argument
    order = """what to keep: largest-resolution, smallest-resolution, colour, sound, longest, exif, largest-file,
        smallest-file, oldest, newest, name, folder:PATH; several with commas"""
    default = "(default largest-resolution,colour,sound,longest,exif,largest-file,oldest,name)"
    add("--keep", metavar="ORDER", help=f"{order} {default}")
    prefer = "keep what lies in FOLDER, whatever --keep says; may be repeated, the first is preferred most"
    add("--prefer", metavar="FOLDER", action="append", default=[], help=prefer)
    protect = "never touch what lies in FOLDER; its copies elsewhere may go. May be repeated"
    add("--protect", metavar="FOLDER", action="append", default=[], help=protect)


def _add_network_arguments(group: Any) -> None:
    add = group.add_argument
    add("--model", metavar="FILE", help="an ONNX network that turns a picture into a vector")
    add("--input-size", metavar="WIDTHxHEIGHT", help="of the network's picture in px (default: as the network says)")
    add("--mean", metavar="R,G,B", help="subtracted from the levels, which are 0 to 255 (default 0,0,0)")
    add("--scale", metavar="R,G,B", help="what they are multiplied by then (default 1/255 each)")


def _add_running_arguments(group: Any) -> None:
    add = group.add_argument
    index = "where descriptors are remembered, so that a second run is fast (default: in the user's cache folder)"
    add("--index", metavar="FILE", help=index)
    export = "write hash, histograms, resolution and size of every image that remains to FILE, as JSON"
    add("--export", metavar="FILE", help=export)
    add("--dry-run", action="store_true", help="with --remove-to: check and report the same, move nothing")
    add("--jobs", metavar="N", type=positive, help="files read at the same time (default: all cores)")
    add_cluster_argument(group)
    add("--quiet", action="store_true", help="no progress bars and no list")
    add("--json", action="store_true", help="the groups as JSON")


def duplicates_command(options: argparse.Namespace) -> int:
    """Find the groups, remove what was asked for, then say what it came to."""
    from contextlib import ExitStack

    from framesift.duplicates import Place, check_export, export_media_data, find_duplicates

    _sort_out_options(options)
    choice, place = read_choice(options), Place.of(options.directories)
    inside = next((d for d in options.directories if options.remove_to and is_inside(options.remove_to, d)), None)
    method, preference = _choose_orientation(options), _choose_preference(options, place)
    if options.export:
        check_export(options.export)
    if options.remove_to:
        from framesift.actions import check_backup

        check_backup(place.root, options.remove_to, options.directories)
    if inside is not None:
        tell(iter([describe_inside(options.remove_to, inside, options)]), options)
    with ExitStack() as stack:
        findings = find_duplicates(
            options.directories, method, preference, jobs=options.jobs, index=options.index, backup=options.remove_to,
            exclude=choice.exclude, include=choice.include, watch=_make_watch(options), protected=options.protect,
            executor=open_workers_of(options, stack), cropped=options.cropped,
        )  # fmt: skip
    tell_left_out(findings.left_out, choice, place.root, quiet=True)
    for skipped in (*findings.skipped, *findings.unlisted):
        print(f"{show(full_path(skipped.path, options, findings))}: {skipped.reason}", file=sys.stderr)
    tell_links(findings, options)
    tell_unheard(findings)
    removed = remove(findings.removal(), options) if options.remove_to or options.plan else {}
    if options.export:
        export_media_data(options.export, method.name, findings.remaining())
    return _conclude(findings, removed, options)


def _sort_out_options(options: argparse.Namespace) -> None:
    if bool(options.directories) == bool(options.input):
        raise UsageError("takes folders: DIR ... or -i DIR")
    options.directories += options.input
    if options.dry_run and not options.remove_to:
        raise UsageError("--dry-run belongs to --remove-to: without it nothing is changed anyway")
    check_plan_file(options)
    belongs = {
        "similarity": ("combined", "embedding"),
        "distance": ("hash",),
        "model": ("embedding",),
        "input_size": ("embedding",),
        "mean": ("embedding",),
        "scale": ("embedding",),
    }
    for name, methods in belongs.items():
        if getattr(options, name) is not None and options.method not in methods:
            raise UsageError(f"--{name.replace('_', '-')} belongs to --method {' or '.join(methods)}")


def _choose_method(options: argparse.Namespace) -> "Method":
    from framesift.duplicates import (
        by_combined,
        by_embedding,
        by_framediff,
        by_hash,
        by_identity,
        by_pixels,
        parse_similarity,
    )

    similarity = {} if options.similarity is None else {"similarity": parse_similarity(options.similarity)}
    if options.method == "hash":
        return by_hash() if options.distance is None else by_hash(options.distance)
    if options.method in (plain := {"framediff": by_framediff, "pixels": by_pixels, "identical": by_identity}):
        return plain[options.method]()
    if options.method == "embedding":
        return by_embedding(_choose_network(options), **similarity)
    return by_combined(**similarity)


def _choose_orientation(options: argparse.Namespace) -> "Method":
    from framesift.duplicates import allow_turns

    return allow_turns(_choose_method(options)) if options.turned else _choose_method(options)


def _choose_preference(options: argparse.Namespace, place: "Place") -> "Preference":
    """Return the order of `--prefer` and `--keep`, with folders as paths below the root."""
    from framesift.duplicates import FOLDER, Preference

    preferred = tuple(f"{FOLDER}{place.locate(folder, '--prefer') or '.'}" for folder in options.prefer)
    given = Preference.parse(options.keep).names if options.keep is not None else ()
    return Preference((*preferred, *(_locate(name, place, FOLDER) for name in given)))


def _locate(name: str, place: "Place", mark: str) -> str:
    folder = name.removeprefix(mark)
    return name if folder == name else mark + (place.locate(folder, "--keep") or ".")


def _choose_network(options: argparse.Namespace) -> "Embedding":
    from framesift.comparators.embedding import Embedding
    from framesift.filtering.option_values import parse_size

    if options.model is None:
        raise UsageError("--method embedding takes --model FILE, an ONNX network")
    size = parse_size(options.input_size, "--input-size") if options.input_size else None
    return Embedding(
        os.path.abspath(options.model),
        size,
        _parse_colours(options.mean, "--mean") if options.mean else (0.0, 0.0, 0.0),
        _parse_colours(options.scale, "--scale") if options.scale else (1 / 255, 1 / 255, 1 / 255),
    )


def _parse_colours(text: str, option: str) -> tuple[float, float, float]:
    try:
        red, green, blue = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"{option} takes three numbers: red,green,blue, not {text!r}") from None
    return red, green, blue


def _make_watch(options: argparse.Namespace) -> Any:
    """Return a `Watch` that draws a progress bar for each stage on stderr."""
    from framesift.cli.progress import open_bar
    from framesift.duplicates import Watch

    class Bars(Watch):
        def follow(self, items: Any, stage: str, total: int | None = None) -> Any:
            return open_bar(items, stage, total, "image", options.quiet)

    return Bars()


def _conclude(findings: "Findings", removed: dict[str, Any], options: argparse.Namespace) -> int:
    """Print the groups and what they come to; return the exit code."""
    if options.json:
        print(json.dumps({**as_json(findings), **({"removed": removed} if removed else {})}))
    elif not options.quiet:
        for group in findings.groups:
            print("\n".join(lines_of(group, findings)))
        print("\n".join(filter(None, [findings.left_out.describe(), total_of(findings)])))
        if options.remove_to:
            print(describe_removal(removed, options))
        if sys.stdout.isatty() and (line := _describe_next(findings, removed, options)):
            print(line)
    skipped = findings.skipped or findings.unlisted or removed.get("left")
    return SKIPPED if skipped else DONE


def _describe_next(findings: "Findings", removed: dict[str, Any], options: argparse.Namespace) -> str:
    """Return what can be done next; empty where nothing can."""
    if options.dry_run or not findings.surplus:
        return ""
    if options.remove_to:
        return f"Give them back: {name_undo(options.remove_to)}" if removed.get("done") else ""
    if options.plan:
        return f"Move them away: {name_apply(options.plan, os.path.realpath(findings.directory))}"
    return f"Move them away: {as_command(['framesift', 'duplicates', *options.words, '--remove-to', 'backup'])}"
