"""Every public name says what it is, and what takes or gives arrays says their shapes."""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

import sdd_tui

AXES = "B|k|m|n|T|rows|cells|points|nnz|models|stored|steps"
SHAPE = re.compile(rf"\(({AXES})( \+ 1)?,( ?[a-zA-Z0-9]+)*( ?, ?[a-zA-Z0-9]+)*\)")
ARRAYS = re.compile(r"NDArray|ArrayLike|Floats|Real|Frames|Parameters|Examples")
OURS = [name for name in sdd_tui.__all__ if name != "__version__"]


def lacking(name: str, thing: Any) -> Iterator[str]:
    """What is missing in a public name's documentation."""
    own = thing.__doc__ if not inspect.isclass(thing) else vars(thing).get("__doc__")
    if not own or own.startswith(f"{name}("):  # a dataclass without a docstring is given its signature
        yield f"{name}: has no docstring"
        return
    if inspect.isfunction(thing):
        yield from _shapes(name, own, thing.__annotations__)
    elif inspect.isclass(thing):
        for member, function in members(thing).items():
            if not function.__doc__:
                yield f"{name}.{member}: has no docstring"
            else:
                yield from _shapes(f"{name}.{member}", function.__doc__, function.__annotations__)
        for base in bases(thing):
            yield from _fields(name, base)


def bases(thing: type) -> list[type]:
    """The class and those of ours it inherits from, nearest first."""
    return [base for base in thing.__mro__ if base.__module__.startswith(("sdd_tui.", "tests."))]


def members(thing: type) -> dict[str, Callable[..., Any]]:
    """Public methods and properties by name, inherited ones too, as the functions behind them."""
    found: dict[str, Callable[..., Any]] = {}
    for base in bases(thing):
        for member, value in vars(base).items():
            function = getattr(value, "fget", None) or getattr(value, "func", value)
            function = inspect.unwrap(getattr(function, "__func__", function))  # behind a static or a class method
            if not member.startswith("_") and inspect.isfunction(function):
                found.setdefault(member, function)
    return found


def reachable(names: list[str]) -> dict[str, type]:
    """The classes of ours that these public names and what they give name in their annotations, by name."""
    found: dict[str, type] = {}
    waiting: list[Any] = [getattr(sdd_tui, name) for name in names]
    while waiting:
        thing = waiting.pop()
        if inspect.isclass(thing):
            if thing.__name__ in found or not bases(thing):
                continue
            found[thing.__name__] = thing
        parts: list[Any] = [*bases(thing), *members(thing).values()] if inspect.isclass(thing) else [thing]
        for part in parts:
            here, words = vars(sys.modules[part.__module__]), " ".join(map(str, inspect.get_annotations(part).values()))
            waiting += [here[word] for word in re.findall(r"\w+", words) if inspect.isclass(here.get(word))]
    return found


def _shapes(name: str, doc: str, annotations: dict[str, Any]) -> Iterator[str]:
    if ARRAYS.search(" ".join(map(str, annotations.values()))) and not SHAPE.search(doc):
        yield f"{name}: takes or gives arrays and states no shape"


def _fields(name: str, thing: type) -> Iterator[str]:
    source = inspect.getsource(thing)
    for field in inspect.get_annotations(thing):
        found = re.search(rf'^    {field}: (.*)\n(?:    """((?:.|\n)*?)""")?', source, re.M)
        if found and re.search(r"NDArray|Floats|Real", found[1]) and not SHAPE.search(found[2] or ""):
            yield f"{name}.{field}: is an array and states no shape"


@pytest.mark.parametrize("name", OURS)
def test_every_public_name_says_what_it_is_and_states_its_shapes(name: str) -> None:
    assert list(lacking(name, getattr(sdd_tui, name))) == []


def test_what_public_names_give_says_what_it_is_and_states_its_shapes() -> None:
    found = reachable(OURS)
    assert {"Examples", "FreshExamples", "Snapshot", "SweepProgress"} <= set(found)
    assert [words for name, thing in found.items() for words in lacking(name, thing)] == []


def undocumented(W: ArrayLike) -> None: ...


def shapeless(W: ArrayLike) -> NDArray[np.float64]:
    """Something about W."""
    return np.asarray(W)


def shaped(W: ArrayLike) -> NDArray[np.float64]:
    """Something about W (m, n)."""
    return np.asarray(W)


@dataclasses.dataclass
class Holder:
    """Holds things."""

    W: NDArray[np.float64]
    """Some weights."""
    b: NDArray[np.float64]
    """(n,)."""

    @property
    def H(self) -> NDArray[np.float64]:
        """Hidden vectors."""
        return self.W

    def nothing(self) -> None: ...

    @staticmethod
    def made(W: ArrayLike) -> Holder:
        """From weights."""
        return Holder(np.asarray(W), np.zeros(1))


class Heir(Holder):
    """Holds the same things."""

    def nothing(self) -> None:
        """Does nothing."""


@dataclasses.dataclass
class Bare:
    x: int


def test_what_lacks_a_docstring_or_a_shape_is_found() -> None:
    assert list(lacking("undocumented", undocumented)) == ["undocumented: has no docstring"]
    assert list(lacking("shapeless", shapeless)) == ["shapeless: takes or gives arrays and states no shape"]
    assert list(lacking("shaped", shaped)) == []
    assert list(lacking("Bare", Bare)) == ["Bare: has no docstring"]
    inherited = [
        "H: takes or gives arrays and states no shape",
        "W: is an array and states no shape",
        "made: takes or gives arrays and states no shape",
    ]
    assert sorted(lacking("Holder", Holder)) == [f"Holder.{w}" for w in (*inherited, "nothing: has no docstring")]
    assert sorted(lacking("Heir", Heir)) == [f"Heir.{words}" for words in inherited]


def test_importing_the_package_is_cheap_and_every_name_is_there() -> None:
    code = (
        "import sys, sdd_tui; loaded = {m.partition('.')[0] for m in sys.modules}\n"
        "heavy = {'numpy', 'torch', 'numba', 'pandas', 'pydantic', 'textual', 'wandb', 'pyarrow', 'tensorboard'}\n"
        "assert not loaded & heavy, loaded & heavy\n"
        "assert set(dir(sdd_tui)) == set(sdd_tui.__all__)\n"
        "for name in sdd_tui.__all__: getattr(sdd_tui, name)\n"
        "loaded = {m.partition('.')[0] for m in sys.modules}\n"
        "assert not loaded & (heavy - {'numpy', 'pydantic'}), loaded & heavy"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        sdd_tui.nonsense  # noqa: B018


def test_the_worked_example_runs_without_a_warning(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "examples" / "notebook.py"
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "memorising" in done.stdout and "polygon with 5 corners" in done.stdout
    assert list(tmp_path.iterdir()) == []
