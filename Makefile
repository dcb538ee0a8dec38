# SPDX-License-Identifier: Apache-2.0
#
# Needs Python 3.11 or newer with venv, and a package index. `make help` lists the targets.
# Environments are made from the hashed lock files in requirements/ and kept until those change:
#   .venv-run   what the program needs (demo, run); the program runs from the source tree
#   .venv       the same plus tests and checks, with the program installed editable

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

SUITABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.12 python3.11 python3.13 python3.14 python3; do \
  "$$name" -c '$(SUITABLE)' 2>/dev/null && { echo "$$name"; break; }; done)

RUN := .venv-run/bin/python
DEV := .venv/bin/python
PIP := -m pip --disable-pip-version-check --quiet --quiet --no-input
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header

# Settings of `make run`; state is kept in ./var unless STATE_DIRECTORY says otherwise.
CONFIG ?= seeds/feeds.toml
STATE_DIRECTORY ?= $(CURDIR)/var
PYTEST_ARGS ?= --numprocesses auto
# How long `make soak` watches the daemon's memory.
MINUTES ?= 60

.PHONY: help demo run test soak soak-kills soak-memory check eval fit lint types contracts format \
  schemas deb lock clean python-found

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: .venv-run/.complete ## show everything at work on a news world of its own (about half a minute)
	@$(RUN) -m monitor demo

run: .venv-run/.complete ## start the daemon on real feeds; CONFIG=my.toml for your own configuration
	@STATE_DIRECTORY="$(STATE_DIRECTORY)" exec $(RUN) -m monitor run --config "$(CONFIG)"

test: lint types contracts ## lint, types, import contracts and the whole test suite
	@$(DEV) -m pytest $(PYTEST_ARGS)

soak: soak-kills soak-memory ## kills at random over 300 alerts, then memory on hostile feeds (MINUTES=60)

soak-kills: .venv/.complete
	@FIGUREWATCH_SOAK_ALERTS=300 $(DEV) -m pytest tests/journeys/test_soak.py -s $(PYTEST_ARGS)

check: lint types contracts ## the fast part of `make test`: everything but adapters and journeys
	@$(DEV) -m pytest tests/core $(PYTEST_ARGS)

eval: .venv/.complete ## how well extraction reads the corpus: values, fields, layers, calibration
	@$(DEV) tests/corpus/evaluate.py $(EVAL_ARGS)

fit: .venv/.complete ## fit the confidence table anew on the tuning part of the corpus
	@$(DEV) tests/corpus/evaluate.py --fit

lint: .venv/.complete
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --quiet --check .

types: .venv/.complete
	@.venv/bin/mypy --no-error-summary

contracts: .venv/.complete
	@out=$$(.venv/bin/lint-imports --no-cache 2>&1) || { echo "$$out"; exit 1; }

format: .venv/.complete ## rewrite the sources in the agreed form
	@.venv/bin/ruff check --quiet --fix .
	@.venv/bin/ruff format --quiet .

schemas: .venv/.complete ## write the JSON Schemas of configuration and rule files into docs/
	@$(DEV) -m monitor config schema > docs/config.schema.json
	@$(DEV) -m monitor rules schema > docs/rules.schema.json

soak-memory: .venv/.complete
	@cd tests && exec ../$(DEV) endurance.py --minutes $(MINUTES)

deb: python-found ## build a Debian package into dist/ (network for pip only)
	@command -v dpkg-deb >/dev/null || { echo "make: dpkg-deb is needed (apt install dpkg)" >&2; exit 1; }
	@rm -rf build/deb && mkdir -p build/deb
	@$(PYTHON) $(PIP) install --no-compile --require-hashes --target build/deb/lib -r requirements/run.txt
	@$(PYTHON) $(PIP) install --no-compile --no-deps --target build/deb/lib .
	@deploy/debian/build build/deb/lib dist $(PYTHON)

lock: ## resolve the dependencies anew into requirements/ (needs uv)
	$(LOCK) --extra demo --output-file requirements/run.txt
	$(LOCK) --extra demo --group test --group check --constraint requirements/run.txt \
	  --output-file requirements/develop.txt

clean: ## remove environments, caches, builds and the state of `make run`
	rm -rf .venv .venv-run var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python-found:
	@test -n "$(PYTHON)" || { \
	  echo "make: no Python 3.11 or newer with the venv module was found." >&2; \
	  echo "On Debian: apt install python3-venv. Elsewhere: make PYTHON=/path/to/python3.12 ..." >&2; \
	  exit 1; }

.venv-run/.complete: requirements/run.txt | python-found
	@echo "Preparing .venv-run (once) ..." >&2
	@test -x $(RUN) || $(PYTHON) -m venv .venv-run
	@$(RUN) $(PIP) install --require-hashes -r requirements/run.txt
	@touch $@

.venv/.complete: requirements/develop.txt pyproject.toml | python-found
	@echo "Preparing .venv (once) ..." >&2
	@test -x $(DEV) || $(PYTHON) -m venv .venv
	@$(DEV) $(PIP) install --require-hashes -r requirements/develop.txt
	@$(DEV) $(PIP) install --no-deps --no-index --no-build-isolation --editable .
	@touch $@
