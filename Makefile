# make serve   set up and serve the graph at http://127.0.0.1:8000/ (HOST and PORT override)
# make test    set up and run every test
# make audit   look up known weaknesses of everything that is installed
# make fuzz    look for inputs that break promises, MINUTES=10 for each of three targets
# make wheel   put everything into dist/*.whl and dist/*.tar.gz
# make docs    set up and build the documentation site in build/docs/

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.ready-dev
FRONT_READY := src/miit_graph/web/static/built/.ready
JS_READY := tests/node_modules/.ready
RERUNS := --reruns 2 --rerun-show-tracebacks
FRONT_SOURCES := $(wildcard frontend/*.json frontend/build.* frontend/src/* frontend/src/*/*)

.DEFAULT_GOAL := help
.PHONY: wheel help serve build validate docs test audit fuzz lint front screenshots format clean

help:
	@sed -n 's/^# make/  make/p' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is needed (Debian: apt-get install python3-venv)."; exit 1; }

$(READY): pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEV_READY): pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) with what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY) $@

$(FRONT_READY): $(FRONT_SOURCES) | $(BIN)/python
	@echo "Building what the pages run in the browser …"
	@frontend/build.sh $(VENV)

$(JS_READY): tests/package-lock.json | $(BIN)/python
	@echo "Installing the programs in JavaScript that the tests use …"
	@frontend/install.sh $(VENV) tests

front: $(FRONT_READY)

serve: $(READY)
	@$(MAKE) --no-print-directory front || echo "The front end could not be built (it needs Node and the npm registry): pages come without scripts." >&2
	@$(BIN)/miit-graph serve

wheel: $(DEV_READY) front
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --no-isolation

build: $(READY)
	@$(BIN)/miit-graph build

validate: $(READY)
	@$(BIN)/miit-graph validate

docs: $(DEV_READY)
	@$(BIN)/python docs/site/build.py

test: $(DEV_READY) $(FRONT_READY) $(JS_READY) lint
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(RERUNS) -m 'not alone'
	$(BIN)/python -m pytest $(RERUNS) $$(grep -rl --include=test_*.py mark.alone tests) -m alone

audit: $(DEV_READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[audit]'
	@$(BIN)/python -m tools.audit --seconds $(or $(SECONDS),60)

fuzz: $(DEV_READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),10)

# Pictures of every page, wide and narrow, light and dark, in both languages, in build/screenshots/.
screenshots: $(DEV_READY) $(FRONT_READY)
	$(BIN)/python -m pytest tests/browser/screenshots.py

lint: $(DEV_READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(DEV_READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf $(VENV) build dist
