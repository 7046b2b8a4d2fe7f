"""Tests wait for what is to be so, and for no time."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = [p for p in TESTS.rglob("test_*.py") if p.parent.name not in ("cluster", "gpu")]
TIMED = {"test_terminal.py": 1}
"""A slow link must not save up what it could have sent while nothing was sent: the test waits, and then asks for more
time, never for less."""
WAITS = {"sleep", "pause", "look", "wait"}


def waits(node: ast.AST, looping: bool = False) -> Iterator[int]:
    """Lines that wait for a time outside of a loop, which asks again and again, or does something again and again."""
    if isinstance(node, ast.Call) and not looping and node.args:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        seconds = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
        if name in WAITS and isinstance(seconds, int | float) and 0 < seconds < 10:
            yield node.lineno
    for child in ast.iter_child_nodes(node):
        yield from waits(child, looping or isinstance(node, ast.While | ast.For))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(TESTS).as_posix())
def test_no_test_waits_for_a_time(file: Path) -> None:
    assert len(list(waits(ast.parse(file.read_text(encoding="utf-8"))))) == TIMED.get(file.name, 0)
