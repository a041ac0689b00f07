"""What the tests of the portal's own pages stand on."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Forget what a page kept for a minute, so that no test reads another's numbers."""
    cache.clear()
