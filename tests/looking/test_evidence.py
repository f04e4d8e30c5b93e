import numpy as np

from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.thresholds import Threshold
from framesift.looking.evidence import RED, YELLOW, draw_evidence, draw_ruler, outline_changes
from tests.conftest import make_image

COMPARATOR = FrameDifferencing(Threshold.parse(50), blur=())


def test_shows_what_the_score_counts():
    reference, candidate = make_image(), make_image(box=(20, 15, 20, 20))
    evidence = draw_evidence(reference, candidate, COMPARATOR)
    assert (
        evidence.comparison.score
        == COMPARATOR.score(COMPARATOR.describe(reference), COMPARATOR.describe(candidate))
        == 23 * 23
    )
    assert np.argwhere(evidence.comparison.threshold).min(axis=0).tolist() == [13, 18]
    drawn = (evidence.contours != evidence.candidate).any(axis=2)
    assert drawn[13, 20:38].all() and not drawn[20:30, 25:35].any()


def test_nothing_new_draws_nothing():
    evidence = draw_evidence(make_image(), make_image(), COMPARATOR)
    assert (
        evidence.comparison.score == 0
        and not evidence.comparison.threshold.any()
        and (evidence.contours == evidence.candidate).all()
    )


def test_inputs_are_left_as_they_are():
    reference, candidate = make_image(), make_image(box=(20, 15, 20, 20))
    before = reference.copy(), candidate.copy()
    draw_evidence(reference, candidate, COMPARATOR)
    assert (reference == before[0]).all() and (candidate == before[1]).all()


def test_at_the_compared_size():
    comparator = FrameDifferencing(Threshold.parse("0%"), size=(32, 24))
    evidence = draw_evidence(make_image(), make_image(128, 96), comparator)
    assert evidence.contours.shape[:2] == evidence.comparison.threshold.shape == (24, 32)
    assert (evidence.reference.shape[:2], evidence.candidate.shape[:2]) == ((48, 64), (96, 128))


def test_what_is_too_small_is_told_from_what_counts():
    candidate = make_image(box=(20, 15, 20, 20))
    candidate[40:42, 50:52] = 220
    evidence = draw_evidence(make_image(), candidate, COMPARATOR)
    assert [len(evidence.counted), len(evidence.ignored)] == [1, 1] and evidence.comparison.min_contour_area == 50
    assert evidence.comparison.difference.max() == 160 and evidence.comparison.difference[0, 0] == 0
    assert evidence.compared.rectangle == (4, 5, 61, 48)
    drawn = outline_changes(evidence, 640, 480)
    assert drawn.shape == (480, 640, 3) and [(drawn == c).all(axis=2).any() for c in (RED, YELLOW)] == [True, True]
    assert drawn[10, 300].tolist() == [20, 20, 20], "the strips that are not compared are dimmed"


def test_a_ruler_says_where_the_shares_of_a_mask_lie():
    image = np.full((400, 1000, 3), 90, np.uint8)
    drawn = draw_ruler(image)
    assert (image == 90).all() and (drawn[250, 300] == 200).all() and (drawn[120, 555] == 200).all()
    assert (drawn[250, 350] == 90).all() and drawn[3:20, 303:330].max() == 255
    small = np.full((48, 64, 3), 90, np.uint8)
    assert (draw_ruler(small) == small).all()
