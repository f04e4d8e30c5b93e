"""The simulation walks as the program does, and its clock adds up."""

from benchmarks.scale.scores import read_cameras
from benchmarks.scale.virtual import Prices, cut, simulate
from tests.filtering.test_chunks import write_cameras


def test_the_simulated_clock(tmp_path):
    scenes, seconds = read_cameras(write_cameras(tmp_path, 1, (60, 60)), least=20)
    assert len(scenes) == 2 and seconds > 0
    prices = Prices(decode=0.01, compare=0.001, task=0, client_task=0, client_frame=0)
    alone = simulate(scenes, 2, 400, 1, prices)
    assert abs(alone.speed_up - 1) < 1e-9 and alone.cost.compared_again == 0
    many = simulate(scenes, 2, 400, 8, prices)
    assert 1 < many.speed_up <= 8 and many.cost.decoded == 800
    assert simulate(scenes, 2, 400, 8, Prices(0.01, 0.001, 0, 0, 0.01)).seconds >= 800 * 0.01


def test_what_is_compared_again_where_a_camera_is_cut(tmp_path):
    scenes, _ = read_cameras(write_cameras(tmp_path, 2, (60,)), least=20)
    assert cut(scenes[0], 1) == (0, 0)
    assert 0 < cut(scenes[0], 4)[0] <= 1
