# make help lists the targets. `make demo` and `make test` need nothing but python3 (3.11 or newer), its venv and make.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
ROWS ?= 60000
CASES ?= ../shared/data/disclosure

.PHONY: help setup demo check lint test bench bench-disclosure bench-large bench-privacy bench-delivery faults fix lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.runtime ## what a run needs, in .venv, from locked and hashed packages

$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: $$($(PYTHON) --version)"; exit 10; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3-venv is needed: apt-get install -y python3-venv"; exit 10; }
	@echo "installing the locked packages (a minute or two the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

demo: setup ## a whole month on made-up data: build, approve, deliver, receive, register
	@rm -rf demo
	@$(BIN)/gateway demo --dir demo --rows $(ROWS)

lint: $(VENV)/.dev ## ruff, formatting, types, import rules, bandit; changes nothing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit -q -c pyproject.toml -r gateway

test: lint ## everything that must hold: lint and all tests, with real sshd, 7-Zip and ssh-keygen
	@scripts/system-packages sshd ssh-keygen age 7z soffice
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: test ## the same as test

bench: $(VENV)/.dev ## a month on 2 million rows beside the script that one would write instead
	@scripts/system-packages sshd ssh-keygen
	@$(BIN)/python -m benchmarks.month

bench-disclosure: $(VENV)/.dev ## the shared disclosure cases, protected and attacked: CASES=folder of case-A.csv and case-B.csv
	@$(BIN)/python -m benchmarks.disclosure.measure $(CASES)

bench-large: $(VENV)/.dev ## 200 towns × 97 divisions × 12 months, protected and certified month by month (some minutes)
	@$(BIN)/python -m benchmarks.disclosure.large

bench-privacy: $(VENV)/.dev ## identifiers, disguises, names, sentences, files, speed and source match beside vanilla tools: PARTS="names cells"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --target .jieba -r benchmarks/privacy/jieba.txt
	@$(BIN)/python -m benchmarks.privacy.measure $(PARTS)

bench-delivery: $(VENV)/.dev ## sending and read-back at 5 MB and 1 GiB, beside OpenSSH's sftp and paramiko's put (needs 3 GB in TMPDIR)
	@scripts/system-packages sshd ssh-keygen sftp
	@$(BIN)/python -m benchmarks.delivery

faults: $(VENV)/.dev ## the fault matrix: cuts, kills, full disks, taken names, …; rows tried and promises broken
	@scripts/system-packages sshd ssh-keygen
	@$(BIN)/python -m tests.faults
	@CUSTODY_KILL_EVERY=1 $(BIN)/python -m pytest -q -rP tests/custody/test_kill.py | grep -E "killed|passed|failed"

fix: $(VENV)/.dev ## format and mend what ruff can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: ## resolves pyproject.toml anew into the two lock files (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml scripts/build.in -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev pyproject.toml scripts/build.in -c requirements.lock -o requirements-dev.lock

clean: ## removes what make made
	rm -rf $(VENV) *.egg-info build demo
