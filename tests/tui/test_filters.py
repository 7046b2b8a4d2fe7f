"""The last thing that a line passes on its way to the terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from sdd_tui.tui.filters import MarksFilter, harmless

MARKS = st.sampled_from(["braille", "half", "ascii"])


def cells(text: str) -> int:
    return sum(get_character_cell_size(c) for c in text)


@given(st.text(), MARKS)
def test_nothing_is_left_that_a_terminal_obeys_and_the_line_is_as_wide_as_before(text: str, marks: str) -> None:
    found = harmless(text, marks)  # type: ignore[arg-type]
    assert found.isprintable()
    assert found.isascii() or marks != "ascii"
    assert cells(found) == cells(text)


@given(st.text("abc ●─⣿漢é"))
def test_what_is_printable_stays_where_the_terminal_has_all_marks(text: str) -> None:
    assert harmless(text, "braille") == text


def test_a_wide_character_is_two_signs_in_ascii_and_a_mark_of_none_is_gone() -> None:
    assert harmless("漢e\u0301●", "ascii") == "??eo"
    assert harmless("a\u200b\x1b]52;c;eA==\x07b", "braille") == "a]52;c;eA==b"


def test_a_link_is_text() -> None:
    link = Segment("here", Style(link="x\x1b]52;c;b3duZWQ=\x07", bold=True))
    (segment,) = MarksFilter("braille").apply([link], Color(0, 0, 0))
    assert segment.text == "here" and segment.style is not None
    assert segment.style.link is None and segment.style.bold
