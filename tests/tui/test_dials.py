"""Dials go through their values, from wherever a run's own setting lies."""

from __future__ import annotations

import pytest

from sdd_tui.config import RunConfig
from sdd_tui.presets import load, presets, with_overrides
from sdd_tui.tui.dials import DIALS, Dial, small, turned, values_of

T = DIALS[0]


@pytest.mark.parametrize(
    ("value", "by", "next_"),
    [(5, 1, 6), (5, -1, 4), (3, -1, 3), (2_000, 1, 2_000), (33, 1, 35), (33, -1, 30), (7_000, -1, 2_000)],
)
def test_a_dial_goes_to_the_next_of_its_values_and_stays_at_the_ends(value: int, by: int, next_: int) -> None:
    assert T.turned(value, by) == next_


@pytest.mark.parametrize("dial", DIALS, ids=lambda dial: dial.key)
def test_every_value_of_a_dial_is_a_setting(dial: Dial) -> None:
    config = small(RunConfig())
    for value in dial.values:
        assert values_of(with_overrides(config, [f"{dial.key}={value}"]))[dial.key] == value
    moved = turned(turned(config, dial, 1), dial, -1)
    assert values_of(moved)[dial.key] in dial.values


@pytest.mark.parametrize("preset", [preset.name for preset in presets()])
def test_every_preset_is_scaled_down_to_what_trains_while_one_looks(preset: str) -> None:
    config, given = small(load(preset)), load(preset)
    assert config.data.n_features <= 1_000 and config.data.n_examples <= 2_000  # type: ignore[operator]
    assert (config.data.seed, config.model.n_hidden, config.optim.lr) == (
        given.data.seed, given.model.n_hidden, given.optim.lr,
    )  # fmt: skip
