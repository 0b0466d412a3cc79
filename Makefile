# Everything starts here: `make help` lists what there is.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
EXTRA  := $(if $(shell command -v nvidia-smi),train,train-cpu)
JOBS   ?= 2
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

TRAIN_READY := $(VENV)/.ready-train
DEV_READY   := $(VENV)/.ready-dev

.DEFAULT_GOAL := help
.PHONY: help train test check format golden bench data clean distclean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

train: $(TRAIN_READY)  ## Train samples/digits.loop (sets up .venv first; SPEC=... for another)
	@$(BIN)/loopc train $(SPEC)
train: SPEC ?= samples/digits.loop

test: check data  ## Run everything: checks, then all tests (ARGS="-k word" narrows)
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(DEV_READY)  ## Lint, formatting, types and import rules: the quick half of `make test`
	@$(BIN)/ruff check .
	@$(BIN)/black --check --quiet --diff .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(DEV_READY)  ## Let ruff and black rewrite what they can
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/black --quiet .

golden: $(DEV_READY)  ## Rewrite expected outputs of tests/cases and tests/golden; review the diff
	@$(BIN)/python -m pytest -q -n $(JOBS) --update-golden tests/cases tests/golden

bench: $(DEV_READY)  ## Measure speed (benchmarks/)
	@$(BIN)/python benchmarks/run.py $(ARGS)

data: $(DEV_READY)  ## Fetch Fashion-MNIST and the flights into samples/data/ (40 MB, once)
	@$(BIN)/python samples/data/get.py fashion
	@$(BIN)/python samples/data/get.py flights

clean:  ## Remove caches and build products (keeps .venv, runs/ and fetched data)
	@rm -rf build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find grammar compiler runtime samples tests -name __pycache__ -prune -exec rm -rf {} +

distclean: clean  ## `clean`, and remove .venv
	@rm -rf $(VENV)

# A stamp says which pyproject.toml an environment was made from: set up once, and again
# when that file changes.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "error: no python3.11 or python3 found; say PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(TRAIN_READY): pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) with loopc[$(EXTRA)] (once; a few minutes) ..."
	@$(PIP) --editable ".[$(EXTRA)]"
	@touch $@

$(DEV_READY): pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) with loopc[$(EXTRA),dev] (once; a few minutes) ..."
	@$(PIP) --editable ".[$(EXTRA),dev]"
	@touch $@ $(TRAIN_READY)
