"""What lies in a folder, and whether a run that was disturbed has left it as it must."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

_OWN = re.compile(r"(^|/)(\.framesift-[^/]*|journal\.jsonl|index\.sqlite[^/]*|\.index[^/]*|manifest\.jsonl)$")
"""Files that framesift writes to bit by bit, or under a name of their own until they are whole."""
_FILE_STATE = re.compile(rb', "file": \[[-0-9, ]*\]')
"""In a manifest: no two copies of a folder share it."""


class Seen(NamedTuple):
    """A file, a folder or a link."""

    kind: str
    mode: int
    mtime_ns: int
    digest: str


Tree = dict[str, Seen]


def look(place: Path) -> Tree:
    """Return all that lies in a folder, by path."""
    found: Tree = {}
    for path in sorted(place.rglob("*")):
        status, name = path.lstat(), str(path.relative_to(place))
        if path.is_symlink():
            found[name] = Seen("link", 0, 0, str(path.readlink()))
        elif path.is_dir():
            found[name] = Seen("folder", status.st_mode, 0, "")
        else:
            content = _FILE_STATE.sub(b"", path.read_bytes()) if name.endswith("manifest.jsonl") else path.read_bytes()
            original = name.startswith(("in/", "bk/"))  # what is written anew has the time at which it was
            mtime_ns = status.st_mtime_ns if original else 0
            found[name] = Seen("file", status.st_mode, mtime_ns, hashlib.sha256(content).hexdigest())
    return found


def compare(found: Tree, expected: Tree, other: Tree) -> list[str]:
    """Say where two trees differ. Of what differs between two undisturbed runs only that it is there counts."""
    told = [f"{path} is missing" for path in expected if path not in found]
    told += [f"{path} is left over" for path in found if path not in expected and not path.startswith("index.sqlite")]
    for path in found.keys() & expected.keys():
        if expected[path] == other.get(path) and found[path] != expected[path] and not path.startswith("index.sqlite"):
            told.append(f"{path} is another: {found[path]}, not {expected[path]}")
    return sorted(told)


def find_losses(before: Tree, now: Tree, moves: bool, deletes: bool) -> Iterator[str]:
    """Yield which original has no whole copy left."""
    held = {seen.digest for seen in now.values()}
    for path, seen in before.items():
        if deletes and path.startswith("bk/"):
            continue
        if path.startswith(("in/", "bk/")) and seen.kind == "file" and not path.endswith((".jsonl", "metadata.json")):
            if not moves and now.get(path) != seen:
                yield f"{path} was changed"
            elif seen.digest not in held:
                yield f"{path} is lost"


def find_partial(place: Path, before: Tree, now: Tree, known: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield what has its final name and is not whole: neither an original nor what an undisturbed run writes there."""
    originals = {seen.digest for seen in before.values()}
    for path, seen in now.items():
        if seen.kind != "file" or _OWN.search(path) or seen.digest in originals | known.get(path, set()):
            continue
        if path.endswith("metadata.json"):
            try:
                json.loads((place / path).read_bytes())
            except ValueError:
                yield f"{path} is partial"
        elif path not in known or len(known[path]) < 2:  # with two, each run writes another
            yield f"{path} is partial"
