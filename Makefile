.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
SERVE ?= 1
STORE ?= var/store
HOST ?= 127.0.0.1
PORT ?= 8000
UV ?= uv
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

.PHONY: help install run test test-slow check fix lock peers

help: ## Show the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/runtime.stamp: requirements/runtime.lock requirements/carriers.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] >= (3, 11) else "Python 3.11 or newer is needed, found " + sys.version)'
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes --requirement requirements/runtime.lock
	$(PIP) install --quiet --require-hashes --no-deps --upgrade --target $(VENV)/share/maillage/carriers --requirement requirements/carriers.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/runtime.stamp requirements/dev.lock
	$(PIP) install --quiet --require-hashes --requirement requirements/dev.lock
	@touch $@

install: $(VENV)/runtime.stamp ## Create the environment from the hash-locked files

run: install ## Build the embedded default and open the observatory (SERVE=0: build only)
	$(VENV)/bin/maillage run --demo --store $(STORE)
ifneq ($(SERVE),0)
	$(VENV)/bin/maillage serve --store $(STORE) --host $(HOST) --port $(PORT) --open
endif

test: $(VENV)/dev.stamp ## Run the whole suite
	$(PY) -m pytest -m "not slow" -n 2 $(ARGS)

test-slow: $(VENV)/dev.stamp ## Run the long tests: kills, whole runs, load
	$(PY) -m pytest -m slow -n 2 --no-loadscope-reorder $(ARGS)

check: $(VENV)/dev.stamp ## Lint, types, floors of the house, generated documents
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache
	$(PY) -m maillage.docs --check

fix: $(VENV)/dev.stamp ## Format and mend what can be mended
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(PY) -m maillage.docs

lock: ## Resolve the dependencies again, with hashes (needs uv)
	$(LOCK) pyproject.toml requirements/build.in --output-file requirements/runtime.lock $(ARGS)
	$(LOCK) requirements/carriers.in --no-deps --output-file requirements/carriers.lock $(ARGS)
	$(LOCK) pyproject.toml --all-extras requirements/build.in requirements/dev.in --constraint requirements/runtime.lock --output-file requirements/dev.lock $(ARGS)
	$(LOCK) requirements/bench.in --output-file requirements/bench.lock $(ARGS)

peers: ## Install what benchmarks/ measure Maillage against, in var/bench
	$(PYTHON) -m venv var/bench
	var/bench/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes --requirement requirements/bench.lock
