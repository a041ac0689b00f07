# The portal's commands. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
INSTALLED := .venv/bin/python
.PHONY: help setup run stop demo test lint clauses screenshots bench assets

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv with what running and testing need
	@scripts/setup --dev

run: ## run the whole portal on this machine with demo schools (PORT=8000)
	@scripts/portal run

stop: ## stop what `make run` started, also after its terminal was killed
	@scripts/portal stop

demo: ## bring the demo schools up to date and print a sign-in for each role
	@scripts/setup
	@PORTAL_ENV=$${PORTAL_ENV:-demo} $(INSTALLED) -m scripts.prepare data/sign-ins.txt
	@cat data/sign-ins.txt

test: ## set up, lint, and run every test on SQLite and on PostgreSQL with a broker
	@scripts/test

lint: ## judge layout, rules, templates, migrations, settings and static files
	@scripts/setup --dev
	@scripts/lint

clauses: ## count the clauses of the five policies that a passing test carries out
	@scripts/setup --dev
	@$(INSTALLED) -m tests.clauses.report

screenshots: ## take a picture of every page as every role, into screenshots/
	@scripts/setup --dev
	@$(INSTALLED) -m scripts.screenshots

bench: ## measure the portal against a bare page and write docs/benchmarks.md
	@scripts/setup --dev
	@$(INSTALLED) -m scripts.bench

assets: ## build the look from frontend/ into static/ (needs Node)
	@cd frontend && npm ci --no-fund --no-audit && npm run build
