"""Events on the timelines of the report."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from framesift import filter_frames, find_events
from framesift.filtering.manifest import open_record
from framesift.looking.report import marks, write_report
from tests.conftest import until
from tests.filtering.test_run import NEW, scene


@pytest.fixture
def results(write_tree, tmp_path) -> Path:
    list(filter_frames(write_tree(scene(None, NEW, None, *[None] * 6, NEW, None)), tmp_path / "results"))
    return tmp_path / "results"


def write(results: Path) -> tuple[str, list[list[str]]]:
    """The page, and the marks in it."""
    steps: list[tuple[int, int]] = []
    write_report(open_record(results), results / "report.html", follow=lambda *step: steps.append(step))
    assert steps[-1][0] == steps[-1][1], "the bar ends"
    page = (results / "report.html").read_text()
    [data] = re.findall(r'id="frames-0">(.*?)</script>', page, re.DOTALL)
    return page, json.loads(data)["events"]


def test_the_page_has_the_events_of_the_command(results):
    page, marked = write(results)
    assert marked == [[event.first, event.last] for event in find_events(results)] and len(marked) == 2
    assert "at the top: 2 events" in page


def test_many_kept_frames_are_not_all_read(results, monkeypatch):
    monkeypatch.setattr(marks, "MOST", 4)
    page, marked = write(results)
    assert marked == [] and "at the top:" not in page


def test_the_bars_are_drawn(results, browser):
    """In the colour of what is kept, at the top of the chart, above the frames of each event and nowhere else."""
    write(results)
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.goto((results / "report.html").as_uri())
    until(page, "document.querySelector('.timeline canvas') !== null")
    page.wait_for_timeout(300)
    lit = page.evaluate("""() => {
      const canvas = document.querySelector('.timeline canvas'), drawing = canvas.getContext('2d');
      const [r, g, b] = (() => {
        const probe = document.createElement('canvas').getContext('2d');
        probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--keep').trim();
        probe.fillRect(0, 0, 1, 1);
        return probe.getImageData(0, 0, 1, 1).data;
      })();
      const rows = [];
      for (let y = 0; y < 40; y++) {
        const line = drawing.getImageData(0, y, canvas.width, 1).data;
        const columns = [];
        for (let x = 0; x < canvas.width; x++)
          if (line[4 * x] === r && line[4 * x + 1] === g && line[4 * x + 2] === b) columns.push(x);
        rows.push(columns);
      }
      return rows.find((row) => row.length) || [];
    }""")
    page.close()
    stretches = 1 + sum(after - before > 1 for before, after in pairwise(lit))
    assert stretches == 3, "the line of the first frame, and two bars"
