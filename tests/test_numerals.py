"""What is read as a number, and what is not; how numbers and counts are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.numerals import LONGEST, counted, number, rounded, short, unpadded, whole_number


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


def test_one_is_not_many() -> None:
    assert [counted(n, "cell") for n in (0, 1, 2, 2_000)] == ["0 cells", "1 cell", "2 cells", "2,000 cells"]


def test_quantities_have_four_decimals_or_a_power_of_ten() -> None:
    quantities = (1.00312, 0.0, 1.5e-11, 999.99994, 999.99996, 12_345.67, -5_000.0, 2e6, math.nan)
    assert [short(v) for v in quantities] == [
        "1.0031", "0.0000", "1.50e-11", "999.9999", "1,000.0", "12,345.7", "-5,000.0", "2.00e6", "—",
    ]  # fmt: skip


def test_numbers_are_rounded_to_digits_but_never_before_the_point() -> None:
    numbers = (0.25, 0, 1_000, 12_345, 1_234.56, 1e6, 1e7, 4.2e-5, -1_500, math.inf, -math.inf, math.nan)
    assert [rounded(v) for v in numbers] == [
        "0.25", "0", "1,000", "12,345", "1,235", "1,000,000", "1e7", "4.2e-5", "-1,500", "∞", "-∞", "—",
    ]  # fmt: skip
    assert [rounded(v, 2) for v in (123.4, 99.96, 1.0, 0.999, 4.26e-5)] == ["123", "100", "1", "1", "4.3e-5"]


def test_powers_of_ten_have_no_plus_and_no_zeros_in_front() -> None:
    assert [unpadded(t) for t in ("1e+05", "4.8e-08", "1e+300", "-2e-11", "1e+00", "0.5")] == [
        "1e5", "4.8e-8", "1e300", "-2e-11", "1e0", "0.5",
    ]  # fmt: skip


@given(st.floats(-1e307, 1e307) | st.sampled_from([math.inf, -math.inf]), st.integers(1, 17))
def test_a_rounded_number_reads_as_what_it_is_nearly(value: float, digits: int) -> None:
    found, off = number(rounded(value, digits)), 0.51 * 10 ** (1 - digits)
    assert found == value or found == pytest.approx(value, rel=off, abs=5e-324)
