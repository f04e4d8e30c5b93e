"""Arrows point one way: a room imports only from rooms below it, and nobody imports `main`."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = [
    *("cli", "memory", "watching", "web", "review", "pipeline", "chunks", "arrivals", "report", "overview", "tuning"),
    *("audit", "export", "sheet", "explanation", "reasons", "page", "views", "evidence", "duplicates", "results"),
    *("past", "summary", "places", "outputs", "actions", "manifest", "mapping", "cluster", "index", "selection"),
    *("comparators", "settings", "masks", "videos", "frames", "parallel", "naming", "thresholds", "tables", "reader"),
    *("stores", "errors"),
]
"""From the front door down to the cellar."""
FILES = sorted((ROOT / "framesift").rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The modules that a file imports, at its top or within a function, not those for type checking only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "framesift").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_down(path):
    room = room_of(path)
    if room == "__init__":
        return
    for name in imported(path):
        parts = name.split(".")
        assert parts[0] != "main"
        if parts[0] == "framesift" and parts[1] in ROOMS:
            assert ROOMS.index(parts[1]) >= ROOMS.index(room), f"{room} must not import {name}"


def test_every_room_is_on_the_list():
    assert {room_of(path) for path in FILES} - {"__init__"} == set(ROOMS)


def test_the_image_functions_know_nothing_of_ours():
    assert {name.split(".")[0] for name in imported(ROOT / "imaging_interview.py")} <= {
        "cv2",
        "imutils",
        "numpy",
        "typing",
        "collections",
    }


def test_the_image_functions_are_imported_in_one_place():
    users = [path for path in FILES if any(name.startswith("imaging_interview") for name in imported(path))]
    assert {room_of(path) for path in users} <= {"comparators", "pipeline", "views", "evidence"}


def test_files_and_functions_are_small():
    for path in [*FILES, ROOT / "imaging_interview.py", ROOT / "main.py"]:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 300, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno - node.body[0].lineno < 60, f"{path}: {node.name}"
