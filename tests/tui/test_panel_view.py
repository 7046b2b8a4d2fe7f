"""The rule above a panel keeps what matters most, in whole words."""

from __future__ import annotations

import pytest

from sdd_tui.tui.widgets.panel_view import worded

TITLES = ("3 hidden vectors h_i ", "3 h_i ")
NOTE = "±1.41  dims 1, 3 of 5  test set  regular pentagon  by example"
BRIEF = NOTE.replace("regular ", "").replace(" of 5", "")


@pytest.mark.parametrize(
    ("room", "title", "note"),
    [
        (82, TITLES[0], NOTE),
        (69, TITLES[0], BRIEF),
        (67, TITLES[1], NOTE),
        (54, TITLES[1], BRIEF),
        (53, TITLES[1], "±1.41  dims 1, 3  test set  pentagon"),
        (34, TITLES[1], "±1.41  dims 1, 3  test set"),
        (27, TITLES[1], "±1.41  dims 1, 3"),
        (20, TITLES[1], "±1.41"),
    ],
)
def test_where_there_is_little_room_whole_parts_of_a_note_go_from_its_end(room: int, title: str, note: str) -> None:
    assert worded(TITLES, (NOTE, BRIEF), room) == (title, note)


def test_a_single_part_that_does_not_fit_is_cut() -> None:
    assert worded(["8 inspector "], ["example 1,234 of 5,000, by number", ""], 30) == (
        "8 inspector ",
        "example 1,234 of …",
    )
    assert worded(["8 inspector "], ["example 1,234 of 5,000, by number", ""], 18) == ("8 inspector ", "")
