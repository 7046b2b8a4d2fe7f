"""Fresh data drawn by the GPU's kernels is what the host draws, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from sdd_tui.engine.data import DataSource, Examples, FreshExamples
from sdd_tui.engine.groups import Groups
from tests.engine.triton_engine import TRITON, drawn

pytestmark = TRITON


def same(a: Examples, b: Examples) -> bool:
    arrays = ((a.indptr, b.indptr), (a.indices, b.indices), (a.values, b.values))
    return all(x.dtype == y.dtype and np.array_equal(x, y) for x, y in arrays)


@pytest.mark.parametrize(
    ("source", "seed", "first", "batch", "steps"),
    [
        (DataSource(100, 0.9), 3, 0, 20, 3),
        (DataSource(10_000, 0.999), 0, 7, 33, 1),
        (DataSource(60, 0.3), 1, 2, 9, 2),
        (DataSource(40, 0.0), 5, 3, 5, 2),
        (DataSource(50, 0.9, normalise=False), 2, 1, 35, 1),
        (DataSource(100, 0.9), 2**63 - 1, 2**60 - 3, 8, 2),
        (DataSource(1, 0.5), 4, 2**41, 1, 5),
    ],
    ids=["small", "the paper's", "many blocks", "S = 0", "not normalised", "large seed and step", "one feature"],
)
def test_it_is_what_the_host_draws(source: DataSource, seed: int, first: int, batch: int, steps: int) -> None:
    fresh = FreshExamples(source, seed, batch)
    assert same(drawn(fresh, first, steps), fresh.steps(first, steps))


def test_empty_examples_are_drawn_again_as_on_the_host() -> None:
    source = DataSource(5, 0.95)
    assert (source._attempt(1, 4, 0, 40, 0)[0] == 0).sum() > 20  # type: ignore[arg-type]
    fresh = FreshExamples(source, 1, 40)
    assert same(drawn(fresh, 0, 1), fresh.steps(0, 1))


def test_features_in_groups_and_their_importance_are_the_hosts() -> None:
    fresh = FreshExamples(DataSource(30, 0.8, importance=0.9, groups=Groups(3)), 1, 10)
    assert same(drawn(fresh, 2, 2), fresh.steps(2, 2))
    for source in (fresh.source, DataSource(30, 0.8, importance=0.9)):
        found = drawn(FreshExamples(source, 1, 4), 0, 1).importance
        assert found is not None and found[1] / found[0] == pytest.approx(0.9)
