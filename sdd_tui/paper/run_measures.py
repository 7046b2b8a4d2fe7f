"""What claims read of one run: functions from a finished cell to a number, or to whether it is of a kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps

import numpy as np

from sdd_tui.analysis.dimensionality import dimensionality, example_losses
from sdd_tui.analysis.geometry import GAP_TOLERANCE, describe, off_centre
from sdd_tui.analysis.regimes import DEDICATED
from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import State
from sdd_tui.paper.evidence import FinishedCell
from sdd_tui.paper.published import DEDICATED as FIVE
from sdd_tui.run.data import test_data, training_data
from sdd_tui.sweep.reduce import MEASURES

MEMORISED = 1e-6
"""Training loss below which every example is stored exactly; it is 1e-9 or less then, and 1e-3 or more otherwise."""

APART = 500
"""Test examples looked at where each one's loss is wanted; their mean scatters by less than 0.0002."""

Number = Callable[[FinishedCell], float]
NAN = float("nan")


def of_parameters(measure: Number) -> Number:
    """A measure that reads a run's parameters: what is read once is known of the cell, and kept with it."""

    @wraps(measure)
    def read(found: FinishedCell) -> float:
        name = measure.__name__
        if name not in found.measured:
            found.measured[name] = measure(found)
        return found.measured[name]

    return read


def number(measure: str) -> Number:
    """One of the sweeps' measures, of a run."""

    def of(found: FinishedCell) -> float:
        value = MEASURES[measure](found.result)
        return NAN if value is None else float(value)

    return of


TEST, TRAIN, BIAS, WEIGHT = number("test_loss"), number("train_loss"), number("bias_norm"), number("weight_norm")


def memorised(found: FinishedCell) -> bool:
    """Whether every example is stored exactly."""
    return TRAIN(found) < MEMORISED


def failed(found: FinishedCell) -> bool:
    """Whether some example is not."""
    return not memorised(found)


def everything(found: FinishedCell) -> bool:
    """Every run."""
    return True


@of_parameters
def excess_error(found: FinishedCell) -> float:
    """|test loss − 1 − ‖max(b, 0)‖²|, the closed form of a memoriser's test loss."""
    return abs(TEST(found) - 1 - _excess(found))


@of_parameters
def excess_error_apart(found: FinishedCell) -> float:
    """The same of the first APART test examples, those alone that share no active feature with a training example:
    the form is of an output that is max(b, 0) everywhere, which W x changes for the others."""
    found.check_drawn("training", "test")
    train, test = training_data(found.config), test_data(found.config, APART)
    if not isinstance(train, Examples):
        return NAN
    stored = np.zeros(train.n_features, bool)
    stored[train.indices] = True
    apart = ~np.logical_or.reduceat(stored[test.indices], test.indptr[:-1])
    model = found.config.model
    losses = example_losses(State.start(found.params, model.output, model.hidden), test)[apart]
    return abs(float(losses.mean()) - 1 - _excess(found)) if losses.size else NAN


def _excess(found: FinishedCell) -> float:
    """‖max(b, 0)‖²."""
    return float((np.maximum(np.asarray(found.params.b[0], np.float64), 0) ** 2).sum())


def polygon_share(found: FinishedCell) -> float:
    """Median D_X of the stored examples times their number over m: 1 on a regular polygon or circle."""
    return median_D_X(found) * (found.result.stored or 0) / float(found.settings["model"]["n_hidden"])


def largest_D_X(found: FinishedCell) -> float:
    """The largest D_X of an example; of the quartiles and ends that are kept for many examples, the upper end."""
    D_X = found.result.D_X_all or found.result.D_X
    return float(max(D_X)) if D_X else NAN


def median_D_X(found: FinishedCell) -> float:
    """Median D_X of the stored examples."""
    stored = found.result.stored or 0
    D_X = sorted(found.result.D_X_all)[-stored:] if stored else []
    return float(np.median(D_X)) if D_X else NAN


@of_parameters
def repeated_is_first(found: FinishedCell) -> float:
    """1 when the first example, which is the repeated one, has the largest D_X of all."""
    return float(int(dimensionality(found.hidden).argmax()) == 0)


def five_D_f(found: FinishedCell) -> float:
    """Mean D_f of the five largest features."""
    return float(np.mean(found.result.D_f[:5])) if len(found.result.D_f) >= 5 else NAN


def dedicated(found: FinishedCell) -> float:
    """Features with a direction of their own."""
    return float(sum(D_f >= DEDICATED for D_f in found.result.D_f))


def generalises(found: FinishedCell) -> float:
    """1 when exactly five features have directions of their own."""
    return float(dedicated(found) == FIVE)


@of_parameters
def unevenness(found: FinishedCell) -> float:
    """By how many degrees gaps between the stored examples differ from 360/T at most; ∞ where not all are stored."""
    hidden = found.hidden
    T, gaps = hidden.shape[1], describe(hidden).gaps
    return float(np.abs(gaps - 360 / T).max()) if len(gaps) == T else math.inf


def is_even(found: FinishedCell) -> bool:
    """Whether all examples are stored, at the same angle from each other to within the geometry's tolerance."""
    return unevenness(found) <= GAP_TOLERANCE


@of_parameters
def offset(found: FinishedCell) -> float:
    """How far from the origin the circle of hidden vectors lies, in its own radii."""
    return off_centre(found.hidden)
