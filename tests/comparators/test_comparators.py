"""Every comparator keeps the same laws; hashes are those of imagehash, SSIM is that of scikit-image."""

import pickle
from dataclasses import replace

import cv2
import imagehash
import numpy as np
import onnx.reference
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image as PillowImage
from skimage.metrics import structural_similarity

from framesift.comparators.combined import Combined
from framesift.comparators.embedding import Embedding
from framesift.comparators.framediff import FrameDifferencing
from framesift.comparators.histogram import Histogram, correlate
from framesift.comparators.masks import Mask
from framesift.comparators.perceptual_hash import CosineHash, GradientHash, show_hash
from framesift.comparators.resampling import convert_to_grey, shrink
from framesift.comparators.ssim import StructuralSimilarity, measure_similarity
from framesift.comparators.thresholds import Threshold
from framesift.comparators.tolerance import ToleranceDifferencing
from framesift.comparators.verified_hash import VerifiedHash, measure_squared_error
from framesift.errors import UsageError
from tests.comparators.networks import write_network


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return write_network(tmp_path_factory.mktemp("network") / "features.onnx")


COMPARATORS = {
    "framediff": lambda _: FrameDifferencing(Threshold.parse(100), size=(64, 48)),
    "tolerance": lambda _: ToleranceDifferencing(Threshold.parse(10), size=(64, 48)),
    "gradient hash": lambda _: GradientHash(),
    "cosine hash": lambda _: CosineHash(),
    "histogram": lambda _: Histogram(),
    "ssim": lambda _: StructuralSimilarity(),
    "combined": lambda _: Combined(),
    "verified hash": lambda _: VerifiedHash(),
    "embedding": lambda model: Embedding(str(model)),
}


@pytest.fixture(params=COMPARATORS, scope="module")
def comparator(request, network):
    return COMPARATORS[request.param](network)


def paint(seed: int, width: int = 160, height: int = 120) -> np.ndarray:
    """A picture as cameras give them: smooth light, edged things and noise. (height, width, 3) uint8."""
    random = np.random.default_rng(seed)
    image = cv2.resize(random.integers(40, 200, (6, 8, 3)).astype(np.uint8), (width, height))
    for _ in range(8):
        x, y = (int(v) for v in random.integers(0, (width, height)))
        colour = tuple(int(v) for v in random.integers(0, 256, 3))
        cv2.rectangle(image, (x, y), (x + width // 5, y + height // 6), colour, -1)
    return np.clip(image + random.normal(0, 3, image.shape), 0, 255).astype(np.uint8)


images = st.one_of(
    st.builds(paint, st.integers(0, 99), st.integers(9, 90), st.integers(9, 90)),
    arrays(np.uint8, st.tuples(st.integers(7, 40), st.integers(7, 40), st.just(3))),
    st.builds(lambda level: np.full((20, 30, 3), level, np.uint8), st.integers(0, 255)),
)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_laws(comparator, data):
    one, other = data.draw(images), data.draw(images)
    before = one.copy()
    a, b = comparator.describe(one), comparator.describe(other)
    assert np.array_equal(one, before)
    assert (a.shape, a.dtype) == (b.shape, b.dtype)
    assert a.tobytes() == comparator.describe(one).tobytes()
    copies = a.copy(), b.copy()
    score = comparator.score(a, b)
    assert type(score) is float
    assert score >= 0
    assert score == comparator.score(b, a)
    assert comparator.score(a, a) == comparator.score(b, b) == 0
    assert (a.tobytes(), b.tobytes()) == (copies[0].tobytes(), copies[1].tobytes())


@pytest.mark.parametrize("name", ["framediff", "tolerance"])
@settings(max_examples=25, deadline=None)
@given(one=images, other=images)
def test_the_extent_is_a_share_of_the_picture(name, one, other):
    comparator = COMPARATORS[name](None)
    a, b = comparator.describe(one), comparator.describe(other)
    copies = a.copy(), b.copy()
    extent = comparator.extent(a, b)
    assert type(extent) is float and 0 <= extent <= 1
    assert comparator.extent(a, a) == comparator.extent(b, b) == 0
    assert (a.tobytes(), b.tobytes()) == (copies[0].tobytes(), copies[1].tobytes())


def test_of_what_is_compared_all_can_have_changed():
    """Also what is too small to count, and nothing of what a mask leaves out."""
    dark, bright = (np.full((48, 64, 3), level, np.uint8) for level in (20, 230))
    half, dots = dark.copy(), dark.copy()
    half[:, 32:], dots[::6, ::6] = 230, 230
    plain = replace(COMPARATORS["framediff"](None), border_mask=(0, 0, 0, 0), blur=())
    masked = replace(plain, masks=(Mask(ignore=(((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)),)),))
    for comparator, whole, part in ((plain, 1.0, 0.5), (masked, 1.0, 0.0)):
        described = [comparator.describe(image) for image in (dark, bright, half, dots)]
        assert comparator.extent(*described[:2]) == whole
        assert comparator.extent(described[0], described[2]) == pytest.approx(part, abs=0.05)
    described = [plain.describe(image) for image in (dark, dots)]
    assert plain.score(*described) == 0 < 0.2 < plain.extent(*described)


def test_pickles_and_is_a_value(comparator):
    again = pickle.loads(pickle.dumps(comparator))
    assert again == comparator
    assert hash(again) == hash(comparator)
    assert again.describe(paint(1)).tobytes() == comparator.describe(paint(1)).tobytes()


def test_the_score_grows_with_the_change(comparator):
    image = paint(5)
    slightly, wholly = image.copy(), paint(6)
    slightly[40:60, 50:80] = 255 - slightly[40:60, 50:80]
    same, near, far = (comparator.describe(each) for each in (image, slightly, wholly))
    assert 0 <= comparator.score(same, near) < comparator.score(same, far)


def test_read_only_and_strided_pictures_will_do(comparator):
    image = paint(3)
    mirrored = np.ascontiguousarray(image[:, ::-1])
    mirrored.flags.writeable = False
    assert comparator.describe(image[:, ::-1]).tobytes() == comparator.describe(mirrored).tobytes()


def pillow(image: np.ndarray) -> PillowImage.Image:
    return PillowImage.fromarray(np.ascontiguousarray(image[:, :, ::-1]))


SIZES = [(160, 120), (641, 479), (33, 210), (40, 90), (90, 40), (64, 64), (17, 16), (5, 3), (1, 1), (1024, 5)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hashes_are_those_of_imagehash(size, seed):
    image = paint(seed, *size)
    assert show_hash(GradientHash().describe(image)) == str(imagehash.dhash(pillow(image), 16))
    assert show_hash(GradientHash(8).describe(image)) == str(imagehash.dhash(pillow(image), 8))
    if min(size) > 1:  # of one colour, the bits of imagehash are rounding noise
        assert show_hash(CosineHash().describe(image)) == str(imagehash.phash(pillow(image)))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_grey_and_small_as_pillow_makes_them(size):
    image = np.random.default_rng(7).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)
    grey = pillow(image).convert("L")
    assert np.array_equal(convert_to_grey(image), grey)
    for new_size in ((17, 16), (32, 32), (64, 64)):
        small = grey.resize(new_size, PillowImage.Resampling.LANCZOS)
        assert np.array_equal(shrink(convert_to_grey(image), *new_size), small)


@pytest.mark.parametrize("size", [(1500, 1400), (1400, 1500), (20_000, 30), (30, 20_000), (9000, 700)], ids=str)
def test_large_pictures_are_shrunk_in_parts(size):
    grey = cv2.resize(convert_to_grey(paint(4)), size)
    for new_size in ((17, 16), (64, 64)):
        small = PillowImage.fromarray(grey).resize(new_size, PillowImage.Resampling.LANCZOS)
        assert np.array_equal(shrink(grey, *new_size), small)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 80), st.integers(1, 80), st.integers(0, 2**32))
@settings(deadline=None)
def test_pictures_of_any_size_are_shrunk_as_pillow_does(width, height, new_width, new_height, seed):
    grey = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
    small = PillowImage.fromarray(grey).resize((new_width, new_height), PillowImage.Resampling.LANCZOS)
    assert np.array_equal(shrink(grey, new_width, new_height), small)


def test_the_distance_of_hashes_is_that_of_imagehash():
    one, other = paint(1), paint(2)
    distance = imagehash.phash(pillow(one)) - imagehash.phash(pillow(other))
    comparator = CosineHash()
    assert comparator.score(comparator.describe(one), comparator.describe(other)) == distance


@pytest.mark.parametrize("seed", range(5))
def test_ssim_is_that_of_scikit_image(seed):
    comparator = StructuralSimilarity()
    one, other = comparator.describe(paint(seed)), comparator.describe(paint(seed + 100))
    blurred = cv2.GaussianBlur(one, (5, 5), 0)
    for candidate in (other, blurred):
        expected = structural_similarity(one, candidate, data_range=255)
        assert measure_similarity(one, candidate) == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize("seed", range(5))
def test_correlation_is_that_of_opencv(seed):
    one, other = Histogram().describe(paint(seed)), Histogram().describe(paint(seed + 100))
    pairs = zip(one.astype(np.float32), other.astype(np.float32), strict=True)
    expected = np.mean([cv2.compareHist(a, b, cv2.HISTCMP_CORREL) for a, b in pairs])
    assert correlate(one, other) == pytest.approx(expected, abs=1e-6)


def test_histograms_count_every_px():
    image = paint(1, 5000, 4000)  # more than float32 counts to
    counts = Histogram().describe(image)
    assert counts.sum(axis=1).tolist() == [20_000_000] * 3
    assert counts[2].tolist() == np.histogram(image[:, :, 2], 64, (0, 256))[0].tolist()


def test_a_histogram_without_peaks_is_like_itself_alone():
    even, peaked = np.full((3, 64), 7, np.uint32), Histogram().describe(paint(1))
    assert Histogram().score(even, even) == Histogram().score(even, even * 2) == 0
    assert Histogram().score(even, peaked) == 1


def test_combined_weighs_its_parts():
    one, other = Combined().describe(paint(1)), Combined().describe(paint(2))
    bits = GradientHash().score(one["hash"], other["hash"]) / 256
    ssim = StructuralSimilarity().score(one["grey"], other["grey"])
    colours = Histogram().score(one["histogram"], other["histogram"])
    assert Combined().score(one, other) == pytest.approx(0.4 * bits + 0.3 * min(ssim, 1) + 0.3 * min(colours, 1))


def test_combined_ends_at_1():
    one = Combined().describe(paint(1))
    unlike = one.copy()
    unlike["hash"] = ~one["hash"]
    unlike["grey"] = 255 - one["grey"]
    unlike["histogram"] = one["histogram"].max() - one["histogram"]
    assert Combined().score(one, unlike) == pytest.approx(1)


@pytest.mark.parametrize(
    ("bits", "level", "within"), [(0, 0, True), (8, 0, True), (9, 0, False), (0, 14, True), (0, 15, False)]
)
def test_every_measure_of_the_verified_hash_has_its_limit(bits, level, within):
    """14 grey levels everywhere are a mean squared error of 196, 15 are 225; the limit is 200."""
    comparator = VerifiedHash(distance=8, squared_error=200)
    one = comparator.describe(np.full((40, 40, 3), 100, np.uint8))
    other = one.copy()
    other["hash"] ^= np.uint64((1 << bits) - 1)
    other["grey"] += np.uint8(level)
    assert (comparator.score(one, other) < 1) is within
    assert measure_squared_error(one["grey"], other["grey"]) == level**2


def test_the_verified_hash_asks_the_colours():
    comparator = VerifiedHash()
    one = comparator.describe(paint(1))
    other = one.copy()
    other["histogram"] = np.roll(one["histogram"], 32, axis=1)
    assert comparator.score(one, other) > 1


def test_embedding_is_what_the_network_says(network):
    image = paint(1, 64, 32)
    comparator = Embedding(str(network), mean=(10, 20, 30), scale=(0.5, 0.25, 0.125))
    small = cv2.resize(image, (16, 8), interpolation=cv2.INTER_AREA)[:, :, ::-1].astype(np.float32)
    levels = ((small - np.float32([10, 20, 30])) * np.float32([0.5, 0.25, 0.125])).transpose(2, 0, 1)[None]
    expected = onnx.reference.ReferenceEvaluator(str(network)).run(None, {"picture": levels})[0]
    assert comparator.describe(image) == pytest.approx(expected.ravel(), rel=1e-4)


def test_embedding_takes_networks_with_colours_last_and_of_any_size(tmp_path):
    model = write_network(tmp_path / "any.onnx", shape=(1, "height", "width", 3))
    image = paint(1)
    assert Embedding(str(model), size=(20, 10)).describe(image).shape == (6,)
    with pytest.raises(UsageError, match="any size: give one with --input-size"):
        Embedding(str(model)).describe(image)


def test_embedding_refuses_what_is_no_network(tmp_path):
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(UsageError, match="is not an ONNX network"):
        Embedding(str(tmp_path / "text.onnx")).describe(paint(1))
    with pytest.raises(UsageError, match="no such model"):
        Embedding(str(tmp_path / "none.onnx")).describe(paint(1))
    model = write_network(tmp_path / "two.onnx", shape=(1, 7))
    with pytest.raises(UsageError, match="not one picture"):
        Embedding(str(model)).describe(paint(1))


def test_vectors_of_zeros_are_like_each_other_alone(network):
    zero, one = np.zeros(4, np.float32), np.ones(4, np.float32)
    comparator = Embedding(str(network))
    assert comparator.score(zero, zero) == 0
    assert comparator.score(zero, one) == 1


def test_the_digest_of_a_model_is_that_of_its_content(tmp_path, network):
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(network.read_bytes())
    assert Embedding(str(copy)).digest == Embedding(str(network)).digest
    assert Embedding(str(write_network(tmp_path / "other.onnx", seed=2))).digest != Embedding(str(network)).digest


class TestFlatPictures:
    """Frame differencing cannot see anything in pictures that span no more levels than a change has to."""

    def describe(self, levels, blur=(1,), masks=()) -> tuple[FrameDifferencing, np.ndarray]:
        comparator = FrameDifferencing(Threshold.parse(10), blur=blur, masks=masks)
        rows = np.linspace(*levels, 60).round().astype(np.uint8)
        return comparator, comparator.describe(np.repeat(rows[:, None], 80, axis=1))

    @pytest.mark.parametrize(
        ("levels", "flat"), [((0, 40), True), ((150, 195), True), ((100, 160), False), ((60, 60), False)]
    )
    def test_are_told(self, levels, flat):
        comparator, descriptor = self.describe(levels)
        assert comparator.is_flat(descriptor) is flat
        assert comparator.score(descriptor, descriptor) == 0

    def test_one_thing_that_stands_out_is_enough(self):
        comparator, descriptor = self.describe((20, 40))
        descriptor[33, 41] = 90
        assert comparator.is_flat(descriptor) is False

    def test_what_the_border_mask_hides_does_not_count(self):
        comparator, descriptor = self.describe((150, 180))
        assert descriptor.min() == 0 and comparator.is_flat(descriptor) is True

    def test_what_a_mask_hides_does_not_count(self):
        mask = Mask(ignore=(((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6)),))
        comparator, descriptor = self.describe((150, 180), (5,), (mask,))
        assert comparator.is_flat(descriptor) is True
        assert comparator.is_flat(self.describe((100, 180), (5,), (mask,))[1]) is False

    def test_tolerance_sees_them(self):
        comparator = ToleranceDifferencing(Threshold.parse(10))
        assert comparator.is_flat(np.zeros((60, 80), np.uint8)) is False
