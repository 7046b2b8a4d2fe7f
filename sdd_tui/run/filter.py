"""What is typed to find runs: words, comparisons of settings and losses, and `state:`, `tag:`, `host:`, `preset:`.

    pentagon T<=100 -state:failed        name, preset, title, tag or note holds "pentagon", T is at most 100, not failed

Pure. Every term must hold. Text is filtered while it is typed, so a term that isn't finished holds for every run, and
so does one that can't be understood; `Filter.problem` says which. Any text is a filter: nothing raises.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sdd_tui.errors import plain
from sdd_tui.notation import ALIASES
from sdd_tui.numerals import number
from sdd_tui.run.index import UNREADABLE, Listed
from sdd_tui.run.layout import ACTIVE

Test = Callable[[Listed], bool]

COMPARISON = re.compile(r"([A-Za-z_][\w.]*)(<=|>=|!=|==|=|<|>)(.*)", re.DOTALL)
KEYWORD = re.compile(r"([A-Za-z_]+):(.*)", re.DOTALL)
BEGUN = re.compile(r"[-+−]?[\d,_]*\.?\d*(e[-+]?)?", re.IGNORECASE)
"""What may become a number."""

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}

MEASURED: dict[str, Callable[[Listed], float | None]] = {
    "train": lambda run: run.train_loss,
    "test": lambda run: run.test_loss,
    "step": lambda run: run.step,
}
"""What is compared beside settings."""

KEYWORDS: dict[str, Callable[[Listed], tuple[str, ...]]] = {
    "state": lambda run: (run.state,),
    "tag": lambda run: run.tags,
    "host": lambda run: (run.host or "",),
    "preset": lambda run: (run.preset or "",),
}
"""The beginning of one of these words is asked for."""

STATES = (*ACTIVE, "finished", "stopped", "failed", "damaged", UNREADABLE)

SHORT = {"seed": ("data.seed", "model.seed")}
"""Short for several settings, all of which must hold."""


class _Problem(Exception):
    """A term that can't be understood, in one sentence."""


class _Unfinished(Exception):
    """A term that lacks its value."""


@dataclass(frozen=True)
class Filter:
    """Which runs are meant; call it with one."""

    tests: tuple[Test, ...] = ()
    problem: str = ""
    """The first term that can't be understood, and why; "" when there is none."""
    unfinished: str = ""
    """The first term that lacks its value; "" when there is none."""

    def __call__(self, run: Listed) -> bool:
        return all(test(run) for test in self.tests)


def parse(text: str) -> Filter:
    """The filter that a text means."""
    tests: list[Test] = []
    problem = unfinished = ""
    for term in text.split():
        try:
            tests.append(_term(term))
        except _Problem as why:
            problem = problem or str(why)
        except _Unfinished:
            unfinished = unfinished or term
    return Filter(tuple(tests), problem, unfinished)


def _term(term: str) -> Test:
    body = term.lstrip("-!")
    if not body:
        raise _Unfinished
    positive = _positive(body)
    return (lambda run: not positive(run)) if (len(term) - len(body)) % 2 else positive


def _positive(term: str) -> Test:
    if found := COMPARISON.fullmatch(term):
        return _comparison(*found.groups())
    if found := KEYWORD.fullmatch(term):
        return _keyword(*found.groups())
    word = term.casefold()
    return lambda run: word in _text(run)


def _keyword(key: str, value: str) -> Test:
    if key not in KEYWORDS:
        raise _Problem(f"{plain(key)}: is not known here; there are {', '.join(f'{k}:' for k in KEYWORDS)}.")
    if not value:
        raise _Unfinished
    read, wanted = KEYWORDS[key], value.casefold()
    if key == "state" and not any(state.startswith(wanted) for state in STATES):
        raise _Problem(f"{plain(value)} is not a state; there are {', '.join(STATES)}.")
    return lambda run: any(word.casefold().startswith(wanted) for word in read(run))


def _comparison(key: str, sign: str, value: str) -> Test:
    reads = _reads(key)
    wanted = _number(value)
    if wanted is None and BEGUN.fullmatch(value):
        raise _Unfinished
    if sign in ORDERS:
        if wanted is None:
            raise _Problem(f"{plain(key + sign + value)}: {plain(value)} is not a number.")
        return lambda run: all(_ordered(ORDERS[sign], read(run), wanted) for read in reads)
    word = value.casefold()
    if sign == "!=":
        return lambda run: not all(_equal(read(run), wanted, word) for read in reads)
    return lambda run: all(_equal(read(run), wanted, word) for read in reads)


def _ordered(order: Callable[[Any, Any], bool], value: Any, wanted: float) -> bool:
    known = _number(value)
    return known is not None and order(known, wanted)


def _equal(value: Any, wanted: float | None, word: str) -> bool:
    known = _number(value)
    if known is None or wanted is None:
        return str(value).casefold() == word
    return known == wanted or math.isclose(known, wanted, rel_tol=1e-9)


def _number(value: Any) -> float | None:
    """A setting, a loss or what was typed, as a number; true is none."""
    if isinstance(value, str):
        value = number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return None if math.isnan(found) else found


def _reads(key: str) -> list[Callable[[Listed], Any]]:
    """What a comparison's left side reads of a run. Raises _Problem for a name that is not known."""
    if key in MEASURED:
        return [MEASURED[key]]
    from sdd_tui.config import field_help, suggest  # pydantic, which words alone need not wait for

    known = list(field_help())
    name = ALIASES.get(key, key)
    names = [name] if name in known else [k for k in known if k.split(".")[-1] == name]
    names = list(SHORT.get(key, names))
    if not names:
        words = [*known, *(k.split(".")[-1] for k in known), *MEASURED, *ALIASES, *SHORT]
        raise _Problem(f"{plain(key)} is not a setting.{suggest(key, words)}")
    if len(names) > 1 and key not in SHORT:
        raise _Problem(f"{plain(key)} is ambiguous: write {' or '.join(names)}.")
    return [partial(_setting, name.split(".")) for name in names]


def _setting(path: list[str], run: Listed) -> Any:
    value: Any = run.settings
    for table in path:
        value = value.get(table) if isinstance(value, dict) else None
    return value


def _text(run: Listed) -> str:
    """Everything that words are looked for in."""
    title = run.settings.get("title")
    return "\n".join(
        (run.name, run.preset or "", title if isinstance(title, str) else "", *run.tags, run.note)
    ).casefold()
