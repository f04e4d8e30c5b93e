"""What goes together with a file of a plan: raw data, sidecars, labels, Live Photo films. All, or none."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from framesift.actions.backup.batches import goes_only_with
from framesift.actions.backup.checks import Checker
from framesift.actions.files.placing import is_there
from framesift.actions.moving import LeftOut
from framesift.actions.plan import FileStat, Plan, Step
from framesift.errors import show
from framesift.frames.companions import Companions


@dataclass(frozen=True, slots=True)
class Going:
    """A file that is to be moved."""

    path: str
    file: FileStat
    step: Step | None = None
    """None for a companion that the plan does not name."""
    leader: str = ""
    """Path of the first file of those that go together."""


class Bundler:
    """Finds what goes with the steps of a plan, as the files are now.

    With `spare_companions` a file stays to which something belongs.
    """

    def __init__(self, plan: Plan, checker: Checker, spare_companions: bool = False) -> None:
        self._root, self._checker, self._spare = plan.root, checker, spare_companions
        self._companions = Companions(plan.root)
        self._steps = {step.path: step for step in plan.steps}
        self._keepers = {step.keeper for step in plan.steps}
        self._gone: set[str] = set()
        self._leaders = {path: owner for path in self._steps if (owner := self._find_leader(path))}

    def gather(self, step: Step, file: FileStat, going: dict[str, Going]) -> None:
        """Add a step, which is checked already, to what is `going` at the same time, with what belongs to it.

        `file` is what was found.

        Raises LeftOut where it has to stay.
        """
        if staying := [owner for owner in self._companions.owners(step.path) if self._stays(owner)]:
            raise LeftOut(f"belongs to {show(staying[0])}, which stays")
        tied, companions = set[str](), list[Going]()
        belonging = self._companions.of(step.path)
        if reason := self._companions.unlisted.get(step.path.rpartition("/")[0]):
            raise LeftOut(f"what belongs to it cannot be told: {reason}")
        for companion in belonging:
            others = [owner for owner in companion.owners if owner != step.path]
            if companion.path in going:
                tied.add(going[companion.path].leader)
            elif all(owner in going or not self._stays(owner) for owner in others):
                tied |= {going[owner].leader for owner in others if owner in going}
                companions.append(self._take(companion.path))
        if self._spare and (companions or tied):
            raise LeftOut("a file belongs to it that exists once")
        leader = next((path for path in going if path in tied), step.path)
        going.update({path: replace(each, leader=leader) for path, each in going.items() if each.leader in tied})
        going.update({each.path: replace(each, leader=leader) for each in (Going(step.path, file, step), *companions)})

    def settle(self, paths: Iterable[str]) -> None:
        """Take note of what is gone, or would be if this were no dry run."""
        self._gone.update(paths)

    def order(self) -> Iterator[tuple[Step, list[Step]]]:
        """Yield each step with those that belong to it, and go when it goes."""
        followers = defaultdict[str, list[Step]](list)
        for path, leader in self._leaders.items():
            followers[leader].append(self._steps[path])
        yield from ((step, followers[path]) for path, step in self._steps.items() if path not in self._leaders)

    def _find_leader(self, path: str) -> str:
        return next(
            (owner for owner in self._companions.owners(path) if owner in self._steps and self._stays(owner)), ""
        )

    def _stays(self, path: str) -> bool:
        return path not in self._gone and is_there(os.path.join(self._root, path))

    def _take(self, path: str) -> Going:
        try:
            if path in self._keepers:
                raise LeftOut("is kept")
            if step := self._steps.get(path):
                return Going(path, self._checker.check(step), step)
            return Going(path, self._checker.check_companion(path))
        except LeftOut as reason:
            raise LeftOut(goes_only_with(path, str(reason))) from None
