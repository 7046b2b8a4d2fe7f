from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from sdd_tui.export.contents import RunContents, SweepContents
from sdd_tui.export.table import to_csv, to_parquet
from sdd_tui.run.table import COLUMNS
from tests.export.conftest import NOT_FINITE


def test_csv_gives_a_run_s_numbers_back_to_the_bit(contents: RunContents, tmp_path: Path) -> None:
    to_csv(contents, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == list(COLUMNS)
    assert [row[0] for row in rows[1:]] == [str(s) for s in contents.columns["step"]]  # whole, not 3.0
    for i, name in enumerate(COLUMNS):
        np.testing.assert_array_equal(np.array([row[i] for row in rows[1:]], np.float64), contents.columns[name])
    assert rows[1 + NOT_FINITE][COLUMNS.index("test_loss")] == "nan"


def test_csv_of_a_sweep_has_a_row_a_cell_with_its_axes_and_results(sweep: SweepContents, tmp_path: Path) -> None:
    to_csv(sweep, tmp_path / "s.csv")
    with (tmp_path / "s.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["T"], row["seed"], row["state"]) for row in rows] == [
        ("3", "0", "finished"),
        ("3", "1", "finished"),
        ("5", "0", "finished"),
        ("5", "1", "failed"),
        ("inf", "0", "waiting"),
        ("inf", "1", "waiting"),
    ]
    result = sweep.reader.finished["T=5,seed=0"]
    assert float(rows[2]["test_loss"]) == result.test_loss
    assert float(rows[2]["D_f_8"]) == result.D_f[7]
    assert float(rows[2]["D_X_median"]) == result.D_X[2]
    assert (rows[3]["test_loss"], rows[3]["step"], rows[3]["reason"]) == ("", "7", "the loss became NaN")


def test_pandas_reads_the_csv_as_the_same_numbers(contents: RunContents, sweep: SweepContents, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    to_csv(contents, tmp_path / "a.csv")
    found = pandas.read_csv(tmp_path / "a.csv")
    assert found["step"].dtype == np.int64
    for name in COLUMNS:
        np.testing.assert_array_equal(found[name].to_numpy(), contents.columns[name])
    to_csv(sweep, tmp_path / "s.csv")
    assert pandas.read_csv(tmp_path / "s.csv").shape == (6, len(sweep.lists))


def test_parquet_gives_the_same_bits_and_everything_about_the_run(contents: RunContents, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow")
    to_parquet(contents, tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column_names == list(COLUMNS)
    assert [str(kind) for kind in table.schema.types] == ["int64"] + ["double"] * 6
    for name in COLUMNS:
        column = table[name].to_numpy()
        assert column.tobytes() == contents.columns[name].tobytes()
    assert table["test_loss"].null_count == 0  # not finite is NaN; null would be unknown
    words = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert tomllib.loads(words["sdd.config"]) == contents.run.config.model_dump()
    assert json.loads(words["sdd.meta"]) == contents.run.meta
    assert json.loads(words["sdd.events"]) == contents.run.events
    assert words["sdd.run"] == "a"


def test_pandas_reads_the_parquet_as_the_same_bits(contents: RunContents, sweep: SweepContents, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    pytest.importorskip("pyarrow", reason="needs pyarrow")
    to_parquet(contents, tmp_path / "a.parquet")
    found = pandas.read_parquet(tmp_path / "a.parquet")
    for name in COLUMNS:
        assert found[name].to_numpy().tobytes() == contents.columns[name].tobytes()
    to_parquet(sweep, tmp_path / "s.parquet")
    cells = pandas.read_parquet(tmp_path / "s.parquet")
    assert cells["T"].tolist() == ["3", "3", "5", "5", "inf", "inf"]
    assert cells["seed"].tolist() == [0, 1, 0, 1, 0, 1]


def test_parquet_types_do_not_depend_on_what_is_known(sweep: SweepContents, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow")
    to_parquet(sweep, tmp_path / "s.parquet")
    known = pq.read_schema(tmp_path / "s.parquet")
    results = [name for name in sweep.lists if name not in ("cell", "T", "seed", "state")]
    sweep.lists |= {name: [None] * 6 for name in results}
    to_parquet(sweep, tmp_path / "t.parquet")
    assert known.types == pq.read_schema(tmp_path / "t.parquet").types
    assert str(known.field("polygon").type) == "int64"


def test_a_run_without_rows_has_columns_all_the_same(contents: RunContents, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow")
    (contents.run.path / "metrics.jsonl").unlink()
    empty = RunContents(type(contents.run)(contents.run.path))
    to_csv(empty, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == ",".join(COLUMNS) + "\n"
    to_parquet(empty, tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 0
