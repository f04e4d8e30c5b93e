"""Masks: which pixels they leave, at any size and out of any format, and what comparing makes of them."""

import json
from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.masks import Mask, choose_masks, digest_masks, require_cameras, require_fit
from framesift.comparators.masks.raster import decode_runs, encode_runs, fill_polygon, rasterise
from framesift.comparators.masks.reading import read_masks, start_masks
from framesift.comparators.thresholds import Threshold
from framesift.comparators.tolerance import ToleranceDifferencing
from framesift.errors import UsageError
from framesift.frames.naming import Naming
from tests.comparators.painting import paint
from tests.conftest import encode, make_image

NAMING = Naming()
TRIANGLE = ((0.125, 0.25), (0.75, 0.25), (0.5, 0.875))
SQUARE = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))


def lies_inside(x: Fraction, y: Fraction, polygon) -> bool:
    """An odd number of edges is met on the way to the left. Exact, one pixel at a time."""
    inside = False
    points = [(Fraction(a), Fraction(b)) for a, b in polygon]
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        if (y0 <= y) != (y1 <= y) and x0 + (y - y0) * (x1 - x0) / (y1 - y0) <= x:
            inside = not inside
    return inside


def fill_slowly(polygon, width: int, height: int) -> np.ndarray:
    half = Fraction(1, 2)
    return np.array(
        [[lies_inside((x + half) / width, (y + half) / height, polygon) for x in range(width)] for y in range(height)]
    )


sixteenths = st.integers(0, 16).map(lambda n: n / 16)
"""Shares that are exact in binary, and often on the centre of a pixel, where rounding would tell."""
polygons = st.lists(st.tuples(sixteenths, sixteenths), min_size=3, max_size=7).map(tuple)


@settings(max_examples=200, deadline=None)
@given(polygon=polygons, width=st.sampled_from([1, 2, 4, 8, 16, 32]), height=st.sampled_from([1, 4, 8, 32]))
def test_a_polygon_is_filled_by_the_centres_of_the_pixels(polygon, width, height):
    assert np.array_equal(fill_polygon(polygon, width, height), fill_slowly(polygon, width, height))


@pytest.mark.parametrize("size", [(7, 5), (33, 21), (3, 50)])
def test_any_size_and_any_corners(size):
    polygon = ((0.1, 0.03), (0.97, 0.4), (0.31, 0.77), (0.5, 0.2), (0.0, 1.0))
    assert np.array_equal(fill_polygon(polygon, *size), fill_slowly(polygon, *size))


def test_a_square_by_hand():
    assert fill_polygon(SQUARE, 4, 4).astype(int).tolist() == [[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    assert fill_polygon(((0, 0), (1, 0), (1, 1), (0, 1)), 3, 2).all()


@settings(max_examples=50, deadline=None)
@given(
    shapes=st.lists(polygons, min_size=1, max_size=3).map(tuple), width=st.integers(1, 40), height=st.integers(1, 40)
)
def test_only_is_the_complement_of_ignore(shapes, width, height):
    ignored, only = (rasterise([mask], width, height) for mask in (Mask(ignore=shapes), Mask(only=shapes)))
    assert np.array_equal(ignored, 255 - only)


def test_every_mask_takes_away():
    left, right = (
        Mask(ignore=(((0, 0), (0.5, 0), (0.5, 1), (0, 1)),)),
        Mask(only=(((0.25, 0), (1, 0), (1, 1), (0.25, 1)),)),
    )
    assert rasterise([left, right], 4, 1).tolist() == [[0, 0, 255, 255]]
    assert rasterise([right], 4, 1).tolist() == [[0, 255, 255, 255]]


@settings(max_examples=50)
@given(st.data())
def test_runs_come_back_whole(data):
    height, width = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    bits = data.draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width))
    picture = np.array(bits).reshape(height, width)
    runs = encode_runs(picture)
    assert np.array_equal(decode_runs(runs, width, height), picture)
    mask = Mask(size=(width, height), runs=runs)
    assert np.array_equal(rasterise([mask], width, height) > 0, picture)
    doubled = rasterise([mask], 2 * width, 3 * height) > 0
    assert np.array_equal(doubled, picture.repeat(2, axis=1).repeat(3, axis=0))
    assert Mask.from_record(json.loads(json.dumps(mask.record()))) == mask


def own(camera=None, **polygons) -> bytes:
    part = {kind: [list(map(list, p)) for p in found] for kind, found in polygons.items()}
    return json.dumps({"all": part} if camera is None else {"cameras": {camera: part}}).encode()


def labelme(
    label="ignore", kind="polygon", points=None, size=(64, 48), name="c1_2021_03_27__10_00_00.png", **more
) -> bytes:
    points = [[x * size[0], y * size[1]] for x, y in TRIANGLE] if points is None else points
    shapes = [{"label": label, "shape_type": kind, "points": points, "flags": {}}]
    entries = {"version": "5.0.1", "imagePath": name, "imageWidth": size[0], "imageHeight": size[1], "imageData": None}
    return json.dumps({"shapes": shapes, **entries, **more}).encode()


def coco(label="ignore", size=(64, 48), name="c1_2021_03_27__10_00_00.png", **more) -> bytes:
    flat = [side for x, y in TRIANGLE for side in (x * size[0], y * size[1])]
    entry = {"id": 1, "image_id": 7, "category_id": 3, "segmentation": [flat], "bbox": [0, 0, 1, 1], "iscrowd": 0}
    return json.dumps(
        {
            "images": [{"id": 7, "file_name": name, "width": size[0], "height": size[1]}],
            "categories": [{"id": 2, "name": "person"}, {"id": 3, "name": label}],
            "annotations": [{**entry, **more}],
        }
    ).encode()


def painted(polygon=TRIANGLE, size=(64, 48)) -> bytes:
    return encode(np.where(fill_polygon(polygon, *size), np.uint8(0), np.uint8(255)))


@pytest.fixture
def read(tmp_path):
    """Reads a mask file with this content; with a camera, as `CAMERA=FILE`."""

    def read(content: bytes, camera: str = "", name: str = "mask") -> tuple[Mask, ...]:
        path = tmp_path / name
        path.write_bytes(content)
        return read_masks([f"{camera}={path}" if camera else str(path)], NAMING)

    return read


@pytest.mark.parametrize(
    "content", [own(ignore=[TRIANGLE]), labelme(), coco(), painted()], ids=["own", "labelme", "coco", "png"]
)
def test_all_formats_mask_the_same(read, content):
    [mask] = read(content)
    assert np.array_equal(rasterise([mask], 64, 48) == 0, fill_slowly(TRIANGLE, 64, 48))
    assert rasterise([mask], 640, 480).mean() == pytest.approx(rasterise([mask], 64, 48).mean(), abs=1)
    assert Mask.from_record(json.loads(json.dumps(mask.record()))) == mask
    assert hash(mask) == hash(read(content)[0])


def test_polygons_may_have_names_which_change_nothing(read):
    plain, named = own("c9", ignore=[TRIANGLE], only=[SQUARE]), json.loads(own("c9", ignore=[TRIANGLE], only=[SQUARE]))
    part = named["cameras"]["c9"]
    part["ignore"] = [{"name": "the \u00e4sh tree", "points": part["ignore"][0]}]
    [mask] = read(json.dumps(named).encode())
    assert mask.names == ("the \u00e4sh tree", "")
    assert [mask] == list(read(plain)) and digest_masks((mask,)) == digest_masks(read(plain))
    for polygon, line in (
        ({"name": 3, "points": [list(p) for p in TRIANGLE]}, "polygon 1 has a name that is no text"),
        ({"name": "x"}, "polygon 1 is not a list of points"),
        ({"nam": "x"}, "polygon 1 has the key 'nam'"),
    ):
        with pytest.raises(UsageError, match=line):
            read(json.dumps({"all": {"only": [polygon]}}).encode())


def test_whose_mask_it_is(read):
    assert [m.camera for m in read(own(ignore=[TRIANGLE]))] == [None]
    assert [m.camera for m in read(own("c9", only=[TRIANGLE]))] == ["c9"]
    assert [read(content)[0].camera for content in (labelme(), coco(), painted())] == ["c1", "c1", None]
    assert [read(content, "c2")[0].camera for content in (labelme(), coco(), painted())] == ["c2"] * 3
    assert [read(content, "*")[0].camera for content in (labelme(), coco(), painted())] == [None] * 3
    assert [read(labelme(name=n))[0].camera for n in ("frame.jpg", "..\\x.jpg", "cam 1/1.jpg", "")] == [
        None,
        None,
        "cam 1",
        None,
    ]
    pictures = [read(labelme(name="..\\c2.png"), camera)[0].picture for camera in ("", "c2", "*")]
    assert pictures == ["c2", "", ""] and read(labelme())[0].picture == ""
    masks = (Mask("a", (TRIANGLE,)), Mask(None, (SQUARE,)), Mask("b", (TRIANGLE,)))
    assert choose_masks(masks, "b") == masks[1:]


def test_rectangles_and_boxes(read):
    box = [[40, 36], [8, 12]]
    rectangle = read(labelme("only", "rectangle", box))
    corners = read(labelme("only", "rectangle", [[8, 12], [40, 12], [40, 36], [8, 36]]))
    bounding = read(coco("only", segmentation=[], bbox=[8, 12, 32, 24]))
    rasters = [rasterise(masks, 64, 48) for masks in (rectangle, corners, bounding)]
    expected = np.zeros((48, 64), np.uint8)
    expected[12:36, 8:40] = 255
    assert all(np.array_equal(raster, expected) for raster in rasters)


def test_corners_a_little_beyond_the_picture_are_on_its_edge(read):
    [mask] = read(labelme(points=[[-0.5, 0], [64.4, 0], [64, 48.9]]))
    assert mask.ignore == (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),)


def test_one_mask_for_each_camera_of_a_coco_file(read):
    data = json.loads(coco())
    data["images"].append({"id": 8, "file_name": "c2_2021_03_27__10_00_00.png", "width": 32, "height": 24})
    box = {"id": 2, "image_id": 8, "category_id": 3, "segmentation": [[0, 0, 32, 0, 32, 12]]}
    data["annotations"] += [box, {**box, "id": 3, "image_id": 7}]
    masks = read(json.dumps(data).encode())
    assert [(m.camera, m.size, len(m.ignore)) for m in masks] == [("c1", (64, 48), 2), ("c2", (32, 24), 1)]


def test_a_painted_mask_may_be_of_any_depth(read):
    pixels = np.full((48, 64), 255, np.uint8)
    pixels[10:20, 5:30] = 0
    transparent = cv2.merge([np.full_like(pixels, 255)] * 3 + [pixels])
    one_bit = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_BILEVEL, 1])[1].tobytes()
    several = [encode(p) for p in (pixels, cv2.merge([pixels] * 3), pixels.astype(np.uint16) * 257, transparent)]
    assert {read(content)[0].runs for content in [one_bit, *several]} == {encode_runs(pixels > 0)}


def test_a_starting_file_masks_nothing_and_names_every_camera(read):
    text = start_masks(["c1", "süd/\udcff"])
    assert read(text.encode()) == ()
    assert list(json.loads(text)["cameras"]) == ["c1", "süd/\udcff"]


def test_a_name_with_an_equals_sign(read, tmp_path):
    assert read(painted(), name="c1=day.png")[0].camera is None
    (tmp_path / "day.png").write_bytes(painted())
    assert read_masks([b"c1=" + bytes(tmp_path / "day.png"), tmp_path / "day.png"], NAMING)[0].camera == "c1"


ERRORS = {
    "nothing": (b"", "empty file"),
    "no JSON": (b"{all", "is neither JSON nor a PNG"),
    "not UTF-8": (b'{"all": "\xff"}', "is neither JSON nor a PNG"),
    "deep": (b"[" * 100_000, "is neither JSON nor a PNG"),
    "a list": (b"[]", "is no mask: JSON, but not an object"),
    "other JSON": (b'{"a": 1}', "is neither a mask (its keys are all and cameras) nor a file of LabelMe or COCO"),
    "a typing error": (b'{"all": {"ignor": []}}', "all has the key 'ignor', which is none of ignore, only"),
    "another key": (b'{"all": {}, "camera": {}}', "the file has the key 'camera', which is none of help, all, cameras"),
    "twice": (b'{"all": {"ignore": [], "ignore": []}}', "has the key 'ignore' twice in one object"),
    "cameras in a list": (b'{"cameras": ["c1"]}', "cameras is not an object"),
    "a camera in a list": (b'{"cameras": {"c1": []}}', "camera c1 is not an object with the keys ignore and only"),
    "no list": (b'{"all": {"ignore": 5}}', "all: ignore is not a list of polygons"),
    "no points": (b'{"all": {"ignore": [[0, 0, 1, 1]]}}', "all: ignore: polygon 1 is not a list of points [x, y]"),
    "no pairs": (b'{"all": {"ignore": [[[0, 0, 1]]]}}', "is not a list of points [x, y]"),
    "no numbers": (b'{"all": {"ignore": [[["0", true], [0, 1], [1, 1]]]}}', "is not a list of points [x, y]"),
    "two points": (
        own("c1", only=[SQUARE, [(0, 0), (1, 1)]]),
        "camera c1: only: polygon 2 has 2 points: a polygon has at l",
    ),
    "outside": (own(ignore=[[(0, 0), (1, 1), (1, 1.01)]]), "polygon 1 has the point [1, 1.01]: x and y are shares of"),
    "below": (own(ignore=[[(0, 0), (1, 1), (-0.1, 1)]]), "has the point [-0.1, 1]"),
    "no number": (own(ignore=[[(0, 0), (1, 1), (float("nan"), 1)]]), "has the point [nan, 1]"),
    "infinite": (b'{"all": {"ignore": [[[0, 0], [1, 1], [1e999, 1]]]}}', "has the point [inf, 1]"),
    "a line": (
        own(ignore=[[(0.1, 0.1), (0.3, 0.3), (0.2, 0.2)]]),
        "polygon 1 has no area: all its points lie on one line",
    ),
    "a point": (own(ignore=[[(0.5, 0.5)] * 5]), "has no area"),
    "a label": (labelme("car"), "shape 1 has the label 'car': the labels of a mask are ignore and only"),
    "a circle": (labelme(kind="circle"), "shape 1 is a circle: a mask takes polygons and rectangles"),
    "outside of LabelMe": (labelme(points=[[0, 0], [70, 0], [1, 1]]), "shape 1 has the point [1.09375, 0.0]"),
    "LabelMe without shapes": (labelme(shapes=[]), "has no polygon with the label ignore or only"),
    "LabelMe without a size": (labelme(imageWidth=None), "does not say how large the picture is: None by 48 px"),
    "LabelMe cut": (b'{"shapes": []}', "is damaged, for LabelMe: KeyError('imageWidth')"),
    "LabelMe with odd shapes": (labelme(shapes=[5]), "is damaged, for LabelMe"),
    "a name of two lines": (own("c\n1", ignore=[[]]), "camera c\\n1: ignore: polygon 1 has 0 points"),
    "a category": (coco("person"), "annotation 1 has the label 'person'"),
    "a painted region": (coco(segmentation={"counts": [1], "size": [1, 1]}), "annotation 1 is painted"),
    "COCO without the image": (coco(image_id=1), "is damaged, for COCO: KeyError(1)"),
    "COCO with half a point": (coco(segmentation=[[1, 2, 3]]), "is damaged, for COCO: ValueError"),
    "a grey PNG": (encode(make_image(level=255, box=(3, 2, 1, 1))), "the pixel at 3,2 is #dcdcdc; black is ignored"),
    "a black PNG": (encode(make_image(level=0)), "is wholly black: that leaves nothing to compare"),
    "a cut PNG": (painted()[:-20], "truncated PNG"),
    "a JPEG": (encode(make_image(), ".jpg"), "is a JPEG picture: a painted mask is a PNG"),
}


@pytest.mark.parametrize(("content", "reason"), ERRORS.values(), ids=ERRORS)
def test_what_is_no_mask_is_refused_with_its_path(read, tmp_path, content, reason):
    with pytest.raises(UsageError) as error:
        read(content)
    assert str(error.value).startswith(f"{tmp_path}/mask: ") and reason in str(error.value)
    assert "\n" not in str(error.value)


def test_what_a_manifest_could_not_hold_is_refused(read, monkeypatch):
    monkeypatch.setattr(
        "framesift.comparators.masks.reading._LARGEST_RECORD", len(json.dumps(read(painted())[0].record()))
    )
    assert read(painted())
    with pytest.raises(UsageError, match="is too detailed: draw polygons, or a smaller or smoother picture"):
        read(painted(size=(128, 96)))


def test_files_that_cannot_be_read(tmp_path):
    for source, reason in ((tmp_path / "gone", "No such file or directory"), (tmp_path, "not a regular file")):
        with pytest.raises(UsageError, match=reason):
            read_masks([source], NAMING)
    (tmp_path / "own").write_bytes(own(ignore=[SQUARE]))
    with pytest.raises(UsageError, match="says itself which cameras it is for: leave CAMERA= away"):
        read_masks([f"c1={tmp_path}/own"], NAMING)


def test_the_name_of_masks_tells_others_apart():
    one = (Mask("a", (TRIANGLE,)),)
    assert digest_masks(()) is None
    assert digest_masks(one) == digest_masks((replace(one[0], path="elsewhere"),))
    assert len({digest_masks(m) for m in (one, (Mask("b", (TRIANGLE,)),), (Mask("a", (), (TRIANGLE,)),), one * 2)}) == 4


@pytest.mark.parametrize(
    ("size", "fits"),
    [
        *(((64, 48), True), ((640, 480), True), ((16, 12), True), ((63, 47), True), ((21, 16), True)),
        *(((48, 64), False), ((64, 36), False), ((1920, 1080), False), ((640, 490), False)),
    ],
)
def test_a_mask_fits_pictures_of_its_shape(size, fits):
    mask = Mask("c1", size=(64, 48), runs="0 3072", path="day.png")
    assert mask.fits(size) is fits and Mask(ignore=(SQUARE,)).fits(size)
    require_fit([mask], "c2", size, "c2/x.png")
    if not fits:
        with pytest.raises(UsageError) as error:
            require_fit([mask], "c1", size, "c1/x.png")
        assert str(error.value) == f"day.png: does not fit: drawn on 64x48 px, and c1/x.png has {size[0]}x{size[1]} px"


def test_cameras_that_are_not_there():
    require_cameras([Mask("c1"), Mask()], ["c1"], "frames")
    with pytest.raises(UsageError) as error:
        require_cameras([Mask("c9", path="m.json")], ["c1", "c2"], "frames")
    assert str(error.value) == "m.json: is for the camera c9, but frames has c1, c2"
    drawn = Mask(picture="c1", path="c1.json")
    require_cameras([drawn], ["c1"], "frames")
    require_cameras([drawn], ["c2", "c3"], "frames")
    with pytest.raises(UsageError) as error:
        require_cameras([drawn], ["c1", "c2"], "frames")
    line = "c1.json: is for all cameras, but was drawn on a picture named c1: write c1=FILE or *=FILE"
    assert str(error.value) == line
    with pytest.raises(UsageError, match="has c0, c1, c2, c3, c4 and 3 more; CAMERA=FILE says which it is for"):
        require_cameras([Mask("c9", size=(4, 3))], [f"c{n}" for n in range(8)], "frames")


def noise(seed: int, width: int = 80, height: int = 60) -> np.ndarray:
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return cv2.GaussianBlur(image, (0, 0), 3) * 2


NOTHING = (0.0, 0.0, 0.0, 0.0)
HOLE = Mask(ignore=(((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)),))
"""Of 80x60 px: 20 to 60 across, 15 to 45 down."""
boxes = st.tuples(st.integers(0, 70), st.integers(0, 50), st.integers(1, 40), st.integers(1, 30))


def change(image: np.ndarray, box, where: np.ndarray) -> np.ndarray:
    """The picture with `box` inverted as far as it lies in `where`."""
    x, y, width, height = box
    changed = image.copy()
    part = np.s_[y : y + height, x : x + width]
    changed[part] = np.where(where[part][..., None], 255 - image[part] // 2, image[part])
    return changed


@settings(max_examples=60, deadline=None)
@given(box=boxes, kernels=st.sampled_from([(), (5,), (3, 9)]))
def test_what_is_ignored_never_counts(box, kernels):
    comparator = FrameDifferencing(Threshold.parse(0), kernels, NOTHING, masks=(HOLE,))
    image = noise(1)
    changed = change(image, box, rasterise([HOLE], 80, 60) == 0)
    before, after = comparator.describe(image), comparator.describe(changed)
    assert np.array_equal(before, after) and comparator.score(before, after) == 0
    assert not before[15:45, 20:60].any()


@settings(max_examples=60, deadline=None)
@given(box=boxes)
def test_a_change_elsewhere_scores_as_without_a_mask(box):
    far = cv2.erode(rasterise([HOLE], 80, 60), np.ones((3, 3)), iterations=8) > 0
    image = noise(2)
    changed = change(image, box, far)
    scores = []
    for masks in ((), (HOLE,)):
        comparator = FrameDifferencing(Threshold.parse(10), masks=masks)
        scores.append(comparator.score(comparator.describe(image), comparator.describe(changed)))
    assert scores[0] == scores[1]


hidden = st.integers(0, 99)


@settings(max_examples=30, deadline=None)
@given(one=hidden, other=hidden, kernels=st.sampled_from([(), (5,), (3, 9)]), shift=st.sampled_from([(0, 0), (6, -3)]))
def test_tolerance_decides_nothing_by_what_a_mask_hides(one, other, kernels, shift):
    """Neither by its edges, nor by how steep they are, nor by where they have gone; with the camera shaken too."""
    comparator = ToleranceDifferencing(Threshold.parse(5), kernels, NOTHING, masks=(HOLE,))
    inside = rasterise([HOLE], 320, 240) == 0
    before, after = paint(), paint(shift=shift, noise=1)
    after[150:180, 20:60], after[180:210, 20:60] = 250, 5
    expected = comparator.examine(comparator.describe(before), comparator.describe(after))
    before[inside], after[inside] = (cv2.resize(noise(n), (320, 240))[inside] for n in (one, other))
    descriptors = comparator.describe(before), comparator.describe(after)
    found = comparator.examine(*descriptors)
    assert found.score == expected.score == comparator.score(*descriptors) > 0
    assert np.array_equal(found.threshold, expected.threshold)
    assert np.array_equal(found.difference, expected.difference)
    assert not found.threshold[60:180, 80:240].any() and not found.difference[60:180, 80:240].any()


@settings(max_examples=30, deadline=None)
@given(box=boxes)
def test_tolerance_sees_no_change_behind_a_mask(box):
    image = cv2.resize(noise(3), (320, 240), interpolation=cv2.INTER_CUBIC)
    changed = change(image, np.multiply(box, 4), rasterise([HOLE], 320, 240) == 0)
    plain, masked = (ToleranceDifferencing(Threshold.parse(5), border_mask=NOTHING, masks=m) for m in ((), (HOLE,)))
    assert np.array_equal(masked.describe(image), plain.describe(image)), "the picture is left whole"
    assert masked.score(masked.describe(image), masked.describe(changed)) == 0
    assert masked.extent(masked.describe(image), masked.describe(changed)) == 0


def test_tolerance_with_the_camera_shaken_looks_at_what_neither_frame_has_masked():
    scene = np.random.default_rng(4).integers(0, 256, (15, 20, 3), np.uint8)
    scene = cv2.resize(scene, (160, 120), interpolation=cv2.INTER_CUBIC)
    reference, candidate = scene.copy(), np.roll(scene, (5, 7), (0, 1))
    reference[30:50, 40:60] = 255 - reference[30:50, 40:60]  # seen 5 px lower and 7 px to the right in the candidate
    candidate[70:90, 100:120] = 255 - candidate[70:90, 100:120]
    scores = []
    for masks in ((), (HOLE,)):
        comparator = ToleranceDifferencing(Threshold.parse(20), (), (10, 10, 10, 10), masks=masks)
        one, other = comparator.describe(reference), comparator.describe(candidate)
        scores.append((comparator.score(one, other), comparator.score(other, one)))
    assert min(scores[0]) > 400 and scores[1] == (0, 0)


@pytest.mark.parametrize("kind", [FrameDifferencing, ToleranceDifferencing])
def test_shares_are_of_what_is_left(kind):
    comparator = kind(Threshold.parse(0), border_mask=(25, 0, 0, 0), masks=(HOLE,))
    # The strip takes the columns 0 to 80 of 320, so of the hole's 160 x 120 px 159 x 120 are left.
    assert comparator.compared_area_of((320, 240)) == 239 * 240 - 159 * 120
    assert comparator.compared_area(comparator.describe(noise(1, 320, 240))) == 239 * 240 - 159 * 120
    assert kind(Threshold.parse(0), border_mask=(25, 0, 0, 0)).compared_part((320, 240)).pixels is None


@pytest.mark.parametrize("kind", [FrameDifferencing, ToleranceDifferencing])
def test_masks_that_leave_nothing(kind):
    corner = Mask(only=(((0, 0), (0.04, 0), (0.04, 0.09), (0, 0.09)),), path="m.json")
    comparator = kind(Threshold.parse(0), masks=(corner,))
    with pytest.raises(UsageError, match=r"m\.json: leaves nothing to compare of pictures of 320x240 px"):
        comparator.compared_part((320, 240))
    assert kind(Threshold.parse(0), border_mask=NOTHING, masks=(corner,)).compared_area_of((320, 240)) == 13 * 22
    assert kind(Threshold.parse(0), masks=(HOLE,)).compared_area_of((320, 1)) == 0, (
        "too small for the border mask already"
    )
