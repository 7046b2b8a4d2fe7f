"""Examples of a user's own: what is taken from a file, and what is said of a file that can't be used."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdd_tui.config import RunConfig
from sdd_tui.engine import setup
from sdd_tui.engine.data import Examples
from sdd_tui.errors import ConfigError, NotFoundError, SddError
from sdd_tui.presets import load, with_overrides
from sdd_tui.run import data as run_data

RNG = np.random.default_rng(0)
X = np.where(RNG.random((6, 10)) < 0.4, RNG.standard_normal((6, 10)), 0)
X[:, 0] = 0.5
INDPTR = np.concatenate([[0], np.cumsum((X != 0).sum(axis=1))])
ROWS, INDICES = np.nonzero(X)
VALUES = X[ROWS, INDICES]
SPARSE = {"indptr": INDPTR, "indices": INDICES, "values": VALUES}


def saved(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def config(file: Path | str, *overrides: str) -> RunConfig:
    return with_overrides(RunConfig(), ["n=10", "S=0.5", "T=6", "data.n_test=4", f"data.file={file}", *overrides])


def train(config: RunConfig) -> Examples:
    found = run_data.training_data(config)
    assert isinstance(found, Examples)
    return found


def test_x_is_what_is_trained_on_and_rescaled_if_asked(tmp_path: Path) -> None:
    file = saved(tmp_path / "x.npz", X=X)
    lengths = np.sqrt((X**2).sum(axis=1, keepdims=True))
    assert train(config(file)).dense() == pytest.approx(X / lengths, rel=1e-6)
    assert train(config(file, "normalise=false")).dense() == pytest.approx(X, rel=1e-6)


def test_both_forms_and_any_kind_of_number_give_the_same_x(tmp_path: Path) -> None:
    dense = train(config(saved(tmp_path / "x.npz", X=X)))
    assert train(config(saved(tmp_path / "s.npz", **SPARSE))).sha256() == dense.sha256()
    zeros_too = {"indptr": np.arange(7) * 10, "indices": np.tile(np.arange(10), 6), "values": X.ravel()}
    assert train(config(saved(tmp_path / "z.npz", **zeros_too))).sha256() == dense.sha256()
    ones = [train(config(saved(tmp_path / "o.npz", X=(X != 0).astype(k)))).sha256() for k in (bool, np.uint8, ">f4")]
    assert len(set(ones)) == 1


def test_the_first_examples_are_the_same_for_every_t_and_may_be_repeated(tmp_path: Path) -> None:
    for file in (saved(tmp_path / "x.npz", X=X), saved(tmp_path / "s.npz", **SPARSE)):
        whole, four = train(config(file)), train(config(file, "T=4"))
        assert four.sha256() == whole.rows(0, 4).sha256()
        assert run_data.some_training_data(config(file), 3).sha256() == whole.rows(0, 3).sha256()
        assert train(config(file, "data.repeats=3", "data.repeated=2")).n_rows == 10


def test_the_test_set_is_drawn_unless_the_file_has_one(tmp_path: Path) -> None:
    drawn = run_data.test_data(config(""))
    assert run_data.test_data(config(saved(tmp_path / "x.npz", X=X))).sha256() == drawn.sha256()
    both = config(saved(tmp_path / "both.npz", X=X, X_test=2 * X[::-1]))
    assert run_data.test_data(both).dense() == pytest.approx(train(both).dense()[::-1][:4])
    assert run_data.test_data(both, 1).n_rows == 1
    assert run_data.test_data(config(saved(tmp_path / "few.npz", X=X, X_test=X[:2]))).n_rows == 2


def test_importance_goes_with_it(tmp_path: Path) -> None:
    found = config(saved(tmp_path / "x.npz", X=X, X_test=X), "importance=0.5")
    for examples in (train(found), run_data.test_data(found)):
        assert examples.importance is not None and examples.importance[0] == 2 * examples.importance[1]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no array": ({"Y": X}, "has neither X nor indptr, indices, values"),
    "an array missing": ({"indptr": INDPTR, "values": VALUES}, "has neither X nor indices"),
    "other n": ({"X": X[:, :9]}, "has 9 features in X, and n_features (n) is 10"),
    "too few": ({"X": X[:5]}, "has 5 examples, and n_examples (T) is 6; set T=5 or fewer"),
    "too few, sparse": (SPARSE | {"indptr": np.r_[0, INDPTR[-1]]}, "has indices that do not ascend"),
    "no rows": ({"X": X[:0]}, "has 0 examples"),
    "NaN": ({"X": np.where(np.arange(6)[:, None] == 2, np.nan, X)}, "has a NaN or an infinity in example 2 of X"),
    "infinity": (SPARSE | {"values": VALUES * np.inf}, "has a NaN or an infinity in example 0 of X"),
    "text": ({"X": X.astype(str)}, "has X of type <U"),
    "complex": ({"X": X + 1j}, "has X of type complex128, not of numbers"),
    "three dimensions": ({"X": X[None]}, "has X of shape (1, 6, 10), not of 2 dimensions"),
    "a number": ({"X": 3.0}, "has X of shape (), not of 2 dimensions"),
    "an empty example": ({"X": X * (np.arange(6) != 4)[:, None]}, "has an example without an active feature: 4 of X"),
    "fractions as indices": (
        SPARSE | {"indices": INDICES * 1.0},
        "has indices of type float64, not of whole numbers",
    ),
    "indices too large": (SPARSE | {"indices": INDICES + 5}, "features in X, and n_features (n) is 10"),
    "negative indices": (SPARSE | {"indices": INDICES - 1}, "has -1 among its indices"),
    "indices twice": (SPARSE | {"indices": INDICES * 0}, "has indices that do not ascend within an example"),
    "an indptr that falls": (SPARSE | {"indptr": INDPTR[[0, 2, 1, 3, 4, 5, 6]]}, "has an indptr that does not rise"),
    "an indptr too short": (SPARSE | {"indptr": INDPTR[:-1]}, "has an indptr that does not rise"),
    "no indptr at all": (SPARSE | {"indptr": INDPTR[:0]}, "has an indptr that does not rise"),
    "a wrong test set": ({"X": X, "X_test": X[:, :3]}, "has 3 features in X_test, and n_features (n) is 10"),
    "an empty test set": ({"X": X, "X_test": X[:0]}, "has no examples in X_test"),
    "too large": ({"X": X * 1e300}, "has numbers in X that are too large or too small for 32 bits"),
    "too small": ({"X": X * 1e-300}, "has numbers in X that are too large or too small for 32 bits"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_file_is_one_sentence_that_names_it(case: str, tmp_path: Path) -> None:
    arrays, words = WRONG[case]
    file = saved(tmp_path / "x.npz", **arrays)
    with pytest.raises(ConfigError) as error:
        train(config(file))
        run_data.test_data(config(file))
    assert str(error.value).startswith(f"data.file: {file} {words}") or words in str(error.value)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)


def test_pickled_arrays_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.npz"
    np.savez(file, X=np.array([{"a": 1}], object))
    with pytest.raises(ConfigError, match=r"data\.file: .*x\.npz can't be read \(.*allow_pickle"):
        train(config(file))


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"data\.file: .*/none\.npz is not there\. Put it back"):
        train(config(tmp_path / "none.npz"))
    with pytest.raises(ConfigError, match="is not a file"):
        train(config(tmp_path))
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(ConfigError, match=r"is not an \.npz file; numpy\.savez makes one"):
        train(config(tmp_path / "x.npy"))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_file_is_an_error_or_the_same_x(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    file = saved(tmp_path_factory.mktemp("own") / "x.npz", X=X)
    raw = bytearray(file.read_bytes())
    truth = train(config(file)).sha256()
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    file.write_bytes(raw[: data.draw(st.sampled_from([len(raw), at]))])
    try:
        assert train(config(file)).sha256() == truth
    except SddError as error:
        assert str(error).isprintable()


def test_a_path_in_a_toml_file_is_relative_to_that_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    saved(tmp_path / "x.npz", X=X)
    (tmp_path / "sub" / "mine.toml").write_text(
        '[data]\nfile = "../x.npz"\nn_features = 10\nsparsity = 0.5\nn_examples = 6\n'
    )
    mine = load(str(tmp_path / "sub" / "mine.toml"))
    assert mine.data.file == str(tmp_path / "sub" / ".." / "x.npz")
    assert train(mine).n_rows == 6


def test_both_engines_train_on_it_alike(tmp_path: Path) -> None:
    """Numbers below zero among them, which drawn data has not."""
    ends = []
    for engine in ("reference", "fused"):
        found = config(saved(tmp_path / "x.npz", X=X), f"engine={engine}", "precision=float64", "output=linear")
        e = setup.make_engine(found)
        state, data = e.place(setup.initial_state(found)), e.load(train(found))
        e.advance(state, data, setup.schedule(found), 50)
        ends.append((e.fetch(state).params.W, e.evaluate(state, data)))
    assert (train(found).values < 0).any()
    assert ends[0][0] == pytest.approx(ends[1][0], abs=1e-10) and ends[0][1] == pytest.approx(ends[1][1], rel=1e-10)


def test_a_member_that_is_no_array_is_said_to_be_none(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as file:
        file.writestr("X.npy", b"not an array")
    with pytest.raises(ConfigError, match=r"data\.file: .*x\.npz: X in it is not an array"):
        train(config(tmp_path / "x.npz"))
