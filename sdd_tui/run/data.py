"""The data of a run: drawn by the configuration's rule, or a user's own."""

from __future__ import annotations

from sdd_tui.config import RunConfig
from sdd_tui.engine.data import DataSource, Examples, FreshExamples, Stream, repeat
from sdd_tui.engine.groups import Groups
from sdd_tui.run.user_data import user_test_data, user_training_data


def data_source(config: RunConfig) -> DataSource:
    """The distribution of the data."""
    d = config.data
    return DataSource(d.n_features, d.sparsity, d.normalise, d.importance, Groups(d.group_size, d.group_kind))


def training_data(config: RunConfig) -> Examples | FreshExamples:
    """The training examples, X, or the source of fresh ones when T = ∞. Raises NotFoundError and ConfigError where they
    are a file's, as do the next two."""
    d, source = config.data, data_source(config)
    if d.n_examples == "inf":
        return FreshExamples(source, d.seed, d.batch_size)
    examples = user_training_data(d) if d.file else source.draw(d.seed, Stream.TRAIN, 0, d.n_examples)
    return repeat(examples, d.repeated, d.repeats) if d.repeats > 1 else examples


def some_training_data(config: RunConfig, most: int) -> Examples:
    """The first training examples, at most `most` and each once: enough for pictures, cheap for any T."""
    d, source = config.data, data_source(config)
    if d.n_examples == "inf":
        return source.draw(d.seed, Stream.STEP, 0, min(most, d.batch_size))
    if d.file:
        return user_training_data(d).rows(0, most)
    return source.draw(d.seed, Stream.TRAIN, 0, min(most, d.n_examples))


def test_data(config: RunConfig, most: int | None = None) -> Examples:
    """The held-out examples, or the first of them."""
    d = config.data
    count = d.n_test if most is None else min(most, d.n_test)
    if d.file and (own := user_test_data(d, count)) is not None:
        return own
    return data_source(config).draw(d.test_seed, Stream.TEST, 0, count)
