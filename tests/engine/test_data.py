"""The data's identity: a contract, word by word."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdd_tui.engine.data import (
    CHUNK,
    DataSource,
    Examples,
    FreshExamples,
    Stream,
    importances,
    repeat,
    stack,
    uniforms,
    words,
)
from sdd_tui.engine.groups import Groups

PAPER = DataSource(10_000, 0.999)
SMALL = DataSource(100, 0.9)
MOSTLY_EMPTY = DataSource(20, 0.995)
GROUPED = DataSource(103, 0.9, groups=Groups(5, "correlated"))
APART = DataSource(103, 0.9, groups=Groups(5, "anticorrelated"))
"""103 features in groups of 5: the last group has three."""
MASK = 2**64 - 1


def same(a: Examples, b: Examples) -> bool:
    arrays = ((a.indptr, b.indptr), (a.indices, b.indices), (a.values, b.values), (a.offsets, b.offsets))
    return a.n_features == b.n_features and all(x.dtype == y.dtype and np.array_equal(x, y) for x, y in arrays)


def philox(key: tuple[int, int], counter: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Philox-4x64-10 (Salmon et al., 2011) in plain integers; numpy counts one up before its first block."""
    (k0, k1), (c0, c1, c2, c3) = key, counter
    c0 += 1
    for _ in range(10):
        left, right = 0xD2E7470EE14C6C93 * c0, 0xCA5A826395121157 * c2
        c0, c1, c2, c3 = (right >> 64) ^ c1 ^ k0, right & MASK, (left >> 64) ^ c3 ^ k1, left & MASK
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) & MASK, (k1 + 0xBB67AE8584CAA73B) & MASK
    return c0, c1, c2, c3


def by_the_rule(source: DataSource, seed: int, stream: Stream, index: int) -> tuple[list[int], list[float]]:
    """One example as the head of data.py documents it, word by word."""
    attempt, features, raw = 0, list[int](), list[float]()
    g, together = source.groups.size, source.groups.kind == "correlated"
    idle = source.sparsity if together else 1 - g * (1 - source.sparsity)
    while not features:
        position, block = -1, 0
        while position * g < source.n_features:
            for lane, w in enumerate(philox((seed, stream), (index, block, attempt, 0))):
                u = ((w >> 24) + 1) / 2**40
                position += 1 + (math.floor(math.log(u) / math.log(idle)) if idle else 0)
                if position * g >= source.n_features:
                    break
                layers = [philox((seed, stream), (index, block, attempt, j))[lane] for j in range(max(g, 2))]
                for j in range(g) if together else [g * (layers[1] >> 32) >> 32]:
                    if position * g + j < source.n_features:
                        features.append(position * g + j)
                        raw.append((layers[j if together else 0] % 2**24 + 0.5) / 2**24)
            block += 1
        attempt += 1
    norm = math.sqrt(math.fsum(v * v for v in raw)) if source.normalise else 1.0
    return features, [v / norm for v in raw]


@pytest.mark.parametrize(
    "source",
    [
        PAPER,
        SMALL,
        MOSTLY_EMPTY,
        DataSource(10, 0.0),
        DataSource(50, 0.5, normalise=False),
        DataSource(100, 0.9, groups=Groups(3, "correlated")),
        DataSource(20, 0.99, groups=Groups(7, "correlated")),
        DataSource(100, 0.9, groups=Groups(7, "anticorrelated")),
        DataSource(20, 0.99, groups=Groups(15, "anticorrelated")),
        DataSource(40, 0.75, groups=Groups(4, "anticorrelated")),
    ],
    ids=["paper", "small", "mostly empty", "dense", "not rescaled", *(f"groups {i}" for i in range(5))],
)
@pytest.mark.parametrize("stream", [Stream.TRAIN, Stream.TEST])
def test_examples_follow_the_documented_rule_word_by_word(source: DataSource, stream: Stream) -> None:
    found = source.draw(12, stream, 5, 10)
    for row in range(10):
        span = slice(int(found.indptr[row]), int(found.indptr[row + 1]))
        features, values = by_the_rule(source, 12, stream, 5 + row)
        assert found.indices[span].tolist() == features
        assert found.values[span] == pytest.approx(values, rel=1e-7)


def test_the_words_are_philoxs_own() -> None:
    for seed, stream, index, block, attempt in [(0, 1, 0, 0, 0), (2**63 - 1, 4, 10**9, 3, 2)]:
        found = words(seed, Stream(stream), index, 2, block, attempt).tolist()
        assert [tuple(row) for row in found] == [
            philox((seed, stream), (index + i, block, attempt, 0)) for i in range(2)
        ]


def test_the_fingerprint_of_a_small_x_never_changes() -> None:
    digest = DataSource(1_000, 0.99).draw(7, Stream.TRAIN, 0, 16).sha256()
    assert digest == "1736f30affdf0ea8401917c36f9113bf78d05da49b7c595f37ed651f1819e8de"


def test_the_fingerprint_tells_other_data_apart() -> None:
    some = SMALL.draw(0, Stream.TRAIN, 0, 5)
    other = Examples(some.n_features, some.indptr, some.indices, some.values * np.float32(1.01), some.offsets)
    wider = Examples(101, some.indptr, some.indices, some.values, some.offsets)
    assert len({some.sha256(), other.sha256(), wider.sha256()}) == 3


@given(st.integers(0, 2**63 - 1), st.sampled_from(Stream), st.integers(0, 10**6), st.integers(0, 29))
@settings(max_examples=40, deadline=None)
def test_any_example_by_itself_is_the_one_in_a_bulk_draw(seed: int, stream: Stream, first: int, i: int) -> None:
    for source in (SMALL, MOSTLY_EMPTY, GROUPED, APART):
        assert same(source.draw(seed, stream, first, 30).rows(i, i + 1), source.draw(seed, stream, first + i, 1))


def test_an_example_past_the_first_chunk_is_the_one_drawn_by_itself() -> None:
    bulk = MOSTLY_EMPTY.draw(1, Stream.TRAIN, 0, CHUNK + 3)
    for i in (CHUNK - 1, CHUNK, CHUNK + 2):
        assert same(bulk.rows(i, i + 1), MOSTLY_EMPTY.draw(1, Stream.TRAIN, i, 1))


@given(st.integers(1, 60), st.integers(1, 60))
@settings(max_examples=20, deadline=None)
def test_the_first_examples_are_the_same_for_every_larger_training_set(a: int, b: int) -> None:
    few, many = sorted((a, b))
    assert same(SMALL.draw(3, Stream.TRAIN, 0, many).rows(0, few), SMALL.draw(3, Stream.TRAIN, 0, few))


def test_streams_and_seeds_draw_different_examples() -> None:
    digests = {PAPER.draw(seed, stream, 0, 3).sha256() for seed in range(3) for stream in Stream}
    assert len(digests) == 3 * len(Stream)


def test_no_example_is_empty_even_when_nine_draws_of_ten_are() -> None:
    drawn = MOSTLY_EMPTY.draw(0, Stream.TRAIN, 0, 3_000)
    counts = np.diff(drawn.indptr)
    assert counts.min() >= 1
    expected = 20 * 0.005 / (1 - 0.995**20)  # mean number of active features, given at least one
    assert counts.mean() == pytest.approx(expected, rel=0.02)


def test_active_features_ascend_and_lie_inside() -> None:
    drawn = SMALL.draw(0, Stream.TEST, 0, 200)
    assert drawn.indices.min() >= 0 and drawn.indices.max() < 100
    for row in range(200):
        assert (np.diff(drawn.indices[drawn.indptr[row] : drawn.indptr[row + 1]]) > 0).all()


def test_every_example_has_length_one() -> None:
    for source in (PAPER, MOSTLY_EMPTY, DataSource(30, 0.0)):
        drawn = source.draw(0, Stream.TRAIN, 0, 500)
        lengths = np.sqrt((drawn.dense().astype(np.float64) ** 2).sum(axis=1))
        assert lengths == pytest.approx(1, abs=2e-7)


def test_ten_features_are_active_and_lengths_before_rescaling_are_the_papers() -> None:
    drawn = DataSource(10_000, 0.999, normalise=False).draw(0, Stream.TRAIN, 0, 20_000)
    counts = np.diff(drawn.indptr)
    assert counts.mean() == pytest.approx(9.99, abs=0.1) and counts.std() == pytest.approx(9.99**0.5, rel=0.03)
    lengths = np.sqrt(np.add.reduceat(drawn.values.astype(np.float64) ** 2, drawn.indptr[:-1]))
    assert lengths.mean() == pytest.approx(1.78, abs=0.01) and lengths.std() == pytest.approx(0.40, abs=0.01)


def test_values_are_uniform_and_every_feature_is_as_likely() -> None:
    drawn = DataSource(100, 0.9, normalise=False).draw(0, Stream.TRAIN, 0, 20_000)
    assert drawn.values.min() > 0 and drawn.values.max() < 1
    deciles = np.histogram(drawn.values, bins=10, range=(0, 1))[0] / len(drawn.values)
    assert deciles == pytest.approx(0.1, abs=0.004)  # 6 σ
    share = np.bincount(drawn.indices, minlength=100) / 20_000
    assert share == pytest.approx(0.1, abs=0.013)  # 6 σ


def _active(source: DataSource, rows: int) -> np.ndarray:
    """(rows, groups, group's features): what is active, the last, smaller group left out."""
    X = source.draw(0, Stream.TRAIN, 0, rows).dense() > 0
    g = source.groups.size
    return X[:, : source.n_features // g * g].reshape(rows, -1, g)


def test_correlated_features_are_active_together() -> None:
    active = _active(GROUPED, 2_000)
    assert (active.all(axis=2) == active.any(axis=2)).all()


def test_of_anticorrelated_features_at_most_one_is_active() -> None:
    assert _active(APART, 2_000).sum(axis=2).max() == 1
    full = DataSource(40, 0.75, groups=Groups(4, "anticorrelated"))
    assert (_active(full, 500).sum(axis=2) == 1).all()


@pytest.mark.parametrize("source", [GROUPED, APART], ids=["correlated", "anticorrelated"])
def test_in_groups_every_feature_is_active_as_often_as_alone(source: DataSource) -> None:
    drawn = source.draw(0, Stream.TRAIN, 0, 40_000)
    empty = source.groups.idle(0.9) ** 20 * (0.9 if source is GROUPED else 1 - 3 * 0.1)  # the last group has three
    share = np.bincount(drawn.indices, minlength=103) / 40_000
    assert share == pytest.approx(0.1 / (1 - empty), abs=0.01)  # 6 σ
    values = DataSource(103, 0.9, False, groups=source.groups).draw(0, Stream.TRAIN, 0, 20_000).values
    assert np.histogram(values, bins=10, range=(0, 1))[0] / len(values) == pytest.approx(0.1, abs=0.005)


def test_values_within_a_group_are_independent() -> None:
    X = DataSource(100, 0.9, False, groups=Groups(2)).draw(0, Stream.TRAIN, 0, 5_000).dense().reshape(-1, 2)
    assert abs(np.asarray(np.corrcoef(X[X[:, 0] > 0].T))[0, 1]) < 0.03


def test_groups_of_one_are_no_groups() -> None:
    for kind in ("correlated", "anticorrelated"):
        source = DataSource(100, 0.9, groups=Groups(1, kind))
        assert same(source.draw(3, Stream.TRAIN, 0, 20), SMALL.draw(3, Stream.TRAIN, 0, 20))


def test_two_examples_share_a_feature_about_once_in_a_hundred_pairs() -> None:
    X = PAPER.draw(0, Stream.TRAIN, 0, 400).dense() > 0
    pairs = X.astype(np.float32) @ X.T.astype(np.float32)
    shared = (pairs[np.triu_indices(400, 1)] > 0).mean()
    assert shared == pytest.approx(0.00995, abs=0.0015)


def test_fresh_examples_are_a_function_of_the_step_alone() -> None:
    fresh = FreshExamples(SMALL, seed=4, batch_size=7)
    together = fresh.steps(10, 3)
    assert together.n_models == 3 and together.n_rows == 21 and fresh.n_features == 100
    for s in range(3):
        assert same(together.model(s), fresh.steps(10 + s, 1))
        assert same(together.model(s), SMALL.draw(4, Stream.STEP, 7 * (10 + s), 7))


def test_a_stack_gives_every_model_its_own_rows_back() -> None:
    parts = [SMALL.draw(seed, Stream.TRAIN, 0, T) for seed, T in enumerate((5, 1, 12))]
    batch = stack(parts)
    assert batch.n_models == 3 and batch.n_rows == 18 and batch.offsets.tolist() == [0, 5, 6, 18]
    assert all(same(batch.model(b), part) for b, part in enumerate(parts))
    assert same(stack(parts[:1]), parts[0])


def test_repeats_follow_the_distinct_examples_and_another_number_of_them_is_another_x() -> None:
    some = SMALL.draw(0, Stream.TRAIN, 0, 5)
    more = repeat(some, 2, 4)
    assert more.n_models == 1 and more.n_rows == 5 + 3 * 2
    assert same(more.rows(0, 5), some)
    assert all(same(more.rows(i, i + 2), some.rows(0, 2)) for i in (5, 7, 9))
    assert same(repeat(some, 3, 1), some)
    assert len({x.sha256() for x in (some, more, repeat(some, 1, 4), repeat(some, 2, 3))}) == 4


def test_importance_falls_geometrically_has_the_mean_one_and_is_no_part_of_x() -> None:
    weights = importances(50, 0.9)
    assert weights is not None and importances(50, 1.0) is None
    assert weights[1:] / weights[:-1] == pytest.approx(0.9) and weights.mean() == pytest.approx(1)
    steep = importances(10_000, 0.5)
    assert steep is not None and steep[:3].tolist() == [5_000, 2_500, 1_250] and steep[-1] == 0
    some, plain = (DataSource(100, 0.9, importance=q).draw(0, Stream.TRAIN, 0, 5) for q in (0.9, 1.0))
    assert some.sha256() == plain.sha256() and plain.importance is None
    for part in (
        some.rows(1, 3),
        stack([some, some]),
        some.model(0),
        FreshExamples(DataSource(100, 0.9, importance=0.9), 0, 2).steps(1, 2),
    ):
        assert part.importance is not None and part.importance[0] == pytest.approx(10, rel=1e-4)


def test_dense_puts_each_value_at_its_feature() -> None:
    examples = Examples(
        4,
        np.array([0, 2, 3]),
        np.array([0, 3, 1], np.int32),
        np.array([0.5, 0.25, 1], np.float32),
        np.array([0, 2]),
    )
    assert examples.dense().tolist() == [[0.5, 0, 0, 0.25], [0, 1, 0, 0]]
    assert examples.rows(1, 2).dense().tolist() == [[0, 1, 0, 0]]


def test_rows_past_the_end_are_left_out() -> None:
    drawn = SMALL.draw(0, Stream.TRAIN, 0, 5)
    assert drawn.rows(3, 99).n_rows == 2 and drawn.rows(-4, 2).n_rows == 2 and drawn.rows(5, 9).n_rows == 0


def test_uniforms_lie_inside_and_fewer_are_the_first_of_more() -> None:
    many = uniforms(3, 10_001)
    assert many.min() > 0 and many.max() < 1 and len(many) == 10_001
    assert many.mean() == pytest.approx(0.5, abs=0.015) and many.var() == pytest.approx(1 / 12, abs=0.004)
    assert np.array_equal(uniforms(3, 17), many[:17]) and not np.array_equal(uniforms(4, 17), many[:17])
