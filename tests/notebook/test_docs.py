"""Every public name says what it is, and what takes or gives arrays says their shapes."""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

import sdd_tui

SHAPE = re.compile(r"\((k|m|n|T|rows|cells|points|nnz)( \+ 1)?,( ?[a-zA-Z0-9]+)*( ?, ?[a-zA-Z0-9]+)*\)")
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
    elif inspect.isclass(thing) and thing.__module__.startswith(("sdd_tui.notebook", "sdd_tui.store", "tests")):
        for member, value in vars(thing).items():
            function = value.fget if isinstance(value, property) else getattr(value, "func", value)
            if not member.startswith("_") and inspect.isfunction(inspect.unwrap(function)):
                if not function.__doc__:
                    yield f"{name}.{member}: has no docstring"
                else:
                    yield from _shapes(f"{name}.{member}", function.__doc__, function.__annotations__)
        if dataclasses.is_dataclass(thing):
            yield from _fields(name, thing)


def _shapes(name: str, doc: str, annotations: dict[str, Any]) -> Iterator[str]:
    if ARRAYS.search(" ".join(map(str, annotations.values()))) and not SHAPE.search(doc):
        yield f"{name}: takes or gives arrays and states no shape"


def _fields(name: str, thing: type) -> Iterator[str]:
    source = inspect.getsource(thing)
    for field in dataclasses.fields(thing):
        found = re.search(rf'^    {field.name}: (.*)\n(?:    """((?:.|\n)*?)""")?', source, re.M)
        if found and re.search(r"NDArray|Floats|Real", found[1]) and not SHAPE.search(found[2] or ""):
            yield f"{name}.{field.name}: is an array and states no shape"


@pytest.mark.parametrize("name", OURS)
def test_every_public_name_says_what_it_is_and_states_its_shapes(name: str) -> None:
    assert list(lacking(name, getattr(sdd_tui, name))) == []


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


@dataclasses.dataclass
class Bare:
    x: int


def test_what_lacks_a_docstring_or_a_shape_is_found() -> None:
    assert list(lacking("undocumented", undocumented)) == ["undocumented: has no docstring"]
    assert list(lacking("shapeless", shapeless)) == ["shapeless: takes or gives arrays and states no shape"]
    assert list(lacking("shaped", shaped)) == []
    assert list(lacking("Bare", Bare)) == ["Bare: has no docstring"]
    assert sorted(lacking("Holder", Holder)) == [
        "Holder.H: takes or gives arrays and states no shape",
        "Holder.W: is an array and states no shape",
        "Holder.nothing: has no docstring",
    ]


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
