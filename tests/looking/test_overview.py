"""What the overview says of folders whose contents are known, on the terminal, as JSON and as a page."""

import csv
import json
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from framesift import cli
from framesift.cli import options
from framesift.frames.frame import Frame
from framesift.looking.overview import Sighting
from framesift.looking.overview.hours import average_hours
from framesift.looking.overview.light import Light, classify_light
from framesift.looking.overview.sightings import find_shadows
from framesift.looking.overview.table import format_duration
from tests.conftest import encode, make_image, read_tree

START = datetime(2021, 3, 27, 10, tzinfo=UTC)


def name(seconds: int, camera: str = "c10") -> str:
    return (START + timedelta(seconds=seconds)).strftime(f"{camera}_%Y_%m_%d__%H_%M_%S.png")


def look(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, dict]]:
    code = cli.main(["overview", *map(str, arguments), "--json"])
    return code, {camera["camera"]: camera for camera in json.loads(capsys.readouterr().out)["cameras"]}


def picture(level: int, width: int = 64, height: int = 48) -> bytes:
    image = make_image(width, height, level)
    image[:, : width // 2, 0] = 255 - level  # a camera with colours
    return encode(image)


@pytest.fixture
def frames(write_tree) -> Path:
    tree = {name(300 * n): picture(60 + n) for n in range(30)}
    tree[name(300 * 29 + 5000)] = picture(99)
    tree[name(320)] = tree[name(300)]
    tree["Sunday/" + name(320)] = picture(98)
    tree[name(610)] = picture(97, 10, 6)
    tree[name(910)] = picture(96)[:-30]
    tree["c20/frame_1.png"] = tree["c20/frame_2.png"] = picture(50, 32, 32)
    return write_tree(tree)


def test_json(frames, capsys):
    code, cameras = look(capsys, frames)
    assert code == options.SKIPPED
    c10 = cameras["c10"]
    assert (c10["frames"], c10["readable"], c10["unreadable"]) == (35, 34, 1)
    assert c10["unreadable_frames"] == [{"path": name(910), "reason": "truncated PNG"}]
    assert c10["sizes"] == {"64x48": 33, "10x6": 1}
    assert c10["odd_sized"] == [{"path": name(610), "size": [10, 6], "tiny": True}]
    assert (c10["first"], c10["last"]) == ("2021-03-27T10:00:00+00:00", "2021-03-27T13:48:20+00:00")
    assert c10["median_interval"] == 300 and c10["mean_interval"] == round(13700 / 33, 3)
    assert c10["gaps"] == [{"path": name(13700), "after": name(8700), "seconds": 5000.0}]
    assert [outlier["seconds"] for outlier in c10["interval_outliers"]] == [20.0, 10.0, 10.0, 5000.0]
    assert [twins["paths"] for twins in c10["equal_times"]] == [["Sunday/" + name(320), name(320)]]
    assert c10["repeats"] == [{"path": name(320), "same_bytes_as": name(300)}]
    assert c10["clock_jumps"] == [] and c10["without_time"] == 0
    assert sum(c10["light"].values()) == 34
    assert sum(hour["frames"] for hour in c10["brightness"]) == 34
    assert cameras["c20"]["without_time"] == 2 and cameras["c20"]["first"] is None
    assert cameras["c20"]["repeats"] == [{"path": "c20/frame_2.png", "same_bytes_as": "c20/frame_1.png"}]


@pytest.fixture
def moved(write_tree) -> Path:
    """A camera that something passes before it is covered, and is uncovered again; another one, of other brightness."""
    passing = encode(make_image(box=(5, 5, 20, 30)))
    tree = [picture(60), passing, picture(60), picture(200), picture(200), picture(10, 32, 32), picture(60)]
    return write_tree({name(60 * n): content for n, content in enumerate(tree)} | {"c20/frame_1.png": picture(250)})


def test_where_the_whole_picture_changed_is_told(moved, tmp_path, capsys):
    _, cameras = look(capsys, moved, "--report", tmp_path / "page.html")
    both = [name(180), name(360)]
    assert cameras["c10"]["whole_picture_changed"] == [{"path": path, "extent": 1.0} for path in both]
    assert cameras["c20"]["whole_picture_changed"] == []
    assert "Whole picture changed: 2" in (tmp_path / "page.html").read_text(encoding="utf-8")
    cli.main(["overview", str(moved)])
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("  whole picture changed: 2")
    assert lines[at + 1 : at + 3] == [f"    {path} (100% of it)" for path in both]
    assert look(capsys, moved, "--headers")[1]["c10"]["whole_picture_changed"] == []


def test_headers_see_sizes_times_and_repeats_only(frames, capsys):
    code, cameras = look(capsys, frames, "--headers")
    assert code == options.DONE
    assert cameras["c10"]["sizes"] == {"64x48": 34, "10x6": 1}
    assert cameras["c10"]["repeats"] and cameras["c10"]["gaps"]
    assert cameras["c10"]["light"] is None and cameras["c10"]["brightness"] == []


def test_the_table_fits_100_columns(frames, capsys):
    assert cli.main(["overview", str(frames)]) == options.SKIPPED
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["camera", "frames", "unreadable", "size", "first", "last", "median", "interval"]
    first, last = "2021-03-27 10:00", "2021-03-27 13:48"
    assert re.split(" {2,}", lines[1]) == ["c10", "35", "1", "64x48 +1", first, last, "5 min"]
    assert max(map(len, lines)) <= 100
    for line in (
        f"    {name(910)} (truncated PNG)",
        f"    {name(610)} (10x6, tiny)",
        f"    1 h 23 min before {name(13700)}",
        f"    {name(320)} as {name(300)}",
        "  without a time: 2 frames",
    ):
        assert line in lines
    assert re.fullmatch(
        r"total: 37 frames; read [\d.]+ kB in [\d.]+ s \(--headers is quicker and sees less\)", lines[-1]
    )


def test_a_long_list_is_cut(write_tree, capsys):
    frames = write_tree({name(n): picture(9) for n in range(9)})
    cli.main(["overview", str(frames)])
    assert "    and 3 more: --json and --report have all" in capsys.readouterr().out.splitlines()


def test_nothing_is_written(frames, capsys):
    before = read_tree(frames)
    look(capsys, frames)
    assert read_tree(frames) == before


def test_same_bytes_are_looked_for_in_the_own_camera_first(write_tree, capsys):
    content = picture(7)
    frames = write_tree({f"{camera}/{n}.png": content for camera in "ab" for n in (1, 2)})
    _, cameras = look(capsys, frames)
    assert [repeat["same_bytes_as"] for repeat in cameras["b"]["repeats"]] == ["a/1.png", "b/1.png"]


def test_the_page(frames, tmp_path, capsys):
    bad = '<img src=x onerror="alert(1)">_2021_03_27__10_00_00.png'
    (frames / bad).write_bytes(picture(60)[:-9])
    page = tmp_path / "page.html"
    assert cli.main(["overview", str(frames), "--report", str(page), "--quiet"]) == options.SKIPPED
    text = page.read_text()
    assert "<img src=x" not in text and "&lt;img src=x" in text
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)
    for kind, number in (("Unreadable", 1), ("Odd size", 1), ("After a gap", 1), ("Equal time", 2), ("Same bytes", 1)):
        assert f"<h3>{kind}: {number}</h3>" in text
    assert text.count('class="chart"') == 1
    [data] = re.findall(r'<script type="application/json" id="data-1">(.*?)</script>', text)
    data = json.loads(data)
    assert len(data["x"]) == len(data["names"]) == 35
    assert sum(value is not None for column in data["values"].values() for value in column) == 34
    assert {kind: sum(m is not None for m in marks) for kind, marks in data["marks"].items()}["Equal time"] == 2


def test_the_page_replaces_no_foreign_file(frames, tmp_path, capsys):
    page = tmp_path / "page.html"
    page.write_text("mine")
    assert cli.main(["overview", str(frames), "--report", str(page)]) == options.USAGE
    assert page.read_text() == "mine"


def test_no_frames(tmp_path, capsys):
    assert cli.main(["overview", str(tmp_path)]) == options.USAGE
    assert capsys.readouterr().err == f"framesift: {tmp_path}: holds no frame\n"


def sightings(*levels: tuple[float, float, float] | None) -> list[Sighting]:
    """One an hour, of (brightness, shadows, share of colour)."""
    times = (START + timedelta(hours=n) for n in range(len(levels)))
    frames = [Frame(f"{n}", "c", time) for n, time in enumerate(times)]
    return [Sighting(f, (9, 9), "", 1, *(level or (None,) * 3)) for f, level in zip(frames, levels, strict=True)]


@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (7, 13), (60, 80)])
@pytest.mark.parametrize("levels", [1, 3, 256])
def test_shadows_are_the_tenth_percentile(shape, levels):
    grey = np.random.default_rng(levels).integers(0, levels, shape).astype(np.uint8)
    assert find_shadows(grey) == np.percentile(grey, 10)


def test_light():
    day, lit_night, dark, infrared = (120, 90, 0.4), (115, 55, 0.2), (20, 5, 0.1), (90, 40, 0.0)
    assert classify_light(sightings(day, lit_night, infrared, None)) == [Light.DAY, Light.NIGHT, Light.INFRARED, None]
    assert classify_light(sightings(day, day, (118, 85, 0.4))) == [Light.DAY] * 3
    assert classify_light(sightings(dark, dark)) == [Light.NIGHT] * 2
    seen = sightings(day, dark)
    assert [hour.brightness for hour in average_hours(seen, classify_light(seen))] == [120, 20]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.16, "0.16 s"),
        (26, "26 s"),
        (345, "5 min 45 s"),
        (360, "6 min"),
        (86400 * 2 + 3700, "2 d 1 h"),
        (-3600, "-1 h"),
    ],
)
def test_durations(seconds, text):
    assert format_duration(seconds) == text


def test_real_frames(shared, capsys):
    """What stands in the table of identical files, and in the description of the cameras."""
    expected = defaultdict(dict)
    with open(shared / "frames" / "truth" / "identical-files.csv", newline="") as file:
        for row in csv.DictReader(file):
            expected[row["camera"]][row["frame"]] = row["same_bytes_as"]
    frames = {"c4703": 83, "c4714": 10, "c7": 160, "c101": 140, "c102": 80, "c103": 10}
    sizes = {"c4703": "1920x1080", "c7": "1024x768", "c101": "768x432"}
    _, cameras = look(capsys, shared / "frames")
    for camera, number in frames.items():
        found = {Path(r["path"]).name: Path(r["same_bytes_as"]).name for r in cameras[camera]["repeats"]}
        assert found == expected[camera]
        assert (cameras[camera]["frames"], cameras[camera]["unreadable"]) == (number, 0)
    for camera, size in sizes.items():
        assert list(cameras[camera]["sizes"]) == [size]
    assert cameras["kopernikus"]["light"] == {"day": 1, "night": 0, "infrared": 1}


def test_real_nights(shared, capsys):
    """A motorway whose camera makes the night as bright as the day; the sun there rises and sets at about seven."""
    from framesift.frames.finding import find_frames
    from framesift.frames.naming import Naming
    from framesift.looking.overview.camera import describe_cameras
    from framesift.looking.overview.sightings import look_at_frames

    folder = shared / "frames" / "c4703"
    [camera] = describe_cameras(folder, list(look_at_frames(folder, find_frames(folder).frames)), Naming())
    for sighting, light in zip(camera.sightings, camera.lights, strict=True):
        clock = sighting.frame.time.hour + sighting.frame.time.minute / 60
        assert (light is Light.DAY) == (7 < clock < 19.5), sighting.frame.path
    assert np.ptp([s.brightness for s in camera.sightings]) < 35


def test_names_are_shown_of_each_sort(write_tree, capsys):
    sorts = [f"{camera}/{n:04}.png" for camera in ("one", "two") for n in range(30)]
    frames = write_tree(dict.fromkeys([*sorts, name(60), "latest.png"], b"no picture"))
    assert cli.main(["overview", str(frames), "--names"]) == options.DONE
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 20 + 1 + 1 + 1
    assert re.split(" {2,}", lines[0]) == ["name", "camera", "time", "names like it"]
    rows = {row[0]: row[1:] for row in (re.split(" {2,}", line) for line in lines[1:21])}
    assert rows[name(60)] == ["c10", "2021-03-27 10:01:00", "1"]
    assert rows["latest.png"] == ["frames", "-", "1"]
    assert rows["one/0000.png"] == ["one", "-", "30"] and "one/0029.png" in rows and "two/0029.png" in rows
    assert lines[-2].startswith("no times in 60 frames (cameras one, two)")
    assert lines[-1] == "total: 62 frames of 4 cameras"


def test_names_are_shown_for_programs(write_tree, capsys):
    frames = write_tree({name(60): b"no picture"})
    assert cli.main(["overview", str(frames), "--names", "--json", "--timezone", "+02:00", "--camera", "one"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "names": [{"path": name(60), "camera": "frames", "time": "2021-03-27T08:01:00+00:00", "alike": 1}],
        "doubts": [],
    }


def test_times_are_shown_in_the_zone_that_was_asked_for(write_tree, tmp_path, capsys):
    frames = write_tree({name(0): picture(60), name(60): picture(60)})
    cli.main(["overview", str(frames), "--timezone", "Asia/Tokyo", "--report", str(tmp_path / "page.html")])
    lines = capsys.readouterr().out.splitlines()
    assert "first Asia/Tokyo" in lines[0] and "2021-03-27 10:00" in lines[1] and "2021-03-27 10:01" in lines[1]
    page = (tmp_path / "page.html").read_text()
    assert "2021-03-27 10:00:00" in page and '"zone":"Asia/Tokyo"' in page.replace(" ", "")
