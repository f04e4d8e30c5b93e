"""What a terminal is shown, and nothing else is: a bar, a table, colours, and the next step."""

import contextlib
import os
import re
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from framesift import cli
from framesift.cli import options
from framesift.cli.terminal import Terminal, format_bytes
from tests.conftest import encode, make_image
from tests.filtering.test_run import NEW, name, scene

ROOT = Path(__file__).resolve().parents[2]
START = ["-m", "framesift"]


def show(*words: object, folder: Path, columns: int = 100, start: list[str] = START, **more: str) -> tuple[int, str]:
    """Run a command on a terminal, with `more` variables; return its exit code and what was shown."""
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, columns))
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    environment |= {"TERM": "xterm", "PYTHONPATH": str(ROOT), **more}
    command = [sys.executable, *start, *map(str, words)]
    process = subprocess.Popen(command, stdout=slave, stderr=slave, env=environment, cwd=folder)
    os.close(slave)
    shown = b""
    with contextlib.suppress(OSError):  # how a terminal says that nobody writes to it any more
        while part := os.read(master, 10_000):
            shown += part
    os.close(master)
    return process.wait(60), shown.decode().replace("\r\n", "\n")


@pytest.fixture
def frames(write_tree) -> Path:
    return write_tree(scene(None, None, NEW) | scene(None, camera="c2") | {"c1/cut.png": encode(make_image())[:-20]})


def size_of(folder: Path) -> str:
    return format_bytes(sum(path.stat().st_size for path in folder.rglob("*.png")))


def test_a_run(frames, tmp_path):
    code, shown = show("filter", "frames", "r", folder=tmp_path)
    assert code == options.SKIPPED
    bar, said = shown.rpartition("\r")[::2]
    assert "0 of 5 frames" in bar and "\n" not in bar.replace("frames/c1/cut.png: truncated PNG\n", "")
    assert re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines() == [
        "camera  frames  kept                               dropped  skipped  from, to",
        "c1           4     2   50 %  ██████████··········        1        1  2021-03-27 10:00 to 10:02",
        "c2           1     1  100 %  ████████████████████        0        0  2021-03-27 10:00 to 10:00",
        "total        5     3   60 %  ████████████········        1        1",
        f"3 of 5 frames kept in r ({size_of(tmp_path / 'r')} of {size_of(frames)})",
        "Look: framesift report r",
    ]
    assert "\x1b[32m" in said


def test_bars_of_a_terminal_that_knows_ascii_only(frames, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    _, shown = show("filter", "frames", "r", folder=tmp_path)
    assert "50 %  \x1b[32m##########..........\x1b[0m " in shown and "\\u25" not in shown


def test_going_on_says_what_was_decided_earlier(frames, write_tree, tmp_path):
    cli.main(["filter", str(frames), str(tmp_path / "r"), "--quiet"])
    _, shown = show("filter", "frames", "r", folder=tmp_path)
    assert "nothing new: all 5 frames in r were decided earlier\n" in shown and "?" not in shown
    assert shown.count("decided earlier") == 1, "it is said once"
    write_tree(scene(NEW, start=5))
    _, shown = show("filter", "frames", "r", folder=tmp_path)
    assert "r: 5 frames decided earlier, 1 to go\n" in shown and "5 of 6 frames" in shown
    assert "0 of 1 frame kept in r" in shown and "; 5 decided earlier\n" in shown


@pytest.mark.parametrize(
    ("words", "variables", "coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
        (["--color", "never"], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_colours(frames, tmp_path, words, variables, coloured):
    _, shown = show("filter", "frames", "r", *words, folder=tmp_path, **variables)
    assert ("\x1b[32m" in shown) == coloured


def test_a_narrow_terminal_breaks_no_line(frames, tmp_path):
    _, shown = show("filter", "frames", "r", columns=72, folder=tmp_path, NO_COLOR="1")
    lines = shown.rpartition("\r")[2].splitlines()
    assert lines[0].endswith("skipped") and max(map(len, lines)) <= 72


def test_what_is_piped_has_no_colour_bar_or_advice(frames, tmp_path, capsys):
    cli.main(["filter", str(frames), str(tmp_path / "r")])
    output, errors = capsys.readouterr()
    assert output.splitlines()[-1] == "total: 5 frames, 3 kept (60 %), 1 dropped, 1 skipped"
    assert "\x1b" not in output + errors and "\r" not in output + errors


@pytest.mark.parametrize(
    "words", [("report", "r"), ("audit", "r"), ("export", "r", "--format", "csv", "--output", "o")]
)
def test_what_takes_long_has_a_bar(frames, tmp_path, words):
    cli.main(["filter", str(frames), str(tmp_path / "r"), "--quiet"])
    code, shown = show(*words, folder=tmp_path)
    assert code == options.DONE and f"\r{words[0]} " in shown


def test_the_next_step_is_named(frames, tmp_path):
    _, shown = show("filter", "frames", "--remove-to", "b", folder=tmp_path)
    assert "1 file moved to b\nGive them back: framesift undo b\n" in shown
    cli.main(["undo", str(tmp_path / "b"), "--quiet"])
    _, shown = show("duplicates", "frames", "--similarity", "99%", folder=tmp_path, XDG_CACHE_HOME=str(tmp_path / "c"))
    assert "Move them away: framesift duplicates frames --similarity 99% --remove-to backup\n" in shown


def test_the_next_step_is_named_as_it_works_where_no_key_can_be_kept(frames, tmp_path):
    (tmp_path / "state").write_bytes(b"")
    state = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "c")}
    place = str(frames)
    _, shown = show("filter", "frames", "--remove-to", "b", folder=tmp_path, **state)
    assert f"Give them back: framesift undo b --to {place}\n" in shown
    code, _ = show("undo", "b", "--to", place, folder=tmp_path, **state)
    assert code == options.DONE
    _, shown = show("duplicates", "frames", "--plan", "plan.json", folder=tmp_path, **state)
    assert f"Move them away: framesift apply plan.json --remove-to backup --in {place}\n" in shown
    code, _ = show("apply", "plan.json", "--remove-to", "backup", "--in", place, folder=tmp_path, **state)
    assert code == options.DONE
    _, shown = show(
        "duplicates", "frames", "--plan", "other.json", folder=tmp_path, XDG_CACHE_HOME=state["XDG_CACHE_HOME"]
    )
    assert "could go" in shown and "--in" not in shown


@pytest.mark.parametrize(("boxes", "named"), [([None, NEW] * 10, True), ([None, NEW, *[None] * 18], False)])
def test_where_many_frames_are_kept_the_command_that_says_why_is_named(write_tree, tmp_path, boxes, named):
    write_tree(scene(*boxes))
    _, shown = show("filter", "frames", "r", folder=tmp_path)
    assert ("Look: framesift report r\nToo many? framesift advise r\n" in shown) is named


def test_a_stopped_command_leaves_a_clean_line(frames, tmp_path):
    (tmp_path / "stop.py").write_text(
        "from framesift import cli\n"
        "from framesift.filtering.results import Results\n"
        "def stop(*_):\n    raise KeyboardInterrupt\n"
        "Results.add = stop\n"
        "cli.run()\n"
    )
    code, shown = show("filter", "frames", "r", folder=tmp_path, start=["stop.py"])
    before, _, last = shown.rpartition("\r\x1b[2K")
    assert code == 130 and "\n" not in before
    assert last == "framesift: interrupted; the same command goes on where it stopped\n"


def test_what_writes_nothing_says_so_when_it_is_stopped(frames, tmp_path, monkeypatch, capsys):
    cli.main(["filter", str(frames), str(tmp_path / "r"), "--quiet"])
    capsys.readouterr()

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("framesift.looking.report.write_report", stop)
    assert cli.main(["report", str(tmp_path / "r")]) == 130
    assert capsys.readouterr().err == "framesift: interrupted; nothing was written\n"


def test_an_audit_that_is_stopped_leaves_no_folder(frames, tmp_path, monkeypatch, capsys):
    cli.main(["filter", str(frames), str(tmp_path / "r"), "20%", "90%", "--quiet"])
    capsys.readouterr()

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("framesift.looking.audit.page.draw_outlines", stop)
    assert cli.main(["audit", str(tmp_path / "r")]) == 130
    assert capsys.readouterr().err == "framesift: interrupted; nothing was written\n"
    assert not (tmp_path / "r-audit").exists()


def test_sizes():
    assert [format_bytes(number) for number in (0, 999, 999.6, 25_120_000, 3e9)] == (
        ["0 B", "999 B", "1 kB", "25.1 MB", "3 GB"]
    )


def test_a_stream_that_is_no_terminal_is_plain(capsys):
    terminal = Terminal(sys.stdout)
    assert not terminal.is_live and terminal.paint("x", "red") == "x"
    assert Terminal(sys.stdout, "always").paint("x", "red") == "\x1b[31mx\x1b[0m"


def test_each_explained_frame_has_its_own_picture(frames, tmp_path, monkeypatch, capsys):
    cli.main(["filter", str(frames), str(tmp_path / "r"), "--quiet"])
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        assert cli.main(["explain", "r", f"c1/{name(number)}"]) == options.DONE
        assert Path(f"explained-c1-{name(number)}").exists()
    assert cli.main(["explain", "r", "zzz"]) == options.USAGE
    assert "; its frames have names such as " in capsys.readouterr().err
