# make run opens the dashboard, make up starts the stack, make test runs the tests; each installs
# what it needs first.
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
INSTALLED = $(VENV)/installed
LOCK = requirements-dev.lock
QUIETLY = --quiet --disable-pip-version-check

.PHONY: run up down restart logs status clean env test test-docker test-client check lint goldens boards bench test-stack test-kill test-quit test-faults test-fuzz test-load test-handover test-handover-docker record-loki pin-images lock

run: $(INSTALLED)
	@$(BIN)/ccotel-tui $(ARGS)

# The stack: ARGS=loki for one service, ARGS=--follow for logs, ARGS=--yes for clean.
up down restart logs status clean: $(INSTALLED)
	@$(BIN)/ccotel-tui stack $@ $(ARGS)

# What Claude Code needs: eval "$$(make -s env)"
env: $(INSTALLED)
	@$(BIN)/ccotel-tui env $(ARGS)

# Most of a test's time is waiting: more of them at once than there are processors.
test: $(INSTALLED)
	$(BIN)/python -m pytest -n $(or $(JOBS),5) --dist worksteal \
	  -m "not servers and not docker and not client" $(ARGS)

check: lint test

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The screens that tests compare with; read the difference before committing it.
goldens: $(INSTALLED)
	CCOTEL_UPDATE_GOLDENS=1 $(BIN)/python -m pytest -q tests/screen

# Grafana's boards are made from the catalogue.
boards: $(INSTALLED)
	$(BIN)/python -m ccotel_tui.panels.grafana.boards stack/grafana/boards

# The newest versions that pyproject.toml allows, for all systems and Pythons, with their hashes.
lock: $(INSTALLED)
	$(BIN)/python -m pip install $(QUIETLY) uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' \
	  --group dev --output-file $(LOCK) pyproject.toml

# Images by what their tags are now; where a registry does not answer, its tag stays and is said.
pin-images: $(INSTALLED)
	$(BIN)/python -m tests.stack.pin_images

# The real collector and Prometheus, built from Go modules into ~/.cache once.
test-stack: $(INSTALLED)
	$(BIN)/python -m tests.servers.build
	$(BIN)/python -m pytest -m servers $(ARGS)

# The stack on a Docker engine of the tests' own, with the real servers; as root, with docker.io.
test-docker: $(INSTALLED)
	$(BIN)/python -m tests.servers.build
	$(BIN)/python -m pytest -m docker $(ARGS)

# The newest Claude Code that npm has, in tmux, against a Messages API of the tests' own.
test-client: $(INSTALLED)
	$(BIN)/python -m tests.client.install
	$(BIN)/python -m pytest -m client tests/client $(ARGS)

# Figures beside their limits; ARGS=--quick for a shorter look.
bench: $(INSTALLED)
	$(BIN)/python -m benchmarks $(ARGS)

# SIGKILLs the recorder N times in the middle of an ingest; nothing acknowledged may be lost.
test-kill: $(INSTALLED)
	$(BIN)/python -m tests.recorder.kill $(or $(N),1000)

# Ends N dashboards at random moments, in every way: no traceback, no signal, nothing left.
test-quit: $(INSTALLED)
	$(BIN)/python -m tests.screen.quit $(or $(N),500) $(SEED)

# Each fault of the file, the disk and the process N times; as root on Linux.
test-faults: $(INSTALLED)
	$(BIN)/python -m tests.recorder.faults $(or $(N),3)

# Broken requests, N with each of three seeds: no valid neighbour may be lost.
test-fuzz: $(INSTALLED)
	$(BIN)/python -m tests.recorder.fuzz $(or $(N),10000)

# Many sessions at once, a flood and requests of 28 MB; ARGS=--seconds=60 for less.
test-load: $(INSTALLED)
	$(BIN)/python -m tests.recorder.load $(ARGS)

# What is lost and doubled when the ports go to a collector and back; ARGS=--rounds=5 for less.
test-handover: $(INSTALLED)
	$(BIN)/python -m tests.servers.build
	$(BIN)/python -m tests.recorder.handover $(ARGS)

# The same with the whole stack on a Docker engine of the tests' own; as root, with docker.io.
test-handover-docker: $(INSTALLED)
	$(BIN)/python -m tests.servers.build
	$(BIN)/python -m tests.stack.handover $(ARGS)

# What a real Loki answers, for machines that have none.
record-loki: $(INSTALLED)
	$(BIN)/python -m tests.accuracy.record_loki

$(INSTALLED): pyproject.toml $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'ccotel-tui needs Python 3.11 or newer: make PYTHON=python3.12 ...' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo 'No venv module: install it (Debian, Ubuntu: apt install python3-venv)' >&2; exit 1; }
	@echo 'Installing into $(VENV) (once)'
	@$(BIN)/python -m pip install $(QUIETLY) --no-deps --require-hashes --requirement $(LOCK)
	@$(BIN)/python -m pip install $(QUIETLY) --no-deps --no-build-isolation --editable .
	@touch $@
