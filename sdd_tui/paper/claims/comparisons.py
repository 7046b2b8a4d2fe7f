"""Claims that compare curves, at the paper's own n; `scaled.py` asks the same of scaled-down sweeps."""

from __future__ import annotations

import math

from sdd_tui.paper.accepted import Range
from sdd_tui.paper.claim import Claim
from sdd_tui.paper.measures import (
    bump,
    farther_memorised,
    farthest_onset,
    least_gain,
    mean,
    quotient,
    ridge,
    steps_back,
)
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.published import ONSET
from sdd_tui.paper.run_measures import dedicated, offset, repeated_is_first

MAP = NeededSweep("t-by-m", figures=("t-by-m",))
DECAY = NeededSweep("weight-decay", figures=("weight-decay",))
LENGTH = NeededSweep("training-length", figures=("training-length",))
BEST = NeededSweep("best-of-lr", figures=("best-of-lr",))
OCCURRENCES = NeededSweep("occurrences", figures=("occurrences",))
REPEATS = NeededSweep("double-descent", ("T=30000", "repeats=5", "seed=1,2,3"))
RECTIFIED = NeededSweep("double-descent", ("T=30", "hidden=relu", "seed=range(1,5)"))

NONE = "the paper's figure has no exception; an order needs no tolerance"
FLAT = "a rise of a twentieth of the tallest curve's is flat to the eye on the figure's linear axis"
APPENDIX = "the appendix, m = 4"
CORRECTION = "the authors' correction, July 2023"

RIDGE = Claim(
    key="map-ridge",
    says="The ridge of the map moves to larger T as m grows",
    source="the figure of test loss over (T, m)",
    quantity="times that the ridge moves back from an m to the next",
    paper="0",
    accepts=Range(0, 0, NONE),
    need=Need(MAP),
    measure=steps_back(ridge, "m", equal=True),
    form=".0f",
)
LESS_DECAY = Claim(
    key="decay",
    says="The less weight decay, the bigger the bump",
    source=APPENDIX,
    quantity="times that the bump does not shrink from a decay to the next",
    paper="0",
    accepts=Range(0, 0, NONE),
    need=Need(DECAY),
    measure=steps_back(bump, "weight_decay", rising=False),
    form=".0f",
)
DECAY_REMOVES = Claim(
    key="decay-removes",
    says="A weight decay of 1 removes the bump",
    source=APPENDIX,
    quantity="the bump with decay 1 over that with 0.01",
    paper="0",
    accepts=Range(-math.inf, 0.05, FLAT),
    need=Need(DECAY),
    measure=quotient(bump, "weight_decay", 1.0, 0.01),
    form=".3f",
)
LONGER = Claim(
    key="length",
    says="The longer the training, the bigger the bump",
    source=APPENDIX,
    quantity="times that the bump does not grow from a length to the next",
    paper="0",
    accepts=Range(0, 0, NONE),
    need=Need(LENGTH),
    measure=steps_back(bump, "steps"),
    form=".0f",
)
BEST_LOWER = Claim(
    key="best-lower",
    says="In the middle regime other learning rates find a lower training loss",
    source=CORRECTION,
    quantity="least relative gain of the best of all rates and seeds over the best seed at 1e-3, T = 1,000 to 5,000",
    paper="above 0",
    accepts=Range(0.0005, math.inf, "the seeds' best losses scatter by less; the size of the gain isn't published"),
    need=Need(BEST, {"T": (1_000, 2_000, 5_000)}),
    measure=least_gain(1e-3),
)
BEST_MEMORISES = Claim(
    key="best-memorises",
    says="Chosen by training loss, the memoriser wins up to larger T",
    source=CORRECTION,
    quantity="largest T that the best of all rates stores over the largest that most seeds at 1e-3 store",
    paper="about 500: 500,000 instead of 1,000",
    accepts=Range(1.01, math.inf, "the sweep's T are few; any step farther is the effect, its size isn't claimed"),
    need=Need(BEST),
    measure=farther_memorised(1e-3),
    form=".2f",
)
SAME_ONSET = Claim(
    key="onset",
    says="Features get directions of their own at the same number of occurrences, for every S",
    source="Jermyn's comment: T(1 - S) ≈ 10",
    quantity="T(1 - S) at the onset, of the S where it is farthest from 10",
    paper="about 10",
    accepts=Range(3, 20, "the comment's curves jump between 3 and 20"),
    need=Need(OCCURRENCES),
    measure=farthest_onset(ONSET),
    form=".1f",
)
REPEATED = Claim(
    key="repeated",
    says="One example of 30,000, five times, is stored among the features",
    source="Jermyn's comment: stored when R is above 0.4 T/n",
    quantity="share of seeds whose repeated example has the largest D_X of all, T = 30,000, R = 5",
    paper="stored in the comment's run; near misses occur",
    accepts=Range(
        0.5, 1.0, "the comment shows runs that nearly store it, too; by chance it would be one seed in 30,000"
    ),
    need=Need(REPEATS),
    measure=mean(repeated_is_first),
    form=".2f",
)
REPEATED_PLACE = Claim(
    key="repeated-place",
    says="It is stored in the place of one of the five features",
    source="Jermyn's comment",
    quantity="mean number of features of D_f ≥ 0.15, T = 30,000, R = 5",
    paper="4",
    accepts=Range(4, 4.5, "near misses occur: at most half of the seeds keep the fifth feature"),
    need=Need(REPEATS),
    measure=mean(dedicated),
    form=".2f",
)
SHIFTED = Claim(
    key="hidden-relu",
    says="A ReLU in the hidden layer shifts the circle away from the origin",
    source="Hobbhahn's comment: shifted superposition",
    quantity="mean distance of the stored examples' centre from the origin, in radii, T = 30",
    paper="1 or more: the origin is not inside",
    accepts=Range(
        1.0, math.inf, "at 1 the origin lies on the circle, no longer inside; how far it moves isn't published"
    ),
    need=Need(RECTIFIED),
    measure=mean(offset),
    form=".2f",
)
