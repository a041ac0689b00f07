"""The three schools with one of everything in each, stored once for a module of tests and taken back after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.test import override_settings

from tests.cast import SCHOOLS, Cast
from tests.planted import Planted, plant


@dataclass(frozen=True)
class Stage:
    """The people of the three schools, and what was planted in each."""

    cast: Cast
    planted: dict[str, Planted]

    @property
    def oakfield(self) -> Planted:
        return self.planted["oakfield"]


@contextmanager
def staged(cast: Cast, files: Path) -> Iterator[Stage]:
    """Plant every school, and take everything back at the end."""
    with override_settings(MEDIA_ROOT=files), undone():
        yield Stage(cast, {slug: plant(cast, slug) for slug in SCHOOLS})


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
