"""`framesift duplicates` as people meet it."""

import json
import os

import cv2
import numpy as np
import pytest

from framesift import cli
from framesift.cli import options
from framesift.cli.terminal import format_bytes
from tests.actions.removals import snapshot
from tests.comparators.networks import write_network
from tests.comparators.test_comparators import paint
from tests.conftest import encode, read_tree
from tests.duplicates.test_search import jpeg
from tests.frames.test_videos import film


@pytest.fixture
def crops(write_tree):
    one = paint(1, 320, 240)
    tree = {"a/one.png": encode(one), "b/one.jpg": jpeg(one), "b/low.jpg": jpeg(one, 40), "x.jpg": jpeg(paint(2))}
    return write_tree(tree)


@pytest.fixture
def run(tmp_path):
    def run(*arguments: object) -> int:
        return cli.main(["duplicates", "--index", str(tmp_path / "index.sqlite"), *map(str, arguments)])

    return run


def test_the_list(run, crops, capsys):
    assert run(crops) == options.DONE
    output, errors = capsys.readouterr()
    lines = output.splitlines()
    size = (crops / "a/one.png").stat().st_size
    assert lines[0] == f"keep    a/one.png  (largest file, {size:,} bytes)"
    assert [line.split()[1] for line in lines[1:3]] == ["b/one.jpg", "b/low.jpg"]
    assert all(90 <= float(line.split()[0].rstrip("%")) <= 100 for line in lines[1:3])
    surplus = sum((crops / name).stat().st_size for name in ("b/one.jpg", "b/low.jpg"))
    assert lines[3:] == ["", f"4 images, 1 group, 2 files could go ({format_bytes(surplus)}), 0 skipped"]
    assert errors == ""


def test_as_json(run, crops, capsys):
    (crops / "cut.jpg").write_bytes((crops / "b/one.jpg").read_bytes()[:-500])
    assert run("-i", crops, "--json") == options.SKIPPED
    output, errors = capsys.readouterr()
    document = json.loads(output)
    [group] = document["groups"]
    assert (group["keeper"], group["reason"].split(",")[0]) == ("a/one.png", "largest file")
    assert [member["path"] for member in group["members"]] == ["b/one.jpg", "b/low.jpg"]
    assert all(0.9 <= member["similarity"] <= 1 for member in group["members"])
    assert document["images"] == 4
    assert document["skipped"] == [{"path": "cut.jpg", "reason": "truncated JPEG"}]
    assert errors == f"{crops}/cut.jpg: truncated JPEG\n"


def test_quiet(run, crops, capsys):
    assert run(crops, "--quiet") == options.DONE
    assert capsys.readouterr() == ("", "")


def test_another_keeper(run, crops, capsys):
    run(crops, "--json", "--keep", "smallest-file")
    assert json.loads(capsys.readouterr().out)["groups"][0]["keeper"] == "b/low.jpg"


@pytest.mark.parametrize("extra", [["--method", "hash"], ["--method", "framediff"], ["--similarity", "95%"]])
def test_methods(run, crops, capsys, extra):
    assert run(crops, "--json", *extra) == options.DONE
    [group] = json.loads(capsys.readouterr().out)["groups"]
    assert len(group["members"]) == 2


def test_a_network(run, crops, tmp_path, capsys):
    model = write_network(tmp_path / "net.onnx", (1, 3, "height", "width"))
    common = (crops, "--method", "embedding", "--model", model, "--json")
    assert run(*common, "--input-size", "32x32", "--mean", "1,2,3", "--scale", "1,1,1") == options.DONE
    assert json.loads(capsys.readouterr().out)["images"] == 4
    assert cli.main(["duplicates", *map(str, common)]) == options.USAGE
    assert "give one with --input-size" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "takes folders: DIR ... or -i DIR"),
        (["DIR", "-i", "DIR"], "takes folders: DIR ... or -i DIR"),
        (["DIR", "--similarity", "2"], "--similarity takes a share such as 90% or 0.9, not '2'"),
        (["DIR", "--distance", "4"], "--distance belongs to --method hash"),
        (["DIR", "--method", "hash", "--similarity", "90%"], "--similarity belongs to --method combined or embedding"),
        (["DIR", "--method", "embedding"], "--method embedding takes --model FILE, an ONNX network"),
        (["DIR", "--method", "embedding", "--model", "x", "--mean", "1,2"], "--mean takes three numbers"),
        (["DIR", "--dry-run"], "--dry-run belongs to --remove-to"),
        (["DIR", "--keep", "prettiest"], "--keep takes largest-resolution"),
        (["DIR", "--export", "DIR/x.jpg"], "is not a media data file"),
    ],
)
def test_wrong_usage_is_one_line(run, crops, capsys, arguments, message):
    before = read_tree(crops)
    assert run(*(argument.replace("DIR", str(crops)) for argument in arguments)) == options.USAGE
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.count("\n") == 1
    assert message in errors
    assert read_tree(crops) == before


def test_removed_files_come_back(run, crops, tmp_path, capsys):
    before = read_tree(crops)
    assert run(crops, "--remove-to", tmp_path / "backup", "--dry-run") == options.DONE
    assert capsys.readouterr().out.splitlines()[-1] == f"2 files would be moved to {tmp_path}/backup"
    assert run(crops, "--remove-to", tmp_path / "backup", "--dry-run", "--json") == options.DONE
    assert json.loads(capsys.readouterr().out)["removed"] == {"done": 0, "left": [], "dry_run": {"done": 2}}
    assert read_tree(crops) == before
    assert run(crops, "--remove-to", tmp_path / "backup") == options.DONE
    assert set(read_tree(crops)) == {"a/one.png", "x.jpg"}
    assert f"2 files moved to {tmp_path}/backup" in capsys.readouterr().out
    assert run(crops) == options.DONE
    assert "2 images, 0 groups, 0 files could go" in capsys.readouterr().out
    assert cli.main(["undo", str(tmp_path / "backup")]) == options.DONE
    assert read_tree(crops) == before


def test_a_plan_can_be_carried_out_later(run, crops, tmp_path, capsys):
    assert run(crops, "--plan", tmp_path / "plan.json", "--json") == options.DONE
    assert len(read_tree(crops)) == 4
    [group] = json.loads(capsys.readouterr().out)["groups"]
    steps = json.loads((tmp_path / "plan.json").read_text())["steps"]
    assert [(step["path"], step["keeper"]) for step in steps] == [(m["path"], "a/one.png") for m in group["members"]]
    assert cli.main(["apply", str(tmp_path / "plan.json"), "--remove-to", str(tmp_path / "backup")]) == options.DONE
    assert set(read_tree(crops)) == {"a/one.png", "x.jpg"}


def test_the_export(run, crops, tmp_path):
    assert run(crops, "--export", tmp_path / "media_data.json", "--quiet") == options.DONE
    media = json.loads((tmp_path / "media_data.json").read_text())["media"]
    assert list(media) == ["a/one.png", "x.jpg"]
    assert len(media["a/one.png"]["hash"]) == 64
    assert np.shape(media["a/one.png"]["histogram"]) == (3, 64)


@pytest.mark.parametrize("arguments", [["A", "B"], ["-i", "A", "-i", "B"], ["-i", "A", "--input", "B"]])
def test_two_folders_removed_and_given_back(run, crops, tmp_path, capsys, arguments):
    before = read_tree(crops)
    folders = [str(crops / argument.lower()) if argument in "AB" else argument for argument in arguments]
    assert run(*folders, "--remove-to", crops / "backup") == options.DONE
    output = capsys.readouterr().out
    assert f"keep    {crops}/a/one.png  (in a, which comes first)" in output
    assert "3 images, 1 group, 2 files could go" in output
    assert set(read_tree(crops)) - {"backup/journal.jsonl"} == {
        "a/one.png", "x.jpg", "backup/b/one.jpg", "backup/b/low.jpg"
    }  # fmt: skip
    assert cli.main(["undo", str(crops / "backup")]) == options.DONE
    assert {path: each for path, each in read_tree(crops).items() if path != "backup/journal.jsonl"} == before


def test_the_first_of_two_folders_stays_and_keep_comes_before_that(run, crops, capsys):
    for arguments, keeper in (
        ([crops / "b", crops / "a"], "b/one.jpg"),
        ([crops / "b", crops / "a", "--keep", "largest-file"], "a/one.png"),
        ([crops / "b", crops / "a", "--keep", "largest-file", "--prefer", crops / "b"], "b/one.jpg"),
        ([crops, "--keep", f"folder:{crops}/b,smallest-file"], "b/low.jpg"),
        ([crops, "--keep", "folder:b"], "b/one.jpg"),
        ([crops, "--prefer", "b", "--prefer", "a"], "b/one.jpg"),
        ([crops, "--protect", "b"], "b/one.jpg"),
    ):
        assert run(*arguments, "--json") == options.DONE
        document = json.loads(capsys.readouterr().out)
        assert document["groups"][0]["keeper"] == keeper, arguments
        assert ("root" in document) == (len(arguments) > 1 and arguments[1] == crops / "a")


def test_what_is_protected_is_never_touched(run, crops, tmp_path, capsys):
    assert run(crops, "--protect", crops / "b", "--remove-to", tmp_path / "backup") == options.DONE
    assert set(read_tree(crops)) == {"b/one.jpg", "b/low.jpg", "x.jpg"}
    assert run(crops, "--protect", crops / "typo") == options.USAGE
    assert capsys.readouterr().err == f"framesift: {crops}/typo: --protect: there is no such folder\n"


def test_links_that_will_lead_nowhere_are_named(run, crops, tmp_path, capsys):
    (crops / "best").mkdir()
    (crops / "best" / "low.jpg").symlink_to("../b/low.jpg")
    (crops / "best" / "one.png").symlink_to("../a/one.png")
    assert run(crops, "--remove-to", tmp_path / "backup", "--quiet") == options.DONE
    assert (
        capsys.readouterr().err == f"{crops}/best/low.jpg: is a link to b/low.jpg, which goes: it leads nowhere then\n"
    )
    assert (crops / "best" / "one.png").exists()


def test_hard_links_go_together_or_free_nothing(run, crops, tmp_path, capsys):
    (crops / "album").mkdir()
    os.link(crops / "b/low.jpg", crops / "album/low.jpg")
    before = snapshot(crops)
    assert run(crops, "--remove-to", tmp_path / "backup") == options.DONE
    output = capsys.readouterr().out
    assert "          b/low.jpg  (the same file)" in output and "3 files could go" in output
    assert set(read_tree(crops)) == {"a/one.png", "x.jpg"}
    assert cli.main(["undo", str(tmp_path / "backup")]) == options.DONE
    assert snapshot(crops) == before
    assert os.path.samefile(crops / "b/low.jpg", crops / "album/low.jpg")
    os.link(crops / "b/one.jpg", tmp_path / "elsewhere.jpg")
    run(crops)
    size = (crops / "b/low.jpg").stat().st_size
    note = f"({format_bytes(size)}; 1 of them has other names (hard links) elsewhere, which frees nothing)"
    assert note in capsys.readouterr().out


def test_what_belongs_to_a_picture_goes_with_it(run, crops, tmp_path, capsys):
    for path in ("b/low.xmp", "b/low.mov", "b/low.jpg.json", "x.json", "dataset.json"):
        (crops / path).write_bytes(b"of its own")
    before = read_tree(crops)
    assert run(crops, "--remove-to", tmp_path / "backup") == options.DONE
    *_, total, moved = capsys.readouterr().out.splitlines()
    assert "4 images, 1 group, 2 files could go" in total and total.endswith(" with 3 companion files, 0 skipped")
    assert moved == f"2 files and 3 companion files moved to {tmp_path / 'backup'}"
    assert set(read_tree(crops)) == {"a/one.png", "x.jpg", "x.json", "dataset.json"}
    assert cli.main(["undo", str(tmp_path / "backup")]) == options.DONE
    assert read_tree(crops) == before


def test_a_picture_with_a_label_is_kept(run, crops, capsys):
    (crops / "b/one.txt").write_bytes(b"")
    (crops / "b/low.txt").write_text("a red van beside a gate")
    assert run(crops) == options.DONE
    assert capsys.readouterr().out.splitlines()[0] == "keep    b/low.jpg  (has a label)"


def test_the_film_of_a_live_photo_is_not_compared_by_itself(run, tmp_path, capsys):
    for folder, size in (("phone", (640, 480)), ("cloud", (320, 240))):
        (tmp_path / "photos" / folder).mkdir(parents=True)
        (tmp_path / "photos" / folder / "IMG_1.JPG").write_bytes(jpeg(cv2.resize(paint(1, 640, 480), size)))
        film(tmp_path / "photos" / folder / "a.mov", scale=320 / size[0]).rename(
            tmp_path / "photos" / folder / "IMG_1.MOV"
        )
    assert run(tmp_path / "photos", "--remove-to", tmp_path / "backup") == options.DONE
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("keep")] == [
        "phone/IMG_1.JPG"
    ]
    assert set(read_tree(tmp_path / "photos")) == {"phone/IMG_1.JPG", "phone/IMG_1.MOV"}
