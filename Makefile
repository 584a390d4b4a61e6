# Two commands matter: `make demo` shows the main job end to end, `make test` proves it.
# Both make a virtual environment in .venv first, from the pinned and hashed requirements.lock.
.DEFAULT_GOAL := help
.PHONY: help demo run test lint bench ocr clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 14

# The environment is made again only when the lock or the project's metadata change.
$(READY): requirements.lock pyproject.toml
	@echo "==> setting up $(VENV) (once; the packages are downloaded now)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Skrynka needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)  ## the main job end to end on embedded IMAP and SMTP servers
	@echo "==> intake demo"
	@$(BIN)/intake demo

run: $(READY)  ## the worker, with config.toml of this folder
	@$(BIN)/intake run

test: $(READY)  ## the tests; what needs absent system programs is skipped and named
	@echo "==> pytest"
	@$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(READY)  ## ruff, mypy --strict, import-linter
	@echo "==> ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "==> mypy --strict"
	@$(BIN)/mypy
	@echo "==> import-linter"
	@$(BIN)/lint-imports

ocr: $(READY)  ## add what reads scans and photos (tesseract itself is a system program)
	@echo "==> the ocr extra"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-ocr.lock

bench: $(READY)  ## speed and memory, as ratios measured in one run
	@$(BIN)/python -m bench

clean:  ## remove the environment and caches; var/ (the archive and the ledger) stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
