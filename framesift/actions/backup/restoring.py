"""Gives back what was moved to a backup folder. Nothing that has come in the meantime is overwritten."""

import os
from collections.abc import Callable, Generator, Iterator

from framesift.actions.backup.batches import GROUP, carry_out, give_attributes, goes_only_with, return_of
from framesift.actions.backup.crossing import describe_return
from framesift.actions.backup.outcome import Outcome
from framesift.actions.backup.recovery import recover_run
from framesift.actions.backup.tidying import remove_empty_folders
from framesift.actions.files.access import make_all_folders
from framesift.actions.files.placing import is_there, make_folders, storage_errors, sync_folder
from framesift.actions.journal import Entry, Journal, file_details
from framesift.actions.journal_lines import decode_line, is_header, read_lines
from framesift.actions.locks import locked_folder
from framesift.actions.marks import is_mark
from framesift.actions.metadata.files import give_back
from framesift.actions.moving import LeftOut
from framesift.actions.paths import lies_behind_link
from framesift.actions.plan import FileStat
from framesift.errors import PathLike, UsageError, as_command, show
from framesift.frames.finding import JOURNAL


def undo(
    backup: PathLike,
    to: PathLike | None = None,
    *,
    begin: Callable[[str], None] = lambda place: None,
    warn: Callable[[str], None] = lambda line: None,
) -> Generator[Outcome, None, None]:
    """Move every file of a backup folder back to where it was, metadata files last, and yield what came of each.

    With `to` they go to the same paths below that folder, which is made where it is not there. A file whose place has
    been taken since stays in the backup. Done twice, or again after it was stopped, it ends the same. Where there is
    something to give back, `begin` is called with the absolute path of the folder it goes to, before it is touched, and
    `warn` with a line on what the disk there cannot hold.

    Raises UsageError (no backup, its root is gone, or without `to` one that this user has not
    begun on this machine), ResultsInUse and StorageError.
    """
    with Journal(backup) as journal:
        place = _find_place(journal, to)
        if journal.entries:
            begin(place)
            if line := describe_return(journal.entries.values(), place):
                warn(line)
        with locked_folder(place):
            recover_run(journal)
            files = _put_newest_first([entry for entry in journal.entries.values() if entry.state == "moved"])
            for group in _group(files):
                yield from _return_group(group, journal, place)
            yield from _return_metadata(journal, place)
        remove_empty_folders(journal)


def find_place_to_name(backup: PathLike) -> str:
    """Return the folder that `undo` has to be told to give the files of a backup back to; empty where it knows.

    Raises UsageError (no backup) and StorageError.
    """
    path = os.path.join(os.fsdecode(backup), JOURNAL)
    with storage_errors(path), open(path, "rb") as file:
        header = decode_line(next(read_lines(file.fileno()), b"")[:-1])
    if header is None or not is_header(header):
        raise UsageError("is no backup folder of framesift", backup)
    return "" if is_mark(header.get("mark", ""), header["root"]) else header["root"]


def _find_place(journal: Journal, to: PathLike | None) -> str:
    """Return the folder that files are given back to. If the root is gone, it is taken for the root that has moved.

    The root that a stranger has written down is not asked: nothing there is brought to an end.
    """
    if to is None:
        if not os.path.isdir(journal.root):
            gone = "the folder that the files came from is gone: --to FOLDER gives them back to another place"
            raise UsageError(gone, journal.root)
        if journal.entries and not journal.is_own:
            raise UsageError(_describe_stranger(journal), journal.backup)
        return journal.root
    place, held = os.path.realpath(os.fsdecode(to)), os.path.realpath(journal.backup)
    if os.path.commonpath([place, held]) == held:
        raise UsageError("is or lies in the backup folder", place)
    with storage_errors(place):
        make_all_folders(place, journal.backup)
    if not journal.is_own or not os.path.isdir(journal.root):
        journal.root = place
    return place


def _describe_stranger(journal: Journal) -> str:
    command = as_command(["framesift", "undo", journal.backup, "--to", journal.root])
    return (
        f"was not begun by you on this machine, so where it gives back to may be anybody's choice: "
        f"{show(journal.root)}; if that is right: {command}"
    )


def _put_newest_first(entries: list[Entry]) -> list[Entry]:
    """Return the entries in order, but of several files that came from one path the last first: it gets its place."""
    last = {entry.path: entry for entry in entries}
    earlier = [entry for entry in reversed(entries) if last[entry.path] is not entry]
    return [entry for entry in entries if last[entry.path] is entry] + earlier


def _group(files: list[Entry]) -> Iterator[list[list[Entry]]]:
    """Yield the files that come back together, many at a time; where some stay, none of them comes.

    No two of one path are on the way at the same time: after a run that is stopped nobody could tell which has come.
    """
    bundles: dict[str, list[Entry]] = {}
    for entry in files:
        bundles.setdefault(entry.leader or entry.stored, []).append(entry)
    group: list[list[Entry]] = []
    for bundle in bundles.values():
        on_the_way = {entry.path for each in group for entry in each}
        if len(on_the_way) >= GROUP or not on_the_way.isdisjoint(entry.path for entry in bundle):
            yield group
            group = []
        group.append(bundle)
    if group:
        yield group


def _return_group(group: list[list[Entry]], journal: Journal, place: str) -> Iterator[Outcome]:
    problems: dict[str, str] = {}
    touched: set[str] = set()
    for bundle in group:
        found, folders = _prepare(bundle, journal, place)
        problems |= found
        touched |= folders
    journal.sync()
    for folder in sorted(touched):
        sync_folder(folder)
    going = [entry for bundle in group for entry in bundle if entry.stored not in problems]
    moves = {entry.stored: return_of(entry, journal) for entry in going}
    leaders = {entry.stored: bundle[0].stored for bundle in group for entry in bundle}
    digests, left = carry_out(moves, leaders=leaders)
    for stored in digests:
        give_attributes(moves[stored])
    for stored in moves:
        journal.record("returned" if stored in digests else "moved", stored)
    journal.sync()
    problems |= left
    for entry in [entry for bundle in group for entry in bundle]:
        problem = problems.get(entry.stored, "")
        told = problem and f"{problem}; it stays in {journal.backup}"
        yield Outcome(os.path.join(place, entry.path), told, entry.companion)


def _prepare(bundle: list[Entry], journal: Journal, place: str) -> tuple[dict[str, str], set[str]]:
    """Note that files are to go back together, and make their folders; return why they stay, or the folders to sync."""
    held: dict[str, FileStat] = {}
    touched: set[str] = set()
    for entry in bundle:
        try:
            held[entry.stored] = _check(entry, journal, place)
            touched |= _make_folder(entry, journal, place)
        except LeftOut as reason:
            others = {each.stored: goes_only_with(entry.stored, str(reason)) for each in bundle}
            return {**others, entry.stored: str(reason)}, touched
    elsewhere = {"to": place} if place != journal.known_root else {}
    for stored, file in held.items():
        journal.record("returning", stored, held=file_details(file), **elsewhere)
    return {}, touched


def _check(entry: Entry, journal: Journal, place: str) -> FileStat:
    """Return the status of a file of the backup that can go back."""
    stored = journal.in_backup(entry.stored)
    if lies_behind_link(journal.backup, entry.stored):
        raise LeftOut("its folder in the backup is a link, or lies behind one")
    if is_there(os.path.join(place, entry.path)):
        raise LeftOut("another file of this name has come since")
    with storage_errors(stored):
        try:
            return FileStat.of(os.lstat(stored))
        except FileNotFoundError:
            raise LeftOut("is gone from the backup") from None


def _make_folder(entry: Entry, journal: Journal, place: str) -> set[str]:
    with storage_errors(journal.in_backup(entry.stored)):
        try:
            owners = entry.folders if journal.is_own else ()
            return make_folders(place, entry.path, journal.backup, entry.stored, owners)
        except FileExistsError:
            raise LeftOut("something else stands where its folder was") from None
        except PermissionError as error:
            raise LeftOut(f"its folder cannot be made: {error.strerror}") from None


def _return_metadata(journal: Journal, place: str) -> Iterator[Outcome]:
    """Give the former versions back, the newest first: each was made from the one before."""
    for entry in [entry for entry in reversed(journal.entries.values()) if entry.state == "updated"]:
        try:
            give_back(entry, journal, place)
            journal.record("returned", entry.stored)
            journal.sync()
            yield Outcome(os.path.join(place, entry.path))
        except LeftOut as reason:
            yield Outcome(os.path.join(place, entry.path), str(reason))
