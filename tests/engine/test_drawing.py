"""Fresh data drawn by threads is what numpy draws, bit for bit, and so is what is made of it for the kernels."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdd_tui.engine.data import DataSource, Examples, FreshExamples
from sdd_tui.engine.fused_cpu import fresh as drawing
from sdd_tui.engine.fused_cpu.batches import Batches
from sdd_tui.engine.fused_cpu.pool import Pool
from sdd_tui.engine.groups import Groups

POOLS = {threads: Pool(threads) for threads in (1, 2, 3)}


@pytest.fixture(autouse=True)
def few_rows_are_worth_a_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(drawing, "ROWS_A_THREAD", 1)
    yield


def same(a: Examples, b: Examples) -> bool:
    arrays = ((a.indptr, b.indptr), (a.indices, b.indices), (a.values, b.values), (a.offsets, b.offsets))
    return all(x.dtype == y.dtype and np.array_equal(x, y) for x, y in arrays)


@pytest.mark.parametrize("threads", POOLS)
@pytest.mark.parametrize(
    ("source", "seed", "first", "batch", "steps"),
    [
        (DataSource(100, 0.9), 3, 0, 20, 3),
        (DataSource(10_000, 0.999), 0, 7, 3_000, 1),
        (DataSource(60, 0.3), 1, 2, 90, 2),
        (DataSource(40, 0.0), 5, 3, 50, 2),
        (DataSource(50, 0.9, normalise=False), 2, 1, 350, 1),
        (DataSource(100, 0.9), 2**63 - 1, 2**60 - 3, 8, 2),
        (DataSource(1, 0.5), 4, 2**41, 1, 5),
        (DataSource(5, 0.95), 1, 0, 400, 1),
        (DataSource(2_000, 0.9), 1, 0, 40, 1),
        (DataSource(30, 0.8, importance=0.9, groups=Groups(3)), 1, 2, 10, 2),
    ],
    ids=[
        "small", "the paper's", "dense", "S = 0", "not normalised", "large seed and step", "one feature", "many empty",
        "longer than numpy's sum in one piece", "groups",
    ],
)  # fmt: skip
def test_threads_draw_what_numpy_draws(
    threads: int, source: DataSource, seed: int, first: int, batch: int, steps: int
) -> None:
    fresh = FreshExamples(source, seed, batch)
    assert same(drawing.steps(fresh, first, steps, POOLS[threads]), fresh.steps(first, steps))


@settings(max_examples=40)
@given(
    st.integers(1, 400), st.floats(0, 0.995), st.integers(0, 2**63 - 1), st.integers(0, 2**40), st.integers(1, 60),
    st.sampled_from(sorted(POOLS)), st.booleans(),
)  # fmt: skip
def test_whatever_is_drawn(n: int, S: float, seed: int, first: int, batch: int, threads: int, normalise: bool) -> None:
    """For every seed that a configuration may have: beyond 2⁶³ − 1 numpy rounds the key that it is given."""
    fresh = FreshExamples(DataSource(n, S, normalise), seed, batch)
    assert same(drawing.steps(fresh, first, 1, POOLS[threads]), fresh.steps(first, 1))


def test_squares_are_added_up_as_numpy_does() -> None:
    """Sums above 8 are rounded: only the same order gives the same bits."""
    random = np.random.default_rng(0)
    for k in range(1, drawing.LONGEST + 1):
        x = random.uniform(0.5, 1, k)
        assert drawing.total(x * x, k) == np.add.reduceat(x * x, [0])[0], k


@given(st.floats(0.001, 0.9999), st.integers(1, 3_000), st.integers(0, 2**32))
def test_the_table_gives_the_gaps_of_the_rule(S: float, groups: int, seed: int) -> None:
    below, begin = drawing.gaps(math.log(S), groups)
    random = np.random.default_rng(seed)
    edges = below[1:-1]
    k = np.concatenate([random.integers(0, 2**40, 200), [0, 2**40 - 1], edges.clip(1) - 1, edges.clip(0, 2**40 - 1)])
    wanted = np.minimum(drawing.rule(k, math.log(S)), groups)
    found = [drawing.gap(np.uint64(int(v) << 24), below, begin) for v in k]
    assert np.array_equal(np.minimum(found, groups), wanted)


def test_where_a_thread_s_room_is_too_small_numpy_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SPREAD", -10)
    fresh = FreshExamples(DataSource(100, 0.9), 3, 200)
    assert same(drawing.steps(fresh, 0, 1, POOLS[2]), fresh.steps(0, 1))


@pytest.mark.parametrize("threads", POOLS)
def test_columns_are_the_rows_transposed_by_any_team(threads: int) -> None:
    fresh = FreshExamples(DataSource(300, 0.97), 3, 50)
    batches = Batches.of(fresh.steps(0, 3), np.float32, 3)
    found = batches.transposed(POOLS[threads].together, threads)
    columns = int(found[0][-1, -1])
    for one, other in zip(found, batches.columns, strict=True):
        used = columns if one is found[1] else columns + 1 if one is found[2] else len(one)
        assert np.array_equal(one[:used], other[:used])
    tiles, feature, ptr, row, pos, values = found
    for batch in range(3):
        X = fresh.steps(batch, 1).dense()
        for c in range(tiles[batch, 0], tiles[batch, -1]):
            q = slice(ptr[c], ptr[c + 1])
            column = np.zeros(50, np.float32)
            column[row[q]] = values[q]
            assert np.array_equal(column, X[:, feature[c]]) and np.array_equal(values[q], batches.values[pos[q]])
