"""Frames of another machine, by SSH: as many threads as wanted, broken connections, one line for what is wrong."""

import socket
from contextlib import suppress
from threading import Thread

import pytest

from framesift import cli, filter_frames
from framesift.cli import options
from framesift.stores import opening
from tests.conftest import read_tree
from tests.filtering.test_chunks import write_cameras

pytest.importorskip("paramiko", reason="needs paramiko: pip install paramiko")

from tests.stores.sftp_server import SftpServer, serving


@pytest.fixture
def server():
    opening._open.cache_clear()
    with serving() as each:
        yield each
    opening._open.cache_clear()


@pytest.mark.parametrize("jobs", [1, 4, None])
def test_the_result_is_that_of_this_machine(tmp_path, server: SftpServer, jobs):
    root = write_cameras(tmp_path / "frames", 1, (12, 8))
    list(filter_frames(root, tmp_path / "plain"))
    assert list(filter_frames(server.url(root), tmp_path / "results", jobs=jobs))
    plain, results = read_tree(tmp_path / "plain"), read_tree(tmp_path / "results")
    assert plain.keys() == results.keys()
    assert all(plain[name] == results[name] for name in plain if not name.endswith("manifest.jsonl"))


def test_connections_that_break_are_opened_again(tmp_path, server: SftpServer):
    root = write_cameras(tmp_path / "frames", 1, (12, 8))
    decisions = filter_frames(server.url(root), jobs=2)
    first = next(decisions)
    before = len(server.transports)
    server.drop()
    rest = list(decisions)
    assert len(server.transports) > before
    assert [each.verdict for each in (first, *rest)] == [each.verdict for each in filter_frames(root)]


def test_a_wrong_password_is_one_line_without_it(tmp_path, server: SftpServer, capsys):
    root = write_cameras(tmp_path / "frames", 1, (2,))
    assert cli.main(["filter", server.url(root, "wrong-one"), str(tmp_path / "results")]) == options.USAGE
    [line] = capsys.readouterr().err.splitlines()
    assert "the store does not accept the credentials: set a key in the SSH agent" in line and "wrong-one" not in line


def hang_up(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            listener.accept()[0].close()


@pytest.mark.parametrize("answers", [True, False], ids=["hangs up", "is not there"])
def test_what_is_no_server_is_asked_again_and_told_in_one_line(tmp_path, monkeypatch, capfd, answers):
    """Of paramiko, which would tell each attempt with its stack, nothing is seen."""
    pauses: list[float] = []
    monkeypatch.setattr("framesift.stores.silence.Silence.wait", lambda _, pause: pauses.append(pause))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if answers:
            listener.listen()
            Thread(target=hang_up, args=(listener,), daemon=True).start()
        url = f"sftp://me@127.0.0.1:{listener.getsockname()[1]}/frames"
        assert cli.main(["filter", url, str(tmp_path / "r"), "--quiet"]) == options.STORAGE
        listener.shutdown(socket.SHUT_RDWR) if answers else None
    [line] = capfd.readouterr().err.splitlines()
    assert "the store does not answer as it should" in line and len(pauses) == 5


def test_a_web_address_is_no_folder(capsys, tmp_path):
    assert cli.main(["overview", "http://127.0.0.1:9/x"]) == options.USAGE
    [line] = capsys.readouterr().err.splitlines()
    assert "http://127.0.0.1:9/x" in line and "stream" in line
