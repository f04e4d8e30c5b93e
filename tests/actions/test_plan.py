"""A plan on disk: read as written, and refused with one line when an edit made it dangerous."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.actions import FileStat, Plan, Step, plan_removal, read_plan, write_plan
from framesift.errors import StorageError, UsageError

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


@given(path=NAMES, keeper=NAMES, reason=st.text(), similarity=st.none() | st.floats(0, 1))
def test_any_plan_comes_back(tmp_path_factory, path, keeper, reason, similarity):
    plan = Plan("/r", (Step("x/" + path, FILE, "y/" + keeper, FILE, reason, similarity),))
    file = tmp_path_factory.mktemp("plans") / "plan.json"
    write_plan(plan, file)
    assert read_plan(file) == plan


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "plan.json").write_text("the user's")
    with pytest.raises(StorageError, match="nothing was overwritten"):
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
