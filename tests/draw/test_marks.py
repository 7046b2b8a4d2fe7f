"""Marks: one character for one, and ASCII is ASCII."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.draw.marks import Marks, plain_text, table


def test_braille_is_left_as_it_is() -> None:
    assert plain_text("⣿ ● ─", "braille") == "⣿ ● ─"


def test_half_blocks_show_which_halves_have_dots() -> None:
    assert plain_text("⠁⡀⣿⠉⣀⠀", "half") == "▀▄█▀▄ "


def test_ascii_looks_like_the_dots() -> None:
    assert plain_text("⣿⣀⠉⠒⡇⠀", "ascii") == "#_'-| "


@pytest.mark.parametrize("marks", get_args(Marks))
@given(text=st.text())
def test_any_text_keeps_its_length(marks: Marks, text: str) -> None:
    shown = plain_text(text, marks)
    assert len(shown) == len(text)
    assert marks != "ascii" or shown.isascii()


def test_a_scale_is_not_read_as_a_positive_number_in_ascii() -> None:
    assert plain_text("h_i  ±1.41", "ascii") == "h_i  ~1.41"


def test_everything_that_is_drawn_has_a_sign_in_ascii() -> None:
    drawn = "┤│└─┬┴┼╭╮╰╯▁▂▃▄▅▆▇█▀●◆▸▶‖∞…×±━ᵀĤ′‹›"
    assert "?" not in plain_text(drawn, "ascii")
    assert all(ord(c) in table("ascii") for c in drawn)
