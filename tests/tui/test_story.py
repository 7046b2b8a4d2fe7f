"""The paper's title on a real terminal, by keys alone: from an empty directory to the whole curve, to its peak, to the
planes of the model there."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.sweep.directory import list_sweeps
from sdd_tui.tui.home.experiments import experiments
from tests.terminal import FENCED_APP, Terminal

DOWN, RIGHT, LEFT, FIRST, LAST = "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F"
TO_THE_BEGINNING = "\x15"
"""Ctrl+U: takes away what stands before the cursor."""


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_from_an_empty_directory_to_the_planes_of_the_model_at_the_peak(tmp_path: Path, size: tuple[int, int]) -> None:
    names = [each.name for each in chain.from_iterable(group for _, group in experiments())]
    with Terminal([*FENCED_APP, "--runs-dir", str(tmp_path)], *size) as terminal:
        terminal.until(lambda text: "experiments" in text and "Quit" in text)
        for key in (FIRST, *(names.index("double-descent-quick") * [DOWN]), "\r"):
            terminal.send(key)
        terminal.until(lambda text: "Start double-descent-quick" in text and "60 models, about" in text)
        for values in ("3, 5, 8", "0, 1", "n=20 S=0.8 steps=60 n_test=50"):
            for keys in (LAST, TO_THE_BEGINNING, values, "\t"):
                terminal.send(keys)
                terminal.fence()
        terminal.until(lambda text: "6 models, about" in text)
        terminal.send("\r")
        terminal.until(lambda text: "6 of 6 cells" in text)
        (folder,) = list_sweeps(tmp_path)
        (view := SweepView(folder)).read()
        peak = max(view.line, key=lambda point: point.mean("test_loss"))
        height = peak.mean("test_loss")
        terminal.until(lambda text: f"{height:.4g}" in text)  # at its point on the curve
        assert max(float(tick) for tick in re.findall(r"([\d.]+)┤", terminal.text)) >= height
        back = len(view.line) - 1 - view.line.index(peak)
        terminal.send(RIGHT * len(view.line) + LEFT * back)
        (T,) = {cell.settings["data"]["n_examples"] for cell in view.cells_of(peak)}
        terminal.until(lambda text: f"T={T}: train" in text)
        terminal.send("\r")
        terminal.until(lambda text: "2 features" in text and f"T {T} " in text and "frame " in text)
        terminal.until(lambda text: text.count("●") >= T)
