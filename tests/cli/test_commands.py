"""The command as people meet it: exit codes and exact lines in process, signals and start-up in a real process."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from framesift import cli
from framesift.cli import commands, options
from framesift.filtering import manifest
from tests.conftest import encode, make_image, read_tree
from tests.filtering.test_run import MOVED, NEW, name, scene, views

ROOT = Path(__file__).resolve().parents[2]
MAIN = [sys.executable, str(ROOT / "main.py")]


def run(*arguments: object) -> int:
    return cli.main(["filter", *map(str, arguments)])


@pytest.fixture
def frames(write_tree) -> Path:
    return write_tree(scene(None, None, NEW) | scene(None, camera="c2"))


def test_a_run(frames, tmp_path, capsys):
    assert run(frames, tmp_path / "results") == options.DONE
    output, errors = capsys.readouterr()
    assert output.splitlines() == [
        "c1: 3 frames, 2 kept (67 %), 1 dropped, 0 skipped, 2021-03-27 10:00 to 2021-03-27 10:02",
        "c2: 1 frame, 1 kept (100 %), 0 dropped, 0 skipped, 2021-03-27 10:00 to 2021-03-27 10:00",
        "total: 4 frames, 3 kept (75 %), 1 dropped, 0 skipped",
    ]
    assert errors == ""


def test_a_second_run_says_the_same(frames, tmp_path, capsys):
    run(frames, tmp_path / "results")
    first, tree = capsys.readouterr().out, read_tree(tmp_path / "results")
    assert run(frames, tmp_path / "results") == options.DONE
    assert capsys.readouterr().out == first
    assert read_tree(tmp_path / "results") == tree


def test_damaged_frames_are_named_one_a_line(write_tree, tmp_path, capsys):
    frames = write_tree(scene(None, None) | {"c1/cut\n.png": encode(make_image())[:-20], "empty.jpg": b""})
    assert run(frames, tmp_path / "results") == options.SKIPPED
    assert sorted(capsys.readouterr().err.splitlines()) == [
        f"{frames}/c1/cut\\n.png: truncated PNG",
        f"{frames}/empty.jpg: empty file",
    ]
    assert run(frames, tmp_path / "results") == options.SKIPPED


def test_verbose_json_quiet(frames, tmp_path, capsys):
    assert run(frames, tmp_path / "r1", "--verbose", "--json") == options.DONE
    output, errors = capsys.readouterr()
    summary = json.loads(output)
    assert (summary["frames"], summary["kept"], summary["dropped"], summary["skipped"], summary["late"]) == (
        4,
        3,
        1,
        0,
        0,
    )
    assert summary["cameras"][0] == {
        "camera": "c1",
        "frames": 3,
        "kept": 2,
        "dropped": 1,
        "skipped": 0,
        "whole_picture_changed": 0,
        "left_out": 0,
        "first": "2021-03-27T10:00:00+00:00",
        "last": "2021-03-27T10:02:00+00:00",
        "sizes": {"64x48": 3},
        "rare_sizes": {},
    }
    assert errors.splitlines()[1] == (
        f"{frames}/c1/{name(1)}: Dropped: changed 0 % of the picture, needed more than 0.75 % (0 px, 18 px)"
    )
    assert run(frames, tmp_path / "r2", "--quiet") == options.DONE
    assert capsys.readouterr() == ("", "")


def test_what_is_left_out_is_counted(write_tree, tmp_path, capsys):
    frames = write_tree(views(*MOVED))
    assert run(frames, tmp_path / "r1", "--most", "60%") == run(frames, tmp_path / "r2") == options.DONE
    lines = capsys.readouterr().out.splitlines()
    camera = "2021-03-27 10:00 to 2021-03-27 10:06; whole picture changed 2 times"
    assert [line.endswith(camera + ", 2 frames left out") for line in lines] == [True, False, False, False]
    assert [line.endswith(camera) for line in lines] == [False, False, True, False]
    assert run(frames, tmp_path / "r1", "--most", "60%", "--json") == options.DONE
    summary = json.loads(capsys.readouterr().out)
    assert (summary["whole_picture_changed"], summary["left_out"]) == (2, 2), "of the earlier run"


def test_rare_sizes_are_named(write_tree, tmp_path, capsys):
    tree = scene(*[None] * 25) | {f"c1/{name(30)}": encode(make_image(10, 6))}
    run(write_tree(tree), tmp_path / "results")
    assert f"; rare size 10x6: c1/{name(30)}\n" in capsys.readouterr().out


def test_dry_run_writes_nothing(frames, tmp_path, capsys):
    run(frames, tmp_path / "results")
    expected = capsys.readouterr()
    assert run(frames, tmp_path / "other", "--dry-run") == options.DONE
    assert capsys.readouterr() == expected
    assert not (tmp_path / "other").exists()


def test_late_frames_are_told(write_tree, tmp_path, capsys):
    frames = write_tree(scene(None, start=5))
    run(frames, tmp_path / "results")
    write_tree(scene(None, NEW, start=1))
    capsys.readouterr()
    assert run(frames, tmp_path / "results") == options.SKIPPED
    assert capsys.readouterr().err == (
        f"{frames}: camera c1: 2 frames came after later ones had been decided, such as c1/{name(1)}; "
        "left out: --late decide compares them with the kept frames before them\n"
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["missing", "r"], "missing: "),
        (["frames", "r", "--method", "blind"], "--method is framediff or tolerance, not 'blind'"),
        (["frames", "r", "--thorough"], "--thorough belongs to --method tolerance"),
        (["frames", "r", "--width", "200"], "--width belongs to --method tolerance"),
        (["frames", "r", "--method", "tolerance", "--width", "3"], "--width takes at least 32 px"),
        (["frames", "r", "5px"], "a threshold is a number of px such as 5000, or a share such as 0.75%, not '5px'"),
        (["frames", "r", "--blur", "4"], "--blur takes odd kernel sizes in px, such as 5 or 3,5, not 4"),
        (["frames", "r", "--blur", "x"], "--blur takes kernel sizes in px such as 3,5, or none, not 'x'"),
        (["frames", "r", "--border-mask", "5,5"], "--border-mask takes four percentages: left,top,right,bottom"),
        (["frames", "r", "--border-mask", "50,0,50,0"], "--border-mask 50,0,50,0 leaves nothing to compare"),
        (["frames", "r", "--size", "640"], "--size takes WIDTHxHEIGHT in px, such as 640x480, not '640'"),
        (["frames", "r", "--size", "0x5"], "--size takes a width and a height of at least 1 px"),
        (["frames", "r", "--against", "0"], "--against takes a whole number of at least 1, not 0"),
        (["frames", "r", "--most", "half"], "--most takes a share of the picture such as 60%, not 'half'"),
        (["frames", "r", "--most", "101%"], "--most takes a share of the picture of up to 100%, not 101%"),
        (["frames", "--remove-to", "b", "--most", "60"], "--most compares with frames that are left out"),
        (["frames", "r", "--timezone", "Mars/Base"], "Mars/Base"),
        (["frames", "r", "--name-pattern", "("], "--name-pattern"),
        (["frames", "frames"], "the results folder cannot be the folder of the frames"),
        (
            ["frames", "frames/c2"],
            f"frames/c2/{name(0, 'c2')}: is not of framesift: choose an empty or new results folder",
        ),
        (["frames", f"frames/c1/{name(0)}"], "the results folder is a file"),
    ],
)
def test_wrong_usage_is_one_line(frames, tmp_path, monkeypatch, capsys, arguments, line):
    monkeypatch.chdir(tmp_path)
    before = read_tree(tmp_path)
    assert run(*arguments) == options.USAGE
    output, errors = capsys.readouterr()
    assert line in errors and errors.startswith("framesift: ") and errors.count("\n") == 1 and output == ""
    assert read_tree(tmp_path) == before


def refuse(capsys, *words: str, program: str | None = None) -> str:
    """Return the one line that a command line gets that cannot be read."""
    with pytest.raises(SystemExit) as stop:
        cli.main(words, program)
    assert stop.value.code == options.USAGE
    output, errors = capsys.readouterr()
    assert output == "" and errors.count("\n") == 1
    return errors


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--jobs", "0"], "--jobs: 0 is less than 1"),
        (["--jobs", "x"], "--jobs: invalid whole number value: 'x'"),
        (["--min-size", "-1"], "--min-size: -1 is negative"),
        (["--link", "soft"], "--link: invalid choice: 'soft'"),
        (["--methd", "tolerance"], "has no option --methd: did you mean --method?"),
        (["1", "2", "3"], "does not take 3 besides what stands before"),
    ],
)
def test_wrong_options_are_one_line(words, line, capsys):
    assert refuse(capsys, "filter", "a", "b", *words).startswith(f"framesift filter: {line}")


def test_what_is_missing_is_one_line(capsys):
    assert refuse(capsys, "filter") == "framesift filter: needs DIR; see framesift filter --help\n"
    assert refuse(capsys, "apply").startswith("framesift apply: needs PLAN and --remove-to;")


def test_no_command_is_one_line_with_what_was_meant(capsys, frames, monkeypatch):
    assert refuse(capsys, "fliter", "a") == "framesift: there is no command fliter: did you mean filter?\n"
    assert refuse(capsys, "xyz") == "framesift: there is no command xyz: see framesift --help\n"
    meant = "is no command; probably meant: framesift filter"
    assert refuse(capsys, "s3://b/x", "r") == f"framesift: s3://b/x {meant} s3://b/x r\n"
    monkeypatch.chdir(frames.parent)
    assert refuse(capsys, "frames") == f"framesift: frames {meant} frames results\n"


def test_help_names_every_command_in_its_group_and_where_to_start(capsys):
    grouped = [name for names in commands.GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(commands.COMMANDS)
    with pytest.raises(SystemExit) as stop:
        cli.main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert all(f"\n  {name} " in text for name in grouped)
    assert text.index("framesift demo") < text.index("keep what is new:")
    with pytest.raises(SystemExit) as stop:
        cli.main([])
    assert stop.value.code == options.USAGE
    assert capsys.readouterr().err == text


@pytest.mark.parametrize("command", commands.COMMANDS)
def test_every_command_has_an_example(command, capsys):
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    assert f"example:\n  framesift {command} " in capsys.readouterr().out


def test_files_of_the_user_in_the_results_folder_stop_the_run(frames, tmp_path, capsys):
    results = tmp_path / "results"
    results.mkdir()
    (results / "notes.txt").write_text("mine")
    assert run(frames, results) == options.USAGE
    assert f"{results}/notes.txt: is not of framesift" in capsys.readouterr().err
    assert read_tree(results) == {"notes.txt": b"mine"}


def test_files_of_the_user_beside_an_earlier_run_stop_it_too(frames, tmp_path, capsys):
    run(frames, tmp_path / "results")
    (tmp_path / "results" / "c1" / "notes.txt").write_text("mine")
    assert run(frames, tmp_path / "results") == options.USAGE


def test_other_settings_or_frames_stop_the_run(frames, write_tree, tmp_path, capsys):
    results = tmp_path / "results"
    run(frames, results)
    tree = read_tree(results)
    assert run(frames, results, 500, 5000) == options.USAGE
    assert "was filled with min contour area 0.05%, not 500: choose another results folder" in capsys.readouterr().err
    assert run(frames, results, "--link", "hard") == options.USAGE
    assert run(write_tree(scene(None), "others"), results) == options.USAGE
    assert "was filled with source ../frames, not ../others" in capsys.readouterr().err
    assert read_tree(results) == tree


def test_frames_and_results_can_be_moved_together(frames, tmp_path):
    run(frames, tmp_path / "results")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for folder in ("frames", "results"):
        (tmp_path / folder).rename(elsewhere / folder)
    assert run(elsewhere / "frames", elsewhere / "results") == options.DONE


def test_a_results_folder_in_use(frames, tmp_path, capsys):
    run(frames, tmp_path / "results")
    with open(tmp_path / "results" / manifest.NAME, "rb") as other_run:
        fcntl.flock(other_run, fcntl.LOCK_EX)
        assert run(frames, tmp_path / "results") == options.IN_USE
    assert "results: another run is using this results folder" in capsys.readouterr().err
    assert run(frames, tmp_path / "results") == options.DONE


def test_a_missing_library_is_one_line(frames, tmp_path, capsys, monkeypatch):
    def fail(_):
        raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr("framesift.cli.filter.filter_command", fail)
    assert run(frames, tmp_path / "results") == options.STORAGE
    hint = "install it, on Debian or Ubuntu with: apt-get install libgl1"
    assert capsys.readouterr().err == f"framesift: OpenCV cannot load without libGL.so.1: {hint}\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("cv2.abi3.so: failed to map segment from shared object", "not enough memory to load what is needed"),
        (
            "x.so: cannot create shared object descriptor: Cannot allocate memory",
            "not enough memory to load what is needed",
        ),
        ("x.so: invalid ELF header", "a library cannot be loaded: x.so: invalid ELF header"),
    ],
)
def test_a_library_that_is_there_is_not_missing(frames, tmp_path, capsys, monkeypatch, error, said):
    def fail(_):
        raise ImportError(error)

    monkeypatch.setattr("framesift.cli.filter.filter_command", fail)
    assert run(frames, tmp_path / "results") == options.STORAGE
    assert capsys.readouterr().err == f"framesift: {said}\n"


def start(*arguments: object, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [*MAIN, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def test_the_program(frames, tmp_path):
    process = start(frames, tmp_path / "results", "0.05%", "0.75%")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == options.DONE and errors == ""
    assert output.splitlines()[-1] == "total: 4 frames, 3 kept (75 %), 1 dropped, 0 skipped"


def test_no_library_writes_to_the_terminal(tmp_path):
    """libpng reports a damaged stream on descriptor 2 by itself."""
    content = bytearray(encode(make_image()))
    start_of_data = content.index(b"IDAT") + 4
    from zlib import crc32

    length = int.from_bytes(content[start_of_data - 8 : start_of_data - 4], "big")
    content[start_of_data + 10] ^= 255
    end = start_of_data + length
    content[end : end + 4] = crc32(content[start_of_data - 4 : end]).to_bytes(4, "big")
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "a.png").write_bytes(content)
    process = start(tmp_path / "frames", tmp_path / "results")
    assert process.communicate(timeout=60)[1].count("\n") == 1


def test_help_names_units_and_an_example():
    text = subprocess.run([*MAIN, "--help"], capture_output=True, text=True, check=True).stdout
    for word in ("px", "0.75%", "main.py frames results 500 5000", "exit codes", "Europe/Berlin"):
        assert word in text


@pytest.mark.parametrize("words", [["--help"], ["filter", "--help"], ["help", "tune"]])
def test_help_that_nobody_reads_to_its_end_says_no_more(words):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "framesift", *words]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    os.close(writing)
    assert done.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_onto_a_full_disk_is_one_line(tmp_path, unbuffered):
    (tmp_path / "a.png").write_bytes(encode(make_image()))
    command = [sys.executable, "-m", "framesift", "overview", tmp_path, "--json"]
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment, check=False
        )
    assert done.returncode == options.STORAGE
    assert done.stderr == "framesift: standard output: No space left on device\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_output_is_no_fault(tmp_path, closed):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/a.png").write_bytes(encode(make_image()))
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *MAIN, tmp_path / "a", tmp_path / "results", "--jobs", "2"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (options.DONE, "")
    assert set(read_tree(tmp_path / "results")) == {"a.png", manifest.NAME}


@pytest.mark.parametrize("output", ["s3://bucket/page.html", "file:///tmp/page.html"])
@pytest.mark.parametrize("name", ["report", "audit", "explain", "export"])
def test_what_is_written_here_is_named_by_a_path(tmp_path, capsys, name, output):
    more = {"explain": ["frame"], "export": ["--format", "csv"]}.get(name, [])
    assert cli.main([name, str(tmp_path), *more, "--output", output]) == options.USAGE
    assert capsys.readouterr().err == f"framesift: {output}: is written on this machine: name a path here\n"


def test_help_imports_nothing_heavy():
    code = "import sys; from framesift import cli; cli.parse(['a', 'b'], 'main.py'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert not {"cv2", "numpy", "tqdm", "imutils", "simplejpeg"} & set(loaded.split())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_stops_cleanly_and_the_next_run_goes_on(write_tree, tmp_path, number, code):
    frames = write_tree(scene(*[None, NEW] * 100))
    undisturbed, results = tmp_path / "r0", tmp_path / "r1"
    assert run(frames, undisturbed, "--quiet") == options.DONE
    program = f"""
import os
from framesift import cli
from framesift.filtering.results import Results
record, count = Results.add, iter(range(1000))
def signal_at_the_120th(*arguments):
    record(*arguments)
    if next(count) == 120:
        os.kill(os.getpid(), {number})
Results.add = signal_at_the_120th
cli.run_filter()
"""
    stopped = subprocess.run(
        [sys.executable, "-c", program, frames, results], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert (stopped.returncode, stopped.stdout) == (code, "")
    assert stopped.stderr == "main.py: interrupted; the same command goes on where it stopped\n"
    names = set(read_tree(results))
    assert 110 < len(names) < 130 and not any(".tmp" in leftover for leftover in names)
    assert run(frames, results, "--quiet") == options.DONE
    assert read_tree(results) == read_tree(undisturbed)


def test_a_reader_that_goes_away_is_no_traceback(frames, tmp_path):
    process = start(frames, tmp_path / "results")
    process.stdout.close()
    with process.stderr as errors:
        assert errors.read() == ""
    assert process.wait(60) == options.STORAGE


def test_what_is_passed_over_is_said_by_its_suffix(write_tree, tmp_path, capsys):
    frames = write_tree({"a.png": encode(make_image()), "a.sec": b"\0", "b.sec": b"\0"})
    assert cli.main(["filter", str(frames), str(tmp_path / "results")]) == 0
    assert "passed over: 2 .sec\n" in capsys.readouterr().out
    assert cli.main(["filter", str(frames), str(tmp_path / "results"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed_over"] == {"sec": 2}
    assert cli.main(["overview", str(frames), "--quiet", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed_over"] == {"sec": 2}
    assert cli.main(["overview", str(frames)]) == 0
    assert "passed over: 2 .sec\n" in capsys.readouterr().out


def test_what_an_earlier_run_skipped_has_its_line_in_the_next(write_tree, tmp_path, capsys):
    frames = write_tree(scene(None) | {"c1/half.png": b"half"})
    assert run(frames, tmp_path / "results") == options.SKIPPED
    first = capsys.readouterr().err
    assert run(frames, tmp_path / "results") == options.SKIPPED
    assert capsys.readouterr().err == first.replace("\n", " (skipped by an earlier run)\n")
    write_tree({"c1/half.png": encode(make_image())})
    assert run(frames, tmp_path / "results") == options.DONE
    assert capsys.readouterr().err == ""


def test_clock_faults_are_told_and_counted(write_tree, tmp_path, capsys):
    frames = write_tree(scene(None) | {"c1/c1_2036_02_07__06_28_16.png": encode(make_image())})
    assert run(frames, tmp_path / "results") == options.DONE
    told = capsys.readouterr()
    assert "camera c1: clock fault: 1 frame, such as c1/c1_2036_02_07__06_28_16.png: its time, 2036-02-07" in told.err
    camera, *_ = told.out.splitlines()
    assert camera.endswith("; clock fault: 1 frame") and "2036" not in camera


def test_a_message_moves_no_cursor(capsys):
    assert cli.main(["report", "no\x1b[2J\u202efolder"]) == options.USAGE
    assert capsys.readouterr().err.startswith("framesift: no\\x1b[2J\\u202efolder: ")


@pytest.mark.parametrize(
    "words",
    [
        *("mask @", "overview @", "duplicates @", "tune @", "undo @", "verify @", "apply p --remove-to @"),
        *("report @", "explain @ x", "audit @", "export @ --format csv"),
    ],
)
def test_where_a_path_is_wanted_the_url_of_a_file_is_told_as_one(tmp_path, capsys, words):
    """A browser and a file manager give them; it is no place that could not be found."""
    given = f"file://localhost{tmp_path}/in"
    assert cli.main([given if word == "@" else word for word in words.split()]) == options.USAGE
    assert capsys.readouterr().err == f"framesift: {given}: name the path itself: {tmp_path}/in\n"
    assert not list(tmp_path.iterdir())
