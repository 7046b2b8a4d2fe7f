"""What is typed to find runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.config import RunConfig
from sdd_tui.run.filter import parse
from sdd_tui.run.index import Listed


def run(name: str = "a", T: int | str = 5, state: str = "finished", **more: Any) -> Listed:
    settings = RunConfig().model_dump()
    settings["data"]["n_examples"] = T
    settings["title"] = more.pop("title", "")
    values: dict[str, Any] = {"step": 10, "steps": 100, "train_loss": 0.5, "test_loss": 1.02, "preset": "pentagon"}
    values |= {"created": 0.0, "host": "laptop", "settings": settings, **more}
    return Listed(name, Path(name), state, **values)


RUNS = (
    run("a", 5, tags=("Baseline", "paper"), note="five of them", title="On a pentagon"),
    run("b", 2_000, "failed", preset="middle", train_loss=None, test_loss=None),
    run("c", "inf", "running", preset="infinite", host="node-7"),
    run("d", 100, "damaged", settings={}, preset=None, host=None),
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "abcd"),
        ("PENTAGON", "a"),
        ("five them", "a"),
        ("five node", ""),
        ("baseline", "a"),
        ("T>100", "bc"),
        ("T<=1e4", "ab"),
        ("T>=2,000", "bc"),
        ("T=inf", "c"),
        ("T=INF", "c"),
        ("S>.99 n>=1_000", "abc"),
        ("T=∞", "c"),
        ("T!=inf", "abd"),
        ("T==5", "a"),
        ("-T>100", "ad"),
        ("!T>100 -state:damaged", "a"),
        ("--T>100", "bc"),
        ("n_examples>100", "bc"),
        ("data.n_examples>100", "bc"),
        ("m=2", "abc"),
        ("S=0.999", "abc"),
        ("S>0.99 n>=1000", "abc"),
        ("lr<1e-3", ""),
        ("lr<=1e-3", "abc"),
        ("tied=true", "abc"),
        ("output=ReLU", "abc"),
        ("seed=0", "abc"),
        ("seed=1", ""),
        ("test>1", "acd"),
        ("train<1", "acd"),
        ("step=10", "abcd"),
        ("steps=50000", "abc"),
        ("state:run", "c"),
        ("state:failed", "b"),
        ("tag:base", "a"),
        ("-tag:base", "bcd"),
        ("host:node", "c"),
        ("preset:mid", "b"),
    ],
)
def test_a_filter_finds(text: str, names: str) -> None:
    found = parse(text)
    assert "".join(r.name for r in RUNS if found(r)) == names
    assert (found.problem, found.unfinished) == ("", "")


@pytest.mark.parametrize("text", ["T>", "T", "T>-", "T>=1e", "T>1,0", "T=", "state:", "tag:", "-", "!", "-T<", "host:"])
def test_a_term_that_is_being_typed_does_not_hide_the_runs_it_may_mean(text: str) -> None:
    found = parse(f"{text} state:finished")
    assert found.problem == ""
    assert text == "T" or (found(RUNS[0]) and found.unfinished == text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n_exmples>5", "Did you mean 'n_examples'?"),
        ("Q>5", "Q is not a setting"),
        ("sate:running", "there are state:, tag:, host:, preset:"),
        ("state:sleeping", "sleeping is not a state"),
        ("T>many", "many is not a number"),
        ("a\x1b[31m:x", ""),
        ("x=\x1b[31m", "x is not a setting"),
    ],
)
def test_what_is_not_known_is_said_and_hides_nothing(text: str, words: str) -> None:
    found = parse(text)
    assert words in found.problem
    assert found.problem.isprintable()
    assert not words or all(found(r) for r in RUNS)


HOSTILE: list[object] = [None, True, "x", "nan", 10**400, []]
HOSTILE += [{"n_examples": {}}, {"n_examples": float("nan")}, {"n_examples": []}]


@given(st.text() | st.lists(st.sampled_from([*"-!TmS=<>:.e1∞ ", "state", "seed", "\x00", "1e999"])).map("".join))
def test_any_text_is_a_filter(text: str) -> None:
    found = parse(text)
    for data in HOSTILE:
        found(run(settings={"data": data, "title": data}))
    assert found.problem.isprintable()


def test_a_very_long_text_is_a_filter() -> None:
    assert parse("-" * 99_999 + "T>" + "1" * 99_999)(RUNS[0])
