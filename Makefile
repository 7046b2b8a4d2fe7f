# `make run` opens the app, `make check` is for every day, `make test` runs every test; all create .venv on first use.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

export PYTHONDONTWRITEBYTECODE =  # tests start hundreds of processes: each would compile the program anew

.PHONY: run check test lint science cluster-check gpu-check bench bench-app clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev]'
	touch $@

run: $(VENV)/.installed
	$(BIN)/sdd-tui

PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint  # a minute and a half at most, for every day
	$(PYTEST) -m 'not slow and not science and not gpu and not cluster'

test: lint
	$(PYTEST)

science: $(VENV)/.installed  # the paper's numbers, and attacks at full length: about 30 minutes on two cores
	$(BIN)/python -m pytest -m science -s --timeout 3600

cluster-check: $(VENV)/.installed  # sweeps on a Slurm of its own: Debian, as root; installs Slurm with apt-get
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[cluster]'
	$(BIN)/python -m pytest -m cluster -s --timeout 900

bench: $(VENV)/.installed
	$(BIN)/sdd bench

bench-app: $(VENV)/.installed  # the app's and sweeps' bars on an idle machine, as JSON: 15 minutes on two cores
	$(BIN)/python -m tests.bench.screen --json; screen=$$?; $(BIN)/python -m tests.bench.sweep --json && exit $$screen

gpu-check: $(VENV)/.installed  # on a machine with a GPU: 8 minutes at most; writes gpu-check.json
	$(BIN)/python -m tests.gpu.check gpu-check.json

clean:
	rm -rf $(VENV) build dist *.egg-info
