"""What the tour says: of each recorded model some sentences, each about one step of it and one panel.

The models are of the size of those in "Superposition, Memorization, and Double Descent" (Anthropic, 2023): 10,000
features, two hidden dimensions, 50,000 steps.
"""

from __future__ import annotations

from sdd_tui.tui.tour.moments import Line, Moment, Station

STEPS = 50_000
"""What the models were trained for."""


def _first(m: Moment) -> bool:
    return True


def _last(m: Moment) -> bool:
    return m.step == STEPS


STATIONS = (
    Station(
        3,
        "Three examples, each with a direction of its own",
        "the left end of the paper's main figure",
        (
            Line(
                "hidden",
                _first,
                "A model that squeezes 10,000 features through two hidden dimensions is trained on three examples,"
                " over and over. Before training the hidden vectors, a dot an example, lie near the origin: the"
                " longest is {longest:.2g} long.",
            ),
            Line(
                "loss",
                lambda m: m.train < 0.9,
                "The training loss is below 1 now, which answering zero would score: {train:.2f}. The test loss is"
                " {test:.2f}: what is learned is about these three examples and nothing else.",
            ),
            Line(
                "hidden",
                lambda m: m.memorised == 3 and m.gaps.min() > 90,
                "All three are memorised: more than half of each comes out again. Their directions are {gaps} apart."
                " Any three more than 90° apart will do: no example then switches on another's output.",
            ),
            Line(
                "dimensionality",
                _last,
                "The dimensionality of an example, D_X, is the share of the hidden space that it has to itself. Here"
                " they are {D_X}: two dimensions, shared by three.",
            ),
            Line(
                "features",
                lambda m: _last(m) and len(m.dedicated) == 0,
                "The features have nothing of the kind: they point where the examples that contain them point. The"
                " largest D_f is {D_f_largest:.2f}; in a pentagon of features each has about 0.25.",
            ),
        ),
    ),
    Station(
        5,
        "Five examples, a regular pentagon",
        "the paper's hidden vectors at T = 5",
        (
            Line("hidden", _first, "Five training examples now, and the same two dimensions."),
            Line(
                "hidden",
                lambda m: m.longest > 0.5,
                "They leave the origin: the longest is {longest:.2f} long, with {memorised} of five memorised so far.",
            ),
            Line(
                "hidden",
                lambda m: m.snapshot.geometry.polygon == 5,
                "They stand on a regular pentagon: neighbours are {narrowest:.0f}° to {widest:.0f}° apart, 72° if it"
                " were exact. This is superposition, of examples instead of features.",
            ),
            Line(
                "loss",
                lambda m: m.train < 0.01,
                "The training loss is down to {train:.1g}, the test loss {test:.3f}: to examples that it has not"
                " seen a perfect memoriser answers almost nothing, which scores 1.",
            ),
            Line("dimensionality", _last, "Each example has {D_X_median:.2f} of a dimension: two, shared by five."),
        ),
    ),
    Station(
        30,
        "Thirty examples, a circle",
        "the paper's hidden vectors at T = 30",
        (
            Line("hidden", _first, "Thirty examples: too many for a polygon with room between its corners."),
            Line(
                "hidden",
                lambda m: m.memorised >= 5,
                "{memorised} of thirty are memorised. What is stored moves out to one circle, and those that grow"
                " first push the others aside.",
            ),
            Line(
                "hidden",
                _last,
                "In the end {stored} examples lie away from the origin, {lost} were left there, and {memorised} are"
                " memorised.",
            ),
            Line(
                "dimensionality",
                _last,
                "The median D_X of the thirty is {D_X_median:.3f}. Shared evenly it would be 2/30 = 0.067; but those"
                " at the origin have nothing.",
            ),
            Line("loss", _last, "Training loss {train:.2f}, test loss {test:.3f}: memory, not knowledge."),
        ),
    ),
    Station(
        200,
        "Two hundred examples: the middle",
        "the paper's hidden vectors at T = 200",
        (
            Line(
                "hidden",
                _first,
                "Two hundred examples don't fit on one circle, and are too few to learn features from.",
            ),
            Line(
                "hidden",
                lambda m: m.longest > 0.5,
                "Training stores what it can all the same: the longest hidden vector is {longest:.2f} long, and"
                " {lost} examples are left at the origin.",
            ),
            Line(
                "loss",
                lambda m: m.train < 0.92 and m.test > 1,
                "The training loss is down to {train:.2f}, the test loss up to {test:.4f}: what is learned of these"
                " two hundred does harm to others.",
            ),
            Line(
                "hidden",
                _last,
                "In the end {lost} lie at the origin, and {memorised} of the two hundred are memorised: of the"
                " others less than half comes out again.",
            ),
            Line(
                "features",
                lambda m: _last(m) and len(m.dedicated) == 0,
                "The features are a tangle, the longest {farthest:.1f} long. None of the 10,000 has a direction of"
                " its own.",
            ),
        ),
    ),
    Station(
        2_000,
        "Two thousand examples: the peak",
        "the peak of the test loss in the paper's main figure",
        (
            Line("features", _first, "Two thousand examples. This time look at the features, a line each."),
            Line(
                "features",
                lambda m: m.snapshot.D_f.max() > 0.1,
                "Some stand out: the largest D_f is {D_f_largest:.2f}. The test loss is {test:.4f}, still below 1.",
            ),
            Line(
                "loss",
                lambda m: m.test > 1,
                "Then the examples get the better of them. The training loss is {train:.3f}, and the test loss has"
                " climbed over 1, to {test:.4f}.",
            ),
            Line(
                "loss",
                _last,
                "It ends at {test:.4f}, higher than with two hundred examples: more data have made the model worse."
                " This is the peak of double descent.",
            ),
            Line(
                "features",
                lambda m: _last(m) and m.memorised == 0 and len(m.dedicated) == 0,
                "The features are a blob again, the largest D_f {D_f_largest:.2f}; and of the first {judged}"
                " examples none is memorised either.",
            ),
        ),
    ),
    Station(
        20_000,
        "Twenty thousand examples: five features, nothing else",
        "the right end of the paper's main figure",
        (
            Line("features", _first, "Twenty thousand examples: ten times as many, and the same two dimensions."),
            Line(
                "features",
                lambda m: len(m.dedicated) == 5,
                "Five features have parted from the others, {feature_gaps} apart: the pentagon is back, made of"
                " features.",
            ),
            Line(
                "dimensionality",
                _last,
                "Their dimensionalities stand above all others: {D_f_five}. The paper's five have 0.21 to 0.27.",
            ),
            Line(
                "hidden",
                lambda m: _last(m) and m.memorised == 0,
                "The hidden vectors lie along the same five rays: an example is the sum of its features. None of the"
                " first {judged} is memorised.",
            ),
            Line(
                "loss",
                lambda m: _last(m) and m.test < 1,
                "Test loss {test:.4f}, training loss {train:.4f}, both below 1: what holds for the one holds for the"
                " other. From memory to knowledge, over a peak: double descent. Next comes the whole curve.",
            ),
        ),
    ),
)
"""In the order of the paper: memorising, the middle, generalising."""
