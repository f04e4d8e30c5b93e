"""Which frame a name in a label file means, and what another frame is called there."""

import pytest

from framesift.errors import UsageError
from framesift.export.labels import Names

FRAMES = ["c1/a b.png", "c1/d.png", "c2/e.png", "c2/day/f.png"]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("c1/a b.png", "c2/day/f.png"),
        ("a b.png", "f.png"),
        ("/data/kept/c1/a b.png", "/data/kept/c2/day/f.png"),
        ("kept\\c1\\a b.png", "kept/c2/day/f.png"),
        ("c1/a%20b.png", "c2/day/f.png"),
        ("https://host/x/c1/a%20b.png?sig=1", "https://host/x/c2/day/f.png"),
        ("/data/local-files/?d=kept/c1/a%20b.png", "/data/local-files/?d=kept/c2/day/f.png"),
        ("/data/local-files/?d=kept%2Fc1%2Fa%20b.png", "/data/local-files/?d=kept/c2/day/f.png"),
        ("https://ls.example/data/local-files/?d=c1/a b.png", "https://ls.example/data/local-files/?d=c2/day/f.png"),
        ("/data/upload/3/0a1b2c3d-a b.png", "/data/local-files/?d=f.png"),
        ("s3://bucket/kept/c1/a b.png", "s3://bucket/kept/c2/day/f.png"),
        ("images/train/a b.png", "images/train/f.png"),
    ],
)
def test_a_frame_is_found_and_another_is_named_alike(name, other):
    names = Names(FRAMES)
    match = names.find(name)
    assert match is not None and match.frame == "c1/a b.png"
    assert names.write("c2/day/f.png", match) == other


def test_a_name_of_no_frame_means_none():
    assert Names(FRAMES).find("c1/z.png") is None
    assert Names(FRAMES).find("") is None


@pytest.mark.parametrize("name", ["1.png", "x/1.png", "other/c/1.png"])
def test_a_name_that_can_mean_two_frames_is_refused(name):
    names = Names(["c1/1.png", "c2/1.png"])
    with pytest.raises(UsageError, match=r"can be c1/1.png or c2/1.png: name pictures by their paths in DIR"):
        names.find(name)


def test_more_of_the_path_decides():
    names = Names(["c1/1.png", "c2/1.png", "site/c2/1.png"])
    assert names.find("c1/1.png").frame == "c1/1.png"
    assert names.find("kept/c2/1.png").frame == "c2/1.png"
    assert names.find("kept/site/c2/1.png").frame == "site/c2/1.png"


def test_a_short_name_that_two_frames_would_have_is_made_longer():
    names = Names(["c1/a.png", "c1/1.png", "c2/1.png"])
    match = names.find("a.png")
    assert names.write("c1/1.png", match) == "c1/1.png"


def test_without_suffixes_two_files_of_one_stem_are_two_frames():
    names = Names(["a.jpg", "a.png", "b.jpg"], has_suffixes=False)
    assert names.find("labels/b").frame == "b.jpg"
    with pytest.raises(UsageError, match=r"can be a.jpg or a.png"):
        names.find("labels/a")


def test_a_prefix_of_the_user_stands_before_the_whole_path():
    names = Names(FRAMES)
    match = names.find("c1/d.png")
    assert names.write("c1/a b.png", match, "s3://b/") == "s3://b/c1/a b.png"
    assert names.write("c1/a b.png", match, "/data/local-files/?d=") == "/data/local-files/?d=c1/a%20b.png"
