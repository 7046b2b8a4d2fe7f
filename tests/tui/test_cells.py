"""Of a new picture only what differs is painted again, and all of that."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.draw.canvas import Row
from sdd_tui.tui.widgets.cells import _difference
from tests.terminal import FENCED_APP, Terminal

ROWS = st.lists(st.tuples(st.text("ab 0", max_size=5), st.sampled_from(["x", "y"])), max_size=5)


def cells(row: Row) -> list[tuple[str, str]]:
    return [(c, colour) for text, colour in row for c in text]


@given(before=ROWS, now=ROWS)
def test_every_cell_that_differs_lies_in_what_is_painted_again(before: Row, now: Row) -> None:
    start, end = _difference(before, now)
    for x, (old, new) in enumerate(zip_longest(cells(before), cells(now))):
        assert old == new or start <= x < end, (x, start, end)


def test_of_rows_of_one_length_no_more_than_the_middle_is_painted() -> None:
    assert _difference([("step 10,000 of it", "text")], [("step 20,000 of it", "text")]) == (5, 6)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_stands_on_a_terminal_is_what_a_whole_redraw_gives(
    runs: Path, recorded: Path, size: tuple[int, int]
) -> None:
    columns, rows = size
    with Terminal([*FENCED_APP, "--runs-dir", str(runs), str(recorded)], columns, rows) as terminal:
        terminal.until(lambda text: "frame" in text and "reading" not in text)
        for keys in ("\x1b[H", "\x1b[C\x1b[C", "\x1b[F", "]", "[[", "x", "4d", "c", "+", "0", "\x1b[H"):
            terminal.send(keys)
            stood = terminal.settled()
            terminal.resize(columns, rows + 1)
            terminal.settled()
            terminal.resize(columns, rows)
            assert stood == terminal.settled(), keys
