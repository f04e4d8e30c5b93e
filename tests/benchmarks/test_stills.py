"""The rendered stills: the sun where it belongs, shadows behind what stands in it, and a truth that knows no light."""

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from benchmarks.quality.own import read_cameras
from benchmarks.quality.truth import TAU
from benchmarks.stills import STILLS
from benchmarks.stills.__main__ import main
from benchmarks.stills.patches import block
from benchmarks.stills.shadows import SCALE, Area, cast, gather, soften
from benchmarks.stills.sky import Weather, draw_weather, find_sun, light_place

SMALL = (64, 48)
SCENES = {scene.name: scene for scene in STILLS}
CLEAR = Weather(sun=1.0, cloud=0.0)


def test_scenes_are_enough_and_each_has_its_own_name():
    assert len(SCENES) == len({scene.camera for scene in STILLS}) == len(STILLS) >= 6
    assert sum(scene.still for scene in STILLS) >= 2


def at(hour: float, month: int = 6) -> datetime:
    return datetime(2024, month, 21, int(hour), round(hour % 1 * 60), tzinfo=UTC)


def test_sun_rises_in_the_east_and_stands_highest_in_the_south():
    east, north, up = find_sun(at(7), 46, 0)
    assert east > 0.5 and 0 < up < 0.5
    east, north, up = find_sun(at(12.3), 46, 0)
    assert abs(east) < 0.02 and north < 0 and up == pytest.approx(np.sin(np.radians(90 - 46 + 23.4)), abs=0.01)
    assert find_sun(at(17.6), 46, 0)[0] < -0.5 and find_sun(at(0), 46, 0)[2] < 0
    turned = find_sun(at(12.3), 46, 90)
    assert turned[0] == pytest.approx(-north, abs=0.01)


def test_light_by_day_and_night():
    noon, dusk, night = (light_place(at(hour, 10), 46, 0, CLEAR, False) for hour in (12, 17.4, 23))
    assert noon.sun.min() > dusk.sun.max() >= night.sun.max() == 0
    assert noon.sky[0] > noon.sky[2] and noon.sun[2] > noon.sun[0]
    assert noon.sky.max() > 100 * night.sky.max()
    assert not light_place(at(12), 46, 0, Weather(sun=0.0, cloud=1.0), False).sun.any()


def test_weather_follows_its_letters():
    weather = draw_weather(np.random.default_rng(1), 40, "wcob")
    assert len(weather) == 40
    assert all(each.sun == 0 and each.wet == 1 for each in weather[:10])
    assert all(each.sun > 0.9 for each in weather[10:20]) and weather[19].wet < 0.2
    assert all(each.sun == 0 for each in weather[20:30])
    assert len({each.sun > 0.3 for each in weather[30:]}) == 2


def test_shadow_lies_behind_the_box_and_below_the_ray():
    area = Area(0, 0, 10, 10)
    heights = cast([gather(block((4, 4, 0), (6, 5, 2), (9, 9, 9)))], (0.0, -np.sqrt(0.5), np.sqrt(0.5)), area)

    def height_at(x: float, y: float) -> float:
        return float(heights[round(y * SCALE), round(x * SCALE)])

    assert height_at(5, 3.5) == height_at(5, 7.5) == height_at(3, 6) == height_at(7, 6) == 0
    assert height_at(5, 6.5) == pytest.approx(2, abs=0.1)
    assert 0 < height_at(5, 5.3) < 2
    seen = soften(heights, (0.0, -np.sqrt(0.5), np.sqrt(0.5)))
    assert seen[round(6.5 * SCALE), 5 * SCALE] == 0 and seen[round(3 * SCALE), 5 * SCALE] == 1


@pytest.mark.parametrize("scene", STILLS, ids=lambda scene: scene.name)
def test_frames_of_every_scene(scene):
    frames = list(scene.play(3, 0, SMALL))
    assert len(frames) == 3
    for image, labels in frames:
        assert image.shape == (48, 64, 3) and image.dtype == np.uint8 and image.std() > 5
        assert labels.shape == (48, 64)
    assert len({image.tobytes() for image, _ in frames}) == 3
    if scene.still:
        assert len({labels.tobytes() for _, labels in frames}) == 1


def test_a_scene_is_the_same_each_time_and_another_with_another_seed():
    first, again, other = (list(SCENES["yard-days"].play(4, seed, SMALL)) for seed in (3, 3, 4))
    for (image, labels), (same_image, same_labels) in zip(first, again, strict=True):
        assert np.array_equal(image, same_image) and np.array_equal(labels, same_labels)
    assert not all(np.array_equal(one[0], two[0]) for one, two in zip(first, other, strict=True))


def test_times_go_on_over_several_days():
    times = SCENES["lot-days"].draw_times(72, np.random.default_rng(0))
    assert list(times) == sorted(times) and len({time.date() for time in times}) == 3


def test_written_frames_are_read_with_their_truth(tmp_path, capsys):
    out = tmp_path / "out"
    assert main([str(out), "--scenes", "yard-days,yard-sunday", "--frames", "5", "--size", "160x120"]) == 0
    assert "c505: yard-days, 5 frames" in capsys.readouterr().out
    days, sunday = read_cameras(out, out / "truth")
    assert (days.camera, days.still, sunday.camera, sunday.still) == ("c505", False, "c506", True)
    assert days.distances.max() > TAU and not sunday.distances.any()
    masks = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in (out / "truth" / "c505-masks").iterdir()]
    seen = {int(level) for mask in masks for level in np.unique(mask)}
    assert seen == {0, 255}, "who reads 8 bits sees objects"
    assert main([str(out), "--scenes", "yard-sunday", "--frames", "1", "--size", "160x120"]) == 3
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(SystemExit):
        main([str(tmp_path / "no"), "--scenes", "nowhere"])
