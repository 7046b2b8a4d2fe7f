"""CSV by the standard library and Parquet by pyarrow: the metrics of a run, or a sweep's cells.

Numbers come back as the same bits: CSV has the shortest text that means the number, Parquet the float64 itself.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from sdd_tui.export.contents import RunContents, SweepContents
from sdd_tui.sweep.columns import COUNTS, WORDS

WHOLES = ("step", "threads", "attempts", *COUNTS)


def to_csv(contents: RunContents | SweepContents, path: Path) -> None:
    """A line with the columns' names, then the rows. A number that was not finite is `nan`, what isn't known empty."""
    columns = _lists(contents)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow(["" if v is None else repr(v) if isinstance(v, float) else v for v in row])


def to_parquet(contents: RunContents | SweepContents, path: Path) -> None:
    """One table; configuration, meta data and events stand in the schema's metadata, under keys that begin with `sdd.`.

    NaN stays NaN; what isn't known of a sweep's cell is null.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: pa.array(*_typed(name, values, pa)) for name, values in _lists(contents).items()}
    words = {f"sdd.{name}": text for name, text in contents.words.items()}
    with path.open("wb") as file:  # ours: a full disk is then an OSError that says so
        pq.write_table(pa.table(columns).replace_schema_metadata(words), file)


def _lists(contents: RunContents | SweepContents) -> dict[str, list[Any]]:
    if isinstance(contents, SweepContents):
        return contents.lists
    return {name: column.tolist() for name, column in contents.columns.items()}


def _typed(name: str, values: list[Any], pa: Any) -> tuple[list[Any], Any]:
    """Values with a type that doesn't depend on which of them are known."""
    known = [v for v in values if v is not None]
    if name in WORDS:
        return values, pa.string()
    if all(isinstance(v, bool) for v in known) and known:
        return values, pa.bool_()
    if any(isinstance(v, str | bool) for v in known):  # an axis with words on it, like T = 100 and inf
        return [None if v is None else str(v) for v in values], pa.string()
    whole = name in WHOLES or (bool(known) and all(isinstance(v, int) for v in known))
    return values, pa.int64() if whole else pa.float64()
