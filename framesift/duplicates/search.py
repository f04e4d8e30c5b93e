"""The whole search: find the files, describe them, form the groups."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framesift.actions import FileStat, Plan, Step, plan_removal
from framesift.cluster.parallel import count_cores
from framesift.comparators.orientation import AS_IT_IS, TURNS
from framesift.duplicates.film_look import FilmLook
from framesift.duplicates.folders import Place, gather_files, protect, set_aside
from framesift.duplicates.glances import Glances, Meanwhile, Memory, Pair
from framesift.duplicates.groups import Apart, Group, Item, Member, never_apart, sort_out
from framesift.duplicates.index import Index
from framesift.duplicates.inventory import Inventory, Skipped, Watch, take_inventory
from framesift.duplicates.methods import Method, by_combined
from framesift.duplicates.neighbours import Near
from framesift.duplicates.preference import Preference, is_discarded
from framesift.duplicates.second_look import SecondLook
from framesift.duplicates.videos import Videos, group_videos, read_videos
from framesift.errors import PathLike
from framesift.frames.choosing import Choice, LeftOut, as_patterns
from framesift.frames.companions import Companion, find_labelled


@dataclass(frozen=True, slots=True)
class Findings:
    """What lies below a folder, or below several."""

    directory: str
    """Absolute: the folder, or the one that holds all of them."""
    groups: list[Group] = field(default_factory=list)
    """Of images, then of videos, in the order of preference of their keepers. No file is in two of them."""
    inventory: Inventory = field(default_factory=Inventory)
    """All whole images with their descriptors, and the files that could not be used."""
    videos: Videos = field(default_factory=Videos)
    """The same of the videos."""
    unlisted: list[Skipped] = field(default_factory=list)
    """Folders that could not be listed."""
    left_out: LeftOut = field(default_factory=LeftOut)
    """What was not chosen."""
    folders: tuple[str, ...] = ("",)
    """The searched folders, below the directory."""
    names: dict[str, list[str]] = field(default_factory=dict)
    """Other paths of a file (hard links) by the path that stands for it: they go together."""
    shared: frozenset[str] = frozenset()
    """Files that have names elsewhere too: to move them away frees nothing."""
    links: dict[str, list[str]] = field(default_factory=dict)
    """Symbolic links that lead to a file."""
    companions: dict[str, tuple[Companion, ...]] = field(default_factory=dict)
    """What belongs to an image or video, by its path. It goes when all go that it belongs to."""

    @property
    def skipped(self) -> list[Skipped]:
        """The images and videos that could not be used."""
        return [*self.inventory.skipped, *self.videos.skipped]

    @property
    def surplus(self) -> list[Item]:
        """The members of all groups: what could go."""
        return [member.item for group in self.groups for member in group.members]

    @property
    def surplus_companions(self) -> list[str]:
        """The paths of what could go with the members."""
        going = {item.path for item in self.surplus}
        found = {each.path: each for path in sorted(going) for each in self.companions.get(path, ())}
        return [path for path, each in found.items() if going.issuperset(each.owners)]

    def removal(self) -> Plan:
        """Return the plan of moving the members away; nothing is touched before it is applied."""
        return plan_groups(self.directory, self.groups, self.names, self.folders)

    def remaining(self) -> Iterator[tuple[Item, NDArray[Any]]]:
        """Yield what would be left without the members, with descriptors, in natural order of the paths."""
        surplus = {item.path for item in self.surplus}
        for item, descriptor in zip(self.inventory.items, self.inventory.descriptors, strict=True):
            if item.path not in surplus:
                yield item, descriptor


def find_duplicates(
    directory: PathLike | Sequence[PathLike],
    method: Method | None = None,
    preference: Preference | None = None,
    *,
    jobs: int | None = None,
    index: PathLike | None = None,
    backup: PathLike | None = None,
    exclude: str | Iterable[str] = (),
    include: str | Iterable[str] = (),
    under: str = "",
    watch: Watch | None = None,
    recursive: bool = True,
    with_videos: bool = True,
    apart: Apart = never_apart,
    protected: Iterable[PathLike] = (),
    executor: Executor | None = None,
    cropped: bool = False,
    meanwhile: Meanwhile | None = None,
) -> Findings:
    """Find the near-duplicate images and videos below `directory`, or below several; nothing is changed there.

    Every member of a group is within the threshold of its keeper (`by_combined()` unless `method` says otherwise), and
    was looked at beside it. A picture with a label is kept before one without; what belongs to a picture, such as the
    film of a Live Photo, is not looked at by itself. Descriptors are computed by `jobs` threads, those of images by an
    `executor` if there is one, and kept in the file `index` (None: in the user's cache folder). The folder `backup` is
    not entered, and without `recursive` no folder is. The patterns `exclude` and `include` (`frames.choosing`) are of
    paths below each folder, or below the one that has it at the path `under`. No group has two files that `apart` keeps
    apart. What lies in a `protected` folder is never a member. Of what the preference leaves open, one in a protected
    folder is preferred, then one in a folder that was named earlier. With `cropped`, videos are found too that show a
    part of another one's pictures, or the same within black bars. While the search goes on, `meanwhile` is called with
    groups of images, by the thread that searches: each stands in the place of those before that share a file with it,
    and in the end all give way to what is returned. The groups do not depend on `jobs`, on `executor` or on what the
    index knows.

    Raises UsageError (no such folder, neither in it) and StorageError (the disk or the index refuses).
    """
    method, preference, watch = method or by_combined(), preference or Preference(), watch or Watch()
    place = Place.of(directory)
    root, safe = place.root, [place.locate(folder, "--protect") for folder in protected]
    choice = Choice(as_patterns(exclude), as_patterns(include)).below(under)
    found = gather_files(place, backup, watch, recursive, choice)
    companions = set_aside(found, root)
    preference = _prefer_places(preference, place, safe)
    apart = protect(safe, found.names, apart)
    jobs = jobs or count_cores()
    grouping = _Grouping(root, method, preference, apart, companions)
    with Index(index) as opened:
        with Memory(root, method, jobs) as memory:
            glances = Glances(memory, grouping.propose, grouping.form, len(found.images), meanwhile)
            inventory = take_inventory(root, found.images, method, opened, watch, jobs, executor, glances)
        videos = read_videos(root, found.videos if with_videos else [], opened, watch, jobs, cropped)
        for folder in place.folders:
            opened.forget_missing(place.join(folder))
    with SecondLook(root, method.look, jobs, method.turned) as look:
        groups = list(_tell(grouping.form(inventory, look, watch), meanwhile))
    if method.turned and inventory.items:
        inventory.descriptors = inventory.descriptors[:, 0]
    with FilmLook(root, jobs) as film_look:
        groups += group_videos(videos, preference, watch, film_look, apart)
    more = found.left_out, place.folders, found.names, frozenset(found.shared), found.links, companions
    return Findings(root, groups, inventory, videos, found.unlisted, *more)


def _tell(groups: Iterable[Group], meanwhile: Meanwhile | None) -> Iterator[Group]:
    for group in groups:
        if meanwhile:
            meanwhile(group)
        yield group


@dataclass(frozen=True, slots=True)
class _Grouping:
    """How a search forms groups of what is described, at its end and before."""

    root: str
    method: Method
    preference: Preference
    apart: Apart
    companions: Mapping[str, tuple[Companion, ...]]

    def form(self, inventory: Inventory, look: SecondLook, watch: Watch | None = None) -> Iterator[Group]:
        labelled = find_labelled(self.root, self.companions)
        return form_groups(
            inventory, self.method, self.preference, watch or Watch(), self.apart, look, labelled=labelled
        )

    def propose(self, inventory: Inventory) -> Iterator[list[Pair]]:
        return propose_pairs(inventory, self.method, self.preference, find_labelled(self.root, self.companions))


def _prefer_places(preference: Preference, place: Place, safe: Sequence[str]) -> Preference:
    order = (*preference.folders, *safe, *(place.folders if len(place.folders) > 1 else ()))
    return replace(preference, folders=order)


def form_groups(
    inventory: Inventory,
    method: Method,
    preference: Preference,
    watch: Watch,
    apart: Apart = never_apart,
    look: SecondLook | None = None,
    transparent_first: bool = True,
    labelled: frozenset[str] = frozenset(),
) -> Iterator[Group]:
    """Walk the items in the order of preference: each that is still free is a keeper and takes all its near ones.

    What is transparent comes before what is not, as an opaque picture cannot stand for it; then the `labelled`, for
    somebody has worked on them. With `look`, all that is near is looked at; without, the descriptors decide.
    """
    if not inventory.items:
        return
    order = arrange(inventory, preference, transparent_first, labelled)
    items = [inventory.items[position] for position in order]
    neighbours = method.search(inventory.descriptors, np.array(order, np.intp))
    positions = {item.path: position for position, item in enumerate(items)}
    free = np.ones(len(items), np.bool_)
    for position, keeper in enumerate(watch.follow(items, "comparing", len(items))):
        if not free[position] or is_discarded(keeper.path):
            continue
        open_ = free.copy()
        open_[[positions[path] for path in (look.tell_apart(keeper) if look else ())]] = False
        proposed = neighbours.find(position, open_, opaque=not keeper.transparent)
        near = [each for each in proposed if keeper.shares_levels(items[each.position])]
        alike = confirm_near(look, keeper, near, items)
        found = sort_out(keeper, ((other, member.similarity) for other, member in alike.items()), items, apart)
        free[[other for other, _ in found]] = False
        if found:
            members = tuple(alike[other] for other, _ in found)
            alone = keeper.path in labelled and members[0].item.path not in labelled
            yield Group(keeper, members, "has a label" if alone else preference.explain(keeper, members[0].item))


def propose_pairs(
    inventory: Inventory, method: Method, preference: Preference, labelled: frozenset[str]
) -> Iterator[list[Pair]]:
    """Yield, for each that may be a keeper, what `form_groups` would look at beside it if nothing were in a group."""
    order = arrange(inventory, preference, True, labelled)
    items = [inventory.items[position] for position in order]
    neighbours = method.search(inventory.descriptors, np.array(order, np.intp))
    free = np.ones(len(items), np.bool_)
    for position, keeper in enumerate(items):
        proposed = () if is_discarded(keeper.path) else neighbours.find(position, free, opaque=not keeper.transparent)
        near = (each for each in proposed if keeper.shares_levels(items[each.position]))
        yield [Pair(each.similarity, order[position], order[each.position], TURNS[each.turn]) for each in near]


def arrange(
    inventory: Inventory, preference: Preference, transparent_first: bool, labelled: frozenset[str]
) -> list[int]:
    """Return the positions of the items in the order in which they become keepers."""

    def rank(position: int) -> tuple[bool, bool]:
        item = inventory.items[position]
        return transparent_first and not item.transparent, item.path not in labelled

    return sorted(preference.sort(inventory.items), key=rank)


def confirm_near(
    look: SecondLook | None, keeper: Item, near: Sequence[Near], items: Sequence[Item]
) -> dict[int, Member]:
    """Return what a second look confirms, all where there is none, by its position in `items`."""
    confirmed: dict[int, Member] = {}
    proposed = [(items[each.position], TURNS[each.turn]) for each in near]
    digests = look.confirm(keeper, proposed) if look else (None for _ in near)
    for each, (item, turn), sha256 in zip(near, proposed, digests, strict=True):
        if look is None or sha256 is not None:
            confirmed.setdefault(each.position, Member(item, each.similarity, sha256, turn))
    return confirmed


def plan_groups(
    directory: str,
    groups: Iterable[Group],
    names: Mapping[str, Sequence[str]] | None = None,
    folders: Sequence[str] = ("",),
) -> Plan:
    """Return the plan of moving the members of these groups away, under all their `names`."""
    searched = () if "" in folders else folders
    return plan_removal(directory, [step for group in groups for step in _steps(group, names or {})], searched)


def _steps(group: Group, names: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    keeper = group.keeper
    for member in group.members:
        item = member.item
        reason = group.reason if member.turn == AS_IT_IS else f"{group.reason}; this one is {member.turn}"
        reason += f"; this one {member.part}" if member.part else ""
        for path in (item.path, *names.get(item.path, ())):
            yield Step(path, _stat(item), keeper.path, _stat(keeper), reason, member.similarity, member.sha256)


def _stat(item: Item) -> FileStat:
    return FileStat(item.device, item.inode, item.file_size, item.mtime_ns, item.ctime_ns)
