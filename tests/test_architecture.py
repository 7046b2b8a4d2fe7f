"""No two modules of the package import each other, not in a circle of any length."""

from __future__ import annotations

from graphlib import TopologicalSorter

import grimp


def test_no_module_imports_itself_through_others() -> None:
    graph = grimp.build_graph("sdd_tui", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    face = {"sdd_tui": set[str]()}  # whose names are loaded when they are first used
    order = list(TopologicalSorter(imports | face).static_order())  # raises CycleError, with the circle
    assert len(order) == len(graph.modules) > 250
