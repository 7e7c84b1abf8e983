# make run    sets everything up and serves kfflow with its demo on http://127.0.0.1:8080
# make test   sets up what the tests need and runs them all, a process for each core (PYTEST="tests/unit -x": only those)
# make check  the fast gate: style, types, layers, dependencies, templates, diagrams
# make property  tries 10,000 random processes on random paths and 5,000 mutants (PAIRS=…, MUTANTS=…, SEED=…)
# make simulate  lives through 30 days of a service of a twentieth of the real size (DAYS=…, SCALE=…, SEED=…)
# make bench  measures, as ratios taken side by side in one run
# make conformance  writes docs/conformance.md from the third-party cases beside the checkout
# make lock   renews the lock files after a change of dependencies

.DELETE_ON_ERROR:
.PHONY: run test check simulate bench chaos property conformance lock clean
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DIST := src/kfflow/web/static/dist/manifest.json
FRONTEND := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/e2e/node_modules -prune -o -type f -print 2>/dev/null)

run: $(VENV)/.runtime $(DIST)
	@KFFLOW_LOG_LEVEL="$${KFFLOW_LOG_LEVEL:-WARNING}" exec $(BIN)/kfflow run --demo

test: check $(VENV)/.development $(DIST) $(VENV)/.browser
	@$(BIN)/python -m pytest $(or $(PYTEST),-n logical --maxprocesses 4)

check: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/vulture
	$(BIN)/djlint --check --lint src/kfflow/web/templates src/kfflow/api/templates
	$(BIN)/python hatch_build.py --check
	$(BIN)/kfflow lint --strict bpmn/*.bpmn bpmn/*.dmn workflows/*/forms/*.form workflows/*/letters/*.typ

bench: $(VENV)/.development
	@$(BIN)/python -m bench

simulate: $(VENV)/.runtime
	@$(BIN)/kfflow simulate --days $(or $(DAYS),30) --scale $(or $(SCALE),0.05) --seed $(or $(SEED),1)

chaos: $(VENV)/.development
	@$(BIN)/python -m pytest tests/chaos $(PYTEST)

property: $(VENV)/.development
	@KFFLOW_PAIRS=$(or $(PAIRS),10000) KFFLOW_MUTANTS=$(or $(MUTANTS),5000) KFFLOW_SEED=$(or $(SEED),1) \
		$(BIN)/python -m pytest tests/properties --timeout 0 $(PYTEST)

conformance: $(VENV)/.development
	@$(BIN)/python -m tests.conformance.report

lock: $(VENV)/.uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --group build -o locks/build.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header pyproject.toml -o locks/runtime.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header pyproject.toml --group build --group test --group check -o locks/development.txt

clean:
	rm -rf $(VENV) var frontend/node_modules frontend/e2e/node_modules src/kfflow/web/static/dist

$(VENV)/.uv: locks/uv.txt
	@PYTHON="$(PYTHON)" sh setup/require
	@echo "· Laver et Python-miljø i $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
	@touch $@

$(VENV)/.runtime: $(VENV)/.uv locks/runtime.txt locks/build.txt pyproject.toml
	@echo "· Henter pakkerne (låst med hashes) …"
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r locks/build.txt -r locks/runtime.txt
	@KFFLOW_SKIP_FRONTEND=1 $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.development: $(VENV)/.runtime locks/development.txt
	@echo "· Henter det, som prøverne bruger …"
	@$(BIN)/uv pip install --quiet --require-hashes -r locks/development.txt
	@touch $@

$(VENV)/.browser: $(VENV)/.development frontend/e2e/package-lock.json
	@echo "· Henter en browser til prøverne …"
	@$(BIN)/python -m tests.e2e.browser
	@touch $@

$(DIST): $(FRONTEND) hatch_build.py | $(VENV)/.runtime
	@echo "· Bygger skærmbillederne …"
	@$(BIN)/python hatch_build.py
