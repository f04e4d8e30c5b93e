"""The file framesift.toml: what is read, and in which line it says what cannot be."""

import os
import re
import tomllib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift import cli
from framesift.errors import UsageError
from framesift.filtering import config_file
from framesift.filtering.config import OF_RUNS, Config, write_name
from framesift.filtering.config_file import find_line, read_config
from framesift.filtering.options import OPTIONS
from framesift.filtering.reading_settings import read_settings
from tests.filtering.test_options import TEXTS


@pytest.fixture
def file(tmp_path):
    return tmp_path / "framesift.toml"


def refuse(file, text: str, **options) -> str:
    """What is said of a file, without the folder that it lies in."""
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_settings(read_config(file, **options))
    return str(caught.value).replace(f"{file.parent}/", "")


@pytest.mark.parametrize("name", sorted(TEXTS.keys() - set(OF_RUNS)))
def test_every_option_has_its_name_there(file, name):
    value = TEXTS[name] if OPTIONS[name].whole else f'"{TEXTS[name]}"'
    method = 'method = "tolerance"\n' if name == "width" else ""
    file.write_text(f"{method}{write_name(name)} = {value}\n")
    given_ = {name: int(TEXTS[name]) if OPTIONS[name].whole else TEXTS[name]}
    if name == "width":
        given_["method"] = "tolerance"
    assert read_settings(read_config(file)) == read_settings(**given_) != read_settings()
    assert write_name(name) == OPTIONS[name].flag[2:] or name == "camera"


def test_it_says_how_frames_are_decided_and_every_other_option_is_given_by_hand(file, capsys):
    with pytest.raises(SystemExit):
        cli.main(["filter", "--help"])
    flags = {flag[2:] for flag in re.findall(r"^ .*?(--[a-z][a-z-]+)", capsys.readouterr().out, re.MULTILINE)}
    by_hand = flags - {write_name(name) for name in OPTIONS.keys() - set(OF_RUNS)} - {"help", "camera"}
    assert {"on-keep", "on-health", "notify", "remove-to", "jobs", "config"} < by_hand
    for name in [*by_hand, "results"]:
        said = refuse(file, f"{name} = 'rm -rf .'\n")
        assert said == f"framesift.toml:1: {name} is no setting of a file: it is given by hand"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("blur = [3, 5]", {"blur": "3,5"}),
        ("blur = []", {"blur": "none"}),
        ("blur = 3", {"blur": "3"}),
        ("border-mask = [5, 2.5, 0, 1]", {"border_mask": "5,2.5,0,1"}),
        ("size = [640, 480]", {"size": "640x480"}),
        ("score-threshold = 5000", {"score_threshold": "5000"}),
        ("score-threshold = 0.5", {"score_threshold": "0.5"}),
        ("most = 60", {"most": "60"}),
        ("keep = 500", {"keep": "500"}),
        ("every = 2", {"every": "2"}),
        ("from = 2021-03-27\nto = 2021-03-27T12:53:00", {"start": "2021-03-27", "end": "2021-03-27T12:53:00"}),
        ('exclude = ["a*", "b*"]', {"exclude": ["a*", "b*"]}),
        ('exclude = "a*"', {"exclude": ["a*"]}),
        ("thorough = true\nmethod = 'tolerance'", {"thorough": True, "method": "tolerance"}),
        ("thorough = false", {}),
        ("key-frames = true", {"key_frames": True}),
        ("# nothing\n", {}),
        ("", {}),
        ("\ufeffblur = 3\r\nmost = 5\r\n", {"blur": "3", "most": "5"}),
    ],
)
def test_values_may_be_written_as_toml_has_them(file, text, options):
    file.write_bytes(text.encode())
    assert read_settings(read_config(file)) == read_settings(**options)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a = 1\nmethd = "x"', "framesift.toml:1: there is no setting a"),
        ('methd = "x"', "framesift.toml:1: there is no setting methd: did you mean method?"),
        ("\n\nscore_threshold = 5", "framesift.toml:3: there is no setting score_threshold: did you mean score-"
         "threshold?"),
        ("[camera.c1]\nblur = 3\nBLUR = 5", "framesift.toml:3: there is no setting BLUR: did you mean blur?"),
        ("blur = 3\nblur = 5", "framesift.toml:2:1: is not TOML: cannot overwrite a value"),
        ("blur = \n", "framesift.toml:1:8: is not TOML: invalid value: a text stands in quotes"),
        ("method = tolerance", "framesift.toml:1:10: is not TOML: invalid value: a text stands in quotes"),
        ("blur = [3", "framesift.toml:1:1: is not TOML: unclosed array"),
        ("\nmost = true", "framesift.toml:2: most cannot be true or false"),
        ("hours = 07:00:00", "framesift.toml:1: hours cannot be a time of day without quotes"),
        ("size = [1, [2]]", "framesift.toml:1: size cannot be a list"),
        ("thorough = 1", "framesift.toml:1: thorough is true or false, not 1"),
        ("against = 1.5", "framesift.toml:1: against must be a whole number: 1.5"),
        ("against = -1", "framesift.toml:1: against cannot be negative: -1"),
        ("width = 5", "framesift.toml:1: width takes at least 32 px, and at most 4096"),
        ("score-threshold = inf", "framesift.toml:1: a threshold is a number of px such as 5000, or a share"),
        ('border-mask = "60,0,60,0"', "framesift.toml:1: border-mask 60,0,60,0 leaves nothing to compare"),
        ("# x\nthorough = true", "framesift.toml:2: thorough belongs to method tolerance"),
        ('timezone = "Mars"', "framesift.toml:1: "),
        ('name-pattern = "("', "framesift.toml:1: "),
        ('link = "hard"', "framesift.toml:1: link is no setting of a file: it is given by hand"),
        ('results-by = "day"', "framesift.toml:1: results-by is no setting of a file: it is given by hand"),
        ("remove-to = 'b'", "framesift.toml:1: remove-to is no setting of a file: it is given by hand"),
        ('camera = "one"', "framesift.toml:1: camera is the table of the sections, such as [camera.c2]; --camera is "
         "camera-by here"),
        ("[camera]\nby = 'one'", "framesift.toml:2: camera.by is no section: a section has a header such"),
        ("[[camera.c1]]\nblur = 3", "framesift.toml:1: camera.c1 is no section: "),
        ("[camera.c1]\n\nkeep = 5", "framesift.toml:3: a section cannot say keep: it is of the whole run, and"),
        ("[camera.c1]\ntimezone = 'UTC'", "framesift.toml:2: a section cannot say timezone: "),
        ('[camera.c1."22-6"]\nagainst = 2', "framesift.toml:2: a section cannot say against: it says which frames"),
        ('[camera.c1."12-13".night]\nblur = 3', "framesift.toml:1: a section of a light or of hours holds no other, "
         "such as night"),
        ('[camera.c1.night."12-13"]\nblur = 3', "framesift.toml:1: a section of a light or of hours holds no other, "
         "such as 12-13"),
        ('blur = 5\n[night."12-13"]\nblur = 3', "framesift.toml:2: a section of a light or of hours holds no other, "
         "such as 12-13"),
        ("[camera.c1.nihgt]\nblur = 3", "framesift.toml:1: nihgt is neither: a table in a section is of a light or of "
         'hours, such as [camera.c2.night] or [camera.c2."22-6"]: did you mean night?'),
        ("[nihgt]\nblur = 3", "framesift.toml:1: there is no setting nihgt: did you mean night?"),
        ("[camera.c1.night]\nexclude = true", "framesift.toml:2: a section cannot say exclude: light is seen once"),
        ("[day]\nsize = 'x'", "framesift.toml:2: a section cannot say size: it says which frames of a camera are "),
        ("[camera.c1.day]\nbluur = 3", "framesift.toml:2: there is no setting bluur: did you mean blur?"),
        ("[night]\nblur = 3\n[camera.'*'.night]\nblur = 5", 'framesift.toml:1: [night] is [camera."*".night], which'),
        ("[camera.c1]\nexclude = '*'", "framesift.toml:2: exclude is true or false in a section, for all its frames"),
        ('blur = 3\n[camera."c *"]\nwidth = 300',
         'framesift.toml:2: [camera."c *"]: width belongs to method tolerance'),
        ("[nonsense]\nx = 1", "framesift.toml:1: there is no setting nonsense"),
        ("camera.c1.blur = 4", "framesift.toml:1: blur takes odd kernel sizes in px, such as 5 or 3,5, not 4"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_its_line(file, text, line):
    assert refuse(file, text).startswith(line)
    assert "--" not in refuse(file, text).replace("--camera is", "").replace("--config", "")


def test_one_that_lies_among_the_frames_reads_nothing_elsewhere_and_allows_no_more_memory(file, tmp_path):
    """It may have come with the frames. Somebody who names it trusts it."""
    masks = tmp_path / "masks"
    masks.mkdir()
    (tmp_path.parent / "mask.json").write_text('{"all": {}}')
    (masks / "link.json").symlink_to(tmp_path.parent / "mask.json")
    (masks / "m.json").write_text('{"all": {"ignore": [[[0, 0], [0.5, 0], [0.5, 0.2]]]}}')
    outside = "a mask lies outside of the folder of the frames: name the settings file with --config"
    for path in ("../mask.json", str(tmp_path.parent / "mask.json"), "c1=../mask.json", "masks/link.json"):
        assert refuse(file, f'mask = "{path}"', is_trusted=False) == f"framesift.toml:1: {outside}"
    assert "no file that lies among the frames" in refuse(file, "max-pixels = 100000001", is_trusted=False)
    file.write_text('mask = "masks/m.json"\nmax-pixels = 100000')
    assert len(read_settings(read_config(file, is_trusted=False)).masks) == 1
    file.write_text('mask = "../mask.json"\nmax-pixels = 100000001')
    assert read_settings(read_config(file)).max_pixels == 100000001


def test_a_pattern_among_the_frames_is_given_up_on_that_would_take_for_ever(file):
    file.write_text(r'name-pattern = "(?P<camera>(a|aa)+)+(?P<time>\\d+)$"')
    naming = read_settings(read_config(file, is_trusted=False)).naming
    with pytest.raises(UsageError):
        naming.read(f"{'a' * 60}.jpg")


def test_masks_lie_beside_the_file(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    file = tmp_path / "sub" / "framesift.toml"
    (tmp_path / "sub" / "m.json").write_text('{"all": {"ignore": [[[0, 0], [0.5, 0], [0.5, 0.2]]]}}')
    file.write_text('[camera.c1]\nmask = "m.json"\n[camera.c2]\nmask = []')
    monkeypatch.chdir(tmp_path)
    read = read_settings(read_config("sub/framesift.toml"), mask=None)
    assert [len(read.of(camera).masks) for camera in ("c0", "c1", "c2")] == [0, 1, 0]


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: path.write_bytes(b"\xff\xfe"), lambda path: None])
def test_what_is_no_file_of_text_is_said_in_a_line(file, make):
    make(file)
    with pytest.raises(UsageError) as caught:
        read_config(file)
    assert caught.value.path == str(file) or caught.value.path == file


def test_hours_alone_are_one_section(file):
    file.write_text('[camera.c1."22-6"]\nblur = 3\n[camera.c2]\n')
    sections = read_settings(read_config(file)).sections
    assert [section.title for section in sections] == ["[camera.c1.22-6]", "[camera.c2]"]


def test_a_light_alone_is_of_all_cameras(file):
    file.write_text("[camera.c1.day]\nblur = 3\n[night]\nblur = 5\n")
    sections = read_settings(read_config(file)).sections
    assert [section.title for section in sections] == ['[camera."*".night]', "[camera.c1.day]"]


def test_a_very_large_or_very_deep_file_is_refused(file):
    assert refuse(file, f"blur = {'[' * 50_000}")
    assert refuse(file, "#" * 2**21)


KEYS = st.text("ab-_1", min_size=1, max_size=3) | st.sampled_from(["c 1", "door-*", 'q"q', "ü"])


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, st.integers(0, 9), max_size=3), max_size=3))
def test_the_line_of_every_key_and_header_is_found(tables):
    def write(key: str) -> str:
        return key if re.fullmatch(r"[a-z0-9_-]+", key) else '"' + key.replace('"', '\\"') + '"'

    lines, places = [], {}
    for table, values in tables.items():
        lines += ["# [comment]", f"[camera.{write(table)}]  # = x"]
        places["camera", table] = len(lines)
        for key, value in values.items():
            lines.append(f"  {write(key)} = {value} # {key} = 5")
            places["camera", table, key] = len(lines)
    text = "\n".join(lines)
    assert tomllib.loads(text).get("camera", {}) == tables
    assert {path: find_line(text, path) for path in places} == places


def test_each_line_is_looked_at_once_however_many_sections_there_are(file, monkeypatch):
    count = 500
    file.write_text("".join(f"[camera.c{number}]\nmost = 60\n" for number in range(count)))
    looked = Counter()
    read_path = config_file._read_path
    monkeypatch.setattr(
        config_file, "_read_path", lambda line, header: looked.update([line]) or read_path(line, header)
    )
    sections = read_config(file).cameras
    assert sections[-1].place == f"{file}:{2 * count - 1}"
    assert looked.total() <= 4 * count


def test_a_value_is_frozen():
    with pytest.raises(AttributeError):
        Config().path = "x"
