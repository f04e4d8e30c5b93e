"""The commands, in groups of what one wants to do, and the help that names them all."""

COMMANDS = {
    "filter": ("copy the frames that show something new", "filter", "add_arguments"),
    "demo": ("see all of it on sample frames that come with framesift", "demo", "add_arguments"),
    "overview": ("say what is in a folder of frames", "overview", "add_arguments"),
    "report": ("show every decision of a run on one page", "report", "add_arguments"),
    "explain": ("draw why one frame was kept, dropped or skipped", "explain", "add_arguments"),
    "events": ("list what happened when", "events", "add_arguments"),
    "when": ("list when a part of the picture changed", "when", "add_arguments"),
    "audit": ("bound what was lost, by looking at some dropped frames", "audit", "add_arguments"),
    "advise": ("measure what would keep fewer frames, and why so many are kept", "advise", "add_arguments"),
    "tune": ("find thresholds from a few answers about your own frames", "tune", "add_arguments"),
    "mask": ("draw regions to leave out, and show what is masked", "mask", "add_arguments"),
    "duplicates": ("find near-duplicate images and films and say which to keep", "duplicates", "add_arguments"),
    "leaks": (
        "find what is in two folders, such as train and test, that should share nothing",
        "leaks",
        "add_arguments",
    ),
    "serve": ("pages in the browser: near-duplicates, removals and runs", "serve", "add_arguments"),
    "apply": ("carry out a plan of removal", "backups", "add_apply_arguments"),
    "undo": ("give back what was removed", "backups", "add_undo_arguments"),
    "verify": ("read a backup or results folder again and compare", "backups", "add_verify_arguments"),
    "prune": ("move kept frames of long ago away from a results folder", "prune", "add_arguments"),
    "empty-backup": ("delete for good what was removed", "backups", "add_empty_arguments"),
    "export": ("hand the result over to a labelling tool", "export", "add_arguments"),
    "label": ("carry labels over to the frames that show the same", "label", "add_arguments"),
}
"""Summary, module of `framesift.cli`, and the function there that describes the command to a parser. A module is
imported when it is needed, and imports little at its top, not even typing: `--help` answers at once."""
GROUPS = {
    "keep what is new": ("filter", "demo"),
    "look": ("overview", "report", "explain", "events", "when", "audit"),
    "choose what counts as new": ("advise", "tune", "mask"),
    "near-duplicates": ("duplicates", "leaks", "serve"),
    "files that were moved away": ("prune", "apply", "undo", "verify", "empty-backup"),
    "hand over": ("export", "label"),
}
_LOOKS = {"report", "explain", "events", "when", "audit", "overview", "mask", "verify", "advise"}
WITHOUT_TRACE = _LOOKS | {"export", "leaks"}
"""What was stopped of these has written nothing, and begins anew. The others go on where they were."""
_HELP = """\
usage: framesift COMMAND ...

Keeps, out of the frames of fixed cameras, those that show something new.

start here:
  framesift demo                             see all of it on sample frames
  framesift overview frames                  what is in a folder of yours, and how its names are read
  framesift filter frames results            copy what shows something new to results
  framesift report results                   see every decision on one page
"""
_REST = """
  framesift COMMAND --help                   options and examples of a command
  framesift --version                        the version
"""


def write_help() -> str:
    """Return the help that stands before all commands, without exit codes."""
    groups = []
    for title, names in GROUPS.items():
        groups += [f"\n{title}:", *(f"  {name:<13}{COMMANDS[name][0]}" for name in names)]
    return _HELP + "\n".join(groups) + "\n" + _REST
