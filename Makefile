# make demo: the whole story on an embedded server.  make test: the tests.  make check: the linters.
# make test-faults: each fault at each statement that the program sends; it takes hours.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& { echo $$p; break; }; done)

.PHONY: demo test test-faults check lint format clean

demo: $(VENV)/installed
	$(BIN)/releasegate demo

# A file of tests stays in one process, with the servers that it shares. In the order of the folders, so
# that the longest file is not the last one to begin.
test: $(VENV)/developed
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

test-faults: $(VENV)/developed
	$(BIN)/pytest tests/faults -s --every-fault

check: lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/deptry src

# What GitHub runs: syntax, schemas, and what somebody could make of it.
lint: $(VENV)/developed
	$(BIN)/actionlint
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/pre-commit validate-manifest .pre-commit-hooks.yaml
	$(BIN)/zizmor --offline --quiet action.yml .github/workflows

format: $(VENV)/developed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/developed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(VENV)/installed $@

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, as python3 or python3.11 on PATH."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
