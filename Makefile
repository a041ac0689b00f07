# The portal's commands. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.PHONY: help setup run stop

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv with what running and testing need
	@scripts/setup --dev

run: ## run the whole portal on this machine with demo schools (PORT=8000)
	@scripts/portal run

stop: ## stop what `make run` started, also after its terminal was killed
	@scripts/portal stop

clauses: ## count the clauses of the five policies that a passing test carries out
	@scripts/setup --dev
	@.venv/bin/python -m tests.clauses.report
