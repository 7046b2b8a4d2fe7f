"""From a configuration to data, initial state, schedule and engine."""

from __future__ import annotations

import numpy as np
import pytest

from sdd_tui import presets
from sdd_tui.config import RunConfig
from sdd_tui.engine import setup
from sdd_tui.engine.data import DataSource, Examples, FreshExamples, Stream
from sdd_tui.errors import NoDeviceError
from sdd_tui.run import data as run_data


def config(*overrides: str) -> RunConfig:
    return presets.with_overrides(RunConfig(), overrides)


@pytest.mark.parametrize("flavour", ["normal", "uniform"])
@pytest.mark.parametrize(("init", "variance"), [("xavier", 2 / 10_002), ("kaiming", 2 / 10_000)])
def test_the_initial_w_has_the_scale_that_was_asked_for(flavour: str, init: str, variance: float) -> None:
    state = setup.initial_state(config(f"model.init={init}", f"model.init_flavour={flavour}"))
    W = state.params.W.astype(np.float64)
    assert W.shape == (1, 2, 10_000) and state.params.W.dtype == np.float32
    assert W.mean() == pytest.approx(0, abs=4 * (variance / 20_000) ** 0.5)
    assert W.var() == pytest.approx(variance, rel=0.04)
    kurtosis = (W**4).mean() / W.var() ** 2
    assert kurtosis == pytest.approx(3.0 if flavour == "normal" else 1.8, rel=0.05)
    if flavour == "uniform":
        assert np.abs(W).max() <= (3 * variance) ** 0.5 * (1 + 1e-6)


def test_kaiming_is_wider_than_xavier_when_m_is_large() -> None:
    wide = setup.initial_state(config("n=200", "m=100", "model.init=kaiming", "S=0.9"))
    narrow = setup.initial_state(config("n=200", "m=100", "S=0.9"))
    ratio = wide.params.W / narrow.params.W
    assert ratio == pytest.approx(1.5**0.5, rel=1e-6)


def test_training_starts_without_bias_or_moments() -> None:
    for overrides in ([], ["model.tied=false"]):
        state = setup.initial_state(config(*overrides))
        assert state.step == 0 and not state.params.b.any()
        assert not any(a.any() for t in (state.first, state.second) for a in t.arrays().values())


@pytest.mark.parametrize("flavour", ["normal", "uniform"])
def test_fewer_hidden_dimensions_are_the_first_of_more(flavour: str) -> None:
    """Under kaiming, whose scale doesn't depend on m."""
    common = ("n=101", "S=0.9", "model.init=kaiming", f"model.init_flavour={flavour}")
    many = setup.initial_state(config("m=5", *common)).params.W
    for m in (1, 2, 3):
        assert np.array_equal(setup.initial_state(config(f"m={m}", *common)).params.W, many[:, :m])


def test_an_untied_model_starts_with_the_tied_ones_encoder_and_another_decoder() -> None:
    tied, untied = (setup.initial_state(config("n=101", "S=0.9", f"model.tied={v}")).params for v in ("true", "false"))
    assert tied.V is None and untied.V is not None
    assert np.array_equal(tied.W, untied.W) and not np.array_equal(untied.V, untied.W)


def test_seeds_start_elsewhere_and_the_same_seed_starts_at_the_same_bits() -> None:
    a, again, b = (setup.initial_state(config(f"model.seed={s}")).params.W for s in (0, 0, 1))
    assert a.tobytes() == again.tobytes() and abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.04


def test_the_data_seed_draws_the_training_set_and_the_test_seed_the_test_set() -> None:
    small = ("n=100", "S=0.9", "T=5", "data.n_test=7")
    base, other = config(*small), config(*small, "data.seed=1")
    train, test = run_data.training_data(base), run_data.test_data(base)
    assert isinstance(train, Examples)
    assert train.sha256() == DataSource(100, 0.9).draw(0, Stream.TRAIN, 0, 5).sha256()
    assert test.sha256() == DataSource(100, 0.9).draw(0, Stream.TEST, 0, 7).sha256()
    moved = run_data.training_data(other)
    assert isinstance(moved, Examples) and moved.sha256() != train.sha256()
    assert run_data.test_data(other).sha256() == test.sha256()
    assert run_data.some_training_data(base, 3).sha256() == train.rows(0, 3).sha256()
    assert run_data.some_training_data(base, 99).sha256() == train.sha256()


def test_repeated_examples_are_shown_once_and_come_first() -> None:
    plain, repeated = config("n=100", "S=0.9", "T=9"), config("n=100", "S=0.9", "T=9", "data.repeats=4")
    train = run_data.training_data(repeated)
    assert isinstance(train, Examples) and train.n_rows == 12
    assert run_data.some_training_data(repeated, 99).sha256() == run_data.some_training_data(plain, 99).sha256()
    assert train.rows(0, 9).sha256() == run_data.some_training_data(repeated, 9).sha256()


def test_the_default_data_never_changes() -> None:
    found = [run_data.training_data(config("T=4", more)) for more in ("data.repeats=1", "data.repeated=3")]
    digests = {x.sha256() for x in [*found, run_data.some_training_data(config(), 4)] if isinstance(x, Examples)}
    assert digests == {"b0c0fd077f5a978a011b77c7f73134a8b15585fbeefae7c74c4bf3460e88ed8d"}


def test_endless_data_is_drawn_step_by_step() -> None:
    endless = config("n=100", "S=0.9", "T=inf", "data.batch_size=4", "data.seed=3")
    assert run_data.training_data(endless) == FreshExamples(DataSource(100, 0.9), 3, 4)
    first = DataSource(100, 0.9).draw(3, Stream.STEP, 0, 4)
    assert run_data.some_training_data(endless, 99).sha256() == first.sha256()


def test_the_papers_schedule_warms_up_for_2500_of_50000_steps() -> None:
    s = setup.schedule(RunConfig())
    assert (s.steps, s.warmup_steps, s.kind, s.mean.tolist()) == (50_000, 2_500, "cosine", [True])
    assert s.rates(2_499, 1)[0, 0] == 1e-3 and s.weight_decay.tolist() == [0.01] and s.eps.tolist() == [1e-8]


def test_the_configuration_chooses_the_engine() -> None:
    assert setup.make_engine(config("threads=1")).name == "fused"
    assert setup.make_engine(config("engine=reference")).name == "reference"
    assert setup.resolve_device(config()) == "cpu"


def test_the_fused_engine_says_where_it_computes() -> None:
    with pytest.raises(NoDeviceError, match=r"device cuda:99: .*; use device=cpu"):
        setup.make_engine(config("device=cuda:99"))


def test_a_device_that_torch_cannot_use_is_named() -> None:
    with pytest.raises(NoDeviceError, match=r"device cuda:99: torch can't use it here"):
        setup.make_engine(config("engine=reference", "device=cuda:99"))
