"""Numbers as people write them: 10,000, 10_000, 1e4, .99, +3, INF, ∞; and as the program does. Pure; any floor may
import it.

A comma only stands between thousands, and no count is written with a decimal point: 1.000 is one to some and a thousand
to others, and 1,5 is fifteen to nobody. There is no k for thousands: only a map's heads have it, where they must be
short. What the program writes has commas up to ten million, whatever it is, and powers of ten as 1.5e-7: no plus, no
zeros in front.
"""

from __future__ import annotations

import math
import re
import tomllib
from typing import Any

NUMERAL = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*(?:_\d+)*)?(?P<part>\.\d*)?(?P<power>e[+-]?\d+)?",
    re.IGNORECASE | re.ASCII,
)
INFINITE = re.compile(r"([+-]?)(?:inf|infinity|∞)", re.IGNORECASE)

PADDED = re.compile(r"(?<=\d)e\+?(-?)0*(?=\d)")
"""What Python puts before a power's first digit."""

IN_FULL = 1e7
"""Numbers are written in full below."""

LONGEST = 300
"""Characters that are read as a number; Python reads none of more than 4,300 digits."""

NO_POINT = "it has a decimal point, and whole numbers have none (thousands are written 1000, 1,000, 1_000 or 1e3)"


class Written(float):
    """A real number of a TOML file that knows how it was written."""

    text: str

    def __new__(cls, text: str) -> Written:
        self = super().__new__(cls, text)
        self.text = text
        return self


def loads(text: str) -> dict[str, Any]:
    """TOML whose real numbers are `Written`, and 1e3 is 1000. Raises what tomllib does."""
    return tomllib.loads(text, parse_float=_count_or_real)


def _count_or_real(text: str) -> int | Written:
    count = whole_number(text)
    return Written(text) if count is None or abs(count) >= 2**53 else count


def number(text: str) -> int | float | None:
    """The number that a text means, an int without a decimal point or a power of ten; None for anything else."""
    text = text.strip().replace("−", "-")
    if found := INFINITE.fullmatch(text):
        return -math.inf if found[1] == "-" else math.inf
    found = NUMERAL.fullmatch(text) if len(text) <= LONGEST else None
    if found is None or not (found["whole"] or len(found["part"] or "") > 1):
        return None
    plain = text.replace(",", "").replace("_", "")
    if not (found["part"] or found["power"]):
        return int(plain)
    return None if math.isinf(value := float(plain)) else value


def whole_number(text: str) -> int | None:
    """The whole number that a text means; None for anything else."""
    found = number(text)
    if found is None or math.isinf(found) or found != int(found) or has_point(text):
        return None
    return int(found)


def has_point(text: str) -> bool:
    """Whether a number's decimal point is all that keeps it from being large: 1.000, but not 1.5e3."""
    return "." in text and "e" not in text.lower()


def counted(count: int, noun: str) -> str:
    """So many of something: 1 cell, 2,000 cells."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def short(value: float) -> str:
    """A measured quantity: four decimals, one from 1,000 on, or three digits and a power of ten; a dash for NaN."""
    if not math.isfinite(value):
        return "—"
    if 1e-3 <= abs(value) < 999.99995 or value == 0:
        return f"{value:.4f}"
    return f"{value:,.1f}" if 1 <= abs(value) < 999_999.95 else unpadded(f"{value:.2e}")


def rounded(value: float, digits: int = 4) -> str:
    """A number to so many digits, or to all of those before the point: 0.25, 12,345, 4e-7, ∞; a dash for NaN."""
    if not math.isfinite(value):
        return "—" if math.isnan(value) else "∞" if value > 0 else "-∞"
    if not 1 <= abs(value) < IN_FULL:
        return unpadded(f"{value:.{digits}g}")
    places = max(0, digits - len(str(int(abs(value)))))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text


def unpadded(text: str) -> str:
    """A power of ten as Python writes it without its plus and its zeros in front: 1e+05 is 1e5, 4.8e-08 is 4.8e-8."""
    return PADDED.sub(r"e\1", text)
