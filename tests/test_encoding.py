"""Every text file is UTF-8, whatever the locale says: each place that opens one says so, and what people read and write
works in a locale of ASCII alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdd_tui.errors import ConfigError
from sdd_tui.presets import load
from tests.cli.helpers import sdd
from tests.run.helpers import small, trained
from tests.terminal import APP, Terminal

ROOT = Path(__file__).parents[1]
PROGRAM = [p for folder in ("sdd_tui", "examples") for p in sorted((ROOT / folder).rglob("*.py"))]
HELPERS = [p for p in sorted((ROOT / "tests").rglob("*.py")) if not p.name.startswith("test_")]

MODE = {"read_text": 0, "write_text": 1}
"""Methods that take an encoding, and behind how many arguments."""


def unsaid(tree: ast.AST) -> Iterator[int]:
    """Lines of calls that leave the encoding of text to the locale."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        words = {keyword.arg: keyword.value for keyword in call.keywords}
        if "encoding" in words or None in words:  # None: **options
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        text = words.get("text", words.get("universal_newlines"))
        opened = name in ("open", "fdopen", "NamedTemporaryFile") and _is_text(call, words)
        whole = name in MODE and len(call.args) <= MODE[name]
        if opened or whole or (isinstance(text, ast.Constant) and text.value is True):
            yield call.lineno


def _is_text(call: ast.Call, words: dict[str | None, ast.expr]) -> bool:
    """Whether `open` gives text: with such a mode, or without one; a name that is no mode belongs to something else."""
    if isinstance(call.func, ast.Attribute):
        if getattr(call.func.value, "id", "") == "os" and call.func.attr == "open":
            return False
        place = 1 if call.func.attr != "open" else 0
        mode = words.get("mode", call.args[place] if len(call.args) > place else None)
        if mode is None:
            return call.func.attr != "NamedTemporaryFile"
    else:
        mode = words.get("mode", call.args[1] if len(call.args) > 1 else ast.Constant("r"))
    return isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) <= set("rwax+t")


@pytest.mark.parametrize("path", PROGRAM + HELPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_is_opened_as_utf_8(path: Path) -> None:
    assert list(unsaid(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("p.read_text()", True), ("p.read_text('utf-8')", False), ("p.read_text(errors='replace')", True),
        ("p.write_text(x)", True), ("p.write_text(x, encoding='utf-8')", False),
        ("open(p)", True), ("open(p, 'w')", True), ("open(p, 'rb')", False), ("open(p, encoding='utf-8')", False),
        ("p.open()", True), ("p.open('a')", True), ("p.open('ab')", False), ("p.open(mode='w')", True),
        ("os.open(p, flags)", False), ("Image.open(p)", False), ("archive.open('a.npy', 'w')", False),
        ("os.fdopen(fd, 'w')", True), ("os.fdopen(fd, 'wb')", False),
        ("run(c, text=True)", True), ("run(c, text=True, encoding='utf-8')", False), ("run(c)", False),
    ],
)  # fmt: skip
def test_what_leaves_it_to_the_locale_is_found(code: str, found: bool) -> None:
    assert bool(list(unsaid(ast.parse(code)))) == found


@pytest.fixture
def ascii_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's text is ASCII in the processes of this test, as in a container without locales."""
    for name, value in {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)


def test_a_run_is_trained_and_shown_in_a_locale_of_ascii(ascii_locale: None, runs: Path, tmp_path: Path) -> None:
    preset = tmp_path / "mine.toml"
    settings = "[data]\nn_features = 20\nn_examples = 5\nsparsity = 0.8\nn_test = 10"
    preset.write_text(f'# Figure: T = ∞\ntitle = "‖W‖ → 0"\n{settings}', encoding="utf-8")
    train = ("run", str(preset), "steps=40", "threads=1", "--name", "a")
    for command in train, ("show", "a"), ("ls",), ("presets",), ("presets", str(preset)), ("sweep", "presets"):
        answer = sdd(*command)
        assert answer.code == 0, answer.err
    assert "‖W‖ → 0" in (runs / "a" / "config.toml").read_text(encoding="utf-8")


def test_the_app_shows_presets_and_runs_in_a_locale_of_ascii(ascii_locale: None, runs: Path) -> None:
    trained(small(), runs)
    with Terminal(APP) as terminal:
        terminal.until(lambda text: "pentagon" in text and "finished" in text)
        terminal.send("q")
        terminal.until(lambda text: terminal.process.poll() is not None)
        assert terminal.process.returncode == 0


@pytest.mark.parametrize("key", ["title", "preset", "data.file", "device"])
def test_a_word_with_a_byte_that_is_not_utf_8_is_refused(key: str) -> None:
    with pytest.raises(ConfigError, match=f"{key} = .* a byte that is not UTF-8"):
        load("quick", [f"{key}=x\udcff"])


def test_a_preset_s_file_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "x\udcff.toml"
    try:
        path.write_text("", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    assert load(str(path)).preset == "x?"
