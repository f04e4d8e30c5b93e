"""Settings of some cameras: which section is stronger, what is refused, and that they decide as options do."""

import shutil
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framesift import filter_frames
from framesift.comparators.thresholds import Threshold
from framesift.errors import UsageError
from framesift.filtering import manifest
from framesift.filtering.arrivals import PATIENCE, Arrivals
from framesift.filtering.comparator_choice import comparator_of, record_of
from framesift.filtering.config import OF_CAMERAS, OF_RUNS, CameraConfig, Config
from framesift.filtering.describing import read_frame
from framesift.filtering.manifest import open_record
from framesift.filtering.option_values import Method
from framesift.filtering.options import OPTIONS
from framesift.filtering.reading_settings import read_settings
from framesift.filtering.results import Results
from framesift.filtering.run import Run
from framesift.filtering.sections import Section
from framesift.filtering.selection import Verdict
from framesift.filtering.settings import Settings
from framesift.frames.frame import Frame
from framesift.frames.naming import Naming
from framesift.looking.explanation import explain_decision
from framesift.looking.report.survey import survey_cameras
from tests.conftest import read_tree
from tests.filtering.test_run import NEW, TOUR, letters, scene
from tests.filtering.test_settings import UNUSUAL
from tests.frames.test_videos import door

SAMPLE = Path(__file__).resolve().parents[2] / "images" / "frames"
"""Frames of four cameras."""


def with_sections(*sections: CameraConfig, **values) -> Config:
    return Config(values, sections)


def frame(camera: str, hour: int = 12) -> Frame:
    return Frame(f"{camera}/{hour}.png", camera, datetime(2021, 3, 27, hour, 30, tzinfo=UTC))


def test_a_name_is_stronger_than_a_pattern_and_of_patterns_the_later_one():
    config = with_sections(
        CameraConfig("door-1", {"blur": "9"}),
        CameraConfig("*", {"blur": "1", "most": "90", "against": 2}),
        CameraConfig("door-*", {"blur": "3", "most": "80"}),
        CameraConfig("*-1", {"most": "70"}),
        blur="11",
    )
    read = read_settings(config)
    assert [read.of(camera).blur for camera in ("door-1", "door-2", "gate-1", "Door-1")] == [(9,), (3,), (1,), (1,)]
    assert [read.of(camera).most for camera in ("door-1", "door-2", "gate-1", "x")] == [70, 80, 70, 90]
    assert {read.of(camera).against for camera in ("door-1", "x")} == {2}
    assert (read.blur, read.most) == ((11,), None)


def test_what_holds_at_some_hours_is_stronger_than_what_holds_all_day():
    config = with_sections(
        CameraConfig("c1", {"score_threshold": "5%"}, "22:00-06:00"),
        CameraConfig("*", {"score_threshold": "4%", "most": "50"}, "20-6"),
        CameraConfig("c1", {"score_threshold": "3%"}),
    )
    read = read_settings(config)
    found = [str(read.at(frame("c1", hour)).score_threshold) for hour in (12, 20, 23, 5, 6)]
    assert found == ["3%", "4%", "5%", "5%", "3%"]
    assert [read.at(frame("c1", hour)).most for hour in (12, 23)] == [None, 50]
    assert str(read.at(Frame("c1/a.png", "c1", None)).score_threshold) == "3%", "nobody knows its hour"


def test_hours_are_those_of_the_time_zone():
    read = read_settings(with_sections(CameraConfig("*", {"blur": "3"}, "14-15"), timezone="Europe/Berlin"))
    assert [read.at(frame("c1", hour)).blur for hour in (12, 13, 14)] == [(5,), (3,), (5,)]


def test_another_method_begins_with_its_own_thresholds():
    config = with_sections(
        CameraConfig("c1", {"method": "tolerance"}),
        CameraConfig("c2", {"method": "tolerance", "score_threshold": "1%", "width": 400}),
        CameraConfig("c3", {"min_contour_area": "2%"}),
        CameraConfig("c4", {"method": "tolerance", "thorough": True}),
        min_contour_area="0.4%",
        score_threshold="4%",
    )
    read = read_settings(config)

    def of(camera: str) -> tuple[str, str, str, int]:
        own = read.of(camera)
        return str(own.method), str(own.min_contour_area), str(own.score_threshold), own.width

    assert of("c0") == ("framediff", "0.4%", "4%", 320)
    assert of("c1") == ("tolerance", "0.2%", "0.2%", 320)
    assert of("c2") == ("tolerance", "0.2%", "1%", 400)
    assert of("c3") == ("framediff", "2%", "4%", 320)
    assert of("c4") == ("tolerance", "0.05%", "0.05%", 320)


def test_what_is_given_by_hand_holds_for_all_cameras():
    config = with_sections(
        CameraConfig("c1", {"method": "tolerance", "thorough": True, "blur": "3"}),
        CameraConfig("c2", {"score_threshold": "2%"}),
        method="tolerance",
        score_threshold="9%",
    )
    read = read_settings(config, score_threshold="4%")
    assert {str(read.of(camera).score_threshold) for camera in ("c0", "c1", "c2")} == {"4%"}
    assert str(read.of("c1").min_contour_area) == "0.05%"
    by_hand = read_settings(config, method="framediff")
    assert {by_hand.of(camera).method for camera in ("c0", "c1", "c2")} == {Method.FRAMEDIFF}
    assert {str(by_hand.of(camera).score_threshold) for camera in ("c0", "c1", "c2")} == {"0.75%"}
    assert by_hand.of("c1").blur == (3,)


def test_a_camera_or_hours_of_it_are_left_out():
    config = with_sections(
        CameraConfig("c2", {"exclude": False}),
        CameraConfig("*", {"exclude": True}),
        CameraConfig("c2", {"exclude": True}, "22-6"),
        CameraConfig("c3", {"exclude": False}, "8-18"),
    )
    read = read_settings(config)
    assert [read.takes(frame(*of)) for of in (("c1", 12), ("c2", 12), ("c2", 23), ("c3", 12), ("c3", 20))] == [
        False,
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("name", sorted(OPTIONS.keys() - OF_CAMERAS))
def test_what_is_of_the_whole_run_cannot_differ(name):
    with pytest.raises(UsageError, match="it is of the whole run"):
        CameraConfig("c1", {name: "5"}, place="framesift.toml:7")


@pytest.mark.parametrize("name", ["size", "against"])
def test_what_says_which_frames_are_compared_is_the_same_at_all_hours(name):
    CameraConfig("c1", {name: "5"})
    with pytest.raises(UsageError, match="the same at all hours"):
        CameraConfig("c1", {name: "5"}, "22-6")


@pytest.mark.parametrize("name", [*OF_RUNS, "remove_to", "on_keep", "results", "jobs", "notify"])
def test_a_settings_file_says_how_frames_are_decided_and_nothing_else(name):
    with pytest.raises(UsageError, match="is no setting of a settings file"):
        Config({name: "x"})


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ({"blur": "4"}, "blur takes odd kernel sizes"),
        ({"thorough": True}, "thorough belongs to method tolerance"),
        ({"width": 400}, "width belongs to method tolerance"),
        ({"exclude": "*.png"}, "exclude is true or false"),
        ({"at_most": "1/day", "at_least": "1/h"}, "both cannot be"),
        ({"score_threshold": "lots"}, "a threshold is a number of px"),
        ({"mask": "no-such-file.json"}, "No such file"),
    ],
)
def test_what_cannot_be_names_its_section(section, reason):
    with pytest.raises(UsageError, match=reason) as caught:
        read_settings(with_sections(CameraConfig("c 1", section, place="f.toml:3")))
    assert caught.value.path in ("f.toml:3", "no-such-file.json")
    assert caught.value.reason.startswith('[camera."c 1"]: ')


def test_hours_that_are_none_are_refused():
    with pytest.raises(UsageError, match="hours takes times of the day"):
        read_settings(with_sections(CameraConfig("c1", {"blur": "3"}, "night")))


def test_sections_come_back_from_a_manifest(write_tree, tmp_path):
    config = with_sections(
        CameraConfig("c1", {"method": "tolerance", "size": "32x24"}), CameraConfig("c?", {"most": 60})
    )
    frames = write_tree(scene(None, NEW) | scene(None, NEW, camera="c2"))
    list(filter_frames(frames, tmp_path / "r", config=config))
    record = open_record(tmp_path / "r")
    assert record.settings == read_settings(config)
    assert (record_of(record, "c1").settings.size, record_of(record, "c2").settings.most) == ((32, 24), 60)


@pytest.mark.parametrize(
    ("key", "value"),
    [("camera", None), ("camera", 5), ("camera", "x" * 2000), ("hours", "25"), ("hours", 5), ("excluded", "yes"),
     ("blur", [2]), ("blur", [1.5]), ("width", 10), ("min_contour_area", "x"), ("score_threshold", 4), ("masks", [1]),
     ("method", "magic"), ("decoding", None), ("size", [0, 1]), ("against", 0), ("sections", []), ("at_most", -1)],
)  # fmt: skip
def test_a_forged_section_is_refused_in_one_line(key, value):
    record = UNUSUAL.record()
    record["sections"][0] |= {key: value}
    with pytest.raises(UsageError):
        read = Settings.from_record(record)
        read.of("door-1"), read.of("c2")


def test_a_manifest_of_before_has_no_sections():
    record = Settings().record()
    del record["sections"]
    assert Settings.from_record(record) == Settings()


def lines_of(results: Path, camera: str) -> list[bytes]:
    """What a manifest says of a camera, without the states of files."""
    lines = read_tree(results)[manifest.NAME].splitlines()
    return [line for line in lines if b'"camera": "%b", "time"' % camera.encode() in line]


def kept_of(results: Path, camera: str) -> dict[str, bytes]:
    tree = read_tree(results)
    paths = [d.frame.path for d in open_record(results).decisions() if d.frame.camera == camera]
    return {path: tree[path] for path in paths if path in tree}


def without_sections(header: bytes) -> bytes:
    return header[: header.index(b'"sections"')]


OWN = [
    {
        "c10": {"method": "tolerance", "thorough": True, "border_mask": "0,0,0,0"},
        "c20": {"blur": "3,5", "against": 2, "min_contour_area": "0.1%", "score_threshold": "0.3%"},
    },
    {
        "c10": {"size": "320x240", "most": "60", "at_most": "1/10min"},
        "c20": {"method": "tolerance", "width": 200, "min_size": 400, "decode": "fast"},
    },
]
"""What the cameras of the sample are decided by."""


@pytest.fixture(scope="module", params=OWN, ids=["thorough and against", "size and fast"])
def own_runs(request, tmp_path_factory) -> tuple[Path, Config]:
    """The cameras of the sample, each run alone with its own options, and the same as sections."""
    folder = tmp_path_factory.mktemp("own")
    for camera, options in request.param.items():
        others = [f"{other}[-_]*" for other in request.param if other != camera]
        list(filter_frames(SAMPLE, folder / camera, exclude=others, **options))
    return folder, Config({}, tuple(CameraConfig(camera, values) for camera, values in request.param.items()))


def require_same(results: Path, alone: Path) -> None:
    for camera in ("c10", "c20"):
        lines = lines_of(results, camera)
        assert len(lines) == 24
        assert lines == lines_of(alone / camera, camera)
        assert kept_of(results, camera) == kept_of(alone / camera, camera)


@pytest.mark.parametrize("jobs", [1, 2])
def test_sections_decide_as_runs_of_each_camera_do(own_runs, tmp_path, jobs):
    alone, config = own_runs
    list(filter_frames(SAMPLE, tmp_path / "r", jobs=jobs, config=config))
    require_same(tmp_path / "r", alone)


def test_a_run_that_goes_on_decides_the_same(own_runs, tmp_path):
    """In three runs, of which each has more frames: also by way of the references that are read again."""
    alone, config = own_runs
    (tmp_path / "frames").mkdir()
    for third in range(3):
        for camera in ("c10", "c20"):
            for path in sorted(SAMPLE.glob(f"{camera}[-_]*"))[8 * third : 8 * third + 8]:
                shutil.copy2(path, tmp_path / "frames")
        list(filter_frames(tmp_path / "frames", tmp_path / "r", config=config))
    require_same(tmp_path / "r", alone)


def test_processes_decide_the_same(own_runs, tmp_path):
    alone, config = own_runs
    with ProcessPoolExecutor(2) as executor:
        list(filter_frames(SAMPLE, tmp_path / "r", executor=executor, config=config))
    require_same(tmp_path / "r", alone)


@pytest.mark.parametrize("method", list(Method))
def test_a_file_decides_as_options_do_byte_for_byte(tmp_path, method):
    file = tmp_path / "framesift.toml"
    file.write_text(
        f'method = "{method}"\nscore-threshold = "0.5%"\nblur = 3\nborder-mask = [0, 5, 0, 0]\nagainst = 2\n'
    )
    options = {"method": method, "score_threshold": "0.5%", "blur": "3", "border_mask": "0,5,0,0", "against": 2}
    for name, given_ in (("file", {"config": file}), ("options", options)):
        list(filter_frames(SAMPLE, tmp_path / name, exclude="c10*", **given_))
    assert read_tree(tmp_path / "file") == read_tree(tmp_path / "options")


def test_watching_decides_the_same(write_tree, tmp_path):
    """Time is played: it passes where the watching pauses."""
    frames = write_tree(scene(*TOUR * 3) | scene(None, NEW, NEW, None, camera="c2"))
    config = with_sections(
        CameraConfig("c1", {"against": 2, "method": "tolerance"}), CameraConfig("c2", {"exclude": True})
    )
    once = list(filter_frames(frames, tmp_path / "once", config=config))
    read, now = read_settings(config), [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds
        if now[0] > 2 * PATIENCE:
            raise KeyboardInterrupt

    source = Arrivals(frames, read, lambda path, what: None, pause, lambda: now[0])
    with Run(source, Results(tmp_path / "watched", frames, read), read) as run, pytest.raises(KeyboardInterrupt):
        list(run.decide(2))
    assert read_tree(tmp_path / "watched") == read_tree(tmp_path / "once")
    assert letters(once) == "kkdddd"


METHODS = st.sampled_from(["framediff", "tolerance"])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "method": METHODS,
        "score_threshold": st.sampled_from(["0%", "0.5%", "3%", "200"]),
        "min_contour_area": st.sampled_from(["0%", "1%", "20"]),
        "blur": st.sampled_from(["none", "3", "3,5"]),
        "border_mask": st.sampled_from(["0,0,0,0", "10,0,20,5"]),
        "size": st.sampled_from(["32x24", "64x48"]),
        "against": st.integers(1, 3),
        "most": st.sampled_from(["20", "100"]),
        "at_most": st.sampled_from(["1/2min", "1/h"]),
        "at_least": st.just("1/3h"),
    },
)
BOXES = st.lists(st.sampled_from([None, NEW, *TOUR]), min_size=1, max_size=6)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(BOXES, VALUES), min_size=1, max_size=3), VALUES, st.booleans())
def test_a_camera_in_a_section_is_decided_as_alone(write_tree, tmp_path, cameras, shared, in_patterns):
    """Whatever the others are decided by, with what the section leaves to all cameras below it."""
    for path in ("frames", "r", "alone"):
        shutil.rmtree(tmp_path / path, ignore_errors=True)
    tree = {}
    for number, (boxes, _) in enumerate(cameras):
        tree |= scene(*boxes, camera=f"c{number}")
    frames = write_tree(tree)
    sections = [
        CameraConfig(f"[c]{number}" if in_patterns else f"c{number}", values)
        for number, (_, values) in enumerate(cameras)
    ]
    list(filter_frames(frames, tmp_path / "r", config=Config(shared, tuple(sections))))
    for number in range(len(cameras)):
        camera = f"c{number}"
        others = [f"c{other}" for other in range(len(cameras)) if other != number]
        own = read_settings(Config(shared, (sections[number],))).of(camera)
        alone = {name: getattr(own, name) for name in OPTIONS if name in OF_CAMERAS and hasattr(own, name)}
        if own.method is Method.FRAMEDIFF:
            del alone["width"]
        alone["exclude"] = others
        list(filter_frames(frames, tmp_path / "alone" / camera, **alone))
        assert lines_of(tmp_path / "r", camera) == lines_of(tmp_path / "alone" / camera, camera)
        assert kept_of(tmp_path / "r", camera) == kept_of(tmp_path / "alone" / camera, camera)


BY_HOUR = st.fixed_dictionaries(
    {},
    optional={
        "method": METHODS,
        "score_threshold": st.sampled_from(["0%", "0.5%", "20%", "200"]),
        "blur": st.sampled_from(["none", "9"]),
        "border_mask": st.sampled_from(["0,0,0,0", "30,0,20,5"]),
        "exclude": st.booleans(),
    },
)


def walk_plainly(frames: Path, read: Settings) -> list[tuple[str, float | None, bool]]:
    """Each frame, seen as at its own hour, against the last kept one, seen so too."""
    rows, last = [], ""
    for path in sorted(str(path.relative_to(frames)) for path in frames.rglob("*.png")):
        of = Frame(path, "c1", Naming().read(path)[1])
        if not read.takes(of):
            continue
        own = read.at(of)
        comparator = comparator_of(own, "c1")
        after, before = (
            comparator.describe(read_frame(str(frames / each), own).pixels) for each in (path, last or path)
        )
        score = comparator.score(before, after) if last else None
        kept = score is None or score > own.score_threshold.px(comparator.compared_area(after))
        rows.append((path, score, kept))
        last = path if kept else last
    return rows


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([None, NEW, *TOUR]), min_size=2, max_size=8), BY_HOUR, BY_HOUR, st.integers(0, 8))
def test_a_frame_is_decided_by_the_settings_of_its_hour(write_tree, tmp_path, boxes, one, other, stop):
    """Also where a run stopped in between, and in a dry run, which has placed no kept frame anywhere."""
    for path in ("frames", "r", "later"):
        shutil.rmtree(tmp_path / path, ignore_errors=True)
    sections = CameraConfig("*", one, "10:01-10:03"), CameraConfig("c1", other, "10:02-10:06")
    config = with_sections(*sections)
    frames = write_tree(scene(*boxes))
    expected = walk_plainly(frames, read_settings(config))

    def rows(decisions) -> list[tuple[str, float | None, bool]]:
        return [(d.frame.path, d.score, d.verdict is Verdict.KEEP) for d in decisions]

    assert rows(filter_frames(frames, config=config)) == expected
    assert rows(filter_frames(frames, tmp_path / "r", jobs=2, config=config)) == expected
    for count in (stop, len(boxes)):
        later = write_tree(scene(*boxes[:count]), "later") if boxes[:count] else None
        if later:
            list(filter_frames(later, tmp_path / "later-results", config=config))
    if expected:
        assert rows(open_record(tmp_path / "later-results").decisions()) == expected
    shutil.rmtree(tmp_path / "later-results", ignore_errors=True)


def test_hours_with_the_settings_of_the_day_change_nothing(tmp_path):
    values = {"method": "tolerance", "thorough": True}
    config = with_sections(CameraConfig("*", values, "17-18"), **values)
    list(filter_frames(SAMPLE, tmp_path / "hours", config=config, exclude="c20*"))
    list(filter_frames(SAMPLE, tmp_path / "day", exclude="c20*", **values))
    assert lines_of(tmp_path / "hours", "c10") == lines_of(tmp_path / "day", "c10")
    assert len(kept_of(tmp_path / "hours", "c10")) > 2


def test_hours_go_without_a_budget(write_tree):
    more = {"keep": "2"}
    frames = write_tree(scene(None, NEW))
    config = with_sections(CameraConfig("*", {"most": 50}, "17-18"))
    with pytest.raises(
        UsageError, match="settings that differ from hour to hour, or by light, go without --keep and --cluster"
    ):
        list(filter_frames(frames, config=config, **more))
    left_out = with_sections(CameraConfig("*", {"exclude": True}, "17-18"))
    assert letters(filter_frames(frames, config=left_out, **more)) == "kk"


def test_explanations_go_by_the_hour_of_each_frame(write_tree, tmp_path):
    frames = write_tree(scene(None, NEW, None, NEW))
    config = with_sections(CameraConfig("c1", {"score_threshold": "90%", "method": "tolerance"}, "10:02-10:04"))
    decisions = list(filter_frames(frames, tmp_path / "r", config=config))
    record = open_record(tmp_path / "r")
    for decision in decisions:
        told = explain_decision(record, decision, None)
        assert told.change == ""
        if decision.reference:
            assert told.limit == record.settings.at(decision.frame).score_threshold.px(told.area)
    assert letters(decisions) == "kkdd"
    scales = survey_cameras(record)["c1"].scales
    assert len({scale.limit for scale in scales.values()}) == 2


def test_films_are_decided_by_sections(tmp_path):
    door(tmp_path / "frames" / "gate.mp4")
    door(tmp_path / "frames" / "yard.mp4")
    config = with_sections(CameraConfig("yard*", {"exclude": True}), CameraConfig("gate*", {"method": "tolerance"}))
    sections = list(filter_frames(tmp_path / "frames", tmp_path / "r", every="frame", config=config))
    own = {"every": "frame", "method": "tolerance", "exclude": "yard*"}
    assert sections == list(filter_frames(tmp_path / "frames", tmp_path / "own", **own)) != []


def test_a_thousand_sections_cost_next_to_nothing_for_each_frame():
    read = read_settings(Config({}, tuple(CameraConfig(f"c{n}", {"blur": "3"}) for n in range(1000))))
    assert read.at(frame("c999")) is read.at(frame("c999")), "worked out once"
    assert isinstance(read.sections[0], Section)
    assert read.of("c5").sections == ()
    assert Threshold.parse("0.75%") == read.of("c5").score_threshold
