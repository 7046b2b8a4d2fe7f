"""The house: no circles among modules, and a map of it that is true."""

from __future__ import annotations

import importlib
import re
from graphlib import TopologicalSorter
from operator import attrgetter
from pathlib import Path

import grimp

import sdd_tui


def test_no_module_imports_itself_through_others() -> None:
    graph = grimp.build_graph("sdd_tui", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    face = {"sdd_tui": set[str]()}  # whose names are loaded when they are first used
    order = list(TopologicalSorter(imports | face).static_order())  # raises CycleError, with the circle
    assert len(order) == len(graph.modules) > 250


def test_no_file_of_tests_imports_another() -> None:
    tests = Path(__file__).parent
    found = {
        str(path.relative_to(tests)): names
        for path in tests.rglob("*.py")
        if (
            names := re.findall(r"^(?:from|import) (tests(?:\.\w+)*\.test_\w+)", path.read_text(encoding="utf-8"), re.M)
        )
    }
    assert found == {}  # what they share is a module of its own beside them


MAP = Path(__file__).parent.parent / "docs" / "architecture.md"
HOP = re.compile(r"^\| (\d+) \| `(sdd_tui/[\w/]+\.py)` \| `([\w.]+)` \|", re.M)


def test_each_hop_of_the_two_walks_is_a_function_of_its_file() -> None:
    walks = [HOP.findall(part) for part in MAP.read_text(encoding="utf-8").split("\n## Where a ")[1:]]
    assert [[int(number) for number, _, _ in walk] for walk in walks] == [list(range(1, 13))] * 2
    for _, file, function in [hop for walk in walks for hop in walk]:
        assert attrgetter(function)(importlib.import_module(file.removesuffix(".py").replace("/", "."))), function


def test_the_map_names_every_room() -> None:
    rooms = {
        p.name for p in Path(sdd_tui.__file__).parent.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()
    }
    table = MAP.read_text(encoding="utf-8").split("\n## ")[0]
    assert {room.removesuffix("/") for room in re.findall(r"`([a-z_]+(?:\.py|/))`", table)} >= rooms - {
        "__init__.py",
        "__main__.py",
    }
