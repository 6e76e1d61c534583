# `make help` lists what there is. Variables given to make (FILE=… ICP=…) reach the commands as their environment.
.DEFAULT_GOAL := help
.PHONY: help qualify run test check bench load faults stop clean ports lock
MAKEFLAGS += --no-print-directory

PYTHON_IN := .venv/bin/python
FOR_USE := .venv/.for-use
FOR_CHANGE := .venv/.for-change

# Where nothing may be written beside the sources (as in many containers), each process would compile all its modules
# anew, which takes it longer than all else at its start. They are kept in the virtualenv then.
ifdef PYTHONDONTWRITEBYTECODE
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.venv/pycache
endif

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

qualify: $(FOR_USE) ## rank companies: FILE=companies.csv ICP=profile.toml OUT=directory RETRY=parked (samples without)
	@set --; \
	if [ -n "$$FILE" ]; then set -- "$$@" --file "$$FILE"; fi; \
	if [ -n "$$ICP" ]; then set -- "$$@" --icp "$$ICP"; fi; \
	if [ -n "$$OUT" ]; then set -- "$$@" --out "$$OUT"; fi; \
	if [ -n "$$RETRY" ]; then set -- "$$@" --retry "$$RETRY"; fi; \
	exec $(PYTHON_IN) manage.py qualify "$$@"

run: $(FOR_USE) ## the web application, workers and scheduler: PORT=8000
	@exec $(PYTHON_IN) -m config.stack run

test: $(FOR_CHANGE) ## every test, on servers of its own: ARGS="tests/config -k lock"
	@exec $(PYTHON_IN) -m pytest -n 4 --dist loadscope $(ARGS)

check: $(FOR_CHANGE) ## format, lint, types, migrations, settings for production, the API against its schema
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@$(PYTHON_IN) manage.py makemigrations --check --dry-run
	@ASSAY_ENV_FILE= DEBUG=false HTTPS_ONLY=true ALLOWED_HOSTS=assay.example \
		$(PYTHON_IN) manage.py check --deploy --fail-level WARNING
	@$(PYTHON_IN) -m tests.conformance

bench: $(FOR_CHANGE) ## measure, print the table, write var/bench.json: ONLY=qualify
	@set --; \
	if [ -n "$$ONLY" ]; then set -- --only "$$ONLY"; fi; \
	exec $(PYTHON_IN) manage.py bench "$$@"

load: $(FOR_USE) ## drive what make run serves: PLAN=api USERS=20 TIME=60s URL=http://127.0.0.1:8000
	@exec scripts/load

faults: $(FOR_CHANGE) ## kill workers, Valkey and PostgreSQL in mid-run for long, and print what was lost
	@ASSAY_FAULTS=long exec $(PYTHON_IN) -m pytest tests/faults -s -q --timeout=3600

stop: ## end all that was started here; the data stay
	@if [ -x $(PYTHON_IN) ]; then exec $(PYTHON_IN) -m config.stack stop; else echo "Ended nothing: nothing ran."; fi

clean: ## stop, and delete the data
	@if [ -x $(PYTHON_IN) ]; then exec $(PYTHON_IN) -m config.stack clean; else echo "Deleted nothing: there was nothing."; fi

ports: $(FOR_USE) ## draw other ports for PostgreSQL and Valkey
	@exec $(PYTHON_IN) -m config.stack ports

lock: ## resolve requirements*.in into the lock files (needs uv)
	@uv --version >/dev/null || { echo "make lock needs uv: install it with pip install uv." >&2; exit 1; }
	@uv pip compile requirements.in -o requirements.txt --python-version 3.11 --universal --quiet --upgrade
	@uv pip compile requirements-dev.in -o requirements-dev.txt --python-version 3.11 --universal --quiet --upgrade

# The stamps are newer than the lock files while the virtualenv holds what these name.
$(FOR_USE): requirements.txt
	@scripts/make-venv requirements.txt
	@touch $@

$(FOR_CHANGE): requirements-dev.txt
	@scripts/make-venv requirements-dev.txt
	@# Once, on all cores: else each of the processes that run tests compiles all of it for itself.
	@$(PYTHON_IN) -m compileall -qq -j 0 .venv/lib config performance prospects analytics || :
	@touch $(FOR_USE) $@
