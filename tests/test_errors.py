import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from framesift import errors


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("c10/a b.png", "c10/a b.png"),
        ("é😀.png", "é😀.png"),
        ("new\nline\x1b[31m.png", "new\\nline\\x1b[31m.png"),
        (b"bad\xff\xfe.png", "bad\\xff\\xfe.png"),
        ("bad\udcff.png", "bad\\xff.png"),
        ("lone\ud800.png", "lone\\ud800.png"),
    ],
)
def test_a_path_is_one_printable_line(path, shown):
    assert errors.show(path) == shown
    assert str(errors.UnreadableFrame("truncated", path)) == f"{shown}: truncated"


def test_an_error_without_a_path_is_its_reason():
    assert str(errors.UsageError("no")) == "no"


def test_the_tree_in_the_docstring_is_the_tree():
    classes = {n for n, c in vars(errors).items() if isinstance(c, type) and issubclass(c, errors.FramesiftError)}
    assert errors.__doc__ is not None and all(name in errors.__doc__ for name in classes)


@pytest.mark.parametrize("name", ["plain", "a b", "it's", "new\nline", "back\\slash\t", "bad\udcff'", "\x1b[31m"])
def test_a_command_can_be_typed_whatever_the_names_in_it(name):
    command = errors.as_command(["printf", "%s", name])
    assert command == errors.show(command)
    assert subprocess.run(["bash", "-c", command], capture_output=True, check=True).stdout == os.fsencode(name)


def test_a_command_holds_no_secret():
    assert errors.as_command(["framesift", "s3://me:word@bucket/a"]) == "framesift s3://bucket/a"


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """A package that stands elsewhere than its sources, with pip beside the interpreter."""
    site, clone = tmp_path / "site" / "framesift", tmp_path / "clone"
    for folder in (site, clone, tmp_path / "bin"):
        folder.mkdir(parents=True)
    (tmp_path / "bin" / "pip").touch(mode=0o755)
    monkeypatch.setattr(errors, "__file__", str(site / "errors.py"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    origin = {"url": clone.as_uri()}
    monkeypatch.setattr(
        "importlib.metadata.distribution", lambda _: SimpleNamespace(read_text=lambda _: json.dumps(origin))
    )
    return origin, clone


def test_extras_are_installed_from_where_framesift_came(installed, monkeypatch):
    origin, clone = installed
    assert errors.pip_install("web") == f"pip install '{clone}[web]'"
    monkeypatch.chdir(clone)
    assert errors.pip_install("web") == "pip install '.[web]'"
    origin["url"] = ""
    assert errors.pip_install("web") == "pip install 'framesift[web]'"
    assert errors.pip_install("remote", "gcsfs") == "pip install gcsfs"


def test_in_a_clone_that_is_not_activated_its_own_pip_is_named(installed, monkeypatch, tmp_path):
    (tmp_path / "site" / "pyproject.toml").touch()
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(tmp_path / "site")
    assert errors.pip_install("web") == f"{tmp_path}/bin/pip install '.[web]'"
    (tmp_path / "site" / "bin").mkdir()
    (tmp_path / "site" / "bin" / "pip").touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "site" / "bin" / "python"))
    assert errors.pip_install("web") == "bin/pip install '.[web]'"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://me:word@cam/live", "rtsp://cam/live"),
        ("rtsp://me:wo/r?d@@cam/live?token=t1: refused", "rtsp://cam/live?... refused"),
        ("rtmp://me:word@cam/live?t", "rtmp://cam/live?..."),
        ("HTTP://cam/still.jpg?user=me&password=word", "HTTP://cam/still.jpg?..."),
        ("gate=rtsps://me:word@cam/a yard=https://cam/b?t", "gate=rtsps://cam/a yard=https://cam/b?..."),
        ("gate (rtsp://cam/live?...): away", "gate (rtsp://cam/live?...): away"),
        ("s3://me:word@bucket/a?b", "s3://bucket/a?b"),
    ],
)
def test_no_secret_of_an_address_is_shown(text, shown):
    assert errors.show(text) == shown
    assert "word" not in errors.as_command([text])
