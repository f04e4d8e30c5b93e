"""Searches for near-duplicates in collections: the last one of each is kept with its groups."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from framesift.cluster.parallel import count_cores
from framesift.duplicates import (
    Findings,
    Method,
    Preference,
    Watch,
    allow_turns,
    by_combined,
    by_framediff,
    by_hash,
    find_duplicates,
    parse_similarity,
)
from framesift.duplicates.preference import CRITERIA
from framesift.errors import UsageError
from framesift.frames.frame import natural_key
from framesift.review.duplicates.collections import Collection, Collections
from framesift.review.duplicates.contents import Contents
from framesift.review.duplicates.so_far import SoFar
from framesift.review.duplicates.stored_groups import StoredGroup, group_row
from framesift.review.duplicates.verdicts import Verdicts
from framesift.review.jobs import Progress, now
from framesift.review.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """How to search. Raises UsageError for what does not belong together."""

    method: str = "combined"
    similarity: str | None = None
    distance: int | None = None
    keep: str = "largest-resolution"
    turned: bool = False
    """Whether pictures are found that were turned or mirrored."""

    def __post_init__(self) -> None:
        if self.similarity is not None and self.method != "combined":
            raise UsageError("similarity belongs to the method combined")
        if self.distance is not None and self.method != "hash":
            raise UsageError("distance belongs to the method hash")
        for make, told in (
            (self.make_method, "similarity is a share above 0 and at most 1, such as 90% or 0.9"),
            (self.make_preference, f"keep takes {', '.join(CRITERIA)}, separated by commas"),
        ):
            try:
                make()
            except UsageError:  # names an option of the command line, and what was given: here that may be anything
                raise UsageError(told) from None

    def make_method(self) -> Method:
        """Return what compares."""
        return allow_turns(self._make_upright()) if self.turned else self._make_upright()

    def _make_upright(self) -> Method:
        if self.method == "hash":
            return by_hash() if self.distance is None else by_hash(self.distance)
        if self.method == "framediff":
            return by_framediff()
        return by_combined() if self.similarity is None else by_combined(parse_similarity(self.similarity))

    def make_preference(self) -> Preference:
        """Return which file of a group is kept."""
        return Preference.parse(self.keep)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the search of one collection has found."""

    id: str
    name: str
    person_id: str | None
    images: int
    groups: int
    surplus: int
    bytes: int
    skipped: int
    problem: str | None = None


class Searches:
    """Searches and keeps what was found."""

    def __init__(
        self,
        store: Store,
        collections: Collections,
        verdicts: Verdicts,
        contents: Contents,
        output: str,
        index: str | None,
    ) -> None:
        self._store, self._collections, self._verdicts, self._contents = store, collections, verdicts, contents
        self._output, self._index = output, index
        self._so_far = dict[str, SoFar]()
        """By collection, while it is searched."""

    def search(self, collection_ids: Sequence[str], request: Request, progress: Progress) -> list[Summary]:
        """Search collections, one after the other. Raises Unknown for one that is not there, StorageError."""
        collections = [self._collections.find(collection_id) for collection_id in collection_ids]
        watch = progress if len(collections) == 1 else _Tally(progress, sum(each.images for each in collections))
        found = list[Summary]()
        for collection in collections:
            before = sum(summary.groups for summary in found)
            found.append(self.search_one(collection, request, progress, watch, before))
        return found

    def search_one(
        self,
        collection: Collection,
        request: Request,
        progress: Progress,
        watch: Watch | None = None,
        before: int = 0,
    ) -> Summary:
        """Search one collection and keep its groups in place of those of an earlier search.

        The progress says how many there are so far, those `before` counted among them.
        """

        def count(number: int) -> None:
            progress.groups_so_far = before + number

        count(0)
        self._so_far[collection.id] = so_far = SoFar(progress.job_id, collection.id, count)
        problem: str | None = None
        try:
            try:
                findings = self._find(collection, request, watch or progress, so_far)
            except UsageError as error:  # empty or gone since; the other collections are searched all the same
                findings, problem = Findings(""), error.reason
            return self._keep(collection, request, progress.job_id, findings, problem)
        finally:
            del self._so_far[collection.id]
            progress.groups_so_far = None

    def so_far(self, collection_id: str) -> tuple[str | None, list[StoredGroup]]:
        """Return what a search that goes on has found of a collection, to be looked at, and its job; none where none
        does: the groups that are kept are those of the last one.
        """
        so_far = self._so_far.get(collection_id)
        return (None, []) if so_far is None else (so_far.job_id, so_far.groups())

    def _find(self, collection: Collection, request: Request, watch: Watch, so_far: SoFar) -> Findings:
        choice = self._collections.choice
        return find_duplicates(
            self._collections.folder(collection), request.make_method(), request.make_preference(),
            jobs=max(1, count_cores() - 1), index=self._index, backup=self._output, watch=watch,
            exclude=choice.exclude, include=choice.include, under=collection.path,
            recursive=False, with_videos=False, apart=self._verdicts.apart(self._collections.folder(collection)),
            meanwhile=so_far.add,
        )  # fmt: skip

    def _keep(
        self, collection: Collection, request: Request, job_id: str, findings: Findings, problem: str | None
    ) -> Summary:
        in_order = sorted(findings.groups, key=lambda group: natural_key(group.keeper.path))
        excluded = self._verdicts.find_excluded(findings.directory, findings.surplus)
        self._contents.learn(findings.directory, [*findings.surplus, *(group.keeper for group in in_order)])
        search_id = hashlib.sha256(f"{job_id} {collection.id}".encode()).hexdigest()[:16]
        groups = [StoredGroup.of(search_id, collection.id, group, excluded) for group in in_order]
        summary = Summary(
            collection.id,
            collection.name,
            collection.person_id,
            images=len(findings.inventory.items),
            groups=len(groups),
            surplus=sum(group.surplus for group in groups),
            bytes=sum(group.bytes for group in groups),
            skipped=len(findings.skipped),
            problem=problem,
        )
        row = (
            collection.id, search_id, job_id, json.dumps(asdict(request)), summary.images, summary.skipped,
            summary.groups, summary.surplus, summary.bytes, now(),
        )  # fmt: skip
        with self._store.writing() as database:
            database.execute("DELETE FROM groups WHERE collection_id = ?", (collection.id,))
            database.execute("INSERT OR REPLACE INTO searches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            rows = [group_row(group, position) for position, group in enumerate(groups)]
            database.executemany("INSERT INTO groups VALUES (?, ?, ?, ?)", rows)
        return summary


class _Tally(Watch):
    """Counts the images of many collections together."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        progress.begin("searching", total)

    def follow(self, items: Iterable[T], stage: str, total: int | None = None) -> Iterator[T]:
        for item in items:
            self._progress.check()
            yield item
            self._progress.done += stage == "describing"
