"""Near-duplicates searched, moved away and given back in any order, killed or not: pictures, films, what belongs to them.

Whatever is done, no byte is lost, everything that was seen in the folders is still seen there after a removal, pictures
go and come with their companions, what is protected stays, and undo gives back bit for bit. FRAMESIFT_EXAMPLES sets how
many runs of 50 steps are tried.
"""

import functools
import hashlib
import os
import shutil
import signal
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import cv2
import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from framesift.actions import apply_plan, empty_backup, seal_plan, undo
from framesift.actions.moving import PARTIAL
from framesift.actions.plan import Plan
from framesift.duplicates import Preference, allow_turns, by_combined, by_hash, by_identity, by_pixels, find_duplicates
from framesift.duplicates.inventory import NothingFound
from tests.actions.removals import LINK, snapshot
from tests.actions.test_removal_random import act
from tests.comparators.test_comparators import paint
from tests.conftest import encode
from tests.forking import call_in_child
from tests.frames.test_videos import film

FOLDERS = ["in/phone", "in/cloud/deep", "more", "in/images/train"]
PICTURES = [f"{folder}/{name}" for folder in FOLDERS for name in ("1.jpg", "1.png", "2.jpg", "3.png")]
FILMS = [f"{folder}/{name}" for folder in FOLDERS[:3] for name in ("1.mov", "9.mp4")]
BESIDE = [f"{folder}/{name}" for folder in FOLDERS for name in ("1.xmp", "1.CR2", "2.txt", "2.jpg.json", "3.png.xmp")]
BESIDE += ["in/labels/train/2.txt", "in/labels/train/1.txt", "in/phone/9.srt"]
PICK = st.integers(0, 1000)
KILLS = st.none() | st.integers(1, 90)
SEARCHED = st.sampled_from([["in"], ["in", "more"], ["more", "in"], ["in/cloud", "in/phone"], [""]])
METHODS = {"combined": by_combined, "hash": by_hash, "pixels": by_pixels, "identical": by_identity}


@functools.cache
def contents() -> dict[str, list[tuple[bytes, frozenset[str]]]]:
    """Pictures and films, and what is seen in each."""
    pictures = []
    for scene in range(3):
        image = paint(scene, 96, 72)
        grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        small = cv2.resize(image, (48, 36), interpolation=cv2.INTER_AREA)
        for name, seen in {"as it is": image, "grey": grey, "turned": np.ascontiguousarray(np.rot90(image))}.items():
            what = frozenset([f"{scene} {name}"])
            pictures += [(encode(seen), what), (encode(seen, ".jpg"), what), (encode(seen, ".bmp"), what)]
        pictures.append((encode(small), frozenset([f"{scene} as it is"])))
    return {"picture": pictures, "film": list(_make_films())}


def _make_films():
    with tempfile.TemporaryDirectory() as folder:
        for number, (seed, end, scale) in enumerate([(0, 3, 1), (0, 2, 1), (0, 3, 0.75), (1, 3, 1)]):
            path = film(Path(folder) / f"{number}.mp4", end=end, seed=seed, scale=scale)
            yield path.read_bytes(), frozenset(f"film {seed}, second {second}" for second in range(end))


@functools.cache
def shown() -> dict[str, frozenset[str]]:
    """What is seen in the files of each digest."""
    return {hashlib.sha256(content).hexdigest(): seen for kind in contents().values() for content, seen in kind}


def seen_in(tree: dict[str, tuple], with_turned: bool) -> set[str]:
    """All that whole files of a tree show, without those films that belong to a picture."""
    found = set()
    for name, entry in tree.items():
        if not name.endswith(".mov") or not {f"{name[:-4]}.jpg"} & set(tree):
            found |= shown().get(entry[0], frozenset())
    return {each.replace("turned", "as it is") for each in found} if with_turned else found


def owners(name: str, tree: dict[str, tuple]) -> list[str]:
    """What a companion belongs to, said once more and more simply than in the code: all names here are simple."""
    folder, _, file = name.rpartition("/")
    stem, suffix = file.split(".", 1)
    if folder == "in/labels/train":
        folder = "in/images/train"
    elif "." in suffix:  # 2.jpg.json
        whole = f"{folder}/{file.rpartition('.')[0]}"
        if whole in tree:
            return [whole]
    elif suffix == "mov":
        return [each for each in [f"{folder}/{stem}.jpg"] if each in tree]
    elif suffix == "srt":
        return [each for each in [f"{folder}/{stem}.mp4"] if each in tree]
    return [each for each in (f"{folder}/{stem}.{kind}" for kind in ("jpg", "png")) if each in tree]


class Folder(RuleBasedStateMachine):
    """A tree with two folders, its user, and framesift."""

    @initialize(across=st.booleans())
    def begin(self, across: bool) -> None:
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.place = Path(tempfile.mkdtemp(dir=memory))
        self.root, self.backup, self.elsewhere = (self.place / name for name in ("root", "backup", "elsewhere"))
        self.index = Path(tempfile.gettempdir()) / f"framesift-random-{os.getpid()}.sqlite"
        self.count, self.across = 0, across
        self.plan: Plan | None = None
        self.turned, self.protected, self.preferred = False, "", ""
        self.away = defaultdict[str, list[tuple]](list)
        """What removals have taken, by its path."""
        for folder in (*FOLDERS, "in/labels/train"):
            (self.root / folder).mkdir(parents=True)
        for place in range(9):
            self.add(place * 5, place * 7)

    def teardown(self) -> None:
        if hasattr(self, "place"):
            shutil.rmtree(self.place)
            for path in self.index.parent.glob(f"{self.index.name}*"):
                path.unlink()

    def pick(self, number: int, names: list[str]) -> Path | None:
        """One of the files that are there."""
        there = [name for name in names if (self.root / name).is_file()]
        return self.root / there[number % len(there)] if there else None

    def put(self, name: str, content: bytes) -> None:
        self.count += 1
        (self.root / name).write_bytes(content)
        (self.root / name).chmod(0o600 + self.count % 64)
        os.utime(self.root / name, ns=(self.count, (10**9 + self.count) * 10**9 + self.count))

    def free(self, number: int, names: list[str]) -> str | None:
        there = [name for name in names if not os.path.lexists(self.root / name)]
        return there[number % len(there)] if there else None

    @rule(place=PICK, what=PICK)
    def add(self, place: int, what: int) -> None:
        if name := self.free(place, PICTURES):
            pictures = contents()["picture"]
            self.put(name, pictures[what % len(pictures)][0])

    @rule(place=PICK, what=PICK)
    def add_film(self, place: int, what: int) -> None:
        if name := self.free(place, FILMS):
            films = contents()["film"]
            self.put(name, films[what % len(films)][0])

    @rule(place=PICK)
    def add_companion(self, place: int) -> None:
        if name := self.free(place, BESIDE):
            self.put(name, f"companion {self.count}".encode())

    @rule(place=PICK, other=PICK)
    def link(self, place: int, other: int) -> None:
        """Another name of a picture."""
        if (path := self.pick(place, PICTURES)) and (name := self.free(other, PICTURES)):
            LINK(path, self.root / name)

    @rule(place=PICK)
    def unlink(self, place: int) -> None:
        if path := self.pick(place, PICTURES + FILMS + BESIDE):
            path.unlink()

    @rule(place=PICK, kept=st.integers(10, 400))
    def cut(self, place: int, kept: int) -> None:
        """A file is damaged where it stands."""
        if path := self.pick(place, PICTURES + FILMS):
            os.truncate(path, min(kept, path.stat().st_size - 1))

    @rule(place=PICK, other=PICK)
    def swap(self, place: int, other: int) -> None:
        """Two files change their names, and keep sizes and times."""
        one, two = self.pick(place, PICTURES), self.pick(other, PICTURES)
        if one and two and one != two and not one.samefile(two):
            one.rename(self.root / "swap")
            two.rename(one)
            (self.root / "swap").rename(two)

    @rule(of_root=st.booleans(), coarse=st.booleans())
    def remount(self, of_root: bool, coarse: bool) -> None:
        """A disk goes and comes back as a copy with other inodes, perhaps one that keeps times to 2 s."""
        disk = self.root if of_root else self.backup
        if not disk.exists():
            return
        shutil.copytree(disk, self.place / "fresh", symlinks=True)
        shutil.rmtree(disk)
        (self.place / "fresh").rename(disk)
        for path in disk.rglob("*") if coarse else ():
            os.utime(path, ns=(0, path.stat().st_mtime_ns // 2_000_000_000 * 2_000_000_000))

    @rule(
        searched=SEARCHED,
        method=st.sampled_from(["combined", "combined", "combined", "hash", "pixels", "identical"]),
        turned=st.booleans(),
        keep=st.sampled_from(["", "smallest-file", "longest", "oldest,name", "smallest-resolution", "newest"]),
        safe=st.sampled_from(["", "", *FOLDERS]),
        liked=st.sampled_from(["", "", *FOLDERS]),
        sealed=st.booleans(),
    )
    def search(self, searched, method, turned, keep, safe, liked, sealed) -> None:
        self.protected = safe if any(f"{safe}/".startswith(f"{each}/") or not each for each in searched) else ""
        self.preferred = liked if any(f"{liked}/".startswith(f"{each}/") or not each for each in searched) else ""
        self.turned = turned and method != "identical"
        way = METHODS[method]()
        place = os.path.commonpath([self.root / folder for folder in searched])
        liked = os.path.relpath(self.root / self.preferred, place)
        order = Preference.parse(keep).names if keep else ()
        try:
            findings = find_duplicates(
                [self.root / folder for folder in searched],
                allow_turns(way) if self.turned else way,
                Preference((*([f"folder:{liked}"] if self.preferred else []), *order)),
                jobs=1,
                index=self.index,
                protected=[self.root / self.protected] if self.protected else (),
            )
        except NothingFound:
            return
        self.plan = findings.removal()
        if sealed:
            self.plan = seal_plan(self.plan)
        self.base = os.path.relpath(self.plan.root, self.root)
        self.sources = {self.name_of(step.path): self.name_of(step.keeper) for step in self.plan.steps}
        names = set(self.sources)
        for group in findings.groups:
            member_of_liked = any(self.is_liked(self.name_of(each.item.path)) for each in group.members)
            alone = group.reason in ("has a label", "is transparent")
            assert (
                alone
                or not member_of_liked
                or self.is_liked(self.name_of(group.keeper.path))
                or any(self.is_liked(self.name_of(name)) for name in findings.names.get(group.keeper.path, ()))
            ), "what is preferred would go for what is not"
        assert not names & set(self.sources.values()), "a keeper would go"
        assert not any(self.is_safe(name) for name in names), "what is protected would go"

    def name_of(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.base, path))

    def is_liked(self, name: str) -> bool:
        return bool(self.preferred) and name.startswith(f"{self.preferred}/")

    def is_safe(self, name: str) -> bool:
        return bool(self.protected) and name.startswith(f"{self.protected}/")

    @precondition(lambda self: self.plan is not None)
    @rule(kill_at=KILLS, spare=st.sampled_from([False, False, False, True]))
    def apply(self, kill_at: int | None, spare: bool) -> None:
        before = snapshot(self.root)
        finished = self.run(functools.partial(apply_plan, spare_companions=spare), (self.plan, self.backup), kill_at)
        after = snapshot(self.root)
        self.note(before, after)
        gone = set(before) - set(after)
        if not finished:
            return
        took = {name for name in gone if name in self.sources}
        lost = seen_in(before, self.turned) - seen_in(after, self.turned)
        assert not lost, f"what exists once went: {lost}"
        assert not any(self.is_safe(name) for name in took), "what is protected went"
        for name in took:
            assert before[name][0] in shown(), "what is damaged went"
            assert after[self.sources[name]] == before[self.sources[name]], "the keeper is not what it was"
        assert not (spare and took & {each for name in gone - took for each in owners(name, before)}), "was not spared"
        for name in BESIDE + [each for each in FILMS if each.endswith(".mov")]:
            if name in before and name not in took and (belongs := owners(name, before)):
                stays = [owner for owner in belongs if owner in after]
                assert (name in after) == (bool(stays) or not gone & set(belongs)), (
                    "a companion was parted from its own"
                )

    @precondition(lambda self: (self.backup / "journal.jsonl").exists())
    @rule(kill_at=KILLS, elsewhere=st.sampled_from([False, False, True]))
    def undo(self, kill_at: int | None, elsewhere: bool) -> None:
        place = self.elsewhere if elsewhere else self.root
        before, there = snapshot(self.root), snapshot(self.elsewhere)
        arguments = (self.backup, place) if elsewhere else (self.backup,)
        finished = self.run(undo, arguments, kill_at)
        self.note(before, snapshot(self.root))
        self.note(there, snapshot(self.elsewhere))
        if finished is not None and not any(line.split("\t")[1] for line in finished):
            kept = {name: entries for name, entries in self.away.items() if entries}
            assert not kept, f"not given back: {kept}"
            assert not [name for name in snapshot(self.backup) if name != "journal.jsonl"], (
                "something stayed in the backup"
            )

    @precondition(lambda self: (self.backup / "journal.jsonl").exists())
    @rule(kill_at=KILLS, surely=st.integers(0, 3))
    def empty(self, kill_at: int | None, surely: int) -> None:
        """Once in a while what was moved is deleted for good, and nothing else."""
        if surely:
            return
        before, held = snapshot(self.root), Counter(self.held())
        finished = self.run(empty_backup, (self.backup,), kill_at, may_lose=True)
        after = snapshot(self.root)
        came = {name for name in after if name not in before}  # by a removal that was stopped and is taken back
        assert all(after.get(name) == entry for name, entry in before.items()) or not finished
        self.note(before, after)
        lost = held - Counter(self.held())
        entries = {entry[0] for entries in self.away.values() for entry in entries} | {after[name][0] for name in came}
        assert set(lost) <= entries, "what was not moved is gone"
        if finished is not None:
            assert not [name for name in snapshot(self.backup) if name != "journal.jsonl"]
            self.away.clear()
        else:
            left = {entry[0] for entry in snapshot(self.backup).values()}
            for name, known in self.away.items():
                self.away[name] = [entry for entry in known if entry[0] in left]

    def note(self, before: dict[str, tuple], after: dict[str, tuple]) -> None:
        """Keep in mind what has gone, and hold what has come against it."""
        for name in after.keys() - before.keys():
            if not is_ours(name):
                assert after[name] in self.away[name], "what came back is not what was moved"
                self.away[name].remove(after[name])
        for name in before.keys() - after.keys():
            if not is_ours(name):
                self.away[name].append(before[name])
        for name in before.keys() & after.keys():
            assert is_ours(name) or before[name] == after[name], "something was changed where it stands"

    def run(self, step, arguments: tuple, kill_at: int | None, may_lose: bool = False) -> list[str] | None:
        """Take a step in a child; return what it says, None if it was killed. No content may be gone afterwards."""
        held, log = Counter(self.held()), self.place / "log"
        log.unlink(missing_ok=True)
        code = call_in_child(act, step, arguments, self.across, kill_at, log)
        if code == 9 and "is no backup folder" in log.read_text():  # killed before there was a journal
            return None
        assert code in (0, -signal.SIGKILL), log.read_text()
        if not may_lose:
            lost = held - Counter(self.held())
            assert not set(lost) - set(self.held()), "bytes were lost"
            assert code != 0 or not lost, "a file was lost"
        return log.read_text().splitlines() if code == 0 else None

    def held(self) -> list[str]:
        """The digests of all files, wherever they stand."""
        own = ("journal.jsonl", PARTIAL, "log")
        return [entry[0] for name, entry in snapshot(self.place).items() if not name.endswith(own)]


def is_ours(name: str) -> bool:
    """Whether a name is one of a file that is being written or taken away."""
    return os.path.basename(name).startswith(".framesift-")


TestFolder = Folder.TestCase
TestFolder.settings = settings(
    max_examples=int(os.environ.get("FRAMESIFT_EXAMPLES", "3")),
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
