"""A plan on disk: read as written, and refused with one line when an edit made it dangerous."""

import json
import os
import shlex
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift import cli
from framesift.actions import FileStat, Plan, Step, encode_plan, plan_removal, read_plan, seal_plan, write_plan
from framesift.actions.marks import make_mark
from framesift.cli import options
from framesift.errors import StorageError, UsageError
from tests.actions.removals import backed_up, picture, plan_of
from tests.conftest import read_tree

FILE = FileStat(1, 2, 3, 4, 5)
STEP = Step("c1/b.png", FILE, "c1/a.png", FileStat(1, 9, 3, 4, 5), "score 3 <= 5", 0.97, None)
NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/\0")
    | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)
).filter(lambda name: name not in ("", ".", "..") and os.fsdecode(os.fsencode(name)) == name)


def test_a_plan_comes_back_as_it_was_and_has_a_step_a_line(tmp_path):
    plan = plan_removal(tmp_path, [STEP, Step("bad\udcff.png", FILE, "new\nline.png", FILE, "r", None, "ab" * 32)])
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan
    assert (tmp_path / "plan.json").read_text().count("\n") == 4
    of_two = Plan("/r", (STEP,), ("c1", "c2"))
    write_plan(of_two, tmp_path / "of two.json")
    assert read_plan(tmp_path / "of two.json") == of_two


@given(path=NAMES, keeper=NAMES, reason=st.text(), similarity=st.none() | st.floats(0, 1))
def test_any_plan_comes_back(tmp_path_factory, path, keeper, reason, similarity):
    plan = Plan("/r", (Step("x/" + path, FILE, "y/" + keeper, FILE, reason, similarity),))
    file = tmp_path_factory.mktemp("plans") / "plan.json"
    write_plan(plan, file)
    assert read_plan(file) == plan


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "plan.json").write_text("the user's")
    with pytest.raises(UsageError, match="nothing was overwritten"):
        write_plan(plan_removal(tmp_path, [STEP]), tmp_path / "plan.json")
    assert (tmp_path / "plan.json").read_text() == "the user's"


def edited(tmp_path, edit):
    """Read a plan of two steps after `edit` has changed its document."""
    path = tmp_path / "plan.json"
    write_plan(Plan("/root/folder", (STEP, Step("c.png", FILE, "c1/a.png", FILE, "r"))), path)
    document = json.loads(path.read_text())
    edit(document)
    path.write_text(json.dumps(document))
    return read_plan(path)


def test_steps_can_be_deleted(tmp_path):
    assert edited(tmp_path, lambda plan: plan["steps"].pop()).steps == (STEP,)
    (tmp_path / "plan.json").unlink()
    assert edited(tmp_path, lambda plan: plan["steps"].clear()).steps == ()


@pytest.mark.parametrize(
    "path",
    [
        "../x.png",
        "/etc/passwd",
        "a/../b",
        "a//b",
        "./a",
        "a/.",
        "",
        "a\0b",
        "\ud800.png",
        "\udcc3\udca4.png",
        "\x00",
        "..",
    ],
)
@pytest.mark.parametrize("field", ["path", "keeper"])
def test_paths_that_leave_the_root_are_refused(tmp_path, path, field):
    with pytest.raises(UsageError, match="the plan has a path that") as caught:
        edited(tmp_path, lambda plan: plan["steps"][0].update({field: path}))
    assert str(caught.value).isprintable()


EDITS = {
    "removes c1/b.png twice": lambda plan: plan["steps"].append(plan["steps"][0]),
    "keeps c1/a.png for c1/b.png and removes it too": lambda plan: plan["steps"][1].update(path="c1/a.png", keeper="z"),
    "keeps c1/b.png for c1/b.png and removes it too": lambda plan: plan["steps"][0].update(keeper="c1/b.png"),
    "root relative is not an absolute path": lambda plan: plan.update(root="relative"),
    "is not an absolute path": lambda plan: plan.update(root="/a/../b"),
    "root is a path": lambda plan: plan.update(root=3),
    "lies in none of its folders: c.png": lambda plan: plan.update(folders=["c1", "c"]),
    "mark is a text": lambda plan: plan.update(mark=3),
    "nothing else": lambda plan: plan.update(more=1),
    "this version cannot apply it": lambda plan: plan.update(schema=2),
    "is not a plan of framesift": lambda plan: plan.pop("framesift"),
    "step 1 of the plan is not one": lambda plan: plan["steps"][0].pop("file"),
    "step 2 of the plan is not one": lambda plan: plan["steps"][1].update(kepeer="x"),
    "step 1 of the plan is not one: size is not a whole number": lambda plan: plan["steps"][0]["file"].update(size=1.5),
    "inode is not a whole number": lambda plan: plan["steps"][0]["keeper_file"].update(inode=True),
    "mtime_ns is not a whole number": lambda plan: plan["steps"][0]["file"].update(mtime_ns=10**30),
    "path, keeper, reason, sha256 and keeper_sha256 are texts": lambda plan: plan["steps"][0].update(sha256=7),
    "are texts": lambda plan: plan["steps"][0].update(path=["c1/b.png"]),
    "similarity is a number from 0 to 1": lambda plan: plan["steps"][0].update(similarity=90),
    "is not JSON: NaN is no number": lambda plan: plan["steps"][0].update(similarity=float("nan")),
    "step 1 of the plan is not one:": lambda plan: plan["steps"].insert(0, None),
}


@pytest.mark.parametrize("reason", EDITS)
def test_what_an_edit_made_dangerous_is_refused(tmp_path, reason):
    with pytest.raises(UsageError, match=reason):
        edited(tmp_path, EDITS[reason])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 200_000,
        b'{"framesift": "1", "framesift": "1"}',
        b"1" * 5000,
        b"\0" * 9,
    ],
)
def test_what_is_no_plan_is_refused_in_one_line(tmp_path, content):
    (tmp_path / "plan.json").write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_plan(tmp_path / "plan.json")
    assert str(caught.value).startswith(str(tmp_path)) and str(caught.value).isprintable()


def test_a_plan_that_is_not_there(tmp_path):
    with pytest.raises(StorageError, match="No such file"):
        read_plan(tmp_path / "plan.json")


def test_a_pipe_and_an_endless_file_are_no_plans(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="is not a regular file"):
        read_plan(tmp_path / "pipe")
    (tmp_path / "long").touch()
    os.truncate(tmp_path / "long", 2**31)
    with pytest.raises(UsageError, match="is larger than a plan can be"):
        read_plan(tmp_path / "long")


class TestStrangers:
    """Plans that this user has not made here: no mark, that of another user, of another root or of a backup."""

    MARKS = ("", "0" * 64, "of another", "of other folders", "of a backup", "\ud800")

    @pytest.fixture
    def home(self, tmp_path) -> Path:
        (tmp_path / "home").mkdir()
        for number in range(2):
            (tmp_path / f"home/a{number}.png").write_bytes(picture(number))
        return tmp_path / "home"

    @pytest.fixture(params=MARKS)
    def plan(self, home, tmp_path, request) -> Path:
        """A plan by which one of two pictures goes, handed in with such a mark."""
        plan, mark = plan_of(home, a1="a0"), request.param
        others = {"of another": Plan("/elsewhere", ()), "of other folders": Plan(plan.root, (), ("a",))}
        if mark in others:
            write_plan(others[mark], tmp_path / "other.json")
            mark = json.loads((tmp_path / "other.json").read_text())["mark"]
        elif mark == "of a backup":
            mark = make_mark(plan.root)
        (tmp_path / "plan.json").write_bytes(encode_plan(plan, mark))
        return tmp_path / "plan.json"

    @pytest.mark.parametrize("more", [[], ["--dry-run"]])
    def test_nothing_goes_from_where_they_say(self, home, plan, tmp_path, capsys, more):
        before = read_tree(tmp_path)
        command = ["apply", str(plan), "--remove-to", str(tmp_path / "backup"), *more]
        assert cli.main(command) == options.USAGE
        [line] = capsys.readouterr().err.splitlines()
        assert line.startswith(f"framesift: {plan}: was not made by you on this machine")
        assert read_tree(tmp_path) == before and not (tmp_path / "backup").exists()
        said = shlex.split(line.partition("if that is right, say so: ")[2])
        assert said == ["--in", str(home)]
        assert cli.main([*command, *said]) == options.DONE
        assert list(backed_up(tmp_path / "backup")) == ([] if more else ["a1.png"])

    def test_the_files_go_from_the_folder_that_is_named_and_no_other(self, home, plan, tmp_path):
        shutil.copytree(home, tmp_path / "copy")
        before = read_tree(home)
        cli.main(["apply", str(plan), "--remove-to", str(tmp_path / "backup"), "--in", str(tmp_path / "copy")])
        assert read_tree(home) == before

    def test_names_in_that_line_do_not_move_the_cursor(self, tmp_path, capsys):
        (tmp_path / "plan.json").write_bytes(encode_plan(Plan("/a\x1b[2J\nb\u202e", ())))
        assert cli.main(["apply", str(tmp_path / "plan.json"), "--remove-to", str(tmp_path / "b")]) == options.USAGE
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "\x1b" not in said and "\u202e" not in said


def test_a_plan_with_digests_goes_with_files_that_have_moved(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    for number in range(2):
        (root / f"a{number}.png").write_bytes(picture(number))
    write_plan(seal_plan(plan_of(root, a1="a0")), tmp_path / "plan.json")
    before = read_tree(root)
    shutil.copytree(root, tmp_path / "elsewhere")
    words = ["--remove-to", str(tmp_path / "backup"), "--in", str(tmp_path / "elsewhere")]
    assert cli.main(["apply", str(tmp_path / "plan.json"), *words]) == options.DONE
    assert list(read_tree(tmp_path / "elsewhere")) == ["a0.png"]
    assert cli.main(["undo", str(tmp_path / "backup")]) == options.DONE
    assert read_tree(tmp_path / "elsewhere") == before == read_tree(root)


def test_without_a_place_for_the_key_a_plan_takes_the_folder(tmp_path, monkeypatch):
    (tmp_path / "state").write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    write_plan(Plan("/root", (STEP,)), tmp_path / "plan.json")
    with pytest.raises(UsageError, match="was not made by you on this machine"):
        read_plan(tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json", "/root") == Plan("/root", (STEP,))
