"""Each format, read by its own tool where that installs, and by what its description says where it does not."""

import csv
import io
import json
import os
import sys
import tracemalloc
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from framesift import cli, filter_frames
from framesift.cli import options
from framesift.cli.export import NAMES
from framesift.export import FORMATS, Format, export_frames
from framesift.filtering import manifest
from framesift.filtering.manifest import open_record
from framesift.filtering.selection import Verdict
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import MOVED, NEW, scene, views

ODD = 'odd, "names" & <b>/ü.png'
TELLING = [name for name, form in FORMATS.items() if isinstance(form, Format) and form.says_verdicts]


@pytest.fixture
def results(write_tree, tmp_path: Path) -> Path:
    """Three frames of c1 and three of c2, of which every second and third is dropped, and one damaged."""
    tree = scene(None, None, None, NEW, NEW, NEW)
    tree[ODD] = next(iter(tree.values()))
    tree["cut.png"] = tree[ODD][:-20]
    frames = write_tree(tree)
    assert cli.main(["filter", str(frames), str(tmp_path / "results"), "--quiet"]) == options.SKIPPED
    return tmp_path / "results"


def export(results: Path, name: str, **how: object) -> str:
    return b"".join(export_frames(results, name, **how)).decode()


def expect(results: Path, dropped: bool) -> dict[str, str | None]:
    """{path: the kept frame that stands for it}, from the manifest."""
    wanted = {Verdict.KEEP, Verdict.DROP} if dropped else {Verdict.KEEP}
    decisions = [d for d in open_record(results).decisions() if d.verdict in wanted]
    return {d.frame.path: d.reference if d.verdict is Verdict.DROP else None for d in decisions}


def test_the_command_line_offers_what_there_is():
    assert list(NAMES) == list(FORMATS)


def test_no_kept_frame_stands_for_what_is_left_out_or_like_it(write_tree, tmp_path):
    frames = write_tree(views(*MOVED))
    list(filter_frames(frames, tmp_path / "results", most=60))
    rows = csv.DictReader(io.StringIO(export(tmp_path / "results", "csv", dropped=True), newline=""))
    assert [(row["verdict"], row["represented_by"]) for row in rows] == [
        (verdict, "") for verdict in ("keep", "drop", "drop", "keep", "keep", "drop", "drop")
    ]


def test_list(results):
    assert export(results, "list").splitlines() == list(expect(results, False))
    assert export(results, "yolo").splitlines() == [str(results / path) for path in expect(results, False)]
    assert all(Path(path).is_file() for path in export(results, "yolo").splitlines())
    assert export(results, "list", prefix="https://x/").startswith("https://x/")


@pytest.mark.parametrize("name", ["list", "yolo"])
def test_a_list_cannot_say_which_frames_were_dropped(results, capsys, name):
    assert cli.main(["export", str(results), "--format", name, "--dropped"]) == options.USAGE
    assert f"--format {name} cannot say which frames were dropped; these can: csv, coco" in capsys.readouterr().err


@pytest.mark.parametrize("dropped", [False, True])
def test_csv(results, dropped):
    rows = list(csv.DictReader(io.StringIO(export(results, "csv", dropped=dropped), newline="")))
    assert {row["path"]: row["represented_by"] or None for row in rows} == expect(results, dropped)
    assert {row["verdict"] for row in rows} == ({"keep", "drop"} if dropped else {"keep"})
    assert {(row["width"], row["height"]) for row in rows} == {("64", "48")}


@pytest.mark.parametrize("dropped", [False, True])
def test_coco(results, tmp_path, capsys, dropped):
    coco = pytest.importorskip("pycocotools.coco", reason="needs pycocotools")
    path = tmp_path / "coco.json"
    path.write_text(export(results, "coco", dropped=dropped))
    data = coco.COCO(str(path))
    images = data.loadImgs(data.getImgIds())
    assert {image["file_name"]: image["represented_by"] for image in images} == expect(results, dropped)
    assert all((image["width"], image["height"]) == (64, 48) for image in images)


@pytest.mark.filterwarnings("ignore")
def test_cvat(results, tmp_path):
    datumaro = pytest.importorskip("datumaro", reason="needs datumaro, which brings half a gigabyte")
    (tmp_path / "cvat").mkdir()
    (tmp_path / "cvat" / "annotations.xml").write_text(export(results, "cvat", dropped=True))
    (tmp_path / "cvat" / "images").symlink_to(tmp_path / "frames")
    items = list(datumaro.Dataset.import_from(str(tmp_path / "cvat"), "cvat"))
    found = {f"{item.id}.png": [note.attributes["represented_by"] for note in item.annotations] for item in items}
    assert found == {path: [kept] if kept else [] for path, kept in expect(results, True).items()}
    assert {tuple(item.media.size) for item in items} == {(48, 64)}


@pytest.mark.parametrize("dropped", [False, True])
def test_cvat_is_xml(results, dropped):
    root = ElementTree.fromstring(export(results, "cvat", dropped=dropped))
    images = root.findall("image")
    assert [image.get("id") for image in images] == [str(number) for number in range(len(images))]
    assert {image.get("name"): image.findtext("tag/attribute") for image in images} == expect(results, dropped)


@pytest.mark.parametrize("dropped", [False, True])
def test_cvat_manifest(results, dropped):
    """No reader of it installs; this is what docs.cvat.ai asks for: two head lines, then name, extension and size."""
    version, kind, *images = map(json.loads, export(results, "cvat-manifest", dropped=dropped).splitlines())
    assert (version, kind) == ({"version": "1.1"}, {"type": "images"})
    found = {image["name"] + image["extension"]: image.get("meta", {}).get("represented_by") for image in images}
    assert found == expect(results, dropped)
    assert {(image["extension"], image["width"], image["height"]) for image in images} == {(".png", 64, 48)}


@pytest.mark.parametrize("dropped", [False, True])
def test_label_studio_tasks(results, dropped):
    tasks = json.loads(export(results, "label-studio", dropped=dropped))
    assert {task["data"]["path"]: task["data"]["represented_by"] for task in tasks} == expect(results, dropped)
    assert all(unquote(t["data"]["image"]) == "/data/local-files/?d=" + t["data"]["path"] for t in tasks)
    assert not any(set(task["data"]["image"]) & set(' <>"') for task in tasks)


@pytest.mark.parametrize("prefix", ["s3://cameras/kept/", "gs://b/", "azure-blob://b/", "", "/mnt/frames/"])
def test_keys_in_a_store_stand_as_they_are_in_label_studio(results, prefix):
    tasks = json.loads(export(results, "label-studio", prefix=prefix))
    assert [task["data"]["image"] for task in tasks] == [prefix + task["data"]["path"] for task in tasks]
    assert prefix + ODD in [task["data"]["image"] for task in tasks]


@pytest.mark.parametrize("prefix", ["https://example.org/f/", "HTTP://host:8080/data/local-files/?d="])
def test_addresses_are_encoded_in_label_studio(results, prefix):
    images = [task["data"]["image"] for task in json.loads(export(results, "label-studio", prefix=prefix))]
    assert prefix + "odd%2C%20%22names%22%20%26%20%3Cb%3E/%C3%BC.png" in images


@pytest.mark.filterwarnings("ignore")
def test_label_studio(results):
    interface = pytest.importorskip("label_studio_sdk.label_interface", reason="needs label-studio-sdk")
    config = (
        '<View><Image name="img" value="$image"/><Choices name="c" toName="img"><Choice value="car"/></Choices></View>'
    )
    labels = interface.LabelInterface(config)
    tasks = json.loads(export(results, "label-studio", dropped=True))
    assert tasks and all(labels.validate_task(task) for task in tasks)
    assert not labels.validate_task({"data": {"picture": "a"}})


@pytest.mark.parametrize("dropped", [False, True])
def test_fiftyone_samples(results, tmp_path, dropped):
    data = json.loads(export(results, "fiftyone", dropped=dropped))
    folders = {"keep": results, "drop": tmp_path / "frames"}
    found = {os.path.relpath(s["filepath"], folders[s["verdict"]]): s["represented_by"] for s in data["samples"]}
    assert found == expect(results, dropped)
    assert all(
        Path(sample["filepath"]).is_file() and sample["tags"] == [sample["verdict"]] for sample in data["samples"]
    )


@pytest.mark.filterwarnings("ignore")
def test_fiftyone(results):
    """The whole of `from_json` needs a MongoDB server; the parts that read the file do not."""
    fiftyone = pytest.importorskip("fiftyone", reason="needs fiftyone, which brings a gigabyte")
    from fiftyone.core.odm import get_field_kwargs

    data = json.loads(export(results, "fiftyone", dropped=True))
    fields = {name: get_field_kwargs(kind)["ftype"] for name, kind in data["sample_fields"].items()}
    assert fields.keys() >= data["samples"][0].keys()
    for entry in data["samples"]:
        sample = fiftyone.Sample.from_dict(entry)
        assert sample.media_type == data["media_type"] == "image"
        assert (sample["represented_by"], sample.tags) == (entry["represented_by"], entry["tags"])


@pytest.mark.filterwarnings("ignore")
def test_yolo(results, tmp_path):
    yolo = pytest.importorskip("fiftyone.utils.yolo", reason="needs fiftyone, which brings a gigabyte")
    (tmp_path / "train.txt").write_text(export(results, "yolo"))
    images = str(tmp_path / "train.txt")
    with yolo.YOLOv4DatasetImporter(str(results), images_path=images, include_all_data=True) as reader:
        assert sorted(path for path, *_ in reader) == sorted(str(results / path) for path in expect(results, False))


@pytest.mark.parametrize("name", FORMATS)
def test_the_command(results, tmp_path, capsysbinary, name):
    before = read_tree(results)
    target = tmp_path / "out"
    arguments = ["export", str(results), "--format", name]
    assert cli.main([*arguments, "--output", str(target)]) == options.DONE
    assert cli.main(arguments) == options.DONE
    assert capsysbinary.readouterr().out == target.read_bytes() != b""
    assert cli.main([*arguments, "--output", str(target)]) == options.USAGE
    assert b"exists: choose another name; nothing was overwritten" in capsysbinary.readouterr().err
    assert read_tree(results) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frames", "out", "results"]


def test_half_a_file_is_no_file(results, tmp_path, capsys):
    with open(results / manifest.NAME, "ab") as file:
        file.write(b"{}\n")
    assert cli.main(["export", str(results), "--format", "coco", "--output", str(tmp_path / "out")]) == options.STORAGE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frames", "results"]


def test_no_results(tmp_path, capsys):
    assert cli.main(["export", str(tmp_path), "--format", "csv"]) == options.USAGE
    assert "holds no manifest.jsonl" in capsys.readouterr().err


def add_line(results: Path, **changes: object) -> None:
    """Append a decision like the last kept one."""
    path = results / manifest.NAME
    entry = json.loads(next(line for line in path.read_text().splitlines() if '"keep"' in line))
    with open(path, "a") as file:
        file.write(json.dumps(entry | changes) + "\n")


def test_names_that_a_format_cannot_carry(results, capsys):
    add_line(results, path="a\nb.png")
    for name in ("list", "yolo"):
        assert (
            cli.main(["export", str(results), "--format", name, "--output", str(results.parent / "o")]) == options.USAGE
        )
        assert "a\\nb.png: a name with a line break cannot stand in a list" in capsys.readouterr().err
        assert cli.main(["export", str(results), "--format", name]) == options.USAGE
        assert capsys.readouterr().out == "", "as a whole or not at all"
    root = ElementTree.fromstring(export(results, "cvat"))
    assert root.findall("image")[-1].get("name") == "a\nb.png"
    add_line(results, path="\udcff.png")
    assert (
        cli.main(["export", str(results), "--format", "cvat", "--output", str(results.parent / "o")]) == options.USAGE
    )
    assert "\\xff.png: a name that XML cannot carry" in capsys.readouterr().err
    assert b"".join(export_frames(results, "csv")).endswith(b"\xff.png,c1,2021-03-27T10:00:00+00:00,keep,,,64,48\r\n")


@pytest.mark.parametrize("name", TELLING)
def test_memory_does_not_grow_with_the_number_of_frames(results, name):
    path = results / manifest.NAME
    head, *lines = path.read_bytes().splitlines(keepends=True)
    peaks = []
    for number in (100, 2000):
        path.write_bytes(head + lines[0] * number)
        tracemalloc.start()
        pieces = sum(1 for _ in export_frames(results, name, dropped=True))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert pieces >= number
    assert peaks[1] < peaks[0] + 50_000


@pytest.mark.parametrize("form", ["list", "csv"])
def test_a_terminal_is_shown_no_control_characters(write_tree, tmp_path, capsysbinary, monkeypatch, form):
    frames = write_tree({"c1/\x1b[2Ja\u202eb.png": encode(make_image())})
    list(filter_frames(frames, tmp_path / "out"))
    command = ["export", str(tmp_path / "out"), "--format", form]
    assert cli.main(command) == 0
    plain = capsysbinary.readouterr().out
    assert b"\x1b" in plain and "\u202e".encode() in plain
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert cli.main(command) == 0
    shown = capsysbinary.readouterr().out
    assert b"\\x1b[2Ja\\u202eb.png" in shown and b"\x1b" not in shown and shown.count(b"\n") == plain.count(b"\n")


def test_a_spreadsheet_runs_no_cell_and_a_program_finds_every_file(write_tree, tmp_path):
    folders = ["=cmd|' C calc'!A0", "@SUM(1)", "+1", "-1", "\tx", "'=1", "plain"]
    tree = {
        f"{folder}/{path.rpartition('/')[2]}": data for folder in folders for path, data in scene(None, None).items()
    }
    list(filter_frames(write_tree(tree), tmp_path / "results"))
    rows = list(csv.DictReader(io.StringIO(export(tmp_path / "results", "csv", dropped=True), newline="")))
    assert len(rows) == 14
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    kept = {row["path"] for row in rows if row["verdict"] == "keep"}
    assert {row["represented_by"] for row in rows if row["verdict"] == "drop"} == kept
    assert all((tmp_path / "results" / path).is_file() for path in kept)
    names = [
        row["path"]
        for row in csv.DictReader(io.StringIO(export(tmp_path / "results", "csv", prefix="s3://x/"), newline=""))
    ]
    assert "s3://x/@SUM(1)/" in " ".join(names) and all(name.startswith("s3://x/") for name in names)
