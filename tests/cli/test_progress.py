"""A bar for whoever looks on, and the same calls without one for all others."""

import io
import subprocess
import sys

import pytest

from framesift.cli import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def show(monkeypatch, stream: io.StringIO, **more) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.open_bar(total=2, **more) as bar:
        bar.set_postfix_str("1 kept", refresh=True)
        bar.update()
        bar.write("told", file=stream)
    return stream.getvalue()


def test_on_a_terminal_there_is_a_bar(monkeypatch):
    shown = show(monkeypatch, Terminal())
    assert "of 2 frames" in shown and "told\n" in shown


@pytest.mark.parametrize(
    ("stream", "more"), [(io.StringIO(), {}), (Terminal(), {"quiet": True})], ids=["no terminal", "quiet"]
)
def test_elsewhere_there_is_what_is_told_alone(monkeypatch, stream, more):
    assert show(monkeypatch, stream, **more) == "told\n"


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["no terminal", "terminal"])
@pytest.mark.parametrize("items", [[], ["a", "b"]])
def test_it_gives_the_items(monkeypatch, stream, items):
    monkeypatch.setattr(sys, "stderr", stream)
    assert list(progress.open_bar(items)) == list(progress.open_bar(iter(items))) == items


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["no terminal", "terminal"])
def test_steps_are_followed(monkeypatch, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.open_bar(stage="report") as bar:
        follow = progress.follow_steps(bar)
        follow(1, 3)
        follow(3, 3)
        assert bar.total == 3
    assert bool(stream.getvalue()) is stream.isatty() and bar.n == 3 * stream.isatty()


def test_where_nobody_looks_on_tqdm_is_not_imported():
    code = "import sys; from framesift.cli.progress import open_bar; open_bar(total=1); print('tqdm' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
