"""The report as a document, Markdown or HTML: the table, every claim with its reason and runs, and the figures.

Pure: strings out. What isn't ours is escaped; figures are shown as images, which run no scripts.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from pathlib import Path

from sdd_tui.errors import plain
from sdd_tui.paper.claim import Verdict
from sdd_tui.paper.report import Picture, Report, note

TITLE = "What the paper says, and what we got"
INTRODUCTION = (
    "The claims are those of “Superposition, Memorization, and Double Descent” (Henighan et al., 2023), the comments on"
    " it and the authors' correction. What is accepted stands in the program, whatever these runs say; the reasons are"
    " below."
)
HEADS = ("verdict", "claim", "quantity", "paper", "ours", "runs", "accepted")
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{padding:.2rem .6rem;border-bottom:1px solid #ccc;text-align:left;"
    "vertical-align:top}.fails{color:#b00020;font-weight:bold}.holds{color:#146c2e}img{max-width:100%}code{font-size:13px}"
)
MOST_RUNS = 40
"""Runs named for a claim; JSON names all."""


def markdown(report: Report, pictures: Sequence[Picture], beside: Path) -> str:
    """The report as Markdown, for a file in the directory `beside`, from which figures are linked."""
    lines = [f"# {TITLE}", "", INTRODUCTION, "", f"**{report.summary}**", ""]
    lines += [_row(HEADS), _row(["---"] * len(HEADS))]
    lines += [_row([_marked(cell) for cell in _cells(v)]) for v in report.verdicts]
    for picture in pictures:
        lines += ["", f"## {_marked(picture.title)}", ""]
        if picture.path is None:
            lines += [f"Not drawn: {_marked(picture.why)}"]
        else:
            lines += [f"![{_marked(picture.title)}](<{picture.path.relative_to(beside).as_posix()}>)"]
    lines += ["", "## The claims one by one", ""]
    for v in report.verdicts:
        lines += [f"### {_marked(v.claim.says)}", ""]
        lines += [f"- {name}: {_marked(words)}" for name, words in _details(v)]
        lines += [f"- run: {_marked(name)}" for name in _runs(v)]
        lines += [""]
    return "\n".join(lines)


def page(report: Report, pictures: Sequence[Picture]) -> str:
    """The report as a single HTML file, figures and all. Raises OSError where a figure can't be read."""
    body = [f"<h1>{TITLE}</h1><p>{INTRODUCTION}</p><p><b>{html.escape(report.summary)}</b></p><table><tr>"]
    body += [f"<th>{head}</th>" for head in HEADS] + ["</tr>"]
    for v in report.verdicts:
        word, *cells = (html.escape(cell) for cell in _cells(v))
        body += [f'<tr><td class="{v.word.replace(" ", "-")}">{word}</td>', *(f"<td>{c}</td>" for c in cells), "</tr>"]
    body += ["</table>"]
    for picture in pictures:
        body += [f"<h2>{html.escape(picture.title)}</h2>"]
        if picture.path is None:
            body += [f"<p>Not drawn: {html.escape(picture.why)}</p>"]
        else:
            data = base64.b64encode(picture.path.read_bytes()).decode()
            body += [f'<img alt="{html.escape(picture.title)}" src="data:image/svg+xml;base64,{data}">']
    body += ["<h2>The claims one by one</h2>"]
    for v in report.verdicts:
        body += [f"<h3>{html.escape(v.claim.says)}</h3><ul>"]
        body += [f"<li>{name}: {html.escape(words)}</li>" for name, words in _details(v)]
        body += [f"<li>run: <code>{html.escape(name)}</code></li>" for name in _runs(v)] + ["</ul>"]
    head = f'<meta charset="utf-8"><title>{TITLE}</title><style>{STYLE}</style>'
    return f"<!doctype html>\n<html lang=en><head>{head}</head>\n<body>\n" + "\n".join(body) + "\n</body></html>\n"


def _cells(v: Verdict) -> tuple[str, ...]:
    return v.word, v.claim.key, v.claim.quantity, v.claim.paper, v.ours, v.spread, v.accepted


def _details(v: Verdict) -> list[tuple[str, str]]:
    found = [("source", v.claim.source), ("quantity", v.claim.quantity), ("the paper", v.claim.paper)]
    found += [("ours", v.ours), ("accepted", f"{v.accepted}, because {v.claim.accepts.reason}"), ("verdict", v.word)]
    return [*found, ("note", note(v))] if v.note else found


def _runs(v: Verdict) -> list[str]:
    names = [plain(str(run.run), 4_000) for run in v.runs[:MOST_RUNS]]
    return [*names, f"and {len(v.runs) - MOST_RUNS:,} more"] if len(v.runs) > MOST_RUNS else names


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _marked(text: str) -> str:
    """Text as Markdown shows it, whatever is in it."""
    return re.sub(r"([\\`*\[\]<>|&])", r"\\\1", plain(text, 4_000))
