"""Which dropped frames get the labels of which kept ones."""

import os
from collections import Counter
from dataclasses import dataclass, replace

from framesift.errors import UsageError, show
from framesift.export.labels import LabelFiles, LabelledPicture, Match, Names
from framesift.filtering.kept_names import name_frame
from framesift.filtering.manifest import Record
from framesift.filtering.selection import Decision, Verdict

OWN = "labelled already"
LEFT_OUT = "left out by --most, so no kept frame stands for them"
BARE = "the kept frame that stands for them has no labels"
UNLIKE = "of another size than the kept frame that stands for them"


@dataclass(frozen=True, slots=True)
class Carry:
    """A dropped frame, and the labels of the frame that stands for it."""

    decision: Decision
    picture: LabelledPicture
    """That of the reference."""
    name: str
    """What the label files call the dropped frame."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be done."""

    carries: list[Carry]
    strangers: list[str]
    """Names in the label files that mean no frame of the run."""
    without: Counter[str]
    """How many dropped frames get no labels, by the reason."""


def plan_labels(record: Record, files: LabelFiles, prefix: str | None = None) -> Outlook:
    """Return which frames get labels. `prefix` stands before the paths of the dropped frames instead.

    Raises UsageError for a name that can mean several frames, for two names of one frame, and where none means one.
    """
    decisions = [decision for decision in record.decisions() if decision.verdict is not Verdict.SKIP]
    names = Names((decision.frame.path for decision in decisions), files.has_suffixes)
    known, strangers = _find_frames(files, names)
    if not known:
        first = f", such as {show(strangers[0])}" if strangers else ""
        raise UsageError(f"names no frame of {show(record.folder)}: it has {len(strangers)} other names{first}")
    sizes = {decision.frame.path: decision.size for decision in decisions}
    carries, without = [], Counter[str]()
    for decision in decisions:
        if decision.verdict is Verdict.DROP:
            found = _find_reference(decision, known, sizes, files.lists_unlabelled)
            if isinstance(found, str):
                without[found] += 1
            else:
                there = known.get(decision.frame.path)
                name = there[0].name if there else names.write(decision.frame.path, _move(record, found[1]), prefix)
                carries.append(Carry(decision, found[0], name))
    return Outlook(carries, strangers, without)


Known = dict[str, tuple[LabelledPicture, Match]]


def _find_frames(files: LabelFiles, names: Names) -> tuple[Known, list[str]]:
    known: Known = {}
    strangers = []
    for picture in files.pictures:
        match = names.find(picture.name)
        if match is None:
            strangers.append(picture.name)
        elif match.frame in known:
            both = f"{show(known[match.frame][0].name)} and {show(picture.name)}"
            raise UsageError(f"{both} are both {show(match.frame)}")
        else:
            known[match.frame] = picture, match
    return known, strangers


def _find_reference(
    decision: Decision, known: Known, sizes: dict[str, tuple[int, int] | None], lists_unlabelled: bool
) -> tuple[LabelledPicture, Match] | str:
    """Return the labelled picture of the frame that stands for another, or why there is none."""
    own = known.get(decision.frame.path)
    if own and (own[0].labels or (own[0].is_labelled and not lists_unlabelled)):
        return OWN
    if decision.left_out:
        return LEFT_OUT
    found = known.get(decision.reference or "")
    if found is None or not found[0].is_labelled:
        return BARE
    return found if decision.size == sizes.get(decision.reference or "") else UNLIKE


def _move(record: Record, match: Match) -> Match:
    """Return how a dropped frame is named: by an absolute path not among the kept ones, for it lies elsewhere."""
    kept, source = (os.path.join(folder, "") for folder in (record.folder, record.source))
    if not match.head and match.folders.startswith(kept):
        return replace(match, folders=source + name_frame(match.folders.removeprefix(kept), record.settings))
    return match
