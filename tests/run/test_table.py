from __future__ import annotations

import math

import numpy as np
import pytest

from sdd_tui.run.table import COLUMNS, Table


def test_columns_hold_what_the_rows_hold_however_many_there_are() -> None:
    table = Table()
    for start in range(0, 1000, 100):
        table.extend([{"step": s, "train_loss": s / 7} for s in range(start, start + 100)])
    found = table.columns()
    assert len(table) == 1000
    assert found["step"].tolist() == list(range(1000))
    assert found["train_loss"][693] == 99.0
    assert np.isnan(found["lr"]).all()
    assert table.last()["step"] == 999


@pytest.mark.parametrize("value", ["x", "5", True, [1], None, 10**400, math.inf, {}])
def test_what_is_no_number_reads_as_nan(value: object) -> None:
    table = Table()
    table.extend([{"step": 1, "lr": 0.5}, {"step": 2, "lr": value}])
    assert table.columns()["lr"][0] == 0.5
    assert math.isnan(table.columns()["lr"][1])


def test_columns_can_not_be_written_to() -> None:
    table = Table()
    table.extend([{"step": 1}])
    with pytest.raises(ValueError, match="read-only"):
        table.columns()["step"][0] = 2


def test_cleared_it_is_empty() -> None:
    table = Table()
    table.extend([{"step": 1}])
    table.clear()
    assert len(table) == 0
    assert table.last() == {}
    assert all(len(table.columns()[name]) == 0 for name in COLUMNS)
