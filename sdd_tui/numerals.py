"""Numbers as people write them: 10,000, 10_000, 1e4, .99, +3, INF, ∞. Pure; any floor may import it.

A comma only stands between thousands, and no count is written with a decimal point: 1.000 is one to some and a thousand
to others, and 1,5 is fifteen to nobody. There is no k for thousands: only the axes of charts have it.
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
