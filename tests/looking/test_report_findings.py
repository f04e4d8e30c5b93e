"""What stands out of a run, on top of its page: true numbers, and commands that can be copied as they are."""

import html
import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift import cli
from framesift.cli import options
from framesift.looking.report.pace import Pace
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import MOVED, NEW, scene, views
from tests.looking.test_advice import draw_lights, draw_tree

START = datetime(2021, 3, 27, tzinfo=UTC)


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def findings(page: Path) -> list[tuple[str, str]]:
    """The findings of a page: words and commands."""
    [part] = re.findall(r'<section class="panel findings".*?</section>', page.read_text(encoding="utf-8"), re.DOTALL)
    items = re.findall(r"<li>(.*?)(?:<br><code[^>]*>(.*?)</code>.*?)?</li>", part, re.DOTALL)
    return [(html.unescape(words), html.unescape(command)) for words, command in items]


def numbered(number: int, content: bytes) -> dict[str, bytes]:
    """Frames, one a minute, that have the same bytes."""
    return {f"c1_2021_03_27__{n // 60:02}_{n % 60:02}_00.png": content for n in range(number)}


def test_what_the_manifest_says_stands_on_top_with_commands_that_work(write_tree, tmp_path, capsys):
    still = numbered(60, encode(make_image()))
    late = {"c1_2021_03_27__06_00_00.png": encode(make_image(level=61))}
    moved = {path.replace("c1", "moved"): content for path, content in views(*MOVED).items()}
    frames = write_tree(still | late | moved, "my frames; $HOME 'x'")
    assert run("filter", frames, tmp_path / "results", "--quiet") == options.DONE
    assert run("report", tmp_path / "results") == options.DONE
    found = findings(tmp_path / "results" / "report.html")
    words = [each for each, _ in found]
    assert words[0] == "c1 (1 of 61): hardly a frame is kept; is nothing new lost?"
    repeats = 59 + sum(a == b for a, b in pairwise(moved[path] for path in sorted(moved)))
    assert f"{repeats} frames have the same bytes as the frame before: a camera that repeats itself" in words
    gap = "c1: no frame from 2021-03-27 00:59 to 2021-03-27 06:00, 301 times as long as between the others"
    assert gap in words
    assert "the whole picture changed, moved 2 times: was the camera moved or covered?" in words
    commands = dict(found)
    assert run(*shlex.split(commands[words[1]])[1:]) == options.DONE
    assert shlex.split(commands[words[0]]) == ["framesift", "tune", str(frames)]


def test_nearly_all_kept_is_said_and_what_can_be_measured_is_named(write_tree, tmp_path):
    frames = write_tree(draw_tree())
    run("filter", frames, tmp_path / "results", "0%", "0%", "--quiet", "--report", tmp_path / "run.html")
    (first, tune), *_, (last, advise) = findings(tmp_path / "run.html")
    assert first.startswith("tree (30 of 30): nearly every frame is kept") and tune.startswith("framesift tune ")
    assert last == "What would keep fewer frames can be measured"
    assert run(*shlex.split(advise)[1:]) == options.DONE


def test_a_dry_run_names_no_folder_that_is_not_there(write_tree, tmp_path):
    frames = write_tree(draw_lights())
    run("filter", frames, tmp_path / "r", "0%", "0%", "--dry-run", "--quiet", "--report", tmp_path / "run.html")
    commands = [command for _, command in findings(tmp_path / "run.html")]
    assert commands and not any("advise" in command for command in commands)


def test_where_nothing_stands_out_nothing_is_said(write_tree, tmp_path):
    frames = write_tree(scene(*[None] * 9, NEW, *[None] * 3, start=3) | {"c1/x.png": encode(make_image(level=59))})
    run("filter", frames, tmp_path / "r", "--quiet", "--most", "90%", "--report", tmp_path / "run.html")
    text = (tmp_path / "run.html").read_text(encoding="utf-8")
    assert ("What stands out" in text) == bool(re.search("<li>[^<]*(same bytes|measured)", text))


def test_advice_is_what_advise_measures(write_tree, tmp_path, capsys):
    frames = write_tree(draw_tree() | draw_lights())
    run("filter", frames, tmp_path / "results", "--quiet")
    capsys.readouterr()
    run("advise", tmp_path / "results", "--json")
    measured = {each["camera"]: each for each in json.loads(capsys.readouterr().out)}
    before = read_tree(tmp_path)
    assert run("report", tmp_path / "results", "--advice", "--output", tmp_path / "look.html") == options.DONE
    found, text = findings(tmp_path / "look.html"), (tmp_path / "look.html").read_text(encoding="utf-8")
    for camera, each in measured.items():
        assert f"<h3>{camera}: {each['kept']} of 30 frames looked at are kept" in text
        for kind in ("tolerance", "mask"):
            if each[kind]:
                assert any(
                    str(each[kind]["kept"]) in words and command == each[kind]["command"] for words, command in found
                )
    assert found[-1][1] == shlex.join(["framesift", "audit", str(tmp_path / "results")])
    assert not any("can be measured" in words for words, _ in found)
    (tmp_path / "look.html").unlink()
    assert read_tree(tmp_path) == before, "nothing else is written"


def test_advice_on_what_is_no_page_of_ours_stops_before_it_measures(write_tree, tmp_path, capsys):
    frames = write_tree(draw_lights())
    run("filter", frames, tmp_path / "results", "--quiet")
    (tmp_path / "mine.html").write_text("mine")
    assert run("report", tmp_path / "results", "--advice", "--output", tmp_path / "mine.html") == options.USAGE
    assert (tmp_path / "mine.html").read_text() == "mine" and "advise" not in capsys.readouterr().err


@given(st.lists(st.integers(1, 10**6), min_size=21, max_size=60), st.integers(0, 59), st.integers(2, 50))
def test_a_gap_is_the_longest_interval_and_many_times_the_others(steps, place, times):
    steps = [10**6 + step % 1000 for step in steps]
    place %= len(steps)
    steps[place] *= times
    pace, now = Pace(), START
    pace.add(now)
    begins = []
    for step in steps:
        begins.append(now)
        now += timedelta(milliseconds=step)
        pace.add(now)
    if times >= 11:
        start, end, told = pace.gap
        assert start == begins[place] and (end - start) == timedelta(milliseconds=steps[place])
        assert told == pytest.approx(times, rel=0.01)
    elif times <= 9:
        assert pace.gap is None


def test_a_copy_button_copies_or_selects_the_command(browser, write_tree, tmp_path):
    frames = write_tree(draw_lights())
    run("filter", frames, tmp_path / "results", "0%", "0%", "--quiet", "--report", tmp_path / "run.html")
    page = browser.new_context(offline=True).new_page()
    page.goto((tmp_path / "run.html").as_uri())
    button = page.locator(".findings button").first
    button.focus()
    button.press("Enter")
    page.locator(".findings button", has_text=re.compile("Copied|Selected")).first.wait_for()
    if button.inner_text() != "Copied":
        assert page.evaluate("getSelection().toString()") == page.locator(".findings code").first.inner_text()
    page.context.close()
