# Every target sets up what it needs: Debian packages (as root), .venv, pinned Python packages. `make` lists the targets.

PYTHON ?= python3
PYTEST_WORKERS ?= 2

BIN := .venv/bin
# OpenGL without a display.
DEBIAN_PACKAGES := libegl1 libgl1 libgl1-mesa-dri
APT_INSTALL := apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends
PIP_INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-fast check bench look results system clean

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: system .venv/generate ## houses, walks, questions and a release in ./simsv, in minutes; again: finds all done
	$(BIN)/simsv demo --run runs/demo --out simsv

# torchcodec, which plays videos and which TRL reads them with, links to FFmpeg and to the library of Debian's Python.
test: DEBIAN_PACKAGES += ffmpeg libpython3-dev
test: system .venv/dev ## all tests, real renders included
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile

test-fast: system .venv/dev ## the quick tests: no release is rendered, nothing trained, hardly a process killed
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile -m "not slow"

check: .venv/dev ## lint, format, types, layers, commands of the README
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_project_readme.py -m "not slow"

look: system .venv/dev ## pictures of the simulator's houses, in ./look
	$(BIN)/python -m tests.look

bench: system .venv/dev ## measure, write bench.json
	$(BIN)/python -m tests.benchmarks

# The tests' folder lets torchvision be imported beside a torch without CUDA.
results: system .venv/results ## the small learning run of recipes/RESULTS.md, in hours; again: goes on
	PYTHONPATH=tests/recipes/startup $(BIN)/python -m recipes.results.run
	PYTHONPATH=tests/recipes/startup $(BIN)/python -m recipes.results.table

clean: ## remove .venv and caches; runs/ and simsv/ stay
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# Without the packages frames are still rendered, by Embree; so who is not root gets a hint and no error.
system:
	@command -v apt-get >/dev/null || exit 0; \
	missing=; for package in $(DEBIAN_PACKAGES); do \
	    dpkg-query -W -f '$${Status}\n' "$$package*" 2>/dev/null | grep -q '^install ok' || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ]; then echo "for OpenGL: sudo apt-get install$$missing" >&2; exit 0; fi; \
	echo "installing$$missing"; $(APT_INSTALL) $$missing >/dev/null

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("simsv needs Python 3.11 or newer, this is " + sys.version.split()[0] + ": make PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	    { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && $(APT_INSTALL) python3-venv >/dev/null; } || \
	    { echo "$(PYTHON) cannot make virtual environments: sudo apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/generate: .venv/pyvenv.cfg pyproject.toml constraints.txt
	$(PIP_INSTALL) -e ".[generate]"
	@touch $@

.venv/dev: .venv/pyvenv.cfg pyproject.toml constraints.txt
	$(PIP_INSTALL) -e ".[generate,hub,train,eval,results,dev]"
	$(PIP_INSTALL) --no-deps lmms-eval
	@touch $@ .venv/generate

.venv/results: .venv/pyvenv.cfg pyproject.toml constraints.txt
	$(PIP_INSTALL) -e ".[generate,train,results]"
	@touch $@ .venv/generate
