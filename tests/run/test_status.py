"""A run's outcome in words."""

from __future__ import annotations

import pytest

from sdd_tui.run.status import findings


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ({"solution": "memorising", "polygon": 5}, ["memorising", "a regular polygon with 5 corners"]),
        ({"lost": 1, "dedicated_features": 1}, ["1 example at the origin", "1 feature with a direction of its own"]),
        ({"lost": 2_000}, ["2,000 examples at the origin"]),
        ({"dedicated_features": 5}, ["5 features with a direction of their own"]),
        ({"solution": "none", "lost": 0}, ["neither memorising nor generalising"]),
        (
            {"solution": "middle", "memorised": 0.155},
            ["between memorising and generalising", "16 % of the training examples memorised"],
        ),
        ({"lost": "\x1b[2J", "dedicated_features": [1], "reason": "\x1b[2Jx"}, ["?[2Jx"]),
        ({}, []),
    ],
)  # fmt: skip
def test_what_came_out_is_counted_and_whatever_else_stands_there_is_left_out(
    outcome: dict[str, object], words: list[str]
) -> None:
    assert findings(outcome) == words
