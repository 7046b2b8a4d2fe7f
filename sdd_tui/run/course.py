"""The course of a run's train loss in a few numbers, which its status has for lists of runs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from sdd_tui.run.layout import real

POINTS = 10
"""Steps that are looked at, at equal distances on a log axis: the pentagon forms between steps 300 and 3,100 of 50,000,
which are three of them."""

Course = tuple[float | None, ...]
"""(POINTS,) losses from the first step to the last; None for steps to come and for what isn't finite."""


def course(steps: Sequence[int], losses: Sequence[float | None], last: int) -> Course:
    """The losses of rows recorded at some steps, in order, on the way to the last one of the run."""
    marks = [round(last ** (k / (POINTS - 1))) for k in range(POINTS)]
    known = [mark for mark in marks if steps and mark <= steps[-1]]
    found = [losses[max(0, bisect_right(steps, mark) - 1)] for mark in known]
    return (*found, *[None] * (POINTS - len(found)))


def checked_course(value: Any) -> Course:
    """A course as a status file has it; nothing where it is none."""
    return tuple(map(real, value)) if isinstance(value, list) and len(value) == POINTS else ()
