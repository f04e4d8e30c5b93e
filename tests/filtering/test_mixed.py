"""All that cameras do at once, over two days: the same bytes whoever decides it, and after a kill anywhere."""

import os
import shutil
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from framesift import filter_frames
from framesift.filtering import manifest
from framesift.filtering.selection import Decision
from tests.conftest import encode, make_image, read_decided, read_tree
from tests.frames.test_videos import SIZE, door
from tests.killing import count_changes, kill, run_in_child
from tests.killing import scratch as scratch

WRITTEN = 1_623_500_000
PLACES = [None, (60, 50, 60, 50), (10, 20, 40, 40), (90, 10, 50, 30)]


def picture(place: int) -> bytes:
    return encode(make_image(*SIZE, box=PLACES[place]))


def pages(path: Path, *places: int) -> None:
    first, *rest = (Image.fromarray(make_image(*SIZE, box=PLACES[place])) for place in places)
    first.save(path, save_all=True, append_images=rest)


def write(folder: Path, tree: dict[str, bytes], mtime: int) -> None:
    for name, content in tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for path in folder.rglob("*.*"):
        if path.stat().st_mtime > 1_700_000_000:
            os.utime(path, (mtime, mtime))


def write_first_day(folder: Path) -> None:
    tree = {f"gate_20210612_10{minute:02}00.png": picture(minute // 4 % 4) for minute in (0, 4, 5, 20, 21)}
    tree |= {"gate_20210612_102200.png": picture(2)[:-30], "gate_20360207_062816.png": picture(1)}
    tree |= {f"yard/door_20210612_10{minute:02}00.jpg": picture(minute % 3) for minute in range(0, 12, 2)}
    tree |= {"latest.png": picture(1), "yard/door_19700101_000003.jpg": picture(3)}
    write(folder, tree, WRITTEN)
    door(folder / "gate_20210612_100030.avi", [(1, 2)], 3)
    door(folder / "gate_20210612_103000.avi", [(0, 2)], 3)
    pages(folder / "yard" / "door_20210612_102000.tif", 0, 1, 1)
    pages(folder / "yard" / "door_20370101_000000.tif", 0, 1, 2)
    write(folder, {}, WRITTEN)


def write_second_day(folder: Path) -> None:
    tree = {f"gate_20210612_10{minute:02}30.png": picture(minute % 4) for minute in range(0, 30, 7)}
    tree |= {"gate_20210612_102200.png": picture(2), "latest.png": picture(2)}
    tree |= {f"gate_20210613_10{minute:02}00.png": picture(minute % 2) for minute in range(3)}
    tree |= {f"yard/door_20210612_10{minute:02}00.jpg": picture(minute % 3) for minute in range(1, 12, 4)}
    tree |= {"yard/door_20210612_100200.jpg": picture(3), "yard/door_20360101_000000.jpg": picture(0)}
    write(folder, tree, WRITTEN + 86400)
    door(folder / "gate_20210612_102100.avi", [(0, 1)], 3)
    door(folder / "gate_20210612_102959.avi", [(1, 2), (3, 4)], 5)
    pages(folder / "yard" / "door_20210612_101000.gif", 2, 0, 2)
    pages(folder / "yard" / "door_20210612_102000.tif", 0, 1, 1, 2)
    pages(folder / "gate_20000101_000000.gif", 1, 2, 3)
    write(folder, {}, WRITTEN + 86400)


@pytest.fixture
def days(scratch: Path) -> Iterator[Path]:
    """A folder whose first day has been decided into `before`, and of which the second has come."""
    write_first_day(scratch / "frames")
    run(scratch, "before", jobs=1)
    write_second_day(scratch / "frames")
    return scratch


def run(folder: Path, results: str, **chosen) -> list[Decision]:
    return list(filter_frames(folder / "frames", folder / results, every=1, late="decide", **chosen))


def read(folder: Path, results: str) -> bytes:
    return (folder / results / manifest.NAME).read_bytes()


def test_two_days_are_the_same_bytes_on_any_number_of_threads_and_on_a_cluster(scratch):
    pytest.importorskip("distributed", reason="needs Dask: pip install '.[cluster]'")
    from framesift.cluster import open_cluster

    with open_cluster("local", 2) as cluster:
        cluster.longest = 3
        ways = {"one": {"jobs": 1}, "four": {"jobs": 4}, "cluster": {"executor": cluster}}
        for write_day in (write_first_day, write_second_day):
            write_day(scratch / "frames")
            decisions = {name: run(scratch, name, **chosen) for name, chosen in ways.items()}
            assert len(decisions["one"]) > 20
            assert read(scratch, "one") == read(scratch, "four") == read(scratch, "cluster")
            assert decisions["one"] == decisions["four"] == decisions["cluster"]
    orders = {decision.order for decision in decisions["one"]}
    assert orders == {None, "late", "clock fault"} and any(decision.again for decision in decisions["one"])
    assert read_tree(scratch / "one") == read_tree(scratch / "four") == read_tree(scratch / "cluster")
    assert run(scratch, "one") == []
    assert list(filter_frames(scratch / "frames", scratch / "one", every=1)) == []


def test_killed_within_the_second_day_and_run_again_is_an_undisturbed_run(days):
    def arguments(results: str) -> list[str]:
        chosen = ["--every", "1s", "--late", "decide", "--jobs", "2"]
        shutil.copytree(days / "before", days / results)
        return ["filter", str(days / "frames"), str(days / results), *chosen]

    calls = count_changes(arguments("whole"), days, expected=0)
    whole = read(days, "whole")
    for call in range(3, calls, max(1, calls // 6)):
        assert run_in_child(arguments(f"killed{call}"), partial(kill, call)) == -signal.SIGKILL
        run(days, f"killed{call}", jobs=1)
        assert read(days, f"killed{call}") == whole
        assert read_decided(days / f"killed{call}") == read_decided(days / "whole")
