"""The inspector: what it lists, how one walks through examples and features, and lines that do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.errors import ConfigError
from sdd_tui.panels.catalogue import PANELS, drawn
from sdd_tui.panels.inspector import asked, chosen, walked
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.run.reader import open_run

RECORDED = Path(__file__).parents[1] / "tui" / "recorded" / "pentagon-small"


@pytest.fixture(scope="module")
def view() -> View:
    found = View(open_run(RECORDED))
    found.poll(10)
    found.go(100)
    return found


@pytest.fixture
def snapshot(view: View) -> Snapshot:
    assert view.snapshot is not None
    return view.snapshot


def lines(view: View, options: ViewOptions, width: int = 70, height: int = 100) -> list[str]:
    return [
        "".join(t for t, _ in row).rstrip() for row in drawn(PANELS["inspector"], view, options, width, height).rows
    ]


def test_features_that_are_wrongly_active_are_listed_with_their_share_of_the_loss(
    view: View, snapshot: Snapshot
) -> None:
    r = snapshot.reconstruction(1)
    out = np.maximum(snapshot.W.T @ snapshot.H[:, 1] + snapshot.b, 0)
    out[r.features] = 0
    largest = np.argsort(-out, kind="stable")[: len(r.elsewhere)]
    assert len(r.elsewhere) > 3
    np.testing.assert_array_equal(r.elsewhere, largest)
    np.testing.assert_allclose(r.output_elsewhere, out[largest])
    assert (out**2).sum() == pytest.approx(r.loss - r.loss_there, rel=1e-9)
    told = lines(view, ViewOptions(item=1))
    at = told.index("false positives: the largest x′_j where x_j is 0")
    assert [int(line.split()[0].replace(",", "")) for line in told[at + 1 :]] == r.elsewhere.tolist()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3", ("example", 3)),
        (" feature 399 ", ("feature", 399)),
        ("Example 4", ("example", 4)),
        ("f1_0", ("feature", 10)),
    ],
)
def test_an_example_or_a_feature_is_named_by_its_number(snapshot: Snapshot, text: str, meant: tuple[str, int]) -> None:
    assert asked(text, "example", snapshot) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [("5", "0 to 4"), ("feature 400", "0 to 399"), ("", "names none"), ("-1", "names none"), ("9" * 40, "names none")],
)
def test_a_number_that_there_is_not_is_refused(snapshot: Snapshot, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        asked(text, "example", snapshot)


def test_one_walks_by_number_by_norm_or_by_dimensionality_and_around_the_ends(snapshot: Snapshot) -> None:
    for kind, by_norm, by_D in (
        ("example", snapshot.hidden_norms, snapshot.D_X),
        ("feature", snapshot.feature_norms, snapshot.D_f),
    ):
        for ranking, key in (("number", -np.arange(len(by_D))), ("norm", by_norm), ("D", by_D)):
            options = ViewOptions(kind=kind, ranking=ranking)  # type: ignore[arg-type]
            order = np.argsort(-key, kind="stable").tolist()
            shown, _ = chosen(snapshot, options)
            ends = (shown + 1, shown - 1) if (kind, ranking) == ("feature", "number") else (order[0], order[-1])
            assert (walked(snapshot, options, 1), walked(snapshot, options, -1)) == ends
            for at in (0, 1, len(order) - 1):
                here = ViewOptions(kind=kind, ranking=ranking, item=order[at])  # type: ignore[arg-type]
                assert walked(snapshot, here, 1) == order[(at + 1) % len(order)]
                assert walked(snapshot, here, -1) == order[at - 1]


def test_lines_that_do_not_fit_are_scrolled_and_the_edge_says_which_are_shown(view: View) -> None:
    every = lines(view, ViewOptions(item=1))
    first = drawn(PANELS["inspector"], view, ViewOptions(item=1), 70, 6)
    assert first.beyond == len(every) - 6
    assert f"1-6 of {len(every)} lines" in first.note
    options = ViewOptions(item=1, scroll=("inspector", 4))
    assert lines(view, options, height=6) == every[4:10]
    assert lines(view, ViewOptions(item=1, scroll=("inspector", 999)), height=6) == every[-6:]
    assert lines(view, ViewOptions(item=1, scroll=("system", 4)), height=6) == every[:6]
    assert "lines" not in drawn(PANELS["inspector"], view, ViewOptions(item=1), 70, 100).note


def test_where_there_is_room_each_feature_has_bars_of_x_and_of_what_the_model_makes_of_it(
    view: View, snapshot: Snapshot
) -> None:
    """At step 100 the model has just begun: most of x is missing, and features are wrongly active."""
    r = snapshot.reconstruction(1)
    top = max(r.values.max(), r.output.max(), r.output_elsewhere.max())
    for width in (66, 78, 118, 198):
        for colours, both in ((True, "▀"), (False, "█")):
            told = lines(view, ViewOptions(item=1, colours=colours), width)
            (head,) = [i for i, line in enumerate(told) if "‖W_j‖" in line and "b_j" in line]
            assert told[head].endswith(f"▀ x_j  ▄ x′_j  0 to {top:.3g}" if width >= 72 else "▀ x_j  ▄ x′_j")
            listed = [line for line in told[head + 1 :] if line[:9].strip().isdigit()]
            bars = {int(line[:9]): line[48:] for line in listed}
            room = width - 48
            for j, x, made in zip(r.features.tolist(), r.values.tolist(), r.output.tolist(), strict=True):
                upper, lower = round(room * x / top), round(room * max(made, 0) / top)
                assert len(bars[j]) == max(upper, lower) and bars[j][: min(upper, lower)] == both * min(upper, lower)
            for j, made in zip(r.elsewhere.tolist(), r.output_elsewhere.tolist(), strict=True):
                assert bars[j] == "▄" * round(room * made / top)
    narrow, enough = ("".join(lines(view, ViewOptions(item=1), width)) for width in (63, 64))
    assert "▀" not in narrow and "▀" in enough
