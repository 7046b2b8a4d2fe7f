# `make run` opens the app, `make test` runs every check; both create .venv on first use.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test science bench clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev]'
	touch $@

run: $(VENV)/.installed
	$(BIN)/sdd-tui

test: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

science: $(VENV)/.installed  # the paper's numbers in full: about 12 minutes on two cores
	$(BIN)/python -m pytest -m science -s --timeout 3600

bench: $(VENV)/.installed
	$(BIN)/sdd bench

clean:
	rm -rf $(VENV) build dist *.egg-info
