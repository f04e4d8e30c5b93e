"""What a removal of dropped frames leaves: files that hold more than the picture that was decided."""

import pytest

from framesift import cli
from tests.frames.test_reader_behind import FILM, jpeg, several


@pytest.mark.parametrize("content", [several(1, 2), jpeg() + FILM], ids=["MPO", "motion photo"])
def test_a_dropped_frame_with_a_second_picture_or_a_film_behind_it_stays(write_tree, tmp_path, capsys, content):
    files = [f"cam1_20210429_{hour}0000.jpg" for hour in (19, 20, 21, 22)]
    folder = write_tree(dict(zip(files, (jpeg(), content, jpeg() + b"\n", jpeg()), strict=True)))
    assert cli.main(["filter", str(folder), "--remove-to", str(tmp_path / "backup")]) == 0
    assert sorted(path.name for path in folder.iterdir()) == files[:2]
    line = "1 file left that showed nothing new: a second picture or a film is behind the first"
    assert line in capsys.readouterr().out
