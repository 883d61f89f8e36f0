# Needs Python 3.11 or newer with venv and pip, and make. Everything else comes with the first target.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q install --no-deps --require-hashes
LOCK := uv -q pip compile --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml
TESTING := DJANGO_SETTINGS_MODULE=tests.settings

.PHONY: help demo test deep bench lint format messages screenshots requirements clean

help:
	@echo "make demo      the dashboard on http://127.0.0.1:8000 (or PORT=8080), with a sandbox store behind it"
	@echo "make test      linters, types, import rules and all tests (SQLite; PostgreSQL and Chromium where present)"
	@echo "make lint      linters, types and import rules only"
	@echo "make deep      the long proofs"
	@echo "make bench     the benchmarks of a large store; or BENCH='--only diagnose --engine sqlite' (docs/benchmarks.md)"
	@echo "make format    ruff's format and fixes"
	@echo "make messages  collect and compile translations (needs gettext)"
	@echo "make screenshots  the pictures in docs/images (needs Chromium)"
	@echo "make requirements  pins anew (needs uv)"

demo: .venv/.runtime
	@exec $(BIN)/python manage.py demo $(if $(PORT),--port $(PORT))

test: .venv/.dev
	@$(BIN)/python -m tests.run

lint: .venv/.dev
	@$(BIN)/python -m tests.run lint

deep: .venv/.dev
	@$(BIN)/python -m tests.deep

bench: .venv/.dev
	@$(BIN)/python -m tests.bench $(BENCH)

format: .venv/.dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

messages: .venv/.dev
	@$(TESTING) $(BIN)/python manage.py makemessages -l pt_BR -l es --no-obsolete --add-location file -i .venv -i staticfiles -i tests
	@$(TESTING) $(BIN)/python manage.py compilemessages -i .venv

screenshots: .venv/.dev
	@$(BIN)/python -m tests.screenshots

requirements:
	@$(LOCK) -o requirements/runtime.txt
	@$(LOCK) --extra postgres -o requirements/postgres.txt
	@$(LOCK) --extra redis -o requirements/redis.txt
	@$(LOCK) --extra postgres --extra redis --extra dev -o requirements/dev.txt

clean:
	rm -rf .venv staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/.runtime: requirements/runtime.txt | $(BIN)/python
	@echo "Installing what is needed into .venv ..."
	@$(PIP) -r $<
	@touch $@

.venv/.dev: requirements/dev.txt | $(BIN)/python
	@echo "Installing what the tests need into .venv ..."
	@$(PIP) -r $<
	@touch $@ .venv/.runtime
