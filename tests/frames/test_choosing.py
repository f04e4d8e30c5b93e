"""Which folders and files are looked at."""

import pickle
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.errors import UsageError
from framesift.frames.choosing import STRAY, Choice, LeftOut
from framesift.frames.finding import find_frames
from framesift.frames.periods import Period
from tests.conftest import encode, make_image

JPEG = encode(make_image(), ".jpg")
DOUBLE = b"\0\x05\x16\x07\0\x02\0\0Mac OS X        "

names = st.sampled_from(["a", "b", "ab", "A", "a.jpg", "b.jpg", "b.png", "[a]", "a-b", ".a"])
files = st.lists(names, min_size=1, max_size=4).map("/".join)
parts = st.sampled_from(
    ["*", "**", "?", "a", "b", "ab", "*.jpg", "a*", "[ab]", "[!a]*", "[[]a]", "*b*", ".a", "[a-b]?"]
)
patterns = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "/", "./"]),
    st.lists(parts, min_size=1, max_size=3),
    st.sampled_from(["", "/"]),
)
some = st.lists(patterns, max_size=2).map(tuple)


def covers(pattern: str, path: str) -> bool:
    """The same as the patterns are explained, by another way."""
    only_folders, anchored = pattern.endswith("/"), "/" in pattern.removeprefix("./").rstrip("/")
    wanted = [part for part in pattern.split("/") if part not in ("", ".")]
    folders = path.split("/")
    last = len(folders) - only_folders
    ends = range(1, last + 1)
    return any(fits(wanted if anchored else ["**", *wanted], folders[:end], end == len(folders)) for end in ends)


def fits(wanted: list[str], parts: list[str], whole: bool) -> bool:
    if not wanted:
        return not parts
    if wanted[0] == "**":
        if len(wanted) == 1:
            return bool(parts)
        return any(fits(wanted[1:], parts[start:], whole) for start in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], wanted[0]) and fits(wanted[1:], parts[1:], whole)


def walk(choice: Choice, paths: set[str], left_out: LeftOut) -> set[str]:
    """What a walk from folder to folder comes upon."""

    def is_reached(path: str) -> bool:
        above = path.split("/")[:-1]
        return all(choice.enters("/".join(above[: end + 1]), left_out) for end in range(len(above)))

    return {path for path in paths if is_reached(path) and choice.takes(path, left_out)}


class TestPatterns:
    @given(st.sets(files, max_size=8), some, some, st.sampled_from(["", "a", "b/a"]))
    def test_a_walk_finds_what_the_patterns_say_of_each_path(self, paths, exclude, include, under):
        plain = {path for path in paths if not any(part.startswith(".") for part in path.split("/")[:-1])}
        expected = set()
        for path in plain:
            whole = f"{under}/{path}" if under else path
            if not any(covers(each, whole) for each in exclude) or any(covers(each, whole) for each in include):
                expected.add(path)
        assert walk(Choice(exclude, include).below(under), plain, LeftOut()) == expected

    @given(some, some)
    def test_choices_are_equal_on_the_other_machine(self, exclude, include):
        choice = Choice(exclude, include)
        assert pickle.loads(pickle.dumps(choice)) == choice

    @pytest.mark.parametrize(
        ("pattern", "yes", "no"),
        [
            ("night", ["night/a.jpg", "x/night/y/a.jpg", "night"], ["Night/a.jpg", "nights/a.jpg", "night.jpg"]),
            ("*.png", ["a.png", "x/y/a.png", "x.png/a.jpg"], ["a.PNG", "png"]),
            ("cam1/*.jpg", ["cam1/a.jpg"], ["x/cam1/a.jpg", "cam1/x/a.jpg"]),
            ("cam1/**", ["cam1/a.jpg", "cam1/x/a.jpg"], ["cam1", "x/cam1/a.jpg"]),
            ("**/cam1/*.jpg", ["cam1/a.jpg", "x/y/cam1/a.jpg"], ["cam1/x/a.jpg"]),
            ("a/**/b", ["a/b", "a/x/b", "a/x/y/b/c.jpg"], ["a/x", "ab"]),
            ("/top.jpg", ["top.jpg"], ["x/top.jpg"]),
            ("day/", ["day/a.jpg", "x/day/a.jpg"], ["day"]),
            ("**", ["a", "a/b"], []),
            ("**/**", ["a", "a/b"], []),
            ("a/**/**", ["a/b", "a/b/c"], ["a", "b/a/c"]),
            ("?[0-9].jpg", ["a1.jpg", "x/b2.jpg"], ["11/.jpg", "aa.jpg", "1.jpg"]),
            ("a[*]", ["a*"], ["ab"]),
            ("a[", ["a["], ["a"]),
            ("line\nbreak*", ["line\nbreak\n.jpg"], []),
        ],
    )
    def test_examples(self, pattern, yes, no):
        choice = Choice(exclude=(pattern,))
        assert [path for path in yes if choice.takes(path, LeftOut())] == []
        assert [path for path in no if not choice.takes(path, LeftOut())] == []

    @pytest.mark.parametrize("pattern", ["", "/", "./", "[z-a]"])
    def test_what_is_no_pattern_is_named(self, pattern):
        with pytest.raises(UsageError, match="--include"):
            Choice(include=(pattern,))


class TestStrayFolders:
    def tree(self, write_tree, *more: str) -> Path:
        return write_tree(dict.fromkeys(("cam1/1.jpg", *more), JPEG))

    def found(self, folder: Path, **patterns: tuple[str, ...]) -> tuple[list[str], str]:
        listing = find_frames(folder, choice=Choice(**patterns))
        return [frame.path for frame in listing.frames], listing.left_out.describe()

    @pytest.mark.parametrize("name", [*STRAY, "@EADIR", "$Recycle.Bin", ".Trash-1000"])
    def test_are_passed_over_and_counted(self, write_tree, name):
        name = name.replace("*", "501")
        frames, line = self.found(self.tree(write_tree, f"cam1/{name}/x/2.jpg", f"{name}/3.jpg"))
        assert frames == ["cam1/1.jpg"]
        assert line.startswith("not looked at: ") and line.endswith(" (2 folders)")

    @pytest.mark.parametrize("pattern", ["@eaDir", "**/@eaDir/**", "cam1/@eaDir", "cam1/@eaDir/*.jpg"])
    def test_are_taken_in_by_their_name(self, write_tree, pattern):
        folder = self.tree(write_tree, "cam1/@eaDir/2.jpg", "cam1/@eaDir/#recycle/3.jpg", "#recycle/4.jpg")
        frames, line = self.found(folder, include=(pattern,))
        assert frames == ["cam1/1.jpg", "cam1/@eaDir/2.jpg"]
        assert "#recycle (2 folders" in line or "#recycle (1 folder)" in line

    @pytest.mark.parametrize("pattern", ["*", "**", "*.jpg", "cam1", "cam1/**", ".hidden"])
    def test_are_not_taken_in_with_everything(self, write_tree, pattern):
        folder = self.tree(write_tree, "cam1/@eaDir/2.jpg", ".Trash-1/3.jpg")
        assert self.found(folder, include=(pattern,))[0] == ["cam1/1.jpg"]

    def test_hidden_folders_are_taken_in_by_name_too(self, write_tree):
        folder = self.tree(write_tree, ".hidden/2.jpg", ".git/3.jpg")
        assert self.found(folder) == (["cam1/1.jpg"], "")
        assert self.found(folder, include=(".hidden",))[0] == [".hidden/2.jpg", "cam1/1.jpg"]

    def test_a_folder_that_is_asked_for_is_looked_into_whatever_its_name(self, write_tree):
        assert self.found(self.tree(write_tree, "#recycle/2.jpg") / "#recycle")[0] == ["2.jpg"]

    def test_it_is_said_when_there_is_nothing_else(self, write_tree):
        folder = write_tree({"#recycle/1.jpg": JPEG, ".x/2.jpg": JPEG, "._3.jpg": DOUBLE})
        with pytest.raises(UsageError) as error:
            find_frames(folder)
        assert error.value.reason == (
            "holds no frame (not looked at: #recycle (1 folder), hidden (1 folder), ._* of macOS (1 file))"
        )

    def test_films_too(self, write_tree):
        folder = write_tree({"@eaDir/a.mp4": b"", "b.mp4": b"", "night/c.mp4": b"", "x.jpg": JPEG})
        assert find_frames(folder, choice=Choice(("night",))).videos == ["b.mp4"]


class TestAppleDouble:
    def test_by_name_and_content(self, write_tree):
        folder = write_tree({"a.jpg": JPEG, "._a.jpg": DOUBLE, "._b.jpg": JPEG, "c.jpg": DOUBLE, "._f.mov": DOUBLE})
        listing = find_frames(folder)
        assert [frame.path for frame in listing.frames] == ["._b.jpg", "a.jpg", "c.jpg"]
        assert listing.left_out.describe() == "not looked at: ._* of macOS (2 files)"
        assert listing.videos == []

    def test_can_be_taken_in(self, write_tree):
        folder = write_tree({"a.jpg": JPEG, "._a.jpg": DOUBLE})
        assert len(find_frames(folder, choice=Choice(include=("._*",))).frames) == 2


class TestUnused:
    def lines(self, folder: Path, choice: Choice) -> list[str]:
        return list(choice.describe_unused(find_frames(folder, choice=choice).left_out))

    def test_a_pattern_that_covers_nothing_is_named_once(self, write_tree):
        folder = write_tree({"cam1/a.jpg": JPEG, "cam2/b.png": JPEG})
        assert self.lines(folder, Choice(("cam2", "*.png", "cam2/*"), ("b.png",))) == []
        assert self.lines(folder, Choice(("CAM1",))) == ["--exclude 'CAM1' covers nothing (capitals count)"]
        [line] = self.lines(folder, Choice(("x/a.jpg",)))
        assert line == (
            "--exclude 'x/a.jpg' covers nothing "
            "(it is a path from the folder on, and capitals count; '**/x/a.jpg' is at any depth)"
        )
        [line] = self.lines(folder, Choice((), ("cam1",)))
        assert line.endswith("; --exclude '*' --include 'cam1' looks at nothing else")

    def test_two_patterns_of_one_file_are_both_used(self, write_tree):
        folder = write_tree({"a.jpg": JPEG, "b.png": JPEG})
        assert self.lines(folder, Choice(("*.png", "b*"))) == []


def test_what_has_left_out_nothing_is_not_named():
    left_out, choice = LeftOut(), Choice(period=Period(hours="6-20"))
    assert choice.takes_time(datetime(2021, 3, 27, 12, tzinfo=UTC), left_out)
    assert left_out.describe() == "" and left_out.as_json() == {}


def plain_glob(pattern: str, path: str) -> bool:
    """The meaning of a pattern with a `/` within, by trying everything."""

    def part(glob: str, name: str) -> bool:
        if not glob:
            return not name
        if glob[0] == "*":
            return part(glob[1:], name) or (name != "" and part(glob, name[1:]))
        return name != "" and glob[0] in ("?", name[0]) and part(glob[1:], name[1:])

    def parts(globs: list[str], names: list[str]) -> bool:
        if not globs:
            return True
        if globs[0] == "**" and len(globs) > 1:
            return any(parts(globs[1:], names[n:]) for n in range(len(names)))
        fits = bool(names) and (not globs[0].strip("*") or part(globs[0], names[0]))
        return fits and parts(globs[1:], names[1:])

    return parts(pattern.split("/"), path.split("/"))


PARTS = st.lists(st.text(st.sampled_from("ab*?"), min_size=1, max_size=5), min_size=2, max_size=5)
NAMES = st.lists(st.text(st.sampled_from("ab"), min_size=1, max_size=5), min_size=1, max_size=6)


@given(PARTS.filter(lambda parts: parts[-1].strip("*")), NAMES)
def test_taking_what_comes_first_finds_what_trying_everything_finds(parts, names):
    pattern, path = "/".join(parts), "/".join(names)
    left_out = LeftOut()
    assert (not Choice(exclude=(pattern,)).takes(path, left_out)) is plain_glob(pattern, path)


@pytest.mark.parametrize("pattern", ["*a" * 40 + "*b", "**/*/" * 40 + "b", "*" + "?*" * 60 + "b"])
def test_no_pattern_takes_for_ever(pattern):
    assert Choice(exclude=(pattern,)).takes("/".join(["a" * 120] * 30), LeftOut())
