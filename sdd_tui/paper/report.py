"""The verdicts as a table, as JSON, and what a document is made of.

Pure. Text that isn't ours (reasons, paths) is made safe here, once.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sdd_tui.errors import plain
from sdd_tui.paper.claim import Verdict

WIDEST = 34
"""Columns of the paper's value in the table at most; the documents have it whole."""


@dataclass(frozen=True)
class Picture:
    """A figure of the document, or why there is none."""

    title: str
    path: Path | None
    """An SVG file."""
    why: str = ""


@dataclass(frozen=True)
class Report:
    """What a verification found."""

    tier: str
    verdicts: tuple[Verdict, ...]

    @property
    def holds(self) -> bool:
        """Whether every claim holds."""
        return all(verdict.word == "holds" for verdict in self.verdicts)

    @property
    def summary(self) -> str:
        """How many hold, as a sentence."""
        count = Counter[str](verdict.word for verdict in self.verdicts)
        more = "".join(f", {count[word]} {word}" for word in ("fails", "not measured") if count[word])
        return f"{count['holds']} of {len(self.verdicts)} claims hold{more.replace('fails', 'do not')}."


def table(report: Report) -> list[str]:
    """One line a claim: verdict, name, the paper's value, ours, how the runs scatter, what is accepted; and below it
    what there is to say about those that don't hold."""
    lines = [("verdict", "claim", "paper", "ours", "runs", "accepted")]
    lines += [
        (v.word, v.claim.key, plain(v.claim.paper, WIDEST), v.ours, v.spread, v.accepted) for v in report.verdicts
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]) - 1)]
    rows = ["  ".join([*(c.ljust(w) for c, w in zip(line, widths, strict=False)), line[-1]]).rstrip() for line in lines]
    return [*rows, *_remarks(report), report.summary]


def as_json(report: Report) -> dict[str, Any]:
    """The report as a table for JSON; a bound that isn't there is null, and so is a value that isn't known."""
    return {
        "tier": report.tier,
        "holds": report.holds,
        "claims": [
            {
                "claim": v.claim.key,
                "verdict": v.word,
                "says": v.claim.says,
                "source": v.claim.source,
                "quantity": v.claim.quantity,
                "paper": v.claim.paper,
                "rule": v.claim.accepts.rule,
                "accepted": [_finite(end) for end in v.claim.accepts.ends(v.measured)],
                "written": {"ours": v.ours, "spread": v.spread, "accepted": v.accepted},
                "reason": v.claim.accepts.reason,
                "ours": _finite(v.measured.value) if v.measured else None,
                "n": len(v.measured.values) if v.measured else 0,
                "spread": asdict(v.measured.spread) if v.measured and v.measured.spread else None,
                "note": note(v),
                "runs": [str(run.run) for run in v.runs],
            }
            for v in report.verdicts
        ],
    }


def note(verdict: Verdict) -> str:
    """What else there is to say, made safe to print."""
    return plain(verdict.note, 300)


def _remarks(report: Report) -> list[str]:
    found = []
    for v in report.verdicts:
        if v.word != "holds":
            words = f" ({note(v)})" if v.note else ""
            found.append(f"{v.claim.key}: {v.claim.says} [{v.claim.source}]; {v.claim.quantity}: {v.word}{words}.")
    return ["", *found, ""] if found else [""]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
