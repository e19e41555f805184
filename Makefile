# make demo: the main job on the bundled examples.  make test: all tests.  make check: ruff, mypy and tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ALPHA := $(VENV)-datasette-1.0a

.PHONY: demo test test-alpha check lint clean

demo: $(STAMP)
	$(BIN)/litmap demo demo --force

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest --ignore=tests/browser
	$(BIN)/python -m pytest tests/browser
	$(MAKE) --no-print-directory test-alpha

# The pages on the coming Datasette too.
test-alpha: $(ALPHA)/.installed
	$(ALPHA)/bin/python -m pytest tests/web
	$(ALPHA)/bin/python -m pytest tests/browser

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test

$(STAMP): setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

$(ALPHA)/.installed: setup.cfg pyproject.toml
	test -x $(ALPHA)/bin/python || $(PYTHON) -m venv $(ALPHA)
	$(ALPHA)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' 'datasette==1.0a41'
	touch $@

clean:
	rm -rf $(VENV) $(ALPHA) demo build dist *.egg-info
