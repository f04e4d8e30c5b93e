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
