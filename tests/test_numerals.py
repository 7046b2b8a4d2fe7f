"""What is read as a number, and what is not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.numerals import LONGEST, number, whole_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5), (" 5 ", 5), ("+3", 3), ("-3", -3), ("−3", -3), ("0", 0), ("10_000", 10_000),
        ("10,000", 10_000), ("1,234,567", 1_234_567), ("1e4", 1e4), ("1E4", 1e4), ("1.5e3", 1500.0), ("1e-4", 1e-4),
        (".99", 0.99), ("5.", 5.0), ("+.5", 0.5), ("-0.5", -0.5), ("1.000", 1.0), ("1,000.5", 1000.5),
        ("inf", math.inf), ("INF", math.inf), ("Infinity", math.inf), ("∞", math.inf), ("+inf", math.inf),
        ("-INF", -math.inf),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    found = number(text)
    assert found == value and type(found) is (type(value) if math.isfinite(value) else float)


@pytest.mark.parametrize(
    "text",
    ["", ".", "+", "e4", "1,5", "1,0000", "10,00", ",000", "1,,000", "1__0", "_1", "1_", "007", "000", "0x10", "1 000",
     "10k", "nan", "true", "1.2.3", "1e", "1e4.5", "--1", "٣", "²", "1e400", "-1e400", "1.5e999", "9" * (LONGEST + 1)],
)  # fmt: skip
def test_what_could_mean_two_things_or_nothing_is_no_number(text: str) -> None:
    assert number(text) is None
    assert whole_number(text) is None


@pytest.mark.parametrize(("text", "value"), [("10,000", 10_000), ("1e4", 10_000), ("1.5e3", 1_500), ("-2", -2)])
def test_a_whole_number_may_have_a_power_of_ten(text: str, value: int) -> None:
    assert whole_number(text) == value


@pytest.mark.parametrize("text", ["1.000", "5.", "5.0", "2.5", "1.5e0", "1e-3", "inf", "∞", "1e999"])
def test_a_whole_number_has_no_decimal_point_and_an_end(text: str) -> None:
    assert whole_number(text) is None


@given(st.integers(-(10**15), 10**15))
def test_what_the_program_writes_it_reads(value: int) -> None:
    for text in (str(value), f"{value:,}", f"{value:_}"):
        assert whole_number(text) == value


@given(st.text(max_size=20) | st.text("0123456789.,_eE+-", max_size=12))
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = number(text)
    assert found is None or found == float(text.strip().replace(",", "").replace("∞", "inf").replace("−", "-"))
