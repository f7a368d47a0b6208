# Needs nothing but Python 3.11 or newer, git and make; everything else goes into .venv.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PORT ?= 8000
DEMO ?= 1
BIN := .venv/bin
OURS := config impact measures dialogues campaigns needs outreach facilities network notifications
# Settings for checks that touch no data: production's, with a key that lasts for one command.
CHECKED := env -u REDIS_URL -u EMAIL_URL -u SMS_URL DEBUG=0 DEMO=0 DATABASE_URL=sqlite://:memory: SITE_URL=https://jisr.example \
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))')

# Install a lock file into .venv, unless this very file has been installed.
define install
	@test -n "$(PYTHON)" || { echo "Jisr needs Python 3.11 or newer; name one: make $@ PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv with $(PYTHON) …"; $(PYTHON) -m venv .venv; }
	@stamp=$(BIN)/.$(1)-$$(cksum < $(1) | tr ' ' -); test -f $$stamp || { \
		echo "Installing the locked dependencies of $(1) …"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $(1) && touch $$stamp; }
endef

# Nothing compiles all modules anew in each of its processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help:  ## Print these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run:  ## Serve Jisr on http://127.0.0.1:8000 with an invented demo; PORT=8001, DEMO=0 for an empty one
	$(call install,requirements.txt)
	@$(BIN)/python config/first_start.py
	@PYTHONUNBUFFERED=1 PORT=$(PORT) DEMO=$(DEMO) SITE_URL="$${SITE_URL:-http://127.0.0.1:$(PORT)}" exec $(BIN)/python manage.py serve

.PHONY: code
code:  ## Print the current second-factor code of the demo's coordinators
	@DEMO=1 $(BIN)/python manage.py demo_code

.PHONY: dev
dev:
	$(call install,requirements-dev.txt)

.PHONY: test
test: dev  ## Run every test on SQLite and on PostgreSQL with Redis; ARGS="-k seats" goes to pytest
	@$(BIN)/python -m tests.run $(ARGS)

.PHONY: check
check: dev  ## Check style, templates, types, layers, migrations, deployment, translations and security
	@$(MAKE) --no-print-directory --jobs=2 check-types check-rest

.PHONY: check-types check-rest
check-types:
	$(CHECKED) $(BIN)/mypy

check-rest:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates
	$(CHECKED) $(BIN)/lint-imports --no-logo
	$(CHECKED) $(BIN)/python -W error::RuntimeWarning manage.py makemigrations --check --dry-run
	$(CHECKED) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(CHECKED) $(BIN)/python manage.py check_messages
	$(CHECKED) $(BIN)/python manage.py check_styles
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml $(OURS) manage.py

.PHONY: fix
fix: dev  ## Put style right where a tool can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: messages
messages: dev  ## Bring the Arabic catalogue up to date with the code, and compile all
	$(CHECKED) $(BIN)/python manage.py check_messages --collect
	$(CHECKED) $(BIN)/python manage.py check_messages --compile

.PHONY: bench
bench: dev  ## Measure speed, size and memory as ratios within one run
	@$(BIN)/python -m benchmarks.run $(ARGS)

.PHONY: screenshots
screenshots: dev  ## Write the main pages in both languages at two widths to var/screenshots
	@$(BIN)/python -m tests.screenshots $(ARGS)

.PHONY: lock
lock: dev  ## Choose the newest allowed dependencies anew
	$(BIN)/uv pip compile pyproject.toml --upgrade --output-file requirements.txt $(LOCK)
	$(BIN)/uv pip compile pyproject.toml --upgrade --extra dev --constraint requirements.txt --output-file requirements-dev.txt $(LOCK)

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header
