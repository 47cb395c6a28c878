# Every target sets up what it needs. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JUDGES := $(VENV)/judges/.ready

SOURCE ?= hltv
ARGS ?=

.PHONY: help setup demo demo-archive fetch parse test check soak bench corpus-update new-source docs lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (once; some minutes on a slow line)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c requirements.lock setuptools
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-build-isolation -c requirements.lock -e '.[dev]'
	@touch $@

# Other people's tools that the tests ask for their opinion; kept apart, for their pins are old.
$(JUDGES): tests/judges/requirements.lock
	@$(PYTHON) -m venv $(VENV)/judges
	@$(VENV)/judges/bin/python -m pip install -qq --disable-pip-version-check -r $<
	@touch $@

setup: $(READY)  ## make the virtual environment from the lock

demo: $(READY)  ## crawl two made-up sites on this machine, parse it offline, show the tables
	@$(BIN)/python -m tests.demo

fetch: $(READY)  ## crawl SOURCE (default hltv) into archives/; options in ARGS
	@$(BIN)/warchouse fetch $(SOURCE) $(ARGS)

parse: $(READY)  ## rebuild the tables from archives/, offline; options in ARGS
	@$(BIN)/warchouse parse $(ARGS)

test: $(READY) $(JUDGES)  ## run the tests, on up to four cores
	@$(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist worksteal $(ARGS)

check: $(READY) $(JUDGES)  ## formatter, linter, types, import contracts, tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -q $(ARGS)
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report --skip-covered

soak: $(READY)  ## 500 kills of a crawl, and a crawl of 10,000 pages with faults (long)
	@$(BIN)/python -m tests.soak --kills 500 --pages 10000 $(ARGS)

bench: $(READY)  ## measure; one line each, and build/bench.json
	@$(BIN)/python -m benchmarks $(ARGS)

corpus-update: $(READY)  ## write what the corpus lacks; refuses changes under one version
	@$(BIN)/python -m tests.corpus $(ARGS)

new-source: export NAME ?=
new-source: export PAGE ?= item
new-source: $(READY)  ## write the files of a source NAME that reads pages of type PAGE (default item)
	@$(BIN)/python -m tests.new_source "$$NAME" "$$PAGE"

docs: $(READY)  ## write docs/tables.md anew from the row classes
	@$(BIN)/python -m warehouse.describe > docs/tables.md

demo-archive: $(READY)  ## make archives/demo/ anew by a crawl of the made-up sites
	@$(BIN)/python -m tests.demo --archive archives/demo

lock: $(READY)  ## pin all dependencies anew in requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --no-header --no-annotate --quiet pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-annotate --quiet tests/judges/requirements.in -o tests/judges/requirements.lock

clean:  ## remove build/ and caches; archives and tables stay
	@rm -rf build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .coverage .coverage.*
