# Every target explains itself: `make help`. Nothing here needs root, Node, Docker or a compiler.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
TORCH_VERSION := 2.13.0
# Another machine may want another build of torch: make setup TORCH_INDEX=<address of its package index>
TORCH_FROM := $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
PORT ?= 8000
GPU_PYTHON_VERSION ?= 3.12
# transformers and what it needs beside torch and numpy
GPU_WHEELS := transformers|tokenizers|safetensors|huggingface-hub|hf-xet|httpx2|httpcore2|truststore|anyio|h11|idna|click|regex|typer|shellingham|rich|markdown-it-py|mdurl|pygments|filelock|fsspec|packaging|pyyaml|tqdm|typing-extensions|annotated-doc
LOCK := --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --no-emit-package torch
DEMO := up --demo --with-parent --port $(PORT)

.PHONY: help setup setup-dev demo test test-thorough test-postgres frontend-test lint e2e faults bench gpu-wheels gpu-bench screenshots messages lock clean

help: ## What can be made
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.done ## Packages to run everything, in .venv; repeatable, quick when nothing changed

setup-dev: $(VENV)/.done-dev ## The same and what tests and checks need

$(VENV)/.done: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: PYTHON=python3.11 make setup"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The module venv is missing. On Debian: apt install python3-venv"; exit 1; }
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@echo "Installing packages (about two minutes the first time)"
	@$(RUN) -c 'import importlib.metadata as m, sys; sys.exit(not m.version("torch").startswith("$(TORCH_VERSION)"))' 2>/dev/null \
	  || $(RUN) -m pip install --quiet --disable-pip-version-check $(TORCH_FROM) torch==$(TORCH_VERSION)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.done-dev: $(VENV)/.done requirements-dev.lock
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

demo: setup ## Start everything with the demo company and print the links (PORT=8000)
	@exec $(RUN) manage.py $(DEMO)

test: setup-dev ## The default test suite
	@$(RUN) -m pytest -q -n auto --maxprocesses 4 --dist loadfile && echo "test: the default suite passed"

test-thorough: setup-dev ## Tests that take longer: every architecture, healing, scripted days, benchmarks small
	@$(RUN) -m pytest -q -n auto --maxprocesses 4 --dist loadfile -m thorough && echo "test-thorough: the longer tests passed"

test-postgres: setup-dev ## The same suite on a PostgreSQL of its own (needs the server's programs, no running server)
	@$(RUN) -m tests.postgres -q -n auto --maxprocesses 4 --dist loadfile && echo "test-postgres: the default suite passed on PostgreSQL"

frontend-test: ## The front ends' tests, and that the committed builds are what their sources give (needs Node)
	@for end in widget dashboard; do (cd csbot/$$end/frontend && npm ci --silent --no-audit --no-fund) || exit 1; done
	@for end in widget dashboard; do (cd csbot/$$end/frontend && npm test && npm run build) || exit 1; done
	@git diff --exit-code --stat -- csbot/widget/static csbot/dashboard/static && echo "frontend-test: the tests passed, the builds are the committed ones"

lint: setup-dev ## Style, types, import rules
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports >/dev/null || $(VENV)/bin/lint-imports
	@$(RUN) manage.py makemigrations --check --dry-run
	@$(RUN) manage.py spectacular --validate --fail-on-warn --file /dev/null
	@echo "lint: style, types, import rules, migrations and API schema are fine"

e2e: setup-dev ## The widget in Chromium against a running system
	@$(RUN) -m pytest -q -m e2e tests/e2e && echo "e2e: the widget works in the browser"

faults: setup-dev ## Kill, tear and fill things, and see that nothing is lost
	@$(RUN) -m pytest -q -m faults tests/faults && echo "faults: nothing was lost, nothing stayed behind"

bench: setup-dev ## All measurements, into BENCHMARKS.md
	@$(RUN) manage.py write_benchmarks

gpu-wheels: setup ## What a bare machine with a graphics card needs beside torch, into .gpu-wheels (GPU_PYTHON_VERSION=3.12)
	@rm -rf .gpu-wheels
	@$(RUN) -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version $(GPU_PYTHON_VERSION) --implementation cp \
	  $(foreach age,2_28 2_27 2_17,--platform manylinux_$(age)_x86_64) --platform manylinux2014_x86_64 -d .gpu-wheels \
	  $$(grep -oE '^($(GPU_WHEELS))==[^ ]+' requirements.lock)
	@echo "gpu-wheels: $$(du -sh .gpu-wheels | cut -f1) in .gpu-wheels"

gpu-bench: ## The engine on a graphics card, random weights in real shapes; a dry run where there is none (GPU_PYTHON=python3)
	@$(or $(GPU_PYTHON),$(if $(wildcard $(RUN)),$(RUN),python3)) -m inference.gpu.steps $(if $(wildcard .gpu-wheels),--wheels .gpu-wheels) --out inference/gpu/figures.json

screenshots: setup-dev ## The README's pictures, from a demo of its own (needs Chromium)
	@$(RUN) -m tests.e2e.pictures && echo "screenshots: the pictures are in csbot/demo/pictures"

messages: setup-dev ## Collect and compile the server's texts (needs gettext)
	@$(RUN) manage.py makemessages -l zh_Hans --no-location --ignore .venv --ignore node_modules
	@$(RUN) manage.py compilemessages -l zh_Hans --ignore .venv

lock: ## Resolve the lock files anew (needs uv)
	@uv pip compile requirements.txt -o requirements.lock $(LOCK)
	@uv pip compile requirements.txt requirements-dev.txt -c requirements.lock -o requirements-dev.lock $(LOCK)

clean: ## Remove .venv and caches; the data folder stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
