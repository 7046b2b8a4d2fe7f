"""What long measurements gave, kept under docs/ with machine and date, and the tables of it in the README and docs/.

Kept are the results of `sdd verify --keep docs/verified`, which are judged anew each time, or what `sdd verify --json`
printed; `sdd bench --json`, the bars of the app and sweeps, and the main figure with its numbers. `python -m
tests.make_docs` takes them in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sdd_tui.paper.claim import Tier
from sdd_tui.paper.claims import TIERS
from sdd_tui.paper.claims import chosen as chosen_claims
from sdd_tui.paper.inventory import take_inventory, verdicts
from sdd_tui.paper.kept import ABOUT, about
from sdd_tui.paper.report import Report, as_json

DOCS = Path(__file__).parent.parent / "docs"
VERIFIED, APP = DOCS / "verified", DOCS / "app.json"
BENCH, BENCH_AVX2 = DOCS / "bench.json", DOCS / "bench-avx2.json"
FIGURE, NUMBERS = DOCS / "main-figure.png", DOCS / "main-figure.json"


def keep_verified(path: Path, on: str) -> None:
    """Keep what `sdd verify --json` printed."""
    found = json.loads(path.read_text(encoding="utf-8"))
    tier = found["tier"]
    command = "`sdd verify`" if tier == "paper" else f"`sdd verify --{tier}`"
    kept = {key: value for key, value in found.items() if key != "claims"}
    without = [{key: value for key, value in claim.items() if key != "runs"} for claim in found["claims"]]
    _write(VERIFIED / f"{tier}.json", {"command": command, "on": on, **kept, "claims": without})


def keep_bench(path: Path, on: str, to: Path = BENCH) -> None:
    """Keep what `sdd bench --json` printed."""
    _write(to, {"on": on, **json.loads(path.read_text(encoding="utf-8"))})


def keep_app(path: Path, on: str) -> None:
    """Keep what `make bench-app` printed, a measurement a line."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    kept = ("what", "unit", "median", "p95", "bar", "bar_95", "at_least", "note", "holds")
    _write(APP, {"on": on, "rows": [{key: row[key] for key in kept} | {"n": len(row["values"])} for row in rows]})


def keep_figure(sweeps: Sequence[Path]) -> None:
    """Draw the main figure of these sweeps, and keep its curve and which file that is."""
    from sdd_tui.figures.catalogue import T
    from sdd_tui.figures.rendering import render
    from sdd_tui.figures.swept import Swept

    render("double-descent", sweeps, FIGURE)
    swept = Swept(sweeps)
    curve = {str(swept.value(point, T)): point.mean("test_loss") for point in swept.along(T)}
    _write(NUMBERS, {"sha256": digest(FIGURE), "test_loss": curve})


def digest(path: Path) -> str:
    """A file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


CHOSEN = (
    "T5-pentagon", "T6-hexagon", "T5-T6-loss", "closed-form", "T5-D_X", "T30-loss", "T2000-loss", "T10000-features",
    "T50000-D_f", "scaled-ridge", "scaled-bigger-hurts", "scaled-decay-removes",
)  # fmt: skip
"""The claims in the README: what the paper is known for, and of what does not hold the two that matter most."""


def claims() -> str:
    """What `sdd verify` found at the paper's scale and scaled down: a table each."""
    parts = []
    for found in verified():
        head = ["the claim", "measured", "the paper", "we got", "our runs", "accepted", ""]
        rows = [
            [c["says"], c["quantity"], c["paper"], w["ours"], w.get("spread", ""), w["accepted"], c["verdict"]]
            for c in found["claims"]
            if (w := c["written"])
        ]
        parts.append(f"{found['command']}, {found['on']}: {_held(found['claims'])}\n\n{_table([head, *rows])}")
    return "\n\n".join(parts)


def chosen() -> str:
    """A dozen of the claims, and how many hold of all."""
    found = verified()
    every = {claim["claim"]: claim for part in found for claim in part["claims"]}
    words = f"`sdd verify`, {found[0]['on']}: {_held(every.values())} A dozen of them:"
    picked = [every[key] for key in CHOSEN]
    rows = [[c["says"], c["quantity"], c["paper"], c["written"]["ours"], c["verdict"]] for c in picked]
    return f"{words}\n\n{_table([['the claim', 'measured', 'the paper', 'we got', ''], *rows])}"


def bench() -> str:
    """What `sdd bench` found, on each processor: tables of steps, and the evaluation."""
    parts = []
    for path in (BENCH, BENCH_AVX2):
        found = json.loads(path.read_text(encoding="utf-8"))
        losses = [
            f"The losses of 10,000 test examples after {r['steps']:,} steps at T = {r['T']:,} take "
            f"{r['fused_ms']:.3g} ms, with every pair computed {r['dense_ms']:.3g}."
            for r in found["evaluation"]
        ]
        parts += [_bench(found, ("dense", "published", "tuned", "compiled"), lambda row: True), " ".join(losses)]
    return "\n\n".join(parts)


def speed() -> str:
    """Of that, the paper's own m and the loop that was published."""
    found = json.loads(BENCH.read_text(encoding="utf-8"))
    return _bench(found, ("published",), lambda row: row["m"] == 2 and "published_ms" in row)


def _bench(found: dict[str, Any], loops: Sequence[str], kept: Callable[[dict[str, Any]], bool]) -> str:
    rows = [row for row in found["rows"] if kept(row)]
    loops = [loop for loop in loops if any(f"{loop}_ms" in row for row in rows)]
    head = ["m", "T", "computed", "fused", *loops, *(f"× {loop}" for loop in loops)]
    cells = [
        [f"{r['m']}", f"{r['T']:,}", f"{100 * r['computed']:.3g} %", f"{r['fused_ms']:.3g}"]
        + [f"{r[key]:.3g}" if (key := f"{loop}_ms") in r else "" for loop in loops]
        + [_times(r[key]) if (key := f"times_{loop}") in r else "" for loop in loops]
        for r in rows
    ]
    command = f"`sdd bench{' --compile' if 'compiled' in loops else ''}`"
    words = f"{command}, {found['on']}, torch {found['torch']}, n = {found['n']:,}, {found['threads']} threads:"
    return f"{words}\n\n{_table([head, *cells])}"


def app() -> str:
    """How quick the app and sweeps are: a table."""
    found = json.loads(APP.read_text(encoding="utf-8"))
    rows = [["", "median", "95 %", "of", "bar", ""]]
    for r in found["rows"]:
        sign = "≥" if r["at_least"] else "≤"
        bar = f"{sign} {r['bar']:g}" + (f", 95 % {sign} {r['bar_95']:g}" if r["bar_95"] is not None else "")
        note = f" ({r['note']})" if r["note"] else ""
        median, p95 = f"{r['median']:.3g} {r['unit']}", f"{r['p95']:.3g}" if r["n"] > 1 else ""
        rows.append([r["what"].strip() + note, median, p95, f"{r['n']}", bar, "holds" if r["holds"] else "missed"])
    return f"`make bench-app`, {found['on']}:\n\n{_table(rows)}"


@cache
def verified() -> list[dict[str, Any]]:
    """What is kept of each tier: results, judged now, or verdicts that were given."""
    given = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(VERIFIED.glob("*.json"))]
    tiers: list[Tier] = [tier for tier in TIERS if (VERIFIED / tier / ABOUT).is_file()]
    return [*map(_judged, tiers), *given]


def _judged(tier: Tier) -> dict[str, Any]:
    claims = chosen_claims(tier)
    found = as_json(Report(tier, tuple(verdicts(claims, take_inventory(VERIFIED / tier, claims)))))
    option = "" if tier == "paper" else f" --{tier}"
    return found | {"command": f"`sdd verify{option} --kept`", "on": about(VERIFIED / tier)}


def _held(claims: Iterable[dict[str, Any]]) -> str:
    """How many hold, do not, and are not measured."""
    said = [claim["verdict"] for claim in claims]
    others = (("fails", "do not"), ("not measured", "are not measured yet"))
    more = "".join(f", {said.count(word)} {words}" for word, words in others if word in said)
    return f"{said.count('holds')} of {len(said)} claims hold{more}."


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as Markdown; the first is the head."""
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, f"|{'---|' * len(rows[0])}", *body])


def _times(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _write(path: Path, found: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
