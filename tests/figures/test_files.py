"""Files: every figure in every kind, words as words, whole or not at all."""

from __future__ import annotations

import re
import shutil
import struct
import sys
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from sdd_tui.errors import ConfigError, NoRoomError
from sdd_tui.figures import NAMES, render
from sdd_tui.figures.drawing import OF_RUNS, OF_SWEEPS
from sdd_tui.figures.rendering import COLUMN, PAGE
from sdd_tui.figures.save import bytes_of
from sdd_tui.figures.style import pane, sheet, styled
from sdd_tui.run.reader import open_run

STILL = [name for name in NAMES if name != "animation"]
WORDS = {
    "double-descent": ("train", "test", "zero output", "features,", "training examples,", "∞"),
    "polygons": ("dimensionality", "features"),
    "norms": ("norm", "five features of length 1"),
    "t-by-m": ("hidden dimensions,", "test loss (zero output = 1)"),
    "weight-decay": ("weight decay 0.01", "weight decay 1"),
    "training-length": ("40 steps", "120 steps", "200 steps"),
    "occurrences": ("occurrences of a feature,", "a direction of its own"),
    "repeats": ("times the example occurs,", "loss of the repeated example"),
    "best-of-lr": ("every run", "train loss (zero output = 1)"),
    "reduction": ("mean over features", "sum over features"),
    "two-circles": ("angle of", "(degrees)"),
    "loss": ("training steps", "train", "test"),
    "planes": ("features", "hidden vectors"),
    "dimensionality": ("median", "quartiles"),
}


def words_of(svg: Path) -> str:
    """Everything that stands in an SVG as text, without blanks: formulas are set letter by letter."""
    return re.sub(r"<[^>]+>|\s", "", " ".join(re.findall(r"<text.*?</text>", svg.read_text(), re.DOTALL)))


def settings() -> dict[str, Any]:
    """Matplotlib's settings; not the backend, which is chosen when it is first looked at."""
    return {name: matplotlib.rcParams[name] for name in matplotlib.rcParams if not name.startswith("backend")}


def test_every_name_is_drawn_by_something() -> None:
    assert {*OF_SWEEPS, *OF_RUNS} == set(NAMES)
    assert set(WORDS) == set(STILL)


@pytest.mark.parametrize("width", [PAGE, COLUMN])
@pytest.mark.parametrize("low", [0.99875, 1e-9, 99_999.5])
def test_long_numbers_and_the_words_beside_them_stay_on_the_sheet(low: float, width: float) -> None:
    with styled():
        figure = sheet(width, 2.0, "a run")
        for top in 0.2, 1.1:
            ax = pane(figure, 0.6, top, width - 0.7, 0.6)
            ax.set(xlim=(0, 50_000), ylim=(low, low * 1.00001), ylabel="loss (zero output = 1)")
            ax.yaxis.set_major_formatter("{x:.7g}")
        bytes_of(figure, "png")
        renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
        boxes = [ax.get_tightbbox(renderer) for ax in figure.axes]
    assert all(box is not None and box.x0 >= 0 and box.x1 <= width * figure.dpi for box in boxes)
    assert len({ax.get_position().x0 for ax in figure.axes}) == 1


@pytest.mark.parametrize("name", STILL)
def test_an_svg_holds_its_words_as_text(trained: dict[str, Path], tmp_path: Path, name: str) -> None:
    render(name, [trained[name]], tmp_path / "a.svg")
    said = words_of(tmp_path / "a.svg")
    for word in WORDS[name]:
        assert word.replace(" ", "") in said
    assert "n=60" in said  # the small print
    assert (trained[name].name if name not in OF_RUNS else "polygons/T=8,seed=0") in said


@pytest.mark.parametrize("name", STILL)
@pytest.mark.parametrize("width", [PAGE, COLUMN])
def test_a_png_is_no_wider_than_asked(trained: dict[str, Path], tmp_path: Path, name: str, width: float) -> None:
    render(name, [trained[name]], tmp_path / "a.png", width)
    head = (tmp_path / "a.png").read_bytes()[:24]
    across, down = struct.unpack(">II", head[16:])
    assert head.startswith(b"\x89PNG")
    assert width * 300 * 0.45 < across <= width * 300 + 1
    assert 300 < down < 9 * 300


def test_a_pdf_embeds_its_fonts_whole(trained: dict[str, Path], tmp_path: Path) -> None:
    render("norms", [trained["norms"]], tmp_path / "a.PDF")
    content = (tmp_path / "a.PDF").read_bytes()
    assert content.startswith(b"%PDF") and b"/FontFile2" in content and b"/Type3" not in content


def test_a_gif_has_a_frame_for_each_recorded_one(trained: dict[str, Path], tmp_path: Path) -> None:
    render("animation", [trained["animation"]], tmp_path / "a.gif", COLUMN)
    with Image.open(tmp_path / "a.gif") as picture:
        assert picture.n_frames == len(open_run(trained["animation"]).frame_steps) >= 5  # type: ignore[attr-defined]
        assert picture.info["loop"] == 0
        first = picture.convert("RGB").tobytes()
        picture.seek(picture.n_frames - 1)  # type: ignore[attr-defined]
        assert picture.info["duration"] == 2_500
        assert picture.convert("RGB").tobytes() != first
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_the_same_figure_is_the_same_file(trained: dict[str, Path], tmp_path: Path, ending: str) -> None:
    for name in ("a", "b"):
        render("double-descent", [trained["double-descent"]], tmp_path / f"{name}.{ending}")
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_nothing_global_is_changed(trained: dict[str, Path], tmp_path: Path) -> None:
    before = settings()
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9}):
        render("norms", [trained["norms"]], tmp_path / "a.svg")
    assert settings() == before
    render("norms", [trained["norms"]], tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()  # nor do others' settings matter
    assert "matplotlib.pyplot" not in sys.modules


def test_a_hostile_name_is_words(trained: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "$\\frac{<b>&\x1b[31m"
    shutil.copytree(trained["norms"], folder)
    render("norms", [folder], tmp_path / "a.svg")
    assert "$\\frac{&lt;b&gt;&amp;?[31m" in words_of(tmp_path / "a.svg")


@pytest.mark.parametrize(("name", "target"), [("norms", "a.gif"), ("norms", "a"), ("animation", "a.png")])
def test_an_ending_that_does_not_fit_is_refused(
    trained: dict[str, Path], tmp_path: Path, name: str, target: str
) -> None:
    with pytest.raises(ConfigError, match=r"is written to \."):
        render(name, [trained[name]], tmp_path / target)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_stays_where_nothing_may_be_written_over(trained: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("mine")
    with pytest.raises(NoRoomError, match="file exists"):
        render("norms", [trained["norms"]], tmp_path / "a.svg", over=False)
    assert (tmp_path / "a.svg").read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


def test_a_file_that_cant_be_written_leaves_nothing_behind(trained: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "a.svg").mkdir()
    with pytest.raises(NoRoomError, match="can't be written"):
        render("norms", [trained["norms"]], tmp_path / "a.svg")
    with pytest.raises(NoRoomError, match="no such file or directory"):
        render("norms", [trained["norms"]], tmp_path / "gone" / "b.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]
