"""A run's losses in ten numbers: at which steps they are, and what is taken for none."""

from __future__ import annotations

from typing import Any

import pytest

from sdd_tui.run.course import POINTS, checked_course, course


def test_it_has_losses_at_equal_distances_of_the_steps_logarithm() -> None:
    steps = list(range(1_001))
    found = course(steps, [float(step) for step in steps], 1_000)
    assert found == (1, 2, 5, 10, 22, 46, 100, 215, 464, 1_000)


def test_steps_to_come_have_none_and_of_those_without_a_row_the_one_before_is_told() -> None:
    assert course([0, 40], [3.0, 2.0], 1_000) == (3, 3, 3, 3, 3, *[None] * 5)
    assert course([], [], 1_000) == (None,) * POINTS
    assert course([0, 1], [3.0, None], 1) == (None,) * POINTS


@pytest.mark.parametrize("value", [None, 3, "ten numbers", [1.0] * (POINTS - 1), {"0": 1.0}])
def test_what_is_no_course_is_none(value: Any) -> None:
    assert checked_course(value) == ()


def test_what_is_no_number_in_a_course_is_none() -> None:
    assert checked_course([1, "a", None, 1e999, True, *[2.5] * 5]) == (1, None, None, None, None, *[2.5] * 5)
