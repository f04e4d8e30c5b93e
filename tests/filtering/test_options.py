"""Each setting is described once, and means the same on the command line, in the library and in a written command."""

import argparse
from dataclasses import replace

import pytest

from framesift.cli.filter import add_arguments
from framesift.cli.options import read_options
from framesift.errors import UsageError
from framesift.filtering.combinations import Wishes, check_combination
from framesift.filtering.options import OPTIONS
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.settings import Settings
from tests.filtering.test_settings import UNUSUAL

TEXTS = {
    "min_contour_area": "0.2%",
    "score_threshold": "700",
    "method": "tolerance",
    "width": "640",
    "blur": "3,7",
    "border_mask": "0,2.5,0,10",
    "size": "320x240",
    "against": "3",
    "most": "60%",
    "keep": "20/camera",
    "at_most": "1/10min",
    "at_least": "1/2h",
    "results_by": "day",
    "min_size": "20",
    "max_pixels": "1000",
    "every": "500ms",
    "name_pattern": "(?P<camera>[a-z]+)",
    "camera": "folder",
    "time_format": "%d-%m-%Y_%H.%M.%S",
    "timezone": "Europe/Berlin",
    "exclude": "*.png",
    "include": "@eaDir",
    "start": "2021-03-27",
    "end": "2021-03-27 12:53",
    "hours": "6-20",
    "late": "decide",
    "decode": "fast",
    "link": "hard",
}


def parse(*words: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return read_options(parser.parse_args(["frames", "results", *words]))


def test_every_setting_is_tried_here():
    assert TEXTS.keys() | {"mask", "thorough", "key_frames", "preset"} == OPTIONS.keys()


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in ("min_contour_area", "score_threshold")])
def test_the_command_line_and_the_library_read_the_same(name):
    method = ["--method", "tolerance"] if name == "width" else []
    given = {name: int(TEXTS[name]) if OPTIONS[name].whole else TEXTS[name]}
    if name == "width":
        given["method"] = "tolerance"
    settings = parse(*method, OPTIONS[name].flag, TEXTS[name])
    assert settings == read_settings(**given)
    assert getattr(settings, name) != OPTIONS[name].default


def test_key_frames_alone_are_all_of_them():
    assert parse("--key-frames") == read_settings(key_frames=True) == read_settings(key_frames=True, every="frame")
    assert parse("--key-frames", "--every", "10s").every == 10
    with pytest.raises(UsageError, match="--key-frames belongs to --every"):
        Settings(key_frames=True)


def test_thresholds_stand_behind_the_folders():
    assert parse("0.2%", "700") == read_settings(min_contour_area="0.2%", score_threshold=700)


def test_what_is_not_given_is_as_usual():
    assert parse() == read_settings() == Settings()
    assert list(Settings().options()) == []


def test_a_written_command_means_the_same():
    settings = replace(UNUSUAL, masks=(), sections=())
    thresholds = str(settings.min_contour_area), str(settings.score_threshold)
    assert parse(*thresholds, *settings.options()) == settings
    assert list(replace(settings, blur=()).options())[4:6] == ["--blur", "none"]


def test_a_share_is_written_with_its_sign_or_without():
    assert read_settings(most="60") == read_settings(most=" 60 %".strip()) == read_settings(most=60)


def test_values_are_taken_as_they_are():
    assert read_settings(size=(320, 240), every=0.5, blur=[3, 7], border_mask=[0, 0, 0, 0]) == Settings(
        size=(320, 240), every=0.5, blur=(3, 7), border_mask=(0, 0, 0, 0)
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"width": 640}, "--width belongs to --method tolerance"),
        ({"thorough": True}, "--thorough belongs to --method tolerance"),
        ({"most": "half"}, "--most takes a share of the picture such as 60%, not 'half'"),
        ({"link": "soft"}, "--link is copy or hard or symbolic, not 'soft'"),
        ({"decode": "slow"}, "--decode is exact or fast, not 'slow'"),
        ({"method": "magic"}, "--method is framediff or tolerance, not 'magic'"),
    ],
)
def test_what_cannot_be_is_refused(given, reason):
    with pytest.raises(UsageError, match=reason):
        read_settings(**given)


def test_an_unknown_name_is_a_mistake_of_the_program():
    with pytest.raises(TypeError, match="no setting is called 'blurr': these are min_contour_area"):
        read_settings(blurr="3")


FILMS = replace(Settings(), every=1.0)
MOST = replace(Settings(), most=60.0)
LINKS = replace(Settings(), link=OPTIONS["link"].read("hard"))


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        (Wishes("f", "r", Settings(), watch=True, cluster="local"), "takes no --cluster"),
        (Wishes("f", "r", Settings(), watch=True, dry_run=True), "takes no --dry-run"),
        (Wishes("f", None, Settings(), watch=True, backup="b"), "takes no --remove-to"),
        (Wishes("f", "r", Settings(), watch=True, report="x.html"), "--watch has no end to report at"),
        (Wishes("f", None, Settings(), backup="b", report="x.html"), "--report shows what is in RESULTS"),
        (Wishes("f", "r", Settings(), backup="b"), "takes RESULTS or --remove-to BACKUP, not both"),
        (Wishes("f", "r", Settings(), plan="p.json"), "and then perhaps --plan"),
        (Wishes("f", None, Settings(), watch=True), "takes RESULTS, or --remove-to BACKUP"),
        (Wishes("f", None, MOST, backup="b"), "--most compares with frames that are left out, which would be gone"),
        (Wishes("f", None, FILMS, backup="b"), "no frame can be removed from a video"),
        (Wishes("s3://a/f", "r", Settings(), report="x.html"), "--report works with folders of this machine"),
        (Wishes("s3://a/f", None, Settings(), backup="b"), "--remove-to works with folders of this machine only"),
        (Wishes("f", "s3://a/r", Settings(), watch=True), "--watch works with folders of this machine only"),
        (Wishes("s3://a/f", "r", FILMS), "--every works with folders of this machine only"),
        (Wishes("f", "s3://a/r", LINKS), "--link works with folders of this machine only"),
    ],
)
def test_what_does_not_go_together_is_refused(wishes, reason):
    with pytest.raises(UsageError, match=reason):
        check_combination(wishes)


@pytest.mark.parametrize("wishes", [Wishes("f", None, FILMS), Wishes("s3://a/f", "s3://a/r", Settings(), dry_run=True)])
def test_what_goes_together_is_not(wishes):
    check_combination(wishes)
