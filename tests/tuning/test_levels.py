"""16-bit frames in `tune`: tried, drawn and told of in one range for each camera."""

import cv2
import numpy as np

from framesift import cli
from tests.filtering.test_ranges import count_thermal, shift, write
from tests.tuning.test_tuning import sweep_folder


def test_the_pairs_of_tune_are_drawn_in_the_range_and_it_is_told(tmp_path, capsys):
    frames = write(tmp_path / "frames", shift(12), states=[0, 1, 2, 3, 1, 0])
    folder = tmp_path / "pairs"
    assert cli.main(["tune", str(frames), "--pairs", str(folder), "--questions", "2", "--quiet"]) == 0
    drawn = [cv2.imread(str(path)) for path in folder.glob("*.jpg")]
    assert drawn and all(np.ptp(picture[:, :160]) > 100 for picture in drawn)
    capsys.readouterr()
    assert cli.main(["tune", str(frames), "--questions", "0"]) == 0
    assert "of 16 bits levels 0 to 4095 are black to white" in capsys.readouterr().out


def test_the_frames_of_a_camera_are_tried_in_the_range_of_the_first(tmp_path):
    frames = write(tmp_path / "frames", count_thermal, states=[0, 0, 1, 1, 2, 0])
    sweep = sweep_folder(frames)
    assert sweep.count_kept(sweep.grid.default) == 4
    assert sweep.levels.find("c1") is not None
