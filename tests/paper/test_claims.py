"""The claims are whole: each has a source, a range and a reason, and its cells are those of a sweep."""

from __future__ import annotations

import math

import pytest

from sdd_tui.errors import ConfigError
from sdd_tui.paper.accepted import Prediction, Range
from sdd_tui.paper.claim import Claim, judge
from sdd_tui.paper.claims import TIERS, chosen
from sdd_tui.paper.evidence import FinishedCell
from sdd_tui.paper.measured import Measured
from sdd_tui.paper.needed import Need, NeededSweep, identity
from sdd_tui.paper.published import CURVE, D_X, DOTS, FEATURES, LARGEST_D_F, LARGEST_D_X, MEAN_D_F, TEST_LOSS
from sdd_tui.sweep.estimate import seconds_left
from tests.paper.helpers import evidence

ALL = TIERS["full"]


def test_every_claim_is_named_once() -> None:
    assert len({claim.key for claim in ALL}) == len(ALL)


@pytest.mark.parametrize("claim", ALL, ids=lambda claim: claim.key)
def test_a_claim_says_what_is_accepted_and_why(claim: Claim) -> None:
    assert claim.says and claim.source and claim.quantity and claim.paper
    assert len(claim.accepts.reason) > 10 and claim.accepts.rule and claim.accepts.words()
    if isinstance(claim.accepts, Range):
        assert claim.accepts.low <= claim.accepts.high
        assert math.isfinite(min(abs(claim.accepts.low), abs(claim.accepts.high)))


@pytest.mark.parametrize("claim", ALL, ids=lambda claim: claim.key)
def test_a_claim_has_cells_and_every_value_that_it_names_is_among_them(claim: Claim) -> None:
    cells = claim.need.cells
    for key, values in claim.need.at.items():
        assert {cell.at[key] for cell in cells} == set(values)
    assert cells


@pytest.mark.parametrize(("tier", "minutes"), [("quick", 5), ("scaled", 30), ("paper", 480)])
def test_a_tier_takes_no_longer_than_it_says_on_two_cores(tier: str, minutes: float) -> None:
    cells = {identity(c.settings): c.core_seconds for claim in TIERS[tier] for c in claim.need.cells}  # type: ignore[index]
    assert seconds_left(cells.values(), 2) / 60 < minutes


def test_every_number_of_the_paper_s_figures_is_judged_by_the_rule_for_what_it_is_of() -> None:
    judged = {id(c.accepts.reading): c for c in TIERS["paper"] if isinstance(c.accepts, Prediction)}
    for reading in (*TEST_LOSS, *D_X, *LARGEST_D_F, *MEAN_D_F, *FEATURES, *LARGEST_D_X):
        claim = judged[id(reading)]
        T = "inf" if math.isinf(reading.T) else int(reading.T)
        assert {cell.at["T"] for cell in claim.need.cells} == {T} and claim.source == reading.source
        seeds = [cell.at["seed"] for cell in claim.need.cells]
        assert len(seeds) == len(set(seeds)) >= 4


@pytest.mark.parametrize("claim", ALL, ids=lambda claim: claim.key)
def test_a_claim_of_one_model_is_judged_by_one_and_of_a_mean_of_four_by_such_a_mean(claim: Claim) -> None:
    """Runs of 1 and 3, in equal parts: the mean of four scatters half as far as one model does."""
    if isinstance(claim.accepts, Prediction):
        assert claim.accepts.reading.models == {CURVE: 4, DOTS: 1}[claim.source]
        measured = Measured(2.0, (1.0, 3.0) * 500)
        low, high = claim.accepts.ends(measured)
        within = 1.96 if claim.source == DOTS else 0.98
        assert (high - low) / 2 - claim.accepts.error == pytest.approx(within, rel=0.01)
    elif claim.source in (CURVE, DOTS) and not claim.key.startswith(("quick-", "scaled-")):
        numbers = ("mean test loss", "mean D_", "median D_", "mean number", "largest D_")
        assert not claim.quantity.startswith(numbers), "a number of the figure takes the rule"


def test_some_claims_can_be_chosen_from_any_tier() -> None:
    assert [c.key for c in chosen("quick", ["T5-pentagon", "T5-pentagon"])] == ["T5-pentagon"]
    assert len(chosen("full")) == len(ALL) > len(chosen("paper"))
    with pytest.raises(ConfigError, match=r"T5-pentagn: there is no such claim\. Did you mean 'T5-pentagon'\?"):
        chosen("quick", ["T5-pentagn"])


@pytest.mark.parametrize(
    ("value", "note", "word"),
    [
        (1.0, "", "holds"),
        (1.1, "", "holds"),
        (1.11, "", "fails"),
        (0.5, "", "fails"),
        (math.nan, "some run has no finite value", "fails"),
        (math.nan, "", "not measured"),
    ],
)
def test_a_claim_holds_within_its_range_and_fails_outside_it(value: float, note: str, word: str) -> None:
    assert judge(_claim(value, note), _runs(), 0).word == word


def test_a_claim_about_runs_that_fail_is_not_measured_where_none_does() -> None:
    claim = next(claim for claim in ALL if claim.key == "T8-failure-loss")
    rows = [({"T": 8, "seed": seed}, {"train_loss": 1e-9, "test_loss": 1.0}) for seed in range(20)]
    verdict = judge(claim, evidence(rows).runs, 0)
    assert (verdict.word, verdict.note) == ("not measured", "no run is of this kind")


def test_a_claim_whose_cells_are_missing_or_failed_is_not_measured() -> None:
    verdict = judge(_claim(1.0), _runs(), 2, "the loss became NaN")
    assert (verdict.word, verdict.note) == ("not measured", "2 of 3 cells are not there: the loss became NaN")
    assert judge(_claim(1.0), (), 0).word == "not measured"


def _claim(value: float, note: str = "") -> Claim:
    need = Need(NeededSweep("polygons-quick"))
    return Claim(
        key="a",
        says="It is",
        source="there",
        quantity="a number",
        paper="1",
        accepts=Range(1.0, 1.1, "so it is"),
        need=need,
        measure=lambda evidence: Measured(value, note=note),
    )


def _runs() -> tuple[FinishedCell, ...]:
    return evidence([({}, {})]).runs
