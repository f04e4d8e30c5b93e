"""What is proposed is looked at, from the files themselves: all pages, all bits, what is transparent."""

import contextlib
import io
import os
import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from framesift.actions import apply_plan
from framesift.duplicates import (
    by_combined,
    by_framediff,
    by_hash,
    by_identity,
    by_pixels,
    find_duplicates,
)
from framesift.duplicates.index import Index
from framesift.duplicates.second_look import (
    are_single,
    count_pictures,
    have_same_pixels,
    look_alike,
    read_sight,
    resemble,
)
from framesift.errors import UnreadableFrame
from framesift.frames.reader.png_chunks import find_chunks
from tests.comparators.test_comparators import paint
from tests.conftest import encode
from tests.frames.test_reader_behind import FILM, jpeg, several

METHODS = {"combined": by_combined, "hash": by_hash, "framediff": by_framediff}


def members(folder, method=by_combined, index=None):
    findings = find_duplicates(folder, method(), index=index or folder.parent / "index.sqlite")
    return {group.keeper.path: sorted(each.item.path for each in group.members) for group in findings.groups}


def pil(image: np.ndarray) -> Image.Image:
    return Image.fromarray(image[..., ::-1])


def save(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def animation(kind: str, seed: int, pages: int = 4) -> bytes:
    """Pictures that begin with the same one."""
    first, *rest = (pil(paint(100 if n == 0 else 10 * seed + n, 160, 120)) for n in range(pages))
    return save(first, kind, save_all=True, append_images=rest)


def drawing(seed: int) -> Image.Image:
    """Black on nothing."""
    points = np.random.default_rng(seed).integers(10, 190, (6, 2))
    ink = cv2.polylines(np.zeros((200, 200), np.uint8), [points.astype(np.int32)], False, 255, 7)
    return Image.merge("RGBA", [Image.new("L", (200, 200), 0)] * 3 + [Image.fromarray(ink)])


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
@pytest.mark.parametrize("method", METHODS)
def test_files_that_begin_alike_are_not_the_same(write_tree, kind, method):
    tree = {f"{seed}.{kind.lower()}": animation(kind, seed) for seed in range(3)}
    title = encode(paint(100, 160, 120))
    folder = write_tree({**tree, "title.png": title, f"again.{kind.lower()}": tree[f"0.{kind.lower()}"]})
    again = members(folder, METHODS[method])
    assert sorted(map(sorted, ([keeper, *rest] for keeper, rest in again.items()))) == [
        sorted([f"0.{kind.lower()}", f"again.{kind.lower()}"])
    ]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
@pytest.mark.parametrize("pages", [1, 2, 5])
def test_pages_are_counted(kind, pages):
    assert count_pictures(animation(kind, 1, pages)) == pages


def test_the_preview_of_a_tiff_is_no_page():
    content = bytearray(animation("TIFF", 1, 2))
    first = struct.unpack_from("<I", content, 4)[0]
    second = struct.unpack_from("<I", content, first + 2 + 12 * struct.unpack_from("<H", content, first)[0])[0]
    for entry in range(second + 2, second + 14, 12):  # the lowest tag becomes that of a reduced picture
        struct.pack_into("<HHII", content, entry, 254, 4, 1, 1)
    assert count_pictures(bytes(content)) == 1


def test_a_still_that_is_not_of_its_animation_is_a_picture_more():
    content = animation("PNG", 1, 2)
    chunks = find_chunks(content)
    first = next(chunk for chunk in chunks if chunk.kind == b"fcTL")
    hidden = content[: first.start] + content[first.end :]  # the first picture is the still alone
    assert count_pictures(content) == count_pictures(hidden) == 2


@pytest.mark.parametrize("kind", ["GIF", "TIFF"])
def test_pages_that_cannot_be_counted_are_refused_not_passed(kind):
    content = animation(kind, 1, 3)
    for end in range(20, len(content), 997):
        with contextlib.suppress(UnreadableFrame):
            assert count_pictures(content[:end]) >= 1


@pytest.mark.parametrize("method", METHODS)
def test_black_drawings_on_nothing_are_told_apart(write_tree, method):
    assert members(write_tree({f"{n}.png": save(drawing(n), "PNG") for n in range(5)}), METHODS[method]) == {}


@pytest.mark.parametrize("colour", ["white", "black"])
def test_what_is_transparent_stays_for_what_is_not(write_tree, colour):
    """Whatever else is preferred: the picture on paper is the larger file."""
    logo = drawing(1)
    logo.paste((200, 30, 30, 255), (70, 70, 130, 130))
    flat = Image.new("RGB", logo.size, colour)
    flat.paste(logo, mask=logo.getchannel("A"))
    folder = write_tree({"logo.png": save(logo, "PNG"), "flat.bmp": save(flat, "BMP")})
    assert members(folder) in ([{"logo.png": ["flat.bmp"]}] if colour == "white" else [{}, {"logo.png": ["flat.bmp"]}])


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_numbers_of_classes_are_compared_exactly(write_tree, method, deep):
    """A border of 255 leaves no room to spread the few levels of the classes."""

    def mask(label: int) -> bytes:
        levels = np.zeros((240, 320), np.uint16 if deep else np.uint8)
        levels[:8] = 60_000 if deep else 255
        levels[60:120, 80:160] = label
        return encode(levels)

    tree = {f"{label}.png": mask(label) for label in range(1, 5)}
    assert members(write_tree({**tree, "again.png": tree["3.png"]}), METHODS[method]) == {"3.png": ["again.png"]}


def test_pixels_and_bytes(write_tree):
    picture = paint(1, 320, 240)
    png = encode(picture)
    folder = write_tree({
        "a.png": png, "b.png": png, "c.bmp": encode(picture, ".bmp"),
        "d.jpg": encode(picture, ".jpg"), "e.png": encode(cv2.resize(picture, (160, 120))),
        "f.png": encode(cv2.convertScaleAbs(picture, beta=1)),
    })  # fmt: skip
    assert members(folder, by_identity) == {"a.png": ["b.png"]}
    assert members(folder, by_pixels) == {"c.bmp": ["a.png", "b.png"]}


def test_16_bits_are_the_same_only_to_the_last(tmp_path):
    deep = paint(1, 64, 48).astype(np.uint16) * 257
    for name, picture in {"a": deep, "b": deep, "c": deep + 1}.items():
        (tmp_path / f"{name}.png").write_bytes(encode(picture))
    (tmp_path / "b.png").write_bytes((tmp_path / "b.png").read_bytes() + b"behind")
    a, b, c = (read_sight(tmp_path / f"{name}.png", exact=True) for name in "abc")
    assert have_same_pixels(a, b) and not have_same_pixels(a, c) and look_alike(a, c)


def test_another_file_at_a_remembered_path_is_never_taken_for_it(write_tree, tmp_path):
    """Of the same size and time: two files change places."""
    pictures = {"a": paint(1), "b": paint(1), "c": paint(2)}
    folder = write_tree({f"{name}.bmp": encode(picture, ".bmp") for name, picture in pictures.items()})
    for name in "abc":
        os.utime(folder / f"{name}.bmp", (1_600_000_000, 1_600_000_000))
    assert members(folder) == {"a.bmp": ["b.bmp"]}
    os.rename(folder / "b.bmp", folder / "x")
    os.rename(folder / "c.bmp", folder / "b.bmp")
    os.rename(folder / "x", folder / "c.bmp")
    assert members(folder) == {"a.bmp": ["c.bmp"]}


def test_an_index_that_lies_removes_nothing(write_tree, monkeypatch):
    """Even where it says the same of every file, the files themselves decide."""
    folder = write_tree({f"{n}.png": encode(paint(n)) for n in range(4)} | {"again.png": encode(paint(2))})
    known = []
    original = Index.find

    def lie(self, path, state, method):
        known[:] = known or [found] if (found := original(self, path, state, method)) else known
        return known[0] if known else None

    members(folder)
    monkeypatch.setattr(Index, "find", lie)
    assert members(folder) == {"2.png": ["again.png"]}


def test_what_is_moved_has_the_bytes_that_were_looked_at(write_tree, tmp_path):
    """A file that was changed after the look, and given back its size and times, stays."""
    folder = write_tree({"a.png": encode(paint(1)), "b.png": encode(paint(1))})
    findings = find_duplicates(folder, index=tmp_path / "i")
    [step] = findings.removal().steps
    assert step.sha256 is not None
    path = folder / step.path
    status = path.stat()
    with path.open("r+b") as file:
        file.seek(-5, 2)
        file.write(b"x")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    [outcome] = apply_plan(findings.removal(), tmp_path / "backup")
    assert outcome.problem and path.exists()


def test_a_file_that_changes_during_the_search_is_left_alone(write_tree, tmp_path, monkeypatch):
    from framesift.duplicates import second_look

    folder = write_tree({"a.png": encode(paint(1)), "b.png": encode(paint(1))})
    original = second_look.read_file

    def read(path):
        if path.endswith("b.png"):
            (folder / "b.png").write_bytes(encode(paint(2)))
        return original(path)

    monkeypatch.setattr(second_look, "read_file", read)
    assert members(folder) == {}


def test_a_picture_is_decoded_once_for_all_looks(write_tree, monkeypatch):
    from framesift.duplicates import second_look

    read = []
    original = second_look.read_file
    monkeypatch.setattr(second_look, "read_file", lambda path: read.append(path) or original(path))
    page = np.full((300, 200, 3), 255, np.uint8)
    pages = {f"{n}.png": encode(cv2.putText(page.copy(), f"No {n}", (40, 150), 0, 1, (0, 0, 0), 2)) for n in range(9)}
    assert members(write_tree(pages)) == {}
    assert len(read) == len(set(read)) <= 9


def test_smoothed_drawings_hold_no_numbers(tmp_path):
    """Black lines on white with soft edges have few levels, which lie near each other."""
    drawing = np.full((300, 400, 3), 255, np.uint8)
    for place in range(5):
        cv2.line(drawing, (20, 40 + 50 * place), (380, 60 + 45 * place), (0, 0, 0), 2, cv2.LINE_AA)
        cv2.ellipse(drawing, (60 + 70 * place, 150), (11, 8), -20, 0, 360, (0, 0, 0), -1, cv2.LINE_AA)
    (tmp_path / "drawing.png").write_bytes(encode(drawing))
    (tmp_path / "drawing.jpg").write_bytes(encode(drawing, ".jpg"))
    sights = [read_sight(tmp_path / name) for name in ("drawing.png", "drawing.jpg")]
    assert not sights[0].is_coded and look_alike(*sights)
    classes = np.repeat(np.arange(0, 200, 4, dtype=np.uint8), 8)[np.newaxis].repeat(60, 0)
    (tmp_path / "classes.png").write_bytes(encode(classes))
    assert read_sight(tmp_path / "classes.png").is_coded


OTHER_FILM = FILM[:-1] + b"x"


@pytest.mark.parametrize("method", [*METHODS.values(), by_pixels])
def test_a_second_picture_and_a_film_are_lost_in_no_duplicate(write_tree, method):
    joined = {
        "1.jpg": several(1, 2),
        "2.jpg": several(1, 3),
        "1.MP.jpg": jpeg() + FILM,
        "2.MP.jpg": jpeg() + OTHER_FILM,
    }
    found = members(write_tree({**joined, "still.png": encode(paint(1, 160, 120)[..., ::-1])}), method)
    assert not joined.keys() & {name for group in found.values() for name in group}


@pytest.mark.parametrize("make", [lambda seed: several(seed, 2), lambda seed: jpeg(seed) + FILM])
@pytest.mark.parametrize("method", [by_combined, by_pixels])
def test_pictures_with_the_same_behind_them_may_be_duplicates(write_tree, make, method):
    content = make(1)
    again = content[:2] + b"\xff\xfe\0\x07again" + content[2:]
    assert len(members(write_tree({"a.jpg": content, "b.jpg": content, "c.jpg": again}), method)) == 1
    assert [len(group) for group in members(write_tree({"c.jpg": again}), method).values()] == [2]


@pytest.mark.parametrize("rest", [b"\0" * 100, b"\n", b"a maker's note"])
def test_a_few_bytes_behind_a_picture_make_it_no_other_one(tmp_path, rest):
    for name, content in (("a.jpg", jpeg()), ("b.jpg", jpeg() + rest)):
        (tmp_path / name).write_bytes(content)
    sights = [read_sight(tmp_path / name, exact=True) for name in ("a.jpg", "b.jpg")]
    assert look_alike(*sights) and have_same_pixels(*sights)


def test_a_still_may_go_where_the_picture_with_the_film_stays_and_not_the_other_way_round(tmp_path):
    for name, content in (("a.jpg", jpeg()), ("b.jpg", jpeg() + FILM)):
        (tmp_path / name).write_bytes(content)
    still, film = (read_sight(tmp_path / name, exact=True) for name in ("a.jpg", "b.jpg"))
    for look in (look_alike, have_same_pixels, are_single):
        assert look(film, still) and not look(still, film)
    assert resemble(film, still) and resemble(still, film)
