"""From m dimensions to two."""

from __future__ import annotations

import numpy as np
import pytest

from sdd_tui.analysis.projection import TILT, along_axes, principal, towards_eye, turning


def test_axes_are_taken_modulo_m() -> None:
    v = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(along_axes(3, 1, 5) @ v, v[[1, 2]])


def test_principal_axes_are_orthonormal_and_find_the_plane_the_vectors_lie_in() -> None:
    rng = np.random.default_rng(0)
    plane = np.linalg.qr(rng.normal(size=(5, 2)))[0]
    v = plane @ rng.normal(size=(2, 50))
    basis = principal(v)
    np.testing.assert_allclose(basis @ basis.T, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(basis @ v, axis=0), np.linalg.norm(v, axis=0), atol=1e-9)
    assert (basis[np.arange(2), np.abs(basis).argmax(axis=1)] > 0).all()


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf, 1e300])
def test_vectors_that_are_not_finite_turn_nothing(broken: float) -> None:
    v = np.random.default_rng(0).normal(size=(3, 50))
    harmed = np.concatenate([v, np.full((3, 1), broken)], axis=1)
    if np.isfinite(broken):
        np.testing.assert_allclose(principal(harmed)[0], np.ones(3) / np.sqrt(3), atol=1e-12)
    else:
        with np.errstate(all="raise"):
            np.testing.assert_allclose(principal(harmed), principal(v), atol=1e-12)


def test_a_full_turn_is_the_same_view_and_keeps_lengths_within_the_sphere() -> None:
    basis = np.eye(3)
    np.testing.assert_allclose(turning(basis, 0), turning(basis, 360), atol=1e-12)
    for degrees in range(0, 360, 30):
        view = turning(basis, degrees)
        np.testing.assert_allclose(view @ view.T, np.eye(2), atol=1e-12)


def test_the_eye_is_upright_on_its_view_and_sees_what_is_higher_from_above() -> None:
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 3)))[0].T
    for degrees in range(0, 360, 30):
        view, eye = turning(basis, degrees), towards_eye(basis, degrees)
        np.testing.assert_allclose(view @ eye, 0, atol=1e-12)
        assert np.linalg.norm(eye) == pytest.approx(1) and basis[1] @ eye == pytest.approx(np.sin(TILT))
