"""The report as a table, JSON, Markdown and HTML, of verdicts that are made up; and figures, drawn or not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sdd_tui.errors import ConfigError
from sdd_tui.paper.accepted import Prediction, Range
from sdd_tui.paper.claim import Verdict, judge
from sdd_tui.paper.document import markdown, page
from sdd_tui.paper.needed import NeededSweep
from sdd_tui.paper.pictures import draw
from sdd_tui.paper.published import TEST_LOSS, reading
from sdd_tui.paper.report import Picture, Report, as_json, table
from tests.paper.helpers import claim_of, evidence

PLAN = NeededSweep("polygons-quick", (), ("polygons",))
HOSTILE = "<script>alert(1)</script>|`x`[a](b)\x1b[31m\nnext"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(2)</script></svg>'


def verdict(loss: float, key: str = "it", missing: int = 0, why: str = "") -> Verdict:
    runs = evidence([({"seed": k}, {"test_loss": loss + k / 10}) for k in range(2)]).runs
    return judge(claim_of(PLAN, 1.0, 1.2, key), runs, missing, why)


REPORT = Report("quick", (verdict(1.0, "good"), verdict(2.0, "bad"), verdict(1.0, "absent", 3, HOSTILE)))


def test_the_table_has_a_line_a_claim_and_says_more_of_those_that_do_not_hold() -> None:
    lines = table(REPORT)
    assert lines[0].split() == ["verdict", "claim", "paper", "ours", "runs", "accepted"]
    assert re.split(r"  +", lines[1]) == ["holds", "good", "1", "1.0500", "1.0000 to 1.1000", "1 to 1.2"]
    assert lines[2].startswith("fails") and lines[3].startswith("not measured  absent")
    assert [line.split(":")[0] for line in lines if "[a figure]" in line] == ["bad", "absent"]
    assert lines[-1] == "1 of 3 claims hold, 1 do not, 1 not measured."
    assert all(line.isprintable() for line in lines)
    assert not REPORT.holds and Report("quick", REPORT.verdicts[:1]).holds


def test_every_verdict_in_json_names_its_runs() -> None:
    found = json.loads(json.dumps(as_json(REPORT), allow_nan=False))
    assert (found["tier"], found["holds"], len(found["claims"])) == ("quick", False, 3)
    good, _, absent = found["claims"]
    assert good["runs"] == ["runs/s/cells/cell0", "runs/s/cells/cell1"]
    assert (good["verdict"], good["ours"], good["accepted"]) == ("holds", pytest.approx(1.05), [1.0, 1.2])
    assert good["spread"]["highest"] == pytest.approx(1.1)
    assert (absent["verdict"], absent["ours"], absent["spread"]) == ("not measured", None, None)
    assert absent["note"].isprintable()


def test_a_bound_that_is_not_there_is_null_in_json_and_words_elsewhere() -> None:
    claim = replace(REPORT.verdicts[0].claim, accepts=Range(1.0, math.inf, "because"))
    report = Report("quick", (judge(claim, REPORT.verdicts[0].runs, 0),))
    assert as_json(report)["claims"][0]["accepted"] == [1.0, None]
    assert report.verdicts[0].accepted == "≥ 1" and Range(1.001, math.inf, "so").words() == "≥ 1.001"
    assert Range(-math.inf, 2.0, "so").words() == "≤ 2"


def test_a_prediction_is_shown_with_its_interval_what_it_is_of_and_the_number_of_runs() -> None:
    claim = replace(REPORT.verdicts[0].claim, accepts=Prediction(reading(TEST_LOSS, 5)), paper="1.0000")
    found = judge(claim, REPORT.verdicts[0].runs, 0)
    assert found.word == "holds"
    assert found.accepted == "0.2716 to 1.8284 (a mean of 4, from 2 runs)"  # 1.05 ± 12.706 · 0.0707 · √¾, ± 0.0003
    row = as_json(Report("quick", (found,)))["claims"][0]
    assert row["n"] == 2 and row["accepted"] == pytest.approx([0.2717, 1.8283], abs=1e-4)
    assert "a mean of 4" in row["rule"] and "Student" in row["reason"]
    alone = judge(claim, REPORT.verdicts[0].runs[:1], 0)
    assert (alone.word, alone.note) == ("not measured", "one run knows no scatter: the rule needs two")


def test_the_documents_have_every_claim_with_its_reason_its_runs_and_the_figures(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.svg").write_text(SVG)
    pictures = [Picture("polygons", tmp_path / "f" / "a.svg"), Picture("norms", None, "no matplotlib here")]
    for text in (markdown(REPORT, pictures, tmp_path), page(REPORT, pictures)):
        for words in ("good", "bad", "absent", "because because", "not measured", "no matplotlib here", "cell1"):
            assert words in text
    assert "![polygons](<f/a.svg>)" in markdown(REPORT, pictures, tmp_path)
    assert 'src="data:image/svg+xml;base64,' in page(REPORT, pictures)


def test_text_that_is_not_ours_stays_text(tmp_path: Path) -> None:
    html_page, text = page(REPORT, []), markdown(REPORT, [], tmp_path)
    assert "<script" not in html_page and "&lt;script&gt;" in html_page
    assert r"\<script\>" in text and r"\|\`x\`\[a\](b)" in text
    assert "\x1b" not in html_page + text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 5 and all(len(re.findall(r"(?<!\\)\|", row)) == 8 for row in rows)


def test_figures_are_drawn_from_the_sweeps_behind_the_verdicts_and_a_refusal_is_said(tmp_path: Path) -> None:
    asked: list[tuple[str, list[Path], str]] = []

    def render(name: str, sources: Sequence[Path], target: Path) -> None:
        asked.append((name, list(sources), target.name))
        target.write_text(SVG)

    (drawn,) = draw(REPORT, tmp_path / "f", render)
    assert asked == [("polygons", [Path("runs/s")], "polygons-20.svg")]
    assert drawn.path == tmp_path / "f" / "polygons-20.svg" and drawn.title == "polygons, n = 20"

    def refuse(name: str, sources: Sequence[Path], target: Path) -> None:
        raise ConfigError("matplotlib is not installed")

    assert draw(REPORT, tmp_path / "f", refuse)[0].why == "matplotlib is not installed"
    assert draw(REPORT, tmp_path / "g", "no module")[0].why == "no module"
    assert not (tmp_path / "g").exists()
