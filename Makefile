# Only Python 3.11 or newer and terraform have to be there; the rest is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ENV ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check synth bench bench-peers golden fmt docs lock clean

help: ## Show this list.
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## Apply an environment to an emulated AWS with real Terraform, without an account.
	@$(BIN)/platformctl demo

test: $(READY) ## Run everything: lint, types, and all tests with coverage.
	@$(BIN)/python tests/run.py

check: $(READY) ## The inner loop, a minute: lint, types, configuration, pure and construct tests.
	@$(BIN)/python tests/run.py --quick

synth: $(READY) ## Write the Terraform JSON of every stack to cdktf.out.
	@$(BIN)/platformctl synth $(ENV)

bench: $(READY) ## Measure the speed bars of docs/architecture.md.
	@$(BIN)/python bench/bars.py

bench-peers: $(READY) ## Compare with AWS CDK for Python on the same shape, in one run.
	@$(BIN)/python bench/peers.py

golden: $(READY) ## Rewrite the golden address lists; look at the diff before committing.
	@$(BIN)/python -m tests.environments.golden

fmt: $(READY) ## Format the code and fix what can be fixed.
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

docs: $(READY) ## Rewrite the generated tables and pictures in docs/.
	@$(BIN)/python -m docs.generate

lock: $(READY) ## Resolve the requirements again and write requirements.lock.
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --extra local --extra testing --group dev --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --no-annotate --quiet --output-file requirements.lock

clean: ## Remove what can be made again; .venv and local state stay.
	@rm -rf cdktf.out .platform .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; let PYTHON name one: make PYTHON=python3.12")'
	@echo "installing into $(VENV) (the AWS bindings are large: a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
