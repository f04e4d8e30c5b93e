"""The speed benchmark on a few small frames: that it measures what it says, not how fast anything is."""

import json
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.speed import __main__ as speed
from benchmarks.speed import listing, peers, plot, profile, resuming, scaling
from benchmarks.speed.contenders import PLAIN, ROOT, Contender, ours
from benchmarks.speed.corpora import Corpus, adopt_corpus, render_corpus, split, start_folder
from benchmarks.speed.frame_files import render_block
from benchmarks.speed.kinds import KINDS
from benchmarks.speed.measuring import RunFailed, measure
from benchmarks.speed.race import Outcome, Race, Row
from benchmarks.speed.stages import OF_KEPT_FRAMES, STAGES, Stopwatch
from benchmarks.speed.tables import HEAD, NOTES, tabulate
from framesift.frames.reader.png_chunks import find_chunks, split_chunk
from tests.conftest import encode, make_image

FRAMES = 8
QUICK = ("--corpora", "tiny", "--frames", str(FRAMES), "--jobs", "2")


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def corpus(work) -> Corpus:
    """8 rendered frames of 160x120, of two cameras."""
    return render_corpus("tiny", work, FRAMES, jobs=2)


@pytest.fixture
def alone(monkeypatch):
    """As if no peer were installed."""
    monkeypatch.setattr(peers, "is_importable", lambda module: False)
    monkeypatch.setattr(peers.shutil, "which", lambda program: None)


def python(output: Path, code: str, **more) -> Contender:
    return Contender("python", (sys.executable, "-c", code), output, **more)


def test_a_corpus_is_rendered_once_and_varies(corpus, work):
    contents = [path.read_bytes() for path in sorted(corpus.folder.iterdir())]
    assert len(set(contents)) == corpus.frames == FRAMES
    assert sum(map(len, contents)) == round(corpus.megabytes * 1e6)
    before = corpus.folder.stat().st_mtime_ns
    assert render_corpus("tiny", work, FRAMES, jobs=1) == corpus
    assert corpus.folder.stat().st_mtime_ns == before


def test_frames_with_adaptive_filters_have_several(tmp_path):
    render_block(str(tmp_path), "c10", 1, 0, 1, replace(KINDS["adaptive1080"], size=(160, 120)))
    [path] = tmp_path.iterdir()
    content = path.read_bytes()
    rows = [chunk for chunk in find_chunks(content) if chunk.kind == b"IDAT"]
    data = b"".join(part[4:] for row in rows for part, _ in split_chunk(content, row))
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(120, -1)
    assert len(set(rows[:, 0])) >= 3


def test_parts_of_a_corpus_meet_at_whole_groups_of_like_frames():
    assert split(10, 4, 2) == [(0, 8), (8, 10)]
    assert split(3, 1, 8) == [(0, 1), (1, 2), (2, 3)]


def test_a_disk_too_small_is_refused_before_it_is_full(tmp_path):
    with pytest.raises(OSError, match="take fewer --frames"):
        start_folder(tmp_path / "corpus", needed=10**18)


def test_own_frames_are_taken_in_their_order(write_tree, tmp_path):
    own = write_tree({f"{day}/frame_{n}.jpg": encode(make_image(level=n), ".jpg") for day in "ab" for n in (9, 10)})
    corpus = adopt_corpus(own, tmp_path, frames=3)
    images = [cv2.imread(str(path)) for path in sorted(corpus.folder.iterdir())]
    assert [round(float(image.mean())) for image in images] == [9, 10, 9]
    assert {path.name[:5] for path in corpus.folder.iterdir()} == {"c0001", "c0002"}


def test_a_film_of_ones_own(tmp_path):
    film = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (64, 48))
    for level in (20, 120, 220):
        writer.write(make_image(level=level))
    writer.release()
    corpus = adopt_corpus(film, tmp_path, frames=2)
    levels = [float(np.mean(cv2.imread(str(path)))) for path in sorted(corpus.folder.iterdir())]
    assert levels == pytest.approx([20, 120], abs=4)


def test_a_run_is_measured_with_its_children(tmp_path):
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'bytearray(10**8); sum(range(10**6))'])"
    run = measure(python(tmp_path / "out", code))
    assert run.peak_mib > 95
    assert run.cpu_seconds > 0
    assert run.others is None or run.others >= 0


def test_a_run_that_fails_says_why(tmp_path):
    with pytest.raises(RunFailed, match="no luck"):
        measure(python(tmp_path / "out", "raise SystemExit('no luck')"))
    measure(python(tmp_path / "out", "raise SystemExit(11)", good_exits=(0, 11)))


def test_a_difference_in_what_is_kept_is_counted(corpus, work):
    contenders = ours(corpus, work, jobs=1)[:1]
    write = f"open({str(work / 'results' / 'other.png')!r}, 'x')"
    output = work / "results"
    other = python(output, write, list_kept=lambda: frozenset({"other.png"}))
    rows = Race(corpus, [*contenders, other], 0, lambda text: None).run(rounds=1).rows
    assert rows[1].differing == rows[0].kept + 1
    assert f"no, {rows[1].differing} differ" in tabulate(Outcome(corpus, rows, (), 1))


def test_the_plain_loop_keeps_what_main_keeps_and_the_table_says_so(work, alone, capsys, tmp_path):
    target = tmp_path / "out.json"
    options = ["--rounds", "1", "--patience", "0", "--decode", "no-such-way", "--json", str(target)]
    assert speed.main(["--work", str(work), *QUICK, *options]) == 0
    printed = capsys.readouterr().out
    assert all(column in printed for column in HEAD)
    assert f"PNG 160x120: {FRAMES} frames" in printed
    assert "failed: main.py --decode no-such-way: " in printed
    assert "not installed: imagehash phash loop: pip install imagehash" in printed
    assert printed.count("not installed: ") == len(peers.PEERS)
    assert printed.endswith(NOTES + "\n")
    data = json.loads(target.read_text())
    assert data["machine"]["cores"] >= 1
    [entry] = data["corpora"]
    rows = {row["name"]: row for row in entry["rows"]}
    decoding = rows["decoding alone (2 threads)"]
    assert [len(rows[name]["seconds"]) for name in (PLAIN, "main.py", "main.py --jobs 1")] == [1, 1, 1]
    assert 2 <= rows[PLAIN]["kept"] < FRAMES
    assert rows[PLAIN]["ratio"] == 1
    assert rows["main.py"]["differing"] == rows["main.py --jobs 1"]["differing"] == 0
    assert decoding["frames_per_second"] > 0
    assert decoding["kept"] is decoding["differing"] is None
    assert decoding["share"] == 1
    assert rows["main.py"]["share"] == pytest.approx(decoding["seconds"][0] / rows["main.py"]["seconds"][0])


def test_peers_that_are_installed_run(corpus, work):
    found, missing = peers.find_peers(corpus, work, jobs=2)
    assert len(found) + len(missing) == len(peers.PEERS)
    if not found:
        pytest.skip("no peer is installed")
    rows = Race(corpus, found, 0, lambda text: None).run(rounds=1).rows
    assert [row.failure for row in rows] == [None] * len(found)
    assert all(row.kept is None or 0 < row.kept <= FRAMES for row in rows)


def test_what_cannot_be_run_is_refused(work, capsys):
    with pytest.raises(SystemExit):
        speed.main(["--work", str(work), "--corpora", "png999"])
    assert "not one of tiny, png480" in capsys.readouterr().err
    assert speed.main(["--work", str(work), "--corpora", "", "--own", str(work / "nothing"), "--frames", "2"]) == 3
    assert "nothing" in capsys.readouterr().err


def test_a_plot_without_matplotlib_is_refused_before_anything_runs(work, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SystemExit):
        speed.main(["--work", str(work), *QUICK, "--plot", str(work / "plot.png")])
    assert "pip install matplotlib" in capsys.readouterr().err


def test_the_plot(corpus, tmp_path):
    pytest.importorskip("matplotlib", reason="the plot needs matplotlib")
    outcome = Outcome(corpus, (Row(PLAIN, ratio=1.0), Row("main.py", ratio=2.5), Row("other", failure="no")), (), 5)
    plot.write_plot([outcome], "2 cores", tmp_path / "plot.png")
    assert cv2.imread(str(tmp_path / "plot.png")).shape[1] == 880


def test_the_profile(corpus, work, capsys, tmp_path):
    target = tmp_path / "profile.json"
    assert profile.main(["--work", str(work), *QUICK, "--json", str(target)]) == 0
    lines = capsys.readouterr().out.splitlines()
    costs = json.loads(target.read_text())["ms"]["PNG 160x120"]
    assert set(costs) == {*STAGES, "every frame"}
    assert costs["every frame"] == pytest.approx(sum(costs[s] for s in STAGES if s not in OF_KEPT_FRAMES))
    assert all(costs[stage] > 0 for stage in STAGES)
    assert all(any(line.startswith(stage) for line in lines) for stage in STAGES)


def test_a_stopwatch_counts_nothing_twice():
    watch = Stopwatch()
    inner = watch.wrap(lambda: sum(range(100_000)), "inner")
    outer = watch.wrap(inner, "outer")
    with watch.own("own"):
        outer()
    inner()
    seconds = watch.take()
    assert set(seconds) == {"outer", "own", "inner"}
    assert 0 <= seconds["own"] < seconds["outer"] + seconds["inner"]
    assert watch.take() == {}


@pytest.mark.parametrize("real", [False, True])
def test_listing_to_the_first_decision(tmp_path, real):
    command = (sys.executable, "-m", "benchmarks.speed.listing", "50", str(tmp_path / "out"), *["--real"][: int(real)])
    measure(Contender("listing", command, tmp_path / "out", folder=ROOT))
    assert float((tmp_path / "out" / "seconds").read_text()) > 0
    assert len(list((tmp_path / "out" / "names").iterdir())) == (50 if real else 0)


def test_listing_of_a_store():
    command = (sys.executable, "-m", "benchmarks.speed.listing_store", "1500")
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line.partition(":")[0] for line in said] == ["1500 keys walked", "1500 keys listed in order"]


@pytest.mark.parametrize("options", [(), ("--listed",)])
def test_resuming_to_the_first_decision(tmp_path, options):
    command = (sys.executable, "-m", "benchmarks.speed.resuming", "50", str(tmp_path / "out"), *options)
    measure(Contender("resuming", command, tmp_path / "out", folder=ROOT))
    assert float((tmp_path / "out" / "seconds").read_text()) > 0
    decided = len((tmp_path / "out" / "results" / "manifest.jsonl").read_text().splitlines()) - 1
    assert 50 < decided <= 50 + resuming.NEW
    assert set(resuming.walk_names(50)) == set(listing.list_names(50))


def test_names_to_be_listed_are_all_different():
    assert len(set(listing.list_names(7919))) == 7919


def test_scaling(work, capsys, tmp_path):
    target = tmp_path / "scaling.json"
    options = ["--counts", "4,6", "--names", "100", "--rounds", "1", "--patience", "0", "--json", str(target)]
    assert scaling.main(["--work", str(work), *QUICK, *options]) == 0
    lines = {line["what"]: line for line in json.loads(target.read_text())["lines"]}
    assert {"4 frames of 80x60", "100 names, to the first decision", "main.py --help", "import cv2"} <= set(lines)
    assert lines["2 workers against 1, PNG 160x120"]["unit"] == "%"
    assert all(line["peak_mib"] > 5 for line in lines.values())
    printed = capsys.readouterr().out
    assert all(what in printed for what in lines)
