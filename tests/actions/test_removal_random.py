"""Anything in any order: what a user does to a folder, and removing and undoing, killed or not.

Never a lost byte, never a group without its keeper, and undo gives back what was moved bit for bit.
Disks go and come back with other inode numbers meanwhile, and files are given back to another place.
FRAMESIFT_EXAMPLES sets how many runs of 50 steps are tried.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from framesift.actions import Outcome, Step, apply_plan, plan_removal, seal_plan, undo
from framesift.actions.moving import PARTIAL
from framesift.errors import UnreadableFrame
from framesift.frames import reader
from tests.actions.removals import LINK, link_across, picture, snapshot, stat_of
from tests.forking import call_in_child
from tests.killing import kill, wrap

NAMES = [f"{folder}/{stem}.png" for folder in ("c1", "c2/deep") for stem in "abcd"]
PICK = st.integers(0, 1000)
KILLS = st.none() | st.integers(1, 70)


def act(step: Callable[..., Iterable[Outcome]], arguments: tuple, across: bool, kill_at: int | None, log: Path) -> int:
    """What a child does: a step, and its outcomes a line each in `log`."""
    try:
        os.link = link_across if across else LINK
        if kill_at is not None:
            wrap(partial(kill, kill_at))
        said = [f"{outcome.path}\t{outcome.problem}" for outcome in step(*arguments)]
        log.write_text("\n".join(said))
    except BaseException as error:
        log.write_text(f"{error!r}")
        return 9
    return 0


class Folder(RuleBasedStateMachine):
    """A folder, its user, and framesift."""

    @initialize(across=st.booleans())
    def begin(self, across: bool) -> None:
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.place = Path(tempfile.mkdtemp(dir=memory))
        self.root, self.backup = self.place / "root", self.place / "backup"
        self.elsewhere = self.place / "elsewhere"
        self.count, self.across, self.plan = 0, across, None
        self.taken: dict[str, tuple] = {}
        for name in NAMES:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        for place in range(5):
            self.add(place)

    def teardown(self) -> None:
        if hasattr(self, "place"):
            shutil.rmtree(self.place)

    def files(self) -> list[str]:
        return [name for name in NAMES if os.path.lexists(self.root / name)]

    def pick(self, number: int) -> Path:
        files = self.files() or ["c1/none.png"]
        return self.root / files[number % len(files)]

    def fresh(self) -> bytes:
        self.count += 1
        return picture(self.count)

    @rule(place=PICK)
    def add(self, place: int) -> None:
        free = [name for name in NAMES if not os.path.lexists(self.root / name)]
        if free:
            path = self.root / free[place % len(free)]
            path.write_bytes(self.fresh())
            path.chmod(0o600 + self.count % 64)

    @rule(place=PICK)
    def touch(self, place: int) -> None:
        if self.pick(place).exists():
            os.utime(self.pick(place), ns=(self.count, 10**18 + self.count))

    @rule(place=PICK, other=PICK)
    def swap(self, place: int, other: int) -> None:
        one, two = self.pick(place), self.pick(other)
        if one != two and self.files():
            one.rename(self.root / "swap")
            two.rename(one)
            (self.root / "swap").rename(two)

    @rule(place=PICK, symbolic=st.booleans())
    def link(self, place: int, symbolic: bool) -> None:
        free = [name for name in NAMES if not os.path.lexists(self.root / name)]
        if free and self.pick(place).exists():
            make = os.symlink if symbolic else LINK
            make(self.pick(place), self.root / free[place % len(free)])

    @rule(place=PICK)
    def unlink(self, place: int) -> None:
        self.pick(place).unlink(missing_ok=True)

    @rule(place=PICK, whole=st.booleans(), at_once=st.booleans())
    def change(self, place: int, whole: bool, at_once: bool) -> None:
        path, content = self.pick(place), self.fresh()[: None if whole else -20]
        if path.is_symlink() or not path.exists():
            return
        if at_once:
            (self.root / "fresh").write_bytes(content)
            (self.root / "fresh").rename(path)
        else:
            path.write_bytes(content)

    @rule(of_root=st.booleans(), coarse=st.booleans())
    def remount(self, of_root: bool, coarse: bool) -> None:
        """A disk goes and comes back with other inode numbers, perhaps as one that keeps times to 2 s."""
        disk = self.root if of_root else self.backup
        if not disk.exists():
            return
        shutil.copytree(disk, self.place / "fresh", symlinks=True)
        shutil.rmtree(disk)
        (self.place / "fresh").rename(disk)
        for path in disk.rglob("*") if coarse else ():
            if not path.is_symlink():
                os.utime(path, ns=(0, path.stat().st_mtime_ns // 2_000_000_000 * 2_000_000_000))

    @rule(keep=PICK, groups=st.integers(1, 2), sealed=st.booleans(), folders=st.sampled_from([(), ("c1", "c2")]))
    def scan(self, keep: int, groups: int, sealed: bool, folders: tuple[str, ...]) -> None:
        """Every file is a near-duplicate of the first of its group; a scan leaves out what is damaged."""
        whole = [name for name in self.files() if self.is_whole(self.root / name)]
        whole = whole[keep % max(1, len(whole)) :] + whole[: keep % max(1, len(whole))]
        steps = []
        for group in (whole[start::groups] for start in range(groups)):
            for name in group[1:]:
                file, kept = stat_of(self.root / name), stat_of(self.root / group[0])
                steps.append(Step(name, file, group[0], kept, "random"))
        self.plan = plan_removal(self.root, steps, folders)
        if sealed:
            self.plan = seal_plan(self.plan)

    @precondition(lambda self: self.plan is not None)
    @rule(kill_at=KILLS)
    def apply(self, kill_at: int | None) -> None:
        before, inodes = snapshot(self.root), self.inodes()
        stored = snapshot(self.backup)
        self.run(apply_plan, (self.plan, self.backup), kill_at)
        after, moved = snapshot(self.root), snapshot(self.backup)
        for name in set(before) - set(after):
            if not is_ours(name):
                assert before[name] in moved.values(), "what was moved is not what was there"
                self.taken[before[name][0]] = before[name]
        for step in self.plan.steps:
            is_it = inodes.get(step.path) == step.file.identity or before.get(step.path, ("",))[0] == step.sha256
            if step.path in before and step.path not in after and is_it:
                assert after.get(step.keeper) == before[step.keeper], "a group lost its keeper"
        held = self.contents()  # what was killed is brought to one of its ends
        for name in set(stored) - {"journal.jsonl"}:
            if not is_ours(name):
                assert name in moved or stored[name][0] in held, "the backup lost a file"

    @precondition(lambda self: (self.backup / "journal.jsonl").exists())
    @rule(kill_at=KILLS, elsewhere=st.sampled_from([False, False, True]))
    def undo(self, kill_at: int | None, elsewhere: bool) -> None:
        place = self.elsewhere if elsewhere else self.root
        roots = [self.root, self.elsewhere]
        before, stored = [snapshot(root) for root in roots], snapshot(self.backup)
        outcomes = self.run(undo, (self.backup, place) if elsewhere else (self.backup,), kill_at)
        after, left = [snapshot(root) for root in roots], snapshot(self.backup)
        for seen, now in zip(before, after, strict=True):
            for name, entry in seen.items():
                if not is_ours(name):
                    assert now[name] == entry, "undo touched what it should not"
        if outcomes is None:
            return
        stayed = {line.partition("\t")[0] for line in outcomes if not line.endswith("\t")}
        came = {
            name: entry
            for seen, now in zip(before, after, strict=True)
            for name, entry in now.items()
            if name not in seen
        }
        known = {entry[0] for seen in before for entry in seen.values()}  # of a removal that was killed and taken back
        for name, entry in stored.items():
            if name != "journal.jsonl" and not is_ours(name) and name not in left:
                as_it_was = self.taken.get(entry[0], entry)  # whatever the disk of the backup has made of its time
                is_back = entry in came.values() or as_it_was in came.values()
                assert is_back or entry[0] in known, "undo did not give back what was moved"
        if not stayed:
            own = [entry[0] for name, entry in left.items() if name != "journal.jsonl"]
            assert known.issuperset(own), "something stayed without a word"
        assert not any(map(is_ours, [*after[0], *after[1]])), "a temporary file stayed"

    def run(self, step: Callable[..., Iterable[Outcome]], arguments: tuple, kill_at: int | None) -> list[str] | None:
        """Take a step in a child; return what it says, None if it was killed. No content may be gone afterwards."""
        held = self.contents()
        log = self.place / "log"
        log.unlink(missing_ok=True)
        code = call_in_child(act, step, arguments, self.across, kill_at, log)
        if code == 9 and "is no backup folder" in log.read_text():  # killed before there was a journal
            return None
        assert code in (0, -signal.SIGKILL), log.read_text()
        assert held <= self.contents(), "bytes were lost"
        return log.read_text().splitlines() if code == 0 else None

    def contents(self) -> set[str]:
        """The digests of all files, wherever they stand."""
        own = ("journal.jsonl", PARTIAL, "/log")
        seen = {f"place/{name}": entry for name, entry in snapshot(self.place).items()}
        return {entry[0] for name, entry in seen.items() if not name.endswith(own) and entry[0] != "link"}

    def inodes(self) -> dict[str, tuple[int, int]]:
        return {name: stat_of(self.root / name).identity for name in self.files()}

    def is_whole(self, path: Path) -> bool:
        try:
            reader.read_picture(path)
        except UnreadableFrame:
            return False
        return not path.is_symlink()


def is_ours(name: str) -> bool:
    """Whether a name is one of a file that is being written or taken away."""
    return os.path.basename(name).startswith(".framesift-")


TestFolder = Folder.TestCase
TestFolder.settings = settings(
    max_examples=int(os.environ.get("FRAMESIFT_EXAMPLES", "8")),
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
