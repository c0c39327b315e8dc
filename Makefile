# Quarterdeck's few commands. Each does the set-up it needs; nothing but Python (3.11 or newer),
# make and git has to be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 4

.PHONY: help setup demo test test-thorough check lint types contracts wheel bench lock snapshots picture clean

help:
	@echo "make setup      everything into .venv/"
	@echo "make demo       the live wall over a demo world (text when there is no terminal)"
	@echo "make test       the test suite"
	@echo "make test-thorough  the same with ten times the examples, others each time"
	@echo "make check      ruff, mypy, pyright, import contracts, the suite against the built wheel"
	@echo "make bench      speed, bytes and memory against a blank Textual app"
	@echo "make snapshots  draw the snapshot pictures anew (look at them before you commit)"
	@echo "make picture    the README's picture from the running demo (two minutes)"
	@echo "make lock       resolve the dependencies anew into requirements/dev.lock"

setup: $(READY)

$(READY): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Quarterdeck needs Python 3.11 or newer, {sys.executable} is {v.major}.{v.minor}; say: make PYTHON=python3.11")'
	@echo "[1/4] virtual environment in $(VENV)/"
	@$(PYTHON) -m venv $(VENV)
	@echo "[2/4] pinned packages (half a minute the first time)"
	@$(BIN)/python requirements/install.py requirements/dev.lock
	@echo "[3/4] quarterdeck itself"
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile --no-deps --no-build-isolation -e .
	@echo "[4/4] compiling, so that it starts fast"
	@$(BIN)/python -m compileall -q -j $(JOBS) $(VENV)/lib actions demo monitor providers themes tui widgets || true
	@touch $(READY)
	@echo "ready: make demo, make test"

demo: setup
	@$(BIN)/quarterdeck --demo

# The workers read from each other's bytecode, whatever the environment says of writing it.
test: setup
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

# For the night: what a property is held to is drawn anew, and there is more of it.
test-thorough: setup
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup --hypothesis-profile thorough --timeout 600

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup
	@$(BIN)/mypy
	@$(BIN)/pyright

contracts: setup
	@$(BIN)/lint-imports

# The suite runs once more against what would be installed, from a folder without the sources.
wheel: setup
	@$(BIN)/python -m tests.wheel_check

check: lint types contracts wheel
	@echo "check: all good"

bench: setup
	@$(BIN)/python -m benchmarks

snapshots: setup
	@$(BIN)/python -m pytest tests/test_snapshots.py --snapshot-update

# Shows the demo's incident; takes the two minutes that the incident takes.
picture: setup
	@$(BIN)/python docs/make_picture.py

lock: setup
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet pip-tools
	@$(BIN)/pip-compile --quiet --extra dev --extra demo --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --no-header --allow-unsafe -o requirements/dev.lock pyproject.toml
	@sed -i "1i # Exact versions with hashes of everything that make setup installs; make lock writes it anew." requirements/dev.lock

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
