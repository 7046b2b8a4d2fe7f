"""What an axis may be written as."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.errors import ConfigError, SddError
from sdd_tui.numerals import loads
from sdd_tui.sweep.axes import parse_axis, parse_words
from sdd_tui.sweep.presets import load, to_toml


@pytest.mark.parametrize(
    ("key", "text", "values"),
    [
        ("T", "3,5,8", (3, 5, 8)),
        ("T", "[3, 5]", (3, 5)),
        ("T", "5", (5,)),
        ("T", "3, 5,", (3, 5)),
        ("T", "5,5,1e3,inf", (5, 5, 1000, "inf")),
        ("T", "3,INF,∞", (3, "inf", "inf")),
        ("S", ".9,.99", (0.9, 0.99)),
        ("T", "10_000,1e4,+5", (10_000, 10_000, 5)),
        ("T", "range(3, 6)", (3, 4, 5)),
        ("T", "range(10, 3, -4)", (10, 6)),
        ("T", "logspace(3, 1e5, 4)", (3, 97, 3107, 100_000)),
        ("T", "logspace(1, 3, 20)", (1, 2, 3)),
        ("lr", "logspace(1e-4, 1e-2, 3)", (1e-4, 1e-3, 1e-2)),
        ("lr", "linspace(0, 1, 5)", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("lr", "1,0.1", (1.0, 0.1)),
        ("reduction", "mean,sum", ("mean", "sum")),
        ("tied", "true,false", (True, False)),
        ("seed", "range(0, 2)", (0, 1)),
    ],
)
def test_values_are_lists_or_ranges(key: str, text: str, values: tuple[Any, ...]) -> None:
    found = parse_words(key, text, "here").values
    assert found == values
    assert [type(v) for v in found] == [type(v) for v in values]


def test_an_axis_knows_the_settings_it_is_short_for() -> None:
    assert parse_axis("T", [3], "x").settings == ("data.n_examples",)
    assert parse_axis("seed", [3], "x").settings == ("data.seed", "model.seed")
    assert parse_axis("lr", [3], "x").settings == ("optim.lr",)


@pytest.mark.parametrize(
    ("key", "written", "message"),
    [
        ("T", [], "x: axis T: has no values."),
        ("T", "range(5, 3)", "x: axis T: has no values."),
        ("stepz", [3], "x: stepz is not a setting. Did you mean 'steps'?"),
        ("T", "logspce(3, 5, 2)", "x: axis T: logspce is not a range. Did you mean 'logspace'?"),
        ("T", "logspace(3, 5)", "x: axis T: logspace(3, 5) can't be read."),
        ("T", "logspace(0, 5, 3)", "x: axis T: logspace needs two numbers above 0"),
        ("T", "logspace(1, inf, 3)", "x: axis T: logspace(1, inf, 3) can't be read."),
        ("T", "linspace(1, 2, 2.5)", "x: axis T: linspace needs a whole number of values"),
        ("T", "linspace(1, 2, 1e12)", "x: axis T: linspace needs a whole number of values"),
        ("T", "range(0, 1e12)", "x: axis T: has 1,000,000,000,000 values"),
        ("T", "range(0, 5, 0)", "x: axis T: range needs whole numbers"),
        ("T", [[3]], "x: axis T: [3] is not a value."),
        ("T", [10**5_000], "x: axis T: a value of thousands of digits is not a value."),
        ("title", ["a", "b"], "x: axis title: this is no setting that can vary."),
    ],
)
def test_a_wrong_axis_is_explained(key: str, written: Any, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_axis(key, written, "x")
    assert str(error.value).startswith(message)


@given(st.sampled_from(["T", "lr", "seed", "reduction"]), st.text(max_size=30))
def test_any_text_is_an_axis_or_a_plain_error(key: str, text: str) -> None:
    try:
        found = parse_words(key, text, "x")
    except SddError as error:
        assert str(error).isprintable()
    else:
        assert found.values


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.integers(1, 50))
def test_logspace_goes_from_its_first_number_to_its_last(first: float, last: float, count: int) -> None:
    found = parse_axis("lr", f"logspace({first}, {last}, {count})", "x").values
    assert found[0] == pytest.approx(first, rel=1e-5)
    if count > 1:
        assert found[-1] == pytest.approx(last, rel=1e-5)
    assert len(found) <= count


@pytest.mark.parametrize("text", ["1.000,2.000", "3,5.", "[1.000, 2]", "range(1.000, 3)"])
def test_a_decimal_point_in_a_count_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"axis T: .* can't be used: it has a decimal point"):
        parse_words("T", text, "x")


def test_a_comma_is_between_values() -> None:
    assert parse_words("T", "1,100", "x").values == (1, 100)
    assert parse_words("T", "10,000", "x").values == (10, "000")  # which no cell can be trained with


def test_a_decimal_point_in_a_count_of_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[settings.data]\nsparsity = 0.9\n[axes]\nT = [1.000, 2.000]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"axis T: 1\.000 can't be used: it has a decimal point"):
        load(str(path))
    path.write_text("[settings.data]\nsparsity = 0.9\n[axes]\nT = [1e3, 2]\nlr = [1.0, 0.5]\n", encoding="utf-8")
    sweep = load(str(path))
    assert [axis.values for axis in sweep.axes] == [(1000, 2), (1.0, 0.5)]
    assert sweep.base.data.sparsity == 0.9
    assert loads(to_toml(sweep))["axes"] == {"T": [1000, 2], "lr": [1.0, 0.5]}
