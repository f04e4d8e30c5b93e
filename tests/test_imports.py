"""Arrows point one way: between rooms down the table, inside a room without a circle, and through doors only."""

import ast
import importlib
from collections import defaultdict
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = [
    "cli",
    "web",
    "review",
    "looking",
    "tuning",
    "export",
    "filtering",
    "duplicates",
    "actions",
    "comparators",
    "frames",
    "cluster",
    "stores",
    "errors",
]
"""From the front door down to the cellar; what each is for stands in docs/architecture.md."""
DOORS = [ROOT / "framesift" / name for name in ("__init__.py", "__main__.py")]
"""As Python wants it: of no room."""
FILES = sorted((ROOT / "framesift").rglob("*.py"))
MEASURES = sorted((ROOT / "benchmarks").rglob("*.py"))


def name_of(path: Path) -> str:
    """The module that a file is."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in [*FILES, *MEASURES]}


@cache
def imported(path: Path) -> frozenset[str]:
    """What a file imports, at its top, within a function or on use, not what it needs for type checking only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not node.orelse:
            node.body = []
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def module_of(name: str) -> str:
    """The module of ours that has an imported name, or is it; empty for a name of others."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name


def arrows(path: Path) -> set[str]:
    """The other modules of ours that a file imports."""
    return {module_of(name) for name in imported(path)} - {"", "framesift", name_of(path)}


def room_of(module: str) -> str:
    return module.split(".")[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_between_rooms_point_down(path):
    if path in DOORS:
        return
    own = ROOMS.index(room_of(name_of(path)))
    for name in imported(path):
        assert name.split(".")[0] not in ("main", "tests", "benchmarks")
    for module in arrows(path):
        assert ROOMS.index(room_of(module)) >= own, f"{name_of(path)} must not import {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_crosses_a_wall_is_named_at_the_door(path):
    """The `__init__` of a room, or of a room in it, names what it has for others: functions and classes, or files."""
    for name in imported(path):
        module = module_of(name)
        if module in ("", "framesift") or room_of(module) == name_of(path).partition(".")[2].split(".")[0]:
            continue
        package, _, last = module.rpartition(".")
        if MODULES[module].name == "__init__.py":
            assert name == module or name.rpartition(".")[2] in doors(module), f"{module} does not offer {name}"
        elif package != "framesift":
            assert last in doors(package), f"{package} does not offer {last} to {name_of(path)}"


@cache
def doors(package: str) -> frozenset[str]:
    """What the `__init__` of a package names in `__all__`."""
    for node in ast.parse(MODULES[package].read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


@pytest.mark.parametrize("path", [path for path in FILES if "give_on_use(" in path.read_text()], ids=name_of)
def test_a_door_gives_on_use_what_it_names_for_type_checking(path):
    blocks = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.If)]
    named = {
        alias.name: node.module
        for node in blocks[0].body
        if node.module not in ("collections.abc", "typing")
        for alias in node.names
    }
    package = importlib.import_module(name_of(path))
    modules = {name for name in package.__all__ if f"{name_of(path)}.{name}" in MODULES}
    assert named.keys() == {*package.__all__} - modules
    for name, home in named.items():
        assert getattr(package, name) is getattr(importlib.import_module(home), name)


def find_circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_files_import_each_other():
    assert find_circle({name: arrows(path) for name, path in MODULES.items()}) == []


def test_no_parts_of_a_room_import_each_other():
    """At each level: a folder and all that is in it count as one."""
    levels: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, path in MODULES.items():
        for other in arrows(path):
            own, its = name.split("."), other.split(".")
            shared = next((n for n, (a, b) in enumerate(zip(own, its, strict=False)) if a != b), None)
            if shared:
                levels[".".join(own[:shared])][own[shared]].add(its[shared])
    for folder, graph in levels.items():
        assert find_circle(graph) == [], folder


def test_every_room_is_on_the_list_and_there_are_few():
    entries = {path.stem for path in (ROOT / "framesift").iterdir() if path.suffix != ".typed"} - {"__pycache__"}
    assert entries == {*ROOMS, "__init__", "__main__"}
    assert len(entries) <= 16


def test_the_image_functions_know_nothing_of_ours():
    assert {name.split(".")[0] for name in imported(ROOT / "imaging_interview.py")} <= {
        "cv2",
        "imutils",
        "numpy",
        "typing",
        "collections",
    }


def test_the_image_functions_are_imported_by_few():
    users = {
        room_of(name_of(path))
        for path in {*FILES} - {*DOORS}
        if any(name.startswith("imaging_interview") for name in imported(path))
    }
    assert users <= {"comparators", "filtering", "looking"}


def test_files_and_functions_are_small():
    for path in [*FILES, ROOT / "imaging_interview.py", ROOT / "main.py"]:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 300, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno - node.body[0].lineno < 60, f"{path}: {node.name}"
