# make run opens the dashboard, make up starts the stack, make test runs the tests; each installs
# what it needs first, by uv where it is on the PATH (make UV= ... for pip).
PYTHON ?= python3
UV ?= $(shell command -v uv 2>/dev/null || true)
VENV = .venv
BIN = $(VENV)/bin
RUNS = $(VENV)/runs
TOOLS = $(VENV)/tools
LOCK = requirements.lock
TOOLS_LOCK = requirements-dev.lock

.PHONY: run up down restart logs status clean env uninstall sbom test test-slow test-docker test-client check lint goldens boards bench campaign test-stack test-kill test-quit test-faults test-fuzz test-load test-handover test-handover-docker record-loki pin-images lock

run: $(RUNS)
	@$(BIN)/ccotel-tui $(ARGS)

# The stack: ARGS=loki for one service, ARGS=--follow for logs, ARGS=--yes for clean.
up down restart logs status clean: $(RUNS)
	@$(BIN)/ccotel-tui stack $@ $(ARGS)

# What Claude Code needs: eval "$$(make -s env)"
env: $(RUNS)
	@$(BIN)/ccotel-tui env $(ARGS)

# Takes back what setup and record --install left; what was recorded stays.
uninstall: $(RUNS)
	@$(BIN)/ccotel-tui setup --undo --yes
	@$(BIN)/ccotel-tui record --uninstall
	@echo 'What was recorded stays; README.md says where ("Where it is kept").'

# dist/ccotel-tui.cdx.json: what an installation has, with versions and licences, as CycloneDX.
sbom:
	.ci/sbom

# Most of a test's time is waiting: more of them at once than there are processors.
test: $(TOOLS)
	$(BIN)/python -m pytest -n $(or $(JOBS),8) --dist worksteal \
	  -m "not servers and not docker and not client and not slow" $(ARGS)

check: lint test

lint: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The screens and pictures that tests compare with; read the difference before committing it.
goldens: $(TOOLS)
	CCOTEL_UPDATE_GOLDENS=1 $(BIN)/python -m pytest -q tests/screen/pictures/test_goldens.py \
	  tests/screen/pictures/test_compared.py tests/screen/pictures/test_pictures.py

# Grafana's boards and the glossary's tables of panels are made from the catalogue.
boards: $(RUNS)
	$(BIN)/python -m ccotel_tui.panels.grafana.boards stack/grafana
	$(BIN)/python -m tests.documents.glossary

# The newest versions that pyproject.toml allows, for all systems and Pythons, with their hashes: of
# what a run needs, then the same ones with the tools.
COMPILE = pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock'
lock: $(TOOLS)
	@test -n '$(UV)' || $(BIN)/python -m pip install --disable-pip-version-check uv
	'$(or $(UV),$(BIN)/uv)' $(COMPILE) --upgrade --group checkout --output-file $(LOCK) pyproject.toml
	'$(or $(UV),$(BIN)/uv)' $(COMPILE) --upgrade --group dev --constraint $(LOCK) \
	  --output-file $(TOOLS_LOCK) pyproject.toml

# Images by what their tags are now; where a registry does not answer, its tag stays and is said.
pin-images: $(TOOLS)
	$(BIN)/python -m tests.stack.pin_images

# What takes long and is like a test that `make test` has; and the properties on more examples.
test-slow: $(TOOLS)
	$(BIN)/python -m pytest -n $(or $(JOBS),8) --dist worksteal \
	  --hypothesis-profile thorough -m "(slow or hypothesis) and not servers" $(ARGS)

# The real collector and Prometheus, built from Go modules into ~/.cache once. A file is a worker's
# own: its tests share servers. In their order, the longest file is not the last.
test-stack: $(TOOLS)
	$(BIN)/python -m tests.servers.build
	$(BIN)/python -m pytest -n $(or $(SERVERS_JOBS),2) --dist loadfile --no-loadscope-reorder \
	  -m "$(or $(SERVERS),servers and not slow)" $(ARGS)

# The stack on a Docker engine of the tests' own, with the real servers; as root, with docker.io.
test-docker: $(TOOLS)
	$(BIN)/python -m tests.servers.build
	$(BIN)/python -m pytest -m docker $(ARGS)

# The newest Claude Code that npm has, in tmux, against a Messages API of the tests' own.
test-client: $(TOOLS)
	$(BIN)/python -m tests.client.install
	$(BIN)/python -m pytest -m client tests/client $(ARGS)

# Figures beside their counterparts and limits; ARGS=--quick for a shorter look.
bench: $(TOOLS)
	$(BIN)/python -m benchmarks $(ARGS)

# The long searches, each to its end whatever another finds; with N each of that size.
campaign: $(TOOLS)
	@$(MAKE) --keep-going test-kill test-quit test-faults test-fuzz test-load test-handover
	@$(MAKE) test-stack SERVERS="servers and slow"

# SIGKILLs the recorder N times in the middle of an ingest; nothing acknowledged may be lost.
test-kill: $(TOOLS)
	$(BIN)/python -m tests.recorder.campaigns.kill $(or $(N),1000)

# Ends N dashboards at random moments, in every way: no traceback, no signal, nothing left.
test-quit: $(TOOLS)
	$(BIN)/python -m tests.screen.quit $(or $(N),500) $(SEED)

# Each fault of the file, the disk and the process N times; as root on Linux.
test-faults: $(TOOLS)
	$(BIN)/python -m tests.recorder.campaigns.faults $(or $(N),3)

# Broken requests, N with each of three seeds: no valid neighbour may be lost.
test-fuzz: $(TOOLS)
	$(BIN)/python -m tests.recorder.campaigns.fuzz $(or $(N),10000)

# Many sessions at once for N seconds, then a flood and requests of 28 MB.
test-load: $(TOOLS)
	$(BIN)/python -m tests.recorder.campaigns.load --seconds=$(or $(N),180) $(ARGS)

# What is lost and doubled when the ports go to a collector and back, N times.
test-handover: $(TOOLS)
	$(BIN)/python -m tests.servers.build
	$(BIN)/python -m tests.recorder.campaigns.handover --rounds=$(or $(N),20) $(ARGS)

# The same with the whole stack on a Docker engine of the tests' own; as root, with docker.io.
test-handover-docker: $(TOOLS)
	$(BIN)/python -m tests.servers.build
	$(BIN)/python -m tests.stack.handover --rounds=$(or $(N),20) $(ARGS)

# What a real Loki answers, for machines that have none.
record-loki: $(TOOLS)
	$(BIN)/python -m tests.accuracy.record_loki

# uv makes a venv without pip, and where pip is to install, it needs one that has it.
ifneq ($(UV),)
  LASTS = $(1) by uv
  MAKE_VENV = $(BIN)/python -c '' 2>/dev/null || \
    '$(UV)' venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(VENV)
  INSTALL = '$(UV)' pip install --python $(BIN)/python --no-deps
else
  LASTS = $(2) by pip ($(1) where uv is installed)
  MAKE_VENV = $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) || \
    { echo 'No venv module: install it (Debian, Ubuntu: apt install python3-venv)' >&2; false; }
  INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --no-compile --no-deps
endif
OR_FAIL = || { echo 'Not installed, for the reason above: mend that, and make again.' >&2; exit 1; }

$(RUNS): pyproject.toml $(LOCK)
	@echo 'Installing what a run needs into $(VENV), once: 15 MB to download,' \
	  '$(call LASTS,5 s,half a minute).'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'ccotel-tui needs Python 3.11 or newer: make PYTHON=python3.12 ...' >&2; exit 1; }
	@{ $(MAKE_VENV); } $(OR_FAIL)
	@$(INSTALL) --require-hashes --requirement $(LOCK) $(OR_FAIL)
	@$(INSTALL) --no-build-isolation --editable . $(OR_FAIL)
	@touch $@

$(TOOLS): $(TOOLS_LOCK) $(RUNS)
	@echo 'Adding the tools of tests and lint to $(VENV), once: 30 MB to download,' \
	  '$(call LASTS,10 s,half a minute).'
	@$(INSTALL) --require-hashes --requirement $(TOOLS_LOCK) $(OR_FAIL)
	@touch $@
