"""Near-duplicates searched, moved away and given back in any order, killed or not: pictures, films, their companions.

Whatever is done, no byte is lost, everything that was seen in the folders is still seen there after a removal, pictures
go and come with their companions, what is protected stays, and undo gives back bit for bit. FRAMESIFT_STEPS sets how
many are taken, 50 in each tree (10000 take half an hour), and FRAMESIFT_SEED which; a failure says the seed of its
tree.
"""

import functools
import hashlib
import os
import random
import re
import shutil
import signal
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift.actions import apply_plan, empty_backup, seal_plan, undo
from framesift.actions.moving import PARTIAL
from framesift.actions.plan import Plan
from framesift.duplicates import Preference, allow_turns, by_combined, by_hash, by_identity, by_pixels, find_duplicates
from framesift.duplicates.inventory import NothingFound
from framesift.frames.companions import find_labelled
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
SEARCHED = [["in"], ["in", "more"], ["more", "in"], ["in/cloud", "in/phone"], [""]]
ORDERS = [(), ("smallest-file",), ("longest",), ("oldest", "name"), ("smallest-resolution",), ("newest",)]
METHODS = {"combined": by_combined, "hash": by_hash, "pixels": by_pixels, "identical": by_identity}

RULES = {"add": 6, "add_film": 2, "add_companion": 3, "link": 1, "unlink": 1, "cut": 1, "swap": 1, "remount": 2}
RULES |= {"search": 5, "apply": 6, "undo": 3, "empty": 0.3}
"""What is done, and how often."""


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


def seen_in(tree: dict[str, tuple], with_turned: bool, with_live: bool) -> set[str]:
    """All that whole files of a tree show; those films that belong to a picture, and go with it, only `with_live`."""
    found = set()
    for name, entry in tree.items():
        if with_live or not name.endswith(".mov") or f"{name[:-4]}.jpg" not in tree:
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


class Folder:
    """A tree with two folders, its user, and framesift. What is done next is drawn by `choose`."""

    def __init__(self, place: Path, choose: random.Random) -> None:
        self.place, self.choose = place, choose
        self.root = place / "root"
        self.count, self.across = 0, choose.random() < 0.5
        self.plan: Plan | None = None
        self.turned, self.protected, self.base = False, "", ""
        self.sources: dict[str, str] = {}
        self.away = defaultdict[tuple[Path, str], list[tuple]](list)
        """What removals have taken, by backup and path."""
        self.doubled = Counter[str]()
        """What stands in two places since a step was killed."""
        self.to_mend = dict[str, tuple]()
        """What was given back by an undo that was killed before it had given it its time."""
        self.tally = Counter[str]()
        for folder in (*FOLDERS, "in/labels/train"):
            (self.root / folder).mkdir(parents=True)
        for add, times in ((self.add, 9), (self.add_film, 2), (self.add_companion, 6)):
            for _ in range(times):
                add()

    def step(self) -> None:
        """Do something."""
        names, weights = zip(*RULES.items(), strict=True)
        [name] = self.choose.choices(names, weights)
        getattr(self, name)()

    def pick(self, names: list[str]) -> Path | None:
        """One of the files that are there."""
        there = [name for name in names if (self.root / name).is_file()]
        return self.root / self.choose.choice(there) if there else None

    def put(self, names: list[str], content: bytes) -> None:
        """Write a file of one of these names that is not there."""
        free = [name for name in names if not os.path.lexists(self.root / name)]
        if free:
            self.count += 1
            path = self.root / self.choose.choice(free)
            path.write_bytes(content)
            path.chmod(0o600 + self.count % 64)
            os.utime(path, ns=(self.count, (10**9 + self.count) * 10**9 + self.count))

    def backups(self) -> list[Path]:
        """One for each folder that was searched."""
        return [path.parent for path in sorted(self.place.glob("backup*/journal.jsonl"))]

    def draw_kill(self) -> int | None:
        """At which call that changes the disk a step is killed, if any."""
        return self.choose.choice([None, None, self.choose.randint(1, 60), self.choose.randint(1, 25)])

    def add(self) -> None:
        self.put(PICTURES, self.choose.choice(contents()["picture"])[0])

    def add_film(self) -> None:
        self.put(FILMS, self.choose.choice(contents()["film"])[0])

    def add_companion(self) -> None:
        self.put(BESIDE, f"companion {self.count}".encode())

    def link(self) -> None:
        """Another name of a picture."""
        name = self.root / self.choose.choice(PICTURES)
        if not name.exists() and (path := self.pick(PICTURES)):
            LINK(path, name)

    def unlink(self) -> None:
        if path := self.pick(PICTURES + FILMS + BESIDE):
            path.unlink()

    def cut(self) -> None:
        """A file is damaged where it stands, and so are its other names: since a kill one may be in a backup."""
        if path := self.pick(PICTURES + FILMS):
            held = Counter(self.held())
            os.truncate(path, min(self.choose.randint(10, 400), path.stat().st_size - 1))
            damaged = Counter(self.held()) - held
            for digest in (held - Counter(self.held())).keys() & self.doubled.keys():
                self.doubled[next(iter(damaged))] += min(self.doubled[digest], damaged.total() - 1)

    def swap(self) -> None:
        """Two files change their names, and keep sizes and times."""
        one, two = self.pick(PICTURES), self.pick(PICTURES)
        if one and two and not one.samefile(two):
            one.rename(self.root / "swap")
            two.rename(one)
            (self.root / "swap").rename(two)

    def remount(self) -> None:
        """A disk goes and comes back as a copy with other inodes, perhaps one that keeps times to 2 s."""
        disk = self.choose.choice([self.root, *self.backups()])
        shutil.copytree(disk, self.place / "fresh", symlinks=True)
        shutil.rmtree(disk)
        (self.place / "fresh").rename(disk)
        for path in disk.rglob("*") if self.choose.random() < 0.5 else ():
            os.utime(path, ns=(0, path.stat().st_mtime_ns // 2_000_000_000 * 2_000_000_000))

    def search(self) -> None:
        """Find near-duplicates, by any method, in any of the folders."""
        searched, choose = self.choose.choice(SEARCHED), self.choose
        holds = [folder for folder in FOLDERS if any(not s or f"{folder}/".startswith(f"{s}/") for s in searched)]
        self.protected = choose.choice(["", choose.choice(holds)])
        preferred = choose.choice(["", choose.choice(holds)])
        method = choose.choice([*METHODS])
        self.turned = method != "identical" and choose.random() < 0.3
        place = os.path.commonpath([self.root / folder for folder in searched])
        first = [f"folder:{os.path.relpath(self.root / preferred, place)}"] if preferred else []
        try:
            findings = find_duplicates(
                [self.root / folder for folder in searched],
                allow_turns(METHODS[method]()) if self.turned else METHODS[method](),
                Preference((*first, *choose.choice(ORDERS))),
                jobs=1,
                index=self.place.parent / "index.sqlite",
                protected=[self.root / self.protected] if self.protected else (),
            )
        except NothingFound:
            return
        plan = findings.removal()
        self.plan, self.base = seal_plan(plan) if choose.random() < 0.5 else plan, os.path.relpath(plan.root, self.root)
        self.sources = {self.name_of(step.path): self.name_of(step.keeper) for step in plan.steps}
        assert not self.sources.keys() & set(self.sources.values()), "a keeper would go"
        assert not any(is_in(name, self.protected) for name in self.sources), "what is protected would go"
        labelled = find_labelled(plan.root, findings.companions)  # what somebody has worked on comes before all
        for group in findings.groups if preferred else ():
            kept = [group.keeper.path, *findings.names.get(group.keeper.path, ())]
            is_liked = any(is_in(self.name_of(name), preferred) for name in kept)
            likes = any(is_in(self.name_of(member.item.path), preferred) for member in group.members)
            assert is_liked or not likes or group.keeper.path in labelled, "what is preferred would go"
        self.tally["found"] += len(plan.steps)

    def name_of(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.base, path))

    def apply(self) -> None:
        """Carry out the last plan, whatever has happened since, and perhaps again."""
        if self.plan is None:
            return
        backup = self.place / f"backup of {self.base.replace('/', ' ')}"
        before, spare = snapshot(self.root), self.choose.random() < 0.2
        finished = self.run(functools.partial(apply_plan, spare_companions=spare), (self.plan, backup))
        after = snapshot(self.root)
        self.note(backup, before, after)
        if finished is None:
            return
        gone = {name for name in before.keys() - after.keys() if not is_ours(name)}
        took = gone & self.sources.keys()
        assert gone <= took | set(BESIDE + FILMS), "what the plan does not name went"
        lost = seen_in(before, self.turned, with_live=False) - seen_in(after, self.turned, with_live=True)
        assert not lost, f"what exists once went: {lost}"
        assert not any(is_in(name, self.protected) for name in took), "what is protected went"
        for name in took:
            assert before[name][0] in shown(), "what is damaged went"
            assert after[self.sources[name]] == before[self.sources[name]], "the keeper is not what it was"
        for name in {*BESIDE, *FILMS} & before.keys() - took:
            if belongs := owners(name, before):
                assert name in after or gone.issuperset(belongs), "a companion went without its picture"
                assert name not in after or not gone.issuperset(belongs), "a companion stayed alone"
                assert name in after or not spare, "what a picture has was not spared"

    def undo(self) -> None:
        """Give back, to the same place or to another one."""
        if not (backups := self.backups()):
            return
        backup = self.choose.choice(backups)
        base = backup.name.removeprefix("backup of ").replace(" ", "/")
        elsewhere = self.place / "elsewhere" / base if self.choose.random() < 0.3 else None
        before, there = snapshot(self.root), snapshot(self.place / "elsewhere")
        finished = self.run(undo, (backup, elsewhere) if elsewhere else (backup,))
        self.note(backup, before, snapshot(self.root))
        self.note(backup, there, snapshot(self.place / "elsewhere"))
        if finished is not None and not any(line.split("\t")[1] for line in finished):
            assert not self.taken_by(backup), "not all was given back"
            assert set(snapshot(backup)) == {"journal.jsonl"}, "something stayed in the backup"

    def empty(self) -> None:
        """What was moved is deleted for good, and nothing else."""
        if not (backups := self.backups()):
            return
        backup = self.choose.choice(backups)
        before, held, doubled = snapshot(self.root), Counter(self.held()), self.doubled.copy()
        finished = self.run(empty_backup, (backup,), may_lose=True)
        self.note(backup, before, snapshot(self.root))
        lost, known = held - Counter(self.held()) - doubled, {entry[0] for entry in self.taken_by(backup)}
        assert lost.keys() <= known, "what was not moved is gone"
        left = {entry[0] for entry in snapshot(backup).values()}
        assert finished is None or not left & known, "something stayed"
        for (place, _), entries in self.away.items():
            if place == backup:
                entries[:] = [entry for entry in entries if entry[0] in left]

    def taken_by(self, backup: Path) -> list[tuple]:
        return [entry for (place, _), entries in self.away.items() if place == backup for entry in entries]

    def note(self, backup: Path, before: dict[str, tuple], after: dict[str, tuple]) -> None:
        """Keep in mind what has gone, and hold what has come against it."""
        for name in after.keys() - before.keys():
            if not is_ours(name):
                entry, known = after[name], self.away[backup, name]
                if not known:  # a stopped run finds another file at its place, and puts it beside that
                    known = self.away[backup, re.sub(r"\.\d+$", "", name)]
                if entry not in known:  # stopped before it had its time again, which the next run gives
                    alike = [each for each in known if is_coarse(entry, each) or is_coarse(each, entry)]
                    if not alike and self.doubled[entry[0]]:  # a second one since a kill, and then its place was taken
                        continue
                    assert alike, "what came back is not what was moved"
                    self.to_mend[name] = entry = alike[0]
                known.remove(entry)
                self.tally["came back"] += 1
        for name in before.keys() - after.keys():
            if not is_ours(name):
                self.away[backup, name].append(before[name])
                self.tally["went"] += 1
        for name in before.keys() & after.keys():
            is_mended = after[name] == self.to_mend.pop(name, None) or is_coarse(before[name], after[name])
            is_as_it_was = before[name] == after[name] or is_mended
            assert is_ours(name) or is_as_it_was, "something was changed where it stands"

    def run(self, step: Callable, arguments: tuple, may_lose: bool = False) -> list[str] | None:
        """Take a step in a child; return what it says, None if it was killed. No content may be gone afterwards."""
        held, log, kill_at = Counter(self.held()), self.place / "log", self.draw_kill()
        log.unlink(missing_ok=True)
        code = call_in_child(act, step, arguments, self.across, kill_at, log)
        self.tally["killed" if code else "done"] += 1
        if code == 9 and "is no backup folder" in log.read_text():  # killed before there was a journal
            return None
        assert code in (0, -signal.SIGKILL), log.read_text()
        lost = held - Counter(self.held())
        assert may_lose or not lost.keys() - set(self.held()), "bytes were lost"
        assert may_lose or code or lost <= self.doubled, "a file was lost"
        self.doubled += Counter(self.held()) - held
        self.doubled -= lost
        return log.read_text().splitlines() if code == 0 else None

    def held(self) -> list[str]:
        """The digests of all files, wherever they stand."""
        own = ("journal.jsonl", PARTIAL, "log")
        return [entry[0] for name, entry in snapshot(self.place).items() if not name.endswith(own)]


def is_coarse(entry: tuple, original: tuple) -> bool:
    """Whether a file is the original on a disk that keeps times to 2 s."""
    return entry[:2] == original[:2] and entry[2] == original[2] // 2_000_000_000 * 2_000_000_000


def is_in(name: str, folder: str) -> bool:
    return bool(folder) and name.startswith(f"{folder}/")


def is_ours(name: str) -> bool:
    """Whether a name is one of a file that is being written or taken away."""
    return os.path.basename(name).startswith(".framesift-")


@pytest.fixture
def scratch() -> Iterator[Path]:
    """In memory where that can be: every step syncs."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_nothing_is_lost_whatever_is_done_in_whatever_order(scratch):
    tally, seed = Counter[str](), int(os.environ.get("FRAMESIFT_SEED", "0"))
    for number in range(int(os.environ.get("FRAMESIFT_STEPS", "100")) // 50):
        place = Path(tempfile.mkdtemp(dir=scratch))
        folder = Folder(place, random.Random(seed + number))
        for step in range(50):
            try:
                folder.step()
            except BaseException as error:
                error.add_note(f"FRAMESIFT_SEED={seed + number}, step {step}")
                raise
        tally += folder.tally
        shutil.rmtree(place)
    print(dict(tally))
    assert min(tally[each] for each in ("found", "went", "came back", "killed", "done")) > 0
