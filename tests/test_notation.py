"""How numbers and counts are written."""

from __future__ import annotations

import math

from sdd_tui.notation import counted, short


def test_one_is_not_many() -> None:
    assert [counted(n, "cell") for n in (0, 1, 2, 2_000)] == ["0 cells", "1 cell", "2 cells", "2,000 cells"]


def test_quantities_have_four_decimals_or_an_exponent() -> None:
    assert [short(v) for v in (1.00312, 0.0, 1.5e-11, 12_345.6, math.nan)] == [
        "1.0031", "0.0000", "1.50e-11", "1.23e+04", "—",
    ]  # fmt: skip
