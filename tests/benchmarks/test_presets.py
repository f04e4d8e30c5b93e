"""Presets are measured on the scenes of each kind of place."""

from benchmarks.quality.__main__ import SCENES
from benchmarks.quality.film import film_stage
from benchmarks.quality.metrics import measure_quality
from benchmarks.quality.presets import KINDS, OWN, choose_all, choose_settings, kind_of, tabulate
from benchmarks.quality.stages import STAGES
from framesift.filtering.option_values import Preset


def test_every_scene_is_of_one_kind():
    names = [name for scenes in KINDS.values() for name in scenes]
    assert sorted(names) == sorted(stage.name for stage in SCENES)
    assert kind_of("c101") == OWN


def test_every_preset_has_a_row(tmp_path):
    [stage] = [stage for stage in STAGES if stage.name == "calm"]
    truth = film_stage(stage, tmp_path, 3, 0, (64, 48))
    results = {name: {truth.camera: measure_quality(truth, chosen)} for name, chosen in choose_all(truth)}
    assert results.keys() == choose_settings().keys() >= {f"--preset {preset}" for preset in Preset}
    table = list(tabulate(results))
    assert table[0] == "| settings | indoors |"
    assert len(table) == 2 + len(results)
