"""Lets a test's database be emptied, though rows of the history are never removed otherwise."""

from collections.abc import Iterator
from functools import wraps

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations

from policyportal.lib.append_only import rewriting


@pytest.fixture(scope="session", autouse=True)
def emptying_allowed() -> Iterator[None]:
    """Empty tables with the history's triggers held open, wherever a test or Django itself asks for it."""
    empty = BaseDatabaseOperations.execute_sql_flush

    @wraps(empty)
    def allowed(self: BaseDatabaseOperations, statements: list[str]) -> None:
        with rewriting(self.connection.alias):
            empty(self, statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", allowed)
        yield
