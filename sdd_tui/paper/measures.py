"""What claims measure: functions from the evidence, all runs of a claim, to one number. What they read of a run is in
run_measures.py; the two compose."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from sdd_tui.analysis.regimes import DEDICATED
from sdd_tui.numerals import counted
from sdd_tui.paper.evidence import Evidence, FinishedCell
from sdd_tui.paper.measured import Measured
from sdd_tui.paper.run_measures import NAN, TEST, TRAIN, Number, dedicated, everything, number

Measure = Callable[[Evidence], Measured]


def mean(of: Number, such: Callable[[FinishedCell], bool] = everything) -> Measure:
    """The mean over runs of a kind."""
    return lambda evidence: _put_together(evidence.such(such).read(of), lambda v: float(np.mean(v)))


def median(of: Number, such: Callable[[FinishedCell], bool] = everything) -> Measure:
    """The median over runs of a kind."""
    return lambda evidence: _put_together(evidence.such(such).read(of), lambda v: float(np.median(v)))


def worst(of: Number, such: Callable[[FinishedCell], bool] = everything) -> Measure:
    """The largest over runs of a kind."""
    return lambda evidence: _put_together(evidence.such(such).read(of), max)


def share(such: Callable[[FinishedCell], bool]) -> Measure:
    """The share of runs of a kind."""

    def measure(evidence: Evidence) -> Measured:
        kind, of = len(evidence.such(such).runs), len(evidence.runs)
        return Measured(kind / of, note=f"{kind} of {of} runs")

    return measure


def times(of: Number, key: str, one: float | str, other: float | str) -> Measure:
    """The mean at one value of an axis over that at another."""

    def measure(evidence: Evidence) -> Measured:
        above, below = (evidence.of(**{key: value}).mean(of) for value in (one, other))
        return Measured(above / below if below else NAN, note=f"{above:.4g} over {below:.4g}")

    return measure


def bump(evidence: Evidence) -> float:
    """The highest mean test loss along T, above the zero output's 1."""
    return max((evidence.of(T=T).mean(TEST) for T in evidence.along("T")), default=NAN) - 1


def ridge(evidence: Evidence) -> float:
    """The T at which the mean test loss is highest."""
    return max(((evidence.of(T=T).mean(TEST), float(T)) for T in evidence.along("T")), default=(0.0, NAN))[1]


def peak(of: Number) -> Measure:
    """The T at which the mean of a number is largest."""

    def measure(evidence: Evidence) -> Measured:
        means = {T: evidence.of(T=T).mean(of) for T in evidence.along("T")}
        words = ", ".join(f"T = {T} {v:.5g}" for T, v in means.items())
        return Measured(float(max(means, key=lambda T: means[T])), note=words)

    return measure


def highest(of: Number) -> Measure:
    """The largest mean of a number along T."""
    return lambda evidence: Measured(max(evidence.of(T=T).mean(of) for T in evidence.along("T")))


def farthest(of: Number, low: float, high: float) -> Measure:
    """Of the means of a number along T, the one farthest from the middle of a range: it is inside if all are."""

    def measure(evidence: Evidence) -> Measured:
        means = {T: evidence.of(T=T).mean(of) for T in evidence.along("T")}
        words = ", ".join(f"T = {T} {v:.5g}" for T, v in means.items())
        return Measured(max(means.values(), key=lambda v: abs(v - (low + high) / 2)), note=words)

    return measure


def ridge_of(active: float) -> Measure:
    """The ridge in occurrences, where a feature is active with a probability."""
    return lambda evidence: Measured(ridge(evidence) * active)


def steps_back(of: Callable[[Evidence], float], key: str, rising: bool = True, equal: bool = False) -> Measure:
    """How often a number does not rise (or fall) from a value of an axis to the next; standing still counts, unless
    `equal`."""

    def measure(evidence: Evidence) -> Measured:
        values = [of(evidence.of(**{key: value})) for value in evidence.along(key)]
        signed = values if rising else [-v for v in values]
        back = sum(not (b > a or (equal and b == a)) for a, b in pairwise(signed))
        words = ", ".join(f"{value} {v:.4g}" for value, v in zip(evidence.along(key), values, strict=True))
        return Measured(float(back), note=f"{key}: {words}")

    return measure


def quotient(of: Callable[[Evidence], float], key: str, one: float | str, other: float | str) -> Measure:
    """A number of the runs at one value of an axis over that at another; NaN unless the latter is above 0, as there is
    nothing to compare with where the bump is missing."""

    def measure(evidence: Evidence) -> Measured:
        above, below = (of(evidence.of(**{key: value})) for value in (one, other))
        return Measured(above / below if below > 0 else NAN, note=f"{above:.4g} over {below:.4g}")

    return measure


def _put_together(values: list[float], how: Callable[[list[float]], float]) -> Measured:
    if not values or not all(math.isfinite(v) for v in values):
        return Measured(NAN, note="" if not values else "some run has no finite value")
    return Measured(how(values), tuple(values), note=counted(len(values), "run"))


def onset(evidence: Evidence) -> float:
    """The number of occurrences T(1 - S) from which features have directions of their own and the test loss is below
    1; NaN where that never happens."""
    S = evidence.runs[0].settings["data"]["sparsity"] if evidence.runs else NAN
    for T in evidence.along("T"):
        runs = evidence.of(T=T)
        if runs.mean(number("D_f")) >= DEDICATED and runs.mean(TEST) < 1:
            return float(T) * (1 - S)
    return NAN


def farthest_onset(from_: float) -> Measure:
    """Of the onsets for every S, the one farthest (as a ratio) from a number of occurrences."""

    def measure(evidence: Evidence) -> Measured:
        onsets = {S: onset(evidence.of(S=S)) for S in evidence.along("S")}
        words = ", ".join(f"S = {S} {v:.3g}" for S, v in onsets.items())
        if not all(v > 0 for v in onsets.values()):
            return Measured(NAN, note=f"{words}: some S has no onset")
        return Measured(max(onsets.values(), key=lambda v: abs(math.log(v / from_))), note=words)

    return measure


def best_of_all(key: str) -> Measure:
    """The lowest training loss over an axis, of each seed, over what its best single value gives: both as means over
    seeds and T."""

    def measure(evidence: Evidence) -> Measured:
        values, seeds = evidence.along(key), evidence.along("seed")
        groups = [evidence.of(T=T, seed=seed) for T in evidence.along("T") for seed in seeds]
        alone = {value: float(np.mean([group.of(**{key: value}).mean(TRAIN) for group in groups])) for value in values}
        best = float(np.mean([min(group.read(TRAIN), default=NAN) for group in groups]))
        words = ", ".join(f"{key} = {value} {loss:.4f}" for value, loss in alone.items())
        return Measured(best / min(alone.values()) if alone else NAN, note=f"{best:.4f}; {words}")

    return measure


FITTED = 0.05
"""A training loss at least so far below the test loss is a memoriser's: 5 % of the zero output's 1."""


def stores(found: FinishedCell) -> bool:
    """Whether a run stores examples, one by one or in clusters, which the July 2023 correction calls memorising: its
    training loss is a memoriser's, and features have no directions of their own."""
    generalises = dedicated(found) > found.settings["model"]["n_hidden"] and TEST(found) < 1
    return not generalises and TEST(found) - TRAIN(found) >= FITTED


def farther_memorised(lr: float) -> Measure:
    """The largest T at which the run with the lowest training loss stores examples, over the largest at which most runs
    at one learning rate do."""

    def measure(evidence: Evidence) -> Measured:
        best = one = NAN
        for T in evidence.along("T"):
            runs = evidence.of(T=T)
            chosen = min(runs.runs, key=TRAIN)
            at_one = [float(stores(run)) for run in runs.of(lr=lr).runs]
            best = float(T) if stores(chosen) else best
            one = float(T) if at_one and np.mean(at_one) > 0.5 else one
        return Measured(best / one, note=f"T = {best:g} over {one:g}")

    return measure


def least_gain(lr: float) -> Measure:
    """How much lower the lowest training loss over all learning rates is than that at one of them, relatively, at the T
    where it is least."""

    def measure(evidence: Evidence) -> Measured:
        gains = {}
        for T in evidence.along("T"):
            runs = evidence.of(T=T)
            one = min(runs.of(lr=lr).read(TRAIN), default=NAN)
            gains[T] = 1 - min(runs.read(TRAIN)) / one if one > 0 else NAN
        return Measured(min(gains.values()), note=", ".join(f"T = {T} {g:.3g}" for T, g in gains.items()))

    return measure
