"""What stands in the table of runs, and in the words about one: no screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.presets import load, presets
from sdd_tui.run.index import Listed
from sdd_tui.tui.home.columns import ORDERS, age, depths, lay_out, ordered, under_parents
from sdd_tui.tui.home.details import changed, details
from sdd_tui.tui.home.expected import expected


def run(name: str = "20260101-000000-pentagon-3f2a", **more: Any) -> Listed:
    values: dict[str, Any] = {"state": "running", "step": 500, "steps": 1_000, "train_loss": 2.5e-11, "test_loss": 1.02}
    values |= {
        "created": 0.0,
        "host": "node-7",
        "preset": "pentagon",
        "settings": load("pentagon").model_dump(),
        **more,
    }
    return Listed(name, Path(name), **values)


def table(width: int, *runs: Listed, marked: tuple[str, ...] = ()) -> list[dict[str, str]]:
    heads, rows = lay_out(runs, marked, 7_300.0, width)
    assert sum(h.width + 2 for h in heads) <= max(width, 40)
    return [{head.name: words for head, (words, _) in zip(heads, row, strict=True)} for row in rows]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 s"), (0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3_599, "59 min"), (7_300, "2 h"), (2e5, "2 d")],
)
def test_ages_are_told_in_one_unit(seconds: float, words: str) -> None:
    assert age(seconds) == words


def test_a_wide_table_shows_everything() -> None:
    first = table(140, run(tags=("paper",)))[0]
    assert first == {
        "run": "pentagon-3f2a",
        "state": "running 50 %",
        "T": "5",
        "train": "2.5e-11",
        "test": "1.0200",
        "age": "2 h",
        "host": "node-7",
        "tags": "paper",
    }


def test_a_narrow_table_keeps_name_state_and_loss_and_drops_the_host_first() -> None:
    assert [*table(62, run())[0]] == ["run", "state", "T", "train", "test", "age", "host"]
    assert [*table(50, run())[0]] == ["run", "state", "T", "train", "test", "age"]
    assert table(40, run())[0] == {"run": "pentagon-3f2a", "state": "50 %", "T": "5", "test": "1.0200"}


def test_regimes_and_hidden_dimensions_have_a_column_where_they_say_something() -> None:
    deep = load("pentagon", ["m=3"]).model_dump()
    told, other = table(120, run("a", regime="memorising", settings=deep), run("b"))
    assert (told["regime"], told["m"], other["regime"], other["m"]) == ("memorising", "3", "", "2")
    assert not {"regime", "m"} & set(table(120, run())[0])


def test_the_course_of_the_train_loss_is_shown_where_there_is_room() -> None:
    pentagon = run(course=(1.0, 1.0, 1.0, 0.9, 0.5, 1e-4, 1e-6, 3e-8, None, None))
    assert table(140, pentagon)[0]["course"] == "█████▄▂▁  "
    assert "course" not in table(58, pentagon)[0] and "course" not in table(140, run())[0]


def test_branches_stand_under_their_parents_and_the_newest_first_among_them() -> None:
    runs = [
        run("old", created=1.0),
        run("branch", created=2.0, parent="old"),
        run("twig", created=3.0, parent="branch"),
        run("other", created=4.0, parent="old"),
        run("new", created=5.0),
    ]
    shown = ordered(runs, ORDERS[0], backwards=False)
    assert [r["run"] for r in table(120, *shown)] == ["new", "old", "└ other", "└ branch", "  └ twig"]
    by_loss = next(order for order in ORDERS if order.column == "test")
    assert [r.name for r in ordered(runs, by_loss, backwards=False)] == ["new", "other", "twig", "branch", "old"]


@given(st.lists(st.tuples(st.integers(0, 6), st.none() | st.integers(0, 8)), unique_by=lambda pair: pair[0]))
def test_no_run_is_lost_or_shown_twice_whatever_the_parents(pairs: list[tuple[int, int | None]]) -> None:
    runs = [run(str(name), parent=None if parent is None else str(parent)) for name, parent in pairs]
    shown = under_parents(runs)
    assert sorted(r.name for r in shown) == sorted(r.name for r in runs)
    nobodys = [r.name for r in runs if r.parent in (None, r.name)]
    assert [r.name for r in shown if r.name in nobodys] == nobodys
    assert all(
        not deep or r.parent in {above.name for above in shown} for r, deep in zip(shown, depths(shown), strict=True)
    )


def test_a_mark_has_a_column_once_there_is_one() -> None:
    a, b = run("a"), run("b")
    assert "" not in table(60, a, b)[0]
    assert [row[""] for row in table(60, a, b, marked=("b",))] == ["", "●"]


def test_what_is_not_known_is_left_empty() -> None:
    damaged = run(state="damaged", step=None, steps=None, train_loss=None, test_loss=None, host=None, settings={})
    assert set(table(60, damaged)[0].values()) == {"pentagon-3f2a", "damaged", "", "2 h"}


@pytest.mark.parametrize("settings", [{}, {"data": 5}, {"data": {"n_examples": []}}, {"data": {"n_examples": 10**40}}])
def test_any_settings_can_be_shown(settings: dict[str, Any]) -> None:
    strange = run(settings={"title": 5, **settings})
    table(100, strange)
    details(strange, {"outcome": {"reason": "\x1b[31m"}}, 40)


def test_changes_are_told_against_the_preset_by_the_names_people_use() -> None:
    assert changed(load("pentagon").model_dump(), "pentagon") == []
    config = load("pentagon", ["T=inf", "lr=0.01", "seed=4", "data.test_seed=2", "tied=false"])
    assert changed(config.model_dump(), "pentagon") == ["T=∞", "seed=4", "test_seed=2", "tied=false", "lr=0.01"]
    assert "steps=20,000" in changed(load("quick").model_dump(), "mine")


def test_the_words_about_a_run_say_what_came_out_and_what_was_noted() -> None:
    told = details(run(note="odd", tags=("paper",)), {"outcome": {"solution": "memorising", "polygon": 5}}, 60).plain
    assert told.splitlines() == [
        "Five examples on a regular pentagon",
        "outcome  memorising; a regular polygon with 5 corners",
        "note     odd",
        "tags     paper",
        "host     node-7",
    ]


@pytest.mark.parametrize("name", [p.name for p in presets()])
def test_every_preset_has_an_expected_picture_that_is_small(name: str) -> None:
    picture = expected(name)
    assert picture is not None
    assert picture.vectors.shape[0] == 2
    assert 3 <= picture.vectors.shape[1] <= 300
    assert (picture.colour == "feature") == (name in ("generalize", "infinite"))


def test_a_preset_of_none_of_ours_has_no_picture() -> None:
    assert expected("mine") is None
