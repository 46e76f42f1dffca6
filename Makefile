# Every target sets up what it needs. On a bare Debian-like machine: Python 3.11 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8501
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)
STREAMLIT = $(BIN)/streamlit run app.py --server.address 127.0.0.1 --server.port $(PORT) --server.headless true

.PHONY: run demo test property-long check static lint types layers security bench lock test-tools clean
.DELETE_ON_ERROR:

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { $(SUDO) apt-get install -y python3-venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	@touch $@

run: $(VENV)/.runtime  ## the workbench on http://localhost:8501
	$(BIN)/alembic upgrade head
	@echo "Open http://localhost:$(PORT). The first visit creates the administrator."
	$(STREAMLIT)

demo: export DATABASE_URL = sqlite:///var/demo.db
demo: $(VENV)/.runtime  ## the same with five simulated companies and a demo user for each role
	$(BIN)/python -m scripts.load_demo
	@echo "Open http://localhost:$(PORT)."
	$(STREAMLIT)

test-tools: $(VENV)/.development
	@command -v chromium >/dev/null && command -v hledger >/dev/null \
	  && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
	  || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq chromium postgresql hledger; }

test: test-tools  ## every test, with a real PostgreSQL and a real browser
	$(BIN)/python -m pytest -n 2 --dist loadfile

property-long: test-tools  ## the generated cases with a large budget; 20,000 damaged files among them
	$(BIN)/python -m pytest tests/property --hypothesis-profile=long --timeout=0

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.development
	$(BIN)/mypy

layers: $(VENV)/.development
	$(BIN)/lint-imports

security: $(VENV)/.development
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml app.py settings.py api core db models pages scripts ui

static: lint types layers security

check: static test  ## what a change has to pass

bench: $(VENV)/.development  ## speed, side by side with the floor of the same run
	$(BIN)/python -m benchmarks.pipeline --rows 100000
	$(BIN)/python -m benchmarks.statement_import --rows 200000
	$(BIN)/python -m benchmarks.review_queue --lines 100000
	$(BIN)/python -m benchmarks.review_speed --lines 10000

lock:  ## compile the pinned requirements anew
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --output-file=requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --output-file=requirements-dev.txt requirements-dev.in

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
