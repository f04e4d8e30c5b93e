"""`--on-keep` and `--notify`, as a user calls them."""

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from framesift.cli import main
from framesift.filtering import manifest
from tests.conftest import encode, make_image
from tests.filtering.telling.test_webhook import Server

BOXES = [(3 * n, 20, 12, 12) for n in range(4)]
TREE = {f"c1-{1700000000 + n}.png": encode(make_image(box=box)) for n, box in enumerate([None, *BOXES, BOXES[-1]])}
NOTE = "import os; v = os.environ; f = open('told', 'a'); \
print(v['FRAMESIFT_FRAME'], v['FRAMESIFT_SCORE'], os.path.exists(v['FRAMESIFT_KEPT']), file=f)"


@pytest.fixture
def frames(write_tree, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.py").write_text(NOTE)
    return write_tree(TREE)


MANIFEST, TOLD = Path("results/manifest.jsonl"), Path("told")
PROGRAM = f"{sys.executable} note.py"


def kept():
    return [each for each in manifest.read_decisions("results/manifest.jsonl") if str(each.verdict) == "keep"]


def told():
    return [line.split() for line in TOLD.read_text().splitlines()] if TOLD.exists() else []


def expected():
    return [[each.frame.path, str(each.score or ""), "True"] for each in kept()]


def test_a_program_is_told_once_of_each_kept_frame_whose_copy_is_there(frames, capsys):
    assert main(["filter", "frames", "results", "--on-keep", PROGRAM, "--quiet"]) == 0
    assert len(kept()) == 5
    assert told() == [list(filter(None, each)) for each in expected()]
    assert main(["filter", "frames", "results", "--on-keep", PROGRAM, "--quiet"]) == 0
    (frames / "c1-1700000009.png").write_bytes(TREE["c1-1700000000.png"])
    assert main(["filter", "frames", "results", "--on-keep", PROGRAM, "--quiet"]) == 0
    assert [line[0] for line in told()] == [each.frame.path for each in kept()]
    assert capsys.readouterr().err == ""


def test_a_run_on_a_cluster_tells_from_here(frames):
    pytest.importorskip("distributed", reason="needs the extra cluster")
    main(["filter", "frames", "results", "--on-keep", PROGRAM, "--quiet", "--cluster", "local", "--jobs", "1"])
    assert [line[0] for line in told()] == [each.frame.path for each in kept()]


def test_a_web_address_gets_the_decision_with_a_picture_and_nothing_remembers_it(frames, capsys):
    with Server() as server:
        assert main(["filter", "frames", "results", "0.05", "0.5", "--notify", server.url("user:s3cret@")]) == 0
    first, second = kept()[:2]
    [body] = [body for body in server.bodies if body["frame"] == second.frame.path]
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(body.pop("thumbnail")), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (48, 64, 3)
    assert body == {
        "event": "keep",
        "camera": "c1",
        "frame": second.frame.path,
        "path": os.path.abspath(f"frames/{second.frame.path}"),
        "kept": os.path.abspath(f"results/{second.frame.path}"),
        "time": second.frame.time.isoformat(),
        "score": second.score,
        "reference": first.frame.path,
        "reason": second.reason,
    }
    said = capsys.readouterr()
    assert "--notify URL" in said.err  # in the note about thresholds, which has the whole command
    assert "s3cret" not in said.out + said.err + MANIFEST.read_text()


def test_faults_of_cameras_are_told_as_they_begin_and_end(frames):
    for number in range(3):
        (frames / f"c1_2099_01_01__00_00_0{number}.png").write_bytes(TREE["c1-1700000000.png"])
    words = "'%s %s %s\\n' $FRAMESIFT_STATE $FRAMESIFT_CAMERA $FRAMESIFT_FRAME >> told"
    Path("ring.sh").write_text(f"#!/bin/sh\nprintf {words}\n")
    with Server() as server:
        told_of = ["--on-health", "sh ring.sh", "--notify", server.url()]
        assert main(["filter", "frames", "results", "--quiet", *told_of]) == 0
    faults = [body for body in server.bodies if body["event"] == "health" and body["fault"] == "clock wrong"]
    assert [(body["camera"], body["state"], body["frame"]) for body in faults] == [
        ("c1", "begins", "c1_2099_01_01__00_00_00.png")
    ]
    assert faults[0]["thumbnail"]
    assert ["begins", "c1", "c1_2099_01_01__00_00_00.png"] in told()
    assert len([body for body in server.bodies if body["event"] == "keep"]) == len(kept())


def test_an_address_may_stand_in_the_first_line_of_a_file(frames):
    with Server() as server:
        Path("address").write_text(server.url() + "\nof the guard\n")
        assert main(["filter", "frames", "results", "--notify", "@address", "--quiet"]) == 0
    assert len(server.bodies) == 5


def test_what_fails_is_one_line_and_no_decision_hears_of_it(frames, capsys):
    assert main(["filter", "frames", "plain", "--json"]) == 0
    plain = capsys.readouterr().out
    failing = f"{sys.executable} -c 'import sys; sys.exit(\"no mail today\")'"
    assert main(["filter", "frames", "results", "--on-keep", failing, "--json"]) == 0
    said = capsys.readouterr()
    assert said.out == plain
    name = os.path.basename(sys.executable)
    assert said.err.splitlines() == [
        f"--on-keep {name}: c1-1700000000.png: exit code 1: no mail today",
        f"--on-keep {name}: 5 of 5 notices could not be delivered",
    ]
    assert MANIFEST.read_text() == Path("plain/manifest.jsonl").read_text()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--on-keep", "no-such-program"], "framesift: no-such-program: --on-keep: no such file"),
        (["--notify", "s3cret"], "framesift: --notify takes a URL such as https://HOST/PATH"),
        (["--notify", "@nowhere"], "framesift: nowhere: No such file or directory"),
        (
            ["--on-keep", "true", "--dry-run"],
            "framesift: --on-keep, --on-health and --notify belong to RESULTS: "
            "they go without --remove-to and --dry-run",
        ),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(frames, capsys, arguments, message):
    assert main(["filter", "frames", "results", *arguments]) == 2
    assert capsys.readouterr().err.splitlines() == [message]
    assert not os.path.exists("results")


def test_a_watching_run_tells_within_its_looks_and_ends_while_a_program_hangs(frames):
    hanging = "sh -c 'echo $FRAMESIFT_FRAME >> told; test $FRAMESIFT_FRAME != c1-1700000001.png || exec sleep 600'"
    arguments = ["filter", "frames", "results", "--watch", "--json", "--on-keep", hanging]
    start = (
        f"from framesift.cli import run, telling; telling.GRACE = 0.5; import sys; sys.argv[1:] = {arguments}; run()"
    )
    with subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watching:
        while len(told()) < 2:
            assert watching.poll() is None
        watching.send_signal(signal.SIGTERM)
        out, err = watching.communicate(timeout=60)
    assert watching.returncode == 0
    assert json.loads(out)["kept"] == 5
    assert err.decode().splitlines()[-1].endswith("of 5 notices could not be delivered")


def test_no_setting_of_a_run_names_whom_to_tell():
    from framesift.filtering.options import OPTIONS

    assert not {"on_keep", "on_health", "notify"} & set(OPTIONS)
