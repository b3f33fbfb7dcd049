# make chat           talk with the articles in the terminal
# make ask Q='…'      ask one question; standard output takes the answer alone
# make bot            answer in Telegram, with the token in .env
# make test           all tests, files side by side, after make check; what the continuous integration runs
# make check          formatting, lint, types and the layers, without running anything
# make clean          remove .venv and the caches; the index in .dalil stays
# Each makes .venv first where it is missing or older than pyproject.toml. Another Python: make PYTHON=python3.12 chat

PYTHON ?= python3
BIN := .venv/bin
CONSTRAINTS := $(wildcard .ci/constraints.txt)
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check $(addprefix --constraint ,$(CONSTRAINTS))

# The question as it was typed: quotation marks, $, ` and ( ) are neither make's nor the shell's.
export QUESTION = $(value Q)
unexport Q

.PHONY: chat ask bot test check clean

chat: .venv/.installed
	@$(BIN)/dalil chat

ask: .venv/.installed
	@$(BIN)/dalil ask -- "$$QUESTION"

bot: .venv/.installed
	@$(BIN)/dalil bot

test: check
	$(BIN)/pytest -q -n auto --maxprocesses 4 --dist loadfile
	$(BIN)/dalil eval retrieval tests/data/retrieval/*/ --floor tests/data/retrieval/floors.json

check: .venv/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed: pyproject.toml $(CONSTRAINTS) | $(BIN)/pip
	@echo "Installing Dalil into .venv; the first time takes some minutes." >&2
	@$(INSTALL) --editable . >&2
	@touch $@

.venv/.installed-dev: pyproject.toml $(CONSTRAINTS) | $(BIN)/pip
	@echo "Installing Dalil and its development tools into .venv; the first time takes some minutes." >&2
	@$(INSTALL) --editable '.[dev]' >&2
	@touch .venv/.installed $@

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Dalil needs Python 3.11 or newer, and '$(PYTHON)' is not; name one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv .venv >&2
