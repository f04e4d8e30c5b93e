import pytest

from framesift.actions.files.outputs import HTML_MARK, PNG_MARK, check_output, is_output, replace_output
from framesift.errors import StorageError, UsageError
from tests.conftest import read_tree


def write(path, content):
    with replace_output(path) as file:
        file.write(content)


def test_writes_and_replaces_its_own(tmp_path):
    page, picture = tmp_path / "a.html", tmp_path / "a.png"
    write(page, HTML_MARK + b"one")
    write(page, HTML_MARK + b"two")
    write(picture, b"\x89PNG" + PNG_MARK)
    assert is_output(page) and is_output(picture)
    assert read_tree(tmp_path)["a.html"] == HTML_MARK + b"two" and len(read_tree(tmp_path)) == 2


@pytest.mark.parametrize("content", [b"", b"<!doctype html>\n<p>mine", b"made by framesift"])
def test_never_replaces_what_is_not_ours(tmp_path, content):
    (tmp_path / "mine.html").write_bytes(content)
    for attempt in (check_output, lambda path: write(path, HTML_MARK)):
        with pytest.raises(UsageError, match="nothing was overwritten"):
            attempt(tmp_path / "mine.html")
    assert read_tree(tmp_path) == {"mine.html": content}


def test_a_file_that_came_meanwhile_stays(tmp_path):
    with pytest.raises(UsageError), replace_output(tmp_path / "a.html") as file:
        file.write(HTML_MARK)
        (tmp_path / "a.html").write_bytes(b"mine")
    assert read_tree(tmp_path) == {"a.html": b"mine"}


def test_an_error_leaves_the_earlier_file(tmp_path):
    write(tmp_path / "a.html", HTML_MARK)
    with pytest.raises(ZeroDivisionError), replace_output(tmp_path / "a.html") as file:
        file.write(HTML_MARK + b"half")
        raise ZeroDivisionError
    assert read_tree(tmp_path) == {"a.html": HTML_MARK}


def test_no_place_to_write(tmp_path):
    with pytest.raises(UsageError, match="its folder does not exist"):
        write(tmp_path / "missing" / "a.html", HTML_MARK)
    check_output(tmp_path / "missing" / "a.html", tmp_path / "missing")
    with pytest.raises(StorageError):
        write(tmp_path / ("a" * 300), HTML_MARK)
    with pytest.raises(UsageError, match="is a folder"):
        check_output(tmp_path)
    (tmp_path / "loose").symlink_to("nowhere")
    with pytest.raises(UsageError):
        check_output(tmp_path / "loose")
