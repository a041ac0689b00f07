"""Loads the project's own plugin for every test."""

pytest_plugins = ["tests.clauses.recorder", "tests.emptying"]
