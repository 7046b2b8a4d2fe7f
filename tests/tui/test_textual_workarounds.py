"""Textual's insides: reached into from one page, and from the driver's."""

import ast
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from textual.app import App
from textual.screen import Screen

import sdd_tui.tui

PAGES = ("sdd_tui.tui.textual_workarounds", "sdd_tui.tui.driver")
MODULES = [m.name for m in pkgutil.walk_packages(sdd_tui.tui.__path__, "sdd_tui.tui.") if not m.ispkg]


def private(tree: ast.AST, of: str = "") -> Iterator[str]:
    """Names with an underscore that are defined here, or used of an object: of any but `os`, or of one by its name."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield from [name] if name.startswith("_") and not name.startswith("__") else []
            case ast.Attribute(attr=name, value=value) if name.startswith("_") and not name.startswith("__"):
                whose = value.id if isinstance(value, ast.Name) else ""
                yield from [name] if whose == of or (not of and whose != "os") else []


@cache
def source(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(import_module(module)))


@cache
def inside(cls: type) -> frozenset[str]:
    """Private names of a class of Textual's."""
    nodes = source(cls.__module__).body
    return frozenset(
        n
        for node in nodes
        if isinstance(node, ast.ClassDef) and node.name == cls.__name__
        for n in private(node, of="self")
    )


def of_textual(*classes: type) -> set[str]:
    """Private names of the classes of Textual that these stand on."""
    bases = {base for cls in classes for base in cls.__mro__ if base.__module__.startswith("textual")}
    return {name for base in bases for name in inside(base)}


def reached(module: str) -> set[str]:
    """Private names of Textual's that a module uses, replaces or imports."""
    found: set[str] = set()
    for node in source(module).body:
        if isinstance(node, ast.ClassDef):
            found |= set(private(node)) & of_textual(vars(sys.modules[module])[node.name])
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual._"):
            found.add(str(node.module))
        else:
            found |= set(private(node)) & of_textual(App, Screen)
    return found


def test_textuals_insides_are_reached_into_from_two_pages_only() -> None:
    assert {module for module in MODULES if reached(module)} == set(PAGES)
