"""Files of several pages: each page is a frame of the file's camera, whoever decides it, and the file stays."""

import io
import json
import os
import shutil
import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice

import cv2
import numpy as np
import pytest
from PIL import Image

from framesift import cli, filter_frames
from framesift.filtering import manifest
from framesift.filtering.chunks import Dispatch
from framesift.filtering.manifest import open_record, read_settings
from framesift.filtering.manifest_file import whole_length
from framesift.filtering.pages import spread_pages
from framesift.filtering.settings import Settings
from framesift.frames.finding import find_frames
from framesift.looking.rereading import read_pixels
from tests.conftest import encode, make_image, read_decided, read_tree
from tests.filtering.test_run import NEW, letters
from tests.filtering.test_watching import LOOKS, Watch, put

OTHER = (30, 5, 25, 25)
FORMATS = {"tif": "TIFF", "gif": "GIF", "webp": "WEBP", "png": "PNG"}


def pages(kind, *boxes, **more):
    """The bytes of a file with a page for each box."""
    pictures = [Image.fromarray(make_image(box=box)) for box in boxes]
    file = io.BytesIO()
    if kind == "webp":
        more |= {"lossless": True}
    pictures[0].save(file, FORMATS[kind], save_all=True, append_images=pictures[1:], **more)
    return file.getvalue()


def name(hour, kind):
    return f"cam1_20210429_{hour:02}0000.{kind}"


def two_files(kind):
    """The first pages alike; new things on the other pages of the second, between pictures of one page."""
    return {
        "cam1_20210429_190000.jpg": encode(make_image(), ".jpg"),
        name(20, kind): pages(kind, None, NEW, None),
        "cam1_20210429_203000.jpg": encode(make_image(), ".jpg"),
        name(21, kind): pages(kind, None, NEW, OTHER, OTHER if kind == "tif" else None),
        "cam1_20210429_220000.jpg": encode(make_image(), ".jpg"),
    }


EXPECTED = "k" + "dkk" + "d" + "dkk" + "k" + "d"
"""What comes of it but in a TIFF, whose last page is as the one before."""


@pytest.mark.parametrize("kind", FORMATS)
def test_each_page_is_a_frame_of_the_files_camera_in_order(write_tree, tmp_path, kind):
    folder = write_tree(two_files(kind))
    decisions = list(filter_frames(folder, tmp_path / "results"))
    assert letters(decisions) == (EXPECTED if kind != "tif" else "kdkkddkkdk")
    assert {d.frame.camera for d in decisions} == {"cam1"}
    file = name(20, kind)
    pages_of = [d.frame for d in decisions if d.frame.file == file]
    assert [f.path for f in pages_of] == [f"{file}/cam1_20210429_200000_000{n}.png" for n in (1, 2, 3)]
    assert [f.page for f in pages_of] == [1, 2, 3] and len({f.time for f in pages_of}) == 1
    kept = cv2.imread(str(tmp_path / "results" / pages_of[1].path))
    np.testing.assert_array_equal(kept, make_image(box=NEW)[..., ::-1])
    assert list(manifest.read_decisions(str(tmp_path / "results" / manifest.NAME))) == decisions


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_by_any_number_of_workers_and_in_chunks_elsewhere(write_tree, tmp_path, kind):
    folder = write_tree(two_files(kind))
    decisions = list(filter_frames(folder, jobs=1))
    assert list(filter_frames(folder, jobs=5)) == decisions
    frames = list(spread_pages(str(folder), find_frames(folder).frames))
    with ThreadPoolExecutor(3) as pool:
        walker = Dispatch(pool, str(folder), Settings(), lambda _: {}, content=True, slots=3, longest=2)
        walked = list(walker.decide(frames))
    assert [decision for _, decision in walked] == decisions
    kept = [view for view, decision in walked if decision.verdict == "keep"]
    assert all(view.content and view.stat for view in kept)


@pytest.mark.parametrize("kind", ["tif", "gif"])
@pytest.mark.parametrize("decided", [1, 2, 3, 6, 8])
def test_a_run_that_was_stopped_goes_on_at_the_next_page(write_tree, tmp_path, kind, decided):
    folder = write_tree(two_files(kind))
    list(filter_frames(folder, tmp_path / "whole"))
    with closing(filter_frames(folder, tmp_path / "stopped")) as run:
        list(islice(run, decided))
    list(filter_frames(folder, tmp_path / "stopped"))
    assert read_decided(tmp_path / "stopped") == read_decided(tmp_path / "whole")
    assert list(filter_frames(folder, tmp_path / "stopped")) == []


def test_pages_of_16_bits_are_kept_with_all_their_bits(write_tree, tmp_path):
    stack = [np.full((48, 64), 7400, np.uint16) for _ in range(3)]
    stack[1][10:40, 10:40] = 8100
    done, content = cv2.imencodemulti(".tif", stack)
    assert done
    folder = write_tree({"cam1_20210429_200000.tif": content.tobytes()})
    decisions = list(filter_frames(folder, tmp_path / "results"))
    assert letters(decisions) == "kkk"
    kept = cv2.imread(str(tmp_path / "results" / decisions[1].frame.path), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(kept, stack[1])


def cut_second_page(content):
    """A little-endian TIFF whose second directory says that its pixels lie outside the file."""
    content = bytearray(content)
    (first,) = struct.unpack_from("<I", content, 4)
    (second,) = struct.unpack_from("<I", content, first + 2 + 12 * struct.unpack_from("<H", content, first)[0])
    for at in range(second + 2, second + 2 + 12 * struct.unpack_from("<H", content, second)[0], 12):
        if struct.unpack_from("<H", content, at)[0] == 273:
            struct.pack_into("<I", content, at + 8, len(content))
    return bytes(content)


def test_a_broken_page_has_its_line_and_the_others_are_decided(write_tree):
    folder = write_tree({name(20, "tif"): cut_second_page(pages("tif", None, NEW, NEW))})
    decisions = list(filter_frames(folder))
    assert letters(decisions) == "ksk"
    assert decisions[1].reason == "truncated TIFF"


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_an_animation_that_breaks_off_is_one_skip(write_tree, kind):
    folder = write_tree({name(20, kind): pages(kind, None, NEW, OTHER)[:-30]})
    decisions = list(filter_frames(folder))
    assert letters(decisions) == "s" and decisions[0].frame.page is None


def test_a_stack_that_breaks_off_has_the_pages_before(write_tree):
    whole = pages("tif", *[None, NEW] * 4)
    folder = write_tree({name(20, "tif"): whole[: len(whole) * 2 // 3]})
    found = letters(filter_frames(folder))
    assert found.startswith("kkkk") and found.endswith("s")


def test_pages_under_another_name_are_named_and_left(write_tree, tmp_path, capsys):
    folder = write_tree(
        {"a_20210429_200000.jpg": pages("gif", None, NEW), "a_20210429_210000.jpg": encode(make_image())}
    )
    before = read_tree(folder)
    assert cli.main(["filter", str(folder), "--remove-to", str(tmp_path / "backup")]) == 1
    assert "a_20210429_200000.jpg: holds 2 pages, which are not decided" in capsys.readouterr().err
    assert read_tree(folder) == before


@pytest.mark.parametrize("kind", FORMATS)
def test_no_file_of_several_pages_is_removed(write_tree, tmp_path, kind, capsys):
    files = {name(20, kind): pages(kind, None, NEW), name(21, kind): pages(kind, NEW, OTHER)}
    folder = write_tree({**files, "cam1_20210429_220000.png": encode(make_image(box=OTHER))})
    assert cli.main(["filter", str(folder), "--remove-to", str(tmp_path / "backup")]) == 0
    assert sorted(path.name for path in folder.iterdir()) == [name(20, kind), name(21, kind)]
    assert "no page can be removed from a file" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["tif", "gif"])
def test_pages_of_files_that_arrive_are_decided_as_in_a_run(tmp_path, kind):
    folder, files = tmp_path / "frames", two_files(kind)
    folder.mkdir()
    steps = [step for path, content in files.items() for step in (put(folder / path, content), *LOOKS)]
    watch = Watch(folder, tmp_path / "results").play(steps)
    assert watch.decisions == list(filter_frames(folder, tmp_path / "plain", "0.05%", "0.75%"))
    assert watch.late == [] and watch.told == []
    again = Watch(folder, tmp_path / "results").play([*LOOKS, *LOOKS])
    assert again.decisions == [] and again.late == []


def test_a_dropped_page_can_be_looked_at_afterwards(write_tree, tmp_path):
    folder = write_tree({name(20, "gif"): pages("gif", None, NEW, None, NEW, OTHER)})
    list(filter_frames(folder, tmp_path / "results", most="1%"))
    record = open_record(tmp_path / "results")
    for number in range(1, 6):
        pixels = read_pixels(record, "cam1", f"{name(20, 'gif')}/cam1_20210429_200000_{number:04}.png")
        assert not isinstance(pixels, str)


def test_a_folder_with_the_name_of_a_stack_is_a_folder(write_tree, tmp_path):
    folder = write_tree({"x.tif/x_0001.png": encode(make_image()), "x.tif/x_0002.png": encode(make_image(box=NEW))})
    decisions = list(filter_frames(folder, tmp_path / "results"))
    assert [d.frame.page for d in decisions] == [None, None] and letters(decisions) == "kk"


@pytest.mark.parametrize("link", ["hard", "symbolic"])
def test_a_kept_page_is_a_file_of_its_own_also_where_others_are_links(write_tree, tmp_path, link):
    folder = write_tree(two_files("tif"))
    decisions = list(filter_frames(folder, tmp_path / "results", link=link))
    for decision in decisions:
        kept = tmp_path / "results" / decision.frame.path
        if decision.verdict == "keep":
            assert kept.is_file() and (decision.frame.page is None or not kept.is_symlink())


def test_the_manifest_says_which_page(write_tree, tmp_path):
    folder = write_tree({name(20, "tif"): pages("tif", None, NEW)})
    list(filter_frames(folder, tmp_path / "results"))
    lines = (tmp_path / "results" / manifest.NAME).read_text().splitlines()
    assert [json.loads(line).get("page") for line in lines] == [None, 1, 2]
    assert read_settings(str(tmp_path / "results" / manifest.NAME))


def refresh(path, content):
    """Put other content into a file, at another time."""
    path.write_bytes(content)
    before = path.stat().st_mtime_ns
    os.utime(path, ns=(before, before + 10**9 * (1 + len(content))))


def see(folder, results, **options):
    """What is decided now, by any number of workers."""
    return list(filter_frames(folder, results, **options))


SECOND = (5, 5, 25, 25)


@pytest.mark.parametrize("kind", ["tif", "gif", "webp", "png"])
class TestAFileThatHoldsSomethingElse:
    def test_other_pages_are_new_frames_in_the_order_of_arrival(self, write_tree, tmp_path, kind):
        folder, results = write_tree({name(20, kind): pages(kind, None, NEW)}), tmp_path / "results"
        assert letters(see(folder, results)) == "kk"
        refresh(folder / name(20, kind), pages(kind, NEW, OTHER))
        decisions = see(folder, results)
        assert letters(decisions) == "dk"
        assert [(d.frame.page, d.frame.source, d.frame.time) for d in decisions] == [
            (number, name(20, kind), None) for number in (1, 2)
        ]
        assert decisions[0].reference == see_paths(results)[1]
        assert see(folder, results) == []
        refresh(folder / name(20, kind), pages(kind, SECOND, OTHER, None))
        assert letters(see(folder, results)) == "kkk"
        assert see(folder, results) == []
        assert len(see_paths(results)) == len(set(see_paths(results))) == 7

    @pytest.mark.parametrize("first, then, expected", [([None], [None, NEW], "dk"), ([None, NEW], [OTHER], "k")])
    def test_one_page_becomes_several_and_several_one(self, write_tree, tmp_path, kind, first, then, expected):
        folder, results = write_tree({name(20, kind): pages(kind, *first)}), tmp_path / "results"
        see(folder, results)
        refresh(folder / name(20, kind), pages(kind, *then))
        assert letters(see(folder, results)) == expected
        assert see(folder, results) == []

    def test_more_pages_behind_those_that_are_decided_are_next(self, write_tree, tmp_path, kind):
        folder, results = write_tree({name(20, kind): pages(kind, None, NEW)}), tmp_path / "results"
        see(folder, results)
        refresh(folder / name(20, kind), pages(kind, None, NEW, OTHER, SECOND))
        assert [(d.verdict, d.frame.page, d.frame.source) for d in see(folder, results)] == [
            ("keep", 3, None),
            ("keep", 4, None),
        ]
        assert see(folder, results) == []

    def test_another_time_alone_is_nothing_new(self, write_tree, tmp_path, kind):
        folder, results = write_tree({name(20, kind): pages(kind, None, NEW)}), tmp_path / "results"
        see(folder, results)
        os.utime(folder / name(20, kind), (1_600_000_000, 1_600_000_000))
        assert see(folder, results) == []

    @pytest.mark.parametrize("stop", [1, 2])
    def test_a_run_that_was_stopped_goes_on_at_the_next_page(self, write_tree, tmp_path, kind, stop):
        folder, results = write_tree({name(20, kind): pages(kind, None, NEW)}), tmp_path / "results"
        see(folder, results)
        refresh(folder / name(20, kind), pages(kind, OTHER, NEW, None))
        shutil.copytree(results, tmp_path / "whole")
        see(folder, tmp_path / "whole")
        with closing(filter_frames(folder, results)) as run:
            list(islice(run, stop))
        os.truncate(results / manifest.NAME, whole_length(results / manifest.NAME))
        see(folder, results)
        assert read_tree(results) == read_tree(tmp_path / "whole")

    def test_while_it_is_watched(self, tmp_path, kind):
        folder = tmp_path / "frames"
        folder.mkdir()
        path = folder / f"door.{kind}"
        other = lambda: refresh(path, pages(kind, NEW, OTHER))  # noqa: E731
        watch = Watch(folder, tmp_path / "results").play([put(path, pages(kind, None, NEW)), *LOOKS, other, *LOOKS])
        assert letters(watch.decisions) == "kkdk"
        assert see(folder, tmp_path / "results") == []


def see_paths(results):
    return [decision.frame.path for decision in open_record(results).decisions()]


def test_a_page_that_was_skipped_is_looked_at_again_in_its_place(write_tree, tmp_path):
    whole, results = pages("tif", None, NEW, OTHER), tmp_path / "results"
    later = {"cam1_20210429_220000.jpg": encode(make_image(), ".jpg")}
    folder = write_tree({name(20, "tif"): cut_second_page(whole), **later})
    assert letters(see(folder, results)) == "kskk"
    refresh(folder / name(20, "tif"), whole)
    (decision,) = see(folder, results)
    assert (decision.verdict, decision.frame.page, decision.again, decision.order) == ("keep", 2, True, "late")
    assert see(folder, results) == []


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_an_animation_that_was_half_there_is_decided_when_it_is_whole(write_tree, tmp_path, kind, capsys):
    whole, results = pages(kind, None, NEW, OTHER), tmp_path / "results"
    folder = write_tree({name(20, kind): whole[:-30]})
    assert letters(see(folder, results)) == "s"
    refresh(folder / name(20, kind), whole)
    decisions = see(folder, results)
    assert letters(decisions) == "kkk" and [d.again for d in decisions] == [True, False, False]
    assert cli.main(["filter", str(folder), str(results)]) == 0, capsys.readouterr().err


def test_a_reference_is_not_read_from_a_file_that_holds_something_else(write_tree, tmp_path):
    results = tmp_path / "results"
    folder = write_tree({name(20, "tif"): pages("tif", None, NEW)})
    see(folder, results)
    refresh(folder / name(20, "tif"), pages("tif", OTHER, SECOND))
    (folder / name(20, "tif")).rename(folder / "unused.bin")
    (folder / name(20, "tif")).write_bytes(pages("tif", OTHER, OTHER))
    (folder / "cam1_20210429_220000.jpg").write_bytes(encode(make_image(box=NEW), ".jpg"))
    decisions = see(folder, results)
    assert decisions[0].frame.path == "cam1_20210429_220000.jpg" and decisions[0].verdict == "drop"


@pytest.mark.parametrize("kind", ["tif", "gif"])
def test_kept_pages_can_be_verified(write_tree, tmp_path, kind):
    folder = write_tree({name(20, kind): pages(kind, None, NEW)})
    see(folder, tmp_path / "results")
    assert cli.main(["verify", str(tmp_path / "results")]) == 0
    (tmp_path / "results" / see_paths(tmp_path / "results")[1]).write_bytes(b"no picture")
    assert cli.main(["verify", str(tmp_path / "results")]) == 1
